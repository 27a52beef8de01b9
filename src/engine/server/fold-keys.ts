/** Names of an object's fields; a nested list for a field that is an object with fields of its own. */
export interface Fields {
  readonly [name: string]: Fields | null;
}

/**
 * Gives the keys of a JSON object the case that the API documents: Go's decoder takes any. Keys that nobody knows stay.
 */
export function foldKeys(value: unknown, fields: Fields): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  let names: Map<string, string> | undefined;
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    let name = key;
    if (!(key in fields)) {
      names ??= new Map(Object.keys(fields).map((n) => [n.toLowerCase(), n]));
      name = names.get(key.toLowerCase()) ?? key;
    }
    const below = fields[name];
    out[name] = below ? foldKeys(inner, below) : inner;
  }
  return out;
}

/** Fields without fields of their own. */
export const fieldsOf = (names: string): Fields => Object.fromEntries(names.split(' ').map((name) => [name, null]));
