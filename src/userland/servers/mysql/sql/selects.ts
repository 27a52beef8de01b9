import type { SqlType } from '../types.ts';
import type { Expr, FileFormat, Select, SelectCore, SelectItem, TableName, TableRef } from './ast.ts';
import { ExpressionParser } from './expressions.ts';

/** Words of a type that stand for another. */
const SYNONYMS: Readonly<Record<string, string>> = {
  integer: 'int',
  int4: 'int',
  int1: 'tinyint',
  int2: 'smallint',
  int3: 'mediumint',
  int8: 'bigint',
  middleint: 'mediumint',
  dec: 'decimal',
  numeric: 'decimal',
  fixed: 'decimal',
  real: 'double',
  float8: 'double',
  float4: 'float',
  character: 'char',
  nchar: 'char',
  nvarchar: 'varchar',
  boolean: 'tinyint',
  bool: 'tinyint',
};
const TYPES = [
  'tinyint',
  'smallint',
  'mediumint',
  'int',
  'bigint',
  'decimal',
  'float',
  'double',
  'bit',
  'char',
  'varchar',
  'binary',
  'varbinary',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'tinyblob',
  'blob',
  'mediumblob',
  'longblob',
  'enum',
  'set',
  'json',
  'date',
  'datetime',
  'timestamp',
  'time',
  'year',
  'geometry',
  'point',
  'uuid',
  'inet6',
];

/** Reads SELECT with all that belongs to it, and types. */
export abstract class SelectParser extends ExpressionParser {
  protected startsSelect(): boolean {
    let at = 0;
    while (this.peek(at).text === '(' && this.peek(at).kind === 'operator') at++;
    const { kind, upper } = this.peek(at);
    return (
      kind === 'word' &&
      (upper === 'SELECT' ||
        upper === 'WITH' ||
        (upper === 'VALUES' && this.peek(at + 1).upper === 'ROW') ||
        (upper === 'TABLE' && at > 0))
    );
  }

  select(): Select {
    const select: Select = { recursive: false, ctes: [], parts: [], operators: [], order: [], lock: false };
    if (this.accept('WITH')) {
      select.recursive = this.accept('RECURSIVE');
      select.ctes = this.list(() => this.#cte());
    }
    select.parts.push(this.#part(select));
    for (;;) {
      const operator = this.acceptOne('UNION', 'EXCEPT', 'INTERSECT');
      if (!operator) break;
      const all = this.accept('ALL');
      if (!all) this.accept('DISTINCT');
      select.operators.push(all ? `${operator} ALL` : operator);
      select.parts.push(this.#part(select));
    }
    this.#tail(select);
    return select;
  }

  #cte(): Select['ctes'][number] {
    const name = this.name();
    const columns = this.isOperator('(') ? this.parenthesised(() => this.name()) : undefined;
    this.expect('AS');
    this.expectOperator('(');
    const select = this.select();
    this.expectOperator(')');
    return { name, ...(columns && { columns }), select };
  }

  #part(outer: Select): SelectCore {
    if (this.acceptOperator('(')) {
      const nested = this.select();
      this.expectOperator(')');
      const simple =
        nested.parts.length === 1 && nested.order.length === 0 && !nested.limit && nested.ctes.length === 0;
      if (simple) return nested.parts[0]!;
      const items: SelectItem[] = [{ e: { k: 'star' }, text: '*' }];
      return {
        distinct: false,
        items,
        from: { k: 'derived', select: nested, alias: 'nested' },
        group: [],
        rollup: false,
        windows: [],
        nested,
      };
    }
    if (this.accept('VALUES')) {
      const values = this.list(() => {
        this.expect('ROW');
        return this.parenthesised(() => this.expression());
      });
      return { distinct: false, items: [], group: [], rollup: false, windows: [], values };
    }
    if (this.accept('TABLE'))
      return {
        distinct: false,
        items: [{ e: { k: 'star' }, text: '*' }],
        from: { k: 'table', ...this.tableName() },
        group: [],
        rollup: false,
        windows: [],
      };
    this.expect('SELECT');
    return this.#core(outer);
  }

  #core(outer: Select): SelectCore {
    const core: SelectCore = { distinct: false, items: [], group: [], rollup: false, windows: [] };
    for (
      let word;
      (word = this.acceptOne(
        'ALL',
        'DISTINCT',
        'DISTINCTROW',
        'HIGH_PRIORITY',
        'STRAIGHT_JOIN',
        'SQL_SMALL_RESULT',
        'SQL_BIG_RESULT',
        'SQL_BUFFER_RESULT',
        'SQL_NO_CACHE',
        'SQL_CACHE',
        'SQL_CALC_FOUND_ROWS',
      ));
    )
      if (word.startsWith('DISTINCT')) core.distinct = true;
    core.items = this.list(() => this.selectItem());
    this.#into(outer);
    if (this.accept('FROM') && !this.accept('DUAL')) core.from = this.tableRefs();
    if (this.accept('WHERE')) core.where = this.expression();
    if (this.accept('GROUP', 'BY')) {
      core.group = this.list(() => {
        const e = this.expression();
        if (!this.accept('DESC')) this.accept('ASC');
        return e;
      });
      core.rollup = this.accept('WITH', 'ROLLUP');
    }
    if (this.accept('HAVING')) core.having = this.expression();
    if (this.accept('WINDOW'))
      core.windows = this.list(() => {
        const name = this.name();
        this.expect('AS');
        return [name, this.window()];
      });
    return core;
  }

  #tail(select: Select): void {
    if (this.accept('ORDER', 'BY')) select.order = this.orderList();
    if (this.accept('LIMIT')) {
      select.limit = this.#count();
      if (this.acceptOperator(',')) {
        select.offset = select.limit;
        select.limit = this.#count();
      } else if (this.accept('OFFSET')) select.offset = this.#count();
    }
    this.#into(select);
    for (;;) {
      if (this.accept('FOR')) {
        if (!this.accept('UPDATE')) this.expect('SHARE');
        if (this.accept('OF')) this.list(() => this.name());
        if (this.accept('SKIP')) this.expect('LOCKED');
        else this.accept('NOWAIT');
        select.lock = true;
      } else if (this.accept('LOCK', 'IN', 'SHARE', 'MODE')) select.lock = true;
      else break;
    }
    this.#into(select);
  }

  #count(): Expr {
    if (this.acceptOperator('?')) return { k: 'parameter', at: this.parameters++ };
    if (this.token.kind === 'user') return this.expression();
    return { k: 'literal', type: 'integer', text: String(this.number()) };
  }

  #into(select: Select): void {
    if (!this.isWord('INTO')) return;
    this.at++;
    const kind = this.acceptOne('OUTFILE', 'DUMPFILE');
    if (kind) {
      const file = this.text();
      select.into = { file, dump: kind === 'DUMPFILE', format: this.fileFormat() };
      return;
    }
    const variables = this.list(() => {
      const { token } = this;
      if (token.kind !== 'user') throw this.fail();
      this.at++;
      return token.text.toLowerCase();
    });
    select.into = { variables };
  }

  /** FIELDS … LINES … of files. */
  protected fileFormat(): FileFormat {
    const format: FileFormat = {
      fields: '\t',
      enclosed: '',
      optional: false,
      escaped: '\\',
      starting: '',
      lines: '\n',
    };
    if (this.accept('CHARACTER', 'SET')) this.nameOrText();
    if (this.acceptOne('FIELDS', 'COLUMNS'))
      for (;;) {
        if (this.accept('TERMINATED', 'BY')) format.fields = this.text();
        else if (this.accept('OPTIONALLY', 'ENCLOSED', 'BY')) [format.enclosed, format.optional] = [this.text(), true];
        else if (this.accept('ENCLOSED', 'BY')) format.enclosed = this.text();
        else if (this.accept('ESCAPED', 'BY')) format.escaped = this.text();
        else break;
      }
    if (this.accept('LINES'))
      for (;;) {
        if (this.accept('TERMINATED', 'BY')) format.lines = this.text();
        else if (this.accept('STARTING', 'BY')) format.starting = this.text();
        else break;
      }
    return format;
  }

  protected selectItem(): SelectItem {
    const start = this.token;
    const e = this.expression();
    const word = e.k === 'literal' && (e.type === 'null' || e.type === 'boolean');
    const text =
      word || (e.k === 'literal' && e.type === 'text' && start.kind === 'text') ? e.text : this.textFrom(start);
    if (this.accept('AS')) return { e, text, alias: this.token.kind === 'text' ? this.text() : this.member() };
    if (this.token.kind === 'text') return { e, text, alias: this.text() };
    if (this.isName()) return { e, text, alias: this.name() };
    return { e, text };
  }

  protected tableName(): TableName {
    const first = this.name();
    return this.acceptOperator('.') ? { db: first, name: this.member() } : { name: first };
  }

  tableRefs(): TableRef {
    let left = this.#joins();
    while (this.acceptOperator(',')) left = { k: 'join', kind: 'CROSS', left, right: this.#joins() };
    return left;
  }

  #joins(): TableRef {
    let left = this.#table();
    for (;;) {
      const natural = this.accept('NATURAL');
      const side = this.acceptOne('LEFT', 'RIGHT', 'FULL');
      if (side) this.accept('OUTER');
      const inner = !side && this.acceptOne('INNER', 'CROSS', 'STRAIGHT_JOIN');
      if (inner !== 'STRAIGHT_JOIN' && !this.accept('JOIN')) {
        if (natural || side || inner) throw this.fail();
        return left;
      }
      const right = this.#table();
      if (natural) {
        left = { k: 'join', kind: side === 'LEFT' ? 'NATURAL LEFT' : 'NATURAL', left, right };
        continue;
      }
      const on = this.accept('ON') ? this.expression() : undefined;
      const using = !on && this.accept('USING') ? this.parenthesised(() => this.name()) : undefined;
      const kind = side === 'LEFT' || side === 'RIGHT' ? side : 'INNER';
      left = { k: 'join', kind, left, right, ...(on && { on }), ...(using && { using }) };
    }
  }

  #table(): TableRef {
    this.accept('LATERAL');
    if (this.isOperator('(')) {
      if (this.startsSelect()) {
        this.expectOperator('(');
        const select = this.select();
        this.expectOperator(')');
        this.accept('AS');
        const alias = this.isName() ? this.name() : '';
        const columns = alias !== '' && this.isOperator('(') ? this.parenthesised(() => this.name()) : undefined;
        return { k: 'derived', select, alias, ...(columns && { columns }) };
      }
      this.expectOperator('(');
      const inner = this.tableRefs();
      this.expectOperator(')');
      return inner;
    }
    const name = this.tableName();
    if (this.accept('PARTITION')) this.parenthesised(() => this.name());
    const named = this.accept('AS');
    const alias = named || this.isName() ? this.#alias(named) : undefined;
    while (this.acceptOne('USE', 'FORCE', 'IGNORE')) {
      if (!this.accept('INDEX')) this.expect('KEY');
      if (this.accept('FOR')) while (this.acceptOne('JOIN', 'ORDER', 'GROUP', 'BY'));
      this.expectOperator('(');
      while (!this.acceptOperator(')')) this.at++;
    }
    return { k: 'table', ...name, ...(alias !== undefined && { alias }) };
  }

  #alias(named: boolean): string | undefined {
    // words that go on with the statement
    if (!named && this.isWord('SET', 'PARTITION', 'NATURAL', 'FULL', 'OFFSET'))
      return this.isWord('OFFSET') ? this.name() : undefined;
    return this.token.kind === 'text' ? this.text() : this.name();
  }

  protected type(): SqlType {
    let word = this.member().toLowerCase();
    if (word === 'national') word = this.member().toLowerCase();
    if (word === 'double') this.accept('PRECISION');
    if (word === 'long') {
      word = this.accept('VARBINARY') ? 'mediumblob' : 'mediumtext';
      this.accept('VARCHAR');
    }
    if (word === 'serial') return { base: 'bigint', unsigned: true };
    if (word === 'signed' || word === 'unsigned') return { base: 'bigint', unsigned: word === 'unsigned' };
    if ((word === 'char' || word === 'character') && this.accept('VARYING')) word = 'varchar';
    const boolean = word === 'bool' || word === 'boolean';
    const base = SYNONYMS[word] ?? word;
    if (!TYPES.includes(base)) {
      this.at--;
      throw this.fail();
    }
    const type: SqlType = { base };
    if (boolean) type.length = 1;
    if (base === 'enum' || base === 'set') type.values = this.parenthesised(() => this.text());
    else if (this.acceptOperator('(')) {
      const first = this.number();
      if (['datetime', 'timestamp', 'time'].includes(base)) type.scale = first;
      else type.length = first;
      if (this.acceptOperator(',')) type.scale = this.number();
      this.expectOperator(')');
    } else if (base === 'char' || base === 'binary' || base === 'bit') type.length = 1;
    if (base === 'decimal') [type.length, type.scale] = [type.length ?? 10, type.scale ?? 0];
    if (base === 'float' && type.scale === undefined && type.length !== undefined) {
      if (type.length > 24) type.base = 'double';
      delete type.length;
    }
    this.#attributes(type);
    return type;
  }

  #attributes(type: SqlType): void {
    for (;;) {
      if (this.accept('UNSIGNED')) type.unsigned = true;
      else if (this.accept('SIGNED')) type.unsigned = false;
      else if (this.accept('ZEROFILL')) [type.zerofill, type.unsigned] = [true, true];
      else if (this.accept('CHARACTER', 'SET') || this.accept('CHARSET'))
        type.charset = this.nameOrText().toLowerCase();
      else if (this.isWord('BINARY') && ['char', 'varchar', 'text'].includes(type.base)) this.at++;
      else return;
    }
  }
}
