import { MysqlError } from '../errors.ts';
import type { SqlType } from '../types.ts';

/** A column that a statement may name. */
export interface ScopeColumn {
  name: string;
  type: SqlType;
  /** Table and column as they are stored, for the description of results. */
  table: string;
  db: string;
  original: string;
  notNull: boolean;
  key: string;
  autoIncrement: boolean;
}

/** A table of FROM. */
export interface Source {
  alias: string;
  /** How SQLite calls it, where that is not so. */
  sql?: string;
  db: string;
  columns: ScopeColumn[];
  /** Columns that a join with USING shows once. */
  hidden: Set<string>;
}

/** What the names of a SELECT stand for; outer ones follow. */
export class Scope {
  readonly sources: Source[] = [];

  constructor(readonly outer: Scope | undefined) {}

  /** @param clause for the message: `field list`, `where clause` */
  find(
    name: string,
    table: string | undefined,
    db: string | undefined,
    clause: string,
  ): { source: Source; column: ScopeColumn } {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const found = scope.#here(name, table, db, clause);
      if (found) return found;
    }
    const whole = [db, table, name].filter((part) => part !== undefined).join('.');
    throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${whole}' in '${clause}'`);
  }

  #here(
    name: string,
    table: string | undefined,
    db: string | undefined,
    clause: string,
  ): { source: Source; column: ScopeColumn } | undefined {
    const lower = name.toLowerCase();
    let found: { source: Source; column: ScopeColumn } | undefined;
    for (const source of this.sources) {
      if (table !== undefined && source.alias.toLowerCase() !== table.toLowerCase()) continue;
      if (db !== undefined && source.db !== db) continue;
      if (table === undefined && source.hidden.has(lower)) continue;
      const column = source.columns.find((c) => c.name.toLowerCase() === lower);
      if (!column) continue;
      if (found) {
        const whole = table === undefined ? name : `${table}.${name}`;
        throw new MysqlError('ER_NON_UNIQ_ERROR', `Column '${whole}' in ${clause} is ambiguous`);
      }
      found = { source, column };
    }
    return found;
  }

  /** The table that is called so. */
  source(alias: string, db: string | undefined): Source {
    const found = this.sources.find(
      (s) => s.alias.toLowerCase() === alias.toLowerCase() && (db === undefined || s.db === db),
    );
    if (!found) throw new MysqlError('ER_UNKNOWN_TABLE', `Unknown table '${alias}'`);
    return found;
  }

  add(source: Source): void {
    if (this.sources.some((s) => s.alias.toLowerCase() === source.alias.toLowerCase() && s.db === source.db))
      throw new MysqlError('ER_NONUNIQ_TABLE', `Not unique table/alias: '${source.alias}'`);
    this.sources.push(source);
  }
}
