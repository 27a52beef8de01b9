import type { Sys } from '../abi/sys.ts';
import type { Wait } from './io.ts';

/** Bytes that are charged at a time: small inputs cost no call. */
const STEP = 65536;

/**
 * The memory that a program fills with an input whose length it does not know. It counts against the limits of its control
 * group and of the machine, so that an endless input ends the program (the OOM killer takes it) and not the machine.
 */
export class HeldMemory {
  #charged = 0;
  #held = 0;

  constructor(private readonly sys: Sys) {}

  /** `bytes` more are held. Does not return if that kills the program. */
  *grow(bytes: number): Wait<void> {
    this.#held += bytes;
    const more = this.#held - this.#charged;
    if (more < STEP) return;
    this.#charged += more;
    if (this.sys.charge(more) < 0) yield;
  }

  /** `bytes` of them are held no more. */
  shrink(bytes: number): void {
    this.#held -= bytes;
    if (this.#charged - this.#held >= STEP) this.#settle(this.#held);
  }

  /** None is held any more, or what is left is no longer counted. */
  release(): void {
    this.#held = 0;
    this.#settle(0);
  }

  #settle(to: number): void {
    if (this.#charged === to) return;
    this.sys.charge(to - this.#charged);
    this.#charged = to;
  }
}
