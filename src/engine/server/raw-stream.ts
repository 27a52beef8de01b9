import { SHUT_RDWR, SHUT_WR } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { read, type Wait, writeAll } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';

/** A connection that carries bytes both ways; each thread that uses it brings its own `sys`. */
export interface ClientStream {
  readonly fd: number;
  /** The other side takes nothing any more. */
  broken: boolean;
  /** What the client sends; undefined at the end. */
  read(sys: Sys, buffer: Uint8Array): Wait<Uint8Array | undefined>;
  /** @returns false where the client is gone */
  write(sys: Sys, bytes: Uint8Array): Wait<boolean>;
  /** Runs `body` in a thread of its own; the connection stays open until it has ended. */
  readInThread(sys: Sys, body: (sys: Sys) => Wait<void>): void;
  /** The output is over; what the client sends is still read. */
  closeWrite(sys: Sys): Wait<void>;
}

/** A hijacked connection; each thread that uses it brings its own `sys`. */
export class RawStream implements ClientStream {
  readonly fd: number;
  /** The other side takes nothing any more. */
  broken = false;
  /** Threads that read from it. */
  #readers = 0;
  readonly #changed: Condition = new Condition();
  readonly #early: Uint8Array[];

  constructor(fd: number, early: Uint8Array[]) {
    this.fd = fd;
    this.#early = early;
  }

  /** What the client sends; undefined at the end. */
  *read(sys: Sys, buffer: Uint8Array): Wait<Uint8Array | undefined> {
    const early = this.#early.shift();
    if (early) return early;
    const n = yield* read(sys, this.fd, buffer);
    return n <= 0 ? undefined : buffer.subarray(0, n);
  }

  *write(sys: Sys, bytes: Uint8Array): Wait<boolean> {
    if (this.broken) return false;
    const r = yield* writeAll(sys, this.fd, bytes);
    if (r < 0) this.broken = true;
    return r >= 0;
  }

  /** Runs `body` in a thread of its own; the connection stays open until it has ended. */
  readInThread(sys: Sys, body: (sys: Sys) => Wait<void>): void {
    const raw = this;
    this.#readers++;
    const tid = sys.thread(function* (own) {
      try {
        yield* body(own);
      } finally {
        raw.#readers--;
        raw.#changed.notify(own);
      }
      return 0;
    });
    if (tid < 0) this.#readers--;
  }

  /** Ends the connection for both sides; comes back when nobody reads from it any more. */
  *end(sys: Sys): Wait<void> {
    sys.shutdown(this.fd, SHUT_RDWR);
    while (this.#readers > 0) yield* this.#changed.wait(sys);
  }

  /** The output is over; what the client sends is still read. */
  *closeWrite(sys: Sys): Wait<void> {
    sys.shutdown(this.fd, SHUT_WR);
  }
}
