export type Expression =
  | { kind: 'number'; text: string }
  | { kind: 'variable'; name: string; index?: Expression }
  | { kind: 'unary'; op: '-' | '!'; of: Expression }
  | { kind: 'binary'; op: string; left: Expression; right: Expression }
  | { kind: 'assign'; op: string; to: Extract<Expression, { kind: 'variable' }>; value: Expression }
  | { kind: 'step'; by: 1 | -1; before: boolean; to: Extract<Expression, { kind: 'variable' }> }
  | { kind: 'call'; name: string; args: Expression[] };

export type Statement =
  | { kind: 'show'; value: Expression; silent: boolean }
  | { kind: 'string'; text: string }
  | { kind: 'print'; items: (string | Expression)[] }
  | { kind: 'block'; body: Statement[] }
  | { kind: 'if'; test: Expression; body: Statement; otherwise: Statement | undefined }
  | {
      kind: 'loop';
      start: Expression | undefined;
      test: Expression | undefined;
      step: Expression | undefined;
      body: Statement;
    }
  | { kind: 'break' | 'continue' | 'quit' | 'halt' }
  | { kind: 'return'; value: Expression | undefined }
  | { kind: 'define'; name: string; params: string[]; autos: string[]; body: Statement[] };

/** The text is no program of bc; `more`: it may become one with further lines. */
export class BcSyntaxError extends Error {
  constructor(
    readonly more: boolean,
    /** The line's end is what does not fit. */
    readonly atLineEnd = false,
  ) {
    super('syntax error');
  }
}

const TOKEN =
  /[ \t]+|\\\n|#[^\n]*|\/\*[\s\S]*?\*\/|("[^"]*")|((?:[0-9A-F]+\.?[0-9A-F]*|\.[0-9A-F]+))|([a-z][a-z0-9_]*)|(\+\+|--|\|\||&&|[-+*/%^=!<>]=|[-+*/%^=!<>(){}[\];,.\n])/y;

type Token = { kind: 'string' | 'number' | 'word' | 'op' | 'end'; text: string };

function tokens(text: string): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const m = TOKEN.exec(text);
    if (!m) throw new BcSyntaxError(text[at] === '"' || text.startsWith('/*', at));
    at = TOKEN.lastIndex;
    if (m[1] !== undefined) out.push({ kind: 'string', text: m[1].slice(1, -1) });
    else if (m[2] !== undefined) out.push({ kind: 'number', text: m[2] });
    else if (m[3] !== undefined) out.push({ kind: 'word', text: m[3] });
    else if (m[4] !== undefined) out.push({ kind: 'op', text: m[4] });
  }
  out.push({ kind: 'end', text: '' });
  return out;
}

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads statements; a program may span several lines. @throws BcSyntaxError */
export function parseBc(text: string): Statement[] {
  return new Parser(tokens(text)).program();
}

class Parser {
  #at = 0;
  constructor(readonly tokens: Token[]) {}

  get #now(): Token {
    return this.tokens[this.#at]!;
  }

  #is(text: string): boolean {
    return (this.#now.kind === 'op' || this.#now.kind === 'word') && this.#now.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#fail();
  }

  #atEnd(): boolean {
    return this.#now.kind === 'end';
  }

  #isString(): boolean {
    return this.#now.kind === 'string';
  }

  #fail(): never {
    throw new BcSyntaxError(this.#atEnd(), this.#is('\n'));
  }

  #lines(): void {
    while (this.#take('\n'));
  }

  program(): Statement[] {
    const out: Statement[] = [];
    for (;;) {
      while (this.#take('\n') || this.#take(';'));
      if (this.#atEnd()) return out;
      out.push(this.#is('define') ? this.#define() : this.#statement());
      if (!this.#is('\n') && !this.#is(';') && !this.#atEnd()) {
        const last = out.at(-1)!.kind;
        if (last !== 'block' && last !== 'if' && last !== 'loop' && last !== 'define') throw new BcSyntaxError(false);
      }
    }
  }

  #define(): Statement {
    this.#need('define');
    const name = this.#word();
    const params = this.#names('(', ')');
    this.#lines();
    this.#need('{');
    this.#lines();
    const autos: string[] = [];
    if (this.#take('auto')) {
      do autos.push(this.#name());
      while (this.#take(','));
    }
    return { kind: 'define', name, params, autos, body: this.#body() };
  }

  #names(open: string, close: string): string[] {
    const out: string[] = [];
    this.#need(open);
    while (!this.#take(close)) {
      out.push(this.#name());
      if (!this.#take(',') && !this.#is(close)) this.#fail();
    }
    return out;
  }

  #name(): string {
    const name = this.#word();
    if (!this.#take('[')) return name;
    this.#need(']');
    return `${name}[]`;
  }

  #word(): string {
    if (this.#now.kind !== 'word') this.#fail();
    return this.tokens[this.#at++]!.text;
  }

  #body(): Statement[] {
    const body: Statement[] = [];
    for (;;) {
      while (this.#take('\n') || this.#take(';'));
      if (this.#take('}')) return body;
      if (this.#atEnd()) this.#fail();
      body.push(this.#statement());
    }
  }

  #statement(): Statement {
    if (this.#take('{')) return { kind: 'block', body: this.#body() };
    if (this.#isString()) return { kind: 'string', text: this.tokens[this.#at++]!.text };
    if (this.#take('print')) {
      const items: (string | Expression)[] = [];
      do items.push(this.#isString() ? this.tokens[this.#at++]!.text : this.expression());
      while (this.#take(','));
      return { kind: 'print', items };
    }
    for (const kind of ['break', 'continue', 'quit'] as const) if (this.#take(kind)) return { kind };
    if (this.#take('halt')) return { kind: 'halt' };
    if (this.#take('return')) {
      const bare = this.#is('\n') || this.#is(';') || this.#is('}') || this.#atEnd();
      return { kind: 'return', value: bare ? undefined : this.expression() };
    }
    if (this.#take('if')) {
      const test = this.#parenthesised();
      this.#lines();
      const body = this.#statement();
      const save = this.#at;
      while (this.#take('\n') || this.#take(';'));
      if (this.#take('else')) {
        this.#lines();
        return { kind: 'if', test, body, otherwise: this.#statement() };
      }
      this.#at = save;
      return { kind: 'if', test, body, otherwise: undefined };
    }
    if (this.#take('while')) {
      const test = this.#parenthesised();
      this.#lines();
      return { kind: 'loop', start: undefined, test, step: undefined, body: this.#statement() };
    }
    if (this.#take('for')) {
      this.#need('(');
      const start = this.#is(';') ? undefined : this.expression();
      this.#need(';');
      const test = this.#is(';') ? undefined : this.expression();
      this.#need(';');
      const step = this.#is(')') ? undefined : this.expression();
      this.#need(')');
      this.#lines();
      return { kind: 'loop', start, test, step, body: this.#statement() };
    }
    const value = this.expression();
    return { kind: 'show', value, silent: value.kind === 'assign' };
  }

  #parenthesised(): Expression {
    this.#need('(');
    const of = this.expression();
    this.#need(')');
    return of;
  }

  expression(): Expression {
    const left = this.#level(0);
    const op = ['=', '+=', '-=', '*=', '/=', '%=', '^='].find((text) => this.#is(text));
    if (op === undefined || left.kind !== 'variable') return left;
    this.#at++;
    return { kind: 'assign', op, to: left, value: this.expression() };
  }

  #level(n: number): Expression {
    if (n === LEVELS.length) return this.#power();
    if (n === 2 && this.#take('!')) return { kind: 'unary', op: '!', of: this.#level(2) };
    let left = this.#level(n + 1);
    for (;;) {
      const op = LEVELS[n]!.find((text) => this.#is(text));
      if (op === undefined) return left;
      this.#at++;
      left = { kind: 'binary', op, left, right: this.#level(n + 1) };
    }
  }

  #power(): Expression {
    const left = this.#unary();
    return this.#take('^') ? { kind: 'binary', op: '^', left, right: this.#power() } : left;
  }

  #unary(): Expression {
    return this.#take('-') ? { kind: 'unary', op: '-', of: this.#unary() } : this.#primary();
  }

  #primary(): Expression {
    const token = this.#now;
    if (token.kind === 'number') {
      this.#at++;
      return { kind: 'number', text: token.text };
    }
    if (this.#take('(')) {
      const of = this.expression();
      this.#need(')');
      // a parenthesised assignment is shown
      return of.kind === 'assign' ? { kind: 'binary', op: '+', left: of, right: { kind: 'number', text: '0' } } : of;
    }
    for (const [text, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (this.#take(text)) {
        const to = this.#primary();
        if (to.kind !== 'variable') this.#fail();
        return { kind: 'step', by, before: true, to };
      }
    if (this.#take('.')) return { kind: 'variable', name: 'last' };
    const name = this.#word();
    if (this.#take('(')) {
      const args: Expression[] = [];
      while (!this.#take(')')) {
        args.push(this.expression());
        if (!this.#take(',') && !this.#is(')')) this.#fail();
      }
      return { kind: 'call', name, args };
    }
    const to: Extract<Expression, { kind: 'variable' }> = { kind: 'variable', name };
    if (this.#take('[')) {
      to.index = this.expression();
      this.#need(']');
    }
    if (this.#take('++')) return { kind: 'step', by: 1, before: false, to };
    if (this.#take('--')) return { kind: 'step', by: -1, before: false, to };
    return to;
  }
}
