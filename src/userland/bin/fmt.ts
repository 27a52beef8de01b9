import { textWidth } from '../../lib/wcwidth.ts';
import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';
import { type FillOptions, fillParagraph, type Word } from '../text/fill.ts';

export default program({
  name: 'fmt',
  at: ['/usr/bin/fmt'],
  spec: 'GNU coreutils 9.4 fmt(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[-WIDTH] [OPTION]... [FILE]...',
  about: 'Reformat each paragraph in the FILE(s), writing to standard output.',
  options: {
    crownMargin: { short: 'c', help: 'preserve indentation of first two lines' },
    prefix: { short: 'p', arg: 'STRING', help: 'reformat only lines beginning with STRING, reattaching the prefix' },
    splitOnly: { short: 's', help: 'split long lines, but do not refill' },
    taggedParagraph: { short: 't', help: 'indentation of first line different from second' },
    uniformSpacing: { short: 'u', help: 'one space between words, two after sentences' },
    width: { short: 'w', arg: 'WIDTH', help: 'maximum line width (default of 75 columns)' },
    goal: { short: 'g', arg: 'WIDTH', help: 'goal width (default of 93% of width)' },
  },
  rewrite: (argv) => argv.map((arg, i) => (i === 0 && /^-\d+$/.test(arg) ? `-w${arg.slice(1)}` : arg)),
  *main(ctx) {
    const { opts } = ctx;
    for (const [text, what] of [
      [opts.width, 'width'],
      [opts.goal, 'width'],
    ] as const)
      if (text !== undefined && !(/^\d+$/.test(text) && Number(text) <= 2500))
        return yield* ctx.die(`invalid ${what}: ${localeQuote(text)}`);
    const goalGiven = opts.goal === undefined ? undefined : Number(opts.goal);
    const width = opts.width === undefined ? (goalGiven === undefined ? 75 : goalGiven + 10) : Number(opts.width);
    const fill: FillOptions = { width, goal: goalGiven ?? Math.floor((width * 187) / 200) };
    const prefix = (opts.prefix ?? '').trimStart();
    const prefixIndent = (opts.prefix ?? '').length - prefix.length;
    const formatter = new Formatter({
      crown: opts.crownMargin,
      tagged: opts.taggedParagraph,
      split: opts.splitOnly,
      uniform: opts.uniformSpacing,
      prefix: prefix.trimEnd(),
      prefixIndent,
      prefixFull: prefix,
      fill,
    });
    const words = {
      ...ctx,
      *warn(message: string) {
        const name = ctx.args.find((arg) => message.startsWith(`${quoteIfNeeded(arg)}: `));
        yield* ctx.warn(
          name === undefined
            ? message
            : `cannot open ${shellQuote(name)} for reading${message.slice(quoteIfNeeded(name).length)}`,
        );
      },
    };
    const status = yield* eachInput(words, ctx.args, function* (input) {
      for (let line; (line = yield* input.line()) !== undefined; ) {
        yield* ctx.stdout.write(formatter.line(line));
        if (ctx.sys.tick()) yield;
      }
      yield* ctx.stdout.write(formatter.end());
    });
    return status;
  },
});

interface Style {
  crown: boolean;
  tagged: boolean;
  split: boolean;
  uniform: boolean;
  /** Without the blanks at its ends. */
  prefix: string;
  prefixIndent: number;
  prefixFull: string;
  fill: FillOptions;
}

interface Line {
  indent: number;
  words: Word[];
}

/** Collects the lines of a paragraph and gives them out refilled. */
class Formatter {
  private lines: Line[] = [];
  /** Column of the prefix of the paragraph's lines. */
  private prefixAt = 0;

  constructor(private readonly style: Style) {}

  /** Takes a line. @returns what is ready */
  line(text: string): string {
    const { style } = this;
    const plain = expand(text);
    const lead = plain.length - plain.trimStart().length;
    const rest = plain.slice(lead);
    if (rest === '' || lead < style.prefixIndent || !rest.startsWith(style.prefix))
      return this.end() + (rest === '' ? '\n' : `${tabs(lead)}${rest}\n`);
    const body = rest.slice(style.prefix.length);
    const words = wordsOf(body, style.uniform);
    if (words.length === 0) return `${this.end()}${tabs(lead)}${rest.trimEnd()}\n`;
    const indent = lead + style.prefix.length + (body.length - body.trimStart().length);
    let out = '';
    if (this.lines.length > 0 && ((lead !== this.prefixAt && style.prefix !== '') || !this.continues(indent)))
      out = this.end();
    this.prefixAt = lead;
    this.lines.push({ indent, words });
    return style.split ? out + this.end() : out;
  }

  /** Whether a line of this indentation belongs to the paragraph. */
  private continues(indent: number): boolean {
    const { crown, tagged } = this.style;
    const [first, second] = this.lines;
    if (crown || tagged) {
      if (second) return indent === second.indent;
      return crown || indent !== first!.indent;
    }
    return indent === first!.indent;
  }

  /** Ends the paragraph. @returns its lines */
  end(): string {
    const [first, second] = this.lines;
    if (!first) return '';
    const { style } = this;
    const words = this.lines.flatMap((line) => line.words);
    const other = second?.indent ?? (style.tagged && !style.crown ? (first.indent > 0 ? 0 : 3) : first.indent);
    this.lines = [];
    // a paragraph ends as a sentence does
    words.push({ ...words.pop()!, period: true, final: true });
    const filled = fillParagraph(words, first.indent, other, style.fill);
    return filled
      .map((line, i) => {
        const indent = i === 0 ? first.indent : other;
        if (style.prefix === '') return `${tabs(indent)}${line}\n`;
        const head = `${tabs(this.prefixAt)}${style.prefix}`;
        return `${head}${' '.repeat(Math.max(0, indent - this.prefixAt - style.prefix.length))}${line}\n`;
      })
      .join('');
  }
}

function expand(text: string): string {
  let out = '';
  for (const c of text) out += c === '\t' ? ' '.repeat(8 - (out.length % 8)) : c;
  return out;
}

const tabs = (columns: number): string =>
  columns >= 8 ? '\t'.repeat(Math.floor(columns / 8)) + ' '.repeat(columns % 8) : ' '.repeat(columns);

/** The words of a line and the blanks after each. */
function wordsOf(text: string, uniform: boolean): Word[] {
  const out: Word[] = [];
  for (const m of text.matchAll(/(\S+)(\s*)/g)) {
    const word = m[1]!;
    const core = word.replace(/["'\])]+$/, '');
    const period = /[.?!]$/.test(core);
    const last = m.index + m[0].length === text.length;
    const final = period && (last || m[2]!.length > 1);
    const space = last || uniform ? (final ? 2 : 1) : m[2]!.length;
    out.push({
      text: word,
      width: textWidth(word),
      space,
      final,
      period,
      punct: /[^\w\s]$/.test(word),
      paren: /^[("'`[]/.test(word),
    });
  }
  return out;
}
