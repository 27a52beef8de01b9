import { BLOCKED, EBADF, EINTR, EPIPE } from '../abi/errno.ts';
import type { PackMessage, PackValue } from '../abi/pack.ts';
import type { Futex, Sys } from '../abi/sys.ts';
import { futexWait, type Wait } from './io.ts';

/** What a pack says of a request that it could not do: the text is its own. */
export class PackError extends Error {}

/** The pack ended: it was closed, it broke, or it could not be had (no network, out of memory). */
export class PackEnded extends Error {}

/** Answers what a pack asks while it works on a request (`call`), and hears what it says (`tell`). */
export type PackAnswers = (sys: Sys, value: PackValue, kind: 'call' | 'tell') => Wait<PackValue>;

/**
 * A pack of this process, for all its threads: one request at a time, the others wait for their turn. It is started with the
 * first request, and again with the next one after it ended.
 */
export class Pack {
  readonly #name: string;
  readonly #memory: number;
  #fd = -1;
  readonly #turn: Futex = { value: 0 };
  /** The last request was answered. */
  #answered = true;
  /** How often it was started: who holds state in it sees that it is gone. */
  starts = 0;

  /** @param memory bytes that it may take */
  constructor(name: string, memory: number) {
    this.#name = name;
    this.#memory = memory;
  }

  /** It was started and has not ended, as far as is known. */
  get running(): boolean {
    return this.#fd >= 0;
  }

  /** Somebody's request is under way. */
  get busy(): boolean {
    return this.#turn.value !== 0;
  }

  /**
   * Asks the pack. @returns its answer
   * @throws PackError what it says is wrong with the request
   * @throws PackEnded
   */
  *call(sys: Sys, request: PackValue, answers?: PackAnswers): Wait<PackValue> {
    while (this.#turn.value !== 0) yield* futexWait(sys, this.#turn, 1);
    this.#turn.value = 1;
    this.#answered = false;
    try {
      return yield* this.#converse(sys, request, answers);
    } finally {
      // who asked is gone: nobody would know what the answer is to
      if (!this.#answered) this.close(sys);
      this.#turn.value = 0;
      sys.futexWake(this.#turn, 1);
    }
  }

  /** Ends it at once: a request that is under way throws PackEnded. */
  close(sys: Sys): void {
    if (this.#fd < 0) return;
    sys.close(this.#fd);
    this.#fd = -1;
  }

  *#converse(sys: Sys, request: PackValue, answers: PackAnswers | undefined): Wait<PackValue> {
    if (this.#fd < 0) {
      const opened = sys.packOpen(this.#name, this.#memory);
      if (opened < 0) throw new PackEnded(`${this.#name}: cannot be started (${-opened})`);
      this.#fd = opened;
      this.starts++;
    }
    const fd = this.#fd;
    let message: PackValue = request;
    const heard: PackMessage = { kind: 'tell', value: undefined };
    for (let silent = false; ; ) {
      if (!silent) yield* this.#wait(sys, fd, () => sys.packSend(fd, message));
      yield* this.#wait(sys, fd, () => sys.packReceive(fd, heard));
      const { kind, value } = heard;
      this.#answered = kind === 'answer' || kind === 'fail';
      if (kind === 'answer') return value;
      if (kind === 'fail') throw new PackError(String(value));
      const said: PackValue = answers ? yield* answers(sys, value, kind) : undefined;
      silent = kind === 'tell';
      message = said;
    }
  }

  *#wait(sys: Sys, fd: number, act: () => number): Wait<void> {
    let r: number;
    while ((r = act()) === BLOCKED || r === -EINTR) yield;
    if (r >= 0) return;
    if (this.#fd === fd) this.close(sys);
    throw new PackEnded(r === -EPIPE || r === -EBADF ? `${this.#name} ended` : `${this.#name}: error ${-r}`);
  }
}
