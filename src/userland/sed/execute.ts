import { EISDIR } from '../../abi/errno.ts';
import { O_RDONLY } from '../../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import type { Regex } from '../../lib/regex/regex.ts';
import { decode } from '../../lib/utf8.ts';
import { open, type Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { shellOutput } from '../../libc/shell-command.ts';
import { Input } from '../../libc/stdio.ts';
import { TextLines } from '../text-lines.ts';
import { InPlace } from './in-place.ts';
import { SedOutput } from './output.ts';
import type { Address, Command, Substitution } from './script.ts';
import { Replacement } from './substitute.ts';
import { visible } from './visible.ts';

export interface SedOptions {
  quiet: boolean;
  separate: boolean;
  /** Edit in place; the suffix of the copy that is kept, '' for none. */
  inPlace: string | undefined;
  unbuffered: boolean;
  delimiter: '\n' | '\0';
  /** Without GNU's extension that N prints at the end of input. */
  posix: boolean;
  lineLength: number;
}

type RangeState = 'inactive' | 'active' | 'closed';

/** Replacements of one line that are made in one go. */
const MATCHES = 64;

/** Runs a script over files. */
export class Sed {
  status = 0;
  private readonly ranges: { state: RangeState; end: number }[];
  private readonly output: SedOutput;
  private readonly readers = new Map<string, TextLines | undefined>();
  private lines: TextLines | undefined;
  private name = '-';
  private temporary: InPlace | undefined;
  private lineNumber = 0;
  private space = '';
  private complete = true;
  private hold = '';
  /** Whether the line that the hold space was taken from ended with its delimiter. */
  private holdComplete = true;
  private replacedSince = false;
  private lastRegex: Regex | undefined;
  private quit: number | undefined;

  constructor(
    private readonly ctx: Context,
    private readonly commands: readonly Command[],
    private readonly options: SedOptions,
    private readonly names: string[],
  ) {
    this.output = new SedOutput(ctx, options);
    this.ranges = commands.map((c) => ({
      state: ctx.form === 'gnu' && c.from?.kind === 'line' && c.from.n === 0 ? 'active' : 'inactive',
      end: 0,
    }));
  }

  /** Makes the files of w. @returns the words of an error */
  *openFiles(): Wait<string | undefined> {
    return yield* this.output.openFiles(this.commands);
  }

  *run(): Wait<number> {
    const { sys } = this.ctx;
    for (const c of this.commands) {
      if (c.name === 'r' && this.ctx.form === 'gnu' && c.from?.kind === 'line' && c.from.n === 0)
        this.output.appends.push({ file: c.text });
    }
    while (yield* this.readLine(false)) {
      let again = true;
      while (again) {
        const end = yield* this.cycle();
        if (end === 'quit') {
          yield* this.finish();
          return this.quit ?? this.status;
        }
        again = end === 'restart';
        if (sys.tick()) yield;
        if (this.ctx.stdout.error !== 0) return 4;
      }
    }
    yield* this.finish();
    return this.status;
  }

  private *finish(): Wait<void> {
    yield* this.closeFile();
    yield* this.output.flush();
  }

  /** Reads the next line of all files into the pattern space. @returns false at the end */
  private *readLine(append: boolean): Wait<boolean> {
    yield* this.output.dumpAppends();
    this.replacedSince = append ? this.replacedSince : false;
    for (;;) {
      if (!this.lines && !(yield* this.nextFile())) return false;
      const lines = this.lines!;
      const line = lines.take() ?? (yield* lines.line());
      if (line === undefined) {
        yield* this.endOfFile();
        continue;
      }
      this.complete = lines.complete;
      this.lineNumber++;
      this.space = append ? this.space + this.options.delimiter + line : line;
      return true;
    }
  }

  private *endOfFile(): Wait<void> {
    const input = this.lines!.input;
    if (input.error !== 0) {
      this.status = 2;
      yield* this.ctx.warn(
        input.error === EISDIR && this.ctx.form === 'gnu'
          ? `couldn't read ${this.name}: ${this.ctx.strerror(input.error)}`
          : `${this.name}: ${this.ctx.strerror(input.error)}`,
      );
    }
    yield* this.closeFile();
  }

  private *closeFile(): Wait<void> {
    const { sys } = this.ctx;
    const input = this.lines?.input;
    if (input && input !== this.ctx.stdin) sys.close(input.fd);
    this.lines = undefined;
    if (!this.temporary) return;
    yield* this.temporary.finish();
    this.temporary = undefined;
    this.output.main = { out: this.ctx.stdout, missing: false };
  }

  /** Opens the next file that can be read. @returns false where there is none */
  private *nextFile(): Wait<boolean> {
    const { ctx, options } = this;
    for (;;) {
      const name = this.names.shift();
      if (name === undefined) return false;
      this.name = name;
      if (name === '-' && options.inPlace === undefined) {
        if (options.separate) this.lineNumber = 0;
        this.lines = new TextLines(ctx.stdin, options.delimiter);
        return true;
      }
      const fd = yield* open(ctx.sys, name, O_RDONLY);
      if (fd < 0) {
        this.status = ctx.form === 'gnu' ? 2 : 1;
        yield* ctx.warn(
          ctx.form === 'gnu' ? `can't read ${name}: ${ctx.strerror(fd)}` : `${name}: ${ctx.strerror(fd)}`,
        );
        continue;
      }
      const st = new Stat();
      ctx.sys.fstat(fd, st);
      if (options.inPlace !== undefined) {
        if (!isRegular(st.mode)) {
          ctx.sys.close(fd);
          this.status = 4;
          yield* ctx.warn(
            ctx.form === 'gnu' ? `couldn't edit ${name}: not a regular file` : `${name}: not a regular file`,
          );
          continue;
        }
        if (!(yield* this.makeTemporary(name, st))) {
          ctx.sys.close(fd);
          continue;
        }
      } else if (isDirectory(st.mode) && ctx.form === 'gnu') {
        ctx.sys.close(fd);
        yield* ctx.die(`read error on ${name}: ${ctx.strerror(EISDIR)}`, 4);
      }
      if (options.separate) this.lineNumber = 0;
      this.lines = new TextLines(new Input(ctx.sys, fd), options.delimiter);
      return true;
    }
  }

  private *makeTemporary(target: string, st: Stat): Wait<boolean> {
    const made = yield* InPlace.begin(this.ctx, target, st, this.options.inPlace!);
    if (typeof made === 'string') {
      this.status = 4;
      yield* this.ctx.warn(made);
      return false;
    }
    this.temporary = made;
    this.output.main = { out: made.out, missing: false };
    return true;
  }

  /** Whether the line is the last one: of all, or of its file with -s and -i. */
  private *isLast(): Wait<boolean> {
    if (this.lines && (yield* this.lines.more())) return false;
    if (this.options.separate || (this.ctx.form === 'busybox' && this.lines?.input === this.ctx.stdin)) return true;
    while (this.names.length > 0) {
      if (this.lines) yield* this.endOfFile();
      if (!(yield* this.nextFile())) return true;
      if (yield* this.lines!.more()) return false;
    }
    return true;
  }

  /** Whether nothing can be read any more. */
  private *atEnd(): Wait<boolean> {
    if (this.lines && (yield* this.lines.more())) return false;
    if (this.options.separate) return this.names.length === 0;
    return yield* this.isLast();
  }

  // ---- the script

  /** One pass over the script. */
  private *cycle(): Wait<'next' | 'restart' | 'quit'> {
    const { commands, options } = this;
    let i = 0;
    while (i < commands.length) {
      const c = commands[i]!;
      const applies = c.from === undefined ? !c.not : (yield* this.matches(c, i)) !== c.not;
      if (!applies) {
        if (c.target < 0) yield* this.ctx.die('unterminated {');
        i = c.name === '{' ? c.target : i + 1;
        continue;
      }
      switch (c.name) {
        case '{':
          break;
        case 's':
          yield* this.substitute(c.sub!);
          break;
        case 'd':
          yield* this.output.dumpAppends();
          return 'next';
        case 'D': {
          const cut = this.space.indexOf(options.delimiter);
          yield* this.output.dumpAppends();
          if (cut < 0) return 'next';
          this.space = this.space.slice(cut + 1);
          return 'restart';
        }
        case 'p':
          yield* this.output.put(this.space, this.output.main, this.complete || this.ctx.form === 'busybox');
          break;
        case 'P': {
          const cut = this.space.indexOf(options.delimiter);
          yield* this.output.put(cut < 0 ? this.space : this.space.slice(0, cut), this.output.main);
          break;
        }
        case 'n':
          if (yield* this.atEnd()) return yield* this.endCycle(true);
          if (!options.quiet) yield* this.output.put(this.space, this.output.main, this.complete);
          if (!(yield* this.readLine(false))) return 'quit';
          break;
        case 'N':
          if (yield* this.atEnd()) {
            if (options.posix) return yield* this.deleteAtEnd();
            return yield* this.endCycle(true);
          }
          if (!(yield* this.readLine(true))) return 'quit';
          break;
        case 'h':
          this.hold = this.space;
          this.holdComplete = this.complete;
          break;
        case 'H':
          this.hold += options.delimiter + this.space;
          this.holdComplete = this.complete;
          break;
        case 'g':
          this.space = this.hold;
          this.complete = this.holdComplete;
          break;
        case 'G':
          this.space += options.delimiter + this.hold;
          this.complete = this.holdComplete;
          break;
        case 'x':
          [this.space, this.hold] = [this.hold, this.space];
          [this.complete, this.holdComplete] = [this.holdComplete, this.complete];
          break;
        case 'y': {
          const map = c.map!;
          let text = '';
          for (const ch of this.space) text += map.get(ch) ?? ch;
          this.space = text;
          break;
        }
        case 'a':
          this.output.appends.push({ text: c.text });
          break;
        case 'i':
          yield* this.output.raw(options.delimiter === '\n' ? c.text : c.text.slice(0, -1) + options.delimiter);
          break;
        case 'c':
          if (c.to === undefined || c.not || this.ranges[i]!.state !== 'active') yield* this.output.raw(c.text);
          yield* this.output.dumpAppends();
          return 'next';
        case '=':
          yield* this.output.raw(`${this.lineNumber}${options.delimiter}`);
          break;
        case 'F':
          yield* this.output.raw(`${this.name}${options.delimiter}`);
          break;
        case 'l':
          yield* this.output.raw(visible(this.space, c.number ?? options.lineLength) + options.delimiter);
          break;
        case 'z':
          this.space = '';
          break;
        case 'r':
          if (c.from?.kind !== 'line' || c.from.n !== 0) this.output.appends.push({ file: c.text });
          break;
        case 'R': {
          const line = yield* this.lineOf(c.text);
          if (line !== undefined) this.output.appends.push({ line });
          break;
        }
        case 'w':
          yield* this.output.put(this.space, this.output.sink(c.text), this.complete);
          break;
        case 'W':
          yield* this.output.put(this.space.split(options.delimiter, 1)[0]!, this.output.sink(c.text));
          break;
        case 'b':
          i = c.target;
          if (this.ctx.sys.tick()) yield;
          continue;
        case 't':
        case 'T': {
          const jump = this.replacedSince === (c.name === 't');
          if (this.replacedSince) this.replacedSince = false;
          if (jump) {
            i = c.target;
            if (this.ctx.sys.tick()) yield;
            continue;
          }
          break;
        }
        case 'q':
          this.quit = c.number;
          return yield* this.endCycle(true);
        case 'e': {
          const output = yield* this.command(c.text === '' ? this.space : c.text);
          if (c.text === '') this.space = output.endsWith(options.delimiter) ? output.slice(0, -1) : output;
          else yield* this.output.raw(output);
          break;
        }
        case 'Q':
          this.quit = c.number;
          return 'quit';
        default:
          break;
      }
      i++;
    }
    return yield* this.endCycle(false);
  }

  private *endCycle(quit: boolean): Wait<'next' | 'quit'> {
    if (!this.options.quiet) yield* this.output.put(this.space, this.output.main, this.complete);
    yield* this.output.dumpAppends();
    return quit ? 'quit' : 'next';
  }

  /** N without a next line in POSIX mode: the pattern space is not printed. */
  private *deleteAtEnd(): Wait<'quit'> {
    yield* this.output.dumpAppends();
    return 'quit';
  }

  /** What a command of the shell prints. */
  private *command(text: string): Wait<string> {
    yield* this.output.main.out.flush();
    return decode((yield* shellOutput(this.ctx.sys, text)) ?? new Uint8Array(0));
  }

  private *lineOf(path: string): Wait<string | undefined> {
    if (!this.readers.has(path)) {
      const fd = path === '/dev/stdin' ? 0 : yield* open(this.ctx.sys, path, O_RDONLY);
      this.readers.set(
        path,
        fd < 0 ? undefined : new TextLines(fd === 0 ? this.ctx.stdin : new Input(this.ctx.sys, fd)),
      );
    }
    const lines = this.readers.get(path);
    return lines && (yield* lines.line());
  }

  private *matches(c: Command, at: number): Wait<boolean> {
    const { from, to } = c;
    if (to === undefined) return yield* this.matchesOne(from!);
    const range = this.ranges[at]!;
    if (range.state === 'active') {
      if (from!.kind === 'line' && from!.n === 0 && to.kind === 'regex' && range.end === 0) {
        if (this.test(to.regex)) range.state = 'closed';
        return true;
      }
      const end = to.kind === 'line' ? to.n : to.kind === 'plus' || to.kind === 'multiple' ? range.end : undefined;
      if (end !== undefined) {
        if (this.lineNumber >= end) range.state = 'closed';
        return this.lineNumber <= end || (yield* this.matchesOne(from!));
      }
      if (yield* this.matchesOne(to)) range.state = 'closed';
      return true;
    }
    if (!(yield* this.matchesOne(from!))) return false;
    if (to.kind === 'line') {
      if (to.n > this.lineNumber) range.state = 'active';
      return true;
    }
    if (to.kind === 'plus') {
      range.end = this.lineNumber + to.n;
      if (to.n > 0) range.state = 'active';
      return true;
    }
    if (to.kind === 'multiple') {
      range.end = to.n === 0 ? this.lineNumber : (Math.floor(this.lineNumber / to.n) + 1) * to.n;
      if (range.end > this.lineNumber) range.state = 'active';
      return true;
    }
    range.state = 'active';
    range.end = 1;
    return true;
  }

  private *matchesOne(address: Address): Wait<boolean> {
    switch (address.kind) {
      case 'line':
        return this.lineNumber === address.n;
      case 'step':
        return address.step === 0
          ? this.lineNumber === address.first
          : this.lineNumber >= address.first && (this.lineNumber - address.first) % address.step === 0;
      case 'last':
        return yield* this.isLast();
      case 'regex':
        if (!(address.regex ?? this.lastRegex)) yield* this.noRegex();
        return this.test(address.regex);
      default:
        return false;
    }
  }

  private test(regex: Regex | undefined): boolean {
    const used = this.recall(regex);
    return used?.test(this.space) ?? false;
  }

  private *noRegex(): Wait<void> {
    yield* this.ctx.die(
      this.ctx.form === 'gnu' ? '-e expression #1, char 0: no previous regular expression' : 'no previous regexp',
    );
  }

  /** The empty expression is the one used last. */
  private recall(regex: Regex | undefined): Regex | undefined {
    if (regex) this.lastRegex = regex;
    return this.lastRegex;
  }

  private *substitute(sub: Substitution): Wait<void> {
    const regex = this.recall(sub.regex);
    if (!regex) {
      yield* this.noRegex();
      return;
    }
    const work = new Replacement(this.space, regex, sub);
    while (!work.run(MATCHES)) if (this.ctx.sys.tick(MATCHES)) yield;
    if (work.result === undefined) return;
    this.space = work.result;
    this.replacedSince = true;
    if (sub.evaluate) {
      const output = yield* this.command(this.space);
      this.space = output.endsWith(this.options.delimiter) ? output.slice(0, -1) : output;
    }
    for (let i = 0; i < sub.print; i++) yield* this.output.put(this.space, this.output.main, this.complete);
    if (sub.file !== undefined) yield* this.output.put(this.space, this.output.sink(sub.file), this.complete);
  }
}
