import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { LazyLines, rowsOf } from '../pager/pages.ts';
import { Terminal } from '../screen/terminal.ts';

const options = {
  lineNumbers: { short: 'N', long: 'LINE-NUMBERS', help: 'Use line numbers.' },
  chopLongLines: { short: 'S', long: 'chop-long-lines', help: 'Chop (truncate) long lines rather than wrapping.' },
  rawControlChars: { short: 'R', long: 'RAW-CONTROL-CHARS', help: 'Output "raw" control characters for ANSI colors.' },
  raw: { short: 'r', long: 'raw-control-chars', help: 'Output "raw" control characters.' },
  quitIfOneScreen: { short: 'F', help: 'Quit if entire file fits on first screen.' },
  noInit: { short: 'X', help: "Don't use termcap init/deinit strings." },
  quitAtEof: { short: 'e', help: 'Quit at end of file (second time).' },
  quitAtFirstEof: { short: 'E', long: 'QUIT-AT-EOF', help: 'Quit at end of file.' },
  ignoreCase: { short: 'i', help: 'Ignore case in searches that do not contain uppercase.' },
  ignoreAllCase: { short: 'I', long: 'IGNORE-CASE', help: 'Ignore case in all searches.' },
  longPrompt: { short: 'M', long: 'LONG-PROMPT', help: 'Prompt verbosely.' },
  prompt: { short: 'm', long: 'long-prompt', help: 'Prompt with the position.' },
  squeeze: { short: 's', long: 'squeeze-blank-lines', help: 'Squeeze multiple blank lines.' },
  quiet: { short: 'q', help: 'Be quiet.' },
  tilde: { short: '~', long: 'tilde', help: "Don't display tildes after end of file." },
  pattern: { short: 'p', arg: 'pattern', help: 'Start at pattern.' },
  command: { short: 'Z', long: false, arg: 'cmd', many: true, help: 'Command at the start, written +cmd.' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'less',
  at: ['/usr/bin/less'],
  spec: 'less 590: moving, searching, several files; without tags, marks, filters, editing',
  versionText: 'less 590 (GNU regular expressions)',
  usage: '[options] [file...]',
  about: 'Show text a screen at a time.',
  options,
  rewrite: (argv) => argv.flatMap((word) => (/^\+/.test(word) ? ['-Z', word.slice(1)] : [word])),
  busybox: {
    at: '/usr/bin/less',
    long: [],
    usage: '[-EFIMmNSRh~] [FILE]...',
    help: 'View FILE (or stdin) one screenful at a time\n\n\t-E\tQuit once the end of a file is reached\n\t-F\tQuit if entire file fits on first screen\n\t-I\tIgnore case in all searches\n\t-M,-m\tDisplay status line with line numbers\n\t\tand percentage through the file\n\t-N\tPrefix line number to each line\n\t-S\tTruncate long lines\n\t-R\tRemove color escape codes in input\n\t-~\tSuppress ~s displayed past EOF\n',
  },
  *main(ctx) {
    const names = ctx.args;
    if (names.length === 0 && ctx.sys.isatty(0)) {
      if (ctx.form === 'busybox') return yield* ctx.usage();
      yield* ctx.stdout.write('Missing filename ("less --help" for help)\n');
      return 1;
    }
    if (!ctx.sys.isatty(1)) return yield* copy(ctx, names.length === 0 ? ['-'] : names);
    let terminal: Terminal | undefined;
    let status = 0;
    const shown = names.length === 0 ? ['-'] : names;
    for (let at = 0; at < shown.length; ) {
      const name = shown[at]!;
      const input = yield* openInput(words(ctx), name, 'plain');
      if (!input) {
        status = 1;
        at++;
        continue;
      }
      terminal ??= yield* Terminal.take(ctx.sys);
      if (!terminal) return yield* copy(ctx, shown);
      const pager = new Less(
        ctx,
        terminal,
        new LazyLines(input),
        name === '-' ? '' : name,
        shown.length > 1 ? ` (file ${at + 1} of ${shown.length})` : '',
      );
      const end = yield* pager.run();
      if (input !== ctx.stdin) ctx.sys.close(input.fd);
      if (end === 'quit') break;
      at = Math.max(0, at + (end === 'next' ? 1 : -1));
    }
    if (terminal) yield* terminal.release();
    return status;
  },
});

/** GNU less names the file, not itself. */
function words(ctx: Ctx): Ctx {
  if (ctx.form === 'busybox') return ctx;
  return {
    ...ctx,
    warn: (message: string) => ctx.stderr.write(`${message.replace(/^(.*): Is a directory$/, '$1 is a directory')}\n`),
  };
}

function* copy(ctx: Ctx, names: readonly string[]): Wait<number> {
  let status = 0;
  for (const name of names) {
    const input = yield* openInput(words(ctx), name, 'plain');
    if (!input) {
      status = 1;
      continue;
    }
    for (let part; (part = yield* input.chunk()) !== undefined; ) {
      yield* ctx.stdout.write(part);
      if (ctx.stdout.error !== 0) return 1;
      if (ctx.sys.tick()) yield;
    }
  }
  return status;
}

class Less {
  private top = 0;
  private message: string | undefined;
  private pattern: Regex | undefined;
  private forward = true;
  private count = '';

  constructor(
    private readonly ctx: Ctx,
    private readonly terminal: Terminal,
    private readonly lines: LazyLines,
    private readonly name: string,
    private readonly place: string,
  ) {
    this.message = name === '' ? undefined : name + place;
  }

  *run(): Wait<'quit' | 'next' | 'previous'> {
    const { opts } = this.ctx;
    const { rows } = this.terminal.size();
    const fits = opts.quitIfOneScreen && !(yield* this.lines.upTo(rows - 1));
    if (fits) {
      for (const line of this.lines.known)
        yield* this.terminal.write(
          `${rowsOf(line, this.terminal.size().cols, this.raw(), opts.chopLongLines).join('\r\n')}\r\n`,
        );
      return 'quit';
    }
    if (!opts.noInit) yield* this.terminal.write('\x1b[?1049h\x1b[?1h\x1b=');
    yield* this.begin();
    let end: 'quit' | 'next' | 'previous' | undefined;
    while (!end) {
      yield* this.draw();
      end = yield* this.command((yield* this.terminal.key()) ?? '');
    }
    yield* this.terminal.write(opts.noInit ? '\r\x1b[K' : '\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l');
    return end;
  }

  private *begin(): Wait<void> {
    const { opts } = this.ctx;
    for (const command of [...opts.command, ...(opts.pattern === undefined ? [] : [`/${opts.pattern}`])]) {
      if (command === 'G') yield* this.toEnd();
      else if (/^\d+$/.test(command)) this.top = Number(command) - 1;
      else if (command.startsWith('/')) yield* this.search(command.slice(1), true);
    }
  }

  private raw(): boolean {
    return this.ctx.opts.rawControlChars || this.ctx.opts.raw;
  }

  private *draw(): Wait<void> {
    const { opts } = this.ctx;
    const { rows, cols } = this.terminal.size();
    const height = rows - 1;
    yield* this.lines.upTo(this.top + height);
    const out: string[] = [];
    let last = this.top;
    for (let n = this.top; out.length < height && n < this.lines.known.length; n++) {
      const gutter = opts.lineNumbers ? `${String(n + 1).padStart(7)} ` : '';
      for (const row of rowsOf(this.lines.known[n]!, cols - gutter.length, this.raw(), opts.chopLongLines))
        if (out.length < height) out.push(gutter + this.marked(row));
      last = n;
    }
    const atEnd = this.lines.ended && last >= this.lines.known.length - 1;
    while (out.length < height) out.push(opts.tilde ? '' : '~');
    const prompt =
      this.message !== undefined
        ? `\x1b[7m${this.message}\x1b[27m`
        : atEnd
          ? '\x1b[7m(END)\x1b[27m'
          : opts.longPrompt || opts.prompt
            ? `\x1b[7m${this.name} lines ${this.top + 1}-${last + 1}\x1b[27m`
            : ':';
    this.message = undefined;
    yield* this.terminal.write(`\x1b[H${out.map((row) => `${row}\x1b[K\r\n`).join('')}${prompt}\x1b[K`);
  }

  private marked(row: string): string {
    if (!this.pattern || row.includes('\x1b')) return row;
    let out = '';
    let done = 0;
    for (let at = 0; at <= row.length; ) {
      const m = this.pattern.exec(row, at);
      if (!m) break;
      if (m[1]! > m[0]!) {
        out += `${row.slice(done, m[0])}\x1b[7m${row.slice(m[0], m[1])}\x1b[27m`;
        done = m[1]!;
      }
      at = m[1]! > m[0]! ? m[1]! : m[1]! + 1;
    }
    return out + row.slice(done);
  }

  private *move(by: number): Wait<void> {
    const { rows } = this.terminal.size();
    if (by > 0) {
      yield* this.lines.upTo(this.top + by + rows - 2);
      const last = Math.max(0, this.lines.known.length - (rows - 1));
      this.top = Math.max(this.top, Math.min(this.top + by, last));
    } else this.top = Math.max(0, this.top + by);
  }

  private *toEnd(): Wait<void> {
    yield* this.lines.upTo(Number.MAX_SAFE_INTEGER);
    this.top = Math.max(0, this.lines.known.length - (this.terminal.size().rows - 1));
  }

  private *ask(prompt: string): Wait<string | undefined> {
    let text = '';
    for (;;) {
      yield* this.terminal.write(`\r${prompt}${text}\x1b[K`);
      const key = (yield* this.terminal.key()) ?? '';
      if (key === 'Enter') return text;
      if (key === 'Esc' || key === 'C-c' || key === 'End-of-file' || (key === 'Backspace' && text === ''))
        return undefined;
      if (key === 'Backspace') text = text.slice(0, -1);
      else if ([...key].length === 1) text += key;
    }
  }

  private *search(text: string, forward: boolean): Wait<void> {
    if (text !== '') {
      const { opts } = this.ctx;
      const icase = opts.ignoreAllCase || (opts.ignoreCase && text === text.toLowerCase());
      const regex = compileRegex(text, { dialect: 'ere', icase, lenient: true });
      if (regex instanceof RegexError) {
        this.message = regex.message;
        return;
      }
      this.pattern = regex;
    }
    if (!this.pattern) {
      this.message = 'No previous search pattern';
      return;
    }
    for (let n = this.top + (forward ? 1 : -1); n >= 0 && (yield* this.lines.upTo(n)); n += forward ? 1 : -1) {
      if (this.pattern.test(this.lines.known[n]!)) {
        this.top = n;
        return;
      }
      if (this.ctx.sys.tick()) yield;
    }
    if (forward && text !== '' && this.pattern.test(this.lines.known[this.top] ?? '')) return;
    this.message = 'Pattern not found  (press RETURN)';
  }

  private *command(key: string): Wait<'quit' | 'next' | 'previous' | undefined> {
    const page = this.terminal.size().rows - 1;
    if (/^\d$/.test(key)) {
      this.count += key;
      return undefined;
    }
    const n = this.count === '' ? undefined : Number(this.count);
    this.count = '';
    switch (key) {
      case 'q':
      case 'Q':
      case 'C-c':
      case 'End-of-file':
        if (key === 'C-c') return undefined;
        return 'quit';
      case ' ':
      case 'f':
      case 'C-f':
      case 'C-v':
      case 'PageDown': {
        const before = this.top;
        yield* this.move(n ?? page);
        if (before === this.top && (this.ctx.opts.quitAtEof || this.ctx.opts.quitAtFirstEof)) return 'quit';
        break;
      }
      case 'b':
      case 'C-b':
      case 'PageUp':
        yield* this.move(-(n ?? page));
        break;
      case 'd':
      case 'C-d':
        yield* this.move(n ?? Math.floor(page / 2));
        break;
      case 'u':
      case 'C-u':
        yield* this.move(-(n ?? Math.floor(page / 2)));
        break;
      case 'Enter':
      case 'j':
      case 'e':
      case 'Down':
      case 'C-n':
        yield* this.move(n ?? 1);
        break;
      case 'k':
      case 'y':
      case 'Up':
      case 'C-p':
        yield* this.move(-(n ?? 1));
        break;
      case 'g':
      case '<':
      case 'Home':
        this.top = (n ?? 1) - 1;
        break;
      case 'G':
      case '>':
      case 'End':
        if (n === undefined) yield* this.toEnd();
        else this.top = n - 1;
        break;
      case 'p':
      case '%':
        yield* this.lines.upTo(Number.MAX_SAFE_INTEGER);
        this.top = Math.floor((this.lines.known.length * (n ?? 0)) / 100);
        break;
      case '/':
      case '?': {
        const text = yield* this.ask(key);
        if (text === undefined) break;
        this.forward = key === '/';
        yield* this.search(text, this.forward);
        break;
      }
      case 'n':
        yield* this.search('', this.forward);
        break;
      case 'N':
        yield* this.search('', !this.forward);
        break;
      case '=':
      case 'C-g':
        this.message = `${this.name}${this.place} lines ${this.top + 1}-${Math.min(this.lines.known.length, this.top + page)}/${this.lines.ended ? this.lines.known.length : '?'}`;
        break;
      case ':': {
        const text = yield* this.ask(':');
        if (text === 'q' || text === 'Q') return 'quit';
        if (text === 'n') return 'next';
        if (text === 'p') return 'previous';
        break;
      }
      default:
        break;
    }
    return undefined;
  }
}
