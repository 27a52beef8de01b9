import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { fullTime } from '../../libc/clock-text.ts';
import { program } from '../../libc/program.ts';
import { loginSessions } from '../proc/sessions.ts';
import { uptimeLine } from '../proc/uptime-line.ts';

export default program({
  name: 'uptime',
  at: ['/usr/bin/uptime'],
  spec: 'procps-ng 4.0.4 uptime(1)',
  version: 'from procps-ng 4.0.4',
  usage: '[options]',
  about: 'Tell how long the system has been running.',
  options: {
    pretty: { short: 'p', busybox: false, help: 'show uptime in pretty format' },
    since: { short: 's', busybox: false, help: 'system up since' },
  },
  busybox: {
    at: '/usr/bin/uptime',
    usage: '',
    help: 'Display the time since the last boot\n',
  },
  *main(ctx) {
    const { sys, opts, stdout } = ctx;
    const seconds = sys.sysinfo().uptime;
    if (opts.since) {
      yield* stdout.write(`${fullTime(Math.floor(sys.now(CLOCK_REALTIME) / 1000 - seconds), 0).slice(0, 19)}\n`);
      return 0;
    }
    if (opts.pretty) {
      const minutes = Math.floor(seconds / 60);
      const parts = [
        [Math.floor(minutes / 10080), 'week'],
        [Math.floor(minutes / 1440) % 7, 'day'],
        [Math.floor(minutes / 60) % 24, 'hour'],
        [minutes % 60, 'minute'],
      ] as const;
      const shown = parts.filter(([n], i) => n > 0 || (i === 3 && minutes === 0));
      yield* stdout.write(`up ${shown.map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`).join(', ')}\n`);
      return 0;
    }
    const users = (yield* loginSessions(sys)).length;
    yield* stdout.write(`${uptimeLine(sys, users, ctx.form)}\n`);
    return 0;
  },
});
