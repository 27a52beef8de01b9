import type { SqlJsDatabase } from './sql-js.ts';

/** Functions that a dialect of SQL has beside SQLite's. */
export type DefineFunctions = (db: SqlJsDatabase, now: () => number) => void;

/** By the name that `open` asks for. */
const DIALECTS: Readonly<Record<string, DefineFunctions>> = {};

/** Gives a connection the functions of a dialect. */
export function defineFunctions(dialect: string, db: SqlJsDatabase, now: () => number): void {
  const define = DIALECTS[dialect];
  if (!define) throw new Error(`sqlite: no functions of ${dialect}`);
  define(db, now);
}
