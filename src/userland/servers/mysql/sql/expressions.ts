import type { SqlType } from '../types.ts';
import type { Expr, OrderItem, Select, Window } from './ast.ts';
import { Cursor } from './cursor.ts';
import { BARE, CALLED, COMPARE, UNITS } from './words.ts';

/** Reads expressions. */
export abstract class ExpressionParser extends Cursor {
  /** Parameters of a prepared statement until now. */
  parameters = 0;
  /** Variables that expressions set. */
  readonly assigned: Set<string> = new Set();
  abstract select(): Select;
  protected abstract startsSelect(): boolean;
  protected abstract type(): SqlType;

  expression(): Expr {
    let left = this.#xor();
    while (this.accept('OR') || this.acceptOperator('||')) left = { k: 'binary', op: 'OR', left, right: this.#xor() };
    return left;
  }

  #xor(): Expr {
    let left = this.#and();
    while (this.accept('XOR')) left = { k: 'binary', op: 'XOR', left, right: this.#and() };
    return left;
  }

  #and(): Expr {
    let left = this.#not();
    while (this.accept('AND') || this.acceptOperator('&&')) left = { k: 'binary', op: 'AND', left, right: this.#not() };
    return left;
  }

  #not(): Expr {
    return this.accept('NOT') ? { k: 'unary', op: 'NOT', e: this.#not() } : this.#comparison();
  }

  #comparison(): Expr {
    let left = this.#bits();
    for (;;) {
      const { token } = this;
      if (token.kind === 'operator' && COMPARE.includes(token.text)) {
        this.at++;
        const compare = this.acceptOne('ANY', 'SOME', 'ALL');
        if (compare) {
          this.expectOperator('(');
          const select = this.select();
          this.expectOperator(')');
          left = {
            k: 'binary',
            op: token.text,
            left,
            right: { k: 'subquery', select, compare: compare === 'ALL' ? 'ALL' : 'ANY' },
          };
        } else left = { k: 'binary', op: token.text, left, right: this.#bits() };
        continue;
      }
      if (this.accept('IS')) {
        const not = this.accept('NOT');
        const what = this.acceptOne('NULL', 'TRUE', 'FALSE', 'UNKNOWN');
        if (!what) throw this.fail();
        left = { k: 'is', e: left, not, what: what as 'NULL' };
        continue;
      }
      const not = this.isWord('NOT') && ['IN', 'LIKE', 'BETWEEN', 'REGEXP', 'RLIKE'].includes(this.peek().upper);
      if (not) this.at++;
      const next = this.#predicate(left, not);
      if (!next) return left;
      left = next;
    }
  }

  #predicate(e: Expr, not: boolean): Expr | undefined {
    if (this.accept('IN')) {
      this.expectOperator('(');
      if (this.startsSelect()) {
        const select = this.select();
        this.expectOperator(')');
        return { k: 'in', e, not, select };
      }
      const list = this.list(() => this.expression());
      this.expectOperator(')');
      return { k: 'in', e, not, list };
    }
    if (this.accept('BETWEEN')) {
      const low = this.#bits();
      this.expect('AND');
      return { k: 'between', e, not, low, high: this.#bits() };
    }
    if (this.accept('LIKE')) {
      const pattern = this.#bits();
      return this.accept('ESCAPE')
        ? { k: 'like', e, not, pattern, escape: this.#bits() }
        : { k: 'like', e, not, pattern };
    }
    if (this.accept('REGEXP') || this.accept('RLIKE')) return { k: 'regexp', e, not, pattern: this.#bits() };
    if (this.accept('SOUNDS', 'LIKE'))
      return {
        k: 'binary',
        op: '=',
        left: { k: 'call', name: 'SOUNDEX', args: [e] },
        right: { k: 'call', name: 'SOUNDEX', args: [this.#bits()] },
      };
    return undefined;
  }

  #operators(ops: readonly string[], next: () => Expr): Expr {
    let left = next();
    while (this.token.kind === 'operator' && ops.includes(this.token.text)) {
      const op = this.token.text;
      this.at++;
      left = { k: 'binary', op, left, right: next() };
    }
    return left;
  }

  #bits(): Expr {
    return this.#operators(['|'], () => this.#operators(['&'], () => this.#operators(['<<', '>>'], () => this.#sum())));
  }

  #sum(): Expr {
    let left = this.#product();
    while (this.isOperator('+') || this.isOperator('-')) {
      const op = this.token.text;
      this.at++;
      if (this.isWord('INTERVAL') && !(this.peek().text === '(' && this.#isFunctionInterval())) {
        const interval = this.#interval();
        left = { k: 'call', name: op === '+' ? 'DATE_ADD' : 'DATE_SUB', args: [left, interval] };
      } else left = { k: 'binary', op, left, right: this.#product() };
    }
    return left;
  }

  /** INTERVAL(a, b) is a function; INTERVAL (a) DAY is none. */
  #isFunctionInterval(): boolean {
    let depth = 0;
    for (let i = this.at + 1; i < this.tokens.length; i++) {
      const { text, kind } = this.tokens[i]!;
      if (kind !== 'operator') continue;
      if (text === '(') depth++;
      if (text === ')' && --depth === 0) return !UNITS.includes(this.tokens[i + 1]!.upper);
    }
    return false;
  }

  #interval(): Expr {
    this.expect('INTERVAL');
    const e = this.expression();
    const unit = this.acceptOne(...UNITS);
    if (!unit) throw this.fail();
    return { k: 'interval', e, unit };
  }

  #product(): Expr {
    let left = this.#power();
    for (;;) {
      let op: string | undefined;
      if (this.isOperator('*') || this.isOperator('/') || this.isOperator('%')) op = this.token.text;
      else if (this.isWord('DIV')) op = 'DIV';
      else if (this.isWord('MOD')) op = '%';
      if (op === undefined) return left;
      this.at++;
      left = { k: 'binary', op, left, right: this.#power() };
    }
  }

  #power(): Expr {
    return this.#operators(['^'], () => this.#unary());
  }

  #unary(): Expr {
    for (const op of ['-', '+', '~', '!'] as const)
      if (this.acceptOperator(op)) return { k: 'unary', op, e: this.#unary() };
    if (this.isWord('BINARY') && !this.#isTypeBinary()) {
      this.at++;
      return { k: 'unary', op: 'BINARY', e: this.#unary() };
    }
    let e = this.#primary();
    for (;;) {
      if (this.accept('COLLATE')) e = { k: 'collate', e, collation: this.nameOrText() };
      else if (this.isOperator('->') || this.isOperator('->>')) {
        const unquote = this.token.text === '->>';
        this.at++;
        const path: Expr = { k: 'literal', type: 'text', text: this.text() };
        e = { k: 'call', name: 'JSON_EXTRACT', args: [e, path] };
        if (unquote) e = { k: 'call', name: 'JSON_UNQUOTE', args: [e] };
      } else return e;
    }
  }

  #isTypeBinary(): boolean {
    return this.peek().text === ')' || this.peek().text === ',';
  }

  #primary(): Expr {
    const { token } = this;
    switch (token.kind) {
      case 'number':
        this.at++;
        return {
          k: 'literal',
          type: /[eE]/.test(token.text) ? 'double' : token.text.includes('.') ? 'decimal' : 'integer',
          text: token.text,
        };
      case 'text':
        return this.#texts();
      case 'hex':
      case 'bits':
        this.at++;
        return { k: 'literal', type: token.kind, text: token.text };
      case 'user':
        this.at++;
        if (this.acceptOperator(':=')) {
          this.assigned.add(token.text.toLowerCase());
          return { k: 'assign', name: token.text.toLowerCase(), e: this.expression() };
        }
        return { k: 'user', name: token.text.toLowerCase() };
      case 'system':
        this.at++;
        return { k: 'system', name: token.text };
      case 'operator':
        return this.#bracketed();
      case 'word':
        return this.#word();
      case 'name':
        return this.#column();
      default:
        throw this.fail();
    }
  }

  /** Texts that stand side by side are one. */
  #texts(): Expr {
    let text = '';
    while (this.token.kind === 'text') text += this.text();
    return { k: 'literal', type: 'text', text };
  }

  #bracketed(): Expr {
    if (this.acceptOperator('?')) return { k: 'parameter', at: this.parameters++ };
    if (this.isOperator('*')) {
      this.at++;
      return { k: 'star' };
    }
    this.expectOperator('(');
    if (this.startsSelect()) {
      const select = this.select();
      this.expectOperator(')');
      return { k: 'subquery', select };
    }
    const items = this.list(() => this.expression());
    this.expectOperator(')');
    return items.length === 1 ? items[0]! : { k: 'row', items };
  }

  #word(): Expr {
    const { token } = this;
    const next = this.peek();
    const called = next.kind === 'operator' && next.text === '(';
    switch (token.upper) {
      case 'NULL':
        this.at++;
        return { k: 'literal', type: 'null', text: 'NULL' };
      case 'TRUE':
      case 'FALSE':
        this.at++;
        return { k: 'literal', type: 'boolean', text: token.upper };
      case 'DEFAULT':
        this.at++;
        if (!this.acceptOperator('(')) return { k: 'default' };
        return this.#closed({ k: 'default', name: this.name() });
      case 'CASE':
        return this.#case();
      case 'EXISTS': {
        this.at++;
        this.expectOperator('(');
        const select = this.select();
        return this.#closed({ k: 'exists', select });
      }
      case 'CAST':
        this.at++;
        return this.#cast();
      case 'CONVERT':
        this.at++;
        return this.#convert();
      case 'MATCH':
        return this.#match();
      case 'ROW':
        if (!called) break;
        this.at++;
        return { k: 'row', items: this.parenthesised(() => this.expression()) };
      case 'INTERVAL':
        return called && this.#isFunctionInterval() ? this.#call() : this.#interval();
      case 'DATE':
      case 'TIME':
      case 'TIMESTAMP':
        if (next.kind !== 'text') break;
        this.at += 2;
        return { k: 'literal', type: token.upper.toLowerCase() as 'date', text: next.text };
      case 'BINARY':
        this.at++;
        return { k: 'unary', op: 'BINARY', e: this.#unary() };
    }
    // _utf8mb4'text'
    if (/^_\w+/.test(token.text) && (next.kind === 'text' || next.kind === 'hex')) {
      this.at++;
      return this.#primary();
    }
    if (BARE.includes(token.upper) && !called) {
      this.at++;
      return { k: 'call', name: token.upper, args: [] };
    }
    if (BARE.includes(token.upper)) return this.#call();
    if (called && (this.isName() || CALLED.includes(token.upper))) return this.#call();
    if (this.isName()) return this.#column();
    throw this.fail();
  }

  #closed(e: Expr): Expr {
    this.expectOperator(')');
    return e;
  }

  #column(): Expr {
    const first = this.name();
    if (!this.acceptOperator('.')) return { k: 'column', name: first };
    if (this.acceptOperator('*')) return { k: 'star', table: first };
    const second = this.member();
    if (!this.acceptOperator('.')) {
      // db.function()
      if (this.isOperator('(')) throw this.fail();
      return { k: 'column', table: first, name: second };
    }
    if (this.acceptOperator('*')) return { k: 'star', db: first, table: second };
    return { k: 'column', db: first, table: second, name: this.member() };
  }

  #case(): Expr {
    this.expect('CASE');
    const base = this.isWord('WHEN') ? undefined : this.expression();
    const whens: [Expr, Expr][] = [];
    while (this.accept('WHEN')) {
      const when = this.expression();
      this.expect('THEN');
      whens.push([when, this.expression()]);
    }
    const otherwise = this.accept('ELSE') ? this.expression() : undefined;
    this.expect('END');
    return { k: 'case', ...(base && { base }), whens, ...(otherwise && { otherwise }) };
  }

  #cast(): Expr {
    this.expectOperator('(');
    const e = this.expression();
    this.expect('AS');
    const type = this.castType();
    return this.#closed({ k: 'cast', e, type });
  }

  #convert(): Expr {
    this.expectOperator('(');
    const e = this.expression();
    if (this.accept('USING')) {
      this.nameOrText();
      return this.#closed({ k: 'cast', e, type: { base: 'varchar' } });
    }
    this.expectOperator(',');
    return this.#closed({ k: 'cast', e, type: this.castType() });
  }

  protected castType(): SqlType {
    const sign = this.acceptOne('SIGNED', 'UNSIGNED');
    if (sign) {
      if (!this.accept('INTEGER')) this.accept('INT');
      return { base: 'bigint', length: 20, unsigned: sign === 'UNSIGNED' };
    }
    const type = this.type();
    return type.base === 'char' ? { ...type, base: 'varchar' } : type;
  }

  #match(): Expr {
    this.expect('MATCH');
    const columns = this.isOperator('(')
      ? this.parenthesised(() => this.expression())
      : this.list(() => this.#column());
    this.expect('AGAINST');
    this.expectOperator('(');
    const against = this.#bits();
    let mode = '';
    while (this.token.kind === 'word') mode += `${this.member().toUpperCase()} `;
    return this.#closed({ k: 'match', columns, against, mode: mode.trim() });
  }

  #call(): Expr {
    const name = this.member().toUpperCase();
    this.expectOperator('(');
    const call: Extract<Expr, { k: 'call' }> = { k: 'call', name, args: [] };
    if (name === 'TRIM') return this.#trim();
    if (name === 'EXTRACT') {
      const unit = this.acceptOne(...UNITS);
      if (!unit) throw this.fail();
      this.expect('FROM');
      return this.#closed({ k: 'call', name, args: [this.expression()], keyword: unit });
    }
    if (name === 'TIMESTAMPDIFF' || name === 'TIMESTAMPADD') {
      const unit = this.acceptOne(...UNITS, ...UNITS.map((u) => `SQL_TSI_${u}`));
      if (!unit) throw this.fail();
      call.keyword = unit.replace('SQL_TSI_', '');
      this.expectOperator(',');
    }
    if (name === 'POSITION') {
      const part = this.#bits();
      this.expect('IN');
      return this.#closed({ k: 'call', name: 'LOCATE', args: [part, this.expression()] });
    }
    if (name === 'GET_FORMAT') {
      call.keyword = this.member().toUpperCase();
      this.expectOperator(',');
    }
    if (this.accept('DISTINCT')) call.distinct = true;
    if (this.acceptOperator('*')) call.star = true;
    else if (!this.isOperator(')')) call.args = this.#arguments(name);
    if (this.accept('ORDER', 'BY')) call.order = this.orderList();
    if (this.accept('SEPARATOR')) call.separator = this.text();
    this.expectOperator(')');
    if (this.accept('OVER')) call.over = this.isOperator('(') ? this.window() : this.name();
    return call;
  }

  #arguments(name: string): Expr[] {
    const args = [this.expression()];
    // SUBSTRING(text FROM at FOR length)
    if ((name === 'SUBSTRING' || name === 'SUBSTR' || name === 'MID') && this.accept('FROM')) {
      args.push(this.expression());
      if (this.accept('FOR')) args.push(this.expression());
      return args;
    }
    if ((name === 'CHAR' || name === 'WEIGHT_STRING') && this.accept('USING')) {
      this.nameOrText();
      return args;
    }
    while (this.acceptOperator(',')) {
      args.push(this.expression());
      if (name === 'CHAR' && this.accept('USING')) this.nameOrText();
    }
    return args;
  }

  #trim(): Expr {
    const keyword = this.acceptOne('BOTH', 'LEADING', 'TRAILING');
    const args: Expr[] = [];
    if (!this.isWord('FROM')) args.push(this.expression());
    if (this.accept('FROM')) args.push(this.expression());
    return this.#closed({ k: 'call', name: 'TRIM', args, ...(keyword && { keyword }) });
  }

  protected orderList(): OrderItem[] {
    return this.list(() => {
      const e = this.expression();
      const descending = this.accept('DESC');
      if (!descending) this.accept('ASC');
      return { e, descending };
    });
  }

  protected window(): Window {
    this.expectOperator('(');
    const window: Window = { partition: [], order: [] };
    if (this.isName() && !this.isWord('PARTITION', 'ROWS', 'RANGE')) window.base = this.name();
    if (this.accept('PARTITION', 'BY')) window.partition = this.list(() => this.expression());
    if (this.accept('ORDER', 'BY')) window.order = this.orderList();
    if (this.isWord('ROWS', 'RANGE')) {
      const start = this.token;
      while (!this.isOperator(')') && !this.done) this.at++;
      window.frame = this.textFrom(start);
    }
    this.expectOperator(')');
    return window;
  }
}
