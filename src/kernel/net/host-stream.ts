import { BLOCKED, EAGAIN } from '../../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { SHUT_WR } from '../../abi/socket.ts';
import type { HostStream, NetCaller, Socket, WaitPoint } from './door.ts';
import type { Fabric } from './fabric.ts';

/** The machine itself as a caller: root, and never waiting. */
export const MACHINE: NetCaller = {
  pid: 0,
  uid: 0,
  gid: 0,
  capable: () => true,
  waitOn: () => {},
};

/** A socket that callbacks drive instead of tasks. */
export class SocketStream implements HostStream {
  onReadable: (() => void) | undefined;
  onWritable: (() => void) | undefined;
  onError: ((errno: number) => void) | undefined;
  #socket: Socket | undefined;
  #due = false;
  #ended = false;
  readonly #fabric: Fabric;

  /** The wait points for the socket that `attach` gets. */
  readonly readable: WaitPoint = { wakeAll: () => this.#wake() };
  readonly writable: WaitPoint = { wakeAll: () => this.#wake() };

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  /** An error that came before there was a socket to ask. */
  fail(errno: number): void {
    this.#fabric.queue.settle(() => this.onError?.(errno));
  }

  /** Looks again once nothing is in flight: callbacks may call back. */
  #wake(): void {
    if (this.#due) return;
    this.#due = true;
    this.#fabric.queue.settle(() => {
      this.#due = false;
      const bits = this.#socket?.poll() ?? 0;
      if ((bits & POLLERR) !== 0) {
        const errno = this.#socket!.getsockopt(1, 4);
        if (errno > 0) this.onError?.(errno);
        return;
      }
      if ((bits & (POLLIN | POLLHUP)) !== 0 && !this.#ended) this.onReadable?.();
      if ((bits & POLLOUT) !== 0 && !this.#ended) this.onWritable?.();
    });
  }

  write(data: Uint8Array): number {
    if (!this.#socket) return 0;
    const n = this.#socket.write(MACHINE, true, data);
    return n === -EAGAIN || n === BLOCKED ? 0 : n;
  }

  read(max: number): Uint8Array | undefined | number {
    if (!this.#socket) return undefined;
    const buf = new Uint8Array(Math.min(max, Math.max(1, this.#socket.available())));
    const n = this.#socket.read(MACHINE, true, buf);
    if (n === -EAGAIN || n === BLOCKED) return undefined;
    if (n < 0) return n;
    return buf.subarray(0, n);
  }

  end(): void {
    this.#socket?.shutdown(SHUT_WR);
  }

  destroy(): void {
    this.#ended = true;
    this.#socket?.close();
    this.#socket = undefined;
  }
}
