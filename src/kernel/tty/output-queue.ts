import { OCRNL, ONLCR, OPOST } from '../../abi/termios.ts';
import { WaitQueue } from '../wait-queue.ts';

/** Bytes that wait for the master before writers have to. */
const LIMIT = 32768;
const NEWLINE = 10;
const RETURN = 13;
const TAB = 9;
const BACKSPACE = 8;

/** What of a terminal the output side needs. */
interface Owner {
  readonly termios: { oflag: number };
  readonly writable: WaitQueue;
}

/** What goes from a terminal to its master: output processing (OPOST), flow control, a bounded queue. */
export class OutputQueue {
  readonly #tty: Owner;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** IXON: stopped by ^S. */
  stopped = false;
  /** Column of the cursor, as far as the line discipline knows it. */
  column = 0;
  /** Woken when there is something for the master. */
  readonly filled = new WaitQueue();
  /** A host that holds the master takes bytes here. @returns how many it takes */
  sink: ((bytes: Uint8Array) => number) | undefined = undefined;
  /** Told when what waits is dropped: what the host has of it and did not show is stale too. */
  onClear: (() => void) | undefined = undefined;

  constructor(tty: Owner) {
    this.#tty = tty;
  }

  get length(): number {
    return this.#bytes;
  }

  get room(): number {
    return this.stopped ? 0 : Math.max(0, LIMIT - this.#bytes);
  }

  /** Takes output of a program as far as there is room. @returns bytes taken */
  write(bytes: Uint8Array): number {
    const room = this.room;
    if (room === 0) return 0;
    const taken = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.put(taken);
    this.push();
    return taken.length;
  }

  /** Output or echo, processed; the queue may go over its limit a little. */
  put(bytes: Uint8Array): void {
    const { oflag } = this.#tty.termios;
    const crlf = (oflag & OPOST) !== 0 && (oflag & (ONLCR | OCRNL)) !== 0;
    this.#track(bytes);
    this.#add(crlf ? translate(bytes, oflag) : bytes.slice());
  }

  /** Echo of one character. */
  putByte(byte: number): void {
    this.put(Uint8Array.of(byte));
  }

  #add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }

  #track(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === NEWLINE || byte === RETURN) this.column = 0;
      else if (byte === TAB) this.column = (this.column | 7) + 1;
      else if (byte === BACKSPACE) this.column = Math.max(0, this.column - 1);
      else if (byte >= 32 && (byte & 0xc0) !== 0x80) this.column++;
    }
  }

  /** Hands what waits to the master. */
  push(): void {
    if (this.stopped || this.#bytes === 0) return;
    if (this.sink === undefined) {
      this.filled.wakeAll();
      return;
    }
    while (this.#chunks.length > 0) {
      const all = this.#chunks.length === 1 ? this.#chunks[0]! : join(this.#chunks, this.#bytes);
      this.#chunks = [all];
      const n = this.sink(all);
      if (n <= 0) break;
      this.#drop(n);
    }
    if (this.room > 0) this.#tty.writable.wakeAll();
  }

  /** read(2) of the master. @returns bytes given, 0: none */
  read(into: Uint8Array): number {
    if (this.stopped) return 0;
    let n = 0;
    while (n < into.length && this.#chunks.length > 0) {
      const first = this.#chunks[0]!;
      const part = Math.min(into.length - n, first.length);
      into.set(part === first.length ? first : first.subarray(0, part), n);
      n += part;
      this.#drop(part);
    }
    if (n > 0 && this.room > 0) this.#tty.writable.wakeAll();
    return n;
  }

  #drop(n: number): void {
    const first = this.#chunks[0]!;
    this.#bytes -= n;
    if (n >= first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(n);
  }

  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
    this.onClear?.();
    this.#tty.writable.wakeAll();
  }
}

function join(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const out = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** ONLCR and OCRNL. */
function translate(bytes: Uint8Array, oflag: number): Uint8Array {
  let newlines = 0;
  for (const byte of bytes) if (byte === NEWLINE) newlines++;
  const expand = (oflag & ONLCR) !== 0;
  const out = new Uint8Array(bytes.length + (expand ? newlines : 0));
  let at = 0;
  for (const byte of bytes) {
    if (byte === NEWLINE && expand) out[at++] = RETURN;
    out[at++] = byte === RETURN && (oflag & OCRNL) !== 0 ? NEWLINE : byte;
  }
  return out;
}
