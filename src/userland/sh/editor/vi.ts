import type { Wait } from '../../../libc/io.ts';
import type { Bindings } from './bound.ts';
import type { Buffer } from './buffer.ts';
import type { Entered } from './entered.ts';
import type { Key, KeyReader } from './keys.ts';

/** What vi mode asks of the editor that it is a mode of. */
export interface ViHost {
  readonly buffer: Buffer;
  readonly keys: KeyReader;
  readonly host: { readonly bindings: Bindings };
  flush(): Wait<void>;
  bell(): void;
  kill(text: string): void;
  accept(): Entered;
  moveHistory(by: number): void;
  /** The emacs binding of a key. */
  key(key: Key): Wait<Entered | undefined>;
}

/** readline's vi mode: an insert mode and a command mode over the same buffer. */
export class ViMode {
  #command = false;
  #count = '';
  #register = '';
  #lastChange: Key[] = [];
  #recording: Key[] | undefined;
  #lastFind: { c: string; forward: boolean; till: boolean } | undefined;

  constructor(readonly editor: ViHost) {}

  begin(): void {
    this.#command = false;
    this.#count = '';
  }

  *key(key: Key): Wait<Entered | undefined> {
    const { editor } = this;
    if (!this.#command) {
      if (key.name === 'escape' || key.name.startsWith('M-')) {
        this.#command = true;
        this.#count = '';
        const { buffer } = editor;
        buffer.cursor = Math.max(0, buffer.cursor - 1);
        if (this.#recording) this.#recording.push({ name: 'escape', text: '' });
        this.#recording = undefined;
        if (key.name.startsWith('M-'))
          return yield* this.key({ name: key.name === `M-${key.text}` ? 'text' : key.name.slice(2), text: key.text });
        return undefined;
      }
      this.#recording?.push(key);
      return yield* editor.key(key);
    }
    if (key.name !== 'text') {
      if (key.name === 'escape') {
        this.#count = '';
        return undefined;
      }
      return yield* editor.key(key);
    }
    if (/[1-9]/.test(key.text) || (key.text === '0' && this.#count !== '')) {
      this.#count += key.text;
      return undefined;
    }
    const count = Number(this.#count || '1');
    const given = this.#count !== '';
    this.#count = '';
    return yield* this.#commandKey(key.text, count, given);
  }

  #insert(at: number): void {
    const { buffer } = this.editor;
    buffer.cursor = Math.max(0, Math.min(at, buffer.length));
    buffer.save();
    this.#command = false;
  }

  *#commandKey(c: string, count: number, given: boolean): Wait<Entered | undefined> {
    const { editor } = this;
    const { buffer } = editor;
    const record = (): void => {
      this.#lastChange = [{ name: 'text', text: c }];
      this.#recording = this.#lastChange;
    };
    switch (c) {
      case 'i':
        record();
        this.#insert(buffer.cursor);
        return undefined;
      case 'I':
        record();
        this.#insert(0);
        return undefined;
      case 'a':
        record();
        this.#insert(buffer.cursor + 1);
        return undefined;
      case 'A':
        record();
        this.#insert(buffer.length);
        return undefined;
      case 's':
        record();
        buffer.save();
        this.#take(buffer.cursor, Math.min(buffer.length, buffer.cursor + count));
        this.#command = false;
        return undefined;
      case 'S':
        record();
        buffer.save();
        this.#take(0, buffer.length);
        this.#command = false;
        return undefined;
      case 'C':
        record();
        buffer.save();
        this.#take(buffer.cursor, buffer.length);
        this.#command = false;
        return undefined;
      case 'D':
        buffer.save();
        this.#take(buffer.cursor, buffer.length);
        this.#clamp();
        return undefined;
      case 'x':
        buffer.save();
        this.#take(buffer.cursor, Math.min(buffer.length, buffer.cursor + count));
        this.#lastChange = [{ name: 'text', text: 'x' }];
        this.#clamp();
        return undefined;
      case 'X':
        buffer.save();
        this.#take(Math.max(0, buffer.cursor - count), buffer.cursor);
        return undefined;
      case 'd':
      case 'c':
      case 'y':
        return yield* this.#operator(c, count);
      case 'p':
      case 'P':
        buffer.save();
        if (c === 'p' && buffer.length > 0) buffer.cursor++;
        buffer.insert(this.#register);
        buffer.cursor = Math.max(0, buffer.cursor - 1);
        return undefined;
      case 'r': {
        yield* editor.flush();
        const next = yield* editor.keys.next();
        if (next.name !== 'text' || buffer.length === 0) return undefined;
        buffer.save();
        buffer.cells[buffer.cursor] = next.text;
        return undefined;
      }
      case '~': {
        buffer.save();
        for (let i = 0; i < count && buffer.cursor < buffer.length; i++) {
          const cell = buffer.cells[buffer.cursor]!;
          buffer.cells[buffer.cursor] = cell === cell.toUpperCase() ? cell.toLowerCase() : cell.toUpperCase();
          buffer.cursor++;
        }
        this.#clamp();
        return undefined;
      }
      case 'u':
        if (!buffer.undo()) editor.bell();
        this.#clamp();
        return undefined;
      case 'U':
        buffer.undoAll();
        return undefined;
      case 'k':
      case '-':
        editor.moveHistory(-count);
        buffer.cursor = 0;
        return undefined;
      case 'j':
      case '+':
        editor.moveHistory(count);
        buffer.cursor = 0;
        return undefined;
      case '#':
        buffer.cursor = 0;
        buffer.insert(editor.host.bindings.variable('comment-begin'));
        return editor.accept();
      case '/':
      case '?':
        return yield* editor.key({ name: c === '/' ? 'C-r' : 'C-s', text: '' });
      case '.':
        for (const key of [...this.#lastChange]) {
          const done = yield* this.key(key);
          if (done) return done;
        }
        return undefined;
      default: {
        const to = yield* this.#motion(c, count, given);
        if (to === undefined) editor.bell();
        else buffer.cursor = Math.max(0, Math.min(to, buffer.length - 1));
        return undefined;
      }
    }
  }

  #clamp(): void {
    const { buffer } = this.editor;
    buffer.cursor = Math.max(0, Math.min(buffer.cursor, buffer.length - 1));
  }

  #take(from: number, to: number): void {
    const text = this.editor.buffer.remove(from, to);
    if (text === '') return;
    this.#register = text;
    this.editor.kill(text);
  }

  *#operator(op: string, count: number): Wait<undefined> {
    const { editor } = this;
    const { buffer } = editor;
    yield* editor.flush();
    let next = yield* editor.keys.next();
    let times = count;
    let digits = '';
    while (/^[0-9]$/.test(next.text) && (digits !== '' || next.text !== '0')) {
      digits += next.text;
      next = yield* editor.keys.next();
    }
    if (digits !== '') times *= Number(digits);
    if (next.name !== 'text') return undefined;
    let from = buffer.cursor;
    let to: number | undefined;
    if (next.text === op) {
      from = 0;
      to = buffer.length;
    } else {
      const motion = op === 'c' && next.text === 'w' ? 'e' : next.text;
      to = yield* this.#motion(motion, times, false);
      if (to !== undefined && 'eEfF%;,$t'.includes(motion) && to >= from) to = Math.min(buffer.length, to + 1);
    }
    if (to === undefined) {
      editor.bell();
      return undefined;
    }
    if (to < from) [from, to] = [to, from];
    if (op === 'y') {
      this.#register = buffer.cells.slice(from, to).join('');
      return undefined;
    }
    buffer.save();
    this.#take(from, to);
    buffer.cursor = from;
    if (op === 'c') this.#command = false;
    else this.#clamp();
    return undefined;
  }

  /** Where a motion leads; undefined where it is none. */
  *#motion(c: string, count: number, given: boolean): Wait<number | undefined> {
    const { buffer } = this.editor;
    let at = buffer.cursor;
    const repeat = (step: (from: number) => number): number => {
      for (let i = 0; i < count; i++) at = step(at);
      return at;
    };
    switch (c) {
      case 'h':
        return Math.max(0, at - count);
      case 'l':
      case ' ':
        return Math.min(buffer.length, at + count);
      case '0':
        return 0;
      case '^': {
        const first = buffer.cells.findIndex((cell) => !/\s/.test(cell));
        return Math.max(0, first);
      }
      case '$':
        return Math.max(0, buffer.length - 1);
      case '|':
        return given ? count - 1 : 0;
      case 'w':
      case 'W':
        return repeat((from) => this.#next(from, c === 'W'));
      case 'b':
      case 'B':
        return repeat((from) => this.#back(from, c === 'B'));
      case 'e':
      case 'E':
        return repeat((from) => this.#end(from, c === 'E'));
      case 'f':
      case 'F':
      case 't':
      case 'T': {
        yield* this.editor.flush();
        const next = yield* this.editor.keys.next();
        this.#lastFind = { c: next.text, forward: c === 'f' || c === 't', till: c === 't' || c === 'T' };
        return this.#find(this.#lastFind, count);
      }
      case ';':
        return this.#lastFind && this.#find(this.#lastFind, count);
      case ',':
        return this.#lastFind && this.#find({ ...this.#lastFind, forward: !this.#lastFind.forward }, count);
      case '%':
        return this.#pair();
      default:
        return undefined;
    }
  }

  #kind(i: number, big: boolean): number {
    const cell = this.editor.buffer.cells[i];
    if (cell === undefined || /\s/.test(cell)) return 0;
    return big || /[\p{L}\p{N}_]/u.test(cell) ? 1 : 2;
  }

  #next(from: number, big: boolean): number {
    const n = this.editor.buffer.length;
    let i = from;
    const kind = this.#kind(i, big);
    while (i < n && kind !== 0 && this.#kind(i, big) === kind) i++;
    while (i < n && this.#kind(i, big) === 0) i++;
    return i;
  }

  #back(from: number, big: boolean): number {
    let i = from;
    while (i > 0 && this.#kind(i - 1, big) === 0) i--;
    const kind = this.#kind(i - 1, big);
    while (i > 0 && this.#kind(i - 1, big) === kind) i--;
    return i;
  }

  #end(from: number, big: boolean): number {
    const n = this.editor.buffer.length;
    let i = from + 1;
    while (i < n && this.#kind(i, big) === 0) i++;
    const kind = this.#kind(i, big);
    while (i + 1 < n && this.#kind(i + 1, big) === kind) i++;
    return Math.min(i, Math.max(0, n - 1));
  }

  #find(find: { c: string; forward: boolean; till: boolean }, count: number): number | undefined {
    const { cells, cursor } = this.editor.buffer;
    let at = cursor;
    for (let i = 0; i < count; i++) {
      at = find.forward ? cells.indexOf(find.c, at + 1) : at === 0 ? -1 : cells.lastIndexOf(find.c, at - 1);
      if (at < 0) return undefined;
    }
    return find.till ? at + (find.forward ? -1 : 1) : at;
  }

  #pair(): number | undefined {
    const { cells, cursor } = this.editor.buffer;
    const open = '([{';
    const close = ')]}';
    let at = cursor;
    while (at < cells.length && !(open + close).includes(cells[at]!)) at++;
    const cell = cells[at];
    if (cell === undefined) return undefined;
    const forward = open.includes(cell);
    const other = forward ? close[open.indexOf(cell)]! : open[close.indexOf(cell)]!;
    let depth = 0;
    for (let i = at; i >= 0 && i < cells.length; i += forward ? 1 : -1) {
      if (cells[i] === cell) depth++;
      if (cells[i] === other && --depth === 0) return i;
    }
    return undefined;
  }
}
