import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { fullTime } from '../../libc/clock-text.ts';
import { program } from '../../libc/program.ts';
import { loginSessions } from '../proc/sessions.ts';

export default program({
  name: 'who',
  at: ['/usr/bin/who'],
  spec: 'GNU coreutils 9.4 who(1): logins are login shells on a terminal; -b, -H, -q, -m, -u',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [ FILE | ARG1 ARG2 ]',
  about: 'Print information about users who are currently logged in.',
  options: {
    all: { short: 'a', help: 'all of it' },
    boot: { short: 'b', busybox: false, help: 'time of last system boot' },
    heading: { short: 'H', help: 'print line of column headings' },
    count: { short: 'q', busybox: false, help: 'all login names and number of users logged on' },
    m: { short: 'm', long: false, busybox: false, help: 'only hostname and user associated with stdin' },
    users: { short: 'u', busybox: false, help: 'list users logged in' },
  },
  busybox: {
    at: '/usr/bin/who',
    long: [],
    usage: '[-aH]',
    help: 'Show who is logged on\n\n\t-a\tShow all\n\t-H\tPrint column headers\n',
  },
  *main(ctx) {
    const { sys, opts, stdout } = ctx;
    let logins = yield* loginSessions(sys);
    const boot = sys.now(CLOCK_REALTIME) / 1000 - sys.sysinfo().uptime;
    const time = (sec: number): string => fullTime(Math.floor(sec), 0).slice(0, 16);
    if (opts.m || ctx.args.length === 2) {
      const tty = sys.ttyname(0);
      logins = logins.filter((login) => `/dev/${login.line}` === tty);
    }
    if (opts.count) {
      yield* stdout.write(`${logins.map((login) => login.user).join(' ')}\n# users=${logins.length}\n`);
      return 0;
    }
    if (opts.heading) yield* stdout.write(`${'NAME'.padEnd(8)} ${'LINE'.padEnd(12)} ${'TIME'.padEnd(16)} COMMENT\n`);
    if (opts.boot || opts.all) yield* stdout.write(`${' '.repeat(9)}system boot  ${time(boot)}\n`);
    if (opts.boot && !opts.all) return 0;
    for (const { user, line, leader } of logins) {
      const idle = opts.users || opts.all ? `   .  ${String(leader.pid).padStart(11)}` : '';
      yield* stdout.write(`${user.padEnd(8)} ${line.padEnd(12)} ${time(boot + leader.start / 100)}${idle}\n`);
    }
    return 0;
  },
});
