import { splitCsv } from '../../../lib/csv.ts';
import { parseDuration } from '../../../lib/go-duration.ts';
import { GoError } from '../../../lib/go-value.ts';
import { canonicalIp } from '../../../lib/ip.ts';
import { quote } from '../../../lib/quote.ts';
import { parseFloat64, ramInBytes } from '../../../lib/units.ts';
import type { FlagSpec } from '../tree.ts';
import { notBool, parseBool } from './bool.ts';
import { parseGpus } from './gpus.ts';
import { parseMount, parseNetwork } from './mount.ts';
import { SWARM_LISTS, SWARM_TYPES } from './swarm-values.ts';

/** What checking a value may need. */
export interface ValueContext {
  env: ReadonlyMap<string, string>;
  /** The directory that relative paths of mounts start from. */
  cwd: string;
}

/** Types that may be given several times. */
const MANY = new Set([
  'list',
  'strings',
  'stringArray',
  'stringToString',
  'map',
  'filter',
  'mount',
  'network',
  'port',
  'pref',
  'ulimit',
  'secret',
  'config',
  'gpu-request',
  'scale',
  'ipNetSlice',
  'external-ca',
]);

export const isMany = (type: string): boolean => MANY.has(type);

/**
 * What a flag's Set makes of a text: the values to keep, normalized.
 * @throws GoError with the text of pflag or docker/cli
 */
export function setValue(flag: FlagSpec, raw: string, context: ValueContext): string[] {
  switch (flag.type) {
    case 'bool':
      if (parseBool(raw) === undefined) throw new GoError(notBool(raw));
      return [raw];
    case 'int':
    case 'int64':
      return [String(parseInteger(raw, flag.name === 'stop-timeout' || flag.name === 'timeout' ? 64 : 64))];
    case 'uint':
    case 'uint64':
      return [String(parseUnsigned(raw, 64))];
    case 'uint16':
      return [String(parseUnsigned(raw, 16))];
    case 'uint32':
      return [String(parseUnsigned(raw, 32))];
    case 'float':
      return [String(parseFloat64(raw))];
    case 'duration':
      return [String(parseDuration(raw))];
    case 'bytes':
      if (flag.name === 'memory-swap' && raw === '-1') return ['-1'];
      return [String(ramInBytes(raw))];
    case 'decimal':
      return [String(nanoCpus(raw))];
    case 'strings':
      return splitCsv(raw);
    case 'stringToString':
      return splitCsv(raw).map((pair) => {
        if (!pair.includes('=')) throw new GoError(`${pair} must be formatted as key=value`);
        return pair;
      });
    case 'filter':
      if (raw === '') return [];
      if (!raw.includes('=')) throw new GoError('bad format of filter (expected name=value)');
      return [raw];
    case 'mount':
      return [JSON.stringify(parseMount(raw, context.cwd))];
    case 'gpu-request':
      return [JSON.stringify(parseGpus(raw))];
    case 'network':
      parseNetwork(raw);
      return [raw];
    case 'ulimit':
      return [ulimit(raw)];
    default:
      SWARM_TYPES[flag.type]?.(raw);
      return [checkedElement(flag, raw, context)];
  }
}

function checkedElement(flag: FlagSpec, raw: string, context: ValueContext): string {
  if (flag.type === 'string' || flag.global) return raw;
  SWARM_LISTS[flag.name]?.(raw);
  const check = LISTS[flag.name] ?? LISTS[flag.name.replace(/-add$/, '')];
  return check && !(flag.name in UNCHECKED && UNCHECKED[flag.name] === flag.type) ? check(raw, context) : raw;
}

/** Lists of this type are taken as they are: a service's kernel parameters, a container's link-local addresses. */
const UNCHECKED: Readonly<Record<string, string>> = {
  sysctl: 'list',
  'sysctl-add': 'list',
  'link-local-ip': 'list',
};

const syntax = (fn: string, raw: string): GoError =>
  new GoError(`strconv.${fn}: parsing ${quote(raw)}: invalid syntax`);
const range = (fn: string, raw: string): GoError =>
  new GoError(`strconv.${fn}: parsing ${quote(raw)}: value out of range`);

/** strconv.ParseInt with base 0. */
function parseInteger(raw: string, bits: number): bigint {
  const negative = raw[0] === '-';
  const value = magnitude('ParseInt', raw, /^[+-]/.test(raw) ? raw.slice(1) : raw);
  const limit = 1n << BigInt(bits - 1);
  if (value > (negative ? limit : limit - 1n)) throw range('ParseInt', raw);
  return negative ? -value : value;
}

/** strconv.ParseUint with base 0. */
function parseUnsigned(raw: string, bits: number): bigint {
  const value = magnitude('ParseUint', raw, raw);
  if (value >= 1n << BigInt(bits)) throw range('ParseUint', raw);
  return value;
}

function magnitude(fn: string, raw: string, digits: string): bigint {
  const plain = digits.replace(/(?<=[0-9a-fA-FxXoObB])_(?=[0-9a-fA-F])/g, '');
  if (/^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[1-9][0-9]*|0)$/.test(plain)) return BigInt(plain.toLowerCase());
  if (/^0[0-7]+$/.test(plain)) return BigInt(`0o${plain.slice(1)}`);
  throw syntax(fn, raw);
}

/** `--cpus`: a rational number to at most nine places. @returns billionths of a CPU */
function nanoCpus(raw: string): number {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?(?:\/(\d+))?$/.exec(raw);
  const [, sign, whole = '', fraction = '', exponent = '0', divisor = '1'] = match ?? [];
  if (!match || whole + fraction === '' || /^0+$/.test(divisor) || (match[5] && (match[3] || match[4]))) {
    throw new GoError(`failed to parse ${raw} as a rational number`);
  }
  const scale = 9 + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction) * (scale > 0 ? 10n ** BigInt(scale) : 1n);
  const below = BigInt(divisor) * (scale < 0 ? 10n ** BigInt(-scale) : 1n);
  if (digits % below !== 0n) throw new GoError('value is too precise');
  const value = Number(digits / below);
  return sign === '-' ? -value : value;
}

const ULIMITS = 'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
  ' ',
);

function ulimit(raw: string): string {
  const equals = raw.indexOf('=');
  if (equals < 0) throw new GoError(`invalid ulimit argument: ${raw}`);
  const name = raw.slice(0, equals);
  if (!ULIMITS.includes(name)) throw new GoError(`invalid ulimit type: ${name}`);
  const parts = raw.slice(equals + 1).split(':');
  if (parts.length > 2)
    throw new GoError(
      `too many limit value arguments - ${raw.slice(equals + 1)}, can only have up to two, \`soft[:hard]\``,
    );
  const [soft, hard = soft] = parts.map((p) => parseInteger(p, 64)) as [bigint, bigint?];
  if (hard !== -1n && soft === -1n)
    throw new GoError(
      `ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: ${hard}`,
    );
  if (hard !== -1n && soft > hard!)
    throw new GoError(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  return `${name}=${soft}:${hard}`;
}

type Check = (raw: string, context: ValueContext) => string;

function ip(raw: string): string {
  const found = canonicalIp(raw.trim());
  if (found === undefined) throw new GoError(`IP address is not correctly formatted: ${raw}`);
  return found;
}

const HOST_GATEWAY = 'host-gateway';

function extraHost(raw: string): string {
  const at = raw.includes('=') ? raw.indexOf('=') : raw.indexOf(':');
  const name = raw.slice(0, Math.max(0, at));
  if (at < 0 || name === '' || name.includes(':')) throw new GoError(`bad format for add-host: ${quote(raw)}`);
  let address = raw.slice(at + 1);
  if (address !== HOST_GATEWAY) {
    if (/^\[.+\]$/.test(address)) address = address.slice(1, -1);
    if (canonicalIp(address.trim()) === undefined) {
      throw new GoError(`invalid IP address in add-host: ${quote(address)}`);
    }
  }
  return `${name}:${address}`;
}

function environment(raw: string, { env }: ValueContext): string {
  const equals = raw.indexOf('=');
  if (equals === 0 || raw === '') throw new GoError(`invalid environment variable: ${raw}`);
  if (equals > 0) return raw;
  const own = env.get(raw);
  return own === undefined ? raw : `${raw}=${own}`;
}

function label(raw: string): string {
  const name = raw.split('=')[0]!.trimStart();
  if (name === '') throw new GoError(`invalid label '${raw}': empty name`);
  if (/\s/.test(name)) throw new GoError(`label '${name}' contains whitespaces`);
  return raw;
}

function stream(raw: string): string {
  const name = raw.toLowerCase();
  if (!['stdin', 'stdout', 'stderr'].includes(name)) throw new GoError('valid streams are STDIN, STDOUT and STDERR');
  return name;
}

function link(raw: string): string {
  if (raw === '') throw new GoError('empty string specified for links');
  if (raw.split(':').length > 2) throw new GoError(`bad format for links: ${raw}`);
  return raw;
}

function dnsSearch(raw: string): string {
  const text = raw.trim();
  if (text === '.') return text;
  const labels =
    /^([a-zA-Z0-9_]|[a-zA-Z0-9_][a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])(\.([a-zA-Z0-9_]|[a-zA-Z0-9_][a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_]))*\.?$/;
  if (text.length === 0 || text.length > 255 || !/[a-zA-Z]/.test(text) || !labels.test(text)) {
    throw new GoError(`${raw} is not a valid domain`);
  }
  return text;
}

const SYSCTLS = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]);

function sysctl(raw: string): string {
  const equals = raw.indexOf('=');
  const name = equals < 0 ? raw : raw.slice(0, equals);
  if (equals < 0 || !(SYSCTLS.has(name) || name.startsWith('net.') || name.startsWith('fs.mqueue.'))) {
    throw new GoError(`sysctl '${raw}' is not allowed`);
  }
  return raw;
}

function deviceRule(raw: string): string {
  if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(raw))
    throw new GoError(`invalid device cgroup format '${raw}'`);
  return raw;
}

function weightDevice(raw: string): string {
  const [path, weight, ...more] = raw.split(':');
  if (!path || weight === undefined || more.length > 0) throw new GoError(`bad format: ${raw}`);
  if (!path.startsWith('/dev/')) throw new GoError(`bad format for device path: ${raw}`);
  const n = Number(weight);
  if (!/^\d+$/.test(weight)) throw new GoError(`invalid weight for device: ${raw}`);
  if (n > 0 && (n < 10 || n > 1000)) throw new GoError(`invalid weight for device: ${raw}`);
  return raw;
}

function throttle(kind: 'bytes' | 'operations'): Check {
  return (raw) => {
    const [path, rate, ...more] = raw.split(':');
    if (!path || rate === undefined || more.length > 0) throw new GoError(`bad format: ${raw}`);
    if (!path.startsWith('/dev/')) throw new GoError(`bad format for device path: ${raw}`);
    if (kind === 'operations') {
      if (!/^\d+$/.test(rate)) {
        throw new GoError(
          `invalid rate for device: ${raw}. The correct format is <device-path>:<number>. Number must be a positive integer`,
        );
      }
      return raw;
    }
    try {
      return `${path}:${ramInBytes(rate)}`;
    } catch {
      throw new GoError(
        `invalid rate for device: ${raw}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb`,
      );
    }
  };
}

/** Lists whose elements are checked one by one, by the flag's name. */
const LISTS: Readonly<Record<string, Check>> = {
  'add-host': extraHost,
  attach: stream,
  'blkio-weight-device': weightDevice,
  'device-cgroup-rule': deviceRule,
  'device-read-bps': throttle('bytes'),
  'device-read-iops': throttle('operations'),
  'device-write-bps': throttle('bytes'),
  'device-write-iops': throttle('operations'),
  dns: ip,
  'dns-search': dnsSearch,
  env: environment,
  host: extraHost,
  label,
  'container-label': label,
  link,
  'link-local-ip': ip,
  sysctl,
};
