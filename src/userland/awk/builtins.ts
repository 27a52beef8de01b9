import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { secondsOf } from '../../lib/civil-time.ts';
import type { Regex } from '../../lib/regex/regex.ts';
import { strftime } from '../../lib/strftime.ts';
import type { Expr, LValue } from './ast.ts';
import type { Code, ExprCompiler } from './compile.ts';
import { sprintf } from './format.ts';
import { AwkFatal, type Runtime } from './runtime.ts';
import { fromInput, toNumber, type Value } from './values.ts';

/** Functions that may wait. */
export const builtinWaits = (name: string): boolean => name === 'system' || name === 'close' || name === 'fflush';

const upper = (s: string, bytes: boolean): string =>
  bytes ? s.replace(/[a-z]+/g, (c) => c.toUpperCase()) : s.toUpperCase();
const lower = (s: string, bytes: boolean): string =>
  bytes ? s.replace(/[A-Z]+/g, (c) => c.toLowerCase()) : s.toLowerCase();

/** Compiles a call of a built-in function that does not wait. */
export function builtin(c: ExprCompiler, name: string, args: readonly Expr[]): Code {
  const { rt } = c;
  const number = (f: (n: number, m: number) => number): Code => c.all(args, (v) => f(toNumber(v[0]), toNumber(v[1])));
  const math =
    (f: (n: number, m: number) => number) =>
    (n: number, m: number): number => {
      rt.needMath();
      return f(n, m);
    };
  const regexOf = (e: Expr): ((v: Value) => Regex) => {
    if (e.t !== 'regex') return (v) => rt.regex(rt.text(v));
    const regex = rt.regex(e.source);
    return () => regex;
  };
  /** Arguments; a regular expression stands for itself. */
  const values = (list: readonly Expr[]): Expr[] => list.map((e) => (e.t === 'regex' ? { t: 'str', v: e.source } : e));
  switch (name) {
    case 'length': {
      const only = args[0];
      if (!only) return c.all([], () => rt.getRecord().length);
      if (only.t === 'var' && c.isArray(only.ref)) {
        const array = c.arrayOf(only.ref);
        return c.all([], () => array().size);
      }
      return c.all(args, (v) => rt.text(v[0]).length);
    }
    case 'substr':
      return c.all(args, (v) =>
        substr(
          rt.text(v[0]),
          rt.personality === 'busybox' ? Math.max(1, toNumber(v[1])) : toNumber(v[1]),
          v.length > 2 ? toNumber(v[2]) : undefined,
          rt.old,
        ),
      );
    case 'index':
      return c.all(args, (v) => rt.text(v[0]).indexOf(rt.text(v[1])) + 1);
    case 'split': {
      const target = args[1];
      if (target?.t !== 'var') throw new AwkFatal('split: second argument is not an array');
      const array = c.arrayOf(target.ref);
      const separator = args[2];
      const regex = separator?.t === 'regex' ? (separator.source === '' ? '' : rt.regex(separator.source)) : undefined;
      const rest: Expr[] = separator && regex === undefined ? [args[0]!, separator] : [args[0]!];
      return c.all(rest, (v) => {
        const parts = rt.splitText(rt.text(v[0]), regex ?? (v.length > 1 ? rt.text(v[1]) : rt.special.FS.v));
        const map = array();
        map.clear();
        for (let i = 0; i < parts.length; i++) map.set(String(i + 1), fromInput(parts[i]!));
        return parts.length;
      });
    }
    case 'sub':
    case 'gsub': {
      const regex = regexOf(args[0]!);
      const target: LValue = lvalueOf(args[2]);
      const global = name === 'gsub';
      const { at, get, set } = c.place(target);
      return c.combine([at, ...values(args.slice(0, 2)).map((e) => c.expr(e))], (v) => {
        const result = substitute(rt.text(get(v[0])), regex(v[1]), rt.text(v[2]), global);
        if (!result) return 0;
        set(v[0], result[0]);
        return result[1];
      });
    }
    case 'gensub': {
      const regex = regexOf(args[0]!);
      return c.all(values(args), (v) =>
        gensub(rt, regex(v[0]), rt.text(v[1]), v[2], v.length > 3 ? rt.text(v[3]) : rt.getRecord()),
      );
    }
    case 'match': {
      const regex = regexOf(args[1]!);
      const third = args[2];
      const array = third?.t === 'var' ? c.arrayOf(third.ref) : undefined;
      return c.all(values(args.slice(0, 2)), (v) => {
        const text = rt.text(v[0]);
        const m = regex(v[1]).exec(text);
        rt.special.RSTART.v = m ? m[0]! + 1 : 0;
        rt.special.RLENGTH.v = m ? m[1]! - m[0]! : -1;
        if (array) {
          const map = array();
          map.clear();
          for (let i = 0; m && i * 2 < m.length; i++)
            if (m[i * 2]! >= 0) map.set(String(i), fromInput(text.slice(m[i * 2], m[i * 2 + 1])));
        }
        return rt.special.RSTART.v;
      });
    }
    case 'sprintf':
      return c.all(args, (v) => sprintf(rt.text(v[0]), v.slice(1), rt.text, false)!);
    case 'sin':
      return number(math(Math.sin));
    case 'cos':
      return number(math(Math.cos));
    case 'atan2':
      return number(math(Math.atan2));
    case 'exp':
      return number(math(Math.exp));
    case 'log':
      return number(math(Math.log));
    case 'sqrt':
      return number(math(Math.sqrt));
    case 'int':
      return number((n) => Math.trunc(n));
    case 'rand':
      return c.all([], () => rt.random());
    case 'srand':
      return c.all(args, (v) => rt.srand(v[0]));
    case 'tolower':
      return c.all(args, (v) => lower(rt.text(v[0]), rt.codec.bytes));
    case 'toupper':
      return c.all(args, (v) => upper(rt.text(v[0]), rt.codec.bytes));
    case 'systime':
      return c.all([], () => Math.floor(rt.ctx.sys.now(CLOCK_REALTIME) / 1000));
    case 'strftime':
      return c.all(args, (v) =>
        strftime(
          v.length > 0 ? rt.text(v[0]) : '%a %b %e %H:%M:%S %Z %Y',
          v.length > 1 ? toNumber(v[1]) : Math.floor(rt.ctx.sys.now(CLOCK_REALTIME) / 1000),
        ),
      );
    case 'mktime':
      return c.all(args, (v) => {
        const p = rt.text(v[0]).trim().split(/\s+/).map(Number);
        return p.length < 6 || p.some(Number.isNaN) ? -1 : secondsOf(p[0]!, p[1]!, p[2]!, p[3]!, p[4]!, p[5]!);
      });
    case 'strtonum':
      return c.all(args, (v) => {
        const s = rt.text(v[0]).trim();
        return /^0[xX]/.test(s) ? Number.parseInt(s, 16) || 0 : /^0[0-7]/.test(s) ? Number.parseInt(s, 8) : toNumber(s);
      });
    case 'and':
      return number((a, b) => Number(BigInt(Math.trunc(a)) & BigInt(Math.trunc(b))));
    case 'or':
      return number((a, b) => Number(BigInt(Math.trunc(a)) | BigInt(Math.trunc(b))));
    case 'xor':
      return number((a, b) => Number(BigInt(Math.trunc(a)) ^ BigInt(Math.trunc(b))));
    case 'lshift':
      return number((a, b) => Math.trunc(a) * 2 ** Math.trunc(b));
    case 'rshift':
      return number((a, b) => Math.floor(Math.trunc(a) / 2 ** Math.trunc(b)));
    case 'compl':
      return number((a) => 2 ** 53 - 1 - Math.trunc(a));
    case 'asort':
    case 'asorti': {
      const from = args[0];
      const to = args[1] ?? from;
      if (from?.t !== 'var' || to?.t !== 'var') throw new AwkFatal(`${name}: argument is not an array`);
      const [source, target] = [c.arrayOf(from.ref), c.arrayOf(to.ref)];
      return c.all([], () => {
        const list: Value[] = name === 'asort' ? [...source().values()] : [...source().keys()];
        list.sort((a, b) => rt.compare(a, b));
        const map = target();
        map.clear();
        for (const [i, v] of list.entries()) map.set(String(i + 1), v);
        return list.length;
      });
    }
    default:
      throw new AwkFatal(`function ${name} never defined`);
  }
}

function lvalueOf(e: Expr | undefined): LValue {
  if (!e) return { t: 'field', e: { t: 'num', v: 0 } };
  if (e.t === 'group') return lvalueOf(e.e);
  if (e.t === 'var' || e.t === 'index' || e.t === 'field') return e;
  throw new AwkFatal('third argument of sub is not a variable');
}

/** POSIX: characters from round(start) to round(start + length) - 1, as far as there are such. */
function substr(s: string, start: number, length: number | undefined, old: boolean): string {
  if (old) {
    // mawk 1.3.4-20200120 cuts fractions off, and takes a start before the text for a longer text
    const begin = Math.trunc(start);
    const count = length === undefined ? Number.POSITIVE_INFINITY : Math.trunc(length) - Math.min(0, begin);
    const at = Math.max(0, begin - 1);
    return count <= 0 ? '' : s.slice(at, at + count);
  }
  const from = Math.round(start);
  if (length === undefined) return s.slice(Math.max(0, from - 1));
  const to = Number.isFinite(length) ? Math.round(start + length) : Number.POSITIVE_INFINITY;
  return to <= 1 || to <= from ? '' : s.slice(Math.max(0, from - 1), Math.max(0, to - 1));
}

/** @returns the new text and how many were replaced, undefined for none */
function substitute(text: string, regex: Regex, by: string, global: boolean): [string, number] | undefined {
  const plain = !/[&\\]/.test(by);
  const pieces = plain ? undefined : replacementPieces(by);
  let out = '';
  let done = 0;
  let at = 0;
  let count = 0;
  let lastEnd = -1;
  while (at <= text.length) {
    const m = regex.exec(text, at);
    if (!m) break;
    const [start, end] = [m[0]!, m[1]!];
    if (start === end && start === lastEnd) {
      at = start + 1;
      continue;
    }
    count++;
    const found = text.slice(start, end);
    out += text.slice(done, start) + (pieces ? pieces.map((p) => p ?? found).join('') : by);
    done = end;
    lastEnd = end;
    if (!global) break;
    at = end > start ? end : end + 1;
  }
  return count === 0 ? undefined : [out + text.slice(done), count];
}

/** The replacement text cut where the match goes (undefined). */
function replacementPieces(by: string): (string | undefined)[] {
  const out: (string | undefined)[] = [];
  let text = '';
  for (let i = 0; i < by.length; i++) {
    const c = by[i]!;
    const d = by[i + 1];
    if (c === '\\' && (d === '&' || d === '\\')) {
      text += d;
      i++;
    } else if (c === '&') {
      out.push(text, undefined);
      text = '';
    } else text += c;
  }
  out.push(text);
  return out;
}

function gensub(rt: Runtime, regex: Regex, by: string, how: Value, text: string): string {
  const all = /^[gG]/.test(rt.text(how));
  const which = all ? 0 : Math.max(1, Math.trunc(toNumber(how)));
  let out = '';
  let done = 0;
  let at = 0;
  let count = 0;
  while (at <= text.length) {
    const m = regex.exec(text, at);
    if (!m) break;
    count++;
    if (all || count === which) {
      out += text.slice(done, m[0]);
      out += by.replace(/\\([0-9&\\])|&/g, (x, d: string | undefined) => {
        if (d === '&' || d === '\\') return d;
        const group = x === '&' ? 0 : Number(d);
        return (m[group * 2] ?? -1) < 0 ? '' : text.slice(m[group * 2], m[group * 2 + 1]);
      });
      done = m[1]!;
      if (!all) break;
    }
    at = m[1]! > m[0]! ? m[1]! : m[1]! + 1;
  }
  return out + text.slice(done);
}
