import { BLOCKED, EINTR } from '../../../abi/errno.ts';
import { SEEK_CUR } from '../../../abi/flags.ts';
import { decode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import type { List } from '../parse/ast.ts';
import { NeedMore, ParseFailure } from '../parse/failure.ts';
import { Parser } from '../parse/parser.ts';
import type { Shell } from '../state/shell.ts';
import { DiscardUnwind, ExitUnwind } from '../state/unwind.ts';
import type { Interpreter } from './interpreter.ts';
import { LineReader } from './line-reader.ts';
import { describeFailure } from './messages.ts';
import { readTo } from './reading-line.ts';

/** Where commands come from, line by line. */
export interface LineSource {
  /** @returns the next line with its newline; undefined at the end. `more`: in the middle of a command */
  next(more: boolean): Wait<string | undefined>;
  /** Lines may be read ahead of what runs. */
  readonly ahead: boolean;
  /** An error gave the command up: what has been read beyond it may be lost. */
  drop?(): void;
}

/** Standard input that commands read as well: not a byte more is taken than the command needs. */
export class DescriptorSource implements LineSource {
  readonly ahead = false;
  readonly #reader: LineReader;

  constructor(
    readonly shell: Shell,
    fd: number,
  ) {
    this.#reader = new LineReader(shell, fd);
  }

  *next(): Wait<string | undefined> {
    for (;;) {
      const line = yield* this.#reader.read({ delimiter: 10 });
      if (line === -EINTR) continue;
      if (typeof line === 'number') return undefined;
      if (line.ended) return line.text === '' ? undefined : line.text;
      return `${line.text}\n`;
    }
  }
}

/** Standard input as dash and ash read it: in blocks, of which their children see nothing. */
export class BlockSource implements LineSource {
  readonly ahead = true;
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(
    readonly shell: Shell,
    readonly fd: number,
  ) {}

  *next(): Wait<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf(10);
      if (end >= 0 || this.#ended) {
        if (this.#buffer.length === 0) return undefined;
        const line = decode(this.#buffer, 0, end < 0 ? this.#buffer.length : end + 1);
        this.#buffer = end < 0 ? new Uint8Array(0) : this.#buffer.subarray(end + 1);
        return line;
      }
      const block = new Uint8Array(8192);
      const n = this.shell.sys.read(this.fd, block);
      if (n === BLOCKED) {
        yield;
        continue;
      }
      if (n === -EINTR) continue;
      if (n <= 0) this.#ended = true;
      else {
        const joined = new Uint8Array(this.#buffer.length + n);
        joined.set(this.#buffer);
        joined.set(block.subarray(0, n), this.#buffer.length);
        this.#buffer = joined;
      }
    }
  }
}

/** A script's file, which is read in blocks by a descriptor of its own. */
export class FileSource implements LineSource {
  readonly ahead = true;
  #lines: string[] | undefined;
  #at = 0;

  constructor(
    readonly shell: Shell,
    readonly fd: number,
  ) {}

  *next(): Wait<string | undefined> {
    if (this.#lines === undefined) {
      const text = yield* readText(this.shell, this.fd);
      this.#lines = text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
    }
    return this.#lines[this.#at++];
  }
}

function* readText(shell: Shell, fd: number): Wait<string> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const buf = new Uint8Array(65536);
    const n = shell.sys.read(fd, buf);
    if (n === BLOCKED) {
      yield;
      continue;
    }
    if (n === -EINTR) continue;
    if (n <= 0) break;
    pieces.push(buf.subarray(0, n));
    total += n;
  }
  const all = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return decode(all).replaceAll('\0', '');
}

/** True where reading ahead on `fd` can be undone. */
export function isSeekable(shell: Shell, fd: number): boolean {
  return shell.sys.lseek(fd, 0, SEEK_CUR) >= 0;
}

/**
 * Reads commands and runs them until the source ends: a line at a time, more where a command is not complete.
 * @returns the status of the last command
 */
export function* runSource(ip: Interpreter, source: LineSource, prompts?: Prompts): Wait<number> {
  const { shell } = ip;
  let line = 1;
  let rest = '';
  for (;;) {
    const command: Command = { text: rest, rest: '', list: undefined, ended: false, lastLine: line };
    try {
      if (prompts && rest === '') yield* prompts.before();
      yield* readCommand(ip, source, line, command);
    } catch (thrown) {
      if (!(thrown instanceof DiscardUnwind)) throw thrown;
      yield* discarded(ip, thrown);
      source.drop?.();
      rest = '';
      continue;
    }
    line += countLines(command.text) - (rest === '' ? 0 : 1);
    rest = command.rest;
    const { list } = command;
    if (list !== undefined && (!shell.options.noexec || shell.interactive)) {
      if (!shell.queue.empty) yield* shell.queue.flush();
      try {
        readTo(shell, command.lastLine);
        prompts?.entered(command.text);
        yield* ip.runList(list);
      } catch (thrown) {
        if (!(thrown instanceof DiscardUnwind)) throw thrown;
        yield* discarded(ip, thrown);
        source.drop?.();
        // bash has one counter for the line that it reads and the line that runs
        if (shell.bash) line = shell.line + 1;
      }
      if (ip.traps.pending.length > 0) yield* pendingTraps(ip);
      if (!shell.queue.empty) yield* shell.queue.flush();
    }
    if ((command.ended && rest === '') || (shell.options.onecmd && list !== undefined)) break;
  }
  return shell.status;
}

function* pendingTraps(ip: Interpreter): Wait<void> {
  try {
    yield* ip.runPending();
  } catch (thrown) {
    if (!(thrown instanceof DiscardUnwind)) throw thrown;
    yield* discarded(ip, thrown);
  }
}

interface Command {
  text: string;
  /** What an alias left behind the command: the next one. */
  rest: string;
  /** Undefined where there was none, or it was refused. */
  list: List | undefined;
  /** The source has ended. */
  ended: boolean;
  /** Where it ends. */
  lastLine: number;
}

/** Reads lines until they are a complete command. */
function* readCommand(ip: Interpreter, source: LineSource, first: number, command: Command): Wait<void> {
  const { shell } = ip;
  if (command.text === '') {
    const text = yield* source.next(false);
    if (text === undefined) {
      command.ended = true;
      return;
    }
    command.text = text;
  }
  for (let complete = false; ; ) {
    if (shell.options.verbose) {
      shell.queue.put(2, command.text);
      yield* shell.queue.flush();
    }
    try {
      const parser = new Parser(command.text, shell.parseSettings, first, !complete);
      command.list = parser.parseLine();
      command.lastLine = parser.lastLine;
      if (!parser.atEnd()) command.rest = parser.src.slice(parser.pos);
      return;
    } catch (thrown) {
      if (!(thrown instanceof NeedMore)) {
        yield* refused(ip, thrown, command.text);
        source.drop?.();
        return;
      }
      const more: string | undefined = yield* readMore(ip, source, thrown);
      if (more === undefined) {
        complete = true;
        command.ended = true;
      } else command.text += more;
    }
  }
}

/** What an interactive shell does around its commands. */
export interface Prompts {
  before(): Wait<void>;
  entered(text: string): void;
}

function* discarded(ip: Interpreter, thrown: DiscardUnwind): Wait<void> {
  const { shell } = ip;
  shell.status = thrown.status;
  shell.lenient = 0;
  shell.running = '';
  shell.loopDepth = 0;
  yield* shell.queue.flush();
}

/** Reads on until the command can be complete. */
function* readMore(ip: Interpreter, source: LineSource, need: NeedMore): Wait<string | undefined> {
  let out = '';
  for (;;) {
    const text = yield* source.next(true);
    if (text === undefined) return out === '' ? undefined : out;
    out += text;
    if (ip.shell.interactive) return out;
    if (need.delimiter !== undefined) {
      if (text.trim() === need.delimiter || text.includes(need.delimiter)) return out;
    } else if (need.closer === undefined || ip.shell.aliases.size > 0 || text.includes(need.closer)) return out;
  }
}

/** A syntax error: ends a shell that is not interactive; returns where reading goes on. */
function* refused(ip: Interpreter, thrown: unknown, text: string): Wait<void> {
  if (!(thrown instanceof ParseFailure)) throw thrown;
  const { shell } = ip;
  const { trouble } = thrown;
  shell.queue.put(2, describeFailure(shell, thrown, text, ''));
  yield* shell.queue.flush();
  const mild = shell.bash && isInArray(thrown);
  if (trouble.kind !== 'conditional' || !shell.bash) shell.status = mild ? 1 : 2;
  if (!shell.interactive && !(mild && trouble.kind === 'unexpected')) throw new ExitUnwind(shell.status);
}

/** bash reads array literals apart: a mistake in one costs its line only. */
function isInArray({ trouble }: ParseFailure): boolean {
  return (trouble.kind === 'unterminated' || trouble.kind === 'unexpected') && trouble.array === true;
}

function countLines(text: string): number {
  let n = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) n++;
  return n;
}

/**
 * Runs a whole text as `-c` does: line by line, an abandoned line does not end it.
 * @returns undefined where an error in a dash or ash that is `interactive` leaves the text for its input
 */
export function* runString(ip: Interpreter, text: string, interactive = false): Wait<number | undefined> {
  const { shell } = ip;
  let parser = new Parser(text, shell.parseSettings, 1);
  for (;;) {
    let list: List | undefined;
    try {
      list = parser.parseLine();
    } catch (thrown) {
      yield* refused(ip, thrown, text);
      if (interactive) return undefined;
      parser = after(parser, thrown as ParseFailure);
      continue;
    }
    if (list === undefined) return shell.status;
    readTo(shell, parser.lastLine);
    if (!shell.queue.empty) yield* shell.queue.flush();
    try {
      ip.tail = parser.atEnd() && list.items.length > 0 && (!shell.bash || isSingle(list));
      yield* ip.runList(list);
    } catch (thrown) {
      if (!(thrown instanceof DiscardUnwind)) throw thrown;
      yield* discarded(ip, thrown);
      if (interactive) return undefined;
      if (thrown.deep) return shell.status;
      // bash has one counter for the line that it reads and the line that runs
      if (shell.bash) parser.line = shell.line + 1;
    }
    ip.tail = false;
    if (ip.traps.pending.length > 0) yield* ip.runPending();
    if (!shell.queue.empty) yield* shell.queue.flush();
  }
}

/** What follows the line of a mistake. */
function after(parser: Parser, { at, line }: ParseFailure): Parser {
  const end = parser.src.indexOf('\n', at);
  return new Parser(end < 0 ? '' : parser.src.slice(end + 1), parser.settings, line + 1);
}

/** bash replaces itself only by a lone simple command. */
function isSingle(list: List): boolean {
  return list.items.length === 1 && list.items[0]!.command.t === 'simple' && !list.items[0]!.background;
}
