import { encode } from '../../lib/utf8.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import { sprintf } from '../awk/format.ts';

const options = {
  format: { short: 'f', arg: 'FORMAT', busybox: false, help: 'use printf style floating-point FORMAT' },
  separator: { short: 's', arg: 'STRING', help: 'separate numbers by STRING instead of a newline' },
  equalWidth: { short: 'w', help: 'pad with leading zeros to equal width' },
} as const;

export default program({
  name: 'seq',
  at: ['/usr/bin/seq'],
  spec: 'GNU coreutils 9.4 seq(1); numbers are doubles, -f %a writes decimals',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  or:  seq [OPTION]... FIRST INCREMENT LAST',
  about: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  options,
  stopAtOperand: true,
  rewrite: (argv, form) => {
    if (form === 'busybox') return argv;
    const at = argv.findIndex((arg) => /^-[.\d]/.test(arg));
    const operandBefore = argv.slice(0, at).some((arg) => /^\+?[.\d]/.test(arg));
    return at < 0 || operandBefore || argv.includes('--') ? argv : [...argv.slice(0, at), '--', ...argv.slice(at)];
  },
  busybox: {
    at: '/usr/bin/seq',
    long: [],
    usage: '[-w] [-s SEP] [FIRST [INC]] LAST',
    help: 'Print numbers from FIRST to LAST, in steps of INC.\nFIRST, INC default to 1.\n\n\t-w\tPad to last with leading zeros\n\t-s SEP\tString separator\n',
  },
  *main(ctx) {
    const { args, opts, stdout, sys, form } = ctx;
    if (args.length === 0) return yield* ctx.usage(form === 'gnu' ? 'missing operand' : undefined);
    if (args.length > 3) return yield* ctx.usage(form === 'gnu' ? `extra operand ${localeQuote(args[3]!)}` : undefined);
    const numbers: Operand[] = [];
    for (const arg of args) {
      const number = operand(arg, form === 'busybox');
      if (number) numbers.push(number);
      else if (form === 'busybox') return yield* ctx.die(`invalid number '${arg}'`);
      else if (/^[-+]?nan$/i.test(arg))
        return yield* ctx.usage(`invalid ${localeQuote('not-a-number')} argument: ${localeQuote(arg)}`);
      else return yield* ctx.usage(`invalid floating point argument: ${localeQuote(arg)}`);
    }
    const one: Operand = { value: 1, places: 0, width: 1 };
    const first = numbers.length > 1 ? numbers[0]! : one;
    const step = numbers.length > 2 ? numbers[1]! : one;
    const last = numbers.at(-1)!;
    if (step.value === 0 && form === 'gnu')
      return yield* ctx.usage(`invalid Zero increment value: ${localeQuote(args[1]!)}`);
    const wrong = opts.format === undefined ? undefined : formatError(opts.format);
    if (wrong !== undefined) return yield* ctx.die(`format ${localeQuote(opts.format!)} ${wrong}`);
    if (opts.format !== undefined && opts.equalWidth)
      return yield* ctx.usage('format string may not be specified when printing equal width strings');
    const separator = opts.separator ?? '\n';
    const whole = args.map(wholeNumber);
    if (
      opts.format === undefined &&
      whole.every((n) => n !== undefined) &&
      whole.some((n) => n > 10n ** 15n) &&
      step.value > 0 &&
      !(opts.equalWidth && args.some((arg) => /e/i.test(arg)))
    )
      return yield* wholeNumbers(ctx, args, whole, separator);

    const places = Math.max(first.places, step.places);
    const general = !Number.isFinite(places + last.places);
    const width = !opts.equalWidth || general ? 0 : Math.max(widthAt(first, places), widthAt(last, places));
    const show = (n: number): string => {
      if (opts.format !== undefined) return sprintf(opts.format, [n], String, false)!;
      if (general) return sprintf('%g', [n], String, false)!;
      const text = n.toFixed(places);
      if (width === 0) return text;
      return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
    };
    if (
      opts.format === undefined &&
      [first, step, last].every(({ value, places: own }) => own === 0 && value >= 0 && Number.isSafeInteger(value)) &&
      width <= COUNTER_WIDTH
    )
      return yield* countUp(ctx, { first: first.value, step: step.value, last: last.value, width }, separator);
    let any = false;
    const slack = places > 0 ? Math.abs(step.value) * 1e-9 : 0;
    for (let i = 0; ; i++) {
      const n = first.value + i * step.value;
      if (step.value > 0 ? n > last.value + slack : n < last.value - slack) break;
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

interface Operand {
  value: number;
  /** Digits after the point; Infinity where the number has to be written by %g. */
  places: number;
  /** Columns of the number as it was given. */
  width: number;
}

function operand(text: string, busybox: boolean): Operand | undefined {
  const plain = text.trim().replace(/^\+/, '');
  if (/^-?0x[0-9a-f]+$/i.test(plain)) {
    const value = plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain);
    return { value, places: Number.POSITIVE_INFINITY, width: plain.length };
  }
  if (/^-?inf(inity)?$/i.test(plain))
    return { value: plain.startsWith('-') ? -Infinity : Infinity, places: 0, width: plain.length };
  const m = /^(-?)(\d*)(\.?)(\d*)(?:e([-+]?\d+))?$/i.exec(plain);
  if (!m || (m[2] === '' && m[4] === '')) return undefined;
  const value = Number(plain);
  if (busybox)
    return { value, places: plain.includes('.') ? plain.length - plain.indexOf('.') - 1 : 0, width: plain.length };
  const exponent = Number(m[5] ?? 0);
  const digits = m[4]!.length;
  const places = exponent < 0 ? digits - exponent : Math.max(0, digits - exponent);
  const width =
    m[5] === undefined
      ? m[1]!.length + Math.max(1, m[2]!.length) + (digits > 0 ? digits + 1 : 0)
      : value.toFixed(places).length;
  return { value, places, width };
}

/** Digits that a counter has room for. */
const COUNTER_WIDTH = 30;

/** Whole numbers: the digits are counted on in place instead of being made anew. */
function* countUp(
  { stdout, sys }: Context<typeof options>,
  { first, step, last, width }: { first: number; step: number; last: number; width: number },
  separator: string,
): Generator<void, number> {
  if (first > last) return 0;
  const between = encode(separator);
  const digits = new Uint8Array(COUNTER_WIDTH + 10).fill(ZERO);
  const text = String(first);
  for (let i = 0; i < text.length; i++) digits[digits.length - text.length + i] = text.charCodeAt(i);
  let start = digits.length - Math.max(width, text.length);
  let n = first;
  for (;;) {
    let due = false;
    for (let turn = 0; turn < 1024 && !due; turn++) {
      due = stdout.putPart(digits, start, digits.length);
      n += step;
      if (n > last) {
        yield* stdout.write('\n');
        return stdout.error === 0 ? 0 : 1;
      }
      due = stdout.putPart(between, 0, between.length) || due;
      start = Math.min(start, addTo(digits, step));
    }
    if (due) yield* stdout.flush();
    if (stdout.error !== 0) return 1;
    if (sys.tick()) yield;
  }
}

const ZERO = 48;

/** Adds to a number in decimal digits. @returns the place of the first digit that was written */
function addTo(digits: Uint8Array, step: number): number {
  let at = digits.length - 1;
  for (let carry = step; carry > 0; at--) {
    const sum = digits[at]! - ZERO + carry;
    if (sum < 10) {
      digits[at] = ZERO + sum;
      carry = 0;
    } else {
      digits[at] = ZERO + (sum % 10);
      carry = (sum - (sum % 10)) / 10;
    }
  }
  return at + 1;
}

/** Columns of an operand when it is written with `places` digits after the point. */
function widthAt(n: Operand, places: number): number {
  const whole = n.width - (n.places > 0 ? n.places + 1 : 0);
  return whole + (places > 0 ? places + 1 : 0);
}

/** What is wrong with the format of -f. */
function formatError(format: string): string | undefined {
  let directives = 0;
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') continue;
    if (format[i + 1] === '%') {
      i++;
      continue;
    }
    if (++directives > 1) return 'has too many % directives';
    const m = /^[-+#0 ']*\d*(?:\.\d*)?L?/.exec(format.slice(i + 1))!;
    i += m[0].length + 1;
    if (i >= format.length) return 'ends in %';
    if (!'efgaEFGA'.includes(format[i]!)) return `has unknown %${format[i]} directive`;
  }
  return directives === 0 ? 'has no % directive' : undefined;
}

/** `123`, `1e18`: a whole number; undefined where it is none, or would be very long. */
function wholeNumber(text: string): bigint | undefined {
  const m = /^\+?(\d+)(?:e\+?(\d{1,2}))?$/i.exec(text);
  return m ? BigInt(m[1]!) * 10n ** BigInt(m[2] ?? 0) : undefined;
}

/** Numbers that a double does not hold. */
function* wholeNumbers(
  ctx: Context<typeof options>,
  args: readonly string[],
  numbers: readonly bigint[],
  separator: string,
): Generator<void, number> {
  const last = numbers.at(-1)!;
  const step = numbers.length > 2 ? numbers[1]! : 1n;
  const width = ctx.opts.equalWidth ? Math.max(...args.map((arg) => arg.length)) : 0;
  let any = false;
  for (let n = numbers.length > 1 ? numbers[0]! : 1n; n <= last; n += step) {
    if (ctx.stdout.put((any ? separator : '') + String(n).padStart(width, '0'))) yield* ctx.stdout.flush();
    if (ctx.stdout.error !== 0) return 1;
    any = true;
    if (ctx.sys.tick()) yield;
  }
  if (any) yield* ctx.stdout.write('\n');
  return 0;
}
