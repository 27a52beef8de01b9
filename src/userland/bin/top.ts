import { Accounts } from '../../libc/accounts.ts';
import { sleep } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { busyboxTopLines, type TopOptions, type TopSample, topLines } from '../proc/top-text.ts';
import { Terminal } from '../screen/terminal.ts';

export default program({
  name: 'top',
  at: ['/usr/bin/top'],
  spec: 'procps-ng 4.0.4 top(1) and busybox top: batch and screen, keys q P M T N c i d; without fields, windows, colours',
  version: 'from procps-ng 4.0.4',
  usage: '-hv | -bcEeHiOSs1 -d secs -n max -u|U user -p pid(s) -o field -w [cols]',
  about: 'Display the processes.',
  options: {
    batch: { short: 'b', long: 'batch-mode', help: 'batch mode' },
    iterations: { short: 'n', arg: 'max', help: 'end after so many screens' },
    delay: { short: 'd', arg: 'secs', help: 'seconds between two screens' },
    commandLine: { short: 'c', long: 'cmdline-toggle', busybox: false, help: 'show command lines' },
    idle: { short: 'i', long: 'idle-toggle', busybox: false, help: 'leave idle processes out' },
    pid: { short: 'p', arg: 'pids', many: true, busybox: false, help: 'only these processes' },
    user: { short: 'u', arg: 'user', busybox: false, help: 'only processes of the user' },
    sort: { short: 'o', long: 'sort-override', arg: 'field', busybox: false, help: 'sort by the field' },
    width: { short: 'w', arg: 'cols', optional: true, busybox: false, help: 'width of the output' },
    secure: { short: 's', long: 'secure-mode', busybox: false, help: 'accepted' },
    threads: { short: 'H', long: 'threads-show', help: 'accepted' },
    memory: { short: 'm', long: false, busybox: 'only', help: 'accepted' },
  },
  busybox: {
    at: '/usr/bin/top',
    usage: '[-bH] [-n COUNT] [-d SECONDS]',
    help: 'Show a view of process activity in real time.\nRead the status of all processes from /proc each SECONDS\nand show a screenful of them.\nKeys:\n\tN/M/P/T: sort by pid/mem/cpu/time\n\tR: reverse sort\n\tH: toggle threads\n\tQ,^C: exit\nOptions:\n\t-b\tBatch mode\n\t-n N\tExit after N iterations\n\t-d SEC\tDelay between updates\n\t-H\tShow threads\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const busybox = ctx.form === 'busybox';
    const most = opts.iterations === undefined ? Number.POSITIVE_INFINITY : Number(opts.iterations);
    const delay = Number(opts.delay ?? (busybox ? 5 : 3)) * 1000;
    if (Number.isNaN(delay)) return yield* ctx.die(`bad delay interval '${opts.delay}'`);
    const user = opts.user === undefined ? undefined : yield* new Accounts(sys).byName(opts.user);
    if (opts.user !== undefined && !user && !/^\d+$/.test(opts.user)) return yield* ctx.die('Invalid user');
    const field = opts.sort?.toUpperCase().replace(/^[-+]/, '');
    const o: TopOptions = {
      sort:
        field === '%MEM' || field === 'RES'
          ? 'M'
          : field === 'TIME+' || field === 'TIME'
            ? 'T'
            : field === 'PID'
              ? 'N'
              : 'P',
      commandLines: opts.commandLine,
      idle: !opts.idle,
      pids: opts.pid.flatMap((p) => p.split(',').map(Number)),
      uid: user?.uid ?? (opts.user === undefined ? undefined : Number(opts.user)),
    };
    const sample: TopSample = { time: 0, ticks: new Map(), cpu: [] };
    const lines = () => (busybox ? busyboxTopLines(sys, sample) : topLines(sys, sample, o));
    if (opts.batch || !sys.isatty(1)) {
      if (!opts.batch && !busybox) return yield* ctx.die('failed tty get');
      for (let i = 0; i < most; i++) {
        if (i > 0) yield* sleep(sys, delay);
        yield* ctx.stdout.write(`${i > 0 ? '\n' : ''}${(yield* lines()).join('\n')}\n`);
        yield* ctx.stdout.flush();
        if (ctx.stdout.error !== 0) return 1;
      }
      return 0;
    }
    const terminal = yield* Terminal.take(sys);
    if (!terminal) return yield* ctx.die('failed tty get');
    for (let i = 0; i < most; i++) {
      const { rows, cols } = terminal.size();
      const screen = (yield* lines()).slice(0, rows - 1).map((line) => line.slice(0, cols - 1));
      const at = screen.findIndex((line) => line.includes('PID'));
      if (at >= 0) screen[at] = `\x1b[7m${screen[at]!.padEnd(cols - 1)}\x1b[27m`;
      yield* terminal.write(`\x1b[?25l\x1b[H${screen.map((line) => `${line}\x1b[K`).join('\r\n')}\x1b[J`);
      const key = yield* terminal.key(delay);
      if (key === 'q' || key === 'C-c' || key === 'End-of-file') break;
      if (key === 'P' || key === 'M' || key === 'T' || key === 'N') o.sort = key;
      else if (key === 'c') o.commandLines = !o.commandLines;
      else if (key === 'i') o.idle = !o.idle;
    }
    yield* terminal.write(`\x1b[${terminal.size().rows};1H\x1b[?25h\r\n`);
    yield* terminal.release();
    return 0;
  },
});
