import type { SqlType } from '../types.ts';

/** A statement that gives rows, an expression, a table of FROM, as they were read. */
export type Expr =
  | {
      k: 'literal';
      type:
        | 'integer'
        | 'decimal'
        | 'double'
        | 'text'
        | 'hex'
        | 'bits'
        | 'null'
        | 'boolean'
        | 'date'
        | 'time'
        | 'timestamp';
      text: string;
    }
  | { k: 'column'; db?: string; table?: string; name: string }
  | { k: 'star'; db?: string; table?: string }
  | { k: 'user'; name: string }
  | { k: 'system'; name: string }
  | { k: 'parameter'; at: number }
  | { k: 'default'; name?: string }
  | { k: 'unary'; op: '-' | '+' | '~' | 'NOT' | '!' | 'BINARY'; e: Expr }
  | { k: 'binary'; op: string; left: Expr; right: Expr }
  | {
      k: 'call';
      name: string;
      args: Expr[];
      distinct?: boolean;
      order?: OrderItem[];
      separator?: string;
      over?: Window | string;
      star?: boolean;
      keyword?: string;
    }
  | { k: 'case'; base?: Expr; whens: [Expr, Expr][]; otherwise?: Expr }
  | { k: 'in'; e: Expr; not: boolean; list?: Expr[]; select?: Select }
  | { k: 'between'; e: Expr; not: boolean; low: Expr; high: Expr }
  | { k: 'like'; e: Expr; not: boolean; pattern: Expr; escape?: Expr }
  | { k: 'regexp'; e: Expr; not: boolean; pattern: Expr }
  | { k: 'is'; e: Expr; not: boolean; what: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' }
  | { k: 'exists'; select: Select }
  | { k: 'subquery'; select: Select; compare?: 'ANY' | 'ALL' }
  | { k: 'row'; items: Expr[] }
  | { k: 'cast'; e: Expr; type: SqlType }
  | { k: 'interval'; e: Expr; unit: string }
  | { k: 'assign'; name: string; e: Expr }
  | { k: 'match'; columns: Expr[]; against: Expr; mode: string }
  | { k: 'collate'; e: Expr; collation: string };

export interface OrderItem {
  e: Expr;
  descending: boolean;
}

export interface Window {
  base?: string;
  partition: Expr[];
  order: OrderItem[];
  /** As written: ROWS BETWEEN …, which SQLite reads too. */
  frame?: string;
}

export interface SelectItem {
  e: Expr;
  alias?: string;
  /** As written: the column's name where there is no alias. */
  text: string;
}

export type TableRef =
  | { k: 'table'; db?: string; name: string; alias?: string }
  | { k: 'derived'; select: Select; alias: string; columns?: string[] }
  | {
      k: 'join';
      kind: 'INNER' | 'LEFT' | 'RIGHT' | 'CROSS' | 'NATURAL' | 'NATURAL LEFT';
      left: TableRef;
      right: TableRef;
      on?: Expr;
      using?: string[];
    };

export interface SelectCore {
  distinct: boolean;
  items: SelectItem[];
  from?: TableRef;
  where?: Expr;
  group: Expr[];
  rollup: boolean;
  having?: Expr;
  windows: [string, Window][];
  /** VALUES ROW(…), ROW(…). */
  values?: Expr[][];
  /** A select in parentheses with its own ORDER BY or LIMIT. */
  nested?: Select;
}

export interface Select {
  recursive: boolean;
  ctes: { name: string; columns?: string[]; select: Select }[];
  parts: SelectCore[];
  /** Between the parts: UNION, UNION ALL, EXCEPT, INTERSECT. */
  operators: string[];
  order: OrderItem[];
  limit?: Expr;
  offset?: Expr;
  lock: boolean;
  into?: { variables: string[] } | { file: string; dump: boolean; format: FileFormat };
}

/** Of LOAD DATA and SELECT INTO OUTFILE. */
export interface FileFormat {
  fields: string;
  enclosed: string;
  optional: boolean;
  escaped: string;
  starting: string;
  lines: string;
}

export interface ColumnDef {
  name: string;
  type: SqlType;
  notNull: boolean;
  /** NULL was written. */
  nullable: boolean;
  default?: Expr;
  onUpdate: boolean;
  autoIncrement: boolean;
  primary: boolean;
  unique: boolean;
  comment: string;
  generated?: { e: Expr; stored: boolean; text: string };
  references?: Reference;
  check?: { name?: string; e: Expr; text: string };
  collation?: string;
  invisible: boolean;
}

export interface Reference {
  db?: string;
  table: string;
  columns: string[];
  onDelete: string;
  onUpdate: string;
}

export interface IndexPart {
  column: string;
  length?: number;
  descending: boolean;
}

export type TableItem =
  | { k: 'column'; column: ColumnDef }
  | { k: 'index'; kind: 'PRIMARY' | 'UNIQUE' | 'INDEX' | 'FULLTEXT' | 'SPATIAL'; name?: string; parts: IndexPart[] }
  | { k: 'foreign'; name?: string; columns: string[]; reference: Reference }
  | { k: 'check'; name?: string; e: Expr; text: string };

export interface TableName {
  db?: string;
  name: string;
}

export type AlterAction =
  | { k: 'add'; item: TableItem; place?: Place }
  | { k: 'drop'; what: 'column' | 'index' | 'primary' | 'foreign' | 'check'; name: string; ifExists: boolean }
  | { k: 'modify'; old: string; column: ColumnDef; place?: Place }
  | { k: 'rename-column'; from: string; to: string }
  | { k: 'rename-index'; from: string; to: string }
  | { k: 'rename'; to: TableName }
  | { k: 'default'; column: string; value?: Expr }
  | { k: 'options'; options: Record<string, string> };

/** Where a column goes: FIRST, or AFTER one. */
export type Place = 'FIRST' | { after: string };

export interface UserName {
  user: string;
  host: string;
}

export interface UserSpec {
  name: UserName;
  plugin?: string;
  /** Of IDENTIFIED BY. */
  password?: string;
  /** Of IDENTIFIED … AS. */
  hash?: string;
}

export type Statement =
  | { k: 'select'; select: Select }
  | {
      k: 'insert';
      table: TableName;
      replace: boolean;
      ignore: boolean;
      columns?: string[];
      rows?: Expr[][];
      select?: Select;
      alias?: string;
      update?: [Expr, Expr][];
      returning?: SelectItem[];
    }
  | {
      k: 'update';
      table: TableRef;
      ignore: boolean;
      sets: [Expr, Expr][];
      where?: Expr;
      order: OrderItem[];
      limit?: Expr;
    }
  | { k: 'delete'; target: string[]; table: TableRef; where?: Expr; order: OrderItem[]; limit?: Expr }
  | { k: 'create-database'; name: string; ifNotExists: boolean; charset?: string; collation?: string }
  | { k: 'alter-database'; name?: string; charset?: string; collation?: string }
  | { k: 'drop-database'; name: string; ifExists: boolean }
  | {
      k: 'create-table';
      name: TableName;
      temporary: boolean;
      ifNotExists: boolean;
      items: TableItem[];
      options: Record<string, string>;
      like?: TableName;
      select?: Select;
    }
  | { k: 'drop-table'; names: TableName[]; ifExists: boolean; temporary: boolean; view: boolean }
  | { k: 'alter-table'; name: TableName; actions: AlterAction[] }
  | { k: 'rename-table'; pairs: [TableName, TableName][] }
  | {
      k: 'create-index';
      name: string;
      table: TableName;
      kind: 'UNIQUE' | 'INDEX' | 'FULLTEXT' | 'SPATIAL';
      parts: IndexPart[];
      ifNotExists: boolean;
    }
  | { k: 'drop-index'; name: string; table: TableName }
  | { k: 'truncate'; name: TableName }
  | { k: 'create-view'; name: TableName; replace: boolean; columns?: string[]; select: Select; text: string }
  | { k: 'use'; name: string }
  | { k: 'set'; sets: { scope: string; name: string; value: Expr | string }[] }
  | { k: 'set-names'; charset: string; collation?: string }
  | { k: 'set-transaction' }
  | { k: 'set-password'; user?: UserName; password: string }
  | { k: 'begin'; readOnly: boolean }
  | { k: 'commit' }
  | { k: 'rollback'; to?: string }
  | { k: 'savepoint'; name: string }
  | { k: 'release'; name: string }
  | {
      k: 'show';
      what: string;
      full: boolean;
      scope: string;
      table?: TableName;
      db?: string;
      like?: string;
      where?: Expr;
      user?: UserName;
      name?: string;
      limit?: number;
    }
  | { k: 'describe'; table: TableName; column?: string }
  | { k: 'explain'; statement: Statement; format: string; text: string }
  | { k: 'create-user'; users: UserSpec[]; ifNotExists: boolean; role: boolean }
  | { k: 'alter-user'; users: UserSpec[]; ifExists: boolean }
  | { k: 'drop-user'; users: UserName[]; ifExists: boolean; role: boolean }
  | { k: 'rename-user'; pairs: [UserName, UserName][] }
  | { k: 'grant'; privileges: string[]; db: string; table: string; users: UserSpec[]; option: boolean; roles: boolean }
  | { k: 'revoke'; privileges: string[]; db: string; table: string; users: UserName[]; all: boolean; roles: boolean }
  | { k: 'flush'; what: string }
  | { k: 'kill'; id: number; query: boolean }
  | { k: 'lock-tables' }
  | { k: 'unlock-tables' }
  | {
      k: 'load-data';
      file: string;
      local: boolean;
      table: TableName;
      ignoreLines: number;
      columns?: (string | { variable: string })[];
      sets: [Expr, Expr][];
      format: FileFormat;
      replace: boolean;
      ignore: boolean;
    }
  | { k: 'admin'; what: string; tables: TableName[] }
  | { k: 'shutdown' }
  | { k: 'do'; items: Expr[] }
  | { k: 'prepare'; name: string; source: Expr }
  | { k: 'execute'; name: string; using: string[] }
  | { k: 'deallocate'; name: string }
  | { k: 'create-trigger' | 'create-routine'; what: string }
  | { k: 'nothing' };
