import { isDirectory, Stat } from '../abi/stat.ts';
import { Accounts } from './accounts.ts';
import type { Wait } from './io.ts';
import { joinPath, listDir } from './paths.ts';
import type { Context } from './program.ts';
import { localeQuote, shellQuote } from './shell-quote.ts';

/** Options that chown(1) and chgrp(1) share. */
export const OWNER_OPTIONS = {
  changes: { short: 'c', help: 'like -v, but only for changes' },
  silent: { short: 'f', help: 'no error messages' },
  quiet: { busybox: false, help: 'no error messages' },
  verbose: { short: 'v', help: 'say what is done to each file' },
  dereference: { busybox: false, help: 'change what a symbolic link names (default)' },
  noDereference: { short: 'h', help: 'change symbolic links themselves' },
  from: { arg: 'CURRENT_OWNER:CURRENT_GROUP', busybox: false, help: 'change only files of this owner and group' },
  noPreserveRoot: { busybox: false, help: "do not treat '/' specially" },
  preserveRoot: { busybox: false, help: "refuse to work recursively on '/'" },
  reference: { arg: 'RFILE', busybox: false, help: "use RFILE's owner and group" },
  recursive: { short: 'R', help: 'work recursively' },
  followOperands: { short: 'H', long: false, help: 'with -R, follow a symbolic link given as an operand' },
  followAll: { short: 'L', long: false, help: 'with -R, follow every symbolic link to a directory' },
  followNone: { short: 'P', long: false, help: 'with -R, follow no symbolic link (default)' },
} as const;
type Ctx = Context<typeof OWNER_OPTIONS>;

export interface Owner {
  /** -1: leave it. */
  uid: number;
  gid: number;
}

/** `USER`, `USER:GROUP`, `USER:`, `:GROUP` (also with a dot where there is no such user). @returns what is wrong as text */
export function* parseOwner(ctx: Ctx, text: string): Wait<Owner | string> {
  const accounts = new Accounts(ctx.sys);
  const at = text.indexOf(':');
  const user = at < 0 ? text : text.slice(0, at);
  const group = at < 0 ? undefined : text.slice(at + 1);
  const owner: Owner = { uid: -1, gid: -1 };
  if (user !== '') {
    const found = yield* accounts.byName(user);
    if (found) {
      owner.uid = found.uid;
      if (group === '') owner.gid = found.gid;
    } else if (/^\d+$/.test(user)) owner.uid = Number(user);
    else return ctx.form === 'gnu' ? `invalid user: ${localeQuote(text)}` : `unknown user ${user}`;
  }
  if (group) {
    const gid = yield* parseGroupName(accounts, group);
    if (gid === undefined) return ctx.form === 'gnu' ? `invalid group: ${localeQuote(text)}` : `unknown group ${group}`;
    owner.gid = gid;
  }
  return owner;
}

export function* parseGroupName(accounts: Accounts, name: string): Wait<number | undefined> {
  const found = yield* accounts.groupByName(name);
  if (found) return found.gid;
  return /^\d+$/.test(name) ? Number(name) : undefined;
}

/** Gives every file (and with -R what is below) to `owner`. `what`: 'ownership' or 'group', for the messages. @returns exit status */
export function* changeOwner(
  ctx: Ctx,
  files: readonly string[],
  owner: Owner,
  what: 'ownership' | 'group',
): Wait<number> {
  const { sys, opts, form } = ctx;
  let status = 0;
  const change = function* (path: string, depth: number): Wait<void> {
    if (sys.tick()) yield;
    const st = new Stat();
    const nofollow = opts.noDereference || (opts.recursive && !opts.followAll && !(opts.followOperands && depth === 0));
    const r = nofollow ? sys.lstat(path, st) : sys.stat(path, st);
    const done = r < 0 ? r : nofollow ? sys.lchown(path, owner.uid, owner.gid) : sys.chown(path, owner.uid, owner.gid);
    if (done < 0) {
      status = 1;
      if (!opts.silent && !opts.quiet)
        yield* ctx.warn(
          form === 'busybox'
            ? `${path}: ${ctx.strerror(done)}`
            : `${r < 0 ? 'cannot access' : `changing ${what} of`} ${shellQuote(path)}: ${ctx.strerror(done)}`,
        );
    }
    if (r < 0 || !opts.recursive || !isDirectory(st.mode)) return;
    const names = listDir(sys, path);
    if (typeof names === 'number') return;
    for (const name of names) yield* change(joinPath(path, name), depth + 1);
  };
  for (const path of files) yield* change(path, 0);
  return status;
}
