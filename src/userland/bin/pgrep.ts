import { program } from '../../libc/program.ts';
import { commandLine } from '../proc/processes.ts';
import { procpsHint, selectOptions, selectProcesses } from '../proc/select.ts';

export default program({
  name: 'pgrep',
  at: ['/usr/bin/pgrep'],
  spec: 'procps-ng 4.0.4 pgrep(1); without -F, -L, --ns, --cgroup',
  version: 'from procps-ng 4.0.4',
  usage: '[options] <pattern>',
  about: 'Look up processes by name and other attributes.',
  options: {
    ...selectOptions,
    delimiter: { short: 'd', arg: 'string', busybox: false, help: 'specify output delimiter' },
    listName: { short: 'l', help: 'list PID and process name' },
    listFull: { short: 'a', help: 'list PID and full command line' },
    lightweight: { short: 'w', busybox: false, help: 'list all TID' },
  },
  usageStatus: 2,
  hint: procpsHint,
  busybox: {
    at: '/usr/bin/pgrep',
    usage: '[-flanovx] [-s SID|-P PPID|PATTERN]',
    help: 'Display process(es) selected by regex PATTERN\n\n\t-l\tShow command name too\n\t-a\tShow command line too\n\t-f\tMatch against entire command line\n\t-n\tShow the newest process only\n\t-o\tShow the oldest process only\n\t-v\tNegate the match\n\t-x\tMatch whole name (not substring)\n\t-s\tMatch session ID (0 for current)\n\t-P\tMatch parent process ID\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const found = yield* selectProcesses(ctx);
    const lines = found.map((p) =>
      opts.listFull
        ? `${p.pid} ${commandLine(p)}`
        : opts.listName
          ? `${p.pid} ${opts.full && ctx.form === 'busybox' ? commandLine(p) : p.comm}`
          : String(p.pid),
    );
    if (opts.count) yield* ctx.stdout.write(`${found.length}\n`);
    else if (lines.length > 0) yield* ctx.stdout.write(`${lines.join(opts.delimiter ?? '\n')}\n`);
    return found.length > 0 ? 0 : 1;
  },
});
