import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { cutToWidth } from '../../lib/wcwidth.ts';
import { calendar, DAY_NAMES, MONTH_NAMES, two } from '../../libc/clock-text.ts';
import { read, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { TtyScreen } from '../../libc/tty-screen.ts';

const options = {
  beep: { short: 'b', busybox: false, help: 'beep if command has a non-zero exit' },
  color: { short: 'c', busybox: false, help: 'interpret ANSI color and style sequences' },
  differences: { short: 'd', busybox: false, help: 'highlight changes between updates' },
  errexit: { short: 'e', busybox: false, help: 'exit if command has a non-zero exit' },
  chgexit: { short: 'g', busybox: false, help: 'exit when output from command changes' },
  interval: { short: 'n', arg: 'secs', help: 'seconds to wait between updates' },
  noTitle: { short: 't', help: 'turn off header' },
  exec: { short: 'x', busybox: false, help: 'pass command to exec instead of "sh -c"' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'watch',
  at: ['/usr/bin/watch'],
  spec: 'procps-ng 4.0.4 watch(1)',
  version: 'from procps-ng 4.0.4',
  usage: '[options] command',
  about: 'Execute a program periodically, showing output fullscreen.',
  options,
  stopAtOperand: true,
  busybox: {
    at: '/bin/watch',
    long: [],
    usage: '[-n SEC] [-t] PROG ARGS',
    help: "Run PROG periodically\n\n\t-n SEC\tPeriod (default 2)\n\t-t\tDon't print header\n",
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage();
    const interval = opts.interval === undefined ? 2 : Number(opts.interval.replace(',', '.'));
    if (!(interval >= 0)) return yield* ctx.die(`failed to parse argument: '${opts.interval}'`);
    const seconds = Math.max(0.1, interval);
    const screen = yield* TtyScreen.open(sys);
    if (!screen) return yield* ctx.die('Error opening terminal: unknown.');
    yield* screen.enter(true);
    let before: string | undefined;
    let status = 0;
    yield* screen.write('\x1b[?1049h\x1b[?25l');
    try {
      for (;;) {
        const result = yield* runOnce(ctx);
        yield* screen.write(page(ctx, screen.size(), seconds, result.text));
        if (opts.errexit && result.status !== 0) {
          status = result.status;
          break;
        }
        if (opts.chgexit && before !== undefined && before !== result.text) break;
        before = result.text;
        const key = yield* screen.key(seconds * 1000);
        if (key === 'eof' || key === 'q' || key === '\x03') break;
      }
    } finally {
      yield* screen.write('\x1b[?25h\x1b[?1049l');
      yield* screen.leave();
    }
    return status;
  },
});

function* runOnce(ctx: Ctx): Wait<{ text: string; status: number }> {
  const { sys } = ctx;
  const ends = [0, 0];
  sys.pipe2(ends, 0o2000000);
  const argv = ctx.opts.exec ? ctx.args : ['sh', '-c', ctx.args.join(' ')];
  const path = ctx.opts.exec ? searchPath(sys, argv[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin') : '/bin/sh';
  const pid = yield* spawn(sys, path ?? argv[0]!, argv, sys.envp, {
    dup2: [
      [ends[1]!, 1],
      [ends[1]!, 2],
    ],
  });
  sys.close(ends[1]!);
  let text = '';
  if (pid < 0) text = `unable to execute '${argv[0]}': ${ctx.strerror(pid)}\n`;
  const buf = new Uint8Array(65536);
  for (;;) {
    const n = yield* read(sys, ends[0]!, buf);
    if (n <= 0) break;
    if (text.length < 1 << 20) text += decode(buf.subarray(0, n));
  }
  sys.close(ends[0]!);
  const result = new WaitResult();
  if (pid > 0) while ((yield* waitpid(sys, pid, 0, result)) === -4);
  return { text, status: (result.status >> 8) & 255 };
}

function page(ctx: Ctx, size: { rows: number; cols: number }, seconds: number, text: string): string {
  const lines = text.replace(/\t/g, '        ').replace(/\r/g, '').split('\n');
  let out = '\x1b[H\x1b[2J';
  let room = size.rows;
  if (!ctx.opts.noTitle) {
    const c = calendar(ctx.sys.now(CLOCK_REALTIME) / 1000);
    const date = `${DAY_NAMES[c.weekday]!.slice(0, 3)} ${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${String(c.day).padStart(2)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} ${c.year}`;
    const left = `Every ${seconds.toFixed(1)}s: ${ctx.args.join(' ')}`;
    const right = ctx.form === 'gnu' ? `${ctx.sys.uname().nodename}: ${date}` : date;
    const space = size.cols - right.length - 1;
    out += `${left.slice(0, Math.max(0, space - 1)).padEnd(Math.max(0, space))} ${right}\r\n\r\n`;
    room -= 2;
  }
  const shown = lines
    .slice(0, room)
    .map((line) => cutToWidth(ctx.opts.color ? line : line.replace(/\x1b\[[0-9;]*[A-Za-z]/g, ''), size.cols));
  return out + shown.join('\r\n');
}
