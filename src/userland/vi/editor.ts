import { ENOENT } from '../../abi/errno.ts';
import { W_OK } from '../../abi/flags.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { byteLength, decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import type { Terminal } from '../screen/terminal.ts';
import { Buffer, type Place } from './buffer.ts';
import { runCommand } from './commands.ts';
import { runEx } from './ex.ts';
import { View } from './view.ts';

/** The state of vi: text, cursor, registers, and the keys that come. */
export class Editor {
  readonly buffer = new Buffer();
  readonly view = new View();
  at: Place = { row: 0, col: 0 };
  mode: 'command' | 'insert' | 'replace' = 'command';
  file: string | undefined;
  message = '';
  register: { text: string; linewise: boolean } = { text: '', linewise: false };
  readonly marks = new Map<string, Place>();
  pattern = '';
  forward = true;
  find: { key: 'f' | 'F' | 't' | 'T'; c: string } | undefined;
  done = false;
  readonly = false;
  ignoreCase = false;
  /** Keys of the last change, for `.`. */
  repeat: string[] = [];
  recording: string[] = [];
  private queue: string[] = [];
  private prompt: string | undefined;

  constructor(
    readonly ctx: Context,
    readonly terminal: Terminal,
  ) {}

  get vim(): boolean {
    return this.ctx.form === 'gnu';
  }

  /** Loads a file. */
  *open(path: string): Wait<void> {
    this.file = path;
    const st = new Stat();
    const directory = this.ctx.sys.stat(path, st) === 0 && isDirectory(st.mode);
    const bytes = directory ? -21 : yield* readFile(this.ctx.sys, path);
    this.buffer.changed = false;
    this.at = { row: 0, col: 0 };
    if (typeof bytes === 'number') {
      this.buffer.lines = [''];
      this.message =
        bytes === -ENOENT
          ? this.vim
            ? `"${path}" [New]`
            : `'${path}' [New file] 1 lines, 0 chars`
          : `"${path}" ${this.ctx.strerror(bytes)}`;
      return;
    }
    const text = decode(bytes);
    const lines = text.split('\n');
    const complete = text === '' || text.endsWith('\n');
    if (complete && lines.length > 1) lines.pop();
    this.buffer.lines = lines;
    this.readonly = this.ctx.sys.access(path, W_OK) < 0;
    const count = text === '' ? 0 : lines.length;
    this.message = this.vim
      ? `"${path}"${this.readonly ? ' [readonly]' : ''}${complete ? '' : ' [noeol]'} ${count}L, ${bytes.length}B`
      : `'${path}'${this.readonly ? ' [Readonly]' : ''} ${count} lines, ${text.length} chars`;
  }

  /** Writes lines `from`..`to` to a file. @returns whether it went well */
  *save(path: string | undefined, from = 0, to = this.buffer.lines.length - 1): Wait<boolean> {
    const target = path ?? this.file;
    if (target === undefined) {
      this.message = this.vim ? 'E32: No file name' : 'No current filename';
      return false;
    }
    const lines = this.buffer.lines.slice(from, to + 1);
    const text = lines.length === 1 && lines[0] === '' ? '' : `${lines.join('\n')}\n`;
    const st = new Stat();
    const isNew = this.ctx.sys.stat(target, st) < 0;
    const r = yield* writeFile(this.ctx.sys, target, text);
    if (r < 0) {
      this.message = this.vim ? `"${target}" E212: Can't open file for writing` : `'${target}' ${this.ctx.strerror(r)}`;
      return false;
    }
    this.file ??= target;
    if (target === this.file) this.buffer.changed = false;
    const count = text === '' ? 0 : lines.length;
    this.message = this.vim
      ? `"${target}"${isNew ? ' [New]' : ''} ${count}L, ${byteLength(text)}B written`
      : `'${target}' ${count}L, ${text.length}C`;
    return true;
  }

  private status(): string {
    if (this.prompt !== undefined) return this.prompt;
    if (this.message !== '') return this.message;
    if (this.vim) {
      if (this.mode === 'insert') return '-- INSERT --';
      return this.mode === 'replace' ? '-- REPLACE --' : '';
    }
    const letter = this.mode === 'insert' ? 'I' : this.mode === 'replace' ? 'R' : '-';
    const n = this.buffer.lines.length;
    return `${letter} ${this.file ?? 'No file'}${this.buffer.changed ? ' [modified]' : ''} ${this.at.row + 1}/${n} ${Math.floor(((this.at.row + 1) * 100) / n)}%`;
  }

  *draw(): Wait<void> {
    const text = this.view.draw(this.buffer, this.at, this.terminal.size(), this.status(), this.prompt?.length);
    yield* this.terminal.write(text);
  }

  /** The next key: of a repetition, or of the terminal after the screen was drawn. */
  *key(): Wait<string> {
    for (;;) {
      const waiting = this.queue.shift();
      if (waiting !== undefined) {
        this.recording.push(waiting);
        return waiting;
      }
      yield* this.draw();
      const key = (yield* this.terminal.key()) ?? '';
      if (key === 'Resize') continue;
      if (key === 'End-of-file') {
        this.done = true;
        return 'Esc';
      }
      this.recording.push(key);
      return key;
    }
  }

  /** Does the last change again. */
  again(): void {
    this.queue.push(...this.repeat);
  }

  *run(): Wait<void> {
    while (!this.done) {
      this.recording = [];
      const key = yield* this.key();
      this.message = '';
      if (key === ':') yield* this.colon('');
      else yield* runCommand(this, key);
      this.clamp();
      if (this.ctx.sys.tick()) yield;
    }
  }

  /** Keeps the cursor in the text. */
  clamp(): void {
    this.at.row = Math.max(0, Math.min(this.at.row, this.buffer.lines.length - 1));
    const length = this.buffer.line(this.at.row).length;
    const most = this.mode === 'command' ? Math.max(0, length - 1) : length;
    this.at.col = Math.max(0, Math.min(this.at.col, most));
  }

  /** Reads a line at the bottom. @returns undefined where it was left by Esc */
  *ask(first: string, text = ''): Wait<string | undefined> {
    let typed = text;
    try {
      for (;;) {
        this.prompt = first + typed;
        const key = yield* this.key();
        if (key === 'Enter') return typed;
        if (key === 'Esc' || key === 'C-c') return undefined;
        if (key === 'Backspace') {
          if (typed === '') return undefined;
          typed = typed.slice(0, -1);
        } else if (key === 'C-u') typed = '';
        else if (key.length === 1 || [...key].length === 1) typed += key;
      }
    } finally {
      this.prompt = undefined;
    }
  }

  *colon(text: string): Wait<void> {
    const line = yield* this.ask(':', text);
    if (line !== undefined) yield* runEx(this, line);
  }

  /** Insert mode until Esc. */
  *insert(replace = false): Wait<void> {
    this.mode = replace ? 'replace' : 'insert';
    while (!this.done) {
      const key = yield* this.key();
      this.message = '';
      const { buffer, at } = this;
      if (key === 'Esc' || key === 'C-c') break;
      if (key === 'Enter') {
        this.at = buffer.insert(at, '\n');
      } else if (key === 'Backspace') {
        if (at.col > 0) {
          buffer.remove({ row: at.row, col: at.col - 1 }, at);
          at.col--;
        } else if (at.row > 0) {
          const col = buffer.line(at.row - 1).length;
          buffer.remove({ row: at.row - 1, col }, { row: at.row, col: 0 });
          this.at = { row: at.row - 1, col };
        }
      } else if (key === 'Delete') {
        if (at.col < buffer.line(at.row).length) buffer.remove(at, { row: at.row, col: at.col + 1 });
      } else if (key === 'Up' || key === 'Down') {
        at.row += key === 'Up' ? -1 : 1;
        this.clamp();
      } else if (key === 'Left') at.col = Math.max(0, at.col - 1);
      else if (key === 'Right') at.col = Math.min(buffer.line(at.row).length, at.col + 1);
      else if (key === 'Home') at.col = 0;
      else if (key === 'End') at.col = buffer.line(at.row).length;
      else if ([...key].length === 1) {
        if (replace && at.col < buffer.line(at.row).length) buffer.remove(at, { row: at.row, col: at.col + 1 });
        this.at = buffer.insert(at, key);
      }
      buffer.changed = true;
    }
    this.mode = 'command';
    this.at.col = Math.max(0, this.at.col - 1);
  }

  /** Searches from the cursor on. @returns the place, undefined where there is none */
  search(forward: boolean): Place | undefined {
    const regex = this.regexOf(this.pattern);
    if (!regex) return undefined;
    const { lines } = this.buffer;
    const { row, col } = this.at;
    for (let i = 0; i <= lines.length; i++) {
      const r = (row + (forward ? i : -i) + lines.length * 2) % lines.length;
      const hits: number[] = [];
      for (let from = 0; from <= lines[r]!.length; ) {
        const m = regex.exec(lines[r]!, from);
        if (!m) break;
        hits.push(m[0]!);
        from = m[0]! + 1;
      }
      const good = forward ? hits.find((h) => i > 0 || h > col) : hits.reverse().find((h) => i > 0 || h < col);
      if (good !== undefined) return { row: r, col: good };
    }
    this.message = this.vim ? `E486: Pattern not found: ${this.pattern}` : 'Pattern not found';
    return undefined;
  }

  /** Compiles a pattern as vi means it. */
  regexOf(pattern: string): Regex | undefined {
    const regex = compileRegex(pattern, { dialect: 'bre', icase: this.ignoreCase, lenient: true });
    if (!(regex instanceof RegexError)) return regex;
    this.message = regex.message;
    return undefined;
  }
}
