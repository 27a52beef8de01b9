import type { Outside } from '../outside.ts';

/** The clocks of a kernel. Times are milliseconds with fraction. */
export interface Clock {
  /** Since boot; never goes back. */
  monotonic(): number;
  /** Since the Epoch. */
  realtime(): number;
  /** clock_settime(2). */
  setRealtime(ms: number): void;
  /** A task used the processor for `ticks` steps. The virtual clock goes on by them, the real one by itself. */
  spend(ticks: number): void;
  /** Nothing can run before `at`. @returns true if it is that time now (the virtual clock jumps) */
  jump(at: number): boolean;
}

/** The clock of the world outside. */
export class RealClock implements Clock {
  readonly #outside: Outside;
  readonly #boot: number;
  #offset = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
    this.#boot = outside.monotonic();
  }

  monotonic(): number {
    return this.#outside.monotonic() - this.#boot;
  }

  realtime(): number {
    return this.#outside.realtime() + this.#offset;
  }

  setRealtime(ms: number): void {
    this.#offset = ms - this.#outside.realtime();
  }

  spend(): void {}

  jump(): boolean {
    return false;
  }
}

/** What one step of a program takes on the virtual clock, milliseconds. */
const TICK = 0.00005;

/** A clock that goes on with the steps of programs and, when all wait, jumps to the next timer. */
export class VirtualClock implements Clock {
  #now = 0;
  #start: number;

  /** @param start milliseconds since the Epoch at boot */
  constructor(start: number) {
    this.#start = start;
  }

  monotonic(): number {
    return this.#now;
  }

  realtime(): number {
    return this.#start + this.#now;
  }

  setRealtime(ms: number): void {
    this.#start = ms - this.#now;
  }

  spend(ticks: number): void {
    this.#now += ticks * TICK;
  }

  jump(at: number): boolean {
    if (at > this.#now) this.#now = at;
    return true;
  }
}
