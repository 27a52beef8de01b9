import { EAGAIN, EPIPE } from '../../abi/errno.ts';
import { O_RDONLY, O_WRONLY, POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { SIGPIPE } from '../../abi/signal.ts';
import type { Path, VfsContext } from '../../vfs/index.ts';
import { sendSignal } from '../task/signals.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';
import { WaitQueue } from '../wait-queue.ts';
import { ByteRing } from './byte-ring.ts';
import { KernelFile } from './kernel-file.ts';

/** A pipe whose writer is outside: standard input of a program that the machine started. */
export class HostInput extends KernelFile {
  readonly #ring = new ByteRing(65536);
  readonly #filled = new WaitQueue();
  #ended = false;
  #closed = false;
  /** There is room again, or (`closed`) nobody reads any more. */
  onRoom: (() => void) | undefined = undefined;

  constructor(path: Path) {
    super(path, O_RDONLY);
  }

  /** Bytes from outside. @returns how many were taken; wait for `onRoom` with the rest */
  push(bytes: Uint8Array): number {
    const n = this.#ring.write(bytes);
    this.#filled.wakeAll();
    return n;
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#filled.wakeAll();
  }

  get closed(): boolean {
    return this.#closed;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    const n = this.#ring.read(buf);
    if (n > 0) {
      this.onRoom?.();
      return n;
    }
    if (this.#ended || buf.length === 0) return 0;
    return this.nonblock ? -EAGAIN : taskOf(ctx).block(this.#filled);
  }

  override poll(): number {
    return (this.#ring.length > 0 ? POLLIN : 0) | (this.#ended ? POLLHUP : 0);
  }

  override watch(task: Task): void {
    this.#filled.add(task);
  }

  override readableBytes(): number {
    return this.#ring.length;
  }

  override release(): void {
    this.#closed = true;
    this.onRoom?.();
  }
}

/** A pipe whose reader is outside: standard output of such a program. */
export class HostOutput extends KernelFile {
  readonly #room = new WaitQueue();
  readonly #sink: (bytes: Uint8Array) => number;
  #broken = false;
  /** The last descriptor was closed. */
  onClose: (() => void) | undefined = undefined;

  /** @param sink takes bytes (they are its own) and says how many it took; with less than all, call `resume` when there is room */
  constructor(path: Path, sink: (bytes: Uint8Array) => number) {
    super(path, O_WRONLY);
    this.#sink = sink;
  }

  resume(): void {
    this.#room.wakeAll();
  }

  /** Nobody outside reads any more: writers get SIGPIPE. */
  break(): void {
    this.#broken = true;
    this.#room.wakeAll();
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    const task = taskOf(ctx);
    if (this.#broken) {
      sendSignal(task.process, SIGPIPE, 'kernel', task);
      return -EPIPE;
    }
    if (buf.length === 0) return 0;
    const n = this.#sink(buf.slice());
    if (n > 0) return n;
    return this.nonblock ? -EAGAIN : task.block(this.#room);
  }

  override poll(): number {
    return this.#broken ? POLLERR : POLLOUT;
  }

  override watch(task: Task): void {
    this.#room.add(task);
  }

  override release(): void {
    this.onClose?.();
  }
}
