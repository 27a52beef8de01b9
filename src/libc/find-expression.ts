import { applyMode } from './mode.ts';
import type { Form } from './program.ts';

/** A test or action of find(1) with its arguments, or an operator. */
export type FindNode =
  | { kind: 'and' | 'or' | 'list'; left: FindNode; right: FindNode }
  | { kind: 'not'; of: FindNode }
  | { kind: 'test'; name: string; args: string[] /** For -exec … {} +. */; batch?: boolean };

/** How many arguments each primary takes; -exec and its kin read up to `;` or `+`. */
const PRIMARIES: Readonly<Record<string, number>> = {
  amin: 1,
  anewer: 1,
  atime: 1,
  cmin: 1,
  cnewer: 1,
  ctime: 1,
  empty: 0,
  executable: 0,
  false: 0,
  fstype: 1,
  gid: 1,
  group: 1,
  ilname: 1,
  iname: 1,
  inum: 1,
  ipath: 1,
  iregex: 1,
  iwholename: 1,
  links: 1,
  lname: 1,
  mmin: 1,
  mtime: 1,
  name: 1,
  newer: 1,
  newermt: 1,
  nogroup: 0,
  nouser: 0,
  path: 1,
  perm: 1,
  readable: 0,
  regex: 1,
  samefile: 1,
  size: 1,
  true: 0,
  type: 1,
  uid: 1,
  used: 1,
  user: 1,
  wholename: 1,
  writable: 0,
  xtype: 1,
  delete: 0,
  print: 0,
  print0: 0,
  printf: 1,
  prune: 0,
  quit: 0,
  ls: 0,
  fprint: 1,
  fprint0: 1,
};
const COMMANDS = new Set(['exec', 'execdir', 'ok', 'okdir']);
/** Actions: where there is none of them, -print is added. */
export const ACTIONS = new Set([
  'delete',
  'exec',
  'execdir',
  'ok',
  'okdir',
  'print',
  'print0',
  'printf',
  'ls',
  'quit',
  'fprint',
  'fprint0',
]);

/** Primaries that busybox does not have (its 1.35 of Debian). */
const GNU_PRIMARIES = new Set(
  'wholename iwholename lname ilname printf fprintf fprint fprint0 ls fls anewer cnewer used uid gid fstype readable writable iregex xtype nouser nogroup false true'.split(
    ' ',
  ),
);

/** Reads the expression of find(1) by its precedence: ( ) ! and or , and the global options. */
export class FindParser {
  maxDepth = Number.POSITIVE_INFINITY;
  minDepth = 0;
  depthFirst = false;
  sameDevice = false;
  #at = 0;
  #acts = false;

  constructor(
    readonly words: readonly string[],
    readonly form: Form,
  ) {}

  /** @returns the expression, or what is wrong */
  parse(): FindNode | string {
    if (this.words.length === 0) return { kind: 'test', name: 'print', args: [] };
    const node = this.#list();
    if (typeof node === 'string') return node;
    if (this.#at < this.words.length)
      return this.words[this.#at] === ')'
        ? "invalid expression; you have too many ')'"
        : `unexpected extra predicate '${this.words[this.#at]}'`;
    return this.#acts ? node : { kind: 'and', left: node, right: { kind: 'test', name: 'print', args: [] } };
  }

  #list(): FindNode | string {
    let left = this.#or();
    while (typeof left !== 'string' && this.words[this.#at] === ',') {
      this.#at++;
      const right = this.#or();
      if (typeof right === 'string') return right;
      left = { kind: 'list', left, right };
    }
    return left;
  }

  #or(): FindNode | string {
    let left = this.#and();
    while (typeof left !== 'string' && (this.words[this.#at] === '-o' || this.words[this.#at] === '-or')) {
      this.#at++;
      const right = this.#and();
      if (typeof right === 'string') return right;
      left = { kind: 'or', left, right };
    }
    return left;
  }

  #and(): FindNode | string {
    let left = this.#unary();
    while (typeof left !== 'string' && this.#at < this.words.length) {
      const word = this.words[this.#at]!;
      if (word === ')' || word === ',' || word === '-o' || word === '-or') break;
      if (word === '-a' || word === '-and') this.#at++;
      const right = this.#unary();
      if (typeof right === 'string') return right;
      left = { kind: 'and', left, right };
    }
    return left;
  }

  #unary(): FindNode | string {
    const word = this.words[this.#at++];
    if (word === undefined) return this.form === 'gnu' ? 'expected an expression' : 'bad expression';
    if (word === '!' || word === '-not') {
      const of = this.#unary();
      return typeof of === 'string' ? of : { kind: 'not', of };
    }
    if (word === '(') {
      const inner = this.#list();
      if (typeof inner === 'string') return inner;
      if (this.words[this.#at] !== ')')
        return "invalid expression; I was expecting to find a ')' somewhere but did not see one.";
      this.#at++;
      return inner;
    }
    return this.#primary(word);
  }

  #primary(word: string): FindNode | string {
    const name = word.slice(1);
    const always: FindNode = { kind: 'test', name: 'true', args: [] };
    if (!word.startsWith('-'))
      return this.form === 'gnu' ? `paths must precede expression: \`${word}'` : `unrecognized: ${word}`;
    if (name === 'maxdepth' || name === 'mindepth') {
      const value = this.words[this.#at++];
      if (value === undefined || !/^\d+$/.test(value))
        return this.form === 'gnu'
          ? `Expected a positive decimal integer argument to -${name}, but got \u2018${value ?? ''}\u2019`
          : `invalid number '${value ?? ''}'`;
      if (name === 'maxdepth') this.maxDepth = Number(value);
      else this.minDepth = Number(value);
      return always;
    }
    if (name === 'depth' || name === 'd') this.depthFirst = true;
    if (name === 'xdev' || name === 'mount') this.sameDevice = true;
    if (
      ['depth', 'd', 'xdev', 'mount', 'noleaf', 'follow', 'daystart', 'ignore_readdir_race', 'warn', 'nowarn'].includes(
        name,
      )
    )
      return always;
    if (name === 'regextype' && this.form === 'gnu') {
      this.#at++;
      return always;
    }
    if (COMMANDS.has(name)) return this.#command(name);
    const count = this.form === 'busybox' && GNU_PRIMARIES.has(name) ? undefined : PRIMARIES[name];
    if (count === undefined) return this.form === 'gnu' ? `unknown predicate \`${word}'` : `unrecognized: ${word}`;
    const args = this.words.slice(this.#at, this.#at + count);
    if (args.length < count)
      return this.form === 'gnu' ? `missing argument to \`${word}'` : `${word}: missing argument`;
    this.#at += count;
    if (name === 'delete') this.depthFirst = true;
    if (ACTIONS.has(name)) this.#acts = true;
    const wrong = check(name, args[0] ?? '', this.form);
    return wrong ?? { kind: 'test', name, args };
  }

  #command(name: string): FindNode | string {
    const begin = this.#at;
    while (this.#at < this.words.length) {
      const word = this.words[this.#at]!;
      const plus = word === '+' && this.words[this.#at - 1] === '{}' && this.#at > begin;
      if (word === ';' || plus) {
        const args = this.words.slice(begin, plus ? this.#at - 1 : this.#at);
        this.#at++;
        this.#acts = true;
        if (args.length === 0) return `missing argument to \`-${name}'`;
        return { kind: 'test', name, args, batch: plus };
      }
      this.#at++;
    }
    return this.form === 'gnu' ? `missing argument to \`-${name}'` : `-${name}: missing argument`;
  }
}

/** Checks an argument at parse time, as find does. */
function check(name: string, arg: string, form: Form): string | undefined {
  if (name === 'type' || name === 'xtype') {
    for (const letter of arg.split(','))
      if (!/^[bcdpflsD]$/.test(letter))
        return form === 'gnu' ? `Unknown argument to -${name}: ${arg}` : `unrecognized -type ${arg}`;
  }
  if (name === 'perm' && applyMode(arg.replace(/^[-/]/, ''), 0, false, 0) === undefined)
    return form === 'gnu' ? `invalid mode \u2018${arg}\u2019` : `invalid mode '${arg}'`;
  if (name === 'size' && !/^[-+]?\d+[bcwkMG]?$/.test(arg))
    return form === 'gnu' ? `Invalid argument \`${arg}' to -size` : `invalid number '${arg}'`;
  if (/^(amin|atime|cmin|ctime|mmin|mtime|inum|links|uid|gid|used)$/.test(name) && !/^[-+]?\d+(\.\d+)?$/.test(arg))
    return form === 'gnu' ? `invalid argument \`${arg}' to \`-${name}'` : `invalid number '${arg}'`;
  return undefined;
}
