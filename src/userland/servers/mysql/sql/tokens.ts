import { MysqlError } from '../errors.ts';

/** Kind of a token: a word, a quoted name, a text, a number, bits, an operator, a variable, the end. */
export type TokenKind = 'word' | 'name' | 'text' | 'number' | 'hex' | 'bits' | 'operator' | 'user' | 'system' | 'end';

export interface Token {
  kind: TokenKind;
  /** As written, without quotes; words in upper case are in `upper`. */
  text: string;
  upper: string;
  /** Where it begins and ends in the statement. */
  start: number;
  end: number;
}

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };
const OPERATORS = ['->>', '<=>', ':=', '->', '<<', '>>', '<>', '!=', '<=', '>=', '||', '&&'];
const WORD = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const HEX = /0x([0-9a-fA-F]+)/y;
const BITS = /0b([01]+)/y;

/** What MySQL says of a statement that it cannot read. */
export function syntaxError(sql: string, at: number, product: string): MysqlError {
  const near = sql.slice(at, at + 80);
  const line = sql.slice(0, at).split('\n').length;
  return new MysqlError(
    'ER_PARSE_ERROR',
    `You have an error in your SQL syntax; check the manual that corresponds to your ${product} server version for the right syntax to use near '${near}' at line ${line}`,
  );
}

/** How a statement is read. */
export interface Dialect {
  product: string;
  /** sql_mode has ANSI_QUOTES. */
  ansiQuotes: boolean;
  noBackslash: boolean;
  /** For comments that only newer servers read: 80400. */
  version: number;
  mariadb: boolean;
}

/** Cuts a statement into tokens. @throws MysqlError */
export class Lexer {
  #at = 0;
  readonly tokens: Token[] = [];

  constructor(
    readonly sql: string,
    readonly dialect: Dialect,
  ) {
    while (this.#next());
  }

  #push(kind: TokenKind, text: string, start: number, end: number): true {
    this.tokens.push({ kind, text, upper: kind === 'word' ? text.toUpperCase() : text, start, end });
    this.#at = end;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.sql);
  }

  #next(): boolean {
    this.#skip();
    const { sql } = this;
    const start = this.#at;
    const c = sql[start];
    if (c === undefined) {
      this.#push('end', '', start, start);
      return false;
    }
    if (c === "'" || (c === '"' && !this.dialect.ansiQuotes)) return this.#text(c, start);
    if (c === '`' || c === '"') return this.#name(c, start);
    if (c === '@') return this.#variable(start);
    const hex =
      this.#match(HEX) ?? (/[xX]/.test(c) && sql[start + 1] === "'" ? this.#quoted(/[xX]'([0-9a-fA-F]*)'/y) : null);
    if (hex) return this.#push('hex', hex[1]!, start, start + hex[0].length);
    const bits =
      this.#match(BITS) ?? (/[bB]/.test(c) && sql[start + 1] === "'" ? this.#quoted(/[bB]'([01]*)'/y) : null);
    if (bits) return this.#push('bits', bits[1]!, start, start + bits[0].length);
    if (/[nN]/.test(c) && sql[start + 1] === "'") {
      this.#at++;
      return this.#text("'", start);
    }
    const word = this.#match(WORD);
    if (word) return this.#push('word', word[0], start, start + word[0].length);
    const number = this.#match(NUMBER);
    if (number) return this.#number(number[0], start);
    for (const operator of OPERATORS)
      if (sql.startsWith(operator, start)) return this.#push('operator', operator, start, start + operator.length);
    return this.#push('operator', c, start, start + 1);
  }

  #quoted(pattern: RegExp): RegExpExecArray | null {
    return this.#match(pattern);
  }

  /** A number, or a name that begins with digits (`2024_sales`), or a member after a dot. */
  #number(text: string, start: number): true {
    const before = this.tokens.at(-1);
    if (before?.text === '.' && before.kind === 'operator' && /^\d+$/.test(text)) {
      const word = /[\w$]+/y;
      word.lastIndex = start;
      const whole = word.exec(this.sql)![0];
      return this.#push('word', whole, start, start + whole.length);
    }
    const after = this.sql[start + text.length] ?? '';
    if (/^\d+$/.test(text) && /[A-Za-z_$]/.test(after)) {
      const word = /[\w$]+/y;
      word.lastIndex = start;
      const whole = word.exec(this.sql)![0];
      return this.#push('word', whole, start, start + whole.length);
    }
    return this.#push('number', text, start, start + text.length);
  }

  /** Blanks and comments; of a comment for servers of a version, what is in it is read. */
  #skip(): void {
    const { sql } = this;
    for (;;) {
      const c = sql[this.#at];
      if (c === undefined) return;
      if (/\s/.test(c)) this.#at++;
      else if (c === '#' || (c === '-' && sql[this.#at + 1] === '-' && /\s|^$/.test(sql[this.#at + 2] ?? ''))) {
        const end = sql.indexOf('\n', this.#at);
        this.#at = end < 0 ? sql.length : end + 1;
      } else if (c === '/' && sql[this.#at + 1] === '*') {
        const special = /\/\*(M?)!(\d{5,6})?/y;
        special.lastIndex = this.#at;
        const found = special.exec(sql);
        if (found && this.#wanted(found)) {
          this.#at += found[0].length;
          continue;
        }
        const end = sql.indexOf('*/', this.#at + 2);
        if (end < 0 && !found) throw syntaxError(sql, this.#at, this.dialect.product);
        this.#at = end < 0 ? sql.length : end + 2;
      } else if (c === '*' && sql[this.#at + 1] === '/') this.#at += 2;
      else return;
    }
  }

  #wanted([, mariadbOnly, version]: RegExpExecArray): boolean {
    if (mariadbOnly === 'M' && !this.dialect.mariadb) return false;
    return version === undefined || Number(version) <= this.dialect.version;
  }

  #text(quote: string, start: number): true {
    const { sql } = this;
    let out = '';
    let at = this.#at + 1;
    for (; ; at++) {
      const c = sql[at];
      if (c === undefined) throw syntaxError(sql, start, this.dialect.product);
      if (c === '\\' && !this.dialect.noBackslash) {
        at++;
        const next = sql[at] ?? '';
        // in patterns these keep their backslash
        out += next === '%' || next === '_' ? `\\${next}` : (ESCAPES[next] ?? next);
      } else if (c === quote) {
        if (sql[at + 1] !== quote) break;
        out += quote;
        at++;
      } else out += c;
    }
    return this.#push('text', out, start, at + 1);
  }

  #name(quote: string, start: number): true {
    const { sql } = this;
    let out = '';
    let at = start + 1;
    for (; ; at++) {
      const c = sql[at];
      if (c === undefined) throw syntaxError(sql, start, this.dialect.product);
      if (c === quote) {
        if (sql[at + 1] !== quote) break;
        at++;
      }
      out += c;
    }
    return this.#push('name', out, start, at + 1);
  }

  #variable(start: number): true {
    const system = this.#match(/@@((?:(?:global|session|local|persist|persist_only)\s*\.\s*)?[\w$.]+)/iy);
    if (system) return this.#push('system', system[1]!.replace(/\s+/g, ''), start, start + system[0].length);
    const user = this.#match(/@(?:([\w$.]+)|'([^']*)'|`([^`]*)`|"([^"]*)")/y);
    if (user) return this.#push('user', user[1] ?? user[2] ?? user[3] ?? user[4] ?? '', start, start + user[0].length);
    return this.#push('operator', '@', start, start + 1);
  }
}
