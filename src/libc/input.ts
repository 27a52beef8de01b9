import { EISDIR } from '../abi/errno.ts';
import { O_RDONLY } from '../abi/flags.ts';
import { isDirectory, Stat } from '../abi/stat.ts';
import { open, type Wait } from './io.ts';
import type { Context } from './program.ts';
import { quoteIfNeeded, shellQuote } from './shell-quote.ts';
import { Input } from './stdio.ts';

/** What of a program's context opening an input needs; every Context is one. */
export type InputContext = Pick<Context, 'sys' | 'form' | 'stdin' | 'warn' | 'strerror'>;

/** `can't open 'F': …` is how most busybox applets say it, some say `F: …`. */
export type BusyboxWords = 'cant-open' | 'plain';

/**
 * Opens an operand that is to be read, `-` being standard input; what fails is said on stderr in the form's words.
 * @returns undefined where it cannot be read
 */
export function* openInput(
  ctx: InputContext,
  name: string,
  busybox: BusyboxWords = 'cant-open',
): Wait<Input | undefined> {
  if (name === '-') return ctx.stdin;
  const fd = yield* open(ctx.sys, name, O_RDONLY);
  if (fd < 0) {
    yield* ctx.warn(openError(ctx, name, fd, busybox));
    return undefined;
  }
  const st = new Stat();
  if (ctx.form === 'gnu' && ctx.sys.fstat(fd, st) === 0 && isDirectory(st.mode)) {
    ctx.sys.close(fd);
    yield* ctx.warn(`${quoteIfNeeded(name)}: ${ctx.strerror(EISDIR)}`);
    return undefined;
  }
  return new Input(ctx.sys, fd);
}

/** The message for a file that could not be opened. */
export function openError(ctx: InputContext, name: string, errno: number, busybox: BusyboxWords = 'cant-open'): string {
  if (ctx.form === 'gnu') return `${quoteIfNeeded(name)}: ${ctx.strerror(errno)}`;
  return busybox === 'cant-open' ? `can't open '${name}': ${ctx.strerror(errno)}` : `${name}: ${ctx.strerror(errno)}`;
}

/** Calls `use` for each operand (none: stdin) that can be opened. @returns 1 where one could not, else 0 */
export function* eachInput(
  ctx: InputContext,
  args: readonly string[],
  use: (input: Input, name: string) => Wait<void>,
  busybox: BusyboxWords = 'cant-open',
): Wait<number> {
  let status = 0;
  for (const name of args.length === 0 ? ['-'] : args) {
    const input = yield* openInput(ctx, name, busybox);
    if (!input) {
      status = 1;
      continue;
    }
    yield* use(input, name);
    if (input.error !== 0) {
      yield* ctx.warn(
        ctx.form === 'gnu'
          ? `${quoteIfNeeded(name)}: ${ctx.strerror(input.error)}`
          : `read error: ${ctx.strerror(input.error)}`,
      );
      status = 1;
    }
    if (input !== ctx.stdin) ctx.sys.close(input.fd);
  }
  return status;
}

/** A context whose messages for `name` are those of head, tail and fmt: `cannot open 'F' for reading: …` (busybox: as they are). */
export function cannotOpenWords<C extends InputContext>(ctx: C, name: string): C {
  if (ctx.form === 'busybox') return ctx;
  const directory = ctx.strerror(EISDIR);
  return {
    ...ctx,
    *warn(message: string) {
      const plain = quoteIfNeeded(name);
      if (!message.startsWith(`${plain}: `)) yield* ctx.warn(message);
      else if (message.endsWith(directory)) yield* ctx.warn(`error reading ${shellQuote(name)}: ${directory}`);
      else yield* ctx.warn(`cannot open ${shellQuote(name)} for reading${message.slice(plain.length)}`);
    },
  };
}
