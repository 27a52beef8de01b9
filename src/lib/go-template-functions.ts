import { isNilValue, sprint, sprintf, sprintln } from './go-fmt.ts';
import { goJson } from './go-json.ts';
import {
  entriesOf,
  GoError,
  GoFunc,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoValue,
  hasKey,
  itemsOf,
  kindOf,
  lookUp,
  scalarOf,
  typeOf,
  zeroOf,
} from './go-value.ts';
import { byteLength, decode, encode } from './utf8.ts';

export type TemplateFunctions = Readonly<Record<string, GoFunc>>;

/** Whether Go's templates take a value for true: not the zero of its type, not empty; a struct always is. */
export function isTrue(value: GoValue): boolean {
  const kind = kindOf(value);
  if (kind === 'invalid' || kind === 'pointer') return false;
  if (kind === 'slice') return itemsOf(value).length > 0;
  if (kind === 'map') return entriesOf(value).length > 0;
  if (kind === 'struct' || kind === 'func') return true;
  const scalar = scalarOf(value);
  return typeof scalar === 'string' ? scalar !== '' : typeof scalar === 'boolean' ? scalar : Number(scalar) !== 0;
}

/** Go's built-in functions of text/template (`and`, `or` and `call` are evaluated by the executor). */
export const BUILTINS: TemplateFunctions = {
  and: new GoFunc(['value', 'value'], (...args) => args.find((a) => !isTrue(a)) ?? args.at(-1), true),
  or: new GoFunc(['value', 'value'], (...args) => args.find(isTrue) ?? args.at(-1), true),
  not: new GoFunc(['value'], (a) => !isTrue(a)),
  eq: new GoFunc(['value', 'value'], (a, ...rest) => equal(a, rest), true),
  ne: new GoFunc(['value', 'value'], (a, b) => !equal(a, [b])),
  lt: new GoFunc(['value', 'value'], (a, b) => less(a, b)),
  le: new GoFunc(['value', 'value'], (a, b) => less(a, b) || equal(a, [b])),
  gt: new GoFunc(['value', 'value'], (a, b) => !(less(a, b) || equal(a, [b]))),
  ge: new GoFunc(['value', 'value'], (a, b) => !less(a, b)),
  len: new GoFunc(['value'], lengthOf),
  index: new GoFunc(['value', 'value'], (item, ...keys) => keys.reduce(indexOne, item), true),
  slice: new GoFunc(['value', 'value'], slice, true),
  print: new GoFunc(['any'], (...args) => sprint(...args), true),
  printf: new GoFunc(['string', 'any'], (format, ...args) => sprintf(String(scalarOf(format)), ...args), true),
  println: new GoFunc(['any'], (...args) => sprintln(...args), true),
  html: new GoFunc(['any'], (...args) => htmlEscape(joinArgs(args)), true),
  js: new GoFunc(['any'], (...args) => jsEscape(joinArgs(args)), true),
  urlquery: new GoFunc(['any'], (...args) => queryEscape(joinArgs(args)), true),
  call: new GoFunc(['value', 'value'], (callee, ...args) => callValue('value', callee, args), true),
};

/** The functions that Docker's CLI adds. */
export const DOCKER_FUNCTIONS: TemplateFunctions = {
  json: new GoFunc(['any'], (v) => goJson(v, { escapeHtml: false })),
  split: new GoFunc(['string', 'string'], (s, sep) => new GoSlice('[]string', splitText(str(s), str(sep)))),
  join: new GoFunc(['[]string', 'string'], (list, sep) => itemsOf(list).map(str).join(str(sep))),
  title: new GoFunc(['string'], (s) =>
    str(s).replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_, a: string, b: string) => a + b.toUpperCase()),
  ),
  lower: new GoFunc(['string'], (s) => str(s).toLowerCase()),
  upper: new GoFunc(['string'], (s) => str(s).toUpperCase()),
  pad: new GoFunc(['string', 'int', 'int'], (s, before, after) => {
    if (str(s) === '') return '';
    return spaces(before) + str(s) + spaces(after);
  }),
  truncate: new GoFunc(['string', 'int'], (s, n) => {
    const bytes = encode(str(s));
    const length = Number(scalarOf(n));
    if (bytes.length < length) return str(s);
    if (length < 0) throw new GoError(`runtime error: slice bounds out of range [:${length}]`);
    return decode(bytes, 0, length);
  }),
};

/** What those do in the head of a table: the titles come through unchanged. */
export const HEADER_FUNCTIONS: TemplateFunctions = {
  ...DOCKER_FUNCTIONS,
  json: new GoFunc(['string'], (v) => v),
  title: new GoFunc(['string'], (v) => v),
  lower: new GoFunc(['string'], (v) => v),
  upper: new GoFunc(['string'], (v) => v),
  truncate: new GoFunc(['string', 'int'], (v) => v),
  split: new GoFunc(['string', 'string'], (v) => v),
  join: new GoFunc(['string', 'string'], (v) => v),
};

const str = (value: GoValue): string => String(scalarOf(value) ?? '');

function spaces(count: GoValue): string {
  const n = Number(scalarOf(count));
  if (n < 0) throw new GoError('strings: negative Repeat count');
  return ' '.repeat(Math.min(n, 1_000_000));
}

function splitText(text: string, separator: string): string[] {
  return separator === '' ? [...text] : text.split(separator);
}

const joinArgs = (args: GoValue[]): string => {
  const [only] = args;
  return args.length === 1 && kindOf(only) === 'string' ? str(only) : sprint(...args.map(orNoValue));
};
const orNoValue = (value: GoValue): GoValue => (kindOf(value) === 'invalid' ? '<no value>' : value);

function htmlEscape(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '"': '&#34;',
    "'": '&#39;',
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '\0': '\uFFFD',
  };
  return text.replace(/["'&<>\0]/g, (c) => names[c]!);
}

function jsEscape(text: string): string {
  const names: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"' };
  return text.replace(
    /[\\'"<>&=\x00-\x1f]/g,
    (c) => names[c] ?? `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** Go's url.QueryEscape. */
export function queryEscape(text: string): string {
  let out = '';
  for (const b of encode(text)) {
    const c = String.fromCharCode(b);
    if (/[A-Za-z0-9\-_.~]/.test(c)) out += c;
    else out += c === ' ' ? '+' : `%${b.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

type Basic = 'bool' | 'int' | 'uint' | 'float' | 'string' | undefined;

function basicKind(value: GoValue): Basic {
  const kind = kindOf(value);
  return kind === 'bool' || kind === 'int' || kind === 'uint' || kind === 'float' || kind === 'string'
    ? kind
    : undefined;
}

const isWhole = (kind: Basic): boolean => kind === 'int' || kind === 'uint';

function equal(first: GoValue, rest: GoValue[]): boolean {
  if (rest.length === 0) throw new GoError('missing argument for comparison');
  return rest.some((other) => equalPair(first, other));
}

/** Whether Go compares values of this type with ==. */
function comparable(value: GoValue): boolean {
  const kind = kindOf(value);
  if (kind === 'slice' || kind === 'map' || kind === 'func') return false;
  return !(value instanceof GoStruct) || Object.values(value.fields).every(comparable);
}

function equalPair(a: GoValue, b: GoValue): boolean {
  const ka = basicKind(a);
  const kb = basicKind(b);
  if (ka !== undefined && (ka === kb || (isWhole(ka) && isWhole(kb)))) return same(scalarOf(a), scalarOf(b));
  if (ka !== kb) {
    if (kindOf(a) !== 'invalid' && kindOf(b) !== 'invalid') throw new GoError('incompatible types for comparison');
    return false;
  }
  if (isNilValue(a) || isNilValue(b)) return isNilValue(a) === isNilValue(b);
  if (!comparable(a) || !comparable(b)) {
    throw new GoError(sprintf('non-comparable type %s: %v', a, typeOf(a)));
  }
  return a === b;
}

const same = (a: unknown, b: unknown): boolean => (typeof a === typeof b ? a === b : Number(a) === Number(b));

function less(a: GoValue, b: GoValue): boolean {
  const ka = basicKind(a);
  const kb = basicKind(b);
  if (ka === undefined || kb === undefined) throw new GoError('invalid type for comparison');
  if (ka !== kb && !(isWhole(ka) && isWhole(kb))) throw new GoError('incompatible types for comparison');
  if (ka === 'bool') throw new GoError('invalid type for comparison');
  return scalarOf(a)! < scalarOf(b)!;
}

function lengthOf(value: GoValue): GoValue {
  switch (kindOf(value)) {
    case 'string':
      return byteLength(str(value));
    case 'slice':
      return itemsOf(value).length;
    case 'map':
      return entriesOf(value).length;
    case 'pointer':
      throw new GoError('len of nil pointer');
    case 'invalid':
      throw new GoError('reflect: call of reflect.Value.Type on zero Value');
    default:
      throw new GoError(`len of type ${typeOf(value).replace(/^\*/, '')}`);
  }
}

function indexOne(item: GoValue, key: GoValue): GoValue {
  switch (kindOf(item)) {
    case 'invalid':
      throw new GoError('index of untyped nil');
    case 'pointer':
      throw new GoError('index of nil pointer');
    case 'string': {
      const bytes = encode(str(item));
      return bytes[position(key, bytes.length, 'string')]!;
    }
    case 'slice':
      return itemsOf(item)[position(key, itemsOf(item).length, 'slice')];
    case 'map':
      return indexMap(item, key);
    default:
      throw new GoError(`can't index item of type ${typeOf(item).replace(/^\*/, '')}`);
  }
}

function indexMap(item: GoValue, key: GoValue): GoValue {
  if (kindOf(key) === 'invalid') throw new GoError('value is nil; should be of type string');
  const keyType = item instanceof GoMap ? item.type.slice(4, item.type.indexOf(']')) : 'string';
  const kind = kindOf(key);
  const fits =
    kind === 'string' ? !/^u?int/.test(keyType) : (kind === 'int' || kind === 'uint') && /^u?int/.test(keyType);
  if (!fits) throw new GoError(`value has type ${typeOf(key)}; should be ${keyType}`);
  const name = str(key);
  if (hasKey(item, name)) return lookUp(item, name);
  return item instanceof GoMap ? zeroOf(item.elem) : null;
}

function position(key: GoValue, length: number, what: string): number {
  const kind = kindOf(key);
  if (kind === 'invalid') throw new GoError('cannot index slice/array with nil');
  if (kind !== 'int' && kind !== 'uint') throw new GoError(`cannot index slice/array with type ${typeOf(key)}`);
  const n = Number(scalarOf(key));
  if (n < 0 || n > length) throw new GoError(`index out of range: ${n}`);
  if (n === length) throw new GoError(`reflect: ${what} index out of range`);
  return n;
}

function slice(item: GoValue, ...keys: GoValue[]): GoValue {
  const kind = kindOf(item);
  if (kind === 'invalid') throw new GoError('slice of untyped nil');
  if (keys.length > 3) throw new GoError(`too many slice indexes: ${keys.length}`);
  if (kind === 'string' && keys.length === 3) throw new GoError('cannot 3-index slice a string');
  if (kind !== 'string' && kind !== 'slice')
    throw new GoError(`can't slice item of type ${typeOf(item).replace(/^\*/, '')}`);
  const bytes = kind === 'string' ? encode(str(item)) : undefined;
  const length = bytes?.length ?? itemsOf(item).length;
  const at = keys.map((key) => {
    const k = kindOf(key);
    if (k === 'invalid') throw new GoError('cannot index slice/array with nil');
    if (k !== 'int' && k !== 'uint') throw new GoError(`cannot index slice/array with type ${typeOf(key)}`);
    const n = Number(scalarOf(key));
    if (n < 0 || n > length) throw new GoError(`index out of range: ${n}`);
    return n;
  });
  const from = at[0] ?? 0;
  const to = at[1] ?? length;
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`);
  if (at[2] !== undefined && to > at[2]) throw new GoError(`invalid slice index: ${to} > ${at[2]}`);
  if (bytes) return decode(bytes, from, to);
  const items = itemsOf(item).slice(from, to);
  return item instanceof GoSlice ? new GoSlice(item.type, items) : items;
}

/** What `call` does: `name` is the callee as messages name it. */
export function callValue(name: string, callee: GoValue, args: readonly GoValue[]): GoValue {
  if (kindOf(callee) === 'invalid' || callee instanceof GoNil) throw new GoError('call of nil');
  if (!(callee instanceof GoFunc)) throw new GoError(`non-function ${name} of type ${typeOf(callee)}`);
  const fixed = callee.variadic ? callee.params.length - 1 : callee.params.length;
  if (callee.variadic ? args.length < fixed : args.length !== fixed) {
    const least = callee.variadic ? 'at least ' : '';
    throw new GoError(`wrong number of args for ${name}: got ${args.length} want ${least}${fixed}`);
  }
  return callee.body(...args);
}
