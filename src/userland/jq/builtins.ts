import { compileRegex, RegexError } from '../../lib/regex/regex.ts';
import { byteLength } from '../../lib/utf8.ts';
import { readJsonText } from './read.ts';
import { compare, JqError, type Json, toText, truthy, typeOf } from './values.ts';

/** Functions that are written in jq. */
export const PRELUDE = `
def map(f): [.[] | f];
def select(f): if f then . else empty end;
def recurse: recurse(.[]?);
def recurse(f): def r: ., (f | r); r;
def recurse(f; c): def r: ., (f | select(c) | r); r;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def map_values(f): .[] |= f;
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $e ({}; . + {($e | if .key == null then (.k // .name // .Name // .K // .Key | if type == "string" then . else tojson end) else (.key | if type == "string" then . else tojson end) end): ($e | if has("value") then .value elif has("v") then .v else .Value end)});
def with_entries(f): to_entries | map(f) | from_entries;
def add: reduce .[] as $x (null; . + $x);
def add(f): reduce f as $x (null; . + $x);
def any: any(.[]; .);
def all: all(.[]; .);
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def any(g; f): isempty(first(g | f | select(.))) | not;
def all(g; f): isempty(first(g | f | select(. | not)));
def isempty(g): [limit(1; g)] | length == 0;
def range($n): range(0; $n);
def first: .[0];
def last: .[-1];
def last(f): reduce f as $x (null; $x);
def nth($n): .[$n];
def nth($n; f): last(limit($n + 1; f));
def until(c; u): def r: if c then . else (u | r) end; r;
def while(c; u): def r: if c then ., (u | r) else empty end; r;
def repeat(f): def r: ., (f | r); r;
def in(o): . as $x | o | has($x);
def inside(o): . as $x | o | contains($x);
def sort_by(f): [.[] | {k: [f], v: .}] | _sort_pairs | map(.v);
def group_by(f): [.[] | {k: [f], v: .}] | _group_pairs;
def unique_by(f): [group_by(f)[] | .[0]];
def unique: unique_by(.);
def min_by(f): (sort_by(f) | .[0]);
def max_by(f): (sort_by(f) | .[-1]);
def min: min_by(.);
def max: max_by(.);
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def del(f): delpaths([path(f)]);
def to_array: if type == "array" then . else [.] end;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def test($re): test($re; null);
def match($re): match($re; null);
def match($re; $flags): _match($re; $flags) | .[];
def capture($re): capture($re; null);
def capture($re; $flags): match($re; $flags) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def scan($re): match($re; "g") | if (.captures | length) > 0 then [.captures[].string] else .string end;
def sub($re; f): sub($re; f; "");
def sub($re; f; $flags): . as $in | [match($re; $flags)] as $ms | reduce ($ms | reverse)[] as $m ($in; .[0:$m.offset] + ($m | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries | f) + .[$m.offset + $m.length:]);
def gsub($re; f): sub($re; f; "g");
def gsub($re; f; $flags): sub($re; f; $flags + "g");
def splits($re): split($re; null) | .[];
def ascii: [.] | implode;
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
def debug: .;
def halt_error: error;
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def error(m): m | error;
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
.`;

type Builtin = (input: Json, ...args: Json[]) => Iterable<Json>;

function pairs(input: Json): { key: Json; value: Json }[] {
  return (input as Map<string, Json>[]).map((m) => ({ key: m.get('k')!, value: m.get('v')! }));
}

function keysOf(input: Json, sorted: boolean): Json {
  if (Array.isArray(input)) return input.map((_, i) => i);
  if (!(input instanceof Map)) throw new JqError(`${typeOf(input)} (${toText(input)}) has no keys`);
  return sorted ? [...input.keys()].sort() : [...input.keys()];
}

function lengthOf(input: Json): Json {
  if (input === null) return 0;
  if (typeof input === 'boolean') throw new JqError(`boolean (${input}) has no length`);
  if (typeof input === 'number') return Math.abs(input);
  if (typeof input === 'string') return [...input].length;
  return Array.isArray(input) ? input.length : input.size;
}

function contains(a: Json, b: Json): boolean {
  if (a instanceof Map && b instanceof Map)
    return [...b].every(([key, value]) => a.has(key) && contains(a.get(key)!, value));
  if (Array.isArray(a) && Array.isArray(b)) return b.every((x) => a.some((y) => contains(y, x)));
  if (typeof a === 'string' && typeof b === 'string') return a.includes(b);
  if (typeOf(a) !== typeOf(b))
    throw new JqError(
      `${typeOf(a)} (${toText(a)}) and ${typeOf(b)} (${toText(b)}) cannot have their containment checked`,
    );
  return compare(a, b) === 0;
}

function str(value: Json, what: string): string {
  if (typeof value !== 'string') throw new JqError(`${typeOf(value)} (${toText(value)}) ${what}`);
  return value;
}

function matches(input: Json, re: Json, flags: Json): Json[] {
  const text = str(input, 'cannot be matched, as it is not a string');
  const letters = typeof flags === 'string' ? flags : '';
  const pattern = compileRegex(str(re, 'cannot be matched, as it is not a string'), {
    dialect: 'perl',
    icase: letters.includes('i'),
    dotAll: letters.includes('s'),
  });
  if (pattern instanceof RegexError) throw new JqError(`${re} (at offset 0) is not a valid regex: ${pattern.message}`);
  const names = new Map([...pattern.names].map(([name, at]) => [at, name]));
  const out: Json[] = [];
  const offset = (units: number): number => [...text.slice(0, units)].length;
  for (let at = 0; at <= text.length; ) {
    const m = pattern.exec(text, at);
    if (!m) break;
    const captures: Json[] = [];
    for (let g = 1; g <= pattern.groups; g++) {
      const [from, to] = [m[g * 2]!, m[g * 2 + 1]!];
      const string = from < 0 ? null : text.slice(from, to);
      captures.push(
        new Map<string, Json>([
          ['offset', from < 0 ? -1 : offset(from)],
          ['length', string === null ? 0 : [...string].length],
          ['string', string],
          ['name', names.get(g) ?? null],
        ]),
      );
    }
    const string = text.slice(m[0]!, m[1]!);
    out.push(
      new Map<string, Json>([
        ['offset', offset(m[0]!)],
        ['length', [...string].length],
        ['string', string],
        ['captures', captures],
      ]),
    );
    if (!letters.includes('g')) break;
    at = m[1]! > m[0]! ? m[1]! : m[1]! + 1;
  }
  return out;
}

function tonumber(input: Json): number {
  if (typeof input === 'number') return input;
  if (typeof input === 'string' && /^\s*-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(input)) return Number(input);
  throw new JqError(`${typeOf(input)} (${toText(input)}) cannot be parsed as a number`);
}

function flatten(input: Json, depth: number): Json[] {
  return (input as Json[]).flatMap((item) => (Array.isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]));
}

const math =
  (f: (n: number) => number): Builtin =>
  (input) => {
    if (typeof input !== 'number') throw new JqError(`${typeOf(input)} (${toText(input)}) number required`);
    return [f(input)];
  };

function indices(input: Json, what: Json): Json[] {
  const out: Json[] = [];
  if (typeof input === 'string' && typeof what === 'string') {
    for (let at = input.indexOf(what); at >= 0 && what !== ''; at = input.indexOf(what, at + 1))
      out.push([...input.slice(0, at)].length);
    return out;
  }
  const list = input as Json[];
  const wanted = Array.isArray(what) ? what : [what];
  for (let i = 0; i + wanted.length <= list.length; i++)
    if (wanted.every((item, k) => compare(list[i + k]!, item) === 0)) out.push(i);
  return out;
}

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  'not/0': (input) => [!truthy(input)],
  'length/0': (input) => [lengthOf(input)],
  'utf8bytelength/0': (input) => [byteLength(str(input, 'only strings have UTF-8 byte length'))],
  'keys/0': (input) => [keysOf(input, true)],
  'keys_unsorted/0': (input) => [keysOf(input, false)],
  'type/0': (input) => [typeOf(input)],
  'tostring/0': (input) => [typeof input === 'string' ? input : toText(input)],
  'tonumber/0': (input) => [tonumber(input)],
  'tojson/0': (input) => [toText(input)],
  'fromjson/0': (input) => {
    const parsed = readJsonText(str(input, 'cannot be parsed as JSON'));
    if (typeof parsed === 'string') throw new JqError(`${parsed} (while parsing '${input}')`);
    return parsed;
  },
  'has/1': (input, key) => {
    if (input instanceof Map && typeof key === 'string') return [input.has(key)];
    if (Array.isArray(input) && typeof key === 'number') return [key >= 0 && key < input.length];
    throw new JqError(`Cannot check whether ${typeOf(input)} has a ${typeOf(key)} key`);
  },
  'contains/1': (input, other) => [contains(input, other)],
  'sort/0': (input) => {
    if (!Array.isArray(input))
      throw new JqError(`${typeOf(input)} (${toText(input)}) cannot be sorted, as it is not an array`);
    return [[...input].sort(compare)];
  },
  '_sort_pairs/0': (input) => [
    [...(input as Json[])].sort((a, b) =>
      compare((a as Map<string, Json>).get('k')!, (b as Map<string, Json>).get('k')!),
    ),
  ],
  '_group_pairs/0': (input) => {
    const out: Json[][] = [];
    let before: Json | undefined;
    for (const { key, value } of pairs(input).sort((a, b) => compare(a.key, b.key))) {
      if (before !== undefined && compare(before, key) === 0) out.at(-1)!.push(value);
      else out.push([value]);
      before = key;
    }
    return [out];
  },
  'reverse/0': (input) => [
    typeof input === 'string' ? [...input].reverse().join('') : [...((input as Json[] | null) ?? [])].reverse(),
  ],
  'flatten/0': (input) => [flatten(input, Number.POSITIVE_INFINITY)],
  'flatten/1': (input, depth) => [flatten(input, depth as number)],
  'range/2': function* (_, from, to) {
    for (let i = from as number; i < (to as number); i++) yield i;
  },
  'range/3': function* (_, from, to, by) {
    const step = by as number;
    if (step > 0) for (let i = from as number; i < (to as number); i += step) yield i;
    else if (step < 0) for (let i = from as number; i > (to as number); i += step) yield i;
  },
  'floor/0': math(Math.floor),
  'ceil/0': math(Math.ceil),
  'round/0': math(Math.round),
  'sqrt/0': math(Math.sqrt),
  'fabs/0': math(Math.abs),
  'abs/0': math(Math.abs),
  'log/0': math(Math.log),
  'exp/0': math(Math.exp),
  'pow/2': (_, a, b) => [(a as number) ** (b as number)],
  'infinite/0': () => [Number.POSITIVE_INFINITY],
  'nan/0': () => [Number.NaN],
  'isnan/0': (input) => [Number.isNaN(input)],
  'startswith/1': (input, text) => [
    str(input, 'startswith() requires string inputs').startsWith(str(text, 'startswith() requires string inputs')),
  ],
  'endswith/1': (input, text) => [
    str(input, 'endswith() requires string inputs').endsWith(str(text, 'endswith() requires string inputs')),
  ],
  'ltrimstr/1': (input, text) => [
    typeof input === 'string' && typeof text === 'string' && input.startsWith(text) ? input.slice(text.length) : input,
  ],
  'rtrimstr/1': (input, text) => [
    typeof input === 'string' && typeof text === 'string' && text !== '' && input.endsWith(text)
      ? input.slice(0, -text.length)
      : input,
  ],
  'trim/0': (input) => [str(input, 'cannot be trimmed').trim()],
  'ltrim/0': (input) => [str(input, 'cannot be trimmed').trimStart()],
  'rtrim/0': (input) => [str(input, 'cannot be trimmed').trimEnd()],
  'ascii_downcase/0': (input) => [
    str(input, 'explode input must be a string').replace(/[A-Z]/g, (c) => c.toLowerCase()),
  ],
  'ascii_upcase/0': (input) => [str(input, 'explode input must be a string').replace(/[a-z]/g, (c) => c.toUpperCase())],
  'explode/0': (input) => [[...str(input, 'cannot be exploded')].map((c) => c.codePointAt(0)!)],
  'implode/0': (input) => [String.fromCodePoint(...(input as number[]))],
  'split/1': (input, by) => {
    const text = str(input, 'cannot be split');
    const separator = str(by, 'cannot be split');
    return [text === '' ? [] : separator === '' ? [...text] : text.split(separator)];
  },
  'split/2': (input, re, flags) => {
    const text = str(input, 'cannot be split');
    const out: Json[] = [];
    let at = 0;
    for (const m of matches(input, re, `${flags ?? ''}g`) as Map<string, Json>[]) {
      const chars = [...text];
      out.push(chars.slice(at, m.get('offset') as number).join(''));
      at = (m.get('offset') as number) + (m.get('length') as number);
    }
    out.push([...text].slice(at).join(''));
    return [out];
  },
  'join/1': (input, by) => [
    (input as Json[])
      .map((item) => (item === null ? '' : typeof item === 'string' ? item : toText(item)))
      .join(by as string),
  ],
  'test/2': (input, re, flags) => [matches(input, re, flags).length > 0],
  '_match/2': (input, re, flags) => [matches(input, re, flags)],
  'indices/1': (input, what) => [input === null ? null : indices(input, what)],
  'index/1': (input, what) => [indices(input, what)[0] ?? null],
  'rindex/1': (input, what) => [indices(input, what).at(-1) ?? null],
  'transpose/0': (input) => {
    const rows = input as Json[][];
    const width = Math.max(0, ...rows.map((row) => row.length));
    return [Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? null))];
  },
  'fromdate/0': (input) => [Math.floor(Date.parse(str(input, 'cannot be parsed as a date')) / 1000)],
  'fromdateiso8601/0': (input) => [Math.floor(Date.parse(str(input, 'cannot be parsed as a date')) / 1000)],
  'strftime/1': (input, format) => [
    format === '%Y-%m-%dT%H:%M:%SZ'
      ? new Date((input as number) * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
      : String(input),
  ],
};
