import { BLOCKED, EAGAIN, EINPROGRESS } from '../../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { SHUT_WR, SO_ERROR, SOL_SOCKET } from '../../abi/socket.ts';
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

/** A socket that callbacks drive instead of tasks. A callback that is set hears at once of what is there already. */
export class SocketStream implements HostStream {
  #onReadable: (() => void) | undefined;
  #onWritable: (() => void) | undefined;
  #onError: ((errno: number) => void) | undefined;
  #socket: Socket | undefined;
  /** errno of a connection that failed at once. */
  #failed = 0;
  #due = false;
  readonly #fabric: Fabric;

  /** The wait points for the socket that `attach` gets. */
  readonly readable: WaitPoint = { wakeAll: () => this.#wake() };
  readonly writable: WaitPoint = { wakeAll: () => this.#wake() };

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  /** `result`: of its connect. */
  attach(socket: Socket, result: number): void {
    this.#socket = socket;
    if (result < 0 && result !== -EINPROGRESS) this.#failed = -result;
    this.#wake();
  }

  get onReadable(): (() => void) | undefined {
    return this.#onReadable;
  }

  set onReadable(callback: (() => void) | undefined) {
    this.#onReadable = callback;
    this.#wake();
  }

  get onWritable(): (() => void) | undefined {
    return this.#onWritable;
  }

  set onWritable(callback: (() => void) | undefined) {
    this.#onWritable = callback;
    this.#wake();
  }

  get onError(): ((errno: number) => void) | undefined {
    return this.#onError;
  }

  set onError(callback: ((errno: number) => void) | undefined) {
    this.#onError = callback;
    this.#wake();
  }

  /** Looks again once nothing is in flight: callbacks may call back. */
  #wake(): void {
    if (this.#due) return;
    this.#due = true;
    this.#fabric.queue.settle(() => {
      this.#due = false;
      this.#tell();
    });
  }

  #tell(): void {
    const bits = this.#socket?.poll() ?? 0;
    if (this.#failed !== 0 || (bits & POLLERR) !== 0) {
      if (!this.#onError || !this.#socket) return;
      const errno = this.#failed || this.#socket.getsockopt(SOL_SOCKET, SO_ERROR);
      this.#failed = 0;
      if (errno > 0) this.#onError(errno);
      return;
    }
    if ((bits & (POLLIN | POLLHUP)) !== 0) this.#onReadable?.();
    if ((bits & POLLOUT) !== 0 && this.#socket) this.#onWritable?.();
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
    this.#socket?.close();
    this.#socket = undefined;
  }
}
