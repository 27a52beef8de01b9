import type { AwkProgram, Expr, Func, LValue, Name, Stmt } from './ast.ts';

/** Calls `visit` for every expression and statement below. */
function walkExpr(e: Expr | undefined, visit: (e: Expr) => void): void {
  if (!e) return;
  visit(e);
  switch (e.t) {
    case 'group':
      for (const x of e.list) walkExpr(x, visit);
      break;
    case 'field':
    case 'unary':
      walkExpr(e.e, visit);
      break;
    case 'index':
    case 'in':
      for (const x of e.subs) walkExpr(x, visit);
      break;
    case 'bin':
    case 'cmp':
    case 'cat':
    case 'match':
    case 'and':
    case 'or':
      walkExpr(e.l, visit);
      walkExpr(e.r, visit);
      break;
    case 'cond':
      walkExpr(e.c, visit);
      walkExpr(e.a, visit);
      walkExpr(e.b, visit);
      break;
    case 'step':
      walkExpr(e.lv, visit);
      break;
    case 'assign':
      walkExpr(e.lv, visit);
      walkExpr(e.e, visit);
      break;
    case 'call':
    case 'builtin':
      for (const x of e.args) walkExpr(x, visit);
      break;
    case 'getline':
      walkExpr(e.lv as LValue | undefined, visit);
      walkExpr(e.source, visit);
      break;
    default:
      break;
  }
}

function walkStmt(s: Stmt | undefined, onExpr: (e: Expr) => void, onStmt: (s: Stmt) => void): void {
  if (!s) return;
  onStmt(s);
  const go = (x: Stmt | undefined): void => walkStmt(x, onExpr, onStmt);
  switch (s.t) {
    case 'expr':
      walkExpr(s.e, onExpr);
      break;
    case 'print':
    case 'printf':
      for (const x of s.args) walkExpr(x, onExpr);
      walkExpr(s.redirect?.to, onExpr);
      break;
    case 'if':
      walkExpr(s.c, onExpr);
      go(s.then);
      go(s.else);
      break;
    case 'while':
    case 'do':
      walkExpr(s.c, onExpr);
      go(s.body);
      break;
    case 'for':
      go(s.init);
      walkExpr(s.c, onExpr);
      go(s.step);
      go(s.body);
      break;
    case 'forin':
      go(s.body);
      break;
    case 'block':
      for (const x of s.list) go(x);
      break;
    case 'exit':
    case 'return':
      walkExpr(s.e, onExpr);
      break;
    case 'delete':
      for (const x of s.subs ?? []) walkExpr(x, onExpr);
      break;
    default:
      break;
  }
}

/** Every place of code: rules (no function) and bodies. */
function walkProgram(
  program: AwkProgram,
  onExpr: (e: Expr, f: Func | undefined) => void,
  onStmt: (s: Stmt, f: Func | undefined) => void,
): void {
  for (const rule of program.rules) {
    walkExpr(rule.pattern, (e) => onExpr(e, undefined));
    walkExpr(rule.to, (e) => onExpr(e, undefined));
    walkStmt(
      rule.action,
      (e) => onExpr(e, undefined),
      (s) => onStmt(s, undefined),
    );
  }
  for (const f of program.functions.values())
    walkStmt(
      f.body,
      (e) => onExpr(e, f),
      (s) => onStmt(s, f),
    );
}

/** Names that are arrays: globals by name, parameters as `FUNCTION:INDEX`. */
export function arrayNames(program: AwkProgram): Set<string> {
  const found = new Set<string>(['ENVIRON', 'ARGV', 'PROCINFO']);
  const key = (ref: Name, f: Func | undefined): string => (ref.local >= 0 && f ? `${f.name}:${ref.local}` : ref.name);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    walkProgram(
      program,
      (e, f) => {
        if (e.t === 'index' || e.t === 'in') found.add(key(e.ref, f));
        if (e.t === 'builtin') {
          const at =
            e.name === 'split' || e.name === 'asort' || e.name === 'asorti'
              ? e.name === 'split'
                ? [1]
                : [0, 1]
              : e.name === 'match'
                ? [2]
                : [];
          for (const i of at) {
            const arg = e.args[i];
            if (arg?.t === 'var') found.add(key(arg.ref, f));
          }
        }
        if (e.t === 'call')
          e.args.forEach((arg, i) => {
            if (arg.t !== 'var') return;
            const [inner, outer] = [`${e.name}:${i}`, key(arg.ref, f)];
            if (found.has(inner)) found.add(outer);
            else if (found.has(outer)) found.add(inner);
          });
      },
      (s, f) => {
        if (s.t === 'forin' || s.t === 'delete') found.add(key(s.ref, f));
      },
    );
  }
  return found;
}

const WAITING = new Set(['system', 'close', 'fflush']);

/** Functions that may have to wait, that loop or that call themselves. */
export function impureFunctions(program: AwkProgram): Set<string> {
  const impure = new Set<string>();
  const calls = new Map<string, Set<string>>();
  walkProgram(
    program,
    (e, f) => {
      if (!f) return;
      if (e.t === 'getline' || (e.t === 'builtin' && WAITING.has(e.name))) impure.add(f.name);
      if (e.t === 'call') calls.set(f.name, (calls.get(f.name) ?? new Set()).add(e.name));
    },
    (s, f) => {
      if (!f) return;
      if (/^(?:while|do|for|forin)$/.test(s.t) || ((s.t === 'print' || s.t === 'printf') && s.redirect))
        impure.add(f.name);
    },
  );
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    for (const next of calls.get(from) ?? []) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      if (reaches(next, to, seen)) return true;
    }
    return false;
  };
  for (const name of program.functions.keys()) if (reaches(name, name)) impure.add(name);
  for (let before = -1; before !== impure.size; ) {
    before = impure.size;
    for (const [name, callees] of calls) if ([...callees].some((c) => impure.has(c))) impure.add(name);
  }
  return impure;
}
