import type { Winsize } from '../../abi/termios.ts';
import type { Tty } from './tty.ts';

/** A master held by the host: a terminal of the page, or of `drydock shell -t`. */
export interface HostPty {
  /** Path of the slave, `/dev/pts/0`. */
  readonly slavePath: string;
  /** Bytes typed; echo and signals happen before it returns. @returns bytes taken; with less than all wait for `onRoom` */
  write(bytes: Uint8Array): number;
  /** Called with output (the bytes are the callee's), never with more than the window. One callback; set it before the slave is opened. */
  onOutput(take: (bytes: Uint8Array) => void): void;
  /** Bytes that may be delivered from now on, besides those delivered already; Infinity (at first) for no limit. */
  setWindow(bytes: number): void;
  /** Called when output was dropped (a signal key without NOFLSH, tcflush(3)). */
  onFlush(call: () => void): void;
  /** Called when input is taken again. */
  onRoom(call: () => void): void;
  resize(cols: number, rows: number): void;
  size(): Winsize;
  /** Bytes of output that wait. */
  pending(): number;
  /** Hangs up: SIGHUP to the session. */
  close(): void;
}

/** Holds the master of `tty` for the host. @param closed called after the hangup */
export function holdMaster(tty: Tty, size: Winsize, closed: () => void): HostPty {
  let window = Number.POSITIVE_INFINITY;
  let take: ((bytes: Uint8Array) => void) | undefined;
  tty.winsize = { ...size };
  tty.output.sink = (bytes) => {
    if (take === undefined || window <= 0) return 0;
    const n = Math.min(bytes.length, window);
    window -= n;
    take(bytes.slice(0, n));
    return n;
  };
  return {
    slavePath: `/dev/${tty.name}`,
    write: (bytes) => tty.receive(bytes),
    onOutput(callback) {
      take = callback;
      tty.output.push();
    },
    setWindow(bytes) {
      window = bytes;
      tty.output.push();
    },
    onFlush(call) {
      tty.output.onClear = call;
    },
    onRoom(call) {
      tty.onInputRoom = call;
    },
    resize: (cols, rows) => tty.resize({ cols, rows }),
    size: () => ({ ...tty.winsize }),
    pending: () => tty.output.length,
    close() {
      tty.hangup();
      closed();
    },
  };
}
