import { SIGTERM, signalNumber } from '../../abi/signal.ts';
import { program } from '../../libc/program.ts';
import { procpsHint, selectOptions, selectProcesses, takeSignal } from '../proc/select.ts';

export default program({
  name: 'pkill',
  at: ['/usr/bin/pkill'],
  spec: 'procps-ng 4.0.4 pkill(1); without -F, -L, --ns, --cgroup, -q',
  version: 'from procps-ng 4.0.4',
  usage: '[options] <pattern>',
  about: 'Signal processes by name and other attributes.',
  options: {
    ...selectOptions,
    signal: { arg: 'sig', help: 'signal to send (either number or name)' },
    echo: { short: 'e', busybox: false, help: 'display what is killed' },
    list: { short: 'l', long: false, busybox: 'only', help: 'List all signals' },
  },
  usageStatus: 2,
  hint: procpsHint,
  rewrite: (argv) => {
    const { rest, signal } = takeSignal(argv);
    return signal === SIGTERM ? rest : [`--signal=${signal}`, ...rest];
  },
  busybox: {
    at: '/usr/bin/pkill',
    usage: '[-l|-SIGNAL] [-xfvno] [-s SID|-P PPID|PATTERN]',
    help: 'Send signal to processes selected by regex PATTERN\n\n\t-l\tList all signals\n\t-f\tMatch against entire command line\n\t-n\tSignal the newest process only\n\t-o\tSignal the oldest process only\n\t-v\tNegate the match\n\t-x\tMatch whole name (not substring)\n\t-s\tMatch session ID (0 for current)\n\t-P\tMatch parent process ID\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const signal = signalNumber(opts.signal ?? 'TERM');
    if (signal === undefined) return yield* ctx.usage(`invalid signal: ${opts.signal}`);
    const found = yield* selectProcesses(ctx);
    let sent = 0;
    for (const p of found) {
      const r = sys.kill(p.pid, signal);
      if (r < 0) yield* ctx.warn(`killing pid ${p.pid} failed: ${ctx.strerror(r)}`);
      else {
        sent++;
        if (opts.echo) yield* ctx.stdout.write(`${p.comm} killed (pid ${p.pid})\n`);
      }
    }
    if (opts.count) yield* ctx.stdout.write(`${found.length}\n`);
    return sent > 0 ? 0 : 1;
  },
});
