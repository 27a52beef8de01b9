import { fromBase64, toBase64 } from './base64.ts';
import { boolOf, type HclFunction, type HclValue, numberOf, sameValue, textOf, typeName } from './hcl-eval.ts';
import { compileRegex, RegexError } from './regex/regex.ts';
import { decode, encode } from './utf8.ts';

/** What functions need from outside. */
export interface HclHost {
  /** Hexadecimal SHA-256. */
  sha256(bytes: Uint8Array): string;
  /** RFC 3339, UTC. */
  now(): string;
  home: string;
}

const text = (value: HclValue | undefined): string => {
  const found = value === undefined ? undefined : textOf(value);
  if (found === undefined) throw new Error('string required');
  return found;
};
const number = (value: HclValue | undefined): number => {
  const found = value === undefined ? undefined : numberOf(value);
  if (found === undefined) throw new Error('a number is required');
  return found;
};
const truth = (value: HclValue | undefined): boolean => {
  const found = value === undefined ? undefined : boolOf(value);
  if (found === undefined) throw new Error('a bool is required');
  return found;
};
const list = (value: HclValue | undefined): HclValue[] => {
  if (!Array.isArray(value)) throw new Error('list of any single type required');
  return value;
};
const object = (value: HclValue | undefined): { [key: string]: HclValue } => {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Error('map of any single type required');
  return value;
};
const flat = (values: readonly HclValue[]): HclValue[] => values.flatMap((v) => (Array.isArray(v) ? flat(v) : [v]));
const unique = (values: readonly HclValue[]): HclValue[] =>
  values.filter((v, i) => values.findIndex((other) => sameValue(v, other)) === i);
const trimSet = (s: string, set: string): string => {
  const chars = [...s];
  while (chars.length > 0 && set.includes(chars[0]!)) chars.shift();
  while (chars.length > 0 && set.includes(chars.at(-1)!)) chars.pop();
  return chars.join('');
};
const title = (s: string): string =>
  s.replace(/(^|[^\p{L}\p{N}'])(\p{L})/gu, (_, before: string, c: string) => before + c.toUpperCase());

function regex(pattern: string) {
  const found = compileRegex(pattern, { dialect: 'perl' });
  if (found instanceof RegexError) throw new Error(`invalid regexp pattern: ${pattern}`);
  return found;
}

/** Replaces each match; `$1` and `${1}` in `by` stand for groups. */
function replaceAll(value: string, pattern: string, by: string): string {
  const found = regex(pattern);
  let out = '';
  for (let at = 0; at <= value.length; ) {
    const m = found.exec(value, at);
    if (!m) return out + value.slice(at);
    const [from = 0, to = 0] = m;
    out += value.slice(at, from);
    out += by.replace(/\$(?:\{(\d+)\}|(\d+))/g, (_, braced: string | undefined, plain: string | undefined) => {
      const i = Number(braced ?? plain);
      return (m[2 * i] ?? -1) < 0 ? '' : value.slice(m[2 * i], m[2 * i + 1]);
    });
    if (to === from) out += value.slice(to, to + 1);
    at = to === from ? to + 1 : to;
  }
  return out;
}

/** fmt.Sprintf for the verbs that configurations use. */
function format(pattern: string, args: readonly HclValue[]): string {
  let i = 0;
  return pattern.replace(
    /%([-+0 #]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string, verb: string) => {
      if (verb === '%') return '%';
      const arg = args[i++];
      if (arg === undefined) throw new Error(`not enough arguments for "%${verb}" at ${i}`);
      let out: string;
      if (verb === 'd') out = String(Math.trunc(number(arg)));
      else if (verb === 'f') out = number(arg).toFixed(precision === undefined ? 6 : Number(precision));
      else if (verb === 'x') out = Math.trunc(number(arg)).toString(16);
      else if (verb === 'X') out = Math.trunc(number(arg)).toString(16).toUpperCase();
      else if (verb === 'o') out = Math.trunc(number(arg)).toString(8);
      else if (verb === 'b') out = Math.trunc(number(arg)).toString(2);
      else if (verb === 't') out = String(truth(arg));
      else if (verb === 'q') out = JSON.stringify(text(arg));
      else if (verb === 's') out = text(arg);
      else out = textOf(arg) ?? JSON.stringify(arg);
      if (flags.includes('+') && /[df]/.test(verb) && !out.startsWith('-')) out = `+${out}`;
      if (width === undefined) return out;
      if (flags.includes('-')) return out.padEnd(Number(width));
      return out.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    },
  );
}

/** The functions of bake files: those of go-cty, and bake's own. @see docs.docker.com/build/bake/stdlib */
export function hclFunctions(host: HclHost): Readonly<Record<string, HclFunction>> {
  return {
    abs: ([v]) => Math.abs(number(v)),
    add: ([a, b]) => number(a) + number(b),
    and: ([a, b]) => truth(a) && truth(b),
    base64decode: ([v]) => {
      const bytes = fromBase64(text(v));
      if (!bytes) throw new Error('failed to decode base64 data');
      return decode(bytes);
    },
    base64encode: ([v]) => toBase64(encode(text(v))),
    basename: ([v]) => text(v).replace(/\/+$/, '').replace(/^.*\//, ''),
    ceil: ([v]) => Math.ceil(number(v)),
    chomp: ([v]) => text(v).replace(/[\r\n]+$/, ''),
    chunklist: ([v, n]) => {
      const items = list(v);
      const size = number(n) || items.length;
      const out: HclValue[] = [];
      for (let at = 0; at < items.length; at += size) out.push(items.slice(at, at + size));
      return out;
    },
    coalesce: (args) => {
      const found = args.find((v) => v !== null && v !== '');
      if (found === undefined) throw new Error('no non-null arguments');
      return found;
    },
    coalescelist: (args) => args.find((v) => Array.isArray(v) && v.length > 0) ?? [],
    compact: ([v]) => list(v).filter((item) => item !== '' && item !== null),
    concat: (args) => args.flatMap(list),
    contains: ([v, wanted]) => list(v).some((item) => sameValue(item, wanted ?? null)),
    dirname: ([v]) => text(v).replace(/\/[^/]*$/, '') || (text(v).startsWith('/') ? '/' : '.'),
    distinct: ([v]) => unique(list(v)),
    divide: ([a, b]) => {
      if (number(b) === 0) throw new Error('divide by zero');
      return number(a) / number(b);
    },
    element: ([v, n]) => {
      const items = list(v);
      if (items.length === 0) throw new Error('cannot use element function with an empty list');
      return items[number(n) % items.length]!;
    },
    equal: ([a, b]) => sameValue(a ?? null, b ?? null),
    flatten: ([v]) => flat(list(v)),
    floor: ([v]) => Math.floor(number(v)),
    format: ([pattern, ...args]) => format(text(pattern), args),
    formatlist: ([pattern, ...args]) => {
      const n = Math.max(...args.map((arg) => (Array.isArray(arg) ? arg.length : 1)));
      return Array.from({ length: n }, (_, i) =>
        format(
          text(pattern),
          args.map((arg) => (Array.isArray(arg) ? arg[i]! : arg)),
        ),
      );
    },
    greaterthan: ([a, b]) => number(a) > number(b),
    greaterthanorequalto: ([a, b]) => number(a) >= number(b),
    hasindex: ([v, key]) => (Array.isArray(v) ? v[number(key)] !== undefined : Object.hasOwn(object(v), text(key))),
    homedir: () => host.home,
    indent: ([n, v]) => text(v).replaceAll('\n', `\n${' '.repeat(number(n))}`),
    index: ([v, key]) => {
      const found = Array.isArray(v) ? v[number(key)] : object(v)[text(key)];
      if (found === undefined) throw new Error('index does not exist');
      return found;
    },
    indexof: ([v, item]) => {
      const at = list(v).findIndex((other) => sameValue(other, item ?? null));
      if (at < 0) throw new Error('item not found');
      return at;
    },
    int: ([v]) => Math.trunc(number(v)),
    join: ([separator, ...lists]) => lists.flatMap(list).map(text).join(text(separator)),
    jsondecode: ([v]) => JSON.parse(text(v)) as HclValue,
    jsonencode: ([v]) => JSON.stringify(v ?? null),
    keys: ([v]) => Object.keys(object(v)).sort(),
    length: ([v]) => (Array.isArray(v) ? v.length : Object.keys(object(v)).length),
    lessthan: ([a, b]) => number(a) < number(b),
    lessthanorequalto: ([a, b]) => number(a) <= number(b),
    lookup: ([v, key, other]) => object(v)[text(key)] ?? other ?? null,
    lower: ([v]) => text(v).toLowerCase(),
    max: (args) => Math.max(...args.map(number)),
    merge: (args) => Object.assign({}, ...args.filter((v) => v !== null).map(object)) as HclValue,
    min: (args) => Math.min(...args.map(number)),
    modulo: ([a, b]) => number(a) % number(b),
    multiply: ([a, b]) => number(a) * number(b),
    negate: ([v]) => -number(v),
    not: ([v]) => !truth(v),
    notequal: ([a, b]) => !sameValue(a ?? null, b ?? null),
    or: ([a, b]) => truth(a) || truth(b),
    parseint: ([v, base]) => {
      const n = Number.parseInt(text(v), number(base));
      if (Number.isNaN(n)) throw new Error(`cannot parse ${JSON.stringify(v)} as a base ${number(base)} integer`);
      return n;
    },
    pow: ([a, b]) => number(a) ** number(b),
    range: (args) => {
      const [first, second, third] = args.map(number);
      const from = second === undefined ? 0 : first!;
      const to = second ?? first!;
      const step = third ?? (to >= from ? 1 : -1);
      const out: number[] = [];
      for (let n = from; step > 0 ? n < to : n > to; n += step) out.push(n);
      return out;
    },
    regex: ([pattern, v]) => {
      const m = regex(text(pattern)).exec(text(v));
      if (!m) throw new Error('pattern did not match any part of the given string');
      const group = (i: number): HclValue => (m[2 * i]! < 0 ? null : text(v).slice(m[2 * i], m[2 * i + 1]));
      const groups = m.length / 2 - 1;
      return groups === 0 ? group(0) : Array.from({ length: groups }, (_, i) => group(i + 1));
    },
    regex_replace: ([v, pattern, by]) => replaceAll(text(v), text(pattern), text(by)),
    replace: ([v, from, to]) => text(v).replaceAll(text(from), () => text(to)),
    reverse: ([v]) => [...text(v)].reverse().join(''),
    reverselist: ([v]) => [...list(v)].reverse(),
    sanitize: ([v]) => text(v).replace(/[^a-zA-Z0-9_-]+/g, '_'),
    setintersection: ([first, ...rest]) =>
      unique(list(first)).filter((v) => rest.every((l) => list(l).some((o) => sameValue(o, v)))),
    setsubtract: ([a, b]) => unique(list(a)).filter((v) => !list(b).some((o) => sameValue(o, v))),
    setunion: (args) => unique(args.flatMap(list)),
    sha256: ([v]) => host.sha256(encode(text(v))),
    signum: ([v]) => Math.sign(number(v)),
    slice: ([v, from, to]) => list(v).slice(number(from), number(to)),
    sort: ([v]) => list(v).map(text).sort(),
    split: ([separator, v]) => text(v).split(text(separator)),
    strlen: ([v]) => [...text(v)].length,
    substr: ([v, from, n]) => {
      const chars = [...text(v)];
      const start = number(from) < 0 ? chars.length + number(from) : number(from);
      return chars.slice(start, number(n) < 0 ? undefined : start + number(n)).join('');
    },
    subtract: ([a, b]) => number(a) - number(b),
    timestamp: () => host.now(),
    title: ([v]) => title(text(v)),
    tobool: ([v]) => truth(v),
    tonumber: ([v]) => number(v),
    tostring: ([v]) => (v === null ? null : text(v)),
    trim: ([v, set]) => trimSet(text(v), text(set)),
    trimprefix: ([v, prefix]) => (text(v).startsWith(text(prefix)) ? text(v).slice(text(prefix).length) : text(v)),
    trimspace: ([v]) => text(v).trim(),
    trimsuffix: ([v, suffix]) =>
      text(suffix) !== '' && text(v).endsWith(text(suffix)) ? text(v).slice(0, -text(suffix).length) : text(v),
    try: (args) => args[0] ?? null,
    typeof: ([v]) => typeName(v ?? null),
    upper: ([v]) => text(v).toUpperCase(),
    urlencode: ([v]) => encodeURIComponent(text(v)),
    values: ([v]) => {
      const map = object(v);
      return Object.keys(map)
        .sort()
        .map((key) => map[key]!);
    },
    zipmap: ([names, values]) => Object.fromEntries(list(names).map((name, i) => [text(name), list(values)[i]!])),
  };
}
