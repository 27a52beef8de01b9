/**
 * Values of Go as far as templates, fmt and encoding/json tell them apart. Plain JavaScript values stand for the usual
 * types: a string, a boolean, a number (int, or float64 if it has a fraction), null (nil), an array ([]interface {}), a
 * plain object or Map (map[string]interface {}). The classes say more where a program needs it.
 */
export type GoValue =
  | null
  | undefined
  | boolean
  | string
  | number
  | bigint
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>
  | { readonly [key: string]: GoValue }
  | GoTyped
  | GoSlice
  | GoMap
  | GoStruct
  | GoNil
  | GoFunc;

/** A scalar with a type of its own: `new GoTyped('int64', 5)`, `new GoTyped('float64', 5)`, `new GoTyped('container.State', 'x')`. */
export class GoTyped {
  constructor(
    readonly type: string,
    readonly value: string | number | bigint | boolean,
  ) {}
}

/** A slice whose type is known: `[]string`. `items` null is a nil slice (prints `[]`, json `null`). */
export class GoSlice {
  constructor(
    readonly type: string,
    readonly items: readonly GoValue[] | null,
  ) {}
}

/** A map whose type is known: `map[string]string`. `entries` null is a nil map. */
export class GoMap {
  constructor(
    readonly type: string,
    readonly entries: ReadonlyMap<string, GoValue> | null,
  ) {}

  /** The type of its elements. */
  get elem(): string {
    return this.type.slice(this.type.indexOf(']') + 1);
  }
}

/** A nil pointer of a known type: `*container.Health`. */
export class GoNil {
  constructor(readonly type: string) {}
}

/** A function or method. Parameters are Go type names; `any` takes everything. It may throw a GoError. */
export class GoFunc {
  constructor(
    readonly params: readonly string[],
    readonly body: (...args: GoValue[]) => GoValue,
    /** Whether the last parameter may come any number of times. */
    readonly variadic = false,
  ) {}
}

/** What a Go function returned as its error. */
export class GoError extends Error {}

export interface StructOptions {
  /** Methods by name; one without parameters may be a plain function. */
  methods?: Readonly<Record<string, GoFunc | (() => GoValue)>>;
  /** Fields of an embedded struct that are its own too. */
  promoted?: Readonly<Record<string, GoValue>>;
  /** The String method, used when the value is printed. */
  string?: () => string;
  /** The MarshalJSON method: JSON text. */
  marshalJSON?: () => string;
  /** JSON name of a field where it is not the field's; `-` leaves it out; `,omitempty` after it as in a Go tag. */
  json?: Readonly<Record<string, string>>;
}

/** A struct; with a `*` before its type a pointer to one. Fields keep their order. */
export class GoStruct {
  constructor(
    readonly type: string,
    readonly fields: Readonly<Record<string, GoValue>>,
    readonly options: StructOptions = {},
  ) {}
}

export type GoKind =
  | 'invalid'
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'pointer'
  | 'func';

export function kindOf(value: GoValue): GoKind {
  if (value === null || value === undefined) return 'invalid';
  if (value instanceof GoTyped) {
    if (/^u?int(8|16|32|64|ptr)?$/.test(value.type)) return value.type[0] === 'u' ? 'uint' : 'int';
    if (value.type === 'float64' || value.type === 'float32') return 'float';
    return kindOf(value.value);
  }
  if (Array.isArray(value) || value instanceof GoSlice) return 'slice';
  if (value instanceof GoStruct) return 'struct';
  if (value instanceof GoNil) return 'pointer';
  if (value instanceof GoFunc) return 'func';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return 'map';
  }
}

/** The type as Go's %T has it. */
export function typeOf(value: GoValue): string {
  if (value === null || value === undefined) return '<nil>';
  if (
    value instanceof GoTyped ||
    value instanceof GoSlice ||
    value instanceof GoMap ||
    value instanceof GoStruct ||
    value instanceof GoNil
  ) {
    return value.type;
  }
  if (value instanceof GoFunc) return `func(${value.params.join(', ')}) string`;
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float64';
    default:
      return 'map[string]interface {}';
  }
}

/** The elements of a slice. */
export function itemsOf(value: GoValue): readonly GoValue[] {
  if (Array.isArray(value)) return value;
  return value instanceof GoSlice ? (value.items ?? []) : [];
}

/** The entries of a map in the order they were put in. */
export function entriesOf(value: GoValue): [string, GoValue][] {
  if (value instanceof GoMap) return [...(value.entries ?? [])];
  if (value instanceof Map) return [...value] as [string, GoValue][];
  return isPlainObject(value) ? Object.entries(value) : [];
}

/** The element of a map under `key`, or undefined. */
export function lookUp(value: GoValue, key: string): GoValue {
  if (value instanceof GoMap) return value.entries?.get(key);
  if (value instanceof Map) return value.get(key) as GoValue;
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Whether a map has `key`, with whatever value. */
export function hasKey(value: GoValue, key: string): boolean {
  if (value instanceof GoMap) return value.entries?.has(key) ?? false;
  if (value instanceof Map) return value.has(key);
  return isPlainObject(value) && Object.hasOwn(value, key);
}

function isPlainObject(value: GoValue): value is { readonly [key: string]: GoValue } {
  return kindOf(value) === 'map' && !(value instanceof GoMap) && !(value instanceof Map);
}

/** The JavaScript scalar behind a scalar of any type; undefined for anything else. */
export function scalarOf(value: GoValue): string | number | bigint | boolean | undefined {
  if (value instanceof GoTyped) return value.value;
  return typeof value === 'object' || value === undefined ? undefined : value;
}

/** Order of strings by their code points, which is the order of their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand above the rest of the plane in UTF-8 order.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** The zero value of a type, as `index` gives for a key that is not there. */
export function zeroOf(type: string): GoValue {
  if (type === 'string') return '';
  if (type === 'bool') return false;
  if (/^(u?int(8|16|32|64|ptr)?|float(32|64))$/.test(type)) return new GoTyped(type, 0);
  if (type.startsWith('*')) return new GoNil(type);
  if (type.startsWith('[]')) return new GoSlice(type, null);
  if (type.startsWith('map[')) return new GoMap(type, null);
  if (type === 'interface {}' || type === 'any') return null;
  return new GoStruct(type, {});
}
