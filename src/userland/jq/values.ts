/** A JSON value; objects are Maps so that keys keep their order whatever they are. */
export type Json = null | boolean | number | string | Json[] | Map<string, Json>;

/** An error that `try` catches. */
export class JqError extends Error {
  constructor(readonly value: Json) {
    super(typeof value === 'string' ? value : `${toText(value)} (not a string)`);
  }
}

export function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value instanceof Map ? 'object' : typeof value;
}

export const truthy = (value: Json): boolean => value !== null && value !== false;

const RANK = ['null', 'false', 'true', 'number', 'string', 'array', 'object'];
const rank = (value: Json): number => RANK.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value));

/** jq's order of all values. */
export function compare(a: Json, b: Json): number {
  const order = rank(a) - rank(b);
  if (order !== 0) return order;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const inner = compare(a[i]!, b[i]!);
      if (inner !== 0) return inner;
    }
    return a.length - b.length;
  }
  if (a instanceof Map && b instanceof Map) {
    const [x, y] = [[...a.keys()].sort(), [...b.keys()].sort()];
    const keys = compare(x, y);
    if (keys !== 0) return keys;
    for (const key of x) {
      const inner = compare(a.get(key)!, b.get(key)!);
      if (inner !== 0) return inner;
    }
  }
  return 0;
}

/** From JavaScript's own values. */
export function fromJs(value: unknown): Json {
  if (Array.isArray(value)) return value.map(fromJs);
  if (value !== null && typeof value === 'object')
    return new Map(Object.entries(value).map(([k, v]) => [k, fromJs(v)]));
  return value as Json;
}

export function numberText(n: number): string {
  if (Number.isNaN(n)) return 'null';
  if (!Number.isFinite(n)) return n > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308';
  return String(n).replace(/e([-+])(\d)$/, 'e$10$2');
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/\x7f/g, '\\u007f');
}

export interface PrintOptions {
  /** Text of one step; undefined: compact. */
  indent?: string | undefined;
  sort?: boolean;
  color?: boolean;
  ascii?: boolean;
}

const COLORS = {
  null: '1;30',
  boolean: '0;39',
  number: '0;39',
  string: '0;32',
  array: '1;39',
  object: '1;39',
  key: '34;1',
};

/** JSON text as jq prints it. */
export function toText(value: Json, options: PrintOptions = {}, lead = ''): string {
  const { indent, color } = options;
  const paint = (kind: keyof typeof COLORS, text: string): string =>
    color ? `\x1b[${COLORS[kind]}m${text}\x1b[0m` : text;
  const str = (text: string): string =>
    options.ascii
      ? quote(text).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : quote(text);
  if (value === null) return paint('null', 'null');
  if (typeof value === 'number') return paint('number', numberText(value));
  if (typeof value === 'boolean') return paint('boolean', String(value));
  if (typeof value === 'string') return paint('string', str(value));
  const inner = lead + (indent ?? '');
  const line = indent === undefined ? '' : `\n${inner}`;
  const last = indent === undefined ? '' : `\n${lead}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return paint('array', '[]');
    const items = value.map((item) => line + toText(item, options, inner));
    if (!color) return `[${items.join(',')}${last}]`;
    return `${paintOpen('array')}[${items.join(`${paintOpen('array')},\x1b[0m`).replace(/^/, '')}${paintOpen('array')}${last}${paintOpen('array')}]\x1b[0m`;
  }
  const keys = options.sort ? [...value.keys()].sort() : [...value.keys()];
  if (keys.length === 0) return paint('object', '{}');
  const colon = indent === undefined ? ':' : ': ';
  const entries = keys.map(
    (key) => `${line}${paint('key', str(key))}${paint('object', colon)}${toText(value.get(key)!, options, inner)}`,
  );
  if (!color) return `{${entries.join(',')}${last}}`;
  return `${paintOpen('object')}{\x1b[0m${entries.join(paint('object', ','))}${paintOpen('object')}${last}}\x1b[0m`;
}

const paintOpen = (kind: keyof typeof COLORS): string => `\x1b[${COLORS[kind]}m`;

/** A value in a message, cut short. */
export function shown(value: Json): string {
  const text = toText(value);
  return `${typeOf(value)} (${text.length > 11 ? `${text.slice(0, 10)}...` : text})`;
}
