import type { Table } from '../catalog.ts';
import type { SqlType } from '../types.ts';
import type { Piece } from './functions.ts';

/** What a translation needs to know of the session. */
export interface Environment {
  /** Database in use; undefined: none. */
  readonly db: string | undefined;
  /** The server speaks as MariaDB. */
  readonly mariadb: boolean;
  /** sql_mode has ONLY_FULL_GROUP_BY. */
  readonly fullGroup: boolean;
  /** A table of the catalog, temporary ones first. @throws MysqlError */
  table(db: string | undefined, name: string): Table;
  userVariable(name: string): Piece;
  /** A statement sets a variable while it runs. */
  assign(name: string, type: SqlType): void;
  /** `global.x`, `session.x` or `x`. @throws MysqlError */
  systemVariable(name: string): Piece;
  /** The value of a parameter of a prepared statement. */
  parameter(at: number): Piece;
  /** A function of the session: CONNECTION_ID, DATABASE, USER, VERSION … @returns undefined: it is none */
  sessionFunction(name: string, args: readonly Piece[]): Piece | undefined;
}
