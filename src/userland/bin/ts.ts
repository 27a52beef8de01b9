import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../abi/flags.ts';
import { strftime } from '../../lib/strftime.ts';
import { UTC } from '../../lib/timezone.ts';
import { program } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';

export default program({
  name: 'ts',
  at: ['/usr/bin/ts'],
  spec: 'moreutils 0.67 ts(1) and busybox ts; without -r',
  usage: '[-i | -s] [-m] [format]',
  about: 'Put the time before each line of standard input.',
  options: {
    increment: { short: 'i', long: false, help: 'the time since the line before' },
    start: { short: 's', long: false, help: 'the time since the start' },
    monotonic: { short: 'm', long: false, busybox: false, help: 'by the monotonic clock' },
  },
  hint: () => 'usage: ts [-r] [-i | -s] [-m] [format]\n',
  busybox: { at: '/usr/bin/ts', long: [], usage: '[-is] [STRFTIME]', help: '' },
  *main(ctx) {
    const { opts, sys } = ctx;
    const since = opts.increment || opts.start;
    const zone = since ? UTC : yield* localZone(sys, ctx.env);
    const given = ctx.args[0] ?? (since ? '%H:%M:%S' : '%b %d %H:%M:%S');
    const clock = opts.monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
    let before = sys.now(clock);
    for (let line: string | undefined; (line = yield* ctx.stdin.line()) !== undefined; ) {
      const now = sys.now(clock);
      const shown = since ? now - before : now;
      if (opts.increment) before = now;
      const micro = String(Math.floor((shown % 1000) * 1000)).padStart(6, '0');
      // %.S, %.s and %.T have microseconds behind them
      const format = given.replace(/%\.([SsT])/g, (_, letter: string) => `%${letter}.${micro}`);
      const text = strftime(format, Math.floor(shown / 1000), Math.floor((shown % 1000) * 1e6), zone);
      yield* ctx.stdout.write(`${text} ${line}\n`);
      yield* ctx.stdout.flush();
      if (sys.tick()) yield;
    }
    return 0;
  },
});
