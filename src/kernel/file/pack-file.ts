import { EAGAIN, EPIPE } from '../../abi/errno.ts';
import { O_RDWR, POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import type { PackFrame, PackMessage, PackValue, PackWorker } from '../../abi/pack.ts';
import type { Path } from '../../vfs/index.ts';
import { chargeProcess } from '../cgroup/oom.ts';
import type { Process, Task } from '../task/task.ts';
import { WaitQueue } from '../wait-queue.ts';
import { KernelFile } from './kernel-file.ts';

/** Requests that may wait for a pack: a program that sends more waits. */
const MAX_SENT = 64;

/** A program's end of a pack: code in a worker of its own, which ends when the last descriptor is closed. */
export class PackFile extends KernelFile {
  readonly #worker: PackWorker;
  /** Who opened it: its memory is charged to that process. */
  readonly #owner: Process;
  readonly #frames: PackFrame[] = [];
  readonly #changed = new WaitQueue();
  /** Messages that the pack has not answered. */
  #sent = 0;
  #listening = false;
  #dead = false;
  #charged = 0;
  /** The virtual clock stands while the pack works. */
  #letGo: (() => void) | undefined = undefined;

  constructor(worker: PackWorker, owner: Process, path: Path) {
    super(path, O_RDWR);
    this.#worker = worker;
    this.#owner = owner;
  }

  send(task: Task, message: PackValue): number {
    if (this.#dead) return -EPIPE;
    if (this.#sent >= MAX_SENT) return this.nonblock ? -EAGAIN : task.block(this.#changed);
    this.#sent++;
    this.#letGo ??= task.kernel.hold();
    this.#worker.post(message);
    if (!this.#listening) this.#listen();
    return 0;
  }

  receive(task: Task, out: PackMessage): number {
    const frame = this.#frames.shift();
    if (frame) {
      out.kind = frame.kind;
      out.value = frame.value;
      return 0;
    }
    if (this.#dead) return -EPIPE;
    return this.nonblock ? -EAGAIN : task.block(this.#changed);
  }

  override poll(): number {
    const waiting = this.#frames.length > 0 ? POLLIN : 0;
    if (this.#dead) return waiting | POLLHUP | POLLERR;
    return waiting | (this.#sent < MAX_SENT ? POLLOUT : 0);
  }

  override watch(task: Task): void {
    this.#changed.add(task);
  }

  override release(): void {
    this.#end();
    this.#worker.end();
    if (this.#owner.dying === undefined) this.#charge(0);
  }

  /** Takes messages for as long as the pack has something to answer. */
  #listen(): void {
    const { outside } = this.#owner.kernel;
    this.#listening = true;
    const coming = this.#worker.next();
    (outside.settle?.(coming) ?? coming).then(
      (frame) => this.#take(frame),
      () => this.#end(),
    );
  }

  #take(frame: PackFrame): void {
    this.#listening = false;
    if (this.#dead) return;
    if (frame.kind !== 'tell') this.#sent--;
    this.#frames.push(frame);
    this.#charge(frame.memory);
    if (this.#sent > 0) this.#listen();
    this.#wake(this.#sent === 0);
  }

  /** The pack is no more: what it said before is still read. */
  #end(): void {
    this.#dead = true;
    this.#wake(true);
  }

  #wake(idle: boolean): void {
    if (idle) {
      this.#letGo?.();
      this.#letGo = undefined;
    }
    this.#changed.wakeAll();
    this.#owner.kernel.run.kick();
  }

  #charge(memory: number): void {
    if (this.#owner.dying !== undefined) return;
    chargeProcess(this.#owner, memory - this.#charged);
    this.#charged = memory;
  }
}
