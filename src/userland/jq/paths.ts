import { compare, JqError, type Json, shown, typeOf } from './values.ts';

/** Where a value is: keys, positions and slices. */
export type Path = (Json | { from: Json; to: Json })[];

/** A step as jq shows it. */
export const stepValue = (step: Path[number]): Json =>
  step !== null && typeof step === 'object' && !Array.isArray(step) && !(step instanceof Map)
    ? new Map([
        ['start', step.from],
        ['end', step.to],
      ])
    : (step as Json);

/** `.[key]`. @throws JqError */
export function indexValue(value: Json, key: Json): Json {
  if (value instanceof Map && typeof key === 'string') return value.get(key) ?? null;
  if (Array.isArray(value) && typeof key === 'number') {
    const at = Math.floor(key);
    return value[at < 0 ? value.length + at : at] ?? null;
  }
  if (value === null && (typeof key === 'string' || typeof key === 'number' || key === null)) return null;
  if (typeof key === 'string') throw new JqError(`Cannot index ${typeOf(value)} with string "${key}"`);
  throw new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

/** `.[from:to]`. @throws JqError */
export function sliceValue(value: Json, from: Json, to: Json): Json {
  if (value === null) return null;
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new JqError(`Cannot index ${typeOf(value)} with object`);
  const chars = typeof value === 'string' ? [...value] : value;
  const start = from === null ? 0 : Math.floor(from as number);
  const end = to === null ? chars.length : Math.ceil(to as number);
  const part = chars.slice(start, end);
  return typeof value === 'string' ? (part as string[]).join('') : (part as Json[]);
}

/** `.[]`. @throws JqError */
export function* eachValue(path: Path | undefined, value: Json): Generator<[Path | undefined, Json], void, void> {
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield [path && [...path, i], item];
  else if (value instanceof Map) for (const [key, item] of value) yield [path && [...path, key], item];
  else throw new JqError(`Cannot iterate over ${value === null ? 'null' : shown(value)}`);
}

/** The value at a path, null where there is none. @throws JqError */
export function getPath(value: Json, path: Path): Json {
  let out = value;
  for (const step of path) {
    if (out === null) return null;
    out = isSlice(step) ? sliceValue(out, step.from, step.to) : indexValue(out, step);
  }
  return out;
}

export const isSlice = (step: Path[number]): step is { from: Json; to: Json } =>
  step !== null && typeof step === 'object' && !Array.isArray(step) && !(step instanceof Map);

/** A copy with another value at a path. @throws JqError */
export function setPath(value: Json, path: Path, next: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (isSlice(step)) {
    const list = value === null ? [] : (value as Json[]);
    const start = step.from === null ? 0 : (step.from as number);
    const end = step.to === null ? list.length : (step.to as number);
    const inner = setPath(sliceValue(list, step.from, step.to), rest, next);
    return [...list.slice(0, start), ...(inner as Json[]), ...list.slice(end)];
  }
  if (typeof step === 'string') {
    if (value !== null && !(value instanceof Map))
      throw new JqError(`Cannot index ${typeOf(value)} with string "${step}"`);
    return new Map(value ?? []).set(step, setPath(value?.get(step) ?? null, rest, next));
  }
  if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with number`);
  const list = [...(value ?? [])];
  const at = (step as number) < 0 ? list.length + (step as number) : (step as number);
  if (at < 0) throw new JqError('Out of bounds negative array index');
  while (list.length < at) list.push(null);
  list[at] = setPath(list[at] ?? null, rest, next);
  return list;
}

/** A copy without what is at the paths. */
export function deletePaths(value: Json, paths: readonly Path[]): Json {
  const sorted = [...paths].sort((a, b) => -compare(a.map(stepValue), b.map(stepValue)));
  let out = value;
  for (const path of sorted) {
    const last = path.at(-1);
    if (last === undefined) return null;
    const holder = getPath(out, path.slice(0, -1));
    if (holder === null) continue;
    let next: Json = holder;
    if (holder instanceof Map) {
      next = new Map(holder);
      next.delete(last as string);
    } else if (Array.isArray(holder)) {
      if (isSlice(last)) {
        const end = last.to === null ? holder.length : (last.to as number);
        next = [...holder.slice(0, (last.from as number | null) ?? 0), ...holder.slice(end)];
      } else next = holder.filter((_, i) => i !== ((last as number) < 0 ? holder.length + (last as number) : last));
    }
    out = setPath(out, path.slice(0, -1), next);
  }
  return out;
}
