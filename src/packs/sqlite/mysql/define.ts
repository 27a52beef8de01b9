import type { SqlJsDatabase } from '../sql-js.ts';
import { dateFunctions } from './dates.ts';
import { jsonFunctions } from './json.ts';
import { storeFunctions } from './store.ts';
import { type Hashes, textFunctions } from './texts.ts';
import { loose, type SqlFunction, text, type Value } from './values.ts';

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Variables that a statement sets while it runs. */
const variableFunctions = (variables: Map<string, Value>): Readonly<Record<string, SqlFunction>> => ({
  my_setvar: loose(2, (name, value) => {
    variables.set(text(name!), value!);
    return value!;
  }),
  my_getvar: loose(1, (name) => variables.get(text(name!)) ?? null),
});

/** Gives a connection MySQL's functions, their names with `my_` before them. @param seed where chance begins */
export function defineMysql(db: SqlJsDatabase, hashes: Hashes, now: () => number, seed: number): void {
  const variables = new Map<string, Value>();
  const all = {
    ...textFunctions(hashes, randomOf(seed)),
    ...dateFunctions(now),
    ...jsonFunctions,
    ...storeFunctions,
    ...variableFunctions(variables),
  };
  for (const [name, { arity, strict, call }] of Object.entries(all))
    for (const n of arity) {
      const body = (...args: Value[]): Value => (strict && args.includes(null) ? null : call(...args));
      // the library asks a function for its arity
      Object.defineProperty(body, 'length', { value: n });
      db.create_function(name, body);
    }
}
