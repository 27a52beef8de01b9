import type { HashFactory } from '../../../lib/hash.ts';
import { toHex } from '../../../lib/hex.ts';
import { encode } from '../../../lib/utf8.ts';
import type { SqlJsDatabase } from '../sql-js.ts';
import {
  addInterval,
  extract,
  intervalText,
  momentPattern,
  momentText,
  parseInterval,
  parseMoment,
  truncate,
} from './dates.ts';

type Value = null | number | bigint | string | Uint8Array;

/** A failure that the server reads: state, text, detail. */
const failure = (state: string, message: string, detail = ''): Error => new Error(`PG:${state}:${message}\n${detail}`);
const invalid = (type: string, value: string): Error =>
  failure('22P02', `invalid input syntax for type ${type}: "${value}"`);

/** A pattern of LIKE as a regular expression; it looks at case. */
function likePattern(pattern: string, escape: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === escape && i + 1 < pattern.length) source += quoted(pattern[++i]!);
    else source += c === '%' ? '[^]*' : c === '_' ? '[^]' : quoted(c);
  }
  return new RegExp(`^${source}$`, 'u');
}
const quoted = (c: string): string => c.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function regexp(pattern: string, flags = ''): RegExp {
  const insensitive = pattern.startsWith('(?i)');
  try {
    return new RegExp(insensitive ? pattern.slice(4) : pattern, `${flags}${insensitive ? 'i' : ''}`);
  } catch {
    throw failure('2201B', 'invalid regular expression');
  }
}

const INTEGERS: Readonly<Record<string, bigint>> = { smallint: 1n << 15n, integer: 1n << 31n, bigint: 1n << 63n };
const TRUE = ['t', 'true', 'y', 'yes', 'on', '1'];
const FALSE = ['f', 'false', 'n', 'no', 'off', '0'];

/** A value as another type has it. */
function cast(value: Value, type: string, now: number): Value {
  if (value === null || value instanceof Uint8Array) return value;
  const text = String(value).trim();
  const limit = INTEGERS[type];
  if (limit !== undefined) {
    if (typeof value === 'string' && !/^[+-]?\d+$/.test(text)) throw invalid(type, String(value));
    const number =
      typeof value === 'number' && !Number.isInteger(value) ? BigInt(Math.round(value)) : BigInt(text.split('.')[0]!);
    if (number >= limit || number < -limit)
      throw typeof value === 'string'
        ? failure('22003', `value "${value}" is out of range for type ${type}`)
        : failure('22003', `${type} out of range`);
    return number > 9007199254740991n || number < -9007199254740991n ? number : Number(number);
  }
  switch (type) {
    case 'boolean': {
      const word = text.toLowerCase();
      if (typeof value !== 'string') return Number(value) === 0 ? 0 : 1;
      if (TRUE.includes(word)) return 1;
      if (FALSE.includes(word)) return 0;
      throw invalid(type, String(value));
    }
    case 'numeric':
    case 'double precision':
    case 'real':
      if (typeof value === 'string' && (text === '' || Number.isNaN(Number(text)))) throw invalid(type, value);
      return Number(value);
    case 'date':
    case 'timestamp':
    case 'timestamptz': {
      const moment = parseMoment(text, now);
      if (moment !== undefined) return momentText(moment, type);
      if (/^\d+-\d+-\d+/.test(text)) throw failure('22008', `date/time field value out of range: "${value}"`);
      throw failure('22007', `invalid input syntax for type ${LONG[type] ?? type}: "${value}"`);
    }
    case 'interval': {
      const interval = parseInterval(text);
      if (!interval) throw failure('22007', `invalid input syntax for type interval: "${value}"`);
      return intervalText(interval);
    }
    case 'uuid':
      if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text)) throw invalid(type, String(value));
      return text
        .toLowerCase()
        .replace(/-/g, '')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'json':
    case 'jsonb':
      try {
        const parsed: unknown = JSON.parse(text);
        return type === 'json' ? String(value) : jsonbText(parsed);
      } catch {
        throw failure('22P02', 'invalid input syntax for type json');
      }
    default:
      return String(value);
  }
}
const LONG: Readonly<Record<string, string>> = {
  timestamp: 'timestamp',
  timestamptz: 'timestamp with time zone',
};

/** As jsonb is written: blanks after colons and commas, keys by length. */
function jsonbText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${jsonbText((value as Record<string, unknown>)[key])}`).join(', ')}}`;
}

function age(later: string, earlier: string, now: number): string | null {
  const [a, b] = [parseMoment(later, now), parseMoment(earlier, now)];
  if (a === undefined || b === undefined) return null;
  const [from, to] = a < b ? [a, b] : [b, a];
  let months = 0;
  while (addInterval(from, { months: months + 1, days: 0, micros: 0 }, 1) <= to) months++;
  const rest = to - addInterval(from, { months, days: 0, micros: 0 }, 1);
  const days = Math.floor(rest / 8.64e10);
  const sign = a < b ? -1 : 1;
  return intervalText({ months: sign * months, days: sign * days, micros: sign * (rest - days * 8.64e10) });
}

/** x ± interval, or the difference of two moments. */
function add(value: Value, interval: Value, sign: number, now: number): Value {
  if (value === null || interval === null) return null;
  const by = parseInterval(String(interval));
  if (!by) throw failure('22007', `invalid input syntax for type interval: "${String(interval)}"`);
  const own = String(value);
  const moment = parseMoment(own, now);
  if (moment === undefined) {
    const other = parseInterval(own);
    if (!other) throw failure('22007', `invalid input syntax for type timestamp: "${own}"`);
    return intervalText({
      months: other.months + sign * by.months,
      days: other.days + sign * by.days,
      micros: other.micros + sign * by.micros,
    });
  }
  return momentText(
    addInterval(moment, by, sign),
    /[+-]\d{2}(:?\d{2})?$/.test(own.slice(10)) ? 'timestamptz' : 'timestamp',
  );
}

/** to_char of a number: 9, 0, comma, point, FM. */
function numberPattern(value: number, pattern: string): string {
  const fill = pattern.startsWith('FM');
  const shape = pattern.replace(/^FM/, '');
  const [whole = '', decimals = ''] = shape.split('.');
  const digits = Math.abs(value).toFixed(decimals.replace(/[^09]/g, '').length);
  const [left = '', right = ''] = digits.split('.');
  const zeros = whole.indexOf('0') < 0 ? 0 : whole.slice(whole.indexOf('0')).replace(/[^09]/g, '').length;
  let text = left.padStart(zeros, '0');
  if (whole.includes(',')) text = text.replace(/\B(?=(\d{3})+$)/g, ',');
  const width = whole.length;
  if (text.replace(/,/g, '').length > whole.replace(/[^09]/g, '').length) text = '#'.repeat(width);
  const end = right === '' ? '' : `.${fill && !decimals.includes('0') ? right.replace(/0+$/, '') : right}`;
  const body = `${value < 0 ? '-' : fill ? '' : ' '}${text}${end}`;
  return fill ? body : body.padStart(width + 1 + end.length);
}

/** Gives a connection PostgreSQL's functions. @param seed where chance begins */
export function definePostgres(db: SqlJsDatabase, md5: HashFactory, now: () => number, seed: number): void {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const text = (value: Value): string => String(value);
  const moment = (value: Value): number => {
    const found = parseMoment(text(value), now());
    if (found === undefined) throw failure('22007', `invalid input syntax for type timestamp: "${text(value)}"`);
    return found;
  };
  const kind = (value: Value): 'timestamp' | 'timestamptz' =>
    /[+-]\d{2}(:?\d{2})?$/.test(text(value).slice(10)) ? 'timestamptz' : 'timestamp';
  /** Functions that give NULL for NULL. */
  const strict: Readonly<Record<string, [arity: number[], call: (...args: Value[]) => Value]>> = {
    match: [[2, 3], (p, s, e) => (likePattern(text(p!), e === undefined ? '\\' : text(e)).test(text(s!)) ? 1 : 0)],
    regexp: [[2], (p, s) => (regexp(text(p!)).test(text(s!)) ? 1 : 0)],
    pg_cast: [[2], (v, type) => cast(v!, text(type!), now())],
    pg_char: [[2], (v, n) => [...text(v!)].slice(0, Number(n)).join('')],
    pg_round: [[2], (v, n) => Number(Number(v).toFixed(Number(n)))],
    pg_add: [[3], (v, i, sign) => add(v!, i!, Number(sign), now())],
    pg_extract: [
      [2],
      (f, v) => {
        const part = extract(text(f!), moment(v!));
        if (part === undefined)
          throw failure('22023', `unit "${text(f!)}" not recognized for type timestamp without time zone`);
        return part;
      },
    ],
    date_part: [[2], (f, v) => extract(text(f!), moment(v!)) ?? null],
    date_trunc: [
      [2],
      (u, v) => {
        const at = truncate(text(u!), moment(v!));
        if (at === undefined)
          throw failure('22023', `unit "${text(u!)}" not recognized for type timestamp without time zone`);
        return momentText(at, kind(v!));
      },
    ],
    to_char: [
      [2],
      (v, p) => (typeof v === 'string' ? momentPattern(moment(v), text(p!)) : numberPattern(Number(v), text(p!))),
    ],
    to_timestamp: [[1], (v) => momentText(Math.round(Number(v) * 1e6), 'timestamptz')],
    to_date: [[2], (v) => momentText(moment(v!), 'date')],
    age: [
      [1, 2],
      (a, b) =>
        age(
          b === undefined ? momentText(Math.floor(now() / 86400000) * 8.64e10, 'timestamp') : text(a!),
          b === undefined ? text(a!) : text(b),
          now(),
        ),
    ],
    md5: [
      [1],
      (v) =>
        toHex(
          md5
            .create()
            .update(encode(text(v!)))
            .digest(),
        ),
    ],
    initcap: [
      [1],
      (v) =>
        text(v!)
          .toLowerCase()
          .replace(/[\p{L}\p{N}]+/gu, (w) => w[0]!.toUpperCase() + w.slice(1)),
    ],
    left: [
      [2],
      (v, n) => (Number(n) < 0 ? [...text(v!)].slice(0, Number(n)) : [...text(v!)].slice(0, Number(n))).join(''),
    ],
    right: [
      [2],
      (v, n) =>
        [...text(v!)].slice(Number(n) < 0 ? -Number(n) : Math.max(0, [...text(v!)].length - Number(n))).join(''),
    ],
    lpad: [
      [2, 3],
      (v, n, f) =>
        text(v!).length > Number(n)
          ? text(v!).slice(0, Number(n))
          : text(v!).padStart(Math.min(Number(n), 1 << 20), f === undefined ? ' ' : text(f)),
    ],
    rpad: [
      [2, 3],
      (v, n, f) =>
        text(v!).length > Number(n)
          ? text(v!).slice(0, Number(n))
          : text(v!).padEnd(Math.min(Number(n), 1 << 20), f === undefined ? ' ' : text(f)),
    ],
    split_part: [
      [3],
      (v, d, n) =>
        text(v!)
          .split(text(d!))
          .at(Number(n) > 0 ? Number(n) - 1 : Number(n)) ?? '',
    ],
    strpos: [[2], (v, s) => text(v!).indexOf(text(s!)) + 1],
    repeat: [[2], (v, n) => text(v!).repeat(Math.max(0, Math.min(Number(n), 1 << 20)))],
    reverse: [[1], (v) => [...text(v!)].reverse().join('')],
    char_length: [[1], (v) => [...text(v!)].length],
    regexp_replace: [
      [3, 4],
      (v, p, r, f) =>
        text(v!).replace(regexp(text(p!), f === undefined ? '' : text(f)), text(r!).replace(/\\(\d)/g, '$$$1')),
    ],
    translate: [
      [3],
      (v, a, b) =>
        Array.from(text(v!), (c) => (text(a!).includes(c) ? (text(b!)[text(a!).indexOf(c)] ?? '') : c)).join(''),
    ],
    mod: [[2], (a, b) => Number(a) % Number(b)],
    ceil: [[1], (v) => Math.ceil(Number(v))],
    ceiling: [[1], (v) => Math.ceil(Number(v))],
    floor: [[1], (v) => Math.floor(Number(v))],
    trunc: [[1, 2], (v, n) => Math.trunc(Number(v) * 10 ** Number(n ?? 0)) / 10 ** Number(n ?? 0)],
    power: [[2], (a, b) => Number(a) ** Number(b)],
    sqrt: [[1], (v) => Math.sqrt(Number(v))],
    pg_size_pretty: [[1], (v) => sizeText(Number(v))],
  };
  const loose: typeof strict = {
    pg_now: [[0], () => momentText(now() * 1000, 'timestamptz')],
    pg_today: [[0], () => momentText(now() * 1000, 'date')],
    random: [[0], () => random()],
    gen_random_uuid: [[0], () => uuid(random)],
    uuid_generate_v4: [[0], () => uuid(random)],
    pg_fail: [
      [3],
      (state, message, detail) => {
        throw failure(text(state!), text(message!), detail === null ? '' : text(detail!));
      },
    ],
    pg_bool: [[1], (v) => (v === null ? null : cast(v!, 'boolean', now()))],
    greatest: [[2, 3, 4], (...all) => extreme(all, 1)],
    least: [[2, 3, 4], (...all) => extreme(all, -1)],
  };
  const make = (functions: typeof strict, isStrict: boolean): void => {
    for (const [name, [arity, call]] of Object.entries(functions))
      for (const n of arity) {
        const body = (...args: Value[]): Value => (isStrict && args.includes(null) ? null : call(...args));
        // the library asks a function for its arity
        Object.defineProperty(body, 'length', { value: n });
        db.create_function(name, body);
      }
  };
  make(strict, true);
  make(loose, false);
  const aggregate = (name: string, finalize: (values: Value[]) => Value): void => {
    db.create_aggregate(name, {
      init: () => [],
      step: (state: Value[], value: Value) => [...state, value],
      finalize: (state: Value[]) => finalize(state ?? []),
    });
  };
  const known = (values: Value[]): Value[] => values.filter((v) => v !== null);
  aggregate('bool_and', (v) => (known(v).length === 0 ? null : known(v).every((x) => Number(x) !== 0) ? 1 : 0));
  aggregate('every', (v) => (known(v).length === 0 ? null : known(v).every((x) => Number(x) !== 0) ? 1 : 0));
  aggregate('bool_or', (v) => (known(v).length === 0 ? null : known(v).some((x) => Number(x) !== 0) ? 1 : 0));
  aggregate(
    'array_agg',
    (v) =>
      `{${v.map((x) => (x === null ? 'NULL' : /[\s,{}"\\]/.test(text(x)) ? `"${text(x).replace(/["\\]/g, '\\$&')}"` : text(x))).join(',')}}`,
  );
  aggregate('stddev', (v) => (known(v).length < 2 ? null : Math.sqrt(variance(known(v).map(Number)))));
  aggregate('variance', (v) => (known(v).length < 2 ? null : variance(known(v).map(Number))));
}

function variance(values: number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
}

function extreme(values: Value[], sign: number): Value {
  let best: Value = null;
  for (const value of values) if (value !== null && (best === null || (value > best ? 1 : -1) * sign > 0)) best = value;
  return best;
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '89ab'[Math.floor(random() * 4)]!;
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [size, at] = [bytes, 0];
  while (Math.abs(size) >= 10240 && at < units.length - 1) [size, at] = [size / 1024, at + 1];
  return `${Math.round(size)} ${units[at]}`;
}
