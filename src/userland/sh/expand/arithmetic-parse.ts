import type { Personality } from '../parse/personality.ts';
import { type Int, parseDigits } from './integer.ts';

/** Stands before a digit in the text of a template: the place of a value. */
export const SLOT = '\x01';

/** A parsed arithmetic expression. */
export type Arithmetic =
  | { k: 'number'; value: Int }
  | { k: 'variable'; name: string; index: string | undefined; at: number }
  | { k: 'slot'; index: number }
  | { k: 'unary'; op: '-' | '+' | '!' | '~'; operand: Arithmetic }
  | { k: 'binary'; op: string; left: Arithmetic; right: Arithmetic; at: number }
  | { k: 'logic'; op: '&&' | '||'; left: Arithmetic; right: Arithmetic }
  | { k: 'ternary'; condition: Arithmetic; yes: Arithmetic; no: Arithmetic }
  | { k: 'assign'; op: string; name: string; index: string | undefined; value: Arithmetic; at: number }
  | { k: 'step'; by: 1 | -1; prefix: boolean; name: string; index: string | undefined; at: number }
  | { k: 'comma'; left: Arithmetic; right: Arithmetic };

/** What is wrong with an expression; `token` is the text from where it went wrong. */
export class ArithmeticError {
  /** The expression, where it is not the one that was asked for but a variable's value. */
  expression: string | undefined;

  constructor(
    readonly message: string,
    readonly token: string,
  ) {}
}

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const ASSIGN = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=']);
const TOKENS = [
  '<<=',
  '>>=',
  '**',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '^=',
  '|=',
];

/**
 * Parses `text`.
 * @param now evaluates what has been read at once, as bash does: what stands before an error takes effect
 * @throws ArithmeticError
 */
export function parseArithmetic(text: string, personality: Personality, now?: (node: Arithmetic) => Int): Arithmetic {
  return new ArithmeticParser(text, personality, now).whole();
}

/** What stands behind `++` and `--` where they are one operator. */
const STEPPED = /^\s*[A-Za-z_]/;
/** What bash knows as operators: anything else is said to be none. */
const OPERATORS = '+-*/%&|^~!=<>?:,()';

class ArithmeticParser {
  #pos = 0;
  #last = 0;
  /** The current token: operator, 'num', 'name' or '' at the end. */
  #token = '';
  #value: Int = 0;
  #name = '';
  #index: string | undefined;
  #bash: boolean;
  /** How many operands around this one are not evaluated. */
  #skipped = 0;

  constructor(
    readonly text: string,
    readonly personality: Personality,
    readonly now: ((node: Arithmetic) => Int) | undefined,
  ) {
    this.#bash = personality === 'bash';
  }

  whole(): Arithmetic {
    this.#read();
    if (this.#token === '') {
      if (this.personality === 'dash') this.#fail('expecting primary');
      return { k: 'number', value: 0 };
    }
    const result = this.#comma();
    if (this.#token !== '') {
      this.#fail(
        this.personality === 'dash'
          ? 'expecting EOF'
          : this.#token === 'num' || this.#token === 'name'
            ? 'syntax error in expression'
            : /^(\*|\/|%|<<|>>|&|\^|\|)?=$/.test(this.#token)
              ? 'attempted assignment to non-variable'
              : 'syntax error in expression',
      );
    }
    return result;
  }

  /** A node that is complete: its value, where it is wanted at once. */
  #made(node: Arithmetic): Arithmetic {
    return this.now && this.#skipped === 0 ? { k: 'number', value: this.now(node) } : node;
  }

  /** Parses an operand that is evaluated only if `wanted`. */
  #ifWanted(wanted: boolean, parse: () => Arithmetic): Arithmetic {
    if (wanted || !this.now) return parse();
    this.#skipped++;
    const node = parse();
    this.#skipped--;
    return node;
  }

  #fail(message: string, from = this.#last): never {
    throw new ArithmeticError(message, this.text.slice(from));
  }

  #read(): void {
    const { text } = this;
    const before = this.#token;
    while (this.#pos < text.length && /\s/.test(text[this.#pos]!)) this.#pos++;
    if (this.#pos >= text.length) {
      this.#token = '';
      return;
    }
    this.#last = this.#pos;
    const c = text[this.#pos]!;
    if (c >= '0' && c <= '9') {
      this.#number();
      return;
    }
    if (/[A-Za-z_]/.test(c)) {
      const m = /^\w+/.exec(text.slice(this.#pos))!;
      this.#name = m[0];
      this.#pos += m[0].length;
      this.#token = 'name';
      this.#index = this.#bash && text[this.#pos] === '[' ? this.#subscript() : undefined;
      return;
    }
    if (c === SLOT) {
      this.#token = 'slot';
      this.#value = Number(text[this.#pos + 1]);
      this.#pos += 2;
      return;
    }
    for (const op of TOKENS) {
      if (op === '**' && !this.#bash && this.personality !== 'ash') continue;
      if ((op === '++' || op === '--') && this.personality === 'dash') continue;
      if (text.startsWith(op, this.#pos)) {
        if (this.#bash && (op === '++' || op === '--') && before !== 'name' && !STEPPED.test(text.slice(this.#pos + 2)))
          continue;
        this.#token = op;
        this.#pos += op.length;
        return;
      }
    }
    if (this.#bash && !OPERATORS.includes(c)) {
      const operand = before === 'num' || before === 'name' || before === 'slot';
      this.#fail(`syntax error: ${operand ? 'invalid arithmetic operator' : 'operand expected'}`);
    }
    this.#token = c;
    this.#pos++;
  }

  #subscript(): string {
    const start = this.#pos + 1;
    let depth = 0;
    for (let i = start; i < this.text.length; i++) {
      const c = this.text[i];
      if (c === '[') depth++;
      else if (c === ']' && depth-- === 0) {
        this.#pos = i + 1;
        return this.text.slice(start, i);
      }
    }
    return this.#fail('bad array subscript');
  }

  #number(): void {
    const rest = this.text.slice(this.#pos);
    this.#token = 'num';
    if (this.personality === 'dash') {
      const m = /^(?:0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)/.exec(rest)!;
      this.#pos += m[0].length;
      this.#value = m[0].length > 15 ? saturated(m[0]) : literal(m[0]);
      return;
    }
    const m = /^[0-9A-Za-z_@#]+/.exec(rest)!;
    const word = m[0];
    this.#pos += word.length;
    const hash = word.indexOf('#');
    if (hash > 0) {
      if (word.startsWith('0')) this.#badNumber('invalid number', word);
      this.#value = this.#based(word, hash);
      return;
    }
    if (/^0[xX]/.test(word)) {
      if (word.length === 2 && this.personality === 'ash') this.#badNumber('invalid number', word);
      if (!/^0[xX][0-9A-Fa-f]*$/.test(word)) this.#badNumber('value too great for base', word);
      this.#value = word.length === 2 ? 0 : parseDigits(word.slice(2), 16);
      return;
    }
    if (!/^\d+$/.test(word)) this.#badNumber('value too great for base', word);
    if (word.length > 1 && word.startsWith('0')) {
      if (/[89]/.test(word)) this.#badNumber('value too great for base', word);
      this.#value = parseDigits(word, 8);
      return;
    }
    this.#value = parseDigits(word, 10);
  }

  /** `base#digits`; beyond 36 letters' case counts, then @ and _. */
  #based(word: string, hash: number): Int {
    const base = Number(word.slice(0, hash));
    if (!(base >= 2 && base <= 64)) this.#badNumber('invalid arithmetic base', word);
    const digits = word.slice(hash + 1);
    if (digits === '') this.#badNumber('invalid integer constant', word);
    let value = 0n;
    for (const c of digits) {
      const digit = digitValue(c, base);
      if (digit < 0 || digit >= base) this.#badNumber('value too great for base', word);
      value = BigInt.asIntN(64, value * BigInt(base) + BigInt(digit));
    }
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  }

  /** bash shows the expression up to the end of a number that is none. */
  #badNumber(message: string, word: string): never {
    if (!this.#bash) this.#fail(message);
    const error = new ArithmeticError(message, word);
    error.expression = this.text.slice(0, this.#pos);
    throw error;
  }

  #is(token: string): boolean {
    return this.#token === token;
  }

  #comma(): Arithmetic {
    let left = this.#assignment();
    while (this.#token === ',' && this.personality !== 'dash') {
      this.#read();
      left = { k: 'comma', left, right: this.#assignment() };
    }
    return left;
  }

  #assignment(): Arithmetic {
    const left = this.#ternary();
    if (!ASSIGN.has(this.#token)) return left;
    if (left.k !== 'variable') {
      if (this.personality === 'dash') return left;
      this.#fail('attempted assignment to non-variable');
    }
    const op = this.#token.slice(0, -1);
    const at = this.#last;
    this.#read();
    return this.#made({ k: 'assign', op, name: left.name, index: left.index, value: this.#assignment(), at });
  }

  #ternary(): Arithmetic {
    const condition = this.#or();
    if (this.#token !== '?') return condition;
    this.#read();
    const first: string = this.#token;
    if (first === ':' || first === '')
      this.#fail(this.personality === 'dash' ? 'expecting primary' : 'expression expected');
    const chosen = condition.k !== 'number' || Number(condition.value) !== 0;
    // in ash neither a comma nor another ? may stand there
    const yes = this.#ifWanted(chosen, () => (this.personality === 'ash' ? this.#or() : this.#comma()));
    if (!this.#is(':'))
      this.#fail(this.personality === 'dash' ? "expecting ':'" : "`:' expected for conditional expression");
    this.#read();
    if (this.#is('')) this.#fail(this.personality === 'dash' ? 'expecting primary' : 'expression expected');
    const no = this.#ifWanted(condition.k !== 'number' || !chosen, () => this.#ternary());
    if (this.personality === 'ash' && this.#is(':')) this.#fail("`:' unexpected");
    return this.#made({ k: 'ternary', condition, yes, no });
  }

  #or(): Arithmetic {
    let left = this.#and();
    while (this.#token === '||') {
      this.#read();
      const wanted = left.k !== 'number' || Number(left.value) === 0;
      left = this.#made({ k: 'logic', op: '||', left, right: this.#ifWanted(wanted, () => this.#and()) });
    }
    return left;
  }

  #and(): Arithmetic {
    let left = this.#binary(0);
    while (this.#token === '&&') {
      this.#read();
      const wanted = left.k !== 'number' || Number(left.value) !== 0;
      left = this.#made({ k: 'logic', op: '&&', left, right: this.#ifWanted(wanted, () => this.#binary(0)) });
    }
    return left;
  }

  #binary(level: number): Arithmetic {
    const ops = LEVELS[level];
    if (ops === undefined) return this.#power();
    let left = this.#binary(level + 1);
    while (ops.includes(this.#token)) {
      const op = this.#token;
      this.#read();
      const at = this.#last;
      const right = this.#binary(level + 1);
      left = this.#made({ k: 'binary', op, left, right, at });
    }
    return left;
  }

  #power(): Arithmetic {
    const left = this.#unary();
    if (this.#token !== '**') return left;
    this.#read();
    const right = this.#power();
    return this.#made({ k: 'binary', op: '**', left, right, at: this.#last });
  }

  #unary(): Arithmetic {
    const op = this.#token;
    if (op === '!' || op === '~' || op === '-' || op === '+') {
      this.#read();
      return this.#made({ k: 'unary', op, operand: this.#unary() });
    }
    if (op === '++' || op === '--') {
      const by = op === '++' ? 1 : -1;
      const at = this.#last;
      this.#read();
      if (this.#token !== 'name') {
        // a sign, and what follows it
        this.#pos = at + 1;
        this.#read();
        return this.#made({ k: 'unary', op: op[0] as '+' | '-', operand: this.#unary() });
      }
      const { name, index } = this.#takeName();
      return this.#made({ k: 'step', by, prefix: true, name, index, at });
    }
    return this.#primary();
  }

  #takeName(): { name: string; index: string | undefined } {
    const name = this.#name;
    const index = this.#index;
    this.#read();
    return { name, index };
  }

  #primary(): Arithmetic {
    if (this.#token === 'num') {
      const value = this.#value;
      this.#read();
      return { k: 'number', value };
    }
    if (this.#token === 'slot') {
      const index = Number(this.#value);
      this.#read();
      return { k: 'slot', index };
    }
    if (this.#token === 'name') {
      const at = this.#last;
      const { name, index } = this.#takeName();
      const op = this.#token as string;
      if (op === '++' || op === '--') {
        this.#read();
        return this.#made({ k: 'step', by: op === '++' ? 1 : -1, prefix: false, name, index, at });
      }
      const variable: Arithmetic = { k: 'variable', name, index, at };
      return ASSIGN.has(op) ? variable : this.#made(variable);
    }
    if (this.#token === '(') {
      const leading = /^[\s(]*$/.test(this.text.slice(0, this.#last));
      this.#read();
      const inner = this.#comma();
      // ash closes what was opened at the beginning
      if (this.personality === 'ash' && leading && (this.#token as string) === '') return inner;
      if ((this.#token as string) !== ')') this.#fail(this.personality === 'dash' ? "expecting ')'" : "missing `)'");
      this.#read();
      return inner.k === 'variable' ? { k: 'unary', op: '+', operand: inner } : inner;
    }
    this.#fail(this.personality === 'dash' ? 'expecting primary' : 'syntax error: operand expected');
  }
}

function digitValue(c: string, base: number): number {
  if (c >= '0' && c <= '9') return c.charCodeAt(0) - 48;
  if (c >= 'a' && c <= 'z') return c.charCodeAt(0) - 87;
  if (c >= 'A' && c <= 'Z') return c.charCodeAt(0) - (base <= 36 ? 55 : 29);
  return c === '@' ? 62 : c === '_' ? 63 : -1;
}

/** The same as strtoimax(3) reads it: what is too large is the largest. */
function saturated(text: string): Int {
  const octal = /^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text;
  return BigInt(octal) > 9223372036854775807n ? 9223372036854775807n : literal(text);
}

/** A C integer literal: decimal, octal, hexadecimal. */
export function literal(text: string): Int {
  if (/^0[xX]/.test(text)) return parseDigits(text.slice(2), 16);
  if (text.length > 1 && text.startsWith('0')) return parseDigits(text.slice(1), 8);
  return parseDigits(text, 10);
}
