import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Codec } from '../../lib/codec.ts';
import { open, type Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { type Pumped, pump } from './pump.ts';

/** What busybox' packers have in common: options, and how they name files. */
export interface BusyboxPacker<E extends string> {
  unpack: boolean;
  stdout: boolean;
  test: boolean;
  keep: boolean;
  force: boolean;
  verbose: boolean;
  /** The suffix of packed files. */
  suffix: string;
  codec(): Codec<E>;
  /** The message for what went wrong; undefined: it counts as well. */
  words(done: Pumped<E>): string | undefined;
}

/** Goes through the files as busybox' bbunpack does. @returns the status */
export function* busyboxPack<E extends string>(ctx: Context, how: BusyboxPacker<E>): Wait<number> {
  let status = 0;
  for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) if (!(yield* one(ctx, how, name))) status = 1;
  return status;
}

function* one<E extends string>(ctx: Context, how: BusyboxPacker<E>, name: string): Wait<boolean> {
  const { sys } = ctx;
  const st = new Stat();
  const piped = name === '-' || how.stdout || how.test;
  let from = 0;
  if (name !== '-') {
    from = yield* open(sys, name, O_RDONLY);
    if (from < 0) {
      yield* ctx.warn(`${name}: ${ctx.strerror(from)}`);
      return false;
    }
    sys.fstat(from, st);
  } else if (how.unpack ? sys.isatty(0) && !how.force : sys.isatty(1) && !how.force) {
    yield* ctx.warn(`compressed data not ${how.unpack ? 'read from' : 'written to'} terminal, use -f to force it`);
    return false;
  }
  let to = 1;
  let path = '';
  if (!piped) {
    if (how.unpack && (!name.endsWith(how.suffix) || name.length === how.suffix.length)) {
      yield* ctx.warn(`${name}: unknown suffix - ignored`);
      sys.close(from);
      return false;
    }
    path = how.unpack ? name.slice(0, -how.suffix.length) : name + how.suffix;
    to = yield* open(sys, path, O_WRONLY | O_CREAT | (how.force ? O_TRUNC : O_EXCL), st.mode & 0o777);
    if (to < 0) {
      yield* ctx.warn(`can't open '${path}': ${ctx.strerror(to)}`);
      sys.close(from);
      return false;
    }
  }
  const done = yield* pump(sys, how.codec(), from, how.test ? -1 : to);
  if (from !== 0) sys.close(from);
  if (path !== '') sys.close(to);
  const words =
    done.readError < 0
      ? `read error: ${ctx.strerror(done.readError)}`
      : done.writeError < 0
        ? `write error: ${ctx.strerror(done.writeError)}`
        : how.words(done);
  if (words !== undefined) {
    yield* ctx.warn(words);
    if (path !== '') sys.unlink(path);
    return false;
  }
  if (path !== '') {
    sys.utimens(path, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec);
    if (how.verbose) {
      const saved = Math.floor(100 - (done.given * 100) / (done.taken || 1));
      yield* ctx.stderr.write(`${name}: ${how.unpack ? '' : `${saved}% - `}replaced with ${path}\n`);
    }
    if (!how.keep) sys.unlink(name);
  }
  return true;
}
