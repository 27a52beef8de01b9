import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { spawn, type Wait, waitpid, writeAll } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';

/** What $LESS is for the pager of systemd. */
const OPTIONS = '-FRSXM';
const PAGER = '/usr/bin/less';

/** Shows `text` through less where the output is a terminal, as systemd's programs do; else writes it. */
export function* page(
  ctx: Pick<Context, 'sys' | 'stdout' | 'env'>,
  text: string,
  options: { pager: boolean; toEnd?: boolean },
): Wait<void> {
  const { sys, stdout, env } = ctx;
  const wished = env.get('SYSTEMD_PAGER') ?? env.get('PAGER');
  if (!options.pager || !sys.isatty(1) || wished === 'cat' || wished === '' || sys.access(PAGER, 1) < 0) {
    yield* stdout.write(text);
    return;
  }
  yield* stdout.flush();
  const shown = yield* throughLess(sys, text, options.toEnd === true);
  if (!shown) yield* stdout.write(text);
}

function* throughLess(sys: Sys, text: string, toEnd: boolean): Wait<boolean> {
  const ends = [0, 0];
  if (sys.pipe2(ends, 0o2000000) < 0) return false;
  const argv = toEnd ? ['less', OPTIONS, '+G'] : ['less', OPTIONS];
  const pid = yield* spawn(sys, PAGER, argv, sys.envp, { dup2: [[ends[0]!, 0]] });
  sys.close(ends[0]!);
  if (pid < 0) {
    sys.close(ends[1]!);
    return false;
  }
  // A broken pipe is less having ended.
  sys.sigaction(13, 1);
  yield* writeAll(sys, ends[1]!, text);
  sys.close(ends[1]!);
  yield* waitpid(sys, pid, 0, new WaitResult());
  return true;
}
