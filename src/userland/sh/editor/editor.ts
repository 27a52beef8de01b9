import { BLOCKED } from '../../../abi/errno.ts';
import type { Library } from '../../../abi/library.ts';
import type { Sys } from '../../../abi/sys.ts';
import { makeRaw, OPOST, TCSADRAIN, type Termios } from '../../../abi/termios.ts';
import { library, type Wait, writeAll } from '../../../libc/io.ts';
import { Buffer } from './buffer.ts';
import { Display } from './display.ts';
import type { EmacsKeys } from './emacs.ts';
import type { Entered } from './entered.ts';
import type { EditorHost } from './host.ts';
import { type Key, KeyReader } from './keys.ts';
import type { ViMode } from './vi.ts';

/** What is done with keys: a prompt needs none of it. */
const EMACS: Library<typeof import('./emacs.ts')> = { name: 'readline/emacs', load: () => import('./emacs.ts') };
const VI: Library<typeof import('./vi.ts')> = { name: 'readline/vi', load: () => import('./vi.ts') };

/** To be loaded when there is time. */
export const MORE_KEYS: readonly Library<object>[] = [EMACS, VI];

/** A line editor with readline's emacs keys (or vi's), for one terminal. */
export class Editor {
  readonly buffer = new Buffer();
  readonly keys: KeyReader;
  display: Display;
  #out = '';
  #emacs: EmacsKeys | undefined;
  #vi: ViMode | undefined;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
    /** Where it draws. */
    readonly output: number,
    readonly host: EditorHost,
  ) {
    this.keys = new KeyReader(sys, fd);
    this.display = new Display((text) => this.write(text), this.#columns());
  }

  write(text: string): void {
    this.#out += text;
  }

  *flush(): Wait<void> {
    if (this.#out === '') return;
    const text = this.#out;
    this.#out = '';
    yield* writeAll(this.sys, this.output, text);
  }

  #columns(): number {
    const size = this.sys.tiocgwinsz(this.fd);
    return typeof size === 'number' || size.cols === 0 ? 80 : size.cols;
  }

  get #bracketedPaste(): boolean {
    return this.host.bracketedPaste && this.host.bindings.isOn('enable-bracketed-paste');
  }

  bell(): void {
    if (this.host.bindings.variable('bell-style') === 'audible') this.write('\x07');
  }

  /** Reads one line. The terminal is in raw mode meanwhile. */
  *read(prompt: string): Wait<Entered> {
    const saved = this.sys.tcgetattr(this.fd);
    if (typeof saved === 'number') return { kind: 'eof' };
    const raw = makeRaw(saved);
    raw.oflag |= saved.oflag & OPOST;
    yield* this.#settings(raw);
    this.buffer.clear();
    this.#emacs?.begin();
    this.display.columns = this.#columns();
    if (this.#bracketedPaste) this.write('\x1b[?2004h');
    this.display.begin(prompt);
    this.#vi?.begin();
    const result = yield* this.#loop();
    this.write(this.#bracketedPaste ? '\x1b[?2004l\r' : '');
    yield* this.flush();
    yield* this.#settings(saved);
    return result;
  }

  *#settings(termios: Termios): Wait<void> {
    while (this.sys.tcsetattr(this.fd, TCSADRAIN, termios) === BLOCKED) yield;
  }

  *#loop(): Wait<Entered> {
    for (;;) {
      if (!this.keys.pending) yield* this.flush();
      const key = yield* this.keys.next();
      if (key.name === 'signal') {
        const columns = this.#columns();
        if (columns !== this.display.columns) this.display.resize(columns, this.buffer.cells, this.buffer.cursor);
        if (yield* this.host.signal()) return { kind: 'ended' };
        continue;
      }
      if (key.name === 'eof') return { kind: 'eof' };
      const done = this.host.mode() === 'vi' ? yield* this.#viKey(key) : yield* this.key(key);
      if (done) return done;
      this.refresh();
    }
  }

  /** What a key of the emacs bindings does. @returns how the line ended, undefined where it goes on */
  *key(key: Key): Wait<Entered | undefined> {
    if (!this.#emacs) {
      const emacs = yield* library(this.sys, EMACS);
      if (typeof emacs === 'number') {
        this.bell();
        return undefined;
      }
      this.#emacs = new emacs.EmacsKeys(this);
    }
    return yield* this.#emacs.key(key);
  }

  *#viKey(key: Key): Wait<Entered | undefined> {
    if (!this.#vi) {
      const [vi, emacs] = [yield* library(this.sys, VI), yield* library(this.sys, EMACS)];
      if (typeof vi === 'number' || typeof emacs === 'number') return yield* this.key(key);
      this.#emacs ??= new emacs.EmacsKeys(this);
      this.#vi = new vi.ViMode(this);
    }
    return yield* this.#vi.key(key);
  }

  /** Puts text into the kill ring. */
  kill(text: string): void {
    this.#emacs?.kill(text);
  }

  moveHistory(by: number): void {
    this.#emacs?.moveHistory(by);
  }

  refresh(): void {
    this.display.update(this.buffer.cells, this.buffer.cursor);
  }

  /** Ends the reading with the line as it is. */
  accept(): Entered {
    this.refresh();
    this.display.finish();
    return { kind: 'line', text: this.buffer.text };
  }

  interrupt(): Entered {
    this.display.toEnd();
    this.write('^C\n');
    return { kind: 'interrupt' };
  }
}
