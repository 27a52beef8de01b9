import { ENOENT, ENOEXEC } from '../abi/errno.ts';
import { execve, type Wait } from './io.ts';
import { searchPath } from './paths.ts';
import type { Context } from './program.ts';
import { localeQuote } from './shell-quote.ts';

/**
 * Replaces the process by the command `argv`, found in PATH as execvp(3) does; comes back only where that fails, with
 * the message said.
 * @param words GNU's message without the errno; by default `failed to run command 'NAME'`
 * @returns 127 where there is no such command, else 126
 */
export function* execCommand(
  ctx: Pick<Context, 'sys' | 'form' | 'env' | 'stdout' | 'warn' | 'strerror'>,
  argv: readonly string[],
  envp: readonly string[] = ctx.sys.envp,
  words?: string,
): Wait<number> {
  const name = argv[0]!;
  yield* ctx.stdout.flush();
  const path = searchPath(ctx.sys, name, ctx.env.get('PATH') ?? '/bin:/usr/bin');
  let errno = path === undefined ? -ENOENT : yield* execve(ctx.sys, path, argv, envp);
  if (errno === -ENOEXEC) errno = yield* execve(ctx.sys, '/bin/sh', ['/bin/sh', path!, ...argv.slice(1)], envp);
  yield* ctx.warn(
    ctx.form === 'gnu'
      ? `${words ?? `failed to run command ${localeQuote(name)}`}: ${ctx.strerror(errno)}`
      : `can't execute '${name}': ${ctx.strerror(errno)}`,
  );
  return errno === -ENOENT ? 127 : 126;
}
