import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'seq',
  at: ['/usr/bin/seq'],
  spec: 'GNU coreutils 9.4 seq(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  or:  seq [OPTION]... FIRST INCREMENT LAST',
  about: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  options: {
    format: { short: 'f', arg: 'FORMAT', busybox: false, help: 'use printf style FORMAT (%g, %f, %e)' },
    separator: { short: 's', arg: 'STRING', help: 'separate numbers by STRING instead of a newline' },
    equalWidth: { short: 'w', help: 'pad with leading zeros to equal width' },
  },
  rewrite: (argv) => {
    const at = argv.findIndex((arg) => /^-[.\d]/.test(arg));
    return at < 0 || argv.includes('--') ? argv : [...argv.slice(0, at), '--', ...argv.slice(at)];
  },
  busybox: {
    at: '/usr/bin/seq',
    usage: '[-w] [-s SEP] [FIRST [INC]] LAST',
    help: 'Print numbers from FIRST to LAST, in steps of INC.\nFIRST, INC default to 1.\n\n\t-w\tPad with leading zeros\n\t-s SEP\tString separator\n',
  },
  *main(ctx) {
    const { args, opts, stdout, sys } = ctx;
    if (args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    if (args.length > 3)
      return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand ${shellQuote(args[3]!)}` : undefined);
    for (const arg of args) {
      if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(arg) || /^[-+]?inf(inity)?$/i.test(arg)) continue;
      if (ctx.form === 'busybox') return yield* ctx.die(`invalid number '${arg}'`);
      return yield* ctx.usage(`invalid floating point argument: ${shellQuote(arg)}`);
    }
    const numbers = args.map((arg) => (/inf/i.test(arg) ? (arg.startsWith('-') ? -Infinity : Infinity) : Number(arg)));
    const first = numbers.length > 1 ? numbers[0]! : 1;
    const step = numbers.length > 2 ? numbers[1]! : 1;
    const last = numbers.at(-1)!;
    if (step === 0) {
      if (ctx.form === 'gnu') return yield* ctx.usage(`invalid Zero increment value: ${shellQuote(args[1]!)}`);
    }
    const decimals = (text: string): number => (/e/i.test(text) ? 0 : (text.split('.')[1]?.length ?? 0));
    const places = Math.max(args.length > 1 ? decimals(args[0]!) : 0, args.length > 2 ? decimals(args[1]!) : 0);
    const separator = opts.separator ?? '\n';
    const width = opts.equalWidth
      ? Math.max(
          first.toFixed(places).length,
          (first + Math.floor((last - first) / step + 1e-10) * step).toFixed(places).length,
        )
      : 0;
    const show = (n: number): string => {
      if (opts.format !== undefined) return formatOne(opts.format, n);
      const text = n.toFixed(places);
      if (width === 0) return text;
      return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
    };
    let any = false;
    for (let i = 0; ; i++) {
      const n = first + i * step;
      const slack = places > 0 ? Math.abs(step) * 1e-9 : 0;
      if (step > 0 ? n > last + slack : n < last - slack) break;
      if (stdout.put((any ? separator : '') + show(n))) {
        yield* stdout.flush();
        if (stdout.error !== 0) return 1;
      }
      any = true;
      if (sys.tick()) yield;
    }
    if (any) yield* stdout.write('\n');
    return 0;
  },
});

/** One number by a printf format with a single %f, %g or %e. */
function formatOne(format: string, n: number): string {
  return format.replace(
    /%(%|([-+ 0#']*)(\d*)(?:\.(\d*))?([efgEFG]))/,
    (all, what: string, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (what === '%') return '%';
      const digits = precision === undefined ? 6 : Number(precision);
      let text: string;
      if (/f/i.test(verb)) text = n.toFixed(digits);
      else if (/e/i.test(verb)) text = n.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2');
      else text = String(Number(n.toPrecision(digits || 1)));
      if (flags.includes('+') && n >= 0) text = `+${text}`;
      if (flags.includes('-')) return text.padEnd(Number(width));
      return flags.includes('0') ? text.padStart(Number(width), '0') : text.padStart(Number(width)) || all;
    },
  );
}
