import type { Wait } from '../../libc/io.ts';
import type { AwkProgram, Rule } from './ast.ts';
import type { Code } from './compile.ts';
import { EXIT, NEXT, NEXTFILE } from './ends.ts';
import type { Runtime } from './runtime.ts';
import { AwkExit } from './runtime.ts';
import { type Action, Compiler } from './statements.ts';
import { toBoolean } from './values.ts';

interface CompiledRule {
  pattern: Code | undefined;
  to: Code | undefined;
  action: Action;
  active: boolean;
}

/** Runs a program over the files of ARGV. @returns the exit status */
export function* runAwk(rt: Runtime, program: AwkProgram): Wait<number> {
  const compiler = new Compiler(rt, program);
  const compile = (rule: Rule): CompiledRule => ({
    pattern: rule.pattern && compiler.exprs.expr(rule.pattern),
    to: rule.to && compiler.exprs.expr(rule.to),
    action: compiler.statement(rule.action ?? { t: 'print', args: [], redirect: undefined }),
    active: false,
  });
  const of = (kind: 'BEGIN' | 'END'): CompiledRule[] => program.rules.filter((r) => r.kind === kind).map(compile);
  const [begin, end] = [of('BEGIN'), of('END')];
  const main = program.rules.filter((r) => r.kind !== 'BEGIN' && r.kind !== 'END').map(compile);
  // exit in BEGIN skips the records, not END
  const exited = yield* untilExit(block(rt, begin));
  if (!exited && (main.length > 0 || end.length > 0)) yield* untilExit(records(rt, main));
  yield* untilExit(block(rt, end));
  yield* rt.finish();
  return rt.out.error !== 0 ? 2 : rt.exitStatus;
}

/** exit within a function ends the part of the program that called it. @returns whether exit was called */
function* untilExit(part: Wait<boolean>): Wait<boolean> {
  try {
    return yield* part;
  } catch (thrown) {
    if (thrown instanceof AwkExit) return true;
    throw thrown;
  }
}

/** @returns whether exit was called */
function* block(rt: Runtime, rules: readonly CompiledRule[]): Wait<boolean> {
  for (const { action } of rules) {
    const end = yield* action.gen();
    if (rt.due) yield* rt.flushDue();
    if (end === EXIT) return true;
  }
  return false;
}

/** Whether a rule can be applied without waiting. */
const isPlain = ({ pattern, to, action }: CompiledRule): boolean =>
  action.pure !== undefined && to === undefined && (pattern === undefined || pattern.pure !== undefined);

/**
 * Plain rules for the records that are here, until something else is to be done: a step of a generator a record is dear.
 * @returns whether exit was called
 */
function plainRecords(rt: Runtime, rules: readonly CompiledRule[]): boolean {
  const { sys } = rt.ctx;
  while (!rt.due && !sys.tick()) {
    if (!rt.takeMain()) return false;
    for (const { pattern, action } of rules) {
      if (pattern && !toBoolean(pattern.pure!())) continue;
      const end = action.pure!();
      if (end === NEXT) break;
      if (end === NEXTFILE) {
        rt.nextFile();
        break;
      }
      if (end === EXIT) return true;
    }
  }
  return false;
}

function* records(rt: Runtime, rules: readonly CompiledRule[]): Wait<boolean> {
  const { sys } = rt.ctx;
  const plain = rules.every(isPlain);
  for (;;) {
    if (plain && plainRecords(rt, rules)) return true;
    if (!rt.takeMain()) {
      const record = yield* rt.nextMain();
      if (record === null) return false;
      rt.setRecord(record);
    }
    for (const rule of rules) {
      const { pattern } = rule;
      const simple = !rule.to && (!pattern || pattern.pure);
      if (simple ? pattern && !toBoolean(pattern.pure!()) : !(yield* applies(rule))) continue;
      const end = rule.action.pure ? rule.action.pure() : yield* rule.action.gen();
      if (end === NEXT) break;
      if (end === NEXTFILE) {
        rt.nextFile();
        break;
      }
      if (end === EXIT) return true;
    }
    if (rt.due) {
      yield* rt.flushDue();
      if (rt.out.error !== 0) return true;
    }
    if (sys.tick()) {
      yield* rt.account();
      yield;
    }
  }
}

function* applies(rule: CompiledRule): Wait<boolean> {
  const { pattern, to } = rule;
  if (!pattern) return true;
  const test = function* (code: Code): Wait<boolean> {
    return toBoolean(code.pure ? code.pure() : yield* code.gen());
  };
  if (!to) return pattern.pure ? toBoolean(pattern.pure()) : yield* test(pattern);
  if (!rule.active) {
    if (!(yield* test(pattern))) return false;
    rule.active = true;
  }
  if (yield* test(to)) rule.active = false;
  return true;
}
