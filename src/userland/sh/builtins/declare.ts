import type { Wait } from '../../../libc/io.ts';
import type { Arrays, Builtin, Interpreter } from '../exec/interpreter.ts';
import type { Result } from '../exec/machine.ts';
import { attributeLetters, compound } from '../expand/attributes.ts';
import { ansiQuote, doubleQuote, hasControl, posixQuote, singleQuote } from '../expand/transform.ts';
import { functionText } from '../parse/unparse.ts';
import { AssocArray } from '../state/assoc.ts';
import type { Shell, ShellFunction } from '../state/shell.ts';
import {
  CAPITALIZE,
  DYNAMIC,
  EXPORT,
  INTEGER,
  IndexedArray,
  LOWER,
  NAMEREF,
  READONLY,
  TRACE,
  UPPER,
  type Variable,
  WATCHED,
} from '../state/variable.ts';
import { isName } from '../state/variables.ts';
import { specialError } from './flow.ts';
import { type BuiltinOptions, builtinOptions } from './options.ts';

/** Arrays that bash fills when they are asked for by name only. */
const EMPTY_LISTED: ReadonlySet<string> = new Set(['DIRSTACK', 'GROUPS']);

/** What bash works out lists no value before somebody asked for it by its name, but these. */
const LISTED_DYNAMIC: ReadonlySet<string> = new Set([
  'BASHOPTS',
  'BASH_LINENO',
  'BASH_SOURCE',
  'DIRSTACK',
  'GROUPS',
  'PIPESTATUS',
  'SHELLOPTS',
  'FUNCNAME',
  '_',
]);

const FLAGS: Readonly<Record<string, number>> = {
  x: EXPORT,
  r: READONLY,
  i: INTEGER,
  l: LOWER,
  u: UPPER,
  n: NAMEREF,
  c: CAPITALIZE,
  t: TRACE,
};

/** What a declaration command was asked for. */
interface Request {
  set: number;
  clear: number;
  array: boolean;
  associative: boolean;
  global: boolean;
  local: boolean;
  inherit: boolean;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)(?:\[((?:[^\]]|\](?!\+?=|$))*)\])?(?:(\+?)=([\s\S]*))?$/;

/** `name=value` in a line that gives it back. */
export function declaration(shell: Shell, name: string, variable: Variable): string {
  const letters = attributeLetters(variable);
  const head = `declare -${letters === '' ? '-' : letters} ${name}`;
  if (variable.array || variable.assoc) {
    if (variable.unset && !variable.assigned) return head;
    return `${head}=${compound(variable, shell.bytes)}`;
  }
  return variable.value === undefined ? head : `${head}=${doubleQuote(variable.value, shell.bytes)}`;
}

/** `name=value` as `set` prints it. */
export function plainAssignment(shell: Shell, name: string, variable: Variable): string {
  if (variable.array || variable.assoc) return `${name}=${compound(variable, shell.bytes)}`;
  const value = variable.value ?? '';
  if (!shell.bash) return `${name}=${posixQuote(value)}`;
  if (hasControl(value, shell.bytes)) return `${name}=${ansiQuote(value, shell.bytes)}`;
  return `${name}=${/^[\w@%+=:,./-]*$/.test(value) ? value : singleQuote(value)}`;
}

export function requestOf(options: BuiltinOptions, shell: Shell): Request {
  const r: Request = {
    set: 0,
    clear: 0,
    array: false,
    associative: false,
    global: false,
    local: false,
    inherit: false,
  };
  for (const flag of options.flags) {
    const off = flag.startsWith('+');
    const letter = off ? flag[1]! : flag;
    if (letter === 'a') r.array = !off;
    else if (letter === 'A') r.associative = !off;
    else if (letter === 'g') r.global = true;
    else if (letter === 'I') r.inherit = true;
    else {
      const bit = FLAGS[letter] ?? 0;
      if (off) r.clear |= bit;
      else r.set |= bit;
    }
  }
  if (r.set & LOWER) r.clear |= UPPER;
  if (r.set & UPPER) r.clear |= LOWER;
  r.local = shell.vars.inFunction && !r.global;
  return r;
}

/** Applies one argument of a declaration command. @returns its status */
function* declareOne(ip: Interpreter, argv: string[], at: number, arrays: Arrays, r: Request): Wait<number> {
  const { shell } = ip;
  const word = argv[at]!;
  const literal = arrays?.get(at);
  const m = literal ? null : ASSIGNMENT.exec(word);
  const name = literal ? literal.name : m?.[1];
  if (name === undefined) {
    shell.builtinError(`\`${word}': not a valid identifier`);
    return 1;
  }
  if (r.global) return yield* asGlobal(ip, name, () => apply(ip, name, word, literal, m, r));
  return yield* apply(ip, name, word, literal, m, r);
}

function* asGlobal(ip: Interpreter, name: string, body: () => Wait<number>): Wait<number> {
  const restore = ip.shell.vars.exposeGlobal(name);
  try {
    return yield* body();
  } finally {
    restore();
  }
}

function* apply(
  ip: Interpreter,
  name: string,
  word: string,
  literal: NonNullable<Arrays> extends ReadonlyMap<number, infer A> ? A | undefined : never,
  m: RegExpExecArray | null,
  r: Request,
): Wait<number> {
  const { shell } = ip;
  const { vars } = shell;
  const before = vars.own(name);
  const associative = r.associative || (before?.assoc !== undefined && (!r.local || vars.isLocal(name)));
  // what a new local variable is made of is expanded before it hides the outer one
  const values = literal ? yield* outside(ip, () => ip.arrayValues(literal.elements!, associative)) : undefined;
  if (r.set & NAMEREF && m?.[4] === '') {
    shell.builtinError("`': not a valid identifier");
    return 1;
  }
  if (r.local) {
    if (before && before.flags & READONLY && !vars.isLocal(name) && (literal !== undefined || m?.[4] !== undefined)) {
      shell.builtinError(`${name}: readonly variable`, shell.running);
      return 1;
    }
    vars.declareLocal(name, 'function', r.inherit || (shell.shopts.localvar_inherit ?? false));
  }
  const target = r.set & NAMEREF || r.clear & NAMEREF ? name : (vars.target(name) ?? name).replace(/\[.*$/s, '');
  const existing = vars.own(target);
  if (existing && existing.flags & READONLY) {
    if (r.clear & READONLY || literal || m?.[4] !== undefined) {
      shell.builtinError(`${name}: readonly variable`);
      return 1;
    }
  }
  if (r.set & NAMEREF) return nameref(ip, name, m, r);
  if (r.associative && existing?.array) {
    shell.builtinError(`${name}: cannot convert indexed to associative array`);
    return 1;
  }
  if (r.array && existing?.assoc) {
    shell.builtinError(`${name}: cannot convert associative to indexed array`);
    return 1;
  }
  if ((shell.running === 'export' || shell.running === 'readonly') && m?.[2] !== undefined) {
    shell.builtinError(`\`${word.split('=')[0]}': not a valid identifier`);
    return 1;
  }
  const readonly = r.set & READONLY;
  const variable = vars.attributes(target, r.set & ~READONLY, r.clear);
  if (r.associative && !variable.assoc) {
    variable.assoc = new AssocArray();
    if (variable.value !== undefined) variable.assoc.set('0', variable.value);
    variable.value = undefined;
  } else if (r.array && !variable.array && !variable.assoc) {
    variable.array = new IndexedArray();
    if (variable.value !== undefined) variable.array.set(0, variable.value);
    variable.value = undefined;
  }
  if (literal && values) {
    ip.storeArray({ name: target, append: literal.append }, values);
    vars.edit(target).assigned = true;
  } else if (m?.[4] !== undefined) {
    if (yield* arrayFromText(ip, target, variable, m)) {
      // done
    } else if (m[2] !== undefined) shell.assignElement(target, m[2], m[4], m[3] === '+');
    else {
      vars.set(target, m[3] === '+' ? shell.appended(variable.flags, vars.get(target), m[4]) : m[4]);
    }
  } else if (m?.[2] !== undefined && !variable.array && !variable.assoc)
    vars.attributes(target, 0).array = new IndexedArray();
  if (readonly || shell.options.allexport) vars.attributes(target, readonly | (shell.options.allexport ? EXPORT : 0));
  return 0;
}

/** Expands words of the built-in's line: they are none of its own business, messages do not name it. */
function* outside<T>({ shell }: Interpreter, expand: () => Wait<T>): Wait<T> {
  const { running } = shell;
  shell.running = '';
  const values = yield* expand();
  shell.running = running;
  return values;
}

/** `declare -a "x=(1 2)"`: a value that looks like an array literal is one. */
function* arrayFromText(ip: Interpreter, name: string, variable: Variable, m: RegExpExecArray): Wait<boolean> {
  const value = m[4]!;
  if ((!variable.array && !variable.assoc) || m[2] !== undefined || !/^\([\s\S]*\)$/.test(value)) return false;
  yield* ip.runText(`${name}${m[3]}=${value}`, 'declare: ');
  return true;
}

function nameref(ip: Interpreter, name: string, m: RegExpExecArray | null, r: Request): number {
  const { shell } = ip;
  const value = m?.[4] ?? shell.vars.own(name)?.value;
  if (value !== undefined && value !== '') {
    if (m?.[4] === name && !r.local) {
      shell.builtinError(`${name}: nameref variable self references not allowed`);
      return 1;
    }
    if (!/^[A-Za-z_]\w*(\[.*\])?$/s.test(value)) {
      shell.builtinError(`\`${value}': invalid variable name for name reference`);
      return 1;
    }
  }
  const variable = shell.vars.attributes(name, r.set, r.clear);
  variable.value = value;
  return 0;
}

export function* declareAll(ip: Interpreter, argv: string[], at: number, arrays: Arrays, r: Request): Wait<number> {
  let status = 0;
  for (let i = at; i < argv.length; i++) {
    const s = yield* declareOne(ip, argv, i, arrays, r);
    if (s !== 0) status = s;
  }
  return status;
}

const USAGE = '[-aAfFgiIlnrtux] [name[=value] ...] or NAME -p [-aAfFilnrtux] [name ...]';

function declareBuiltin(name: string): Builtin {
  return {
    declaration: true,
    synopsis: `${name} ${USAGE.replace('NAME', name)}`,
    run(ip, argv, arrays) {
      const { shell } = ip;
      const options = builtinOptions(shell, argv, 'aAfFgiIlnrtuxcp', `${name} ${USAGE.replace('NAME', name)}`, true);
      if (!options) return 2;
      const { flags, at } = options;
      if (flags.includes('f') || flags.includes('F')) return declareFunctions(ip, argv.slice(at), flags);
      if (flags.includes('p') || at >= argv.length) return printVariables(ip, argv.slice(at), flags);
      return declareAll(ip, argv, at, arrays, requestOf(options, shell));
    },
  };
}
export const declares = declareBuiltin('declare');
export const typesets = declareBuiltin('typeset');

function exporter(name: 'export' | 'readonly', bit: number): Builtin {
  return {
    special: true,
    declaration: true,
    synopsis:
      name === 'export'
        ? 'export [-fn] [name[=value] ...] or export -p'
        : 'readonly [-aAf] [name[=value] ...] or readonly -p',
    run(ip, argv, arrays) {
      const { shell } = ip;
      const options = builtinOptions(
        shell,
        argv,
        shell.bash
          ? name === 'export'
            ? 'fnpx'
            : 'aAfp'
          : name === 'export' && shell.personality === 'ash'
            ? 'pn'
            : 'p',
        name === 'export'
          ? 'export [-fn] [name[=value] ...] or export -p'
          : 'readonly [-aAf] [name[=value] ...] or readonly -p',
      );
      if (!options) return specialError(shell);
      const { flags, at } = options;
      if (at >= argv.length) {
        listMarked(shell, name, bit, flags);
        return 0;
      }
      if (flags.includes('f')) return markFunctions(shell, argv.slice(at), name, flags.includes('n'));
      if (!shell.bash) return markPosix(shell, argv.slice(at), bit, flags.includes('n'));
      const r: Request = {
        set: flags.includes('n') ? 0 : bit,
        clear: flags.includes('n') ? bit : 0,
        array: flags.includes('a'),
        associative: flags.includes('A'),
        global: false,
        local: false,
        inherit: false,
      };
      return declareAll(ip, argv, at, arrays, r);
    },
  };
}
export const exports_ = exporter('export', EXPORT);
export const readonlys = exporter('readonly', READONLY);

function markPosix(shell: Shell, words: readonly string[], bit: number, off: boolean): number {
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!isName(name)) {
      shell.builtinError(`${name}: bad variable name`);
      return specialError(shell);
    }
    if (equals >= 0) shell.vars.set(name, word.slice(equals + 1));
    shell.vars.attributes(name, off ? 0 : bit, off ? bit : 0);
  }
  return 0;
}

function markFunctions(shell: Shell, names: readonly string[], what: string, off: boolean): number {
  let status = 0;
  for (const name of names) {
    const fn = shell.functions.get(name);
    if (!fn) {
      shell.builtinError(`${name}: not a function`);
      status = 1;
      continue;
    }
    shell.functions.set(name, what === 'export' ? { ...fn, exported: !off } : { ...fn, readonly: true });
  }
  return status;
}

function listMarked(shell: Shell, what: string, bit: number, flags: readonly string[]): void {
  if (flags.includes('f')) {
    for (const fn of [...shell.functions.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (what === 'export' ? fn.exported : fn.readonly)
        shell.print(`${functionText(fn.name, fn.body)}\n${functionFlags(fn)} ${fn.name}\n`);
    return;
  }
  for (const [name, variable] of shell.vars.entries()) {
    if (!(variable.flags & bit)) continue;
    if ((flags.includes('a') && !variable.array) || (flags.includes('A') && !variable.assoc)) continue;
    if (shell.bash) {
      const shown = shownValue(shell, name, variable);
      shell.print(
        shell.options.posix
          ? `${what} ${name}${shown.value === undefined ? '' : `=${doubleQuote(shown.value, shell.bytes)}`}\n`
          : `${declaration(shell, name, shown)}\n`,
      );
    } else shell.print(`${what} ${name}${variable.value === undefined ? '' : `=${posixQuote(variable.value)}`}\n`);
  }
}

/** The variable with the value that it would give now. */
function shownValue(shell: Shell, name: string, variable: Variable, empty = false): Variable {
  if (!(variable.flags & DYNAMIC)) return variable;
  const copy = variable.clone({});
  const array = empty ? new IndexedArray() : shell.dynamicArray(name);
  if (array) {
    copy.array = array;
    copy.assigned = name !== 'FUNCNAME';
  } else copy.value = shell.vars.get(name);
  return copy;
}

const functionFlags = (fn: ShellFunction): string =>
  `declare -f${fn.readonly ? 'r' : ''}${fn.traced ? 't' : ''}${fn.exported ? 'x' : ''}`;

function declareFunctions(ip: Interpreter, names: readonly string[], flags: readonly string[]): Result {
  const { shell } = ip;
  const namesOnly = flags.includes('F');
  const marks = { x: flags.includes('x'), r: flags.includes('r'), t: flags.includes('t') };
  let status = 0;
  const show = (name: string): boolean => {
    const fn = shell.functions.get(name);
    if (!fn) return false;
    if (namesOnly) {
      if (names.length === 0)
        shell.print(`declare -f${fn.readonly ? 'r' : ''}${fn.traced ? 't' : ''}${fn.exported ? 'x' : ''} ${name}\n`);
      else shell.print(shell.shopts.extdebug ? `${name} ${fn.line} ${fn.source}\n` : `${name}\n`);
    } else shell.print(`${functionText(name, fn.body)}\n`);
    return true;
  };
  if (names.length === 0) {
    for (const name of [...shell.functions.keys()].sort()) show(name);
    return 0;
  }
  for (const name of names) {
    const fn = shell.functions.get(name);
    if (fn && (marks.x || marks.r || marks.t)) {
      shell.functions.set(name, {
        ...fn,
        exported: fn.exported || marks.x,
        readonly: fn.readonly || marks.r,
        traced: fn.traced || marks.t,
      });
    } else if (!show(name)) status = 1;
  }
  return status;
}

function printVariables(ip: Interpreter, names: readonly string[], flags: readonly string[]): number {
  const { shell } = ip;
  const wanted = flags.filter((f) => f !== 'p' && f !== 'g');
  if (names.length > 0) {
    let status = 0;
    for (const name of names) {
      const variable = shell.vars.own(name);
      if (!variable || (variable.unset && !variable.array && !variable.assoc && (variable.flags & WATCHED) !== 0)) {
        shell.builtinError(`${name}: not found`);
        status = 1;
      } else shell.print(`${declaration(shell, name, shownValue(shell, name, variable))}\n`);
    }
    return status;
  }
  const print = flags.length > 0;
  for (const [name, variable] of shell.vars.entries()) {
    const letters = attributeLetters(variable);
    if (wanted.some((letter) => !letters.includes(letter))) continue;
    if (variable.flags & WATCHED && variable.unset && !variable.array) continue;
    const listed = (variable.flags & DYNAMIC) === 0 || LISTED_DYNAMIC.has(name);
    const shown = listed ? shownValue(shell, name, variable, EMPTY_LISTED.has(name)) : variable;
    if (!print && !listed) continue;
    if (print) shell.print(`${declaration(shell, name, shown)}\n`);
    else if (!shown.unset) shell.print(`${plainAssignment(shell, name, shown)}\n`);
  }
  if (!print)
    for (const name of [...shell.functions.keys()].sort())
      shell.print(`${functionText(name, shell.functions.get(name)!.body)}\n`);
  return 0;
}

/** `set` without arguments: all variables, and bash's functions. */
export function printAll(shell: Shell): void {
  for (const [name, variable] of shell.vars.entries()) {
    if (variable.flags & DYNAMIC && shell.bash && !LISTED_DYNAMIC.has(name)) continue;
    if (variable.flags & DYNAMIC) {
      const array = EMPTY_LISTED.has(name) ? new IndexedArray() : shell.dynamicArray(name);
      const value = array ? undefined : shell.vars.get(name);
      if (!shell.bash && name === '_') continue;
      if (value !== undefined)
        shell.print(`${plainAssignment(shell, name, Object.assign(variable.clone({}), { value }))}\n`);
      else if (array && name !== 'FUNCNAME')
        shell.print(`${plainAssignment(shell, name, Object.assign(variable.clone({}), { array }))}\n`);
    } else if (!variable.unset || variable.assigned) shell.print(`${plainAssignment(shell, name, variable)}\n`);
  }
  if (shell.bash && !shell.options.posix)
    for (const name of [...shell.functions.keys()].sort())
      shell.print(`${functionText(name, shell.functions.get(name)!.body)}\n`);
}
