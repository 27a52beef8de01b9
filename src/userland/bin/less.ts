import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import type { Input } from '../../libc/stdio.ts';
import { TtyScreen } from '../../libc/tty-screen.ts';
import { PagedDocument, screenRows } from '../pager/document.ts';

const options = {
  raw: { short: 'R', long: 'RAW-CONTROL-CHARS', help: 'output colours as they are' },
  rawAll: { short: 'r', long: 'raw-control-chars', busybox: false, help: 'output control characters as they are' },
  chop: { short: 'S', long: 'chop-long-lines', help: 'chop (truncate) long lines' },
  numbers: { short: 'N', long: 'LINE-NUMBERS', help: 'show line numbers' },
  quitIfOneScreen: { short: 'F', help: 'quit if entire file fits on first screen' },
  noInit: { short: 'X', busybox: false, help: "don't use the alternate screen" },
  ignoreCase: { short: 'iI', help: 'ignore case in searches' },
  quitAtEof: { short: 'eE', long: 'quit-at-eof', help: 'quit at end of file' },
  prompt: { short: 'mM', help: 'longer prompts' },
  quiet: { short: 'q', long: 'quiet', busybox: false, help: 'quiet the terminal bell' },
  tilde: { short: '~', help: "don't show tildes after end of file" },
  noHilite: { short: 'gG', long: false, busybox: false, help: 'no highlighting of matches' },
  clear: { short: 'cs', long: false, busybox: false, help: 'accepted' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'less',
  at: ['/usr/bin/less'],
  spec: 'less 590 less(1): motions, searches, several files; without marks, tags, shell escapes and editing of options',
  version: '590',
  usage: '[option]... [file]...',
  about: 'View the contents of files a screenful at a time.',
  options,
  rewrite: (argv) => argv.filter((arg) => !/^\+/.test(arg)),
  busybox: {
    at: '/usr/bin/less',
    usage: '[-EFIMmNSRh~] [FILE]...',
    help: 'View FILE (or stdin) one screenful at a time\n\n\t-E\tQuit once the end of a file is reached\n\t-F\tQuit if entire file fits on first screen\n\t-I\tIgnore case in all searches\n\t-M,-m\tDisplay status line with line numbers\n\t\tand percentage through the file\n\t-N\tPrefix line number to each line\n\t-S\tTruncate long lines\n\t-R\tRemove color escape codes in input\n\t-~\tSuppress ~s displayed past EOF\n',
  },
  *main(ctx) {
    const { sys } = ctx;
    if (ctx.args.length === 0 && sys.isatty(0)) {
      yield* ctx.stderr.write('Missing filename ("less --help" for help)\n');
      return 1;
    }
    const inputs: { name: string; input: Input }[] = [];
    let status = 0;
    for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) {
      const words = {
        ...ctx,
        warn: (message: string) => ctx.stderr.write(`${message.replace(/: Is a directory$/, ' is a directory')}\n`),
      };
      const input = yield* openInput(words, name, 'plain');
      if (input) inputs.push({ name: name === '-' ? '' : name, input });
      else status = 1;
    }
    const screen = sys.isatty(1) ? yield* TtyScreen.open(sys) : undefined;
    if (!screen) {
      for (const { input } of inputs)
        for (let part; (part = yield* input.chunk()) !== undefined; ) yield* ctx.stdout.write(part);
      return status;
    }
    if (inputs.length === 0) return status;
    const pager = new Pager(ctx, screen, inputs);
    if (ctx.opts.quitIfOneScreen && inputs.length === 1 && (yield* pager.fits())) {
      yield* ctx.stdout.write(pager.text());
      return status;
    }
    const start = ctx.sys.argv.find((arg) => /^\+/.test(arg));
    yield* screen.enter();
    if (!ctx.opts.noInit) yield* screen.write('\x1b[?1049h');
    try {
      yield* pager.run(start?.slice(1));
    } finally {
      yield* screen.write(ctx.opts.noInit ? '\r\x1b[K' : '\r\x1b[K\x1b[?1049l');
      yield* screen.leave();
    }
    return status;
  },
});

class Pager {
  #file = 0;
  #documents: PagedDocument[];
  #top = 0;
  #pattern: Regex | undefined;
  #forward = true;
  #message = '';

  constructor(
    readonly ctx: Ctx,
    readonly screen: TtyScreen,
    readonly inputs: readonly { name: string; input: Input }[],
  ) {
    this.#documents = inputs.map(({ input }) => new PagedDocument(input));
  }

  get #doc(): PagedDocument {
    return this.#documents[this.#file]!;
  }

  /** The whole text is one screen. */
  *fits(): Wait<boolean> {
    const { rows, cols } = this.screen.size();
    yield* this.#doc.need(rows);
    if (!this.#doc.whole) return false;
    return this.#doc.lines.reduce((n, line) => n + this.#rows(line, cols).length, 0) < rows;
  }

  text(): string {
    return this.#doc.lines.map((line) => `${line}\n`).join('');
  }

  #rows(line: string, cols: number): string[] {
    const { opts } = this.ctx;
    return screenRows(line, cols, opts.raw || opts.rawAll, opts.chop);
  }

  *run(start: string | undefined): Wait<void> {
    if (start === 'G') yield* this.#toEnd();
    else if (start?.startsWith('/')) yield* this.#search(start.slice(1), true);
    else if (start && /^\d+$/.test(start)) this.#top = Number(start) - 1;
    let count = '';
    for (;;) {
      yield* this.#draw(count === '' ? undefined : `:${count}`);
      const key = yield* this.screen.key();
      if (/^\d$/.test(key)) {
        count += key;
        continue;
      }
      const n = count === '' ? undefined : Number(count);
      count = '';
      if (yield* this.#command(key, n)) return;
    }
  }

  /** @returns true to quit */
  *#command(key: string, n: number | undefined): Wait<boolean> {
    const page = this.screen.size().rows - 1;
    const half = Math.floor(page / 2);
    switch (key) {
      case 'q':
      case 'Q':
      case 'eof':
        return true;
      case ' ':
      case 'f':
      case '\x06':
      case '\x16':
      case 'pagedown':
        return yield* this.#move(n ?? page);
      case 'b':
      case '\x02':
      case 'pageup':
        return yield* this.#move(-(n ?? page));
      case 'd':
      case '\x04':
        return yield* this.#move(n ?? half);
      case 'u':
      case '\x15':
        return yield* this.#move(-(n ?? half));
      case 'j':
      case 'e':
      case '\r':
      case '\n':
      case '\x0e':
      case '\x05':
      case 'down':
        return yield* this.#move(n ?? 1);
      case 'k':
      case 'y':
      case '\x10':
      case '\x19':
      case 'up':
        return yield* this.#move(-(n ?? 1));
      case 'g':
      case '<':
      case 'home':
        this.#top = Math.max(0, (n ?? 1) - 1);
        return false;
      case 'G':
      case '>':
      case 'end':
        if (n === undefined) yield* this.#toEnd();
        else this.#top = Math.max(0, n - 1);
        return false;
      case '/':
      case '?': {
        const text = yield* this.#ask(key);
        if (text !== undefined) yield* this.#search(text, key === '/');
        return false;
      }
      case 'n':
      case 'N':
        yield* this.#again(this.#forward === (key === 'n'));
        return false;
      case ':': {
        const next = yield* this.#ask(':');
        if (next === 'q') return true;
        if (next === 'n' || next === 'p') this.#switch(next === 'n' ? 1 : -1);
        return false;
      }
      case 'Z':
        return (yield* this.screen.key()) === 'Z';
      case 'h':
        this.#message = 'q quit  SPACE b pages  j k lines  g G ends  / ? n N search';
        return false;
      default:
        return false;
    }
  }

  #switch(by: number): void {
    const next = this.#file + by;
    if (next < 0 || next >= this.#documents.length) {
      this.#message = by > 0 ? 'No next file' : 'No previous file';
      return;
    }
    this.#file = next;
    this.#top = 0;
  }

  *#move(by: number): Wait<boolean> {
    const page = this.screen.size().rows - 1;
    yield* this.#doc.need(this.#top + by + page + 1);
    if (by > 0) {
      const atEnd = this.#doc.whole && this.#top + page >= this.#doc.lines.length;
      if (atEnd && this.ctx.opts.quitAtEof) return true;
      if (!atEnd) this.#top = Math.min(this.#top + by, Math.max(0, yield* this.#lastTop()));
    } else this.#top = Math.max(0, this.#top + by);
    return false;
  }

  /** The top line with which the last screen is full. */
  *#lastTop(): Wait<number> {
    if (!this.#doc.whole) return Number.POSITIVE_INFINITY;
    const { rows, cols } = this.screen.size();
    let used = 0;
    let top = this.#doc.lines.length;
    while (top > 0) {
      used += this.#rows(this.#doc.lines[top - 1]!, cols).length;
      if (used > rows - 1) break;
      top--;
      if (this.ctx.sys.tick()) yield;
    }
    return top;
  }

  *#toEnd(): Wait<void> {
    yield* this.#doc.needAll();
    this.#top = Math.max(0, yield* this.#lastTop());
  }

  /** Reads a line at the bottom. @returns undefined where it was given up */
  *#ask(prompt: string): Wait<string | undefined> {
    let text = '';
    for (;;) {
      yield* this.screen.write(`\x1b[${this.screen.size().rows};1H\x1b[K${prompt}${text}`);
      const key = yield* this.screen.key();
      if (key === '\r' || key === '\n') return text;
      if (key === '\x1b' || key === '\x03' || key === 'eof') return undefined;
      if (key === '\x7f' || key === '\b') {
        if (text === '') return undefined;
        text = text.slice(0, -1);
      } else if (key === '\x15') text = '';
      else if ([...key].length === 1) text += key;
      if (prompt === ':' && text !== '') return text;
    }
  }

  *#search(text: string, forward: boolean): Wait<void> {
    this.#forward = forward;
    if (text !== '') {
      const icase = this.ctx.opts.ignoreCase;
      const regex = compileRegex(text, { dialect: 'ere', icase, lenient: true });
      if (regex instanceof RegexError) {
        this.#message = 'Invalid pattern';
        return;
      }
      this.#pattern = regex;
    }
    yield* this.#again(forward);
  }

  *#again(forward: boolean): Wait<void> {
    if (!this.#pattern) {
      this.#message = 'No previous regular expression';
      return;
    }
    const step = forward ? 1 : -1;
    for (let at = this.#top + step; at >= 0; ) {
      yield* this.#doc.need(at + 1);
      if (at >= this.#doc.lines.length) break;
      if (this.#pattern.test(this.#doc.lines[at]!)) {
        this.#top = at;
        return;
      }
      at += step;
      if (this.ctx.sys.tick()) yield;
    }
    this.#message = 'Pattern not found';
  }

  *#draw(typed: string | undefined): Wait<void> {
    const { rows, cols } = this.screen.size();
    const { opts } = this.ctx;
    const doc = this.#doc;
    yield* doc.need(this.#top + rows);
    if (this.#top >= doc.lines.length) this.#top = Math.max(0, doc.lines.length - 1);
    const shown: string[] = [];
    let line = this.#top;
    for (; shown.length < rows - 1 && line < doc.lines.length; line++) {
      const lead = opts.numbers ? `${String(line + 1).padStart(7)} ` : '';
      const text = this.#rows(doc.lines[line]!, cols - lead.length);
      shown.push(...text.map((row, i) => (i === 0 ? lead : ' '.repeat(lead.length)) + this.#marked(row)));
    }
    const full = shown.length;
    while (shown.length < rows - 1) shown.push(opts.tilde ? '' : '~');
    const atEnd = doc.whole && line >= doc.lines.length && full <= rows - 1;
    const name = this.inputs[this.#file]!.name;
    const status = atEnd ? '\x1b[7m(END)\x1b[27m' : this.#top === 0 && name !== '' ? `\x1b[7m${name}\x1b[27m` : ':';
    const bottom = this.#message !== '' ? `\x1b[7m${this.#message}  (press RETURN)\x1b[27m` : (typed ?? status);
    this.#message = '';
    const body = shown.slice(0, rows - 1).map((row) => `${row}\x1b[m\x1b[K`);
    yield* this.screen.write(`\x1b[H${body.join('\r\n')}\r\n${bottom}\x1b[K`);
  }

  /** Matches of the pattern in reverse video. */
  #marked(row: string): string {
    if (!this.#pattern || this.ctx.opts.noHilite || row.includes('\x1b')) return row;
    let out = '';
    let at = 0;
    for (let m = this.#pattern.exec(row, 0); m !== null; m = this.#pattern.exec(row, at)) {
      const [from, to] = [m[0]!, m[1]!];
      if (to === from) break;
      out += `${row.slice(at, from)}\x1b[7m${row.slice(from, to)}\x1b[27m`;
      at = to;
      if (at >= row.length) break;
    }
    return out + row.slice(at);
  }
}
