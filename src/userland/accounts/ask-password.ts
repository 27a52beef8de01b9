import { BLOCKED } from '../../abi/errno.ts';
import { cloneTermios, ECHO, TCSAFLUSH } from '../../abi/termios.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';

/** Reads a line without echo, the prompt on stderr. @returns undefined at the end of the input */
export function* askPassword(
  ctx: Pick<Context, 'sys' | 'stdin' | 'stderr' | 'stdout'>,
  prompt: string,
): Wait<string | undefined> {
  const { sys } = ctx;
  yield* ctx.stdout.flush();
  yield* ctx.stderr.write(prompt);
  const old = sys.tcgetattr(0);
  if (typeof old !== 'number') {
    const quiet = cloneTermios(old);
    quiet.lflag &= ~ECHO;
    while (sys.tcsetattr(0, TCSAFLUSH, quiet) === BLOCKED) yield;
  }
  const line = yield* ctx.stdin.line();
  if (typeof old !== 'number') {
    while (sys.tcsetattr(0, TCSAFLUSH, old) === BLOCKED) yield;
    yield* ctx.stderr.write('\n');
  }
  return line;
}
