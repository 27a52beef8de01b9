import { EINPROGRESS, ETIMEDOUT } from '../../../abi/errno.ts';
import { F_SETFL, POLLIN, POLLOUT } from '../../../abi/flags.ts';
import { SO_ERROR, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET } from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { type HttpEvent, HttpParser, type ResponseHead } from '../../../lib/http.ts';
import { poll, read, type Wait, writeAll } from '../../../libc/io.ts';
import type { Peer } from './upstream.ts';

/** Why an upstream gave no answer. */
export interface UpstreamFailure {
  errno: number;
  /** `connect() failed`, `upstream timed out`, `upstream prematurely closed connection`, … */
  what: string;
}

/** @returns a connected fd, or the failure @param timeout milliseconds */
export function* connectPeer(sys: Sys, peer: Peer, timeout: number): Wait<number | UpstreamFailure> {
  const fd = sys.socket(peer.address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return { errno: -fd, what: 'socket() failed' };
  const fail = (errno: number, what: string): UpstreamFailure => {
    sys.close(fd);
    return { errno, what };
  };
  const r = sys.connect(fd, peer.address);
  if (r < 0 && r !== -EINPROGRESS) return fail(-r, 'connect() failed');
  if (r === -EINPROGRESS) {
    const ready = [{ fd, events: POLLOUT, revents: 0 }];
    if ((yield* poll(sys, ready, timeout)) === 0) return fail(ETIMEDOUT, 'upstream timed out');
    const error = sys.getsockopt(fd, SOL_SOCKET, SO_ERROR);
    if (error !== 0) return fail(Math.abs(error), 'connect() failed');
  }
  sys.fcntl(fd, F_SETFL, 0);
  return fd;
}

/** The answer of an upstream, read as it comes. */
export class UpstreamConnection {
  readonly #parser = new HttpParser('response');
  readonly #events: HttpEvent[] = [];
  readonly #buffer = new Uint8Array(65536);
  #ended = false;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
    /** Milliseconds without a byte. */
    readonly timeout: number,
  ) {}

  /** Sends a request. @returns the failure */
  *send(method: string, head: Uint8Array, body: Uint8Array): Wait<UpstreamFailure | undefined> {
    this.#parser.expect(method);
    let r = yield* writeAll(this.sys, this.fd, head);
    if (r === 0 && body.length > 0) r = yield* writeAll(this.sys, this.fd, body);
    return r < 0 ? { errno: -r, what: 'writev() failed' } : undefined;
  }

  *head(): Wait<ResponseHead | UpstreamFailure> {
    for (;;) {
      const event = this.#events.shift();
      if (event?.type === 'head' && event.head.kind === 'response') return event.head;
      if (event?.type === 'error') return { errno: 0, what: 'upstream sent no valid HTTP/1.0 header' };
      if (event) continue;
      const failure = yield* this.#fill();
      if (failure && this.#events.length === 0) return failure;
    }
  }

  /** The next bytes of the body; undefined at its end, a failure where it broke. */
  *chunk(): Wait<Uint8Array | UpstreamFailure | undefined> {
    while (!this.#ended) {
      const event = this.#events.shift();
      if (event?.type === 'data') return event.bytes;
      if (event?.type === 'end') this.#ended = true;
      else if (event?.type === 'error') return { errno: 0, what: 'upstream prematurely closed connection' };
      else if (!event) {
        const failure = yield* this.#fill();
        if (failure && this.#events.length === 0) return failure;
      }
    }
    return undefined;
  }

  *#fill(): Wait<UpstreamFailure | undefined> {
    const ready = [{ fd: this.fd, events: POLLIN, revents: 0 }];
    if ((yield* poll(this.sys, ready, this.timeout)) === 0) return { errno: ETIMEDOUT, what: 'upstream timed out' };
    const n = yield* read(this.sys, this.fd, this.#buffer);
    if (n > 0) {
      for (const event of this.#parser.push(this.#buffer.subarray(0, n)))
        this.#events.push(event.type === 'data' ? { type: 'data', bytes: event.bytes.slice() } : event);
      return undefined;
    }
    this.#events.push(...this.#parser.end());
    if (n < 0) return { errno: -n, what: 'recv() failed' };
    return { errno: 0, what: 'upstream prematurely closed connection' };
  }

  /** After 101: what came behind the head. */
  takeRest(): Uint8Array {
    return this.#parser.takeRest();
  }

  close(): void {
    this.sys.close(this.fd);
  }
}
