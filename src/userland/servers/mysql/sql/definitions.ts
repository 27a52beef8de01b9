import type { AlterAction, ColumnDef, Expr, IndexPart, Place, Reference, Statement, TableItem } from './ast.ts';
import { SelectParser } from './selects.ts';

type CreateTable = Extract<Statement, { k: 'create-table' }>;

/** Reads what defines tables. */
export abstract class DefinitionParser extends SelectParser {
  /** After CREATE [TEMPORARY] TABLE. */
  protected createTable(temporary: boolean): Statement {
    const ifNotExists = this.accept('IF', 'NOT', 'EXISTS');
    const statement: CreateTable = {
      k: 'create-table',
      name: this.tableName(),
      temporary,
      ifNotExists,
      items: [],
      options: {},
    };
    if (this.accept('LIKE')) return { ...statement, like: this.tableName() };
    if (this.isOperator('(') && this.peek().upper === 'LIKE') {
      this.at += 2;
      const like = this.tableName();
      this.expectOperator(')');
      return { ...statement, like };
    }
    if (this.isOperator('(') && !this.startsSelect()) statement.items = this.parenthesised(() => this.#item());
    statement.options = this.tableOptions();
    if (this.isWord('PARTITION')) while (!this.done && !this.startsSelect()) this.at++;
    this.acceptOne('IGNORE', 'REPLACE');
    this.accept('AS');
    if (this.startsSelect()) {
      const start = this.isOperator('(');
      if (start) this.at++;
      statement.select = this.select();
      if (start) this.expectOperator(')');
    }
    return statement;
  }

  #item(): TableItem {
    const index = this.#index();
    return index ?? { k: 'column', column: this.#column() };
  }

  /** An index, a foreign key, a check; undefined: it is a column. */
  #index(): TableItem | undefined {
    const named = this.accept('CONSTRAINT');
    const name = named && this.isName() ? this.name() : undefined;
    if (this.accept('PRIMARY', 'KEY')) {
      this.#method();
      return { k: 'index', kind: 'PRIMARY', parts: this.indexParts() };
    }
    if (this.accept('FOREIGN', 'KEY')) {
      const own = this.isName() ? this.name() : undefined;
      const columns = this.parenthesised(() => this.name());
      const reference = this.#reference();
      const foreign = name ?? own;
      return { k: 'foreign', ...(foreign !== undefined && { name: foreign }), columns, reference };
    }
    if (this.isWord('CHECK')) {
      const { e, text } = this.#check();
      return { k: 'check', ...(name !== undefined && { name }), e, text };
    }
    const unique = this.acceptOne('UNIQUE', 'FULLTEXT', 'SPATIAL');
    const key = this.acceptOne('KEY', 'INDEX');
    if (!unique && !key) {
      if (named) throw this.fail();
      return undefined;
    }
    const own = this.isName() ? this.name() : name;
    this.#method();
    const parts = this.indexParts();
    const kind = (unique ?? 'INDEX') as 'INDEX';
    return { k: 'index', kind, ...(own !== undefined && { name: own }), parts };
  }

  #method(): void {
    if (this.accept('USING')) this.name();
  }

  protected indexParts(): IndexPart[] {
    const parts = this.parenthesised(() => {
      if (this.isOperator('(')) throw this.fail();
      const column = this.name();
      const length = this.isOperator('(') ? this.parenthesised(() => this.number())[0]! : undefined;
      const descending = this.accept('DESC');
      if (!descending) this.accept('ASC');
      return { column, ...(length !== undefined && { length }), descending };
    });
    for (;;) {
      if (this.accept('USING')) this.name();
      else if (this.accept('COMMENT')) this.text();
      else if (this.accept('KEY_BLOCK_SIZE')) {
        this.acceptOperator('=');
        this.number();
      } else if (this.accept('WITH', 'PARSER')) this.name();
      else if (!this.acceptOne('VISIBLE', 'INVISIBLE')) return parts;
    }
  }

  #reference(): Reference {
    this.expect('REFERENCES');
    const { db, name } = this.tableName();
    const reference: Reference = {
      ...(db !== undefined && { db }),
      table: name,
      columns: [],
      onDelete: '',
      onUpdate: '',
    };
    if (this.isOperator('(')) reference.columns = this.parenthesised(() => this.name());
    if (this.accept('MATCH')) this.member();
    while (this.accept('ON')) {
      const event = this.acceptOne('DELETE', 'UPDATE');
      let action: string | undefined;
      if (this.accept('SET', 'NULL')) action = 'SET NULL';
      else if (this.accept('SET', 'DEFAULT')) action = 'SET DEFAULT';
      else if (this.accept('NO', 'ACTION')) action = 'NO ACTION';
      else action = this.acceptOne('CASCADE', 'RESTRICT');
      if (!event || !action) throw this.fail();
      if (event === 'DELETE') reference.onDelete = action;
      else reference.onUpdate = action;
    }
    return reference;
  }

  #check(): { e: Expr; text: string } {
    this.expect('CHECK');
    this.expectOperator('(');
    const start = this.token;
    const e = this.expression();
    const text = this.textFrom(start);
    this.expectOperator(')');
    if (this.accept('NOT')) this.expect('ENFORCED');
    else this.accept('ENFORCED');
    return { e, text };
  }

  #column(name = this.name()): ColumnDef {
    const serial = this.isWord('SERIAL');
    const type = this.type();
    const column: ColumnDef = {
      name,
      type,
      notNull: serial,
      nullable: false,
      onUpdate: false,
      autoIncrement: serial,
      primary: false,
      unique: serial,
      comment: '',
      invisible: false,
    };
    while (this.#attribute(column));
    return column;
  }

  #attribute(column: ColumnDef): boolean {
    if (this.accept('NOT', 'NULL')) column.notNull = true;
    else if (this.accept('NULL')) column.nullable = true;
    else if (this.accept('DEFAULT')) column.default = this.#default();
    else if (this.accept('ON', 'UPDATE')) {
      this.expression();
      column.onUpdate = true;
    } else if (this.accept('AUTO_INCREMENT')) column.autoIncrement = true;
    else if (this.accept('UNIQUE')) {
      this.accept('KEY');
      column.unique = true;
    } else if (this.accept('PRIMARY', 'KEY') || this.accept('KEY')) column.primary = true;
    else if (this.accept('COMMENT')) column.comment = this.text();
    else if (this.accept('COLLATE')) column.collation = this.nameOrText().toLowerCase();
    else if (this.accept('CHARACTER', 'SET') || this.accept('CHARSET'))
      column.type.charset = this.nameOrText().toLowerCase();
    else if (this.isWord('REFERENCES')) column.references = this.#reference();
    else if (this.accept('INVISIBLE')) column.invisible = true;
    else if (this.accept('VISIBLE') || this.accept('VIRTUAL')) return true;
    else if (this.accept('STORED') || this.accept('PERSISTENT')) {
      if (column.generated) column.generated.stored = true;
    } else if (this.isWord('GENERATED', 'AS')) this.#generated(column);
    else if (this.isWord('CONSTRAINT', 'CHECK')) {
      const name = this.accept('CONSTRAINT') && this.isName() ? this.name() : undefined;
      column.check = { ...(name !== undefined && { name }), ...this.#check() };
    } else return false;
    return true;
  }

  #default(): Expr {
    if (this.acceptOperator('(')) {
      const e = this.expression();
      this.expectOperator(')');
      return e;
    }
    return this.expression();
  }

  #generated(column: ColumnDef): void {
    if (this.accept('GENERATED')) this.expect('ALWAYS');
    this.expect('AS');
    this.expectOperator('(');
    const start = this.token;
    const e = this.expression();
    column.generated = { e, stored: false, text: this.textFrom(start) };
    this.expectOperator(')');
  }

  /** ENGINE=…, AUTO_INCREMENT=…, by their names in upper case. */
  protected tableOptions(): Record<string, string> {
    const options: Record<string, string> = {};
    for (;;) {
      this.acceptOperator(',');
      this.accept('DEFAULT');
      let name: string;
      if (this.accept('CHARACTER', 'SET')) name = 'CHARSET';
      else if (
        this.isWord(
          'ENGINE',
          'TYPE',
          'AUTO_INCREMENT',
          'CHARSET',
          'COLLATE',
          'COMMENT',
          'ROW_FORMAT',
          'KEY_BLOCK_SIZE',
          'MAX_ROWS',
          'MIN_ROWS',
          'CHECKSUM',
          'PACK_KEYS',
          'AVG_ROW_LENGTH',
          'STATS_PERSISTENT',
          'STATS_AUTO_RECALC',
          'DELAY_KEY_WRITE',
          'ENCRYPTION',
          'COMPRESSION',
          'TABLESPACE',
          'INSERT_METHOD',
          'UNION',
          'CONNECTION',
          'PAGE_CHECKSUM',
          'TRANSACTIONAL',
        )
      )
        name = this.member().toUpperCase();
      else return options;
      this.acceptOperator('=');
      const { token } = this;
      if (token.kind === 'operator' || token.kind === 'end') throw this.fail();
      this.at++;
      options[name] = token.text;
    }
  }

  /** After ALTER TABLE. */
  protected alterTable(): Statement {
    const name = this.tableName();
    const actions: AlterAction[] = [];
    if (!this.done)
      do {
        actions.push(...this.#action());
      } while (this.acceptOperator(','));
    return { k: 'alter-table', name, actions };
  }

  #action(): AlterAction[] {
    if (this.accept('ADD')) return this.#add();
    if (this.accept('DROP')) return [this.#drop()];
    if (this.accept('MODIFY')) {
      this.accept('COLUMN');
      const column = this.#column();
      return [{ k: 'modify', old: column.name, column, ...this.#place() }];
    }
    if (this.accept('CHANGE')) {
      this.accept('COLUMN');
      const old = this.name();
      return [{ k: 'modify', old, column: this.#column(), ...this.#place() }];
    }
    if (this.accept('RENAME')) {
      if (this.accept('COLUMN')) return [{ k: 'rename-column', ...this.#fromTo() }];
      if (this.accept('INDEX') || this.accept('KEY')) return [{ k: 'rename-index', ...this.#fromTo() }];
      if (!this.accept('TO')) {
        this.accept('AS');
        this.acceptOperator('=');
      }
      return [{ k: 'rename', to: this.tableName() }];
    }
    if (this.accept('ALTER')) {
      this.accept('COLUMN');
      const column = this.name();
      if (this.accept('SET', 'DEFAULT')) return [{ k: 'default', column, value: this.#default() }];
      this.expect('DROP', 'DEFAULT');
      return [{ k: 'default', column }];
    }
    if (this.accept('CONVERT', 'TO')) return [{ k: 'options', options: this.tableOptions() }];
    if (this.accept('DISABLE', 'KEYS') || this.accept('ENABLE', 'KEYS')) return [];
    if (this.acceptOne('ALGORITHM', 'LOCK')) {
      this.acceptOperator('=');
      this.member();
      return [];
    }
    if (this.accept('FORCE')) return [];
    const options = this.tableOptions();
    if (Object.keys(options).length === 0) throw this.fail();
    return [{ k: 'options', options }];
  }

  #fromTo(): { from: string; to: string } {
    const from = this.name();
    this.expect('TO');
    return { from, to: this.name() };
  }

  #add(): AlterAction[] {
    const index = this.#index();
    if (index) return [{ k: 'add', item: index }];
    this.accept('COLUMN');
    this.accept('IF', 'NOT', 'EXISTS');
    if (this.isOperator('(')) return this.parenthesised(() => ({ k: 'add', item: this.#item() }) as const);
    return [{ k: 'add', item: { k: 'column', column: this.#column() }, ...this.#place() }];
  }

  #drop(): AlterAction {
    if (this.accept('PRIMARY', 'KEY')) return { k: 'drop', what: 'primary', name: 'PRIMARY', ifExists: false };
    if (this.accept('FOREIGN', 'KEY')) return { k: 'drop', what: 'foreign', name: this.name(), ifExists: false };
    if (this.accept('INDEX') || this.accept('KEY'))
      return { k: 'drop', what: 'index', name: this.name(), ifExists: false };
    if (this.accept('CHECK') || this.accept('CONSTRAINT'))
      return { k: 'drop', what: 'check', name: this.name(), ifExists: false };
    this.accept('COLUMN');
    const ifExists = this.accept('IF', 'EXISTS');
    return { k: 'drop', what: 'column', name: this.name(), ifExists };
  }

  #place(): { place?: Place } {
    if (this.accept('FIRST')) return { place: 'FIRST' };
    return this.accept('AFTER') ? { place: { after: this.name() } } : {};
  }
}
