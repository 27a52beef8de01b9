import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import type { Wait } from '../../../../libc/io.ts';
import { Catalog, type Database, type Table, textLiteral } from '../catalog.ts';
import type { Select } from '../sql/ast.ts';
import { parseStatement } from '../sql/statements.ts';
import type { Dialect } from '../sql/tokens.ts';
import type { Flavor } from './flavor.ts';
import { addSystemTables } from './schema.ts';
import type { Session } from './session.ts';
import type { Connection, Store } from './store.ts';
import type { Account, Users } from './users.ts';
import { defaultVariables } from './variables.ts';

/** The table in which the catalog and the users are kept. */
const KEPT = '"#catalog"';

/** What all sessions of one server share. */
export class MysqlServer {
  readonly catalog = new Catalog();
  readonly globals: Map<string, string>;
  readonly sessions: Map<number, Session> = new Map();
  readonly begun: number;
  lastId = 7;
  questions = 0;
  /** SHUTDOWN, or mysqladmin shutdown: who asked. */
  ending: string | undefined;
  /** Wakes who waits for the end. */
  readonly onEnd: () => void;
  /** Privileges are not looked at (--skip-grant-tables). */
  openToAll = false;

  constructor(
    readonly sys: Sys,
    readonly flavor: Flavor,
    readonly store: Store,
    readonly users: Users,
    settings: ReadonlyMap<string, string>,
    readonly datadir: string,
    onEnd: () => void,
  ) {
    this.globals = defaultVariables(flavor, settings);
    this.begun = sys.now(CLOCK_MONOTONIC);
    this.onEnd = onEnd;
  }

  get dialect(): Dialect {
    return {
      product: this.flavor.product,
      ansiQuotes: false,
      noBackslash: false,
      version: this.flavor.number,
      mariadb: this.flavor.mariadb,
    };
  }

  /** Seconds since the start. */
  get uptime(): number {
    return Math.floor((this.sys.now(CLOCK_MONOTONIC) - this.begun) / 1000);
  }

  /** Milliseconds since the Epoch. */
  now(): number {
    return Math.floor(this.sys.now(CLOCK_REALTIME));
  }

  /** Reads what the store keeps; an empty one gets what every server has. */
  *load(sys: Sys): Wait<void> {
    const connection = yield* this.store.connect(sys);
    yield* connection.run(
      sys,
      `CREATE TABLE IF NOT EXISTS ${KEPT} (kind TEXT, db TEXT, name TEXT, json TEXT, PRIMARY KEY (kind, db, name))`,
    );
    for (const [kind, db, , json] of yield* connection.all(
      sys,
      `SELECT kind, db, name, json FROM ${KEPT} ORDER BY kind, db, name`,
    )) {
      const held = JSON.parse(String(json)) as unknown;
      if (kind === 'database') {
        const { name, charset, collation } = held as Database;
        this.catalog.databases.set(name, { name, charset, collation, tables: new Map() });
      } else if (kind === 'table') {
        const table = held as Table;
        if (table.view) table.view.select = this.#viewSelect(table.view.text);
        this.catalog.databases.get(String(db))?.tables.set(table.name, table);
      } else if (kind === 'account') this.users.accounts.push(held as Account);
    }
    yield* connection.close(sys);
    addSystemTables(this);
  }

  #viewSelect(text: string): Select {
    const statement = parseStatement(text, this.dialect);
    if (statement.k !== 'select') throw new Error('a view is no SELECT');
    return statement.select;
  }

  /** SQL that keeps an object; `held` undefined: forgets it. */
  keepSql(kind: 'database' | 'table' | 'account', db: string, name: string, held: object | undefined): string {
    const key = `${textLiteral(kind)}, ${textLiteral(db)}, ${textLiteral(name)}`;
    if (!held) return `DELETE FROM ${KEPT} WHERE (kind, db, name) = (${key})`;
    return `INSERT OR REPLACE INTO ${KEPT} VALUES (${key}, ${textLiteral(JSON.stringify(held))})`;
  }

  tableSql(table: Table): string {
    const { view, ...rest } = table;
    return this.keepSql('table', table.db, table.name, view ? { ...rest, view: { ...view, select: undefined } } : rest);
  }

  databaseSql({ name, charset, collation }: Database): string {
    return this.keepSql('database', name, '', { name, charset, collation });
  }

  accountSql(account: Account): string {
    return this.keepSql('account', account.host, account.user, account);
  }

  /** Databases and users of a new server. */
  *initialize(sys: Sys, accounts: readonly Account[]): Wait<void> {
    const connection: Connection = yield* this.store.connect(sys);
    const statements: string[] = [];
    for (const name of ['mysql', ...(this.flavor.mariadb ? [] : ['performance_schema']), 'sys']) {
      const database: Database = {
        name,
        charset: this.flavor.charset,
        collation: this.flavor.collation,
        tables: new Map(),
      };
      this.catalog.databases.set(name, database);
      statements.push(this.databaseSql(database));
    }
    this.users.accounts.push(...accounts);
    statements.push(...accounts.map((account) => this.accountSql(account)));
    yield* connection.run(sys, ['BEGIN', ...statements, 'COMMIT'].join('; '));
    yield* connection.close(sys);
  }
}
