import type { Wait } from '../../libc/io.ts';
import type { AwkProgram, Expr, Func, LValue, Name } from './ast.ts';
import { builtin, builtinWaits } from './builtins.ts';
import { EXIT } from './ends.ts';
import { arrayNames, impureFunctions } from './infer.ts';
import { AwkExit, AwkFatal, type Runtime } from './runtime.ts';
import { type AwkArray, fromInput, toBoolean, toNumber, type Value } from './values.ts';

/** Compiled code: `pure` where it cannot wait, and always `gen`. */
export interface Code {
  pure: (() => Value) | undefined;
  gen(): Wait<Value>;
}

const pure = (f: () => Value): Code => ({
  pure: f,
  *gen() {
    return f();
  },
});

/** A compiled function: `run` expects its frame in place. */
export interface Compiled {
  /** How the body ended (ends.ts). */
  pure: (() => number) | undefined;
  gen(): Wait<number>;
}

/** Where a value can be stored. */
export interface Place {
  /** What the place depends on, evaluated first: a subscript, the number of a field. */
  at: Code;
  get(at: Value): Value;
  set(at: Value, v: Value): void;
}

/** Makes closures of expressions. */
export class ExprCompiler {
  /** Filled by the statements' compiler, before anything runs. */
  readonly bodies = new Map<string, Compiled>();
  readonly impure: ReadonlySet<string>;
  private readonly arrays: ReturnType<typeof arrayNames>;

  constructor(
    readonly rt: Runtime,
    readonly program: AwkProgram,
    /** The function that is compiled, for its parameters. */
    public current: Func | undefined = undefined,
  ) {
    this.arrays = arrayNames(program);
    this.impure = impureFunctions(program);
  }

  /** An expression that combines its children's values once all are there. */
  combine(children: readonly Code[], f: (v: readonly Value[]) => Value): Code {
    if (children.every((c) => c.pure)) {
      const fs = children.map((c) => c.pure!);
      if (fs.length === 1) {
        const a = fs[0]!;
        return pure(() => f([a()]));
      }
      return pure(() => f(fs.map((g) => g())));
    }
    return {
      pure: undefined,
      *gen() {
        const values: Value[] = [];
        for (const child of children) values.push(child.pure ? child.pure() : yield* child.gen());
        return f(values);
      },
    };
  }

  private one(child: Code, f: (v: Value) => Value): Code {
    const get = child.pure;
    return get ? pure(() => f(get())) : this.combine([child], (v) => f(v[0]));
  }

  private pair(a: Code, b: Code, f: (a: Value, b: Value) => Value): Code {
    const [x, y] = [a.pure, b.pure];
    return x && y ? pure(() => f(x(), y())) : this.combine([a, b], (v) => f(v[0], v[1]));
  }

  private two(l: Expr, r: Expr, f: (a: Value, b: Value) => Value): Code {
    return this.pair(this.expr(l), this.expr(r), f);
  }

  isArray(ref: Name): boolean {
    return this.arrays.has(ref.local >= 0 && this.current ? `${this.current.name}:${ref.local}` : ref.name);
  }

  /** How to get an array. */
  arrayOf(ref: Name): () => AwkArray {
    const { rt } = this;
    if (ref.local < 0) {
      const array = rt.array(ref.name);
      return () => array;
    }
    const i = ref.local;
    return () => {
      const value = rt.frame[i];
      if (value instanceof Map) return value;
      const made: AwkArray = new Map();
      rt.frame[i] = made;
      return made;
    };
  }

  private key(subs: readonly Expr[]): Code {
    const { rt } = this;
    if (subs.length === 1) {
      return this.one(this.expr(subs[0]!), rt.text);
    }
    return this.combine(
      subs.map((s) => this.expr(s)),
      (v) => v.map(rt.text).join(rt.text(rt.special.SUBSEP.v)),
    );
  }

  expr(e: Expr): Code {
    const { rt } = this;
    switch (e.t) {
      case 'num': {
        const { v } = e;
        return pure(() => v);
      }
      case 'str': {
        const { v } = e;
        return pure(() => v);
      }
      case 'regex': {
        const regex = rt.regex(e.source);
        return pure(() => (regex.test(rt.getRecord()) ? 1 : 0));
      }
      case 'group':
        return this.expr(e.e);
      case 'var':
        return pure(this.getVariable(e.ref));
      case 'field': {
        if (e.e.t === 'num') {
          const n = e.e.v;
          return pure(() => rt.field(n));
        }
        return this.one(this.expr(e.e), (v) => rt.field(toNumber(v)));
      }
      case 'index': {
        const array = this.arrayOf(e.ref);
        return this.one(this.key(e.subs), (v) => {
          const map = array();
          const key = v as string;
          const value = map.get(key);
          if (value === undefined && !map.has(key)) map.set(key, undefined);
          return value;
        });
      }
      case 'in': {
        const array = this.arrayOf(e.ref);
        return this.one(this.key(e.subs), (v) => (array().has(v as string) ? 1 : 0));
      }
      case 'bin':
        return this.two(e.l, e.r, this.arithmetic(e.op));
      case 'cmp':
        return this.comparison(e.op, e.l, e.r);
      case 'cat':
        return this.two(e.l, e.r, (a, b) => rt.text(a) + rt.text(b));
      case 'match': {
        const { not } = e;
        if (e.r.t === 'regex') {
          const regex = rt.regex(e.r.source);
          return this.one(this.expr(e.l), (v) => (regex.test(rt.text(v)) !== not ? 1 : 0));
        }
        return this.two(e.l, e.r, (a, b) => (rt.regex(rt.text(b)).test(rt.text(a)) !== not ? 1 : 0));
      }
      case 'and':
      case 'or':
        return this.logic(e.t === 'or', this.expr(e.l), this.expr(e.r));
      case 'cond':
        return this.conditional(this.expr(e.c), this.expr(e.a), this.expr(e.b));
      case 'unary': {
        const { op } = e;
        return this.one(this.expr(e.e), (v) =>
          op === '!' ? (toBoolean(v) ? 0 : 1) : op === '-' ? -toNumber(v) : toNumber(v),
        );
      }
      case 'step': {
        const { by, before } = e;
        return this.update(e.lv, undefined, (old) => toNumber(old) + by, !before);
      }
      case 'assign':
        return this.update(
          e.lv,
          this.expr(e.e),
          e.op === '=' ? (_, v) => v : this.arithmetic(e.op.slice(0, -1)),
          false,
        );
      case 'call':
        return this.call(e.name, e.args, e.line);
      case 'builtin':
        return builtinWaits(e.name) ? this.waiting(e.name, e.args) : builtin(this, e.name, e.args);
      case 'getline':
        return this.getline(e);
    }
  }

  all(children: readonly Expr[], f: (v: readonly Value[]) => Value): Code {
    return this.combine(
      children.map((c) => this.expr(c)),
      f,
    );
  }

  private arithmetic(op: string): (a: Value, b: Value) => number {
    const { rt } = this;
    const zero = (): never => {
      throw new AwkFatal(
        rt.personality === 'busybox'
          ? 'Division by zero'
          : rt.personality === 'gawk'
            ? 'fatal: division by zero attempted'
            : 'division by zero',
      );
    };
    switch (op) {
      case '+':
        return (a, b) => toNumber(a) + toNumber(b);
      case '-':
        return (a, b) => toNumber(a) - toNumber(b);
      case '*':
        return (a, b) => toNumber(a) * toNumber(b);
      case '/':
        return (a, b) => {
          const d = toNumber(b);
          if (d === 0 && rt.personality !== 'mawk') zero();
          return toNumber(a) / d;
        };
      case '%':
        return (a, b) => {
          const d = toNumber(b);
          if (d === 0 && rt.personality !== 'mawk') zero();
          return toNumber(a) % d;
        };
      default:
        return (a, b) => {
          rt.needMath();
          return toNumber(a) ** toNumber(b);
        };
    }
  }

  private comparison(op: string, l: Expr, r: Expr): Code {
    const { rt } = this;
    const compare = (a: Value, b: Value): number =>
      typeof a === 'number' && typeof b === 'number' ? a - b : rt.compare(a, b);
    switch (op) {
      case '<':
        return this.two(l, r, (a, b) => (compare(a, b) < 0 ? 1 : 0));
      case '<=':
        return this.two(l, r, (a, b) => (compare(a, b) <= 0 ? 1 : 0));
      case '>':
        return this.two(l, r, (a, b) => (compare(a, b) > 0 ? 1 : 0));
      case '>=':
        return this.two(l, r, (a, b) => (compare(a, b) >= 0 ? 1 : 0));
      case '==':
        return this.two(l, r, (a, b) => (compare(a, b) === 0 ? 1 : 0));
      default:
        return this.two(l, r, (a, b) => (compare(a, b) !== 0 ? 1 : 0));
    }
  }

  private logic(or: boolean, a: Code, b: Code): Code {
    if (a.pure && b.pure) {
      const [x, y] = [a.pure, b.pure];
      return pure(() => (toBoolean(x()) === or ? (or ? 1 : 0) : toBoolean(y()) ? 1 : 0));
    }
    return {
      pure: undefined,
      *gen() {
        if (toBoolean(yield* a.gen()) === or) return or ? 1 : 0;
        return toBoolean(yield* b.gen()) ? 1 : 0;
      },
    };
  }

  private conditional(c: Code, a: Code, b: Code): Code {
    if (c.pure && a.pure && b.pure) {
      const [x, y, z] = [c.pure, a.pure, b.pure];
      return pure(() => (toBoolean(x()) ? y() : z()));
    }
    return {
      pure: undefined,
      *gen() {
        return toBoolean(yield* c.gen()) ? yield* a.gen() : yield* b.gen();
      },
    };
  }

  private getVariable(ref: Name): () => Value {
    const { rt } = this;
    if (ref.local >= 0) {
      const i = ref.local;
      return () => {
        const v = rt.frame[i];
        return v instanceof Map ? undefined : v;
      };
    }
    if (ref.name === 'NF') return () => rt.nf;
    if (this.isArray(ref))
      throw new AwkFatal(`${rt.personality === 'mawk' ? 'line 1: ' : ''}illegal reference to array ${ref.name}`);
    const cell = rt.cell(ref.name);
    return () => cell.v;
  }

  setVariable(ref: Name): (v: Value) => void {
    const { rt } = this;
    if (ref.local >= 0) {
      const i = ref.local;
      return (v) => {
        rt.frame[i] = v;
      };
    }
    if (ref.name === 'NF')
      return (v) => {
        rt.nf = toNumber(v);
      };
    const cell = rt.cell(ref.name);
    return (v) => {
      cell.v = v;
    };
  }

  /** A variable, field or element: which one (`at`), and how it is read and written. */
  place(lv: LValue): Place {
    const { rt } = this;
    if (lv.t === 'var') return { at: pure(() => undefined), get: this.getVariable(lv.ref), set: this.setPlace(lv.ref) };
    if (lv.t === 'field')
      return {
        at: this.expr(lv.e),
        get: (at) => rt.field(toNumber(at)),
        set: (at, v) => rt.setField(toNumber(at), v),
      };
    const array = this.arrayOf(lv.ref);
    return {
      at: this.key(lv.subs),
      get: (at) => array().get(at as string),
      set: (at, v) => void array().set(at as string, v),
    };
  }

  private setPlace(ref: Name): Place['set'] {
    const set = this.setVariable(ref);
    return (_, v) => set(v);
  }

  /**
   * Reads, changes and writes a place. `f` gives what is stored.
   * @param wasNumber the expression is worth the number that was there; otherwise what is stored
   */
  private update(lv: LValue, value: Code | undefined, f: (old: Value, v: Value) => Value, wasNumber: boolean): Code {
    if (lv.t === 'var') {
      const [get, set] = [this.getVariable(lv.ref), this.setVariable(lv.ref)];
      const change = (v: Value): Value => {
        const old = get();
        const stored = f(old, v);
        set(stored);
        return wasNumber ? toNumber(old) : stored;
      };
      return value ? this.one(value, change) : pure(() => change(undefined));
    }
    const { at: place, get, set } = this.place(lv);
    const run = (at: Value, v: Value): Value => {
      const old = get(at);
      const stored = f(old, v);
      set(at, stored);
      return wasNumber ? toNumber(old) : stored;
    };
    return value ? this.pair(place, value, run) : this.one(place, (at) => run(at, undefined));
  }

  private call(name: string, args: readonly Expr[], line: number): Code {
    const { rt, bodies } = this;
    const func = this.program.functions.get(name);
    if (!func)
      throw new AwkFatal(
        rt.personality === 'mawk'
          ? `line ${line}: function ${name} never defined`
          : rt.personality === 'gawk'
            ? `fatal: function \`${name}' not defined`
            : 'Call to undefined function',
      );
    if (args.length > func.params.length) throw new AwkFatal(`function ${name} called with too many args`);
    const codes = args.map((arg, i): Code | (() => AwkArray) => {
      const isArray = this.arrays.has(`${name}:${i}`);
      return isArray && arg.t === 'var' ? this.arrayOf(arg.ref) : this.expr(arg);
    });
    const size = func.params.length;
    if (!this.impure.has(name) && codes.every((c) => typeof c === 'function' || c.pure)) {
      const getters = codes.map((c) => (typeof c === 'function' ? c : c.pure!));
      return pure(() => {
        const frame: (Value | AwkArray)[] = new Array(size).fill(undefined);
        for (let i = 0; i < getters.length; i++) frame[i] = getters[i]!();
        const outer = rt.frame;
        rt.frame = frame;
        rt.returned = undefined;
        const end = bodies.get(name)!.pure!();
        rt.frame = outer;
        if (end === EXIT) throw new AwkExit();
        const value = rt.returned;
        rt.returned = undefined;
        return value;
      });
    }
    let depth = 0;
    return {
      pure: undefined,
      *gen() {
        const frame: (Value | AwkArray)[] = new Array(size).fill(undefined);
        for (const [i, c] of codes.entries())
          frame[i] = typeof c === 'function' ? c() : c.pure ? c.pure() : yield* c.gen();
        const outer = rt.frame;
        if (++depth > 5000) throw new AwkFatal('function call nesting too deep');
        rt.frame = frame;
        rt.returned = undefined;
        const body = bodies.get(name)!;
        const end = body.pure ? body.pure() : yield* body.gen();
        if (rt.ctx.sys.tick()) yield;
        depth--;
        rt.frame = outer;
        if (end === EXIT) throw new AwkExit();
        const value = rt.returned;
        rt.returned = undefined;
        return value;
      },
    };
  }

  /** system, close, fflush. */
  private waiting(name: string, args: readonly Expr[]): Code {
    const { rt } = this;
    const codes = args.map((a) => this.expr(a));
    return {
      pure: undefined,
      *gen() {
        const values: Value[] = [];
        for (const c of codes) values.push(c.pure ? c.pure() : yield* c.gen());
        if (name === 'close') return yield* rt.close(rt.text(values[0]));
        if (name === 'fflush') {
          yield* rt.flushAll();
          return 0;
        }
        return yield* rt.system(rt.text(values[0]));
      },
    };
  }

  private getline(e: Extract<Expr, { t: 'getline' }>): Code {
    const { rt } = this;
    const source = e.source && this.expr(e.source);
    let taken: Value;
    const store = e.lv && this.update(e.lv, undefined, () => taken, false);
    const { from } = e;
    return {
      pure: undefined,
      *gen() {
        let record: string | null | -1;
        if (from === 'main') record = yield* rt.nextMain();
        else {
          const name = rt.text(yield* source!.gen());
          record = yield* rt.readFrom(from, name);
          if (typeof record === 'string' && from === 'command' && rt.personality !== 'mawk') {
            const { NR } = rt.special;
            NR.v = toNumber(NR.v) + 1;
          }
        }
        if (record === null) return 0;
        if (record === -1) return -1;
        if (!store) rt.setRecord(record);
        else {
          taken = fromInput(record);
          yield* store.gen();
        }
        return 1;
      },
    };
  }
}
