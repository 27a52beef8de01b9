import { program } from '../../libc/program.ts';
import { readProcesses } from '../proc/processes.ts';

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export default program({
  name: 'pidof',
  at: ['/usr/bin/pidof'],
  spec: 'sysvinit-utils 3.08 pidof(8)',
  usage: '[options] [program [...]]',
  about: 'Find the process ID of a running program.',
  options: {
    single: { short: 's', long: 'single-shot', help: 'return one PID only' },
    scripts: { short: 'x', busybox: false, help: 'also find shells running the named scripts' },
    quiet: { short: 'q', busybox: false, help: 'do not print, only give the status' },
    separator: { short: 'd', arg: 'sep', busybox: false, help: 'use sep to separate the PIDs' },
    omit: { short: 'o', arg: 'PID', many: true, help: 'omit results with PID' },
  },
  busybox: {
    at: '/bin/pidof',
    long: [],
    usage: '[NAME]...',
    help: 'List PIDs of all processes with names that match NAMEs\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const omitted = opts.omit
      .flatMap((text) => text.split(','))
      .map((t) => (t === '%PPID' ? sys.getppid() : Number(t)));
    const rows = (yield* readProcesses(sys)).reverse();
    const pids: number[] = [];
    for (const name of ctx.args)
      for (const p of rows) {
        const first = p.argv[0] ?? '';
        const interpreted = opts.scripts || ctx.form === 'busybox' ? base(p.argv[1] ?? '') : undefined;
        const same =
          p.comm === base(name).slice(0, 15) ||
          base(first).replace(/^-/, '') === base(name) ||
          first === name ||
          (interpreted !== undefined && p.comm === base(name) && interpreted === base(name));
        if (
          same &&
          p.state !== 'Z' &&
          p.argv.length > 0 &&
          !omitted.includes(p.pid) &&
          p.pid !== sys.getpid() &&
          !pids.includes(p.pid)
        )
          pids.push(p.pid);
      }
    const shown = opts.single ? pids.slice(0, 1) : pids;
    if (shown.length > 0 && !opts.quiet) yield* ctx.stdout.write(`${shown.join(opts.separator ?? ' ')}\n`);
    return shown.length > 0 ? 0 : 1;
  },
});
