import { SIGTERM, signalNumber } from '../../abi/signal.ts';
import { compileRegex, RegexError } from '../../lib/regex/regex.ts';
import { Accounts } from '../../libc/accounts.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context, ProgramSpec } from '../../libc/program.ts';
import { commandLine, type ProcessRow, readProcesses, ttyName } from './processes.ts';

/** What pgrep and pkill select by. */
export const selectOptions = {
  full: { short: 'f', help: 'use full process name to match' },
  newest: { short: 'n', help: 'select most recently started' },
  oldest: { short: 'o', help: 'select least recently started' },
  inverse: { short: 'v', help: 'negates the matching' },
  exact: { short: 'x', help: 'match exactly with the command name' },
  ignoreCase: { short: 'i', busybox: false, help: 'match case insensitively' },
  count: { short: 'c', busybox: false, help: 'count of matching processes' },
  parent: { short: 'P', arg: 'PPID,...', help: 'match only child processes of the given parent' },
  pgroup: { short: 'g', arg: 'PGID,...', busybox: false, help: 'match listed process group IDs' },
  session: { short: 's', arg: 'SID,...', help: 'match session IDs' },
  terminal: { short: 't', arg: 'tty,...', busybox: false, help: 'match by controlling terminal' },
  euid: { short: 'u', arg: 'ID,...', help: 'match by effective IDs' },
  uid: { short: 'U', arg: 'ID,...', busybox: false, help: 'match by real IDs' },
  runstates: { short: 'r', arg: 'STATE', busybox: false, help: 'match runstates [D,S,Z,...]' },
} as const;
type Options = typeof selectOptions;
/** What selecting needs of a program's context. */
export type SelectContext = Pick<
  Context<Options>,
  'sys' | 'form' | 'name' | 'args' | 'opts' | 'usage' | 'warn' | 'die'
>;

/** procps' hint below a message of wrong usage. */
export const procpsHint: NonNullable<ProgramSpec<Options>['hint']> = (name) =>
  `Try \`${name.slice(name.lastIndexOf('/') + 1)} --help' for more information.\n`;

/** The processes that the options and the pattern select; not the caller itself. */
export function* selectProcesses(ctx: SelectContext): Wait<ProcessRow[]> {
  const { opts, sys } = ctx;
  const lists = ['parent', 'pgroup', 'session', 'terminal', 'euid', 'uid', 'runstates'] as const;
  if (ctx.args.length > 1) return yield* ctx.usage('only one pattern can be provided');
  if (ctx.args.length === 0 && lists.every((key) => opts[key] === undefined))
    return yield* ctx.usage(ctx.form === 'gnu' ? 'no matching criteria specified' : undefined);
  const pattern = ctx.args[0];
  if (ctx.form === 'gnu' && pattern !== undefined && pattern.length > 15 && !opts.full)
    yield* ctx.warn(
      'pattern that searches for process name longer than 15 characters will result in zero matches\nTry `' +
        `${ctx.name.slice(ctx.name.lastIndexOf('/') + 1)} -f' option to match against the complete command line.`,
    );
  const regex = compileRegex(opts.exact ? `^(${pattern ?? ''})$` : (pattern ?? ''), {
    dialect: 'ere',
    icase: opts.ignoreCase,
  });
  if (regex instanceof RegexError) return yield* ctx.die(regex.message, 2);
  const numbers = (text: string | undefined, own: number): number[] | undefined =>
    text?.split(',').map((part) => Number(part) || own);
  const parents = numbers(opts.parent, 0);
  const groups = numbers(opts.pgroup, sys.getpgid(0));
  const sessions = numbers(opts.session, sys.getsid(0));
  const euids = yield* userIds(ctx, opts.euid);
  const uids = yield* userIds(ctx, opts.uid);
  const terminals = opts.terminal?.split(',').map((name) => name.replace(/^\/dev\//, ''));
  const self = sys.getpid();
  let found = (yield* readProcesses(sys)).filter((p) => {
    if (p.pid === self) return false;
    const text = opts.full ? commandLine(p) : p.comm;
    const matches =
      (pattern === undefined || regex.test(text)) &&
      (parents?.includes(p.ppid) ?? true) &&
      (groups?.includes(p.pgrp) ?? true) &&
      (sessions?.includes(p.session) ?? true) &&
      (euids?.includes(p.euid) ?? true) &&
      (uids?.includes(p.uid) ?? true) &&
      (terminals?.includes(ttyName(p.tty)) ?? true) &&
      (opts.runstates?.includes(p.state) ?? true);
    return matches !== opts.inverse;
  });
  const later = (a: ProcessRow, b: ProcessRow): number => a.start - b.start || a.pid - b.pid;
  if (opts.newest) found = found.sort(later).slice(-1);
  else if (opts.oldest) found = found.sort(later).slice(0, 1);
  return found;
}

function* userIds(ctx: SelectContext, text: string | undefined): Wait<number[] | undefined> {
  if (text === undefined) return undefined;
  const accounts = new Accounts(ctx.sys);
  const out: number[] = [];
  for (const name of text.split(',')) {
    const user = yield* accounts.byName(name);
    if (!user && !/^\d+$/.test(name)) return yield* ctx.die(`invalid user name: ${name}`, 2);
    out.push(user?.uid ?? Number(name));
  }
  return out;
}

/** Takes `-9`, `-KILL`, `-SIGKILL` out of the arguments. @returns the rest, and the signal */
export function takeSignal(argv: readonly string[]): { rest: string[]; signal: number } {
  const rest: string[] = [];
  let signal = SIGTERM;
  for (const arg of argv) {
    const n = /^-[A-Z0-9]{2,}[-+A-Z0-9]*$|^-\d+$/.test(arg) ? signalNumber(arg.slice(1)) : undefined;
    if (n === undefined) rest.push(arg);
    else signal = n;
  }
  return { rest, signal };
}
