import { program } from '../../libc/program.ts';
import { type Layout, LetterLine } from '../figlet/smush.ts';

export default program({
  name: 'figlet',
  at: ['/usr/bin/figlet'],
  spec: 'FIGlet 2.2.5 figlet(6); the font standard for ASCII alone, from left to right, without -C, -D, -E, -m, -v and -I',
  usage: '[-cklnoprstxSW] [-d fontdirectory] [-f fontfile] [-w outputwidth] [message]',
  about: 'Draw the message in large letters; without one, what standard input says.',
  options: {
    center: { short: 'c', long: false, help: 'centre the output' },
    left: { short: 'l', long: false, help: 'to the left' },
    right: { short: 'r', long: false, help: 'to the right' },
    byFont: { short: 'x', long: false, help: 'as the text goes (default)' },
    terminal: { short: 't', long: false, help: 'as wide as the terminal' },
    paragraph: { short: 'p', long: false, help: 'single line ends are blanks' },
    normal: { short: 'n', long: false, help: 'each line end ends a line (default)' },
    smush: { short: 's', long: false, help: 'letters grow into each other (default)' },
    forceSmush: { short: 'S', long: false, help: 'letters grow into each other' },
    kern: { short: 'k', long: false, help: 'letters touch' },
    overlap: { short: 'o', long: false, help: 'letters overlap by a column' },
    full: { short: 'W', long: false, help: 'letters keep their width' },
    width: { short: 'w', long: false, arg: 'outputwidth', help: 'width of the output (80)' },
    font: { short: 'f', long: false, arg: 'fontfile', help: 'the font (standard)' },
    fontDirectory: { short: 'd', long: false, arg: 'fontdirectory', help: 'where fonts are' },
  },
  stopAtOperand: true,
  hint: () =>
    'Usage: figlet [ -cklnoprstvxDELNRSWX ] [ -d fontdirectory ]\n              [ -f fontfile ] [ -m smushmode ] [ -w outputwidth ]\n              [ -C controlfile ] [ -I infocode ] [ message ]\n',
  *main(ctx) {
    const { opts, sys } = ctx;
    const font = (opts.font ?? 'standard').replace(/\.flf$/, '');
    if (font !== 'standard') return yield* ctx.die(`${opts.font}: Unable to open font file`);
    const last = (keys: readonly string[]): string | undefined =>
      ctx.order.findLast(({ key }) => keys.includes(key))?.key;
    const layouts: Readonly<Record<string, Layout>> = {
      kern: 'kern',
      overlap: 'overlap',
      full: 'full',
      smush: 'smush',
      forceSmush: 'smush',
    };
    const layout = layouts[last(Object.keys(layouts)) ?? 'smush']!;
    const align = last(['center', 'left', 'right', 'byFont']) ?? 'left';
    const size = opts.terminal ? sys.tiocgwinsz(1) : -1;
    const asked = Number(opts.width ?? 80);
    const width = typeof size === 'object' && size.cols > 0 ? size.cols : asked > 0 ? asked : 80;
    const draw = (line: LetterLine): string => {
      const room = width - 1 - line.width;
      return line.text(align === 'center' ? Math.floor((room + 1) / 2) : align === 'right' ? room : 0);
    };
    const writer = new Writer(layout, width - 1, draw);
    if (ctx.args.length > 0) {
      yield* ctx.stdout.write(writer.line(ctx.args.join(' ')));
      return 0;
    }
    let paragraph = '';
    for (let line: string | undefined; (line = yield* ctx.stdin.line()) !== undefined; ) {
      if (sys.tick()) yield;
      if (!last(['paragraph', 'normal'])?.startsWith('p')) yield* ctx.stdout.write(writer.line(line));
      else if (line === '' || /^\s/.test(line)) {
        yield* ctx.stdout.write(paragraph === '' ? '' : writer.line(paragraph));
        paragraph = line.trim();
      } else paragraph = paragraph === '' ? line : `${paragraph} ${line}`;
    }
    // the last line's end is a blank too
    if (paragraph !== '') yield* ctx.stdout.write(writer.line(`${paragraph} `));
    return 0;
  },
});

/** Breaks lines where they become too wide: between words, or within a word that is too wide alone. */
class Writer {
  constructor(
    private readonly layout: Layout,
    private readonly width: number,
    private readonly draw: (line: LetterLine) => string,
  ) {}

  line(text: string): string {
    let out = '';
    let line = new LetterLine(this.layout);
    /** Something stands in the line, if only a blank: it did not just begin after a break. */
    let any = false;
    let broken = false;
    if (text === '') return '';
    for (const [i, word] of text.replaceAll('\t', ' ').split(' ').entries()) {
      const longer = line.copy();
      if (i > 0 && !broken) longer.add(' ');
      broken = false;
      for (const letter of word) longer.add(letter);
      if (longer.width <= this.width) {
        line = longer;
        any ||= word !== '';
        continue;
      }
      if (any) out += this.draw(line);
      line = new LetterLine(this.layout);
      any = word !== '';
      broken = !any;
      for (const letter of word) {
        const next = line.copy();
        next.add(letter);
        if (next.width > this.width && line.width > 0) {
          out += this.draw(line);
          line = new LetterLine(this.layout);
          line.add(letter);
        } else line = next;
      }
    }
    return out + this.draw(line);
  }
}
