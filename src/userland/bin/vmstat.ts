import { decode } from '../../lib/utf8.ts';
import { readFile, sleep, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { readCpu, readMemory } from '../proc/memory.ts';

const HEAD =
  'procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n';

export default program({
  name: 'vmstat',
  at: ['/usr/bin/vmstat'],
  spec: 'procps-ng 4.0.4 vmstat(8): the default table',
  version: 'from procps-ng 4.0.4',
  usage: '[options] [delay [count]]',
  about: 'Report virtual memory statistics.',
  options: {
    oneHeader: { short: 'n', help: 'do not redisplay header' },
    wide: { short: 'w', help: 'wide output' },
    unit: { short: 'S', arg: 'char', help: 'define display unit: k, K, m or M' },
  },
  *main(ctx) {
    const delay = Number(ctx.args[0] ?? 0);
    if (Number.isNaN(delay)) return yield* ctx.die(`failed to parse argument: '${ctx.args[0]}'`);
    let left = ctx.args[1] !== undefined ? Number(ctx.args[1]) : delay > 0 ? Number.POSITIVE_INFINITY : 1;
    yield* ctx.stdout.write(HEAD);
    let before: number[] = [];
    for (let row = 0; ; row++) {
      if (row > 0 && row % 22 === 0 && !ctx.opts.oneHeader) yield* ctx.stdout.write(HEAD);
      before = yield* line(ctx, before);
      if (--left <= 0) return 0;
      yield* ctx.stdout.flush();
      yield* sleep(ctx.sys, delay * 1000);
    }
  },
});

function* line(
  ctx: Pick<Context, 'sys' | 'stdout'> & { opts: { unit: string | undefined } },
  before: readonly number[],
): Wait<number[]> {
  const m = yield* readMemory(ctx.sys);
  const cpu = yield* readCpu(ctx.sys);
  const stat = yield* readFile(ctx.sys, '/proc/stat');
  const text = typeof stat === 'number' ? '' : decode(stat);
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const now = [...cpu, figure('intr'), figure('ctxt'), ctx.sys.sysinfo().uptime];
  const delta = now.map((n, i) => n - (before[i] ?? 0));
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = delta;
  const total = user + nice + system + idle + wait + irq + soft + steal;
  const percent = (n: number): number => (total === 0 ? 0 : Math.round((100 * n) / total));
  const seconds = Math.max(1, delta.at(-1)!);
  const divisor = { m: 1e6 / 1024, M: 1024, k: 1000 / 1024 }[ctx.opts.unit ?? 'K'] ?? 1;
  const memory = [m.swapTotal - m.swapFree, m.free, m.buffers, m.cache].map((n) => Math.floor(n / divisor));
  const cells = [
    [figure('procs_running'), 2],
    [figure('procs_blocked'), 2],
    ...memory.map((n) => [n, 6]),
    [0, 4],
    [0, 4],
    [0, 5],
    [0, 5],
    [Math.floor(delta[8]! / seconds), 4],
    [Math.floor(delta[9]! / seconds), 4],
    [percent(user + nice), 2],
    [percent(system + irq + soft), 2],
    [total === 0 ? 100 : percent(idle), 2],
    [percent(wait), 2],
    [percent(steal), 2],
    [0, 2],
  ] as [number, number][];
  yield* ctx.stdout.write(`${cells.map(([n, width]) => String(n).padStart(width)).join(' ')}\n`);
  return now;
}
