import { ipBytes, parseCidr } from '../../lib/ip.ts';
import { quote } from '../../lib/quote.ts';
import { ramInBytes } from '../../lib/units.ts';
import type { Kind } from './directives.ts';

const GO_TYPES: Readonly<Record<Kind, string>> = {
  bool: 'bool',
  int: 'int',
  string: 'string',
  list: '[]string',
  map: 'map[string]string',
  ip: 'net.IP',
  ips: '[]net.IP',
  size: 'opts.MemBytes',
  ulimits: 'map[string]*units.Ulimit',
  runtimes: 'map[string]system.Runtime',
  pools: '[]*ipamutils.NetworkToSplit',
  features: 'map[string]bool',
  'network-opts': 'map[string]map[string]string',
  builder: 'BuilderConfig',
};

type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Go's encoding/json says when it reads a directive's value into its field. @returns undefined where it fits */
export function fieldProblem(key: string, kind: Kind, value: unknown): string | undefined {
  if (value === null) return undefined;
  const mismatch = (what: unknown, field: string, type: string): string =>
    `json: cannot unmarshal ${goKind(what, type)} into Go struct field Config.${field} of type ${type}`;
  const type = GO_TYPES[kind];
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? undefined : mismatch(value, key, type);
    case 'int':
      return Number.isInteger(value) ? undefined : mismatch(value, key, type);
    case 'string':
      return typeof value === 'string' ? undefined : mismatch(value, key, type);
    case 'ip':
      if (typeof value !== 'string') return mismatch(value, key, type);
      return value === '' || ipBytes(value) ? undefined : `invalid IP address: ${value}`;
    case 'size':
      return typeof value === 'string' ? sizeProblem(value) : `invalid size: ${quote(JSON.stringify(value))}`;
    case 'list':
    case 'ips':
    case 'pools':
      return Array.isArray(value) ? listProblem(key, kind, value) : mismatch(value, key, type);
    default:
      return isObject(value) ? mapProblem(key, kind, value, mismatch) : mismatch(value, key, type);
  }
}

function sizeProblem(text: string): string | undefined {
  try {
    ramInBytes(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function listProblem(key: string, kind: 'list' | 'ips' | 'pools', list: readonly unknown[]): string | undefined {
  for (const [i, item] of list.entries()) {
    if (kind === 'pools') {
      if (!isObject(item)) return `json: cannot unmarshal ${goKind(item)} into .${i} of type ipamutils.NetworkToSplit`;
      const problem = prefixProblem(item.base);
      if (problem !== undefined) return problem;
    } else if (typeof item !== 'string') {
      return `json: cannot unmarshal ${goKind(item)} into Config.${key}.${i} of type ${kind === 'list' ? 'string' : 'net.IP'}`;
    } else if (kind === 'ips' && !ipBytes(item)) {
      return key === 'dns' ? `invalid IP address: ${item}` : `ParseAddr(${quote(item)}): unable to parse IP`;
    }
  }
  return undefined;
}

/** What Go's netip says of a text that is no CIDR. */
export function prefixProblem(base: unknown): string | undefined {
  if (typeof base !== 'string' || base === '') return undefined;
  if (!base.includes('/')) return `netip.ParsePrefix(${quote(base)}): no '/'`;
  return parseCidr(base)
    ? undefined
    : `netip.ParsePrefix(${quote(base)}): ParseAddr(${quote(base.split('/')[0]!)}): unable to parse IP`;
}

function mapProblem(
  key: string,
  kind: Kind,
  map: Json,
  mismatch: (what: unknown, field: string, type: string) => string,
): string | undefined {
  for (const [name, item] of Object.entries(map)) {
    const field = `${key}.${name}`;
    if (kind === 'map' && typeof item !== 'string') return mismatch(item, field, 'string');
    if (kind === 'features' && typeof item !== 'boolean') return mismatch(item, field, 'bool');
    if (kind === 'network-opts' && !isObject(item)) return mismatch(item, field, 'map[string]string');
    if (kind === 'runtimes' && !isObject(item)) return mismatch(item, field, 'system.Runtime');
    if (kind === 'ulimits') {
      if (!isObject(item)) return mismatch(item, field, 'units.Ulimit');
      for (const part of ['Hard', 'Soft'])
        if (item[part] !== undefined && !Number.isInteger(item[part]))
          return mismatch(item[part], `${field}.${part}`, 'int64');
    }
    if (
      kind === 'builder' &&
      name === 'gc' &&
      isObject(item) &&
      item.enabled !== undefined &&
      typeof item.enabled !== 'boolean'
    )
      return `json: cannot unmarshal ${goKind(item.enabled)} into Go struct field .enabled of type bool`;
  }
  return undefined;
}

/** How Go names a JSON value. */
export function goKind(value: unknown, type = ''): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && type === 'int') return `number ${value}`;
  return typeof value;
}
