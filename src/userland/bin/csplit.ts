import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { cannotOpenWords, openInput } from '../../libc/input.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded } from '../../libc/shell-quote.ts';
import { sprintf } from '../awk/format.ts';

const options = {
  suffixFormat: { short: 'b', arg: 'FORMAT', help: 'use sprintf FORMAT instead of %02d' },
  prefix: { short: 'f', arg: 'PREFIX', help: "use PREFIX instead of 'xx'" },
  keepFiles: { short: 'k', help: 'do not remove output files on errors' },
  suppressMatched: { help: 'suppress the lines matching PATTERN' },
  digits: { short: 'n', arg: 'DIGITS', help: 'use specified number of digits instead of 2' },
  quiet: { short: 'sq', long: 'quiet', help: 'do not print counts of output file sizes' },
  silent: { help: 'the same as --quiet' },
  elideEmptyFiles: { short: 'z', help: 'suppress empty output files' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'csplit',
  at: ['/usr/bin/csplit'],
  spec: 'GNU coreutils 9.4 csplit(1); the whole input is held',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE PATTERN...',
  about: 'Output pieces of FILE separated by PATTERN(s) to files xx00, xx01, ..., and the bytes of each piece.',
  options,
  *main(ctx) {
    const [file, ...words] = ctx.args;
    if (file === undefined) return yield* ctx.usage('missing operand');
    if (words.length === 0) return yield* ctx.usage(`missing operand after ${localeQuote(file)}`);
    const { digits, suffixFormat } = ctx.opts;
    if (digits !== undefined && !/^\d+$/.test(digits)) yield* ctx.die(`invalid number: ${localeQuote(digits)}`);
    if (suffixFormat !== undefined) {
      const percents = suffixFormat.replace(/%%/g, '').match(/%/g)?.length ?? 0;
      if (percents === 0) return yield* ctx.die('missing % conversion specification in suffix');
      if (percents > 1) return yield* ctx.die('too many % conversion specifications in suffix');
    }
    const patterns = yield* parsePatterns(ctx, words);
    const input = yield* openInput(cannotOpenWords(ctx, file), file);
    if (!input) return 1;
    const lines: Uint8Array[] = [];
    const memory = new HeldMemory(ctx.sys);
    for (let line: Uint8Array | undefined; (line = yield* input.lineBytes()); ) {
      const whole = new Uint8Array(line.length + (input.complete ? 1 : 0)).fill(10);
      whole.set(line);
      lines.push(whole);
      yield* memory.grow(whole.length + 64);
      if (ctx.sys.tick()) yield;
    }
    if (input.error !== 0) return yield* ctx.die(`read error: ${ctx.strerror(input.error)}`);
    return yield* new Splitter(ctx, lines).run(patterns);
  },
});

interface Pattern {
  text: string;
  /** A line's number, or what is looked for. */
  line?: number;
  regex?: Regex;
  /** %REGEX%: what is before the match is left out. */
  skip: boolean;
  offset: number;
  /** Times it is used again; Infinity for {*}. */
  repeat: number;
}

function* parsePatterns(ctx: Ctx, words: readonly string[]): Wait<Pattern[]> {
  const out: Pattern[] = [];
  let last = 0;
  for (const word of words) {
    const repeat = /^\{(.*)\}$/.exec(word);
    if (repeat) {
      const pattern = out.at(-1);
      if (!pattern) return yield* ctx.die(`${localeQuote(word)}: invalid pattern`);
      if (!/^(?:\*|\d+)$/.test(repeat[1]!)) return yield* ctx.die(`${word}}: integer required between '{' and '}'`);
      pattern.repeat = repeat[1] === '*' ? Number.POSITIVE_INFINITY : Number(repeat[1]);
      continue;
    }
    const delimiter = word[0]!;
    if (delimiter === '/' || delimiter === '%') {
      const end = word.lastIndexOf(delimiter);
      if (end === 0) yield* ctx.die(`${word}: closing delimiter '${delimiter}' missing`);
      const offset = word.slice(end + 1);
      if (offset !== '' && !/^[-+]?\d+$/.test(offset)) yield* ctx.die(`${word}: integer expected after delimiter`);
      const regex = compileRegex(word.slice(1, end), { dialect: 'bre' });
      if (regex instanceof RegexError)
        return yield* ctx.die(`${localeQuote(word)}: invalid regular expression: ${regex.message}`);
      out.push({ text: word, regex, skip: delimiter === '%', offset: Number(offset), repeat: 0 });
      continue;
    }
    if (!/^\d+$/.test(word)) return yield* ctx.die(`${localeQuote(word)}: invalid pattern`);
    const line = Number(word);
    if (line === 0) yield* ctx.die(`${word}: line number must be greater than zero`);
    if (line < last) yield* ctx.die(`line number ${localeQuote(word)} is smaller than preceding line number, ${last}`);
    if (line === last)
      yield* ctx.warn(`warning: line number ${localeQuote(word)} is the same as preceding line number`);
    last = line;
    out.push({ text: word, line, skip: false, offset: 0, repeat: 0 });
  }
  return out;
}

class Splitter {
  /** Index of the next line that goes into a piece. */
  private next = 0;
  /** Number of the line at which the last search ended. */
  private current = 0;
  private readonly names: string[] = [];

  constructor(
    private readonly ctx: Ctx,
    private readonly lines: readonly Uint8Array[],
  ) {}

  *run(patterns: readonly Pattern[]): Wait<number> {
    for (const pattern of patterns)
      for (let turn = 0; turn <= pattern.repeat; turn++) {
        const more = yield* pattern.line === undefined ? this.search(pattern, turn) : this.count(pattern, turn);
        if (more === undefined) return yield* this.failed();
        if (!more) return 0;
        if (this.ctx.sys.tick()) yield;
      }
    return (yield* this.piece(this.lines.length)) ? 0 : yield* this.failed();
  }

  /** Up to a line's number. @returns true to go on, false where all is written, undefined on an error */
  private *count(pattern: Pattern, turn: number): Wait<boolean | undefined> {
    const wanted = pattern.line! * (turn + 1);
    if (wanted > this.lines.length || wanted - 1 < this.next) {
      yield* this.piece(this.lines.length);
      yield* this.complain(`${localeQuote(pattern.text)}: line number out of range`, turn);
      return undefined;
    }
    if (!(yield* this.piece(wanted - 1))) return undefined;
    this.current = wanted;
    if (this.ctx.opts.suppressMatched) this.next++;
    return true;
  }

  /** Up to a line that matches. */
  private *search(pattern: Pattern, turn: number): Wait<boolean | undefined> {
    let at = Math.max(this.current, this.next);
    for (; at < this.lines.length; at++) {
      const line = this.lines[at]!;
      const text = decode(line.at(-1) === 10 ? line.subarray(0, -1) : line);
      if (pattern.regex!.exec(text, 0)) break;
      if (this.ctx.sys.tick()) yield;
    }
    if (at >= this.lines.length) {
      if (pattern.repeat === Number.POSITIVE_INFINITY) {
        if (!pattern.skip) yield* this.piece(this.lines.length);
        return false;
      }
      if (!pattern.skip) yield* this.piece(this.lines.length);
      yield* this.complain(`${localeQuote(pattern.text)}: match not found`, turn);
      return undefined;
    }
    const end = at + pattern.offset;
    if (end > this.lines.length || end < this.next) {
      yield* this.complain(`${localeQuote(pattern.text)}: line number out of range`, turn);
      return undefined;
    }
    if (pattern.skip) this.next = end;
    else if (!(yield* this.piece(end))) return undefined;
    this.current = Math.max(at + 1, end);
    if (this.ctx.opts.suppressMatched) this.next = Math.max(this.next, at + 1);
    return true;
  }

  private *complain(words: string, turn: number): Wait<void> {
    yield* this.ctx.warn(turn > 0 ? `${words} on repetition ${turn}` : words);
  }

  /** Writes the lines up to `end` as the next file. @returns false where that failed */
  private *piece(end: number): Wait<boolean> {
    const { ctx } = this;
    const { opts } = ctx;
    const lines = this.lines.slice(this.next, end);
    const size = lines.reduce((n, line) => n + line.length, 0);
    this.next = Math.max(this.next, end);
    if (size === 0 && opts.elideEmptyFiles) return true;
    const number = this.names.length;
    const suffix =
      opts.suffixFormat === undefined
        ? String(number).padStart(Number(opts.digits ?? 2), '0')
        : sprintf(opts.suffixFormat, [number], String, false)!;
    const name = (opts.prefix ?? 'xx') + suffix;
    const fd = yield* open(ctx.sys, name, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
    if (fd < 0) {
      yield* ctx.perror(quoteIfNeeded(name), fd);
      return false;
    }
    this.names.push(name);
    for (const line of lines) {
      const r = yield* writeAll(ctx.sys, fd, line);
      if (r >= 0) continue;
      yield* ctx.perror(quoteIfNeeded(name), r);
      ctx.sys.close(fd);
      return false;
    }
    ctx.sys.close(fd);
    if (!opts.quiet && !opts.silent) yield* ctx.stdout.write(encode(`${size}\n`));
    return true;
  }

  private *failed(): Wait<number> {
    if (!this.ctx.opts.keepFiles) for (const name of this.names) this.ctx.sys.unlink(name);
    return 1;
  }
}
