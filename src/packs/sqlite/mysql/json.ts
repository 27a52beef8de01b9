import { failure, loose, MANY, number, type SqlFunction, strict, text, type Value } from './values.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** As MySQL writes JSON: keys by length and then alphabet, a blank after each comma and colon. */
function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${write(value[key]!)}`).join(', ')}}`;
}

/** @throws the error of a text that is no JSON */
function read(value: Value, at: string): Json {
  try {
    return JSON.parse(text(value)) as Json;
  } catch {
    throw failure(
      'ER_INVALID_JSON_TEXT',
      `Invalid JSON text in argument 1 to function ${at}: "Invalid value." at position 0.`,
    );
  }
}

/** A value of SQL as one of JSON: a text that is JSON by its type comes marked. */
const fromSql = (value: Value): Json =>
  value === null || typeof value === 'number' || typeof value === 'string' ? value : text(value);

type Step = { key: string } | { index: number } | 'members' | 'items' | 'deep';

function steps(path: string): Step[] {
  const out: Step[] = [];
  const token = /\*\*|\.(?:"((?:[^"\\]|\\.)*)"|([\w$]+)|(\*))|\[(\d+|\*|last)\]/gy;
  if (!path.startsWith('$'))
    throw failure('ER_UNKNOWN_ERROR', `Invalid JSON path expression. The error is around character position 1.`);
  token.lastIndex = 1;
  while (token.lastIndex < path.length) {
    const at = token.lastIndex;
    const found = token.exec(path);
    if (!found)
      throw failure('ER_UNKNOWN_ERROR', `Invalid JSON path expression. The error is around character position ${at}.`);
    const [whole, quoted, key, any, index] = found;
    if (whole === '**') out.push('deep');
    else if (any) out.push('members');
    else if (index === '*') out.push('items');
    else if (index !== undefined) out.push({ index: index === 'last' ? -1 : Number(index) });
    else out.push({ key: quoted ?? key! });
  }
  return out;
}

function find(value: Json, path: readonly Step[]): Json[] {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  const object = value !== null && typeof value === 'object';
  if (step === 'members')
    return object && !Array.isArray(value) ? Object.values(value).flatMap((v) => find(v, rest)) : [];
  if (step === 'items') return Array.isArray(value) ? value.flatMap((v) => find(v, rest)) : [];
  if (step === 'deep')
    return [...find(value, rest), ...(object ? Object.values(value).flatMap((v) => find(v, path)) : [])];
  if ('key' in step) return object && !Array.isArray(value) && step.key in value ? find(value[step.key]!, rest) : [];
  if (!Array.isArray(value)) return step.index <= 0 ? find(value, rest) : [];
  const item = value.at(step.index);
  return item === undefined ? [] : find(item, rest);
}

function contains(whole: Json, part: Json): boolean {
  if (Array.isArray(whole))
    return (Array.isArray(part) ? part : [part]).every((p) => whole.some((w) => contains(w, p)));
  if (whole === null || typeof whole !== 'object') return whole === part;
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return false;
  return Object.entries(part).every(([key, p]) => key in whole && contains(whole[key]!, p));
}

function typeOf(value: Json): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'ARRAY';
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'DOUBLE';
  return { boolean: 'BOOLEAN', string: 'STRING', object: 'OBJECT' }[typeof value as 'boolean'];
}

function extract(document: Value, paths: readonly Value[]): Value {
  const value = read(document, 'json_extract');
  const many = paths.length > 1 || /\*|\*\*/.test(text(paths[0]!));
  const found = paths.flatMap((path) => find(value, steps(text(path))));
  if (found.length === 0) return null;
  return many ? write(found) : write(found[0]!);
}

/** JSON_SET, JSON_INSERT, JSON_REPLACE of one place. */
function change(value: Json, path: readonly Step[], to: Json, mode: 'set' | 'insert' | 'replace'): Json {
  const [step, ...rest] = path;
  if (step === undefined) return mode === 'insert' ? value : to;
  if (typeof step === 'string') return value;
  if ('key' in step) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    const there = step.key in value;
    if (!there && (rest.length > 0 || mode === 'replace')) return value;
    return { ...value, [step.key]: there ? change(value[step.key]!, rest, to, mode) : to };
  }
  if (!Array.isArray(value)) return value;
  const at = step.index < 0 ? value.length + step.index : step.index;
  if (at >= value.length) return rest.length > 0 || mode === 'replace' ? value : [...value, to];
  return value.map((item, i) => (i === at ? change(item, rest, to, mode) : item));
}

function without(value: Json, path: readonly Step[]): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof step === 'string' || value === null || typeof value !== 'object') return value;
  if ('key' in step) {
    if (Array.isArray(value) || !(step.key in value)) return value;
    if (rest.length > 0) return { ...value, [step.key]: without(value[step.key]!, rest) };
    const { [step.key]: _, ...others } = value;
    return others;
  }
  if (!Array.isArray(value)) return value;
  const at = step.index < 0 ? value.length + step.index : step.index;
  return rest.length > 0
    ? value.map((item, i) => (i === at ? without(item, rest) : item))
    : value.filter((_, i) => i !== at);
}

/** `marks`: for each value, whether it is JSON already. */
function changed(mode: 'set' | 'insert' | 'replace') {
  return (document: Value, marks: Value, ...pairs: Value[]): Value => {
    if (document === null) return null;
    let value = read(document, `json_${mode}`);
    for (let i = 0; i + 1 < pairs.length; i += 2)
      value = change(value, steps(text(pairs[i]!)), marked(pairs[i + 1]!, text(marks)[i / 2]), mode);
    return write(value);
  };
}

const marked = (value: Value, mark: string | undefined): Json =>
  mark === 'j' && value !== null
    ? read(value, 'json_object')
    : mark === 'b' && value !== null
      ? value !== 0
      : fromSql(value);

export const jsonFunctions: Readonly<Record<string, SqlFunction>> = {
  my_json: strict(1, (s) => write(read(s!, 'cast_as_json'))),
  my_json_value: loose(2, (value, mark) => write(marked(value!, text(mark!)))),
  my_json_extract: strict(MANY, (document, ...paths) => extract(document!, paths)),
  my_json_unquote: strict(1, (s) => {
    const value = text(s!);
    return /^".*"$/s.test(value) ? text(JSON.parse(value) as string) : value;
  }),
  my_json_valid: strict(1, (s) => {
    try {
      JSON.parse(text(s!));
      return 1;
    } catch {
      return 0;
    }
  }),
  my_json_contains: strict([2, 3], (whole, part, path) => {
    const values =
      path === undefined ? [read(whole!, 'json_contains')] : find(read(whole!, 'json_contains'), steps(text(path)));
    return values.length === 0 ? null : contains(values[0]!, read(part!, 'json_contains')) ? 1 : 0;
  }),
  my_json_keys: strict([1, 2], (s, path) => {
    const [value] = find(read(s!, 'json_keys'), steps(text(path ?? '$')));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? write(Object.keys(value)) : null;
  }),
  my_json_length: strict([1, 2], (s, path) => {
    const [value] = find(read(s!, 'json_length'), steps(text(path ?? '$')));
    if (value === undefined) return null;
    return value !== null && typeof value === 'object' ? Object.keys(value).length : 1;
  }),
  my_json_type: strict(1, (s) => typeOf(read(s!, 'json_type'))),
  my_json_array: loose(MANY, (marks, ...values) => write(values.map((v, i) => marked(v, text(marks!)[i])))),
  my_json_object: loose(MANY, (marks, ...pairs) => {
    const object: { [key: string]: Json } = {};
    for (let i = 0; i + 1 < pairs.length; i += 2) object[text(pairs[i]!)] = marked(pairs[i + 1]!, text(marks!)[i / 2]);
    return write(object);
  }),
  my_json_set: loose(MANY, changed('set') as (...args: Value[]) => Value),
  my_json_insert: loose(MANY, changed('insert') as (...args: Value[]) => Value),
  my_json_replace: loose(MANY, changed('replace') as (...args: Value[]) => Value),
  my_json_remove: strict(MANY, (document, ...paths) =>
    write(paths.reduce<Json>((v, path) => without(v, steps(text(path))), read(document!, 'json_remove'))),
  ),
  my_json_search: strict([3], (document, mode, wanted) => {
    const out: string[] = [];
    const walk = (value: Json, path: string): void => {
      if (typeof value === 'string' && value.toLowerCase() === text(wanted!).toLowerCase()) out.push(path);
      else if (Array.isArray(value)) for (const [i, v] of value.entries()) walk(v, `${path}[${i}]`);
      else if (value !== null && typeof value === 'object')
        for (const [k, v] of Object.entries(value)) walk(v, `${path}.${k}`);
    };
    walk(read(document!, 'json_search'), '$');
    if (out.length === 0) return null;
    return text(mode!) === 'one' || out.length === 1 ? JSON.stringify(out[0]) : write(out);
  }),
  my_json_pretty: strict(1, (s) => JSON.stringify(read(s!, 'json_pretty'), null, 2)),
  my_number: strict(1, (v) => number(v!)),
};
