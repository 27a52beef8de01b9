import { SIGINT, SIGQUIT, SIGTSTP } from '../../abi/signal.ts';
import {
  ECHO,
  ECHOCTL,
  ECHOE,
  ECHOK,
  ECHOKE,
  ECHONL,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IUTF8,
  IXANY,
  IXON,
  NOFLSH,
  type Termios,
  VEOF,
  VEOL,
  VERASE,
  VINTR,
  VKILL,
  VLNEXT,
  VQUIT,
  VREPRINT,
  VSTART,
  VSTOP,
  VSUSP,
  VWERASE,
} from '../../abi/termios.ts';
import { decode } from '../../lib/utf8.ts';
import { textWidth } from '../../lib/wcwidth.ts';
import { signalGroup } from '../task/signals.ts';
import type { ProcessGroup } from '../task/task.ts';
import type { OutputQueue } from './output-queue.ts';

/** Longest line of canonical mode, without its end. */
const LINE_MAX = 4095;
const NEWLINE = 10;
const RETURN = 13;
const TAB = 9;
const BELL = 7;

/** What of a terminal the input side needs. */
interface Owner {
  readonly termios: Termios;
  readonly output: OutputQueue;
  readonly foreground: ProcessGroup | undefined;
  addReady(bytes: Uint8Array, line: boolean): void;
  flushInput(): void;
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;
const isControl = (byte: number): boolean => byte < 32 || byte === 127;

/** The input side of the line discipline: special characters, editing and echo (termios(3)). */
export class InputLine {
  readonly #tty: Owner;
  /** The line being typed. */
  #line: number[] = [];
  /** Column where it began. */
  #start = 0;
  /** The next character is taken as it is (VLNEXT). */
  #literal = false;
  /** Raw bytes of this call. */
  #raw: number[] = [];

  constructor(tty: Owner) {
    this.#tty = tty;
  }

  clear(): void {
    this.#line = [];
    this.#raw = [];
    this.#literal = false;
  }

  get length(): number {
    return this.#line.length;
  }

  /** ICANON was switched off: what was typed of a line can be read. */
  release(): void {
    if (this.#line.length === 0) return;
    this.#tty.addReady(Uint8Array.from(this.#line), false);
    this.#line = [];
  }

  /** One byte from the master. */
  receive(typed: number): void {
    const { iflag, lflag, cc } = this.#tty.termios;
    const { output } = this.#tty;
    let byte = iflag & ISTRIP ? typed & 0x7f : typed;
    if (this.#literal) {
      this.#literal = false;
      this.#insert(byte);
      return;
    }
    if (iflag & IXON) {
      if (byte === cc[VSTART]) {
        this.#go();
        return;
      }
      if (byte === cc[VSTOP]) {
        output.stopped = true;
        return;
      }
      if (output.stopped && iflag & IXANY) this.#go();
    }
    if (lflag & ISIG && this.#signal(byte)) return;
    if (byte === RETURN) {
      if (iflag & IGNCR) return;
      if (iflag & ICRNL) byte = NEWLINE;
    } else if (byte === NEWLINE && iflag & INLCR) byte = RETURN;
    if ((lflag & ICANON) === 0) {
      this.#raw.push(byte);
      if (lflag & ECHO) this.#echo(byte);
      return;
    }
    if (!this.#edit(byte)) this.#insert(byte);
  }

  /** After the last byte of a call: raw input is given on at once. */
  flush(): void {
    if (this.#raw.length === 0) return;
    const bytes = Uint8Array.from(this.#raw);
    this.#raw = [];
    this.#tty.addReady(bytes, false);
  }

  #go(): void {
    this.#tty.output.stopped = false;
    this.#tty.output.push();
  }

  /** INTR, QUIT, SUSP: what was typed and what waits for the screen is dropped, the foreground group gets the signal. */
  #signal(byte: number): boolean {
    const { cc, lflag } = this.#tty.termios;
    if (byte === 0) return false;
    let signal: number;
    if (byte === cc[VINTR]) signal = SIGINT;
    else if (byte === cc[VQUIT]) signal = SIGQUIT;
    else if (byte === cc[VSUSP]) signal = SIGTSTP;
    else return false;
    if ((lflag & NOFLSH) === 0) {
      this.#raw = [];
      this.#tty.flushInput();
      this.#tty.output.clear();
    }
    this.#go();
    if (lflag & ECHO) this.#echo(byte);
    this.#tty.output.push();
    if (this.#tty.foreground) signalGroup(this.#tty.foreground, signal, 'tty');
    return true;
  }

  /** Characters that edit or end the line. @returns false: it is an ordinary one */
  #edit(byte: number): boolean {
    const { cc, lflag } = this.#tty.termios;
    if (byte === NEWLINE) {
      if (lflag & (ECHO | ECHONL)) this.#tty.output.putByte(NEWLINE);
      this.#finish(NEWLINE);
      return true;
    }
    if (byte === 0) return false;
    if (byte === cc[VEOF]) {
      this.#finish(undefined);
      return true;
    }
    if (byte === cc[VEOL]) {
      if (lflag & ECHO) this.#echo(byte);
      this.#finish(byte);
      return true;
    }
    if (byte === cc[VERASE]) {
      this.#erase(1);
      return true;
    }
    if (byte === cc[VKILL]) {
      this.#kill();
      return true;
    }
    if ((lflag & IEXTEN) === 0) return false;
    if (byte === cc[VWERASE]) {
      this.#erase(this.#wordLength());
      return true;
    }
    if (byte === cc[VLNEXT]) {
      this.#literal = true;
      if ((lflag & (ECHO | ECHOCTL)) === (ECHO | ECHOCTL)) this.#tty.output.put(Uint8Array.of(0x5e, 8));
      return true;
    }
    if (byte === cc[VREPRINT] && lflag & ECHO) {
      this.#echo(byte);
      this.#tty.output.putByte(NEWLINE);
      this.#start = 0;
      for (const typed of this.#line) this.#echo(typed);
      return true;
    }
    return false;
  }

  #insert(byte: number): void {
    const { lflag } = this.#tty.termios;
    if (this.#line.length >= LINE_MAX) {
      this.#tty.output.putByte(BELL);
      return;
    }
    if (this.#line.length === 0) this.#start = this.#tty.output.column;
    if ((lflag & ICANON) === 0) {
      this.#raw.push(byte);
      if (lflag & ECHO) this.#echo(byte);
      return;
    }
    this.#line.push(byte);
    if (lflag & ECHO) this.#echo(byte);
  }

  #finish(end: number | undefined): void {
    if (end !== undefined) this.#line.push(end);
    this.#tty.addReady(Uint8Array.from(this.#line), true);
    this.#line = [];
  }

  #echo(byte: number): void {
    const { output, termios } = this.#tty;
    if ((termios.lflag & ECHOCTL) !== 0 && isControl(byte) && byte !== TAB && byte !== NEWLINE) {
      output.put(Uint8Array.of(0x5e, byte ^ 0x40));
    } else output.putByte(byte);
  }

  /** Characters back to the beginning of the last word: blanks, then what is no blank. */
  #wordLength(): number {
    const units = this.#characters();
    let n = 0;
    const isBlank = (c: readonly number[]): boolean => c[0] === 32 || c[0] === TAB;
    while (n < units.length && isBlank(units[units.length - 1 - n]!)) n++;
    while (n < units.length && !isBlank(units[units.length - 1 - n]!)) n++;
    return n;
  }

  /** The line in characters: UTF-8 sequences with IUTF8, bytes otherwise. */
  #characters(): number[][] {
    const utf8 = (this.#tty.termios.iflag & IUTF8) !== 0;
    const out: number[][] = [];
    for (const byte of this.#line) {
      const last = out[out.length - 1];
      if (utf8 && isContinuation(byte) && last !== undefined) last.push(byte);
      else out.push([byte]);
    }
    return out;
  }

  #erase(count: number): void {
    const { lflag, cc } = this.#tty.termios;
    const units = this.#characters();
    for (let i = 0; i < count; i++) {
      const unit = units.pop();
      if (unit === undefined) return;
      this.#line.length -= unit.length;
      if ((lflag & ECHO) === 0) continue;
      if (lflag & ECHOE) this.#rubOut(unit);
      else this.#echo(cc[VERASE]!);
    }
  }

  #kill(): void {
    const { lflag, cc } = this.#tty.termios;
    if ((lflag & ECHO) !== 0 && (lflag & ECHOKE) !== 0 && (lflag & ECHOE) !== 0) {
      this.#erase(this.#line.length);
      return;
    }
    this.#line = [];
    if ((lflag & ECHO) === 0) return;
    this.#echo(cc[VKILL]!);
    if (lflag & ECHOK) this.#tty.output.putByte(NEWLINE);
  }

  /** Takes a character from the screen. */
  #rubOut(unit: readonly number[]): void {
    const { output } = this.#tty;
    const before = output.column;
    let cells: number;
    if (unit[0] === TAB) cells = Math.max(1, before - this.#columnAfterLine());
    else cells = this.#cells(unit);
    for (let i = 0; i < cells; i++) {
      if (unit[0] === TAB) output.putByte(8);
      else output.put(Uint8Array.of(8, 32, 8));
    }
  }

  #cells(unit: readonly number[]): number {
    const first = unit[0]!;
    if (isControl(first)) return this.#tty.termios.lflag & ECHOCTL ? 2 : 0;
    return first < 0x80 ? 1 : textWidth(decode(Uint8Array.from(unit)));
  }

  #columnAfterLine(): number {
    let column = this.#start;
    for (const unit of this.#characters()) {
      if (unit[0] === TAB) column = (column | 7) + 1;
      else column += this.#cells(unit);
    }
    return column;
  }
}
