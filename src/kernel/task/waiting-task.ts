import { BLOCKED, EINTR } from '../../abi/errno.ts';
import type { Clock } from '../time/clock.ts';
import type { Timer, Timers } from '../time/timers.ts';
import type { Sleeper, WaitQueue } from '../wait-queue.ts';

/** A handler ran while a call waited: with SA_RESTART, or without. */
export const RESTARTS = 1;
export const INTERRUPTS = 2;

/** The waiting of a task: queues, deadline, what interrupted it. */
export abstract class WaitingTask implements Sleeper {
  abstract readonly kernel: { readonly clock: Clock; readonly timers: Timers };
  protected abstract runAgain(): void;

  readonly queues: WaitQueue[] = [];
  /** It yielded and waits to be woken; otherwise it runs or is on the run queue. */
  parked = false;
  /** The call that it made last returned BLOCKED. */
  waiting = false;
  /** Woken since that call. */
  woken = false;
  /** 0, RESTARTS or INTERRUPTS. */
  interrupted = 0;
  /** End of the wait that is under way, kept while the program repeats its call. */
  deadline: number | undefined = undefined;
  #timedCall = '';
  #timer: Timer | undefined = undefined;
  wait(): void {
    this.waiting = true;
    this.woken = false;
  }

  /** The call in progress could go on but the slice is over: it is made again at once. */
  preempt(): number {
    this.woken = true;
    return BLOCKED;
  }

  /**
   * The call in progress has to wait for `queue`. @returns BLOCKED, or -EINTR where a handler without SA_RESTART ran
   * since the call began
   */
  block(queue: WaitQueue): number {
    if (this.interrupted === INTERRUPTS) return this.endWait(-EINTR);
    this.wait();
    queue.add(this);
    return BLOCKED;
  }

  /** As `block`, of a call that any handler interrupts (poll, sleep, pause, futex: signal(7)). */
  blockInterruptibly(queue: WaitQueue | undefined): number {
    if (this.interrupted !== 0) return this.endWait(-EINTR);
    this.wait();
    if (queue) queue.add(this);
    return BLOCKED;
  }

  /** The wait of the call in progress, named `call`, ends at the latest `ms` after it was first made. @returns true: it is over */
  expires(ms: number, call: string): boolean {
    const now = this.kernel.clock.monotonic();
    if (this.#timedCall !== call) this.stopTimer();
    this.#timedCall = call;
    this.deadline ??= now + ms;
    if (now >= this.deadline) return true;
    if (this.#timer === undefined) {
      this.#timer = this.kernel.timers.add(this.deadline, () => {
        this.#timer = undefined;
        this.wake();
      });
    }
    return false;
  }

  /** What a call returns that may have to wait: BLOCKED becomes -EINTR where a handler without SA_RESTART ran since. */
  waited(result: number): number {
    if (result !== BLOCKED || this.interrupted !== INTERRUPTS) return result;
    this.leaveQueues();
    return this.endWait(-EINTR);
  }

  /** The call in progress ends with `result`. */
  endWait(result: number): number {
    this.waiting = false;
    this.interrupted = 0;
    if (this.deadline !== undefined) this.stopTimer();
    return result;
  }

  stopTimer(): void {
    this.deadline = undefined;
    if (this.#timer === undefined) return;
    this.kernel.timers.cancel(this.#timer);
    this.#timer = undefined;
  }

  /** Leaves all queues. */
  leaveQueues(): void {
    for (const queue of this.queues) queue.remove(this);
    this.queues.length = 0;
  }

  wake(): void {
    this.leaveQueues();
    this.woken = true;
    if (!this.parked) return;
    this.parked = false;
    this.runAgain();
  }
}
