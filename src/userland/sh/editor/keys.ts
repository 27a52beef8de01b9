import { BLOCKED, EINTR } from '../../../abi/errno.ts';
import { POLLIN } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import { poll, type Wait } from '../../../libc/io.ts';

/**
 * A key as the editor's bindings name it: a printable character stands for itself; `C-a`, `M-f`, `M-C-h`; `up`, `down`,
 * `left`, `right`, `home`, `end`, `insert`, `delete`, `pageup`, `pagedown`, `C-left`…; `paste`; `eof`, `resize`.
 */
export interface Key {
  name: string;
  /** What was typed or pasted. */
  text: string;
}

const CSI: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'S-tab',
};
const TILDE: Readonly<Record<string, string>> = {
  '1': 'home',
  '2': 'insert',
  '3': 'delete',
  '4': 'end',
  '5': 'pageup',
  '6': 'pagedown',
  '7': 'home',
  '8': 'end',
};
/** How long an Escape waits for what may follow it, milliseconds. */
const ESCAPE_TIMEOUT = 500;
const MODIFIERS = ['', '', 'S-', 'M-', 'S-M-', 'C-', 'S-C-', 'M-C-', 'S-M-C-'];

/** Reads keys from a terminal in raw mode. */
export class KeyReader {
  #bytes: number[] = [];
  /** A signal came while it waited. */
  interrupted: () => boolean = () => false;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
  ) {}

  /** True where more input is already here (a paste, fast typing). */
  get pending(): boolean {
    return this.#bytes.length > 0;
  }

  /** Puts characters before what comes next, as if they were typed. */
  unread(text: string): void {
    this.#bytes.unshift(...encode(text));
  }

  *#fill(timeout?: number): Wait<'data' | 'end' | 'timeout' | 'signal'> {
    if (timeout !== undefined) {
      const r = yield* poll(this.sys, [{ fd: this.fd, events: POLLIN, revents: 0 }], timeout);
      if (r === 0) return 'timeout';
    }
    const buf = new Uint8Array(1024);
    for (;;) {
      const n = this.sys.read(this.fd, buf);
      if (n === BLOCKED) {
        yield;
        continue;
      }
      if (n === -EINTR) return 'signal';
      if (n <= 0) return 'end';
      for (let i = 0; i < n; i++) this.#bytes.push(buf[i]!);
      return 'data';
    }
  }

  *next(): Wait<Key> {
    while (this.#bytes.length === 0) {
      const got = yield* this.#fill();
      if (got === 'end') return { name: 'eof', text: '' };
      if (got === 'signal') return { name: 'signal', text: '' };
    }
    const byte = this.#bytes.shift()!;
    if (byte === 27) return yield* this.#escape();
    if (byte < 32 || byte === 127) return control(byte, '');
    return { name: 'text', text: yield* this.#character(byte) };
  }

  /** The rest of a UTF-8 character. */
  *#character(first: number): Wait<string> {
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    const bytes = [first];
    while (bytes.length < length) {
      if (this.#bytes.length === 0 && (yield* this.#fill(100)) !== 'data') break;
      bytes.push(this.#bytes.shift()!);
    }
    return decode(Uint8Array.from(bytes));
  }

  *#byte(): Wait<number> {
    if (this.#bytes.length === 0 && (yield* this.#fill(ESCAPE_TIMEOUT)) !== 'data') return -1;
    return this.#bytes.shift()!;
  }

  *#escape(): Wait<Key> {
    const next = yield* this.#byte();
    if (next === -1) return { name: 'escape', text: '\x1b' };
    if (next === 91) return yield* this.#csi();
    if (next === 79) {
      const last = yield* this.#byte();
      return { name: CSI[String.fromCharCode(last)] ?? 'unknown', text: '' };
    }
    if (next === 27) {
      const inner = yield* this.#escape();
      return { name: `M-${inner.name}`, text: inner.text };
    }
    if (next < 32 || next === 127) return control(next, 'M-');
    const text = yield* this.#character(next);
    return { name: `M-${text}`, text };
  }

  *#csi(): Wait<Key> {
    let parameters = '';
    for (;;) {
      const byte = yield* this.#byte();
      if (byte === -1) return { name: 'unknown', text: '' };
      if (byte >= 0x40 && byte <= 0x7e && !(byte === 91 && parameters === '')) {
        return yield* this.#sequence(parameters, String.fromCharCode(byte));
      }
      parameters += String.fromCharCode(byte);
    }
  }

  *#sequence(parameters: string, final: string): Wait<Key> {
    const [first, modifier] = parameters.split(';') as [string, string | undefined];
    const prefix = MODIFIERS[Number(modifier ?? '1')] ?? '';
    if (final === '~') {
      if (first === '200') return { name: 'paste', text: yield* this.#paste() };
      return { name: prefix + (TILDE[first] ?? 'unknown'), text: '' };
    }
    const name = CSI[final];
    return { name: name === undefined ? 'unknown' : prefix + name, text: '' };
  }

  /** Text up to the end of a bracketed paste. */
  *#paste(): Wait<string> {
    const bytes: number[] = [];
    const end = [27, 91, 50, 48, 49, 126];
    for (;;) {
      if (this.#bytes.length === 0) {
        const got = yield* this.#fill();
        if (got === 'end') break;
        continue;
      }
      bytes.push(this.#bytes.shift()!);
      if (end.every((byte, i) => bytes[bytes.length - end.length + i] === byte)) {
        bytes.length -= end.length;
        break;
      }
    }
    return decode(Uint8Array.from(bytes)).replace(/\r\n?/g, '\n');
  }
}

function control(byte: number, prefix: string): Key {
  const text = String.fromCharCode(byte);
  if (byte === 127) return { name: `${prefix}backspace`, text };
  if (byte === 9) return { name: `${prefix}tab`, text };
  if (byte === 13 || byte === 10) return { name: byte === 13 ? `${prefix}enter` : `${prefix}C-j`, text };
  if (byte === 0) return { name: `${prefix}C-@`, text };
  if (byte === 31) return { name: `${prefix}C-_`, text };
  return { name: `${prefix}C-${String.fromCharCode(byte + 96)}`, text };
}
