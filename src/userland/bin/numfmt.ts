import { parseSize } from '../../libc/human.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { inRanges, parseRanges, type Ranges } from '../../libc/ranges.ts';
import { invalidArgument, localeQuote } from '../../libc/shell-quote.ts';

const options = {
  debug: { help: 'print warnings about invalid input' },
  delimiter: { short: 'd', arg: 'X', help: 'use X instead of whitespace for field delimiter' },
  field: { arg: 'FIELDS', help: 'replace the numbers in these input fields (default: 1)' },
  format: { arg: 'FORMAT', help: 'use printf style floating-point FORMAT' },
  from: { arg: 'UNIT', help: 'auto-scale input numbers to UNITs' },
  fromUnit: { arg: 'N', help: 'specify the input unit size' },
  grouping: { help: 'use locale-defined grouping of digits (there is none)' },
  header: { arg: 'N', optional: true, help: 'print (without converting) the first N header lines' },
  invalid: { arg: 'MODE', help: 'failure mode for invalid numbers: abort, fail, warn, ignore' },
  padding: { arg: 'N', help: 'pad the output to N characters' },
  round: { arg: 'METHOD', help: 'rounding: up, down, from-zero (default), towards-zero, nearest' },
  suffix: { arg: 'SUFFIX', help: 'add SUFFIX to output numbers' },
  to: { arg: 'UNIT', help: 'auto-scale output numbers to UNITs' },
  toUnit: { arg: 'N', help: 'the output unit size' },
  zeroTerminated: { short: 'z', help: 'line delimiter is NUL, not newline' },
} as const;
type Ctx = Context<typeof options>;

const LETTERS = 'KMGTPEZY';

export default program({
  name: 'numfmt',
  at: ['/usr/bin/numfmt'],
  spec: 'GNU coreutils 9.4 numfmt(1); numbers are doubles',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [NUMBER]...',
  about: 'Reformat NUMBER(s), or the numbers from standard input if none are specified.',
  options,
  usageStatus: 1,
  *main(ctx) {
    const { opts } = ctx;
    for (const [name, unit, valid] of [
      ['--from', opts.from, ['none', 'auto', 'si', 'iec', 'iec-i']],
      ['--to', opts.to, ['none', 'si', 'iec', 'iec-i']],
      ['--round', opts.round, ['up', 'down', 'from-zero', 'towards-zero', 'nearest']],
      ['--invalid', opts.invalid, ['abort', 'fail', 'warn', 'ignore']],
    ] as const)
      if (unit !== undefined && !valid.some((word) => word === unit))
        return yield* ctx.usage(invalidArgument(name, unit, valid));
    const bad = misused(ctx);
    if (bad !== undefined) return yield* ctx.die(bad);
    const ranges = parseRanges(opts.field ?? '1');
    if (typeof ranges === 'string' || 'invalid' in ranges)
      return yield* ctx.usage(
        typeof ranges === 'string'
          ? 'fields are numbered from 1'
          : `invalid field value ${localeQuote(ranges.invalid)}`,
      );
    if (opts.debug && ctx.order.every(({ key }) => !/^(from|to|padding|grouping|format)/.test(key)))
      yield* ctx.warn('no conversion option specified');
    const eol = opts.zeroTerminated ? '\0' : '\n';
    let status = 0;
    const line = function* (text: string): Wait<void> {
      const done = convertLine(ctx, text, ranges);
      if (typeof done === 'string') {
        yield* ctx.stdout.write(done + eol);
        return;
      }
      const mode = opts.invalid ?? 'abort';
      if (mode !== 'ignore') yield* ctx.warn(whyNot(ctx, done.word));
      if (mode === 'abort') exitWith(2);
      if (mode === 'fail') status = 2;
      yield* ctx.stdout.write(text + eol);
    };
    if (ctx.args.length > 0) for (const text of ctx.args) yield* line(text);
    else {
      let header = opts.header === undefined ? 0 : Number(opts.header || 1);
      for (let text; (text = yield* ctx.stdin.line(opts.zeroTerminated ? 0 : 10)) !== undefined; ) {
        if (header-- > 0) yield* ctx.stdout.write(text + eol);
        else yield* line(text);
        if (ctx.sys.tick()) yield;
      }
    }
    return status;
  },
});

function fields(ctx: Ctx, text: string): string[] {
  return ctx.opts.delimiter === undefined ? (text.match(/\s*\S+/g) ?? []) : text.split(ctx.opts.delimiter);
}

/** @returns the line with its numbers converted, or the word that is no number */
function convertLine(ctx: Ctx, text: string, ranges: Ranges): string | { word: string } {
  const parts = fields(ctx, text);
  for (const [at, part] of parts.entries()) {
    if (!inRanges(ranges, at + 1)) continue;
    const value = parse(ctx, part.trim());
    if (value === undefined) return { word: part.trim() };
    let shown = show(ctx, value) + (ctx.opts.suffix ?? '');
    const padding = Number(ctx.opts.padding ?? 0);
    if (padding !== 0) shown = padding > 0 ? shown.padStart(padding) : shown.padEnd(-padding);
    else if (ctx.opts.delimiter === undefined && /^\s/.test(part)) shown = shown.padStart(part.length);
    const format = ctx.opts.format === undefined ? null : FORMAT.exec(ctx.opts.format);
    if (format) {
      const width = Number(format[3] ?? 0);
      const flags = format[2]!;
      const padded = flags.includes('-')
        ? shown.padEnd(width)
        : flags.includes('0')
          ? shown.replace(
              /^(-?)(.*)$/s,
              (_, sign: string, digits: string) => sign + digits.padStart(width - sign.length, '0'),
            )
          : shown.padStart(width);
      shown = format[1]!.replaceAll('%%', '%') + padded + format[5]!.replaceAll('%%', '%');
    }
    parts[at] = shown;
  }
  return parts.join(ctx.opts.delimiter ?? '');
}

/** Text before the directive, flags, width, precision, text behind. */
const FORMAT = /^((?:[^%]|%%)*)%([-0']*)(\d+)?(?:\.(\d+))?f((?:[^%]|%%)*)$/;

/** What is wrong with the options' values. */
function misused(ctx: Ctx): string | undefined {
  const { format, padding, fromUnit, toUnit, header, delimiter } = ctx.opts;
  if (format !== undefined) {
    const plain = format.replaceAll('%%', '');
    if (!plain.includes('%')) return `format ${localeQuote(format)} has no % directive`;
    if ((plain.match(/%/g)?.length ?? 0) > 1) return `format ${localeQuote(format)} has too many % directives`;
    if (!FORMAT.test(format)) return `invalid format ${localeQuote(format)}, directive must be %[0]['][-][N][.][N]f`;
    if (ctx.opts.grouping) return '--grouping cannot be combined with --format';
  }
  if (padding !== undefined && !/^-?[1-9]\d*$/.test(padding)) return `invalid padding value ${localeQuote(padding)}`;
  for (const unit of [fromUnit, toUnit])
    if (unit !== undefined && !(Number(unitSize(unit)) > 0)) return `invalid unit size: ${localeQuote(unit)}`;
  if (header !== undefined && header !== '' && !/^[1-9]\d*$/.test(header))
    return `invalid header value ${localeQuote(header)}`;
  if (delimiter !== undefined && [...delimiter].length > 1) return 'the delimiter must be a single character';
  if (ctx.opts.grouping && (ctx.opts.to ?? 'none') !== 'none') return 'grouping cannot be combined with --to';
  return undefined;
}

/** `1K`, `4Ki`: the size of a unit. */
const unitSize = (text: string): number | undefined =>
  parseSize(text.replace(/^(\d+)([KMGTPEZY])$/, '$1$2B').replace(/i$/, 'iB'));

/** Why a word is no number. */
function whyNot(ctx: Ctx, word: string): string {
  const m = /^(-?\d+(?:\.\d+)?)(.*)$/s.exec(word);
  if (!m) return `invalid number: ${localeQuote(word)}`;
  const [, , rest = ''] = m;
  const from = ctx.opts.from ?? 'none';
  if (/^[KMGTPEZY]/.test(rest) && from === 'none')
    return `rejecting suffix in input: ${localeQuote(word)} (consider using --from)`;
  if (/^[KMGTPEZY]$/.test(rest) && from === 'iec-i')
    return `missing 'i' suffix in input: ${localeQuote(word)} (e.g Ki/Mi/Gi)`;
  if (/^[KMGTPEZY]i?./.test(rest)) return `invalid suffix in input ${localeQuote(word)}: ${localeQuote(rest.slice(1))}`;
  return rest === '' ? `invalid number: ${localeQuote(word)}` : `invalid suffix in input: ${localeQuote(word)}`;
}

function parse(ctx: Ctx, text: string): number | undefined {
  const { from = 'none', suffix } = ctx.opts;
  const bare = suffix !== undefined && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  const m = /^(-?\d+(?:\.\d+)?)([KMGTPEZY]?)(i?)$/.exec(bare);
  if (
    !m ||
    (m[2] !== '' && from === 'none') ||
    (m[3] === 'i' && (from === 'si' || from === 'iec')) ||
    (from === 'iec-i' && m[2] !== '' && m[3] === '')
  )
    return undefined;
  const base = from === 'si' || (from === 'auto' && m[3] === '') ? 1000 : 1024;
  return (
    Number(m[1]) * base ** (LETTERS.indexOf(m[2]!.toUpperCase() || ' ') + 1) * (unitSize(ctx.opts.fromUnit ?? '1') ?? 1)
  );
}

function round(ctx: Ctx, n: number): number {
  switch (ctx.opts.round) {
    case 'up':
      return Math.ceil(n);
    case 'down':
      return Math.floor(n);
    case 'towards-zero':
      return Math.trunc(n);
    case 'nearest':
      return Math.sign(n) * Math.round(Math.abs(n));
    default:
      return n < 0 ? Math.floor(n) : Math.ceil(n);
  }
}

function show(ctx: Ctx, given: number): string {
  const { to = 'none' } = ctx.opts;
  const value = given / (unitSize(ctx.opts.toUnit ?? '1') ?? 1);
  const precision = ctx.opts.format === undefined ? undefined : FORMAT.exec(ctx.opts.format)?.[4];
  if (to === 'none') {
    if (precision !== undefined) {
      const scale = 10 ** Number(precision);
      return (round(ctx, value * scale) / scale).toFixed(Number(precision));
    }
    return String(Number.isInteger(value) ? value : round(ctx, value));
  }
  const base = to === 'si' ? 1000 : 1024;
  let n = value;
  let power = 0;
  for (; Math.abs(n) >= base && power < LETTERS.length; power++) n /= base;
  let rounded = Math.abs(n) < 10 && power > 0 ? round(ctx, n * 10) / 10 : round(ctx, n);
  if (Math.abs(rounded) >= base) {
    rounded /= base;
    power++;
  }
  const text = power > 0 && Math.abs(rounded) < 10 ? rounded.toFixed(1) : String(rounded);
  if (power === 0) return text;
  const letter = to === 'si' && power === 1 ? 'K' : LETTERS[power - 1]!;
  return text + letter + (to === 'iec-i' ? 'i' : '');
}
