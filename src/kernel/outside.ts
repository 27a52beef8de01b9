import type { PackWorker } from '../abi/pack.ts';
import type { Entry } from '../abi/sys.ts';

/** What the machine hands to its kernel: time, chance, programs, and a place to say that something broke. */
export interface Outside {
  /** Milliseconds since the Epoch, with fraction. */
  realtime(): number;
  /** Milliseconds of a clock that never goes back, with fraction. */
  monotonic(): number;
  /** Calls `fire` at `at` of `monotonic()`. @returns what takes it back */
  setTimer(at: number, fire: () => void): () => void;
  /** Calls `run` soon, after the event loop handed out its messages (MessageChannel, setImmediate). */
  turn(run: () => void): void;
  /** Fills `buf` with random bytes. */
  random(buf: Uint8Array): void;
  /** Where a program of that name begins; undefined: there is none. */
  loadProgram(name: string): Entry | Promise<Entry | undefined> | undefined;
  /** Starts a pack; undefined: there is none of that name. Absent: there are none. */
  startPack?(name: string, memory: number): PackWorker | undefined;
  /** What was written before is on the disk for good once the promise is done (sync(2)). Absent: nothing to wait for. */
  sync?(): Promise<void>;
  /** Hands a promise on; a journal notes when it is done. Absent: as it is. */
  settle?<T>(promise: Promise<T>): Promise<T>;
  /** A bug: a program threw, or the kernel itself did. `where` says which. */
  onPanic(error: unknown, where: string): void;
}
