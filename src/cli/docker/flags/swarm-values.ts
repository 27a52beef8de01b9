import { splitCsv } from '../../../lib/csv.ts';
import { GoError } from '../../../lib/go-value.ts';
import { parseCidr } from '../../../lib/ip.ts';
import { quote } from '../../../lib/quote.ts';
import { publishedOf } from '../container/config/ports.ts';
import { messageOf } from '../errors.ts';

/** A check of a value of a flag that only swarms and services have. @throws GoError with the text of docker/cli */
type Check = (raw: string) => void;

/** A field `key=value` of a list of comma-separated ones. */
function pairOf(field: string): [string, string] {
  const equals = field.indexOf('=');
  if (equals < 0) throw new GoError(`invalid field '${field}' must be a key=value pair`);
  return [field.slice(0, equals), field.slice(equals + 1)];
}

/** `--secret` and `--config`: a name, or `source=…,target=…`. */
const reference =
  (unknown: (key: string) => string): Check =>
  (raw) => {
    const fields = splitCsv(raw);
    if (fields.length === 1 && !fields[0]!.includes('=')) return;
    let source = '';
    for (const field of fields) {
      const [key, value] = pairOf(field);
      const name = key.toLowerCase();
      if (name === 'source' || name === 'src') source = value;
      else if (name === 'mode') {
        if (!/^0?[oO]?[0-7]+$/.test(value)) {
          throw new GoError(`invalid mode specified: strconv.ParseUint: parsing ${quote(value)}: invalid syntax`);
        }
      } else if (!['target', 'uid', 'gid'].includes(name)) throw new GoError(unknown(name));
    }
    if (source === '') throw new GoError('source is required');
  };

function port16(what: string, value: string): number {
  if (!/^\d+$/.test(value))
    throw new GoError(`invalid ${what} port (${value}): value must be an integer: invalid syntax`);
  if (Number(value) > 65535) {
    throw new GoError(`invalid ${what} port (${value}): value must be an integer: value out of range`);
  }
  return Number(value);
}

function port(raw: string): void {
  if (!/\w+=\w+(,\w+=\w+)*/.test(raw)) {
    try {
      const { bindings } = publishedOf([raw]);
      if (Object.values(bindings).some((list) => list.some((b) => b.HostIp !== ''))) {
        throw new GoError('hostip is not supported');
      }
    } catch (error) {
      throw new GoError(messageOf(error));
    }
    return;
  }
  let target = 0;
  for (const field of splitCsv(raw)) {
    const lower = field.toLowerCase();
    const equals = lower.indexOf('=');
    if (equals <= 0) throw new GoError(`invalid field: ${field}`);
    const [key, value] = [lower.slice(0, equals), lower.slice(equals + 1)];
    if (key === 'protocol') {
      if (!['tcp', 'udp', 'sctp'].includes(value)) throw new GoError(`invalid protocol value '${value}'`);
    } else if (key === 'mode') {
      if (value !== 'ingress' && value !== 'host') {
        throw new GoError(`invalid publish mode value (${value}): must be either 'ingress' or 'host'`);
      }
    } else if (key === 'target') target = port16('target', value);
    else if (key === 'published') port16('published', value);
    else throw new GoError(`invalid field key: ${key}`);
  }
  if (target === 0) throw new GoError("missing mandatory field 'target'");
}

function credentials(raw: string): void {
  if (raw !== '' && !/^(config|file|registry):\/\//.test(raw)) {
    throw new GoError('invalid credential spec: value must be prefixed with "config://", "file://", or "registry://"');
  }
}

function preference(raw: string): void {
  const equals = raw.indexOf('=');
  if (equals < 0) throw new GoError('placement preference must be of the format "<strategy>=<arg>"');
  const strategy = raw.slice(0, equals);
  if (strategy !== 'spread') {
    throw new GoError(`unsupported placement preference ${strategy} (only spread is supported)`);
  }
}

function authority(raw: string): void {
  const seen = new Set<string>();
  for (const field of splitCsv(raw)) {
    const [key, value] = pairOf(field);
    seen.add(key.toLowerCase());
    if (key.toLowerCase() === 'protocol' && value.toLowerCase() !== 'cfssl') {
      throw new GoError(`unrecognized external CA protocol ${value}`);
    }
  }
  for (const key of ['protocol', 'url']) {
    if (!seen.has(key)) throw new GoError(`the external-ca option needs a ${key}= parameter`);
  }
}

function networks(raw: string): void {
  for (const one of splitCsv(raw)) {
    if (!parseCidr(one.trim()) || !one.includes('/')) {
      throw new GoError(`invalid string being converted to CIDR: ${one.trim()}`);
    }
  }
}

function address(raw: string): void {
  if (raw === '') throw new GoError('invalid empty node address');
}

const resource: Check = (raw) => {
  if (!raw.includes('=')) throw new GoError(`invalid generic-resource format \`${raw}\` expected \`name=value\``);
};

/** Checks by a flag's type. */
export const SWARM_TYPES: Readonly<Record<string, Check>> = {
  config: reference((key) => `invalid field in config request: ${key}`),
  secret: reference((key) => `invalid field in secret request: ${key}`),
  port,
  'credential-spec': credentials,
  pref: preference,
  'external-ca': authority,
  ipNetSlice: networks,
  'node-addr': address,
};

/** Checks of lists by a flag's name. */
export const SWARM_LISTS: Readonly<Record<string, Check>> = {
  'generic-resource': resource,
  'generic-resource-add': resource,
};
