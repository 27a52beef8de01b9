import { splitCsv } from '../../../lib/csv.ts';
import { GoError } from '../../../lib/go-value.ts';

/** container.DeviceRequest of the API. */
export interface DeviceRequest {
  Driver: string;
  Count: number;
  DeviceIDs: string[] | null;
  Capabilities: string[][] | null;
  Options: Record<string, string> | null;
}

/** `--gpus all`, `--gpus 2`, `--gpus device=0,capabilities=utility`. @throws GoError */
export function parseGpus(raw: string): DeviceRequest {
  if (raw === '') throw new GoError('EOF');
  const request: DeviceRequest = { Driver: '', Count: 0, DeviceIDs: null, Capabilities: null, Options: null };
  const options: Record<string, string> = {};
  let capabilities = ['gpu'];
  const seen = new Set<string>();
  for (const field of splitCsv(raw)) {
    const equals = field.indexOf('=');
    const key = equals < 0 ? 'count' : field.slice(0, equals);
    const value = equals < 0 ? field : field.slice(equals + 1);
    if (seen.has(key)) throw new GoError(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    if (key === 'driver') request.Driver = value;
    else if (key === 'count') request.Count = count(value);
    else if (key === 'device') request.DeviceIDs = value.split(',');
    else if (key === 'capabilities') capabilities = [...value.split(','), 'gpu'];
    else if (key === 'options') {
      for (const option of splitCsv(value)) {
        const at = option.indexOf('=');
        options[at < 0 ? option : option.slice(0, at)] = at < 0 ? '' : option.slice(at + 1);
      }
    } else throw new GoError(`unexpected key '${key}' in '${field}'`);
  }
  if (!seen.has('count') && request.DeviceIDs === null) request.Count = 1;
  return { ...request, Capabilities: [capabilities], Options: options };
}

function count(value: string): number {
  if (value === 'all') return -1;
  if (!/^[+-]?\d+$/.test(value)) {
    throw new GoError(`invalid count (${value}): value must be either "all" or an integer: invalid syntax`);
  }
  return Number(value);
}
