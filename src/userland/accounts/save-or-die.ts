import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import type { AccountFiles } from './database.ts';

type Voice = Pick<Context, 'sys' | 'name' | 'warn' | 'die'>;

/** shadow's tools need root: says what they say where it is not, and ends with `status`. */
export function* needRoot(ctx: Voice, file: string, status: number): Wait<void> {
  if (ctx.sys.credentials().euid === 0) return;
  yield* ctx.warn('Permission denied.');
  yield* ctx.die(`cannot lock ${file}; try again later.`, status);
}

/** Writes the files back, or ends with `status`. */
export function* saveOrDie(ctx: Voice, files: AccountFiles, status = 1): Wait<void> {
  const r = yield* files.save();
  if (r < 0) yield* ctx.die('failure while writing changes to /etc/passwd', status);
}
