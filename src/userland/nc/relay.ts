import { EAGAIN, EINTR } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC, POLLIN } from '../../abi/flags.ts';
import { SHUT_WR } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { poll, read, type Wait, writeAll } from '../../libc/io.ts';

export interface RelayOptions {
  /** -1: stdin is not read. */
  input: number;
  output: number;
  /** The end of stdin closes the sending side. */
  shutdownAtEnd: boolean;
  /** Milliseconds that it goes on after the end of stdin; undefined: until the other side ends. */
  lingerAfterEnd?: number;
  /** The other side's end ends it even while stdin is open. */
  endWithPeer: boolean;
  /** Milliseconds without a byte from the other side. */
  idle?: number;
  /** Datagrams: there is no end, and errors are waited out. */
  datagrams: boolean;
  /** Lines end in CR LF. */
  crlf: boolean;
}

/** Copies stdin to the socket and the socket to stdout. @returns 0, or -errno of the socket */
export function* relay(sys: Sys, socket: number, options: RelayOptions): Wait<number> {
  const buf = new Uint8Array(65_536);
  let inputOpen = options.input >= 0;
  let until = Number.POSITIVE_INFINITY;
  for (;;) {
    const fds = [
      { fd: inputOpen ? options.input : -1, events: POLLIN, revents: 0 },
      { fd: socket, events: POLLIN, revents: 0 },
    ];
    const left = Math.min(until - sys.now(CLOCK_MONOTONIC), options.idle ?? Number.POSITIVE_INFINITY);
    const ready = yield* poll(sys, fds, Number.isFinite(left) ? Math.max(0, left) : -1);
    if (ready === -EINTR) continue;
    if (ready <= 0) return ready;
    if (fds[1]!.revents !== 0) {
      const n = yield* read(sys, socket, buf);
      if (n < 0 && n !== -EAGAIN) return n;
      if (n === 0 && !options.datagrams && (options.endWithPeer || !inputOpen)) return 0;
      if (n === 0 && !options.datagrams) return yield* inputOnly(sys, socket, options);
      if (n > 0) yield* writeAll(sys, options.output, buf.subarray(0, n));
    }
    if (fds[0]!.revents === 0) continue;
    const n = yield* read(sys, options.input, buf);
    if (n > 0) {
      const sent = yield* writeAll(
        sys,
        socket,
        options.crlf ? withCarriageReturns(buf.subarray(0, n)) : buf.subarray(0, n),
      );
      if (sent < 0) return sent;
      continue;
    }
    inputOpen = false;
    if (options.shutdownAtEnd) sys.shutdown(socket, SHUT_WR);
    if (options.lingerAfterEnd !== undefined) until = sys.now(CLOCK_MONOTONIC) + options.lingerAfterEnd;
  }
}

/** The other side sends no more: what is typed still goes out, until it is refused. */
function* inputOnly(sys: Sys, socket: number, options: RelayOptions): Wait<number> {
  const buf = new Uint8Array(65_536);
  for (;;) {
    const n = yield* read(sys, options.input, buf);
    if (n <= 0) return 0;
    if ((yield* writeAll(sys, socket, buf.subarray(0, n))) < 0) return 0;
  }
}

function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte === 10 && out.at(-1) !== 13) out.push(13);
    out.push(byte);
  }
  return Uint8Array.from(out);
}
