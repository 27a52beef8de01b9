import { EAGAIN, EBADF, EIO } from '../../abi/errno.ts';
import { O_NOCTTY, POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { TOSTOP } from '../../abi/termios.ts';
import type { Path, VfsContext } from '../../vfs/index.ts';
import { KernelFile } from '../file/kernel-file.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';
import { mayChange, mayRead } from './job-control.ts';
import type { Tty } from './tty.ts';

/** The terminal itself: /dev/pts/N, /dev/tty. */
export class SlaveFile extends KernelFile {
  readonly tty: Tty;

  constructor(tty: Tty, path: Path | undefined, flags: number) {
    super(path, flags);
    this.tty = tty;
    tty.slaves++;
    tty.slaveEver = true;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    if (!this.readable) return -EBADF;
    const task = taskOf(ctx);
    const allowed = mayRead(task, this.tty);
    return allowed === 0 ? this.tty.read(task, buf, this.nonblock) : allowed;
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    if (!this.writable) return -EBADF;
    const { tty } = this;
    if (tty.hungUp) return -EIO;
    const task = taskOf(ctx);
    if (tty.termios.lflag & TOSTOP) {
      const allowed = mayChange(task, tty);
      if (allowed !== 0) return allowed;
    }
    if (buf.length === 0) return 0;
    const n = tty.output.write(buf);
    if (n > 0) return n;
    return this.nonblock ? -EAGAIN : task.block(tty.writable);
  }

  override poll(): number {
    const { tty } = this;
    if (tty.hungUp) return POLLIN | POLLOUT | POLLERR | POLLHUP;
    return (tty.hasInput ? POLLIN : 0) | (tty.output.room > 0 ? POLLOUT : 0);
  }

  override watch(task: Task): void {
    this.tty.readable.add(task);
    this.tty.writable.add(task);
  }

  override readableBytes(): number {
    return this.tty.available;
  }

  override release(): void {
    const { tty } = this;
    tty.slaves--;
    // a master that reads learns that nobody has the terminal open
    if (tty.slaves === 0) tty.output.filled.wakeAll();
  }
}

/** The master side, opened by a program through /dev/ptmx. */
export class MasterFile extends KernelFile {
  readonly tty: Tty;
  readonly #closed: () => void;

  /** @param closed called when the last descriptor is closed, after the hangup */
  constructor(tty: Tty, path: Path | undefined, flags: number, closed: () => void) {
    super(path, flags);
    this.tty = tty;
    this.#closed = closed;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    const { tty } = this;
    const n = tty.output.read(buf);
    if (n > 0 || buf.length === 0) return n;
    if (tty.slaves === 0 && tty.slaveEver) return -EIO;
    return this.nonblock ? -EAGAIN : taskOf(ctx).block(tty.output.filled);
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    const n = this.tty.receive(buf);
    if (n !== 0 || buf.length === 0) return n;
    const task = taskOf(ctx);
    return this.nonblock ? -EAGAIN : task.block(this.tty.inputRoom);
  }

  override poll(): number {
    const { tty } = this;
    let events = tty.inputFull ? 0 : POLLOUT;
    if (tty.output.length > 0 && !tty.output.stopped) events |= POLLIN;
    if (tty.slaves === 0 && tty.slaveEver) events |= POLLHUP;
    return events;
  }

  override watch(task: Task): void {
    this.tty.output.filled.add(task);
    this.tty.inputRoom.add(task);
  }

  override readableBytes(): number {
    return this.tty.output.length;
  }

  override release(): void {
    this.tty.hangup();
    this.#closed();
  }
}

/** open(2) makes a terminal the controlling one of a session leader that has none. */
export function acquireTty(task: Task, tty: Tty, flags: number): void {
  const { process } = task;
  const { session } = process;
  if ((flags & O_NOCTTY) !== 0 || session.pid !== process.pid || session.tty || tty.session) return;
  session.tty = tty;
  tty.session = session;
  tty.foreground = process.group;
}
