import { TestError } from './test-error.ts';

/** What the operators of a test do. */
export interface TestOperators {
  isUnary(op: string): boolean;
  isBinary(op: string): boolean;
  unary(op: string, operand: string): boolean;
  binary(left: string, op: string, right: string): boolean;
}

/** The kinds of words; an operand is what is none of the others. */
type Token = 'end' | 'operand' | 'unary' | 'binary' | 'not' | 'and' | 'or' | '(' | ')';

/**
 * test(1) as dash and busybox read it: special cases by the number of words, then a grammar in which what a word is
 * depends on those behind it. Both parse alike but for a few places.
 */
export class TestGrammar {
  #args: readonly string[];
  #at = 0;

  readonly #andWord: string;
  readonly #orWord: string;

  /** `double`: it is `[[`. */
  constructor(
    args: readonly string[],
    readonly dash: boolean,
    readonly operators: TestOperators,
    double = false,
  ) {
    this.#args = args;
    this.#andWord = double ? '&&' : '-a';
    this.#orWord = double ? '||' : '-o';
  }

  run(): boolean {
    return this.dash ? this.#dash() : this.#busybox();
  }

  #dash(): boolean {
    let negate = false;
    for (;;) {
      const args = this.#args;
      const n = args.length;
      if (n === 0) return negate;
      let first: Token | undefined;
      if (n === 3 && this.#kind(args[1]!) === 'binary') first = 'operand';
      else if (n === 3 || n === 4) {
        if (args[0] === '(' && args[n - 1] === ')') this.#args = args.slice(1, -1);
        else if (args[0] === '!') {
          negate = true;
          this.#args = args.slice(1);
          continue;
        }
      }
      const value = this.#or(first ?? this.#token(0));
      const last = this.#args[this.#at];
      if (last !== undefined && this.#args[this.#at + 1] !== undefined)
        throw new TestError(`${last === '' ? '' : `${last}: `}unexpected operator`);
      return value !== negate;
    }
  }

  #busybox(): boolean {
    let args = this.#args;
    let negate = false;
    for (;;) {
      if (args.length === 0) return negate;
      if (args.length === 1) return (args[0] !== '') !== negate;
      // test [!] a OP b
      if (args.length === 3 && this.#kind(args[1]!) === 'binary') {
        this.#args = args;
        return this.#comparison() !== negate;
      }
      // of four words in parentheses it takes a negation only
      if (args.length === 4 && args[0] === '(' && args[3] === ')') {
        if (args[1] !== '!') throw new TestError('closing paren expected');
        return (args[2] === '') !== negate;
      }
      if (args[0] !== '!' || (args.length > 4 && !(args.length === 5 && args[1] === '(' && args[4] === ')'))) break;
      negate = !negate;
      args = args.slice(1);
    }
    if (negate) args = ['!', ...args];
    this.#args = args;
    const value = this.#or(this.#token(0));
    const extra = this.#args[this.#at + 1];
    if (extra !== undefined) throw new TestError(`${extra}: unknown operand`);
    return value;
  }

  #kind(word: string | undefined): Token {
    if (word === undefined) return 'end';
    switch (word) {
      case '!':
        return 'not';
      case '(':
      case ')':
        return word;
      case '-a':
      case '&&':
        return word === this.#andWord ? 'and' : 'operand';
      case '-o':
      case '||':
        return word === this.#orWord ? 'or' : 'operand';
    }
    if (this.operators.isBinary(word)) return 'binary';
    return this.operators.isUnary(word) ? 'unary' : 'operand';
  }

  /** What the word at `at` is where it stands: dash takes a unary operator that is an operand for one. */
  #token(at: number): Token {
    const kind = this.#kind(this.#args[at]);
    if (!this.dash) return kind;
    if (kind === 'unary') {
      const next = this.#args[at + 1];
      if (next === undefined) return 'operand';
      if (this.#args[at + 2] !== undefined && this.#kind(next) === 'binary') return 'operand';
    }
    return kind === '(' && this.#args[at + 1] === undefined ? 'operand' : kind;
  }

  #or(first: Token): boolean {
    let value = this.#and(first);
    while (this.#token(this.#at + 1) === 'or') {
      this.#at += 2;
      const right = this.#and(this.#token(this.#at));
      value ||= right;
    }
    return value;
  }

  #and(first: Token): boolean {
    let value = this.#not(first);
    while (this.#token(this.#at + 1) === 'and') {
      this.#at += 2;
      const right = this.#not(this.#token(this.#at));
      value &&= right;
    }
    return value;
  }

  #not(token: Token): boolean {
    if (token !== 'not') return this.#primary(token);
    const next = this.#token(this.#at + 1);
    if (next !== 'end') this.#at++;
    else if (!this.dash) return true;
    return !this.#not(next);
  }

  #primary(token: Token): boolean {
    const args = this.#args;
    if (token === 'end') {
      if (this.dash) return false;
      throw new TestError('argument expected');
    }
    if (token === '(') return this.#group();
    if (!this.dash && this.#kind(args[this.#at + 1]) === 'binary' && args[this.#at + 2] !== undefined)
      return this.#comparison();
    // the last word is an operand
    if (token === 'unary' && args[this.#at + 1] !== undefined) {
      const op = args[this.#at]!;
      const operand = args[++this.#at]!;
      return this.operators.unary(op, operand);
    }
    if (this.#token(this.#at + 1) === 'binary') return this.#comparison();
    return args[this.#at] !== '';
  }

  #group(): boolean {
    this.#at++;
    const first = this.#token(this.#at);
    if (this.dash && first === ')') return false;
    const value = this.#or(first);
    this.#at++;
    if (this.#token(this.#at) !== ')') throw new TestError('closing paren expected');
    return value;
  }

  #comparison(): boolean {
    const [left, op, right] = [this.#args[this.#at]!, this.#args[this.#at + 1]!, this.#args[this.#at + 2]];
    this.#at += 2;
    if (right === undefined) throw new TestError(`${op}: argument expected`);
    return this.operators.binary(left, op, right);
  }
}
