import {
  compareText,
  entriesOf,
  GoError,
  GoFunc,
  GoMap,
  GoNil,
  GoSlice,
  type GoStruct,
  type GoValue,
  itemsOf,
  kindOf,
  scalarOf,
  typeOf,
} from './go-value.ts';

export interface JsonOptions {
  /** Whether `<`, `>` and `&` are escaped, as json.Marshal does and an encoder may be told not to. */
  escapeHtml: boolean;
}

/**
 * Go's encoding/json: structs in the order of their fields, Map and GoMap sorted by key, plain objects in the order of
 * their keys (they are what came from JSON).
 * @throws GoError for what has no JSON (functions, NaN)
 */
export function goJson(value: GoValue, options: JsonOptions = { escapeHtml: true }): string {
  switch (kindOf(value)) {
    case 'invalid':
    case 'pointer':
      return 'null';
    case 'string':
      return jsonString(String(scalarOf(value)), options.escapeHtml);
    case 'bool':
    case 'int':
    case 'uint':
      return String(scalarOf(value));
    case 'float':
      return jsonFloat(Number(scalarOf(value)));
    case 'slice':
      if (value instanceof GoSlice && value.items === null) return 'null';
      return `[${itemsOf(value)
        .map((v) => goJson(v, options))
        .join(',')}]`;
    case 'map':
      return jsonMap(value, options);
    case 'struct':
      return jsonStruct(value as GoStruct, options);
    case 'func':
      throw new GoError(`json: unsupported type: ${typeOf(value)}`);
  }
}

function jsonMap(value: GoValue, options: JsonOptions): string {
  if (value instanceof GoMap && value.entries === null) return 'null';
  const entries = entriesOf(value);
  if (value instanceof GoMap || value instanceof Map) entries.sort((a, b) => compareText(a[0], b[0]));
  const shown = entries.filter(([, v]) => v !== undefined);
  return `{${shown.map(([k, v]) => `${jsonString(k, options.escapeHtml)}:${goJson(v, options)}`).join(',')}}`;
}

function jsonStruct(value: GoStruct, options: JsonOptions): string {
  if (value.options.marshalJSON) return value.options.marshalJSON();
  const parts: string[] = [];
  for (const [name, field] of Object.entries(value.fields)) {
    const [key, ...flags] = (value.options.json?.[name] ?? name).split(',');
    if (key === '-' || field instanceof GoFunc) continue;
    if (flags.includes('omitempty') && isEmpty(field)) continue;
    parts.push(`${jsonString(key || name, options.escapeHtml)}:${goJson(field, options)}`);
  }
  return `{${parts.join(',')}}`;
}

/** What `omitempty` leaves out. */
function isEmpty(value: GoValue): boolean {
  const kind = kindOf(value);
  if (kind === 'slice') return itemsOf(value).length === 0;
  if (kind === 'map') return entriesOf(value).length === 0;
  if (kind === 'struct') return false;
  if (value instanceof GoNil || kind === 'invalid') return true;
  const scalar = scalarOf(value);
  return scalar === '' || scalar === false || scalar === 0 || scalar === 0n;
}

/** A JSON string as Go's encoder writes it: bytes that are no UTF-8 become U+FFFD. */
export function jsonString(text: string, escapeHtml: boolean): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\r') out += '\\r';
    else if (char === '\t') out += '\\t';
    else if (char === '\b') out += '\\b';
    else if (char === '\f') out += '\\f';
    else if (code < 0x20 || code === 0x2028 || code === 0x2029) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else if (escapeHtml && (char === '<' || char === '>' || char === '&')) out += `\\u00${code.toString(16)}`;
    else if (code >= 0xd800 && code < 0xe000) out += '\\ufffd';
    else out += char;
  }
  return `${out}"`;
}

function jsonFloat(n: number): string {
  if (!Number.isFinite(n)) throw new GoError(`json: unsupported value: ${n > 0 ? '+Inf' : n < 0 ? '-Inf' : 'NaN'}`);
  const size = Math.abs(n);
  if (n !== 0 && (size < 1e-6 || size >= 1e21)) return n.toExponential().replace(/e([+-])(\d)$/, 'e$1$2');
  return String(n);
}
