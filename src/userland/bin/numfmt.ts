import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  delimiter: { short: 'd', arg: 'X', help: 'use X instead of whitespace for field delimiter' },
  field: { arg: 'FIELDS', help: 'replace the numbers in these input fields (default: 1)' },
  from: { arg: 'UNIT', help: 'auto-scale input numbers to UNITs' },
  fromUnit: { arg: 'N', help: 'specify the input unit size' },
  header: { arg: 'N', optional: true, help: 'print (without converting) the first N header lines' },
  invalid: { arg: 'MODE', help: 'failure mode for invalid numbers: abort, fail, warn, ignore' },
  padding: { arg: 'N', help: 'pad the output to N characters' },
  round: { arg: 'METHOD', help: 'rounding: up, down, from-zero (default), towards-zero, nearest' },
  suffix: { arg: 'SUFFIX', help: 'add SUFFIX to output numbers' },
  to: { arg: 'UNIT', help: 'auto-scale output numbers to UNITs' },
  toUnit: { arg: 'N', help: 'the output unit size' },
} as const;
type Ctx = Context<typeof options>;

const LETTERS = 'KMGTPEZY';

export default program({
  name: 'numfmt',
  at: ['/usr/bin/numfmt'],
  spec: 'GNU coreutils 9.4 numfmt(1); without --format, --grouping, ranges of --field',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [NUMBER]...',
  about: 'Reformat NUMBER(s), or the numbers from standard input if none are specified.',
  options,
  usageStatus: 1,
  *main(ctx) {
    const { opts } = ctx;
    for (const [name, unit] of [
      ['--from', opts.from],
      ['--to', opts.to],
    ] as const)
      if (unit !== undefined && !['none', 'auto', 'si', 'iec', 'iec-i'].includes(unit))
        return yield* ctx.usage(`invalid argument ${localeQuote(unit)} for ${localeQuote(name)}`);
    let status = 0;
    const line = function* (text: string): Wait<void> {
      const done = convertLine(ctx, text);
      if (done !== undefined) {
        yield* ctx.stdout.write(`${done}\n`);
        return;
      }
      const mode = opts.invalid ?? 'abort';
      const word = fields(ctx, text)[Number(opts.field ?? 1) - 1]?.trim() ?? '';
      const scaled = (opts.from ?? 'none') === 'none' && /^-?\d+(\.\d+)?[KkMGTPEZY]i?$/.test(word);
      if (mode !== 'ignore')
        yield* ctx.warn(
          scaled
            ? `rejecting suffix in input: ${shellQuote(word)} (consider using --from)`
            : `invalid number: ${localeQuote(word)}`,
        );
      if (mode === 'abort') exitWith(2);
      if (mode === 'fail') status = 2;
      yield* ctx.stdout.write(`${text}\n`);
    };
    if (ctx.args.length > 0) for (const text of ctx.args) yield* line(text);
    else {
      let header = opts.header === undefined ? 0 : Number(opts.header || 1);
      for (let text; (text = yield* ctx.stdin.line()) !== undefined; ) {
        if (header-- > 0) yield* ctx.stdout.write(`${text}\n`);
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

function convertLine(ctx: Ctx, text: string): string | undefined {
  const parts = fields(ctx, text);
  const at = Number(ctx.opts.field ?? 1) - 1;
  const part = parts[at];
  if (part === undefined) return text;
  const value = parse(ctx, part.trim());
  if (value === undefined) return undefined;
  let shown = show(ctx, value) + (ctx.opts.suffix ?? '');
  const padding = Number(ctx.opts.padding ?? 0);
  if (padding !== 0) shown = padding > 0 ? shown.padStart(padding) : shown.padEnd(-padding);
  else if (ctx.opts.delimiter === undefined && /^\s/.test(part)) shown = shown.padStart(part.length);
  parts[at] = shown;
  return parts.join(ctx.opts.delimiter ?? '');
}

function parse(ctx: Ctx, text: string): number | undefined {
  const { from = 'none', suffix } = ctx.opts;
  const bare = suffix !== undefined && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  const m = /^(-?\d+(?:\.\d+)?)([KkMGTPEZY]?)(i?)$/.exec(bare);
  if (
    !m ||
    (m[2] !== '' && from === 'none') ||
    (m[3] === 'i' && (from === 'si' || from === 'iec')) ||
    (from === 'iec-i' && m[2] !== '' && m[3] === '')
  )
    return undefined;
  const base = from === 'si' || (from === 'auto' && m[3] === '') ? 1000 : 1024;
  return Number(m[1]) * base ** (LETTERS.indexOf(m[2]!.toUpperCase() || ' ') + 1) * Number(ctx.opts.fromUnit ?? 1);
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
  const value = given / Number(ctx.opts.toUnit ?? 1);
  if (to === 'none') return String(Number.isInteger(value) ? value : round(ctx, value));
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
