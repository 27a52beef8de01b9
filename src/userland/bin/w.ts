import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { calendar, two } from '../../libc/clock-text.ts';
import { program } from '../../libc/program.ts';
import { commandLine, readProcesses } from '../proc/processes.ts';
import { loginSessions } from '../proc/sessions.ts';
import { uptimeLine } from '../proc/uptime-line.ts';

export default program({
  name: 'w',
  at: ['/usr/bin/w'],
  spec: 'procps-ng 4.0.4 w(1): logins on terminals; without idle times',
  version: 'from procps-ng 4.0.4',
  usage: '[options] [user]',
  about: 'Show who is logged on and what they are doing.',
  options: {
    noHeader: { short: 'h', help: 'do not print header' },
    noCurrent: { short: 'u', help: 'ignore current process username' },
    short: { short: 's', help: 'short format' },
    from: { short: 'f', help: 'show remote hostname field' },
    ipAddr: { short: 'i', help: 'display IP address instead of hostname (if possible)' },
  },
  *main({ sys, args, opts, stdout }) {
    const logins = yield* loginSessions(sys);
    const processes = yield* readProcesses(sys);
    if (!opts.noHeader) {
      yield* stdout.write(`${uptimeLine(sys, logins.length, 'gnu')}\n`);
      yield* stdout.write(
        opts.short
          ? 'USER     TTY      FROM              IDLE  WHAT\n'
          : 'USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU  WHAT\n',
      );
    }
    const boot = sys.now(CLOCK_REALTIME) / 1000 - sys.sysinfo().uptime;
    for (const { user, line, leader } of logins) {
      if (args[0] !== undefined && args[0] !== user) continue;
      const here = processes.filter((p) => p.tty === leader.tty);
      const front = here.filter((p) => p.pgrp === leader.tpgid).at(-1) ?? leader;
      const since = calendar(boot + leader.start / 100);
      const spent = (ticks: number): string => `${(ticks / 100).toFixed(2)}s`;
      const jobs = here.reduce((sum, p) => sum + p.utime + p.stime, 0);
      const name = `${user.slice(0, 8).padEnd(8)} ${line.padEnd(8)} ${'-'.padEnd(16)}`;
      yield* stdout.write(
        opts.short
          ? `${name}  ${'1.00s'.padStart(5)}  ${commandLine(front)}\n`
          : `${name} ${two(since.hour)}:${two(since.minute)}    1.00s  ${spent(jobs).padStart(5)}  ${spent(front.utime + front.stime).padStart(5)} ${commandLine(front)}\n`,
      );
    }
    return 0;
  },
});
