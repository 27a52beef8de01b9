import { ApiError } from '../../api/errors.ts';

/** Types of Go that fields have; `any` is not looked at. */
export type GoType =
  | 'string'
  | 'bool'
  | 'int'
  | 'int64'
  | 'uint16'
  | 'uint64'
  | '[]string'
  | 'strslice'
  | 'map[string]string'
  | 'any';

/** What a body may have: the Go struct's name (for messages), and by name each field's type or its own fields. */
export interface Shape {
  readonly struct: string;
  readonly fields: Readonly<Record<string, GoType | Shape>>;
}

/** Declares a shape: `Name:string Labels:map[string]string Config`; a field without a type is `any`. */
export function shape(struct: string, names: string, more: Readonly<Record<string, Shape>> = {}): Shape {
  const fields: Record<string, GoType | Shape> = {};
  for (const word of names.split(' ')) {
    const [name = '', type = 'any'] = word.split(':');
    fields[name] = type as GoType;
  }
  return { struct, fields: { ...fields, ...more } };
}

const FITS: Readonly<Record<GoType, (value: unknown) => boolean>> = {
  string: (v) => typeof v === 'string',
  bool: (v) => typeof v === 'boolean',
  int: (v) => typeof v === 'number',
  int64: (v) => typeof v === 'number',
  uint16: (v) => typeof v === 'number',
  uint64: (v) => typeof v === 'number',
  '[]string': (v) => Array.isArray(v),
  // a word or a list of words
  strslice: (v) => typeof v === 'string' || (Array.isArray(v) && v.every((word) => typeof word === 'string')),
  'map[string]string': (v) => typeof v === 'object' && !Array.isArray(v),
  any: () => true,
};

/** How Go's decoder calls a JSON value. */
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value;

/**
 * Gives the keys of a JSON object the case that the API documents (Go's decoder takes any) and looks whether the values
 * are of the right types. Keys that nobody knows stay.
 * @param at where the object is in the body, for messages: the struct's name and the fields on the way
 * @throws ApiError in the words of Go's decoder
 */
export function foldKeys(value: unknown, s: Shape, at = shortName(s.struct)): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value !== 'object' || Array.isArray(value))
    throw at === shortName(s.struct)
      ? wrongType(kindOf(value), `Go value of type ${s.struct.replace(/\.$/, '')}`)
      : wrongType(kindOf(value), `Go struct field ${at} of type ${s.struct}`);
  let names: Map<string, string> | undefined;
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    let name = key;
    if (!(key in s.fields)) {
      names ??= new Map(Object.keys(s.fields).map((n) => [n.toLowerCase(), n]));
      name = names.get(key.toLowerCase()) ?? key;
    }
    const rule = s.fields[name] ?? 'any';
    if (typeof rule === 'object') out[name] = foldKeys(inner, rule, `${at}.${name}`);
    else {
      checkType(inner, rule, `${at}.${name}`);
      out[name] = inner;
    }
  }
  return out;
}

function checkType(value: unknown, rule: GoType, at: string): void {
  if (value === null) return;
  if (!FITS[rule](value))
    throw rule === 'strslice'
      ? wrongType(kindOf(value), 'Go value of type string')
      : wrongType(kindOf(value), `Go struct field ${at} of type ${rule}`);
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw wrongType(`number ${value}`, `Go struct field ${at} of type ${rule}`);
  const isMap = rule === 'map[string]string';
  if (rule !== '[]string' && !isMap) return;
  for (const [key, inner] of Object.entries(value as object)) {
    if (inner === null || typeof inner === 'string') continue;
    throw wrongType(kindOf(inner), `${isMap ? 'Go struct field ' : ''}${at}.${key} of type string`);
  }
}

/** A struct's name in messages; '' where its fields are those of an embedded struct (its name ends with a dot). */
const shortName = (struct: string): string =>
  struct.slice(struct.replace(/\.$/, '').lastIndexOf('.') + 1).replace(/^.*\.$/, '');

const wrongType = (what: string, into: string): ApiError =>
  new ApiError('invalid-parameter', `invalid JSON: json: cannot unmarshal ${what} into ${into}`);
