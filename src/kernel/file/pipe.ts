import { EAGAIN, EBADF, EPIPE } from '../../abi/errno.ts';
import { PIPE_BUF, POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { SIGPIPE } from '../../abi/signal.ts';
import type { Path, VfsContext } from '../../vfs/index.ts';
import { sendSignal } from '../task/signals.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';
import { WaitQueue } from '../wait-queue.ts';
import { ByteRing } from './byte-ring.ts';
import { KernelFile } from './kernel-file.ts';
import type { PipeOrder } from './pipe-order.ts';

/** Bytes that a pipe holds (pipe(7)). */
export const PIPE_SIZE = 65536;

/** What the ends of a pipe or fifo share. */
export class Pipe {
  readonly ring = new ByteRing(PIPE_SIZE);
  /** Set where another pipe is read together with this one, in the order of writing. */
  order: PipeOrder<Pipe> | undefined = undefined;
  /** Open ends. */
  readers = 0;
  writers = 0;
  /** How often an end was opened: an open of a fifo waits for the other side's to change. */
  readersEver = 0;
  writersEver = 0;
  readonly readable = new WaitQueue();
  readonly writable = new WaitQueue();
  /** Opens of the fifo that wait for the other side. */
  readonly opened = new WaitQueue();
  /** The last end was closed. */
  onUnused: (() => void) | undefined = undefined;

  /** Bytes that can be read now. */
  get available(): number {
    return this.order === undefined ? this.ring.length : this.order.turn(this);
  }
}

/** One end, or both (a fifo opened O_RDWR). */
export class PipeFile extends KernelFile {
  readonly pipe: Pipe;

  constructor(pipe: Pipe, path: Path, flags: number) {
    super(path, flags);
    this.pipe = pipe;
    if (this.readable) {
      pipe.readers++;
      pipe.readersEver++;
    }
    if (this.writable) {
      pipe.writers++;
      pipe.writersEver++;
    }
    pipe.opened.wakeAll();
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    if (!this.readable) return -EBADF;
    if (buf.length === 0) return 0;
    const { pipe } = this;
    const n = pipe.ring.read(pipe.available < buf.length ? buf.subarray(0, pipe.available) : buf);
    if (n > 0) {
      pipe.order?.hasRead(n);
      if (pipe.ring.room >= PIPE_BUF) pipe.writable.wakeAll();
      return n;
    }
    if (pipe.writers === 0 && pipe.ring.length === 0) return 0;
    return this.nonblock ? -EAGAIN : taskOf(ctx).block(pipe.readable);
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    if (!this.writable) return -EBADF;
    const { pipe } = this;
    if (pipe.readers === 0) {
      const task = taskOf(ctx);
      sendSignal(task.process, SIGPIPE, 'kernel', task);
      return -EPIPE;
    }
    if (buf.length === 0) return 0;
    const { room } = pipe.ring;
    if (room === 0 || (buf.length <= PIPE_BUF && room < buf.length)) {
      return this.nonblock ? -EAGAIN : taskOf(ctx).block(pipe.writable);
    }
    const n = pipe.ring.write(buf);
    pipe.order?.wrote(pipe, n);
    pipe.readable.wakeAll();
    return n;
  }

  override poll(): number {
    const { pipe } = this;
    let events = 0;
    if (this.readable) {
      if (pipe.available > 0) events |= POLLIN;
      if (pipe.writers === 0 && pipe.writersEver > 0 && pipe.ring.length === pipe.available) events |= POLLHUP;
    }
    if (this.writable) {
      if (pipe.ring.room >= PIPE_BUF) events |= POLLOUT;
      if (pipe.readers === 0) events |= POLLERR;
    }
    return events;
  }

  override watch(task: Task): void {
    if (this.readable) this.pipe.readable.add(task);
    if (this.writable) this.pipe.writable.add(task);
  }

  override readableBytes(): number {
    return this.pipe.available;
  }

  override release(): void {
    const { pipe } = this;
    if (this.readable) pipe.readers--;
    if (this.writable) pipe.writers--;
    if (pipe.readers === 0) {
      pipe.order?.drop(pipe);
      pipe.order = undefined;
      pipe.writable.wakeAll();
    }
    if (pipe.writers === 0) pipe.readable.wakeAll();
    if (pipe.readers === 0 && pipe.writers === 0) pipe.onUnused?.();
  }
}
