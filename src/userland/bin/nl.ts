import { ERANGE } from '../../abi/errno.ts';
import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { eachInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  bodyNumbering: {
    short: 'b',
    arg: 'STYLE',
    help: 'a: all lines, t: lines that are not empty, n: none, pBRE: matching',
  },
  sectionDelimiter: { short: 'd', arg: 'CC', busybox: false, help: 'use CC to separate logical pages' },
  footerNumbering: { short: 'f', arg: 'STYLE', busybox: false, help: 'use STYLE for footer lines' },
  headerNumbering: { short: 'h', arg: 'STYLE', busybox: false, help: 'use STYLE for header lines' },
  lineIncrement: { short: 'i', arg: 'NUMBER', help: 'step' },
  joinBlankLines: { short: 'l', arg: 'NUMBER', busybox: false, help: 'count NUMBER empty lines as one' },
  numberFormat: { short: 'n', arg: 'FORMAT', busybox: false, help: 'ln, rn, rz' },
  noRenumber: { short: 'p', busybox: false, help: 'do not reset line numbers for each section' },
  numberSeparator: { short: 's', arg: 'STRING', help: 'put STRING after the number' },
  startingLineNumber: { short: 'v', arg: 'NUMBER', help: 'first number of each section' },
  numberWidth: { short: 'w', arg: 'NUMBER', help: 'width of the numbers' },
} as const;
type Ctx = Context<typeof options>;
type Section = 'header' | 'body' | 'footer';
/** Which lines of a section take a number. */
type Style = 'a' | 't' | 'n' | Regex;

export default program({
  name: 'nl',
  at: ['/usr/bin/nl'],
  spec: 'GNU coreutils 9.4 nl(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE with line numbers.',
  options,
  busybox: {
    at: '/usr/bin/nl',
    usage: '[OPTIONS] [FILE]...',
    help: 'Write FILEs to standard output with line numbers added\n\n\t-b STYLE\tWhich lines to number - a: all, t: nonempty, n: none\n\t-i N\t\tLine number increment\n\t-s STRING\tUse STRING as line number separator\n\t-v N\t\tStart from N\n\t-w N\t\tWidth of line numbers\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const styles: Record<Section, Style> = {
      header: yield* styleOf(ctx, opts.headerNumbering ?? 'n', 'header'),
      body: yield* styleOf(ctx, opts.bodyNumbering ?? 't', 'body'),
      footer: yield* styleOf(ctx, opts.footerNumbering ?? 'n', 'footer'),
    };
    const start = yield* number(ctx, opts.startingLineNumber ?? '1', 'starting line number');
    const step = yield* number(ctx, opts.lineIncrement ?? '1', 'line number increment');
    const join = yield* number(ctx, opts.joinBlankLines ?? '1', 'line number of blank lines', 1);
    const width = yield* number(ctx, opts.numberWidth ?? '6', 'line number field width', 1);
    const format = opts.numberFormat ?? 'rn';
    if (!/^(ln|rn|rz)$/.test(format)) return yield* ctx.usage(`invalid line numbering format: \u2018${format}\u2019`);
    const separator = opts.numberSeparator ?? '\t';
    const given = opts.sectionDelimiter ?? '\\:';
    const mark = given.length === 1 ? `${given}:` : given;
    const blank = ' '.repeat(width + separator.length);
    const sections = new Map<string, Section>(
      mark === '' || ctx.form === 'busybox'
        ? []
        : [
            [mark.repeat(3), 'header'],
            [mark.repeat(2), 'body'],
            [mark, 'footer'],
          ],
    );
    const show = (value: number): string => {
      const digits = String(Math.abs(value));
      if (format === 'rz') return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0');
      return format === 'ln' ? String(value).padEnd(width) : String(value).padStart(width);
    };
    let n = start;
    let style = styles.body;
    let empty = 0;
    return yield* eachInput(
      ctx,
      ctx.args,
      function* (input) {
        for (let line; (line = yield* input.line()) !== undefined; ) {
          const section = sections.get(line);
          if (section) {
            style = styles[section];
            if (!opts.noRenumber) n = start;
            empty = 0;
            yield* ctx.stdout.write('\n');
            continue;
          }
          let numbered = style === 'a' || (style === 't' ? line !== '' : typeof style === 'object' && style.test(line));
          if (style === 'a' && join > 1) {
            empty = line === '' ? empty + 1 : 0;
            numbered = line !== '' || empty === join;
            if (empty === join) empty = 0;
          }
          if (numbered) {
            yield* ctx.stdout.write(`${show(n)}${separator}${line}\n`);
            n += step;
          } else yield* ctx.stdout.write(`${blank}${line}\n`);
          if (ctx.sys.tick()) yield;
        }
      },
      'plain',
    );
  },
});

function* styleOf(ctx: Ctx, text: string, section: Section): Wait<Style> {
  if (text === 'a' || text === 't' || text === 'n') return text;
  if (text.startsWith('p') && ctx.form === 'gnu') {
    const regex = compileRegex(text.slice(1), { dialect: 'bre' });
    if (regex instanceof RegexError) return yield* ctx.die(regex.message);
    return regex;
  }
  return yield* ctx.usage(ctx.form === 'gnu' ? `invalid ${section} numbering style: \u2018${text}\u2019` : undefined);
}

function* number(ctx: Ctx, text: string, what: string, least = Number.NEGATIVE_INFINITY): Wait<number> {
  const valid = /^[-+]?\d+$/.test(text);
  if (valid && Number(text) >= least) return Number(text);
  const range = valid ? `: ${ctx.strerror(ERANGE)}` : '';
  return yield* ctx.die(
    ctx.form === 'gnu' ? `invalid ${what}: \u2018${text}\u2019${range}` : `invalid number '${text}'`,
  );
}
