import { MysqlError } from './errors.ts';
import type { Select } from './sql/ast.ts';
import type { SqlType } from './types.ts';

export interface Column {
  name: string;
  type: SqlType;
  notNull: boolean;
  /** As SHOW COLUMNS has it; undefined: none. */
  default?: string;
  /** The default is an expression (CURRENT_TIMESTAMP, UUID()), in MySQL's words. */
  defaultIsExpression?: boolean;
  autoIncrement?: boolean;
  /** ON UPDATE CURRENT_TIMESTAMP. */
  onUpdate?: boolean;
  comment?: string;
  collation?: string;
  generated?: { text: string; stored: boolean };
}

export interface Index {
  name: string;
  kind: 'PRIMARY' | 'UNIQUE' | 'INDEX' | 'FULLTEXT' | 'SPATIAL';
  parts: { column: string; length?: number; descending?: boolean }[];
}

export interface ForeignKey {
  name: string;
  columns: string[];
  db: string;
  table: string;
  refColumns: string[];
  onDelete: string;
  onUpdate: string;
}

export interface Table {
  db: string;
  name: string;
  kind: 'table' | 'view';
  columns: Column[];
  indexes: Index[];
  foreignKeys: ForeignKey[];
  checks: { name: string; text: string }[];
  engine: string;
  charset: string;
  collation: string;
  comment: string;
  rowFormat?: string;
  /** Milliseconds since the Epoch. */
  created: number;
  /** Of a view: its SELECT as written, and the database that was in use. */
  view?: { text: string; db: string; select: Select; columns?: string[] };
  temporary?: boolean;
}

export interface Database {
  name: string;
  charset: string;
  collation: string;
  tables: Map<string, Table>;
}

/** Name of a table in SQLite. */
export const storedName = (db: string, name: string): string => `"${`${db}.${name}`.replace(/"/g, '""')}"`;
export const quoted = (name: string): string => `"${name.replace(/"/g, '""')}"`;
export const textLiteral = (text: string): string =>
  text.includes('\0') ? `CAST(x'${hexOf(text)}' AS TEXT)` : `'${text.replace(/'/g, "''")}'`;
const hexOf = (text: string): string =>
  Array.from(text, (c) => {
    const code = c.codePointAt(0)!;
    return code < 128
      ? code.toString(16).padStart(2, '0')
      : Array.from(encodeURIComponent(c).matchAll(/%(..)/g), ([, h]) => h).join('');
  }).join('');

/** Databases that the server has by itself. */
export const SYSTEM_DATABASES = ['information_schema', 'mysql', 'performance_schema', 'sys'];

/** All databases and their tables. Names of tables keep their case, as on Linux. */
export class Catalog {
  readonly databases: Map<string, Database> = new Map();

  database(name: string): Database {
    const found =
      this.databases.get(name) ??
      (name.toLowerCase() === 'information_schema' ? this.databases.get('information_schema') : undefined);
    if (!found) throw new MysqlError('ER_BAD_DB_ERROR', `Unknown database '${name}'`);
    return found;
  }

  find(db: string, name: string): Table | undefined {
    const tables = this.databases.get(db)?.tables;
    return tables?.get(name) ?? (db === 'information_schema' ? tables?.get(name.toUpperCase()) : undefined);
  }

  /** @throws MysqlError where there is none */
  table(db: string, name: string): Table {
    const found = this.find(db, name);
    if (found) return found;
    if (!this.databases.has(db) && db !== 'information_schema')
      throw new MysqlError('ER_BAD_DB_ERROR', `Unknown database '${db}'`);
    throw new MysqlError('ER_NO_SUCH_TABLE', `Table '${db}.${name}' doesn't exist`);
  }

  /** Foreign keys of other tables that refer to this one. */
  *referring(table: Table): Generator<{ table: Table; key: ForeignKey }> {
    for (const { tables } of this.databases.values())
      for (const other of tables.values())
        for (const key of other.foreignKeys)
          if (key.db === table.db && key.table === table.name) yield { table: other, key };
  }
}

export const columnOf = (table: Table, name: string): Column | undefined => {
  const lower = name.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === lower);
};

export const primaryKey = (table: Table): Index | undefined => table.indexes.find(({ kind }) => kind === 'PRIMARY');

/** PRI, UNI, MUL or nothing, as SHOW COLUMNS has it. */
export function keyOf(table: Table, column: Column): string {
  const first = (index: Index): boolean => index.parts[0]?.column.toLowerCase() === column.name.toLowerCase();
  const primary = primaryKey(table);
  if (primary?.parts.some((part) => part.column.toLowerCase() === column.name.toLowerCase())) return 'PRI';
  if (table.indexes.some((index) => index.kind === 'UNIQUE' && index.parts.length === 1 && first(index))) {
    // a table without a primary key shows its first unique key as one
    const unique = table.indexes.find(
      ({ kind, parts }) => kind === 'UNIQUE' && parts.every((p) => columnOf(table, p.column)?.notNull),
    );
    return !primary && unique && first(unique) && unique.parts.length === 1 ? 'PRI' : 'UNI';
  }
  return table.indexes.some(first) ? 'MUL' : '';
}
