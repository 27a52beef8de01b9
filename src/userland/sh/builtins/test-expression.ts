import type { Sys } from '../../../abi/sys.ts';
import { compareFiles, fileTest } from '../exec/file-test.ts';
import { parseDecimal } from '../expand/integer.ts';
import { TestError } from './test-error.ts';
import { TestGrammar } from './test-grammar.ts';

/** Whose test it is. */
export type TestKind = 'bash' | 'dash' | 'ash' | 'gnu' | 'busybox';

export interface TestHost {
  readonly kind: TestKind;
  readonly sys: Sys;
  /** `-v name`, `-o option`, `-R name` of a shell. */
  shellTest?(op: string, operand: string): boolean;
  /** `[[`: patterns and regular expressions (ash). */
  matches?(text: string, pattern: string): boolean;
  regex?(text: string, pattern: string): boolean;
}

const FILE = 'abcdefghkprstuwxLNOGS';
const BINARY = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
  '=~',
]);

/** Evaluates the arguments of test(1). @returns 0 true, 1 false @throws TestError */
export function evaluateTest(args: readonly string[], host: TestHost): number {
  return new Test(args, host).run() ? 0 : 1;
}

class Test {
  #at = 0;
  readonly #bash: boolean;

  constructor(
    readonly args: readonly string[],
    readonly host: TestHost,
  ) {
    this.#bash = host.kind === 'bash';
  }

  run(): boolean {
    const { args, host } = this;
    if (host.kind !== 'bash' && host.kind !== 'gnu') {
      const operators = {
        isUnary: (op: string) => this.#isUnary(op),
        isBinary: (op: string) => this.#isBinary(op),
        unary: (op: string, operand: string) => this.#unary(op, operand),
        binary: (left: string, op: string, right: string) => this.#binary(left, op, right),
      };
      return new TestGrammar(args, host.kind === 'dash', operators, host.regex !== undefined).run();
    }
    const n = args.length;
    if (n === 0) return false;
    if (n === 1) return args[0] !== '';
    if (n === 2) {
      const two = this.#two(0);
      if (two !== undefined) return two;
      if (this.#bash) throw new TestError(`${args[0]}: unary operator expected`);
    }
    if (n === 3) {
      const three = this.#three(0);
      if (three !== undefined) return three;
      if (this.#bash) throw new TestError(`${args[1]}: binary operator expected`);
    }
    if (n === 4) {
      if (args[0] === '!') {
        const three = this.#three(1);
        if (three !== undefined) return !three;
      }
      if (args[0] === '(' && args[3] === ')') {
        const two = this.#two(1);
        if (two !== undefined) return two;
      }
    }
    const value = this.#or();
    if (this.#at < n) this.#tooMany();
    return value;
  }

  #tooMany(): never {
    const extra = this.args[this.#at]!;
    switch (this.host.kind) {
      case 'bash':
        if (this.args.length <= 3) throw new TestError(`${extra}: binary operator expected`);
        throw new TestError(extra.startsWith('-') ? `syntax error: \`${extra}' unexpected` : 'too many arguments');
      default:
        throw new TestError(`extra argument ‘${extra}’`);
    }
  }

  #two(from: number): boolean | undefined {
    const [op, operand] = [this.args[from]!, this.args[from + 1]!];
    if (op === '!') return operand === '';
    if (this.#isUnary(op)) return this.#unary(op, operand);
    return undefined;
  }

  #three(from: number): boolean | undefined {
    const [a, op, b] = [this.args[from]!, this.args[from + 1]!, this.args[from + 2]!];
    if (this.#isBinary(op)) return this.#binary(a, op, b);
    if (op === '-a') return a !== '' && b !== '';
    if (op === '-o') return a !== '' || b !== '';
    if (a === '!') {
      const two = this.#two(from + 1);
      if (two === undefined && this.#bash) throw new TestError(`${op}: unary operator expected`);
      return two === undefined ? undefined : !two;
    }
    if (a === '(' && b === ')') return op !== '';
    return undefined;
  }

  #isUnary(op: string): boolean {
    if (op.length !== 2 || op[0] !== '-') return false;
    const c = op[1]!;
    if (c === 'z' || c === 'n' || c === 't') return true;
    if ((c === 'v' || c === 'R' || c === 'o') && this.host.shellTest && this.#bash) return true;
    return FILE.includes(c) && (this.#bash || this.host.kind === 'gnu' || !'aN'.includes(c));
  }

  #isBinary(op: string): boolean {
    return (
      BINARY.has(op) && (op !== '=~' || this.host.regex !== undefined) && (op !== '==' || this.host.kind !== 'dash')
    );
  }

  #or(): boolean {
    let value = this.#and();
    while (this.args[this.#at] === '-o' || this.args[this.#at] === '||') {
      this.#at++;
      const right = this.#and();
      value = value || right;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#not();
    while (this.args[this.#at] === '-a' || this.args[this.#at] === '&&') {
      this.#at++;
      const right = this.#not();
      value = value && right;
    }
    return value;
  }

  #not(): boolean {
    if (this.args[this.#at] === '!' && this.#at + 1 < this.args.length) {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #primary(): boolean {
    const { args } = this;
    const word = args[this.#at];
    if (word === undefined) this.#argumentExpected();
    const next = args[this.#at + 1];
    if (next !== undefined && args[this.#at + 2] !== undefined && this.#isBinary(next)) {
      this.#at += 3;
      return this.#binary(word, next, args[this.#at - 1]!);
    }
    if (word === '(') {
      this.#at++;
      const value = this.#or();
      if (args[this.#at] !== ')') {
        if (this.#bash)
          throw new TestError(args[this.#at] === undefined ? "`)' expected" : `\`)' expected, found ${args[this.#at]}`);
        throw new TestError("')' expected");
      }
      this.#at++;
      return value;
    }
    if (this.#isUnary(word) && next !== undefined) {
      this.#at += 2;
      return this.#unary(word, next);
    }
    this.#at++;
    return word !== '';
  }

  #argumentExpected(): never {
    const last = this.args.at(-1)!;
    if (this.#bash) throw new TestError('argument expected');
    throw new TestError(`missing argument after ‘${last}’`);
  }

  #unary(op: string, operand: string): boolean {
    switch (op) {
      case '-z':
        return operand === '';
      case '-n':
        return operand !== '';
      case '-t': {
        const fd = parseDecimal(operand);
        if (typeof fd !== 'number') {
          if (this.host.kind === 'bash' || this.host.kind === 'gnu') return false;
          this.#integer(operand);
          return false;
        }
        return this.host.sys.isatty(fd);
      }
      case '-v':
      case '-R':
      case '-o':
        return this.host.shellTest!(op, operand);
      default:
        return fileTest(this.host.sys, op, operand);
    }
  }

  /** busybox compares seconds, and only files that are both there. */
  get #inSeconds(): boolean {
    return this.host.kind === 'ash' || this.host.kind === 'busybox';
  }

  #integer(text: string): number | bigint {
    const value = parseDecimal(text);
    if (value !== undefined && value !== 'range') return value;
    switch (this.host.kind) {
      case 'bash':
        throw new TestError(`${text}: integer expression expected`);
      case 'dash':
        throw new TestError(`Illegal number: ${text}`);
      case 'gnu':
        throw new TestError(`invalid integer ‘${text}’`);
      default:
        throw new TestError(
          value === 'range' ? `${text}: out of range` : text === '' ? 'bad number' : `${text}: bad number`,
        );
    }
  }

  #binary(a: string, op: string, b: string): boolean {
    switch (op) {
      case '=':
      case '==':
        return this.host.matches ? this.host.matches(a, b) : a === b;
      case '!=':
        return this.host.matches ? !this.host.matches(a, b) : a !== b;
      case '=~':
        return this.host.regex!(a, b);
      case '<':
        return a < b;
      case '>':
        return a > b;
      case '-nt':
      case '-ot':
      case '-ef':
        return compareFiles(this.host.sys, op, a, b, this.#inSeconds);
      default: {
        const x = this.#integer(a);
        const y = this.#integer(b);
        switch (op) {
          case '-eq':
            return x === y;
          case '-ne':
            return x !== y;
          case '-lt':
            return x < y;
          case '-le':
            return x <= y;
          case '-gt':
            return x > y;
          default:
            return x >= y;
        }
      }
    }
  }
}
