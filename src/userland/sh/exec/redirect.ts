import { EBADF } from '../../../abi/errno.ts';
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '../../../abi/flags.ts';
import { isRegular, Stat } from '../../../abi/stat.ts';
import { encode } from '../../../lib/utf8.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import type { Expander } from '../expand/expander.ts';
import type { Redirect } from '../parse/ast.ts';
import type { Shell } from '../state/shell.ts';

/** Descriptors as they were before redirections: [descriptor, its copy or -1 where it was closed]. */
export type Saved = [number, number][];

/** Descriptors that the shell keeps for itself begin here. */
export const PRIVATE_FD = 10;
const PIPE_CAPACITY = 65536;

/** Performs redirections in their order, keeping in `saved` what is to be restored. @returns false after a message */
export function* redirect(x: Expander, redirects: readonly Redirect[], saved: Saved | undefined): Wait<boolean> {
  // what was said before goes where it went then
  if (!x.shell.queue.empty) yield* x.shell.queue.flush();
  for (const each of redirects) if (!(yield* one(x, each, saved))) return false;
  return true;
}

/** Puts the descriptors back. */
export function restore(shell: Shell, saved: Saved): void {
  const { sys } = shell;
  for (let i = saved.length - 1; i >= 0; i--) {
    const [fd, copy] = saved[i]!;
    if (copy < 0) sys.close(fd);
    else {
      sys.dup2(copy, fd);
      sys.close(copy);
    }
  }
  saved.length = 0;
}

/** Keeps a redirection for good (exec): the copies are given up. */
export function keep(shell: Shell, saved: Saved): void {
  for (const [, copy] of saved) if (copy >= 0) shell.sys.close(copy);
  saved.length = 0;
}

function save(shell: Shell, fd: number, saved: Saved | undefined): void {
  if (saved === undefined || saved.some(([known]) => known === fd)) return;
  const copy = shell.sys.fcntl(fd, F_DUPFD_CLOEXEC, PRIVATE_FD);
  saved.push([fd, copy < 0 ? -1 : copy]);
}

function* one(x: Expander, r: Redirect, saved: Saved | undefined): Wait<boolean> {
  const { shell } = x;
  if (r.op === '<<' || r.op === '<<-' || r.op === '<<<') {
    const text = r.op === '<<<' ? `${yield* x.textWait(r.word, true)}\n` : yield* x.documentWait(r.body!);
    const fd = yield* heredoc(shell, text);
    if (fd < 0) return false;
    return place(x, r, fd, r.fd ?? 0, saved);
  }
  const target = yield* targetText(x, r);
  if (target === undefined) return false;
  if (r.op === '<&' || r.op === '>&') {
    const done = duplicate(x, r, target, saved);
    if (done !== undefined) return done;
  }
  const fd = yield* openTarget(shell, r, target);
  if (fd < 0) return false;
  const both = r.op === '&>' || r.op === '&>>' || r.op === '>&';
  if (!place(x, r, fd, r.fd ?? (r.op === '<' || r.op === '<>' ? 0 : 1), saved)) return false;
  if (both) {
    save(shell, 2, saved);
    shell.sys.dup2(1, 2);
  }
  return true;
}

function* targetText(x: Expander, r: Redirect): Wait<string | undefined> {
  const { shell } = x;
  if (!shell.bash) return yield* x.textWait(r.word);
  const out: string[] = [];
  yield* x.addFieldWait(r.word, out);
  if (out.length === 1) return out[0];
  shell.error(`${r.word.source}: ambiguous redirect`);
  return undefined;
}

/** Moves a new descriptor to where the redirection wants it. */
function place(x: Expander, r: Redirect, from: number, to: number, saved: Saved | undefined): boolean {
  const { shell } = x;
  if (r.variable !== undefined) {
    const high = shell.sys.fcntl(from, F_DUPFD, PRIVATE_FD);
    shell.sys.close(from);
    assignFd(shell, r.variable, String(high));
    return true;
  }
  if (from === to) {
    if (saved && !saved.some(([fd]) => fd === to)) saved.push([to, -1]);
    // the descriptor itself is free now: it loses close-on-exec by dup2 onto itself
    shell.sys.fcntl(to, 2, 0);
    return true;
  }
  save(shell, to, saved);
  const done = shell.sys.dup2(from, to);
  shell.sys.close(from);
  if (done < 0) {
    shell.error(`${to}: ${shell.strerror(done)}`);
    return false;
  }
  return true;
}

function assignFd(shell: Shell, variable: string, value: string): void {
  const m = /^(\w+)\[(.*)\]$/.exec(variable);
  if (m) shell.assignElement(m[1]!, m[2]!, value);
  else shell.assign(variable, value);
}

/** `n>&m`, `n>&-`, `n>&m-`. @returns undefined where the target is a file's name (`>&file`) */
function duplicate(x: Expander, r: Redirect, target: string, saved: Saved | undefined): boolean | undefined {
  const { shell } = x;
  const { sys } = shell;
  const to = r.fd ?? (r.op === '<&' ? 0 : 1);
  const m = (shell.bash ? /^(\d+)(-?)$|^-$/ : /^(\d+)()$|^-$/).exec(target);
  if (!m) {
    if (r.op === '>&' && (r.fd === undefined || r.fd === 1) && r.variable === undefined && shell.bash) return undefined;
    if (shell.personality === 'ash' && r.op === '>&' && (r.fd === undefined || r.fd === 1)) return undefined;
    if (shell.bash) shell.error(`${r.word.source}: ambiguous redirect`);
    else if (shell.personality === 'dash') {
      shell.error('Syntax error: Bad fd number');
      shell.abandon();
    } else {
      shell.error(/^\d/.test(target) ? 'redir error' : 'syntax error: bad fd number');
      shell.abandon();
    }
    return false;
  }
  if (target === '-') {
    if (r.variable !== undefined) {
      const fd = Number(shell.vars.get(r.variable.replace(/\[.*/, '')) ?? '');
      sys.close(fd);
      return true;
    }
    save(shell, to, saved);
    sys.close(to);
    return true;
  }
  const from = Number(m[1]);
  if (from === to && r.variable === undefined) return true;
  if (sys.fcntl(from, F_GETFD) < 0 || (from >= PRIVATE_FD && saved?.some(([, copy]) => copy === from))) {
    shell.error(`${shell.bash ? target : from}: ${shell.strerror(EBADF)}`);
    return false;
  }
  if (r.variable !== undefined) {
    assignFd(shell, r.variable, String(sys.fcntl(from, F_DUPFD, PRIVATE_FD)));
    if (m[2] === '-') sys.close(from);
    return true;
  }
  if (from !== to) {
    save(shell, to, saved);
    sys.dup2(from, to);
    if (m[2] === '-') {
      save(shell, from, saved);
      sys.close(from);
    }
  }
  return true;
}

function* openTarget(shell: Shell, r: Redirect, target: string): Wait<number> {
  const { sys } = shell;
  let flags: number;
  switch (r.op) {
    case '<':
      flags = O_RDONLY;
      break;
    case '<>':
      flags = O_RDWR | O_CREAT;
      break;
    case '>>':
    case '&>>':
      flags = O_WRONLY | O_CREAT | O_APPEND;
      break;
    default:
      flags = O_WRONLY | O_CREAT | O_TRUNC;
  }
  if (shell.options.noclobber && (r.op === '>' || r.op === '&>' || r.op === '>&')) {
    const st = new Stat();
    if (sys.stat(target, st) === 0) {
      if (isRegular(st.mode)) {
        shell.error(
          shell.bash
            ? `${target}: cannot overwrite existing file`
            : shell.personality === 'dash'
              ? `cannot create ${target}: File exists`
              : `can't create ${target}: File exists`,
        );
        return -1;
      }
    } else flags |= O_EXCL;
  }
  const fd = yield* open(sys, target, flags | O_CLOEXEC, 0o666);
  if (fd < 0) shell.error(openError(shell, target, fd, flags !== O_RDONLY && r.op !== '<'));
  return fd;
}

/** The message of a redirection whose file does not open. */
export function openError(shell: Shell, target: string, errno: number, creating: boolean): string {
  if (shell.bash) return `${target}: ${shell.strerror(errno)}`;
  let words = shell.strerror(errno);
  if (shell.personality === 'dash') {
    if (errno === -2) words = creating ? 'Directory nonexistent' : 'No such file';
    return `cannot ${creating ? 'create' : 'open'} ${target}: ${words}`;
  }
  if (errno === -2) words = creating ? 'nonexistent directory' : 'no such file';
  return `can't ${creating ? 'create' : 'open'} ${target}: ${words}`;
}

/** A descriptor to read `text` from: a pipe where it fits in, else a file that has no name. */
function* heredoc(shell: Shell, text: string): Wait<number> {
  const { sys } = shell;
  const bytes = encode(text);
  if (bytes.length <= PIPE_CAPACITY) {
    const ends = [0, 0];
    const r = sys.pipe2(ends, O_CLOEXEC);
    if (r < 0) {
      shell.error(`cannot make pipe: ${shell.strerror(r)}`);
      return r;
    }
    yield* writeAll(sys, ends[1]!, bytes);
    sys.close(ends[1]!);
    return ends[0]!;
  }
  const b = new Uint8Array(4);
  sys.getrandom(b);
  const name = `/tmp/sh-thd.${[...b].map((n) => n.toString(36)).join('')}`;
  const fd = yield* open(sys, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600);
  if (fd < 0) {
    shell.error(`cannot create temp file for here-document: ${shell.strerror(fd)}`);
    return fd;
  }
  const written = yield* writeAll(sys, fd, bytes);
  const reader = yield* open(sys, name, O_RDONLY | O_CLOEXEC);
  sys.unlink(name);
  sys.close(fd);
  if (written < 0) shell.error(`cannot create temp file for here-document: ${shell.strerror(written)}`);
  return reader;
}
