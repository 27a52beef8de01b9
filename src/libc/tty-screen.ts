import { BLOCKED, EINTR } from '../abi/errno.ts';
import { O_RDWR, POLLHUP, POLLIN } from '../abi/flags.ts';
import { SIG_DFL, SIGWINCH } from '../abi/signal.ts';
import type { PollFd, Sys } from '../abi/sys.ts';
import { cloneTermios, ISIG, makeRaw, TCSADRAIN, type Termios } from '../abi/termios.ts';
import { decode, incompleteTail } from '../lib/utf8.ts';
import { open, read, type Wait, writeAll } from './io.ts';

/** A key: a character, or the name of one that sends a sequence. `resize`: the window's size changed; `eof`: the terminal is gone; `timeout`. */
export type Key = string;

const SEQUENCES: Readonly<Record<string, Key>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[2~': 'insert',
  '[3~': 'delete',
  '[4~': 'end',
  '[5~': 'pageup',
  '[6~': 'pagedown',
  '[7~': 'home',
  '[8~': 'end',
};
/** Milliseconds in which the rest of a sequence must follow ESC. */
const ESCAPE_WAIT = 50;

/** The controlling terminal of a full-screen program: raw keys in, text out. */
export class TtyScreen {
  #saved: Termios | undefined;
  #pending = '';
  #resized = false;
  #buf = new Uint8Array(1024);
  #tail = 0;

  private constructor(
    readonly sys: Sys,
    readonly fd: number,
  ) {}

  /** @returns undefined where the process has no terminal */
  static *open(sys: Sys): Wait<TtyScreen | undefined> {
    const fd = yield* open(sys, '/dev/tty', O_RDWR);
    return fd < 0 ? undefined : new TtyScreen(sys, fd);
  }

  /** Raw mode. With `signals`, ^C and ^Z still send them. */
  *enter(signals = false): Wait<void> {
    const old = this.sys.tcgetattr(this.fd);
    if (typeof old === 'number') return;
    this.#saved ??= cloneTermios(old);
    const raw = makeRaw(old);
    if (signals) raw.lflag |= ISIG;
    yield* this.#set(raw);
    this.sys.sigaction(SIGWINCH, () => {
      this.#resized = true;
    });
  }

  /** The terminal as it was. */
  *leave(): Wait<void> {
    if (this.#saved) yield* this.#set(this.#saved);
    this.sys.sigaction(SIGWINCH, SIG_DFL);
  }

  *#set(termios: Termios): Wait<void> {
    while (this.sys.tcsetattr(this.fd, TCSADRAIN, termios) === BLOCKED) yield;
  }

  size(): { rows: number; cols: number } {
    const size = this.sys.tiocgwinsz(this.fd);
    return typeof size === 'number' ? { rows: 24, cols: 80 } : { rows: size.rows || 24, cols: size.cols || 80 };
  }

  write(text: string): Wait<number> {
    return writeAll(this.sys, this.fd, text);
  }

  /** The next key. @param timeout milliseconds, -1: none */
  *key(timeout = -1): Wait<Key> {
    if (this.#pending === '') {
      const r = yield* this.#fill(timeout);
      if (r !== '') return r;
    }
    if (this.#pending[0] !== '\x1b') return this.#take([...this.#pending][0]!.length);
    if (this.#pending.length === 1) yield* this.#fill(ESCAPE_WAIT);
    const m = /^\x1b(\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(this.#pending);
    if (!m) return this.#take(1);
    this.#pending = this.#pending.slice(m[0].length);
    return SEQUENCES[m[1]!] ?? SEQUENCES[m[1]!.replace(/^\[\d*;\d+/, '[')] ?? 'unknown';
  }

  #take(length: number): Key {
    const key = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    return key;
  }

  /** Waits for input. @returns '' when some came, else what happened */
  *#fill(timeout: number): Wait<Key> {
    for (;;) {
      if (this.#resized) {
        this.#resized = false;
        return 'resize';
      }
      const fds: PollFd[] = [{ fd: this.fd, events: POLLIN, revents: 0 }];
      let r: number;
      while ((r = this.sys.poll(fds, timeout)) === BLOCKED) yield;
      if (r === -EINTR) {
        if (timeout >= 0 && !this.#resized) return 'timeout';
        continue;
      }
      if (r === 0) return 'timeout';
      if ((fds[0]!.revents & (POLLIN | POLLHUP)) === 0) return 'eof';
      const n = yield* read(this.sys, this.fd, this.#buf.subarray(this.#tail));
      if (n === -EINTR) continue;
      if (n <= 0) return 'eof';
      const end = this.#tail + n;
      this.#tail = incompleteTail(this.#buf, end);
      this.#pending += decode(this.#buf, 0, end - this.#tail);
      this.#buf.copyWithin(0, end - this.#tail, end);
      if (this.#pending !== '') return '';
    }
  }
}
