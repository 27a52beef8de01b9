import type { Library } from '../../../abi/library.ts';
import type { Sys } from '../../../abi/sys.ts';
import { library, type Wait } from '../../../libc/io.ts';
import { FUNCTIONS } from './bindings.ts';
import type { Buffer } from './buffer.ts';
import type { Display } from './display.ts';
import type { Entered } from './entered.ts';
import type { EditorHost } from './host.ts';
import type { Key, KeyReader } from './keys.ts';

/** Keys that many lines do without. */
const COMPLETING: Library<typeof import('./completing.ts')> = {
  name: 'readline/completing',
  load: () => import('./completing.ts'),
};
const SEARCH: Library<typeof import('./search.ts')> = { name: 'readline/search', load: () => import('./search.ts') };

const KILLS = new Set(['C-k', 'C-u', 'C-w', 'M-d', 'M-backspace', 'M-C-h', 'C-x backspace']);
const MAX_RING = 10;

/** What the keys ask of the editor that they edit in. */
export interface EmacsHost {
  readonly sys: Sys;
  readonly buffer: Buffer;
  readonly display: Display;
  readonly keys: KeyReader;
  readonly host: EditorHost;
  write(text: string): void;
  flush(): Wait<void>;
  bell(): void;
  accept(): Entered;
  interrupt(): Entered;
}

/** readline's emacs bindings. */
export class EmacsKeys {
  killRing: string[] = [];
  #lastKey = '';
  #tabs = 0;
  #historyAt = 0;
  /** Changed history lines of this reading, by index; the new line under the length. */
  #edited = new Map<number, string>();
  #yankLength = 0;
  #yankAt = 0;
  #lastArgument = -1;
  #searchText = '';
  #argument: number | undefined;

  constructor(readonly editor: EmacsHost) {
    this.begin();
  }

  /** A new line. */
  begin(): void {
    this.#edited.clear();
    this.#historyAt = this.editor.host.history.length;
    this.#lastKey = '';
  }

  /** What a key of the emacs bindings does. @returns how the line ended, undefined where it goes on */
  *key(key: Key): Wait<Entered | undefined> {
    const { buffer } = this.editor;
    const bound = yield* this.#bound(key);
    if (bound === undefined) return undefined;
    const name = bound;
    if (/^M-[0-9]$/.test(name) || (name === 'M--' && this.#argument === undefined)) {
      const digit = name.slice(2);
      this.#argument = digit === '-' ? -1 : (this.#argument ?? 0) * 10 + Number(digit);
      return undefined;
    }
    const count = this.#argument ?? 1;
    this.#argument = undefined;
    if (name !== 'tab' && name !== 'M-?') this.#tabs = 0;
    const last = this.#lastKey;
    this.#lastKey = name;
    if (name === 'text') {
      buffer.save('insert');
      for (let i = 0; i < Math.max(1, count); i++) buffer.insert(key.text);
      return undefined;
    }
    if (name !== 'C-_' && name !== 'C-x C-u') buffer.breakRun();
    switch (name) {
      case 'enter':
      case 'C-j':
        return this.editor.accept();
      case 'C-c':
        return this.editor.interrupt();
      case 'C-d':
        if (buffer.length === 0) return { kind: 'eof' };
        this.#delete(buffer.cursor, buffer.cursor + count);
        break;
      case 'paste':
        buffer.save();
        buffer.insert(key.text);
        break;
      case 'tab':
        yield* this.complete(++this.#tabs > 1 || this.editor.host.bindings.isOn('show-all-if-ambiguous'));
        break;
      case 'M-?':
      case 'M-=':
        yield* this.complete(true);
        break;
      case 'C-r':
      case 'C-s':
        return yield* this.#search(name === 'C-r');
      case 'C-v':
      case 'C-q': {
        yield* this.editor.flush();
        const next = yield* this.editor.keys.next();
        buffer.save();
        buffer.insert(next.text);
        break;
      }
      case 'C-]':
      case 'M-C-]': {
        yield* this.editor.flush();
        const next = yield* this.editor.keys.next();
        this.#findChar(next.text, name === 'C-]');
        break;
      }
      case 'C-o': {
        const at = this.#historyAt;
        const entered = this.editor.accept();
        this.#operate = at + 1;
        return entered;
      }
      case 'M-#':
        buffer.save();
        buffer.cursor = 0;
        buffer.insert(this.editor.host.bindings.variable('comment-begin'));
        return this.editor.accept();
      default:
        if (KILLS.has(name)) this.#kill(name, count, KILLS.has(last));
        else this.command(name, count, last);
    }
    return undefined;
  }

  /** The key, or the keys of a sequence, by the name of what they are bound to. @returns undefined where it is done */
  *#bound(key: Key): Wait<string | undefined> {
    const { bindings } = this.editor.host;
    let name = typedName(key);
    let more = false;
    while (key.name !== 'paste' && (name === 'C-x' || bindings.begins(name))) {
      yield* this.editor.flush();
      name = `${name} ${typedName(yield* this.editor.keys.next())}`;
      more = true;
    }
    const binding = bindings.keys.get(name);
    if (binding === undefined) return more ? name : key.name;
    if (binding.does === 'function') return FUNCTIONS[binding.name]![0]!;
    if (binding.does === 'macro') this.editor.keys.unread(binding.text);
    else yield* this.#execute(binding.text);
    return undefined;
  }

  /** bind -x */
  *#execute(command: string): Wait<void> {
    const { buffer, display } = this.editor;
    display.clearLine();
    yield* this.editor.flush();
    const after = yield* this.editor.host.execute(command, buffer.text, buffer.cursor);
    buffer.save();
    buffer.set(after.line);
    buffer.cursor = Math.max(0, Math.min(buffer.length, after.point));
    display.again(buffer.cells, buffer.cursor);
  }

  #operate = -1;

  /** Puts the line after the one that C-o ran into the buffer. */
  prepared(): string | undefined {
    const at = this.#operate;
    this.#operate = -1;
    return at < 0 ? undefined : this.editor.host.history.at(at);
  }

  #delete(from: number, to: number): void {
    const { buffer } = this.editor;
    if (from >= buffer.length || to <= 0) {
      this.editor.bell();
      return;
    }
    buffer.save();
    buffer.remove(Math.max(0, from), Math.min(buffer.length, to));
  }

  /** Movement, changes and history: what is done without waiting. */
  command(name: string, count: number, last: string): void {
    const { buffer } = this.editor;
    const repeat = (n: number, body: () => void): void => {
      for (let i = 0; i < Math.abs(n); i++) body();
    };
    switch (name) {
      case 'C-a':
      case 'home':
        buffer.cursor = 0;
        break;
      case 'C-e':
      case 'end':
        buffer.cursor = buffer.length;
        break;
      case 'C-b':
      case 'left':
        buffer.cursor = Math.max(0, buffer.cursor - count);
        break;
      case 'C-f':
      case 'right':
        buffer.cursor = Math.min(buffer.length, buffer.cursor + count);
        break;
      case 'M-b':
      case 'C-left':
      case 'M-left':
        repeat(count, () => {
          buffer.cursor = buffer.wordBackward();
        });
        break;
      case 'M-f':
      case 'C-right':
      case 'M-right':
        repeat(count, () => {
          buffer.cursor = buffer.wordForward();
        });
        break;
      case 'backspace':
      case 'C-h':
        this.#delete(buffer.cursor - count, buffer.cursor);
        break;
      case 'delete':
        this.#delete(buffer.cursor, buffer.cursor + count);
        break;
      case 'C-t':
        buffer.save();
        if (!buffer.transposeChars()) this.editor.bell();
        break;
      case 'M-t':
        buffer.save();
        if (!buffer.transposeWords()) this.editor.bell();
        break;
      case 'M-u':
        buffer.save();
        buffer.changeWord((w) => w.toUpperCase());
        break;
      case 'M-l':
        buffer.save();
        buffer.changeWord((w) => w.toLowerCase());
        break;
      case 'M-c':
        buffer.save();
        buffer.changeWord((w) => w.slice(0, 1).toUpperCase() + w.slice(1).toLowerCase());
        break;
      case 'M-\\': {
        let from = buffer.cursor;
        let to = buffer.cursor;
        while (from > 0 && /\s/.test(buffer.cells[from - 1]!)) from--;
        while (to < buffer.length && /\s/.test(buffer.cells[to]!)) to++;
        buffer.save();
        buffer.remove(from, to);
        break;
      }
      case 'C-y':
        this.#yank();
        break;
      case 'M-y':
        this.#yankPop(last);
        break;
      case 'M-.':
      case 'M-_':
        this.#yankLastArgument(last);
        break;
      case 'C-_':
      case 'C-x C-u':
        if (!buffer.undo()) this.editor.bell();
        break;
      case 'M-r':
        buffer.undoAll();
        break;
      case 'C-l':
        this.editor.display.clearScreen(buffer.cells, buffer.cursor);
        break;
      case 'C-p':
      case 'up':
        this.#moveHistory(this.#historyAt - count);
        break;
      case 'C-n':
      case 'down':
        this.#moveHistory(this.#historyAt + count);
        break;
      case 'pageup':
        this.#prefixSearch(-1);
        break;
      case 'pagedown':
        this.#prefixSearch(1);
        break;
      case 'M-<':
        this.#moveHistory(0);
        break;
      case 'M->':
        this.#moveHistory(this.editor.host.history.length);
        break;
      case 'C-@':
        buffer.mark = buffer.cursor;
        break;
      case 'C-x C-x': {
        const { mark } = buffer;
        buffer.mark = buffer.cursor;
        buffer.cursor = Math.min(mark, buffer.length);
        break;
      }
      case 'C-g':
        this.editor.bell();
        break;
      case 'C-z':
      case 'C-\\':
      case 'insert':
      case 'escape':
      case 'unknown':
        break;
      default:
        this.editor.bell();
    }
  }

  #findChar(c: string, forward: boolean): void {
    const { buffer } = this.editor;
    const at = forward ? buffer.cells.indexOf(c, buffer.cursor + 1) : buffer.cells.lastIndexOf(c, buffer.cursor - 1);
    if (at < 0 || (!forward && buffer.cursor === 0)) this.editor.bell();
    else buffer.cursor = at;
  }

  // ---- kill and yank

  #kill(name: string, count: number, again: boolean): void {
    const { buffer } = this.editor;
    let from = buffer.cursor;
    let to = buffer.cursor;
    const backward = name !== 'C-k' && name !== 'M-d';
    for (let i = 0; i < Math.max(1, count); i++) {
      if (name === 'C-k') to = buffer.length;
      else if (name === 'C-u' || name === 'C-x backspace') from = 0;
      else if (name === 'C-w') from = buffer.blankWordBackward(from);
      else if (name === 'M-d') to = buffer.wordForward(to);
      else from = buffer.wordBackward(from);
    }
    if (from === to) {
      if (backward) this.editor.bell();
      return;
    }
    buffer.save();
    this.kill(buffer.remove(from, to), again, backward);
  }

  /** Puts text into the kill ring; `again`: it joins the last. */
  kill(text: string, again = false, backward = false): void {
    const ring = this.killRing;
    if (again && ring.length > 0) ring[0] = backward ? text + ring[0] : ring[0] + text;
    else ring.unshift(text);
    if (ring.length > MAX_RING) ring.pop();
  }

  #yank(): void {
    const text = this.killRing[0];
    if (text === undefined) {
      this.editor.bell();
      return;
    }
    this.editor.buffer.save();
    this.#yankAt = this.editor.buffer.cursor;
    this.editor.buffer.insert(text);
    this.#yankLength = this.editor.buffer.cursor - this.#yankAt;
  }

  #yankPop(last: string): void {
    if ((last !== 'C-y' && last !== 'M-y') || this.killRing.length < 2) {
      this.editor.bell();
      return;
    }
    this.killRing.push(this.killRing.shift()!);
    this.editor.buffer.remove(this.#yankAt, this.#yankAt + this.#yankLength);
    this.editor.buffer.cursor = this.#yankAt;
    this.editor.buffer.insert(this.killRing[0]!);
    this.#yankLength = this.editor.buffer.cursor - this.#yankAt;
  }

  #yankLastArgument(last: string): void {
    const { history } = this.editor.host;
    const again = last === 'M-.' || last === 'M-_';
    const from = again ? this.#lastArgument : history.length;
    const at = history.search(from, (text) => this.editor.host.words(text).length > 0);
    if (at < 0) {
      this.editor.bell();
      return;
    }
    this.#lastArgument = at;
    if (again) {
      this.editor.buffer.remove(this.#yankAt, this.#yankAt + this.#yankLength);
      this.editor.buffer.cursor = this.#yankAt;
    } else this.editor.buffer.save();
    this.#yankAt = this.editor.buffer.cursor;
    this.editor.buffer.insert(this.editor.host.words(history.at(at)!).at(-1)!);
    this.#yankLength = this.editor.buffer.cursor - this.#yankAt;
  }

  // ---- history

  #moveHistory(to: number): void {
    const { history } = this.editor.host;
    if (to < 0 || to > history.length || to === this.#historyAt) {
      this.editor.bell();
      return;
    }
    this.#edited.set(this.#historyAt, this.editor.buffer.text);
    this.#historyAt = to;
    const text = this.#edited.get(to) ?? history.at(to) ?? '';
    this.editor.buffer.breakRun();
    this.editor.buffer.set(text);
  }

  moveHistory(by: number): void {
    this.#moveHistory(this.#historyAt + by);
  }

  /** The next entry that begins as the line does up to the cursor. */
  #prefixSearch(direction: number): void {
    const { history } = this.editor.host;
    const prefix = this.editor.buffer.before();
    const test = (text: string): boolean => text.startsWith(prefix) && text !== this.editor.buffer.text;
    const at = direction < 0 ? history.search(this.#historyAt, test) : history.searchForward(this.#historyAt, test);
    if (at < 0) {
      this.editor.bell();
      return;
    }
    const { cursor } = this.editor.buffer;
    this.#moveHistory(at);
    this.editor.buffer.cursor = Math.min(cursor, this.editor.buffer.length);
  }

  /** C-r and C-s: incremental search. */
  *#search(backward: boolean): Wait<Entered | undefined> {
    const search = yield* library(this.editor.sys, SEARCH);
    if (typeof search === 'number') {
      this.editor.bell();
      return undefined;
    }
    const { key, at } = yield* search.incrementalSearch(
      this.editor,
      backward,
      this.#historyAt,
      this.#searchText,
      (text) => {
        this.#searchText = text;
      },
    );
    this.#historyAt = at;
    if (key === undefined || key.name === 'escape') return undefined;
    return key.name === 'C-c' ? this.editor.interrupt() : yield* this.key(key);
  }

  // ---- completion

  /** Completes the word before the cursor; `list`: shows what is possible where it is not one thing. */
  *complete(list: boolean): Wait<void> {
    yield* this.editor.flush();
    const completing = yield* library(this.editor.sys, COMPLETING);
    const found = yield* this.editor.host.complete(this.editor.buffer.before());
    if (typeof completing === 'number' || !found || found.candidates.length === 0) {
      this.editor.bell();
      return;
    }
    const step = completing.completionStep(this.editor.buffer, found);
    if (step === 'changed') this.#tabs = 0;
    else if (step === 'ambiguous') {
      const { bindings } = this.editor.host;
      const many = Number(bindings.variable('completion-query-items')) || 0;
      if (list || bindings.isOn('show-all-if-unmodified'))
        yield* completing.listCandidates(this.editor, found.labels, many);
      else this.editor.bell();
    }
  }
}

/** A key as bindings name it: characters stand for themselves, the blank has a name. */
function typedName({ name, text }: Key): string {
  if (name !== 'text') return name;
  return text === ' ' ? 'SPC' : text;
}
