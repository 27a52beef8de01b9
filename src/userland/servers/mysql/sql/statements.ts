import type { MysqlError } from '../errors.ts';
import type { Expr, SelectItem, Statement, TableName, TableRef } from './ast.ts';
import { SessionParser } from './session-statements.ts';
import type { Dialect } from './tokens.ts';

/** Reads a statement of any kind. */
export class StatementParser extends SessionParser {
  /** Statements that stand before its end are left for another parser: `rest` says where they begin. */
  get rest(): number {
    while (this.isOperator(';')) this.at++;
    return this.token.start;
  }

  statement(): Statement {
    const statement = this.#any();
    if (!this.done) throw this.fail();
    return statement;
  }

  /** What is said of a statement that may not stand here. */
  failHere(): MysqlError {
    return this.fail();
  }

  #any(): Statement {
    if (this.startsSelect()) return { k: 'select', select: this.select() };
    const { upper } = this.token;
    const word = this.token.kind === 'word' ? upper : '';
    switch (word) {
      case 'INSERT':
      case 'REPLACE':
        return this.#insert();
      case 'UPDATE':
        return this.#update();
      case 'DELETE':
        return this.#delete();
      case 'CREATE':
        return this.#create();
      case 'DROP':
        return this.#drop();
      case 'ALTER':
        return this.#alter();
      case 'SHOW':
        return this.show();
      case 'SET':
        return this.set();
      case 'DESC':
      case 'DESCRIBE':
      case 'EXPLAIN':
      case 'ANALYZE':
        return this.#explain();
      case 'LOAD':
        return this.#load();
    }
    return this.#simple();
  }

  #simple(): Statement {
    const start = this.token;
    if (this.accept('USE')) return { k: 'use', name: this.member() };
    if (this.accept('BEGIN') || this.accept('START', 'TRANSACTION')) return this.#begin();
    if (this.accept('COMMIT')) return this.#chain({ k: 'commit' });
    if (this.accept('ROLLBACK')) {
      this.accept('WORK');
      if (!this.accept('TO')) return this.#chain({ k: 'rollback' });
      this.accept('SAVEPOINT');
      return { k: 'rollback', to: this.name() };
    }
    if (this.accept('SAVEPOINT')) return { k: 'savepoint', name: this.name() };
    if (this.accept('RELEASE', 'SAVEPOINT')) return { k: 'release', name: this.name() };
    if (this.accept('TRUNCATE')) {
      this.accept('TABLE');
      return { k: 'truncate', name: this.tableName() };
    }
    if (this.accept('RENAME', 'TABLE')) return { k: 'rename-table', pairs: this.list(() => this.#pair()) };
    if (this.accept('RENAME', 'USER')) return this.renameUser();
    if (this.accept('GRANT')) return this.grant();
    if (this.accept('REVOKE')) return this.revoke();
    if (this.accept('FLUSH')) {
      const what = this.token.upper;
      while (!this.done) this.at++;
      return { k: 'flush', what };
    }
    if (this.accept('KILL')) {
      const query = this.acceptOne('QUERY', 'CONNECTION') === 'QUERY';
      return { k: 'kill', id: this.number(), query };
    }
    if (this.accept('LOCK')) {
      while (!this.done) this.at++;
      return { k: 'lock-tables' };
    }
    if (this.accept('UNLOCK')) {
      while (!this.done) this.at++;
      return { k: 'unlock-tables' };
    }
    const admin = this.acceptOne('OPTIMIZE', 'CHECK', 'REPAIR', 'CHECKSUM');
    if (admin) {
      this.acceptOne('NO_WRITE_TO_BINLOG', 'LOCAL');
      this.expect('TABLE');
      const tables = this.list(() => this.tableName());
      while (this.acceptOne('QUICK', 'EXTENDED', 'FAST', 'MEDIUM', 'CHANGED', 'FOR', 'UPGRADE'));
      return { k: 'admin', what: admin.toLowerCase(), tables };
    }
    if (this.accept('SHUTDOWN')) return { k: 'shutdown' };
    if (this.accept('DO')) return { k: 'do', items: this.list(() => this.expression()) };
    if (this.accept('PREPARE')) {
      const name = this.name();
      this.expect('FROM');
      return { k: 'prepare', name, source: this.expression() };
    }
    if (this.accept('EXECUTE')) return this.#execute();
    if (this.accept('DEALLOCATE', 'PREPARE')) return { k: 'deallocate', name: this.name() };
    throw this.fail(start);
  }

  #begin(): Statement {
    this.accept('WORK');
    let readOnly = false;
    while (!this.done) {
      if (this.accept('READ', 'ONLY')) readOnly = true;
      else if (
        !this.accept('WITH', 'CONSISTENT', 'SNAPSHOT') &&
        !this.accept('READ', 'WRITE') &&
        !this.acceptOperator(',')
      )
        throw this.fail();
    }
    return { k: 'begin', readOnly };
  }

  #chain(statement: Statement): Statement {
    this.accept('WORK');
    this.accept('AND', 'CHAIN');
    this.accept('AND', 'NO', 'CHAIN');
    if (!this.accept('NO', 'RELEASE')) this.accept('RELEASE');
    return statement;
  }

  #pair(): [TableName, TableName] {
    const from = this.tableName();
    this.expect('TO');
    return [from, this.tableName()];
  }

  #execute(): Statement {
    const name = this.name();
    const using: string[] = [];
    if (this.accept('USING'))
      using.push(
        ...this.list(() => {
          const { token } = this;
          if (token.kind !== 'user') throw this.fail();
          this.at++;
          return token.text.toLowerCase();
        }),
      );
    return { k: 'execute', name, using };
  }

  #priority(): boolean {
    let ignore = false;
    for (let word; (word = this.acceptOne('LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'QUICK', 'IGNORE')); )
      ignore ||= word === 'IGNORE';
    return ignore;
  }

  #insert(): Statement {
    const replace = this.acceptOne('INSERT', 'REPLACE') === 'REPLACE';
    const ignore = this.#priority();
    this.accept('INTO');
    const table = this.tableName();
    if (this.accept('PARTITION')) this.parenthesised(() => this.name());
    const statement: Extract<Statement, { k: 'insert' }> = { k: 'insert', table, replace, ignore };
    if (this.isOperator('(') && !this.startsSelect()) {
      if (this.peek().text === ')') this.at += 2;
      else statement.columns = this.parenthesised(() => this.#lastName());
    }
    if (this.acceptOne('VALUES', 'VALUE')) statement.rows = this.list(() => this.#row());
    else if (this.accept('SET')) {
      const pairs = this.list(() => this.#assignment());
      statement.columns = pairs.map(([column]) => (column.k === 'column' ? column.name : ''));
      statement.rows = [pairs.map(([, e]) => e)];
    } else if (this.startsSelect()) {
      const wrapped = this.isOperator('(') && this.#closesAtEnd();
      if (wrapped) this.at++;
      statement.select = this.select();
      if (wrapped) this.expectOperator(')');
    } else throw this.fail();
    if (this.accept('AS')) {
      statement.alias = this.name();
      if (this.isOperator('(')) this.parenthesised(() => this.name());
    }
    if (this.accept('ON', 'DUPLICATE', 'KEY', 'UPDATE')) statement.update = this.list(() => this.#assignment());
    if (this.dialect.mariadb && this.accept('RETURNING'))
      statement.returning = this.list((): SelectItem => this.selectItem());
    return statement;
  }

  #closesAtEnd(): boolean {
    let depth = 0;
    for (let i = this.at; i < this.tokens.length; i++) {
      const { kind, text } = this.tokens[i]!;
      if (kind !== 'operator') continue;
      if (text === '(') depth++;
      if (text === ')' && --depth === 0)
        return ['end'].includes(this.tokens[i + 1]!.kind) || this.tokens[i + 1]!.upper === 'ON';
    }
    return false;
  }

  /** A column, which may say its table. */
  #lastName(): string {
    let name = this.name();
    while (this.acceptOperator('.')) name = this.member();
    return name;
  }

  #row(): Expr[] {
    this.accept('ROW');
    this.expectOperator('(');
    if (this.acceptOperator(')')) return [];
    const items = this.list(() => this.expression());
    this.expectOperator(')');
    return items;
  }

  #assignment(): [Expr, Expr] {
    const first = this.name();
    let column: Expr = { k: 'column', name: first };
    if (this.acceptOperator('.')) {
      const second = this.member();
      column = this.acceptOperator('.')
        ? { k: 'column', db: first, table: second, name: this.member() }
        : { k: 'column', table: first, name: second };
    }
    if (!this.acceptOperator('=')) this.expectOperator(':=');
    return [column, this.expression()];
  }

  #update(): Statement {
    this.expect('UPDATE');
    const ignore = this.#priority();
    const table = this.tableRefs();
    this.expect('SET');
    const sets = this.list(() => this.#assignment());
    return { k: 'update', table, ignore, sets, ...this.#where() };
  }

  #where(): { where?: Expr; order: { e: Expr; descending: boolean }[]; limit?: Expr } {
    const where = this.accept('WHERE') ? this.expression() : undefined;
    const order = this.accept('ORDER', 'BY') ? this.orderList() : [];
    const limit = this.accept('LIMIT') ? this.expression() : undefined;
    return { ...(where && { where }), order, ...(limit && { limit }) };
  }

  #delete(): Statement {
    this.expect('DELETE');
    this.#priority();
    const target = (): string => {
      let name = this.name();
      while (this.acceptOperator('.')) if (!this.acceptOperator('*')) name = this.member();
      return name;
    };
    if (!this.accept('FROM')) {
      const targets = this.list(target);
      this.expect('FROM');
      return { k: 'delete', target: targets, table: this.tableRefs(), ...this.#where() };
    }
    const start = this.at;
    const targets = this.list(target);
    if (this.accept('USING')) return { k: 'delete', target: targets, table: this.tableRefs(), ...this.#where() };
    this.at = start;
    const table: TableRef = this.tableRefs();
    if (table.k !== 'table') throw this.fail();
    return { k: 'delete', target: [table.alias ?? table.name], table, ...this.#where() };
  }

  #create(): Statement {
    this.expect('CREATE');
    const start = this.token;
    const replace = this.accept('OR', 'REPLACE');
    if (this.accept('DATABASE') || this.accept('SCHEMA')) {
      const ifNotExists = this.accept('IF', 'NOT', 'EXISTS');
      return { k: 'create-database', name: this.member(), ifNotExists, ...this.#databaseOptions() };
    }
    const temporary = this.accept('TEMPORARY');
    if (this.accept('TABLE')) return this.createTable(temporary);
    const kind = this.acceptOne('UNIQUE', 'FULLTEXT', 'SPATIAL');
    if (this.accept('INDEX') || (!kind && this.accept('KEY'))) {
      const ifNotExists = this.accept('IF', 'NOT', 'EXISTS');
      const name = this.name();
      if (this.accept('USING')) this.name();
      this.expect('ON');
      const table = this.tableName();
      return {
        k: 'create-index',
        name,
        table,
        kind: (kind ?? 'INDEX') as 'INDEX',
        parts: this.indexParts(),
        ifNotExists,
      };
    }
    if (this.accept('USER')) return this.createUser(false);
    if (this.accept('ROLE')) return this.createUser(true);
    while (this.acceptOne('ALGORITHM', 'DEFINER', 'SQL')) {
      if (this.acceptOperator('=')) {
        if (this.isWord('UNDEFINED', 'MERGE', 'TEMPTABLE')) this.at++;
        else this.userName();
      } else {
        this.expect('SECURITY');
        this.acceptOne('DEFINER', 'INVOKER');
      }
    }
    if (this.accept('VIEW')) {
      this.accept('IF', 'NOT', 'EXISTS');
      const name = this.tableName();
      const columns = this.isOperator('(') ? this.parenthesised(() => this.name()) : undefined;
      this.expect('AS');
      const body = this.token;
      const select = this.select();
      const text = this.textFrom(body);
      if (this.accept('WITH')) while (!this.done) this.at++;
      return { k: 'create-view', name, replace, ...(columns && { columns }), select, text };
    }
    const routine = this.acceptOne('PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT');
    if (!routine) throw this.fail(start);
    this.at = this.tokens.length - 1;
    return { k: routine === 'TRIGGER' ? 'create-trigger' : 'create-routine', what: routine };
  }

  #databaseOptions(): { charset?: string; collation?: string } {
    const options: { charset?: string; collation?: string } = {};
    for (;;) {
      this.accept('DEFAULT');
      if (this.accept('CHARACTER', 'SET') || this.accept('CHARSET')) {
        this.acceptOperator('=');
        options.charset = this.nameOrText().toLowerCase();
      } else if (this.accept('COLLATE')) {
        this.acceptOperator('=');
        options.collation = this.nameOrText().toLowerCase();
      } else if (this.accept('ENCRYPTION') || this.accept('COMMENT')) {
        this.acceptOperator('=');
        this.text();
      } else return options;
    }
  }

  #drop(): Statement {
    this.expect('DROP');
    const ifExists = () => this.accept('IF', 'EXISTS');
    if (this.accept('DATABASE') || this.accept('SCHEMA')) {
      const exists = ifExists();
      return { k: 'drop-database', name: this.member(), ifExists: exists };
    }
    const temporary = this.accept('TEMPORARY');
    const what = this.acceptOne('TABLE', 'TABLES', 'VIEW');
    if (what) {
      const exists = ifExists();
      const names = this.list(() => this.tableName());
      this.acceptOne('RESTRICT', 'CASCADE');
      return { k: 'drop-table', names, ifExists: exists, temporary, view: what === 'VIEW' };
    }
    if (this.accept('INDEX') || this.accept('KEY')) {
      ifExists();
      const name = this.isWord('PRIMARY') ? this.member() : this.name();
      this.expect('ON');
      return { k: 'drop-index', name, table: this.tableName() };
    }
    if (this.accept('USER')) return this.dropUser(false);
    if (this.accept('ROLE')) return this.dropUser(true);
    if (this.acceptOne('PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT') && ifExists()) {
      this.tableName();
      return { k: 'nothing' };
    }
    throw this.fail();
  }

  #alter(): Statement {
    this.expect('ALTER');
    if (this.accept('TABLE')) return this.alterTable();
    if (this.accept('USER')) return this.alterUser();
    if (this.accept('DATABASE') || this.accept('SCHEMA')) {
      const name = this.isName() && !this.isWord('CHARSET') ? this.name() : undefined;
      return { k: 'alter-database', ...(name !== undefined && { name }), ...this.#databaseOptions() };
    }
    if (this.acceptOne('INSTANCE')) {
      this.at = this.tokens.length - 1;
      return { k: 'nothing' };
    }
    throw this.fail();
  }

  #explain(): Statement {
    const { upper } = this.token;
    this.at++;
    let format = 'TRADITIONAL';
    for (;;) {
      if (this.accept('FORMAT')) {
        this.expectOperator('=');
        format = this.member().toUpperCase();
      } else if (!this.acceptOne('EXTENDED', 'PARTITIONS')) break;
    }
    if (this.accept('ANALYZE') || (upper === 'ANALYZE' && !this.isWord('TABLE', 'LOCAL'))) format = 'TREE';
    if (upper === 'ANALYZE' && format !== 'TREE') {
      this.accept('LOCAL');
      this.expect('TABLE');
      return { k: 'admin', what: 'analyze', tables: this.list(() => this.tableName()) };
    }
    if (this.startsSelect() || this.isWord('INSERT', 'UPDATE', 'DELETE', 'REPLACE')) {
      const start = this.token;
      const statement = this.#any();
      return { k: 'explain', statement, format, text: this.textFrom(start) };
    }
    const table = this.tableName();
    const column = this.done ? undefined : this.nameOrText();
    return { k: 'describe', table, ...(column !== undefined && { column }) };
  }

  #load(): Statement {
    this.expect('LOAD', 'DATA');
    this.acceptOne('LOW_PRIORITY', 'CONCURRENT');
    const local = this.accept('LOCAL');
    this.expect('INFILE');
    const file = this.text();
    const replace = this.accept('REPLACE');
    const ignore = this.accept('IGNORE');
    this.expect('INTO', 'TABLE');
    const table = this.tableName();
    const format = this.fileFormat();
    let ignoreLines = 0;
    if (this.accept('IGNORE')) {
      ignoreLines = this.number();
      if (!this.accept('LINES')) this.expect('ROWS');
    }
    const columns = this.isOperator('(')
      ? this.parenthesised(() => {
          const { token } = this;
          if (token.kind !== 'user') return this.name();
          this.at++;
          return { variable: token.text.toLowerCase() };
        })
      : undefined;
    const sets = this.accept('SET') ? this.list(() => this.#assignment()) : [];
    return {
      k: 'load-data',
      file,
      local,
      table,
      ignoreLines,
      ...(columns && { columns }),
      sets,
      format,
      replace,
      ignore,
    };
  }
}

/** One statement of a text. @throws MysqlError */
export function parseStatement(sql: string, dialect: Dialect): Statement {
  return new StatementParser(sql, dialect).statement();
}
