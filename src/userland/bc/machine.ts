import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { Output } from '../../libc/stdio.ts';
import {
  add,
  compareDecimals,
  type Decimal,
  decimal,
  divide,
  multiply,
  negate,
  power,
  readDecimal,
  remainder,
  rescale,
  showDecimal,
  squareRoot,
} from './number.ts';
import type { Expression, Statement } from './parse.ts';

/** An error while a program runs; the statement ends. */
export class BcError extends Error {}

type Flow = 'next' | 'break' | 'continue' | 'quit' | { value: Decimal };

const ZERO = decimal(0);
const truth = (yes: boolean): Decimal => decimal(yes ? 1 : 0);

/** Runs bc's statements. */
export class BcMachine {
  #variables = new Map<string, Decimal>();
  #functions = new Map<string, Extract<Statement, { kind: 'define' }>>();
  #depth = 0;

  constructor(
    readonly sys: Sys,
    readonly out: Output,
  ) {
    this.#variables.set('ibase', decimal(10)).set('obase', decimal(10));
  }

  set(name: string, value: Decimal): void {
    this.#variables.set(name, value);
  }

  #number(name: string): number {
    return Number(rescale(this.#variables.get(name) ?? ZERO, 0).digits);
  }

  /** @returns 'quit' where the program is over @throws BcError */
  *run(statement: Statement): Wait<Flow> {
    if (this.sys.tick()) yield;
    switch (statement.kind) {
      case 'show': {
        const value = yield* this.#value(statement.value);
        if (statement.silent) return 'next';
        this.#variables.set('last', value);
        yield* this.out.write(`${showDecimal(value, this.#number('obase'))}\n`);
        return 'next';
      }
      case 'string':
        yield* this.out.write(statement.text);
        return 'next';
      case 'print':
        for (const item of statement.items)
          yield* this.out.write(
            typeof item === 'string'
              ? item.replace(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t', q: '"', '\\': '\\' })[c] ?? c)
              : showDecimal(yield* this.#value(item), this.#number('obase')),
          );
        return 'next';
      case 'block':
        return yield* this.all(statement.body);
      case 'if':
        if ((yield* this.#value(statement.test)).digits !== 0n) return yield* this.run(statement.body);
        return statement.otherwise ? yield* this.run(statement.otherwise) : 'next';
      case 'loop':
        return yield* this.#loop(statement);
      case 'return':
        return { value: statement.value ? yield* this.#value(statement.value) : ZERO };
      case 'define':
        this.#functions.set(statement.name, statement);
        return 'next';
      case 'halt':
        return 'quit';
      default:
        return statement.kind;
    }
  }

  *all(body: readonly Statement[]): Wait<Flow> {
    for (const statement of body) {
      const flow = yield* this.run(statement);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  *#loop(loop: Extract<Statement, { kind: 'loop' }>): Wait<Flow> {
    if (loop.start) yield* this.#value(loop.start);
    while (!loop.test || (yield* this.#value(loop.test)).digits !== 0n) {
      const flow = yield* this.run(loop.body);
      if (flow === 'break') break;
      if (flow === 'quit' || typeof flow === 'object') return flow;
      if (loop.step) yield* this.#value(loop.step);
      if (this.sys.tick()) yield;
    }
    return 'next';
  }

  *#place(to: Extract<Expression, { kind: 'variable' }>): Wait<string> {
    return to.index ? `${to.name}[${rescale(yield* this.#value(to.index), 0).digits}]` : to.name;
  }

  *#value(e: Expression): Wait<Decimal> {
    switch (e.kind) {
      case 'number':
        return readDecimal(e.text, this.#number('ibase'));
      case 'variable':
        return this.#variables.get(yield* this.#place(e)) ?? ZERO;
      case 'unary': {
        const of = yield* this.#value(e.of);
        return e.op === '-' ? negate(of) : truth(of.digits === 0n);
      }
      case 'binary': {
        const left = yield* this.#value(e.left);
        return this.#binary(e.op, left, yield* this.#value(e.right));
      }
      case 'assign': {
        const place = yield* this.#place(e.to);
        const given = yield* this.#value(e.value);
        const value = e.op === '=' ? given : this.#binary(e.op[0]!, this.#variables.get(place) ?? ZERO, given);
        this.#variables.set(place, value);
        return value;
      }
      case 'step': {
        const place = yield* this.#place(e.to);
        const old = this.#variables.get(place) ?? ZERO;
        const next = add(old, decimal(e.by));
        this.#variables.set(place, next);
        return e.before ? next : old;
      }
      case 'call':
        return yield* this.#call(e.name, e.args);
    }
  }

  #binary(op: string, a: Decimal, b: Decimal): Decimal {
    const scale = this.#number('scale');
    const order = compareDecimals(a, b);
    switch (op) {
      case '+':
        return add(a, b);
      case '-':
        return add(a, negate(b));
      case '*':
        return multiply(a, b, scale);
      case '/':
        return this.#nonZero(divide(a, b, scale));
      case '%':
        return this.#nonZero(remainder(a, b, scale));
      case '^':
        return this.#nonZero(power(a, b, scale));
      case '&&':
        return truth(a.digits !== 0n && b.digits !== 0n);
      case '||':
        return truth(a.digits !== 0n || b.digits !== 0n);
      case '==':
        return truth(order === 0);
      case '!=':
        return truth(order !== 0);
      case '<':
        return truth(order < 0);
      case '<=':
        return truth(order <= 0);
      case '>':
        return truth(order > 0);
      default:
        return truth(order >= 0);
    }
  }

  #nonZero(value: Decimal | undefined): Decimal {
    if (!value) throw new BcError('Divide by zero');
    return value;
  }

  *#call(name: string, args: readonly Expression[]): Wait<Decimal> {
    const values: Decimal[] = [];
    for (const arg of args) values.push(yield* this.#value(arg));
    const [first = ZERO] = values;
    if (name === 'sqrt') {
      const root = squareRoot(first, this.#number('scale'));
      if (!root) throw new BcError('Square root of a negative number');
      return root;
    }
    if (name === 'scale') return decimal(first.scale);
    if (name === 'length') {
      const size = first.digits < 0n ? -first.digits : first.digits;
      return decimal(Math.max(size.toString().length, first.scale));
    }
    const f = this.#functions.get(name);
    if (!f) throw new BcError(`Function ${name} not defined.`);
    if (f.params.length !== values.length) throw new BcError('Parameter number mismatch');
    if (++this.#depth > 2000) throw new BcError('Function call nesting too deep');
    const saved = [...f.params, ...f.autos].map((local) => [local, this.#variables.get(local)] as const);
    for (const [i, param] of f.params.entries()) this.#variables.set(param, values[i]!);
    for (const local of f.autos) this.#variables.set(local, ZERO);
    const flow = yield* this.all(f.body);
    for (const [local, value] of saved)
      if (value) this.#variables.set(local, value);
      else this.#variables.delete(local);
    this.#depth--;
    return typeof flow === 'object' ? flow.value : ZERO;
  }
}
