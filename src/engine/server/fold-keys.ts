import { ApiError } from '../../api/errors.ts';

/** Types of Go that fields have; `any` is not looked at. */
export type GoType = 'string' | 'bool' | 'int' | '[]string' | 'map[string]string' | 'any';

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
  '[]string': (v) => typeof v === 'string' || Array.isArray(v),
  'map[string]string': (v) => typeof v === 'object' && !Array.isArray(v),
  any: () => true,
};

/** How Go's decoder calls a JSON value. */
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : value === null ? 'null' : typeof value;

/**
 * Gives the keys of a JSON object the case that the API documents (Go's decoder takes any) and looks whether the values
 * are of the right types. Keys that nobody knows stay.
 * @throws ApiError in the words of Go's decoder
 */
export function foldKeys(value: unknown, s: Shape): unknown {
  if (value === null || value === undefined) return value;
  if (typeof value !== 'object' || Array.isArray(value))
    throw wrongType(`json: cannot unmarshal ${kindOf(value)} into Go value of type ${s.struct}`);
  let names: Map<string, string> | undefined;
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    let name = key;
    if (!(key in s.fields)) {
      names ??= new Map(Object.keys(s.fields).map((n) => [n.toLowerCase(), n]));
      name = names.get(key.toLowerCase()) ?? key;
    }
    const rule = s.fields[name] ?? 'any';
    if (typeof rule === 'object') out[name] = foldKeys(inner, rule);
    else if (inner === null || FITS[rule](inner)) out[name] = inner;
    else
      throw wrongType(
        `json: cannot unmarshal ${kindOf(inner)} into Go struct field ${shortName(s.struct)}.${name} of type ${rule}`,
      );
  }
  return out;
}

const shortName = (struct: string): string => struct.slice(struct.lastIndexOf('.') + 1);

const wrongType = (message: string): ApiError => new ApiError('invalid-parameter', `invalid JSON: ${message}`);
