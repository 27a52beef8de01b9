import type { Personality } from '../parse/personality.ts';
import { type Arithmetic, ArithmeticError, literal, parseArithmetic } from './arithmetic-parse.ts';
import type { Int } from './integer.ts';
import * as int from './integer.ts';
import { smallInteger } from './template.ts';

/** Where an expression's variables live. */
export interface ArithmeticVariables {
  readonly personality: Personality;
  /** The value, or undefined where it is unset. `index`: the text in brackets. */
  arithmeticValue(name: string, index: string | undefined): string | undefined;
  assignArithmetic(name: string, index: string | undefined, value: string): void;
}

const MAX_DEPTH = 1024;
const MAX_CACHED = 500;
const PLAIN = /^-?(?:0|[1-9]\d{0,14})$/;

/** Evaluates arithmetic expressions; those that were parsed are kept. @see bash(1), ARITHMETIC EVALUATION; POSIX 2.6.4 */
export class Evaluator {
  #parsed = new Map<string, Arithmetic>();
  #depth = 0;

  constructor(readonly variables: ArithmeticVariables) {}

  #slots: readonly number[] = [];

  /** Evaluates a template with these values. @throws ArithmeticError */
  evaluateTemplate(text: string, slots: readonly number[]): Int {
    const before = this.#slots;
    this.#slots = slots;
    const value = this.evaluate(text);
    this.#slots = before;
    return value;
  }

  /** @throws ArithmeticError */
  evaluate(text: string): Int {
    const small = smallInteger(text);
    if (small !== undefined) return small;
    let tree = this.#parsed.get(text);
    if (tree === undefined) {
      tree = this.#parse(text);
      if (this.#parsed.size >= MAX_CACHED) this.#parsed.clear();
      this.#parsed.set(text, tree);
    }
    return this.#value(tree, text);
  }

  /** The shells evaluate while they read: what stands before an error has its effects, and its own errors come first. */
  #parse(text: string): Arithmetic {
    const { personality } = this.variables;
    try {
      return parseArithmetic(text, personality);
    } catch (thrown) {
      if (!(thrown instanceof ArithmeticError)) throw thrown;
      return parseArithmetic(text, personality, (node) => this.#value(node, text));
    }
  }

  #value(node: Arithmetic, text: string): Int {
    switch (node.k) {
      case 'number':
        return node.value;
      case 'slot':
        return this.#slots[node.index]!;
      case 'variable':
        return this.#variable(node.name, node.index, text, node.at);
      case 'binary':
        return this.#binary(node.op, this.#value(node.left, text), this.#value(node.right, text), text, node.at);
      case 'unary': {
        const operand = this.#value(node.operand, text);
        if (node.op === '-') return int.negate(operand);
        if (node.op === '!') return operand ? 0 : 1;
        return node.op === '~' ? int.bitNot(operand) : operand;
      }
      case 'logic': {
        const left = this.#value(node.left, text);
        if (this.variables.personality === 'ash') {
          // which evaluates all that there is
          const right = this.#value(node.right, text);
          return (node.op === '&&' ? left && right : left || right) ? 1 : 0;
        }
        if (node.op === '&&') return left ? (this.#value(node.right, text) ? 1 : 0) : 0;
        return left ? 1 : this.#value(node.right, text) ? 1 : 0;
      }
      case 'ternary':
        if (this.variables.personality === 'ash') {
          const [condition, yes, no] = [node.condition, node.yes, node.no].map((part) => this.#value(part, text));
          return condition ? yes! : no!;
        }
        return this.#value(node.condition, text) ? this.#value(node.yes, text) : this.#value(node.no, text);
      case 'comma':
        this.#value(node.left, text);
        return this.#value(node.right, text);
      case 'assign': {
        let value: Int;
        if (node.op === '') value = this.#value(node.value, text);
        else {
          const before = this.#variable(node.name, node.index, text, node.at);
          value = this.#binary(node.op, before, this.#value(node.value, text), text, node.at);
        }
        this.variables.assignArithmetic(node.name, node.index, String(value));
        return value;
      }
      case 'step': {
        const before = this.#variable(node.name, node.index, text, node.at);
        const after = int.add(before, node.by);
        this.variables.assignArithmetic(node.name, node.index, String(after));
        return node.prefix ? after : before;
      }
    }
  }

  #variable(name: string, index: string | undefined, text: string, at: number): Int {
    const value = this.variables.arithmeticValue(name, index);
    if (value === undefined || value === '') return 0;
    const small = smallInteger(value);
    if (small !== undefined) return small;
    if (PLAIN.test(value)) return Number(value) + 0;
    if (this.variables.personality === 'dash') {
      const m = /^\s*([-+]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)\s*$/.exec(value);
      if (!m) throw new ArithmeticError(`Illegal number: ${value}`, '');
      const parsed = int.parseDecimal(value);
      if (parsed === 'range') return m[1] === '-' ? -9223372036854775808n : 9223372036854775807n;
      return m[1] === '-' ? int.negate(literal(m[2]!)) : literal(m[2]!);
    }
    if (++this.#depth > MAX_DEPTH) {
      this.#depth = 0;
      throw new ArithmeticError('expression recursion level exceeded', text.slice(at));
    }
    const result = this.#ofVariable(value);
    this.#depth--;
    return result;
  }

  #ofVariable(value: string): Int {
    try {
      return this.evaluate(value);
    } catch (thrown) {
      if (thrown instanceof ArithmeticError) thrown.expression ??= value;
      throw thrown;
    }
  }

  /** Forgets how deep it was, after an error. */
  reset(): void {
    this.#depth = 0;
  }

  #binary(op: string, a: Int, b: Int, text: string, at: number): Int {
    switch (op) {
      case '+':
        return int.add(a, b);
      case '-':
        return int.subtract(a, b);
      case '*':
        return int.multiply(a, b);
      case '<':
        return a < b ? 1 : 0;
      case '>':
        return a > b ? 1 : 0;
      case '<=':
        return a <= b ? 1 : 0;
      case '>=':
        return a >= b ? 1 : 0;
      case '==':
        return a === b ? 1 : 0;
      case '!=':
        return a !== b ? 1 : 0;
      case '/':
      case '%':
        if (b === 0) throw new ArithmeticError('division by 0', text.slice(at));
        return op === '/' ? int.divide(a, b) : int.remainder(a, b);
      case '&':
        return int.bitAnd(a, b);
      case '|':
        return int.bitOr(a, b);
      case '^':
        return int.bitXor(a, b);
      case '<<':
        return int.shiftLeft(a, b);
      case '>>':
        return int.shiftRight(a, b);
      default:
        if (int.compare(b, 0) < 0) throw new ArithmeticError('exponent less than 0', text.slice(at));
        return int.power(a, b);
    }
  }
}
