import {
  type AwkProgram,
  AwkSyntaxError,
  type Expr,
  type Func,
  type LValue,
  type Name,
  type Redirect,
  type Rule,
  type Stmt,
} from './ast.ts';
import { Lexer, type Token } from './lex.ts';

/** @returns the program, or where it is wrong */
export function parseAwk(text: string, functions: 'posix' | 'busybox' | 'gawk'): AwkProgram | AwkSyntaxError {
  try {
    return new Parser(new Lexer(text, functions)).program();
  } catch (error) {
    if (error instanceof AwkSyntaxError) return error;
    throw error;
  }
}

class Parser {
  private token: Token;
  private readonly ahead: Token[] = [];
  private params: string[] = [];
  /** In the expressions of print, `>` writes to a file; in for's head, `in` is no operator. */
  private noGreater = false;
  private noIn = false;

  constructor(private readonly lexer: Lexer) {
    this.token = lexer.next();
  }

  private advance(): Token {
    const t = this.token;
    this.token = this.ahead.shift() ?? this.lexer.next();
    return t;
  }

  private peek(n: number): Token {
    while (this.ahead.length < n) this.ahead.push(this.lexer.next());
    return this.ahead[n - 1]!;
  }

  private fail(): never {
    const t = this.token;
    throw new AwkSyntaxError(t.line, t.kind === 'end' ? undefined : t.kind === 'newline' ? 'end of line' : t.text);
  }

  private is(text: string): boolean {
    return (this.token.kind === 'op' || this.token.kind === 'word') && this.token.text === text;
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  private newlines(): void {
    while (this.token.kind === 'newline') this.advance();
  }

  private separators(): void {
    while (this.token.kind === 'newline' || this.is(';')) this.advance();
  }

  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, Func>();
    this.separators();
    while (this.token.kind !== 'end') {
      if (this.accept('function')) {
        const f = this.func();
        functions.set(f.name, f);
      } else rules.push(this.rule());
      this.separators();
    }
    return { rules, functions };
  }

  private func(): Func {
    const name = this.advance();
    if (name.kind !== 'func' && name.kind !== 'name') this.fail();
    this.expect('(');
    const params: string[] = [];
    while (!this.is(')')) {
      this.newlines();
      if (this.token.kind !== 'name') this.fail();
      params.push(this.advance().text);
      this.newlines();
      if (!this.accept(',')) break;
    }
    this.expect(')');
    this.newlines();
    this.params = params;
    const body = this.block();
    this.params = [];
    return { name: name.text, params, body };
  }

  private rule(): Rule {
    if (this.is('BEGIN') || this.is('END')) {
      const kind = this.advance().text as 'BEGIN';
      if (!this.is('{')) this.fail();
      return { kind, pattern: undefined, to: undefined, action: this.block() };
    }
    if (this.is('{')) return { kind: 'always', pattern: undefined, to: undefined, action: this.block() };
    const pattern = this.expr();
    let to: Expr | undefined;
    if (this.accept(',')) {
      this.newlines();
      to = this.expr();
    }
    const action = this.is('{') ? this.block() : undefined;
    return { kind: to ? 'range' : 'pattern', pattern, to, action };
  }

  private block(): Stmt {
    this.expect('{');
    const list: Stmt[] = [];
    this.separators();
    while (!this.is('}')) {
      if (this.token.kind === 'end')
        throw new AwkSyntaxError(this.token.line + 1, undefined, 'missing } near end of file');
      list.push(this.statement());
      this.separators();
    }
    this.expect('}');
    return { t: 'block', list };
  }

  /** The end of a simple statement. */
  private end(): void {
    if (this.is('}') || this.token.kind === 'end') return;
    if (this.token.kind === 'newline' || this.is(';')) this.advance();
    else this.fail();
  }

  private body(): Stmt {
    this.newlines();
    if (this.accept(';')) return { t: 'block', list: [] };
    return this.statement();
  }

  private statement(): Stmt {
    if (this.is('{')) return this.block();
    const { kind, text } = this.token;
    if (kind === 'word')
      switch (text) {
        case 'if': {
          this.advance();
          this.expect('(');
          const c = this.expr();
          this.expect(')');
          const then = this.body();
          // `;` and newlines may stand before else
          let skip = 0;
          const look = (n: number): Token => (n === 0 ? this.token : this.peek(n));
          while (look(skip).kind === 'newline' || (look(skip).kind === 'op' && look(skip).text === ';')) skip++;
          if (look(skip).kind === 'word' && look(skip).text === 'else') {
            for (let i = 0; i <= skip; i++) this.advance();
            return { t: 'if', c, then, else: this.body() };
          }
          return { t: 'if', c, then, else: undefined };
        }
        case 'while': {
          this.advance();
          this.expect('(');
          const c = this.expr();
          this.expect(')');
          if (this.accept(';')) return { t: 'while', c, body: { t: 'block', list: [] } };
          return { t: 'while', c, body: this.body() };
        }
        case 'do': {
          this.advance();
          const body = this.body();
          this.separators();
          this.expect('while');
          this.expect('(');
          const c = this.expr();
          this.expect(')');
          this.end();
          return { t: 'do', c, body };
        }
        case 'for':
          return this.forLoop();
        default:
          break;
      }
    const statement = this.simple();
    this.end();
    return statement;
  }

  private forLoop(): Stmt {
    this.advance();
    this.expect('(');
    if (
      this.token.kind === 'name' &&
      this.peek(1).text === 'in' &&
      this.peek(2).kind === 'name' &&
      this.peek(3).text === ')'
    ) {
      const v = this.nameOf(this.advance().text);
      this.advance();
      const ref = this.nameOf(this.advance().text);
      this.expect(')');
      return { t: 'forin', v, ref, body: this.body() };
    }
    const init = this.is(';') ? undefined : this.simple();
    this.expect(';');
    this.newlines();
    const c = this.is(';') ? undefined : this.expr();
    this.expect(';');
    this.newlines();
    const step = this.is(')') ? undefined : this.simple();
    this.expect(')');
    if (this.accept(';')) return { t: 'for', init, c, step, body: { t: 'block', list: [] } };
    return { t: 'for', init, c, step, body: this.body() };
  }

  private simple(): Stmt {
    const { kind, text } = this.token;
    if (kind === 'word')
      switch (text) {
        case 'print':
        case 'printf':
          return this.print();
        case 'next':
        case 'nextfile':
        case 'break':
        case 'continue':
          this.advance();
          return { t: text };
        case 'exit':
        case 'return':
          this.advance();
          return { t: text, e: this.atEnd() ? undefined : this.expr() };
        case 'delete': {
          this.advance();
          const ref = this.nameOf(this.advance().text);
          if (!this.accept('[')) return { t: 'delete', ref, subs: undefined };
          const subs = this.list(']');
          this.expect(']');
          return { t: 'delete', ref, subs };
        }
        default:
          break;
      }
    return { t: 'expr', e: this.expr() };
  }

  private atEnd(): boolean {
    return this.token.kind === 'newline' || this.token.kind === 'end' || this.is(';') || this.is('}');
  }

  private print(): Stmt {
    const t = this.advance().text as 'print';
    const outer = this.noGreater;
    this.noGreater = true;
    let args: Expr[] = [];
    if (!this.atEnd() && !this.is('>') && !this.is('>>') && !this.is('|')) {
      args = [this.expr()];
      while (this.accept(',')) {
        this.newlines();
        args.push(this.expr());
      }
      // print (a, b) > "file": the list is in parentheses
      const only = args[0]!;
      if (args.length === 1 && only.t === 'group' && only.list.length > 1) args = only.list;
    }
    let redirect: Redirect | undefined;
    if (this.is('>') || this.is('>>') || this.is('|')) {
      const mode = this.advance().text as '>';
      redirect = { mode, to: this.concat() };
    }
    this.noGreater = outer;
    return { t, args, redirect };
  }

  private list(close: string): Expr[] {
    const out: Expr[] = [];
    const [greater, noIn] = [this.noGreater, this.noIn];
    this.noGreater = false;
    this.noIn = false;
    this.newlines();
    while (!this.is(close)) {
      out.push(this.expr());
      this.newlines();
      if (!this.accept(',')) break;
      this.newlines();
    }
    this.noGreater = greater;
    this.noIn = noIn;
    return out;
  }

  private nameOf(name: string): Name {
    return { name, local: this.params.indexOf(name) };
  }

  // ---- expressions, from the loosest

  private expr(): Expr {
    const left = this.ternary();
    const op = this.token.text;
    if (this.token.kind === 'op' && /^(?:=|\+=|-=|\*=|\/=|%=|\^=)$/.test(op)) {
      if (left.t !== 'var' && left.t !== 'index' && left.t !== 'field') {
        // `a && b = c`, `! x = y`: the assignment binds to the last operand
        if ((left.t === 'and' || left.t === 'or' || left.t === 'cmp' || left.t === 'match') && isLValue(left.r)) {
          this.advance();
          this.newlines();
          return { ...left, r: { t: 'assign', op, lv: left.r, e: this.expr() } };
        }
        if (left.t === 'unary' && isLValue(left.e)) {
          this.advance();
          return { ...left, e: { t: 'assign', op, lv: left.e, e: this.expr() } };
        }
        this.fail();
      }
      this.advance();
      this.newlines();
      return { t: 'assign', op, lv: left, e: this.expr() };
    }
    return left;
  }

  private ternary(): Expr {
    const c = this.or();
    if (!this.is('?')) return c;
    this.advance();
    this.newlines();
    const a = this.expr();
    this.newlines();
    this.expect(':');
    this.newlines();
    return { t: 'cond', c, a, b: this.expr() };
  }

  private or(): Expr {
    let l = this.and();
    while (this.accept('||')) {
      this.newlines();
      l = { t: 'or', l, r: this.and() };
    }
    return l;
  }

  private and(): Expr {
    let l = this.membership();
    while (this.accept('&&')) {
      this.newlines();
      l = { t: 'and', l, r: this.membership() };
    }
    return l;
  }

  private membership(): Expr {
    let l = this.match();
    while (this.is('in') && !this.noIn) {
      this.advance();
      const subs: Expr[] = l.t === 'group' ? l.list : [l];
      if (this.token.kind !== 'name') this.fail();
      l = { t: 'in', ref: this.nameOf(this.advance().text), subs };
    }
    return l;
  }

  private match(): Expr {
    let l = this.comparison();
    while (this.is('~') || this.is('!~')) {
      const not = this.advance().text === '!~';
      l = { t: 'match', not, l, r: this.comparison() };
    }
    return l;
  }

  private comparison(): Expr {
    let l = this.concat();
    for (;;) {
      const op = this.token.text;
      if (this.token.kind !== 'op') return l;
      if (/^(?:<|<=|==|!=|>=)$/.test(op) || (op === '>' && !this.noGreater)) {
        this.advance();
        l = { t: 'cmp', op, l, r: this.concat() };
      } else if (op === '|' && this.peek(1).text === 'getline') {
        this.advance();
        this.advance();
        l = { t: 'getline', from: 'command', lv: this.optionalLValue(), source: l };
      } else return l;
    }
  }

  private concat(): Expr {
    let l = this.additive();
    while (this.startsOperand()) l = { t: 'cat', l, r: this.additive() };
    return l;
  }

  private startsOperand(): boolean {
    const { kind, text } = this.token;
    if (
      kind === 'num' ||
      kind === 'str' ||
      kind === 'regex' ||
      kind === 'name' ||
      kind === 'func' ||
      kind === 'builtin'
    )
      return true;
    if (kind === 'word') return false;
    return (
      kind === 'op' &&
      (text === '$' || text === '!' || text === '(' || text === '-' || text === '+' || text === '++' || text === '--')
    );
  }

  private additive(): Expr {
    let l = this.multiplicative();
    while (this.is('+') || this.is('-')) {
      const op = this.advance().text;
      l = { t: 'bin', op, l, r: this.multiplicative() };
    }
    return l;
  }

  private multiplicative(): Expr {
    let l = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const op = this.advance().text;
      l = { t: 'bin', op, l, r: this.unary() };
    }
    return l;
  }

  private unary(): Expr {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const op = this.advance().text as '!';
      return { t: 'unary', op, e: this.unary() };
    }
    return this.power();
  }

  private power(): Expr {
    const l = this.postfix();
    if (!this.accept('^')) return l;
    // right associative; the exponent may have a sign
    const r = this.is('-') || this.is('+') || this.is('!') ? this.signedPower() : this.power();
    return { t: 'bin', op: '^', l, r };
  }

  private signedPower(): Expr {
    const op = this.advance().text as '-';
    return { t: 'unary', op, e: this.power() };
  }

  private postfix(): Expr {
    const e = this.primary();
    if ((this.is('++') || this.is('--')) && isLValue(e)) {
      const by = this.advance().text === '++' ? 1 : -1;
      return { t: 'step', lv: e, by, before: false };
    }
    return e;
  }

  private optionalLValue(): LValue | undefined {
    if (this.token.kind !== 'name' && !this.is('$')) return undefined;
    const e = this.primary();
    return isLValue(e) ? e : undefined;
  }

  private primary(): Expr {
    const { kind, text, value, line } = this.token;
    switch (kind) {
      case 'num':
        this.advance();
        return { t: 'num', v: value };
      case 'str':
        this.advance();
        return { t: 'str', v: text };
      case 'regex':
        this.advance();
        return { t: 'regex', source: text };
      case 'name': {
        this.advance();
        const ref = this.nameOf(text);
        if (!this.accept('[')) return { t: 'var', ref };
        const subs = this.list(']');
        this.expect(']');
        return { t: 'index', ref, subs };
      }
      case 'func': {
        this.advance();
        this.expect('(');
        const args = this.list(')');
        this.expect(')');
        return { t: 'call', name: text, args, line };
      }
      case 'builtin': {
        this.advance();
        if (!this.accept('(')) {
          if (text !== 'length') this.fail();
          return { t: 'builtin', name: text, args: [] };
        }
        const args = this.list(')');
        this.expect(')');
        return { t: 'builtin', name: text, args };
      }
      case 'word':
        if (text !== 'getline') this.fail();
        return this.getline();
      default:
        break;
    }
    if (this.accept('$')) {
      if (this.is('++') || this.is('--')) {
        const by = this.advance().text === '++' ? 1 : -1;
        const lv = this.primary();
        if (!isLValue(lv)) this.fail();
        return { t: 'field', e: { t: 'step', lv, by, before: true } };
      }
      if (this.is('-') || this.is('+') || this.is('!')) {
        const op = this.advance().text as '-';
        return { t: 'field', e: { t: 'unary', op, e: this.primary() } };
      }
      return { t: 'field', e: this.primary() };
    }
    if (this.is('++') || this.is('--')) {
      const by = this.advance().text === '++' ? 1 : -1;
      const lv = this.primary();
      if (!isLValue(lv)) this.fail();
      return { t: 'step', lv, by, before: true };
    }
    if (this.is('-') || this.is('+') || this.is('!')) return this.unary();
    this.expect('(');
    const list = this.list(')');
    this.expect(')');
    if (list.length === 0) this.fail();
    return { t: 'group', e: list[0]!, list };
  }

  private getline(): Expr {
    this.advance();
    const lv = this.optionalLValue();
    if (!this.accept('<')) return { t: 'getline', from: 'main', lv, source: undefined };
    return { t: 'getline', from: 'file', lv, source: this.postfix() };
  }
}

const isLValue = (e: Expr): e is LValue => e.t === 'var' || e.t === 'index' || e.t === 'field';
