import { EPIPE } from '../../abi/errno.ts';
import { SIGPIPE } from '../../abi/signal.ts';
import type { OpenFile, Path, VfsContext } from '../../vfs/index.ts';
import type { Socket } from '../net/door.ts';
import { sendSignal } from '../task/signals.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';
import { KernelFile } from './kernel-file.ts';

/** An open socket. */
export class SocketFile extends KernelFile {
  readonly socket: Socket;

  constructor(socket: Socket, path: Path, flags: number) {
    super(path, flags);
    this.socket = socket;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    const task = taskOf(ctx);
    return task.waited(this.socket.read(task, this.nonblock, buf));
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    const task = taskOf(ctx);
    const n = task.waited(this.socket.write(task, this.nonblock, buf));
    if (n === -EPIPE) sendSignal(task.process, SIGPIPE, 'kernel', task);
    return n;
  }

  override poll(): number {
    return this.socket.poll();
  }

  override watch(task: Task): void {
    task.join(this.socket.readable);
    task.join(this.socket.writable);
  }

  override readableBytes(): number {
    return this.socket.available();
  }

  override release(): void {
    this.socket.close();
  }
}

/** @returns undefined: it is no socket */
export const socketOf = (file: OpenFile): Socket | undefined => (file instanceof SocketFile ? file.socket : undefined);
