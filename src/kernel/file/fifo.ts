import { BLOCKED, EINTR, ENXIO } from '../../abi/errno.ts';
import { O_ACCMODE, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/flags.ts';
import type { Inode, Path } from '../../vfs/index.ts';
import type { Task } from '../task/task.ts';
import { Pipe, PipeFile } from './pipe.ts';

/** An open of a fifo that waits for the other side: the end exists already, so that the other side sees it. */
interface Opening {
  inode: Inode;
  file: PipeFile;
  /** Count of the other side's opens when it began. */
  seen: number;
}

/** The fifos of a kernel: what is in them lives as long as somebody has them open (fifo(7)). */
export class Fifos {
  readonly #pipes: Map<Inode, Pipe> = new Map();
  readonly #adopted: WeakSet<Inode> = new WeakSet();
  readonly #openings: Map<Task, Opening> = new Map();

  /** open(2) of a fifo. May block until the other side is open. */
  open(task: Task, path: Path, inode: Inode, flags: number): PipeFile | number {
    const waiting = this.#openings.get(task);
    if (waiting !== undefined) {
      if (waiting.inode === inode) return this.#goOn(task, waiting);
      this.#giveUp(task, waiting);
    }
    const pipe = this.#pipe(inode);
    const mode = flags & O_ACCMODE;
    if (mode === O_WRONLY && (flags & O_NONBLOCK) !== 0 && pipe.readers === 0) return -ENXIO;
    const file = new PipeFile(pipe, path, flags);
    // a pipe of pipe(2) that is opened through /proc does not wait for its other end
    if (mode === O_RDWR || (flags & O_NONBLOCK) !== 0 || this.#adopted.has(inode)) return file;
    const other = mode === O_RDONLY ? pipe.writers : pipe.readers;
    if (other > 0) return file;
    const opening = { inode, file, seen: mode === O_RDONLY ? pipe.writersEver : pipe.readersEver };
    this.#openings.set(task, opening);
    return this.#goOn(task, opening);
  }

  /** Opens that wait belong to tasks; those of a task that ended are given up. */
  forget(task: Task): void {
    const waiting = this.#openings.get(task);
    if (waiting !== undefined) this.#giveUp(task, waiting);
  }

  #goOn(task: Task, opening: Opening): PipeFile | number {
    const { file } = opening;
    const { pipe } = file;
    const now = (file.flags & O_ACCMODE) === O_RDONLY ? pipe.writersEver : pipe.readersEver;
    if (now !== opening.seen) {
      this.#openings.delete(task);
      return file;
    }
    const r = task.block(pipe.opened);
    if (r === BLOCKED) return r;
    this.#giveUp(task, opening);
    return -EINTR;
  }

  #giveUp(task: Task, opening: Opening): void {
    this.#openings.delete(task);
    opening.file.release();
  }

  /** A pipe of pipe(2) can be opened through /proc/PID/fd as a fifo is. */
  adopt(inode: Inode, pipe: Pipe): void {
    this.#pipes.set(inode, pipe);
    this.#adopted.add(inode);
    pipe.onUnused = () => this.#pipes.delete(inode);
  }

  #pipe(inode: Inode): Pipe {
    const found = this.#pipes.get(inode);
    if (found) return found;
    const pipe = new Pipe();
    pipe.onUnused = () => this.#pipes.delete(inode);
    this.#pipes.set(inode, pipe);
    return pipe;
  }
}
