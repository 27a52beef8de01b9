import type { Wait } from '../../../../libc/io.ts';
import type { ScopeColumn } from '../translate/scope.ts';
import type { SqlType } from '../types.ts';

/** One value of a result; undefined: NULL. */
export type Cell = string | Uint8Array | undefined;

/** A statement that gives no rows was done. */
export interface Done {
  k: 'ok';
  affected: number;
  insertId: number;
  info: string;
}

/** What a statement gives: a count, or rows. */
export type Result =
  | Done
  | { k: 'rows'; columns: ScopeColumn[]; rows: Cell[][]; more?: () => Wait<Cell[][] | undefined> }
  | { k: 'local-infile'; file: string; load(content: Uint8Array): Wait<Result> };

export const ok = (affected = 0, insertId = 0, info = ''): Done => ({ k: 'ok', affected, insertId, info });

export const resultColumn = (name: string, type: SqlType = { base: 'varchar', length: 255 }): ScopeColumn => ({
  name,
  type,
  table: '',
  db: '',
  original: name,
  notNull: false,
  key: '',
  autoIncrement: false,
});

/** Columns that may be NULL where no row shows it. */
const NULLABLE = [
  'Default',
  'Collation',
  'Sub_part',
  'Packed',
  'Info',
  'db',
  'State',
  'Expression',
  'Cardinality',
  'Time',
  'ref',
  'Extra',
  'possible_keys',
  'key',
  'key_len',
  'partitions',
  'filtered',
  'Transactions',
  'XA',
  'Savepoints',
];

/** Rows of texts, as SHOW gives them. */
export const table = (
  names: readonly string[],
  rows: Cell[][],
  types: Readonly<Record<string, SqlType>> = {},
): Result => ({
  k: 'rows',
  columns: names.map((name, i) => ({
    ...resultColumn(name, types[name]),
    notNull: rows.every((row) => row[i] !== undefined) && !NULLABLE.includes(name),
  })),
  rows,
});
