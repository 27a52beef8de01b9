import { localeQuote } from '../../libc/shell-quote.ts';

/** What dd's operands ask for; numbers are bytes unless `count`, which is input blocks. */
export interface DdPlan {
  if: string | undefined;
  of: string | undefined;
  ibs: number;
  obs: number;
  cbs: number;
  /** `bs=` was given. */
  together: boolean;
  count: number;
  countBytes: number | undefined;
  skipBytes: number;
  seekBytes: number;
  status: string;
  conv: ReadonlySet<string>;
  iflag: ReadonlySet<string>;
  oflag: ReadonlySet<string>;
}

const CONV = [
  'ascii',
  'ebcdic',
  'ibm',
  'block',
  'unblock',
  'lcase',
  'ucase',
  'sparse',
  'swab',
  'sync',
  'excl',
  'nocreat',
  'notrunc',
  'noerror',
  'fdatasync',
  'fsync',
];
const FLAGS = [
  'append',
  'direct',
  'directory',
  'dsync',
  'sync',
  'fullblock',
  'nonblock',
  'noatime',
  'nocache',
  'noctty',
  'nofollow',
  'count_bytes',
  'skip_bytes',
  'seek_bytes',
];
const UNIT: Readonly<Record<string, number>> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  kB: 1000,
  KB: 1000,
  k: 1024,
  K: 1024,
  KiB: 1024,
  MB: 1e6,
  m: 2 ** 20,
  M: 2 ** 20,
  MiB: 2 ** 20,
  GB: 1e9,
  g: 2 ** 30,
  G: 2 ** 30,
  GiB: 2 ** 30,
  TB: 1e12,
  T: 2 ** 40,
  TiB: 2 ** 40,
};

/** A number of dd: `4`, `2k`, `3x512`. @returns undefined where it is none */
function ddNumber(text: string): number | undefined {
  let product = 1;
  for (const factor of text.split('x')) {
    const m = /^(\d+)([A-Za-z]*?)B?$/.exec(factor);
    const unit = m && (UNIT[factor.slice(m[1]!.length)] ?? UNIT[m[2]!]);
    if (!m || unit === undefined || unit === null) return undefined;
    product *= Number(m[1]) * unit;
  }
  return product;
}

/** @returns the plan, or the message of what is wrong */
export function readOperands(args: readonly string[], form: 'gnu' | 'busybox'): DdPlan | string {
  const values = new Map<string, string>();
  const words = { conv: new Set<string>(), iflag: new Set<string>(), oflag: new Set<string>() };
  for (const arg of args) {
    if (arg === '--') continue;
    const at = arg.indexOf('=');
    const key = arg.slice(0, at);
    const value = arg.slice(at + 1);
    if (at < 0 || !KEYS.includes(key)) return `unrecognized operand ${localeQuote(arg)}`;
    if (key === 'conv' || key === 'iflag' || key === 'oflag') {
      const known = key === 'conv' ? CONV : FLAGS;
      for (const word of value.split(',')) {
        if (!known.includes(word)) return `invalid ${NAMES[key]}: ${localeQuote(value)}`;
        words[key].add(word === 'ibm' ? 'ebcdic' : word);
      }
    } else values.set(key, value);
  }
  const status = values.get('status') ?? 'default';
  if (!['default', 'none', 'noxfer', 'progress'].includes(status))
    return `invalid status level: ${localeQuote(status)}`;
  const number = (key: string, other?: string): number | undefined | string => {
    const text = values.get(key) ?? (other === undefined ? undefined : values.get(other));
    if (text === undefined) return undefined;
    const n = ddNumber(text);
    return n === undefined || (key.endsWith('bs') && n === 0) ? `invalid number: ${localeQuote(text)}` : n;
  };
  const bs = number('bs');
  const figures = [
    bs,
    number('ibs'),
    number('obs'),
    number('cbs'),
    number('count'),
    number('skip', 'iseek'),
    number('seek', 'oseek'),
  ];
  const wrong = figures.find((f) => typeof f === 'string');
  if (typeof wrong === 'string') return wrong;
  const [, ibs0, obs0, cbs, count, skip, seek] = figures as (number | undefined)[];
  const ibs = (bs as number | undefined) ?? ibs0 ?? 512;
  const obs = (bs as number | undefined) ?? obs0 ?? 512;
  if (ibs > 2 ** 31 || obs > 2 ** 31) return 'memory exhausted by input buffer of size';
  const inBytes = (key: string, flag: string): boolean =>
    words.iflag.has(flag) || words.oflag.has(flag) || (form === 'gnu' && /^\d+B$/.test(values.get(key) ?? ''));
  const countBytes = inBytes('count', 'count_bytes') ? count : undefined;
  return {
    if: values.get('if'),
    of: values.get('of'),
    ibs,
    obs,
    cbs: cbs ?? 0,
    together: bs !== undefined,
    count: countBytes !== undefined ? Number.POSITIVE_INFINITY : (count ?? Number.POSITIVE_INFINITY),
    countBytes,
    skipBytes: (skip ?? 0) * (inBytes('skip', 'skip_bytes') ? 1 : ibs),
    seekBytes: (seek ?? 0) * (inBytes('seek', 'seek_bytes') ? 1 : obs),
    status,
    ...words,
  };
}

const KEYS = [
  'if',
  'of',
  'bs',
  'ibs',
  'obs',
  'cbs',
  'count',
  'skip',
  'iseek',
  'seek',
  'oseek',
  'status',
  'conv',
  'iflag',
  'oflag',
];
const NAMES = { conv: 'conversion', iflag: 'input flag', oflag: 'output flag' };
