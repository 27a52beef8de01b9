import { compileRegex, RegexError } from '../../lib/regex/regex.ts';
import { program } from '../../libc/program.ts';
import * as int from '../sh/expand/integer.ts';

/** What ends expr with status 2. */
class ExprError {
  constructor(readonly message: string) {}
}

const LEVELS: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
];

/** The expression's evaluation: values are texts; those that are integers compute. */
class Expr {
  #at = 0;

  constructor(
    readonly args: readonly string[],
    readonly gnu: boolean,
  ) {}

  run(): string {
    if (this.args.length === 0) throw new ExprError('missing operand');
    const value = this.#level(0, true);
    if (this.#at < this.args.length)
      throw new ExprError(this.gnu ? `syntax error: unexpected argument ‘${this.args[this.#at]}’` : 'syntax error');
    return value;
  }

  #level(n: number, live: boolean): string {
    const ops = LEVELS[n];
    if (ops === undefined) return this.#primary(live);
    let left = this.#level(n + 1, live);
    for (;;) {
      const op = this.args[this.#at];
      if (op === undefined || !ops.includes(op)) return left;
      this.#at++;
      const skip = (op === '|' && !isNull(left)) || (op === '&' && isNull(left));
      const right = this.#level(n + 1, live && !skip);
      if (live) left = this.#apply(op, left, right);
    }
  }

  #apply(op: string, a: string, b: string): string {
    switch (op) {
      case '|':
        return isNull(a) ? (isNull(b) ? '0' : b) : a;
      case '&':
        return isNull(a) || isNull(b) ? '0' : a;
      case ':':
        return this.match(a, b);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return this.#compute(op, a, b);
      default:
        return this.#compare(op, a, b) ? '1' : '0';
    }
  }

  #compute(op: string, a: string, b: string): string {
    const x = int.parseDecimal(a);
    const y = int.parseDecimal(b);
    if (x === undefined || y === undefined || x === 'range' || y === 'range')
      throw new ExprError('non-integer argument');
    if ((op === '/' || op === '%') && y === 0) throw new ExprError('division by zero');
    const f = { '+': int.add, '-': int.subtract, '*': int.multiply, '/': int.divide, '%': int.remainder }[op]!;
    return String(f(x, y));
  }

  #compare(op: string, a: string, b: string): boolean {
    const x = int.parseDecimal(a);
    const y = int.parseDecimal(b);
    const numeric = x !== undefined && y !== undefined && x !== 'range' && y !== 'range';
    const c = numeric ? int.compare(x, y) : a < b ? -1 : a > b ? 1 : 0;
    switch (op) {
      case '<':
        return c < 0;
      case '<=':
        return c <= 0;
      case '>':
        return c > 0;
      case '>=':
        return c >= 0;
      case '!=':
        return c !== 0;
      default:
        return c === 0;
    }
  }

  match(text: string, source: string): string {
    const regex = compileRegex(`^\\(${source.replace(/^\^/, '')}\\)`, { dialect: 'bre' });
    if (regex instanceof RegexError) throw new ExprError(regex.message);
    const m = regex.exec(text);
    const group = regex.groups > 1;
    if (m === null) return group ? '' : '0';
    if (!group) return String([...text.slice(m[0], m[1])].length);
    return m[4]! < 0 ? '' : text.slice(m[4], m[5]);
  }

  #take(): string {
    const word = this.args[this.#at];
    if (word === undefined)
      throw new ExprError(
        this.gnu ? `syntax error: missing argument after ‘${this.args[this.#at - 1]}’` : 'syntax error',
      );
    this.#at++;
    return word;
  }

  #primary(live: boolean): string {
    const word = this.#take();
    switch (word) {
      case '(': {
        const value = this.#level(0, live);
        if (this.args[this.#at] !== ')')
          throw new ExprError(
            this.gnu
              ? `syntax error: expecting ‘)’ ${this.args[this.#at] === undefined ? `after ‘${this.args[this.#at - 1]}’` : `instead of ‘${this.args[this.#at]}’`}`
              : 'syntax error',
          );
        this.#at++;
        return value;
      }
      case ')':
        throw new ExprError(this.gnu ? 'syntax error: unexpected ‘)’' : 'syntax error');
      case '+':
        return this.#take();
      case 'match': {
        const text = this.#primary(live);
        const source = this.#primary(live);
        return live ? this.match(text, source) : '';
      }
      case 'length':
        return String([...this.#primary(live)].length);
      case 'index': {
        const text = [...this.#primary(live)];
        const chars = this.#primary(live);
        return String(text.findIndex((c) => chars.includes(c)) + 1);
      }
      case 'substr': {
        const text = [...this.#primary(live)];
        const position = int.parseDecimal(this.#primary(live));
        const length = int.parseDecimal(this.#primary(live));
        if (typeof position !== 'number' || typeof length !== 'number' || position <= 0 || length <= 0) return '';
        return text.slice(position - 1, position - 1 + length).join('');
      }
      default:
        return word;
    }
  }
}

const isNull = (text: string): boolean => text === '' || /^-?0+$/.test(text);

export default program({
  name: 'expr',
  at: ['/usr/bin/expr'],
  spec: 'GNU coreutils 9.4 expr(1); integers of 64 bits',
  version: '(GNU coreutils) 9.4',
  writeErrorStatus: 3,
  usage: 'EXPRESSION\n  or:  expr OPTION',
  about: 'Print the value of EXPRESSION to standard output.',
  options: {},
  raw: true,
  busybox: { at: '/usr/bin/expr', usage: 'EXPRESSION', help: 'Print the value of EXPRESSION\n' },
  *main(ctx) {
    const args = ctx.args[0] === '--' ? ctx.args.slice(1) : ctx.args;
    if (args.length === 0) return yield* ctx.form === 'gnu' ? exprUsage(ctx) : ctx.usage();
    try {
      const value = new Expr(args, ctx.form === 'gnu').run();
      yield* ctx.stdout.write(`${value}\n`);
      return isNull(value) ? 1 : 0;
    } catch (thrown) {
      if (!(thrown instanceof ExprError)) throw thrown;
      return yield* ctx.die(thrown.message, 2);
    }
  },
});

function* exprUsage(ctx: {
  name: string;
  warn(m: string): Generator<void, void, void>;
  stderr: { write(t: string): Generator<void, void, void> };
}): Generator<void, number, void> {
  yield* ctx.warn('missing operand');
  yield* ctx.stderr.write(`Try '${ctx.name} --help' for more information.\n`);
  return 2;
}
