import { sleep } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export default program({
  name: 'sleep',
  at: ['/usr/bin/sleep'],
  spec: 'GNU coreutils 9.4 sleep(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'NUMBER[SUFFIX]...',
  about: 'Wait for the sum of the given times. SUFFIX is s (seconds, the default), m, h or d.',
  options: {},
  busybox: {
    at: '/bin/sleep',
    usage: '[N]...',
    help: 'Pause for a time equal to the total of the args given, where each arg can\nhave an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays\n',
  },
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    let total = 0;
    let bad = false;
    for (const arg of ctx.args) {
      const parsed = /^(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|inf(?:inity)?)([smhd]?)$/i.exec(arg);
      if (parsed) {
        total += (/^inf/i.test(parsed[1]!) ? Number.POSITIVE_INFINITY : Number(parsed[1])) * UNITS[parsed[2]!]!;
        continue;
      }
      if (ctx.form === 'busybox') return yield* ctx.die(`invalid number '${arg}'`);
      yield* ctx.warn(`invalid time interval ${localeQuote(arg)}`);
      bad = true;
    }
    if (bad) return yield* ctx.usage();
    while (total > 0) {
      const part = Math.min(total, 2 ** 40);
      yield* sleep(ctx.sys, part);
      total = total === Number.POSITIVE_INFINITY ? total : total - part;
    }
    return 0;
  },
});
