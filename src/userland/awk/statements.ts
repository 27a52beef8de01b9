import type { Wait } from '../../libc/io.ts';
import type { AwkProgram, Func, Stmt } from './ast.ts';
import { type Code, ExprCompiler } from './compile.ts';
import { BREAK, CONTINUE, EXIT, NEXT, NEXTFILE, NORMAL, RETURN } from './ends.ts';
import { sprintf } from './format.ts';
import { orderedKeys } from './order.ts';
import { AwkFatal, type Runtime } from './runtime.ts';
import { fromInput, toBoolean, toNumber, type Value } from './values.ts';

/** A compiled statement: `pure` where it cannot wait and does not loop. */
export interface Action {
  pure: (() => number) | undefined;
  gen(): Wait<number>;
}

const pure = (f: () => number): Action => ({
  pure: f,
  *gen() {
    return f();
  },
});

/** Makes closures of statements. */
export class Compiler {
  readonly exprs: ExprCompiler;

  constructor(
    readonly rt: Runtime,
    program: AwkProgram,
  ) {
    this.exprs = new ExprCompiler(rt, program);
    for (const f of program.functions.values()) this.func(f);
  }

  private func(f: Func): void {
    this.exprs.current = f;
    const body = this.statement(f.body);
    this.exprs.current = undefined;
    this.exprs.bodies.set(f.name, body);
  }

  statement(s: Stmt): Action {
    const { rt, exprs } = this;
    switch (s.t) {
      case 'expr': {
        const code = exprs.expr(s.e);
        if (code.pure) {
          const f = code.pure;
          return pure(() => {
            f();
            return NORMAL;
          });
        }
        return {
          pure: undefined,
          *gen() {
            yield* code.gen();
            return NORMAL;
          },
        };
      }
      case 'print':
      case 'printf':
        return this.print(s);
      case 'block':
        return this.block(s.list.map((x) => this.statement(x)));
      case 'if':
        return this.condition(exprs.expr(s.c), this.statement(s.then), s.else && this.statement(s.else));
      case 'while':
        return this.loop(undefined, exprs.expr(s.c), undefined, this.statement(s.body), false);
      case 'do':
        return this.loop(undefined, exprs.expr(s.c), undefined, this.statement(s.body), true);
      case 'for':
        return this.loop(
          s.init && this.statement(s.init),
          s.c && exprs.expr(s.c),
          s.step && this.statement(s.step),
          this.statement(s.body),
          false,
        );
      case 'forin': {
        const array = exprs.arrayOf(s.ref);
        const set = exprs.setVariable(s.v);
        const body = this.statement(s.body);
        return {
          pure: undefined,
          *gen() {
            const map = array();
            for (const key of orderedKeys(map, rt.personality)) {
              if (!map.has(key)) continue;
              set(fromInput(key));
              const end = body.pure ? body.pure() : yield* body.gen();
              if (rt.due) yield* rt.flushDue();
              if (end === BREAK) break;
              if (end > CONTINUE) return end;
              if (rt.ctx.sys.tick()) {
                yield* rt.account();
                yield;
              }
            }
            return NORMAL;
          },
        };
      }
      case 'next':
        return pure(() => NEXT);
      case 'nextfile':
        return pure(() => NEXTFILE);
      case 'break':
        return pure(() => BREAK);
      case 'continue':
        return pure(() => CONTINUE);
      case 'exit':
      case 'return': {
        const code = s.e && exprs.expr(s.e);
        const end = s.t === 'exit' ? EXIT : RETURN;
        const set = (v: Value): void => {
          if (end === RETURN) rt.returned = v;
          else rt.exitStatus = Math.trunc(toNumber(v)) & 255;
        };
        if (!code) return pure(() => end);
        if (code.pure) {
          const f = code.pure;
          return pure(() => {
            set(f());
            return end;
          });
        }
        return {
          pure: undefined,
          *gen() {
            set(yield* code.gen());
            return end;
          },
        };
      }
      case 'delete': {
        const array = exprs.arrayOf(s.ref);
        if (!s.subs)
          return pure(() => {
            array().clear();
            return NORMAL;
          });
        const key = exprs.all(s.subs, (v) => v.map(rt.text).join(rt.text(rt.special.SUBSEP.v)));
        return this.statementOf(key, (v) => {
          array().delete(v as string);
        });
      }
    }
  }

  private statementOf(code: Code, f: (v: Value) => void): Action {
    if (code.pure) {
      const get = code.pure;
      return pure(() => {
        f(get());
        return NORMAL;
      });
    }
    return {
      pure: undefined,
      *gen() {
        f(yield* code.gen());
        return NORMAL;
      },
    };
  }

  private block(list: readonly Action[]): Action {
    if (list.length === 1) return list[0]!;
    if (list.every((a) => a.pure)) {
      const fs = list.map((a) => a.pure!);
      return pure(() => {
        for (let i = 0; i < fs.length; i++) {
          const end = fs[i]!();
          if (end !== NORMAL) return end;
        }
        return NORMAL;
      });
    }
    return {
      pure: undefined,
      *gen() {
        for (const a of list) {
          const end = a.pure ? a.pure() : yield* a.gen();
          if (end !== NORMAL) return end;
        }
        return NORMAL;
      },
    };
  }

  private condition(c: Code, then: Action, other: Action | undefined): Action {
    if (c.pure && then.pure && (!other || other.pure)) {
      const [x, y, z] = [c.pure, then.pure, other?.pure];
      return pure(() => (toBoolean(x()) ? y() : z ? z() : NORMAL));
    }
    return {
      pure: undefined,
      *gen() {
        const chosen = toBoolean(c.pure ? c.pure() : yield* c.gen()) ? then : other;
        if (!chosen) return NORMAL;
        return chosen.pure ? chosen.pure() : yield* chosen.gen();
      },
    };
  }

  private loop(
    init: Action | undefined,
    c: Code | undefined,
    step: Action | undefined,
    body: Action,
    first: boolean,
  ): Action {
    const { rt } = this;
    return {
      pure: undefined,
      *gen() {
        if (init) yield* init.gen();
        let skip = first;
        for (;;) {
          if (!skip && c && !toBoolean(c.pure ? c.pure() : yield* c.gen())) break;
          skip = false;
          const end = body.pure ? body.pure() : yield* body.gen();
          if (rt.due) yield* rt.flushDue();
          if (end === BREAK) break;
          if (end > CONTINUE) return end;
          if (step) {
            if (step.pure) step.pure();
            else yield* step.gen();
          }
          if (rt.ctx.sys.tick()) {
            yield* rt.account();
            yield;
          }
        }
        return NORMAL;
      },
    };
  }

  private print(s: Extract<Stmt, { t: 'print' | 'printf' }>): Action {
    const { rt, exprs } = this;
    const format = s.t === 'printf';
    const make = (v: readonly Value[]): string => {
      if (format) {
        const text = sprintf(rt.text(v[0]), v.slice(1), rt.text, rt.personality !== 'busybox');
        if (text === undefined)
          throw new AwkFatal(
            rt.personality === 'mawk'
              ? `run time error: not enough arguments passed to printf("${rt.text(v[0])}")\n\tFILENAME="${rt.text(rt.special.FILENAME.v)}" FNR=${rt.text(rt.special.FNR.v)} NR=${rt.text(rt.special.NR.v)}`
              : `fatal: not enough arguments to satisfy format string\n\t\`${rt.text(v[0])}'`,
          );
        return text;
      }
      const ors = rt.text(rt.special.ORS.v);
      if (v.length === 1) return rt.printed(v[0]) + ors;
      if (v.length === 0) return rt.getRecord() + ors;
      return v.map((x) => rt.printed(x)).join(rt.text(rt.special.OFS.v)) + ors;
    };
    const text = exprs.all(s.args, make);
    if (!s.redirect) {
      return this.statementOf(text, (v) => {
        if (rt.out.put(v as string)) rt.due = true;
      });
    }
    const to = exprs.expr(s.redirect.to);
    const { mode } = s.redirect;
    return {
      pure: undefined,
      *gen() {
        const line = (yield* text.gen()) as string;
        const name = rt.text(yield* to.gen());
        const out = yield* rt.output(mode, name);
        if (out.put(line) || out.fd === 2) yield* out.flush();
        return NORMAL;
      },
    };
  }
}
