import { BLOCKED } from '../abi/errno.ts';
import { fromBase64 } from '../lib/base64.ts';
import { isBorder, type JournalEntry, type Passed, passedBytes, type WorldJournal } from './journal.ts';
import type { World } from './machine.ts';

/** The machine asked for something else than it did when the journal was written. */
export class Diverged extends Error {}

/** How often it is waited for something that the machine must have begun: turns of the event loop. */
const PATIENCE = 100_000;

type Callable = (...args: unknown[]) => unknown;

/**
 * Gives a machine the world of a journal again: boot it with `world`, then `run` to the end of the journal.
 * @param base gives blobs at once, unpacks, and runs `turn`; nothing else of it is used
 */
export function replayWorld(journal: WorldJournal, base: World): { world: World; run(): Promise<void> } {
  const replay = new Replay(journal, base);
  return { world: replay.world, run: () => replay.run() };
}

class Replay {
  readonly world: World;
  readonly #entries: readonly JournalEntry[];
  readonly #base: World;
  #at = 0;
  readonly #turns: Map<number, () => void> = new Map();
  readonly #timers: Map<number, () => void> = new Map();
  readonly #promises: Map<number, { real: Promise<unknown>; release: () => void }> = new Map();
  readonly #wakers: Map<number, () => void> = new Map();
  readonly #objects: unknown[] = [];
  readonly #counts = { turns: 0, timers: 0, settled: 0, woken: 0 };

  constructor(journal: WorldJournal, base: World) {
    this.#entries = journal.entries;
    this.#base = base;
    const { gunzipNow: _, ...noted } = base;
    this.world = {
      ...noted,
      now: () => this.#reading('now'),
      monotonic: () => this.#reading('monotonic'),
      random: (bytes) => {
        bytes.set(fromBase64(this.#next('random')[1])!.subarray(0, bytes.length));
      },
      turn: (step) => {
        this.#turns.set(this.#counts.turns++, step);
      },
      after: (_ms, step) => {
        const id = this.#counts.timers++;
        this.#timers.set(id, step);
        return () => void this.#timers.delete(id);
      },
      settle: <T>(real: Promise<T>): Promise<T> => this.#settle(real),
      blobs: { read: (digest, offset, length, waker) => this.#blob(digest, offset, length, waker) },
      border: <T extends object>(target: T): T => {
        this.#objects.push(target);
        return target;
      },
    };
  }

  #next<K extends JournalEntry[0]>(kind: K): Extract<JournalEntry, readonly [K, ...unknown[]]> {
    const entry = this.#entries[this.#at++];
    if (entry?.[0] !== kind)
      throw new Diverged(`entry ${this.#at}: ${JSON.stringify(entry)?.slice(0, 100)}, the machine asks for ${kind}`);
    return entry as Extract<JournalEntry, readonly [K, ...unknown[]]>;
  }

  #reading(kind: 'now' | 'monotonic' | 'blob'): number {
    return (this.#next(kind) as unknown as readonly [string, number])[1];
  }

  #settle<T>(real: Promise<T>): Promise<T> {
    const id = this.#counts.settled++;
    return new Promise<T>((resolve) => {
      this.#promises.set(id, { real, release: () => resolve(real) });
    });
  }

  #blob(digest: string, offset: number, length: number, waker: () => () => void): Uint8Array | number {
    const size = this.#reading('blob');
    if (size === BLOCKED) {
      this.#wakers.set(this.#counts.woken++, waker());
      return BLOCKED;
    }
    if (size < 0) return size;
    const got = this.#base.blobs.read(digest, offset, length, () => () => {});
    return typeof got === 'number' ? got : got.subarray(0, size);
  }

  /** Does all that the journal says. @throws Diverged */
  async run(): Promise<void> {
    while (this.#at < this.#entries.length) {
      await this.#step();
      // what waits for it goes on before the next thing comes
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#base.turn(resolve));
  }

  /** Waits until the machine has got to where the next entry can happen. */
  async #wait<T>(find: () => T | undefined, what: string): Promise<T> {
    for (let i = 0; i < PATIENCE; i++) {
      const found = find();
      if (found !== undefined) return found;
      await this.#pause();
    }
    throw new Diverged(`entry ${this.#at}: there is no ${what}`);
  }

  async #step(): Promise<void> {
    const entry = this.#entries[this.#at]!;
    switch (entry[0]) {
      case 'turn':
      case 'timer': {
        const waiting = entry[0] === 'turn' ? this.#turns : this.#timers;
        const step = await this.#wait(() => waiting.get(entry[1]), `${entry[0]} ${entry[1]}`);
        waiting.delete(entry[1]);
        this.#at++;
        step();
        return;
      }
      case 'settled': {
        const promise = await this.#wait(() => this.#promises.get(entry[1]), `promise ${entry[1]}`);
        await promise.real.catch(() => {});
        this.#at++;
        promise.release();
        return;
      }
      case 'woken': {
        const wake = await this.#wait(() => this.#wakers.get(entry[1]), `waker ${entry[1]}`);
        this.#at++;
        wake();
        return;
      }
      case 'call':
      case 'set': {
        await this.#wait(() => (this.#objects.length > entry[1] ? true : undefined), `object ${entry[1]}`);
        this.#act();
        return;
      }
      default:
        // a reading that the machine makes by itself, a little later
        await this.#wait(() => (this.#entries[this.#at] !== entry ? true : undefined), `reader of ${entry[0]}`);
    }
  }

  /** Makes a call, or sets a callback, as the journal says. */
  #act(): void {
    const entry = this.#entries[this.#at++]!;
    if (entry[0] === 'set') {
      (this.#objects[entry[1]] as Record<string, unknown>)[entry[2]] = this.#given(entry[3]);
      return;
    }
    if (entry[0] !== 'call') throw new Diverged(`entry ${this.#at}: ${entry[0]} within a call back`);
    const [, id, name, args] = entry;
    const target = this.#objects[id];
    const given = args.map((arg) => this.#given(arg));
    const method = (name === '' ? target : (target as Record<string, unknown>)[name]) as Callable;
    const result = method.apply(name === '' ? undefined : target, given);
    if (isBorder(result)) this.#objects.push(result);
  }

  #given(value: Passed): unknown {
    if (value === null) return undefined;
    if (typeof value !== 'object') return value;
    const bytes = passedBytes(value);
    if (bytes) return bytes;
    if (Array.isArray(value)) return value.map((inner: Passed) => this.#given(inner));
    if ('$number' in value) return Number(value.$number);
    if ('$callback' in value) return this.#callback(value.$callback as number);
    if ('$object' in value) return this.#objects[value.$object as number];
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#given(inner as Passed)]));
  }

  /** Does what was done when the machine called back. */
  #callback(id: number): Callable {
    return () => {
      const [, called] = this.#next('back');
      if (called !== id) throw new Diverged(`entry ${this.#at}: callback ${id} in place of ${called}`);
      while (this.#entries[this.#at]?.[0] !== 'answer') this.#act();
      return this.#given(this.#next('answer')[1]);
    };
  }
}
