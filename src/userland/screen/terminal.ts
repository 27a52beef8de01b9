import { EINTR } from '../../abi/errno.ts';
import { O_RDONLY, POLLIN } from '../../abi/flags.ts';
import { SIGWINCH } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { makeRaw, TCSADRAIN, TCSANOW, type Termios } from '../../abi/termios.ts';
import { decode } from '../../lib/utf8.ts';
import { open, poll, read, type Wait, writeAll } from '../../libc/io.ts';

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'Up',
  '[B': 'Down',
  '[C': 'Right',
  '[D': 'Left',
  OA: 'Up',
  OB: 'Down',
  OC: 'Right',
  OD: 'Left',
  '[H': 'Home',
  '[F': 'End',
  OH: 'Home',
  OF: 'End',
  '[1~': 'Home',
  '[4~': 'End',
  '[2~': 'Insert',
  '[3~': 'Delete',
  '[5~': 'PageUp',
  '[6~': 'PageDown',
};

/** A terminal whose keys are read one by one. Keys are characters, `C-x`, or names (`Esc`, `Enter`, `Up`, `Resize`, `End-of-file`). */
export class Terminal {
  private saved: Termios | undefined;
  private bytes: Uint8Array = new Uint8Array(0);
  private resized = false;
  private readonly buf = new Uint8Array(256);

  private constructor(
    readonly sys: Sys,
    private readonly input: number,
    private readonly output: number,
  ) {}

  /** Takes the terminal for keys: stdin where it is one, else /dev/tty. @returns undefined where there is none */
  static *take(sys: Sys): Wait<Terminal | undefined> {
    let input = 0;
    if (!sys.isatty(0)) {
      input = yield* open(sys, '/dev/tty', O_RDONLY);
      if (input < 0) return undefined;
    }
    const terminal = new Terminal(sys, input, sys.isatty(1) ? 1 : input);
    const settings = sys.tcgetattr(input);
    if (typeof settings === 'number') return undefined;
    terminal.saved = settings;
    while (sys.tcsetattr(input, TCSANOW, makeRaw(settings)) <= -4096) yield;
    sys.sigaction(SIGWINCH, () => {
      terminal.resized = true;
    });
    return terminal;
  }

  /** Gives the terminal back as it was. */
  *release(): Wait<void> {
    if (!this.saved) return;
    let r: number;
    do {
      r = this.sys.tcsetattr(this.input, TCSADRAIN, this.saved);
      if (r <= -4096) yield;
    } while (r <= -4096);
  }

  size(): { rows: number; cols: number } {
    const size = this.sys.tiocgwinsz(this.output);
    return typeof size === 'number' || size.rows === 0 || size.cols === 0 ? { rows: 24, cols: 80 } : size;
  }

  *write(text: string): Wait<void> {
    yield* writeAll(this.sys, this.output, text);
  }

  /** @returns whether there are bytes; false after `timeout` ms */
  private *fill(timeout: number): Wait<boolean | 'interrupted' | 'end'> {
    if (this.bytes.length > 0) return true;
    if (timeout >= 0) {
      const ready = yield* poll(this.sys, [{ fd: this.input, events: POLLIN, revents: 0 }], timeout);
      if (ready === -EINTR) return 'interrupted';
      if (ready <= 0) return false;
    }
    const n = yield* read(this.sys, this.input, this.buf);
    if (n === -EINTR) return 'interrupted';
    if (n <= 0) return 'end';
    this.bytes = this.buf.slice(0, n);
    return true;
  }

  /** The next key. @returns undefined after `timeout` ms without one */
  *key(timeout = -1): Wait<string | undefined> {
    for (;;) {
      if (this.resized) {
        this.resized = false;
        return 'Resize';
      }
      const got = yield* this.fill(timeout);
      if (got === 'end') return 'End-of-file';
      if (got === 'interrupted') continue;
      if (!got) return undefined;
      break;
    }
    const first = this.bytes[0]!;
    if (first === 27) return yield* this.escape();
    if (first === 13 || first === 10) return this.took(1, 'Enter');
    if (first === 127 || first === 8) return this.took(1, 'Backspace');
    if (first === 9) return this.took(1, '\t');
    if (first < 32) return this.took(1, `C-${String.fromCharCode(first + 96)}`);
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    while (this.bytes.length < length) {
      const kept = this.bytes;
      this.bytes = new Uint8Array(0);
      if ((yield* this.fill(50)) !== true) {
        this.bytes = kept;
        break;
      }
      const all = new Uint8Array(kept.length + this.bytes.length);
      all.set(kept);
      all.set(this.bytes, kept.length);
      this.bytes = all;
    }
    return this.took(length, decode(this.bytes, 0, Math.min(length, this.bytes.length)));
  }

  private took(n: number, key: string): string {
    this.bytes = this.bytes.subarray(n);
    return key;
  }

  private *escape(): Wait<string> {
    this.bytes = this.bytes.subarray(1);
    if ((yield* this.fill(50)) !== true) return 'Esc';
    const text = decode(this.bytes, 0, Math.min(8, this.bytes.length));
    const m = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(text);
    if (!m) return 'Esc';
    this.bytes = this.bytes.subarray(m[0].length);
    return SEQUENCES[m[0].replace(/;\d+/, '')] ?? 'Unknown';
  }
}
