import { toBase64 } from '../lib/base64.ts';
import { isBorder, type Passed, passBytes, WorldJournal } from './journal.ts';
import type { World } from './machine.ts';

type Callable = (...args: unknown[]) => unknown;

/** Makes a world that notes in a journal all that a machine gets from it and all that is done to the machine. */
export function recordWorld(world: World): { world: World; journal: WorldJournal } {
  const journal = new WorldJournal();
  let turns = 0;
  let timers = 0;
  let settled = 0;
  let woken = 0;
  const reading = (name: 'now' | 'monotonic', read: () => number) => () => {
    const value = read();
    journal.add([name, value]);
    return value;
  };
  const border = new Border(journal);
  // what is done at once is not seen, and a replay may not be able to
  const { gunzipNow: _, ...noted } = world;
  const recorded: World = {
    ...noted,
    now: reading('now', world.now),
    monotonic: reading('monotonic', world.monotonic),
    random(bytes) {
      world.random(bytes);
      journal.add(['random', toBase64(bytes)], bytes.length);
    },
    turn(step) {
      const id = turns++;
      world.turn(() => {
        journal.add(['turn', id]);
        step();
      });
    },
    after(ms, step) {
      const id = timers++;
      return world.after(ms, () => {
        journal.add(['timer', id]);
        step();
      });
    },
    settle(promise) {
      const id = settled++;
      const note = (): void => journal.add(['settled', id]);
      return promise.then(
        (value) => {
          note();
          return value;
        },
        (error: unknown) => {
          note();
          throw error;
        },
      );
    },
    blobs: {
      read(digest, offset, length, waker) {
        const got = world.blobs.read(digest, offset, length, () => {
          const wake = waker();
          const id = woken++;
          return () => {
            journal.add(['woken', id]);
            wake();
          };
        });
        journal.add(['blob', typeof got === 'number' ? got : got.length]);
        return got;
      },
    },
    border: (target) => border.wrap(target),
  };
  return { world: recorded, journal };
}

/** Notes the calls that are made to objects of a machine, and those that they make back. */
class Border {
  readonly #journal: WorldJournal;
  readonly #ids: WeakMap<object, number> = new WeakMap();
  readonly #inner: WeakMap<object, object> = new WeakMap();
  #objects = 0;
  #callbacks = 0;

  constructor(journal: WorldJournal) {
    this.#journal = journal;
  }

  wrap<T extends object>(target: T): T {
    const id = this.#objects++;
    const border = this;
    const outer = new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function' || typeof name !== 'string') return value;
        return (...args: unknown[]) => border.#call(target, id, name, value as Callable, args);
      },
      set(_, name, value) {
        const { inner, passed } = border.#pass(value);
        border.#journal.add(['set', id, String(name), passed]);
        return Reflect.set(target, name, inner, target);
      },
      apply: (_, __, args: unknown[]) => border.#call(undefined, id, '', target as unknown as Callable, args),
    });
    this.#ids.set(outer, id);
    this.#inner.set(outer, target);
    return outer;
  }

  #call(target: object | undefined, id: number, name: string, method: Callable, args: readonly unknown[]): unknown {
    const given = args.map((arg) => this.#pass(arg));
    this.#journal.add(
      ['call', id, name, given.map((g) => g.passed)],
      given.reduce((n, g) => n + g.bytes, 0),
    );
    const result = method.apply(
      target,
      given.map((g) => g.inner),
    );
    return isBorder(result) ? this.wrap(result) : result;
  }

  /** What the machine is given in place of a value, and what is noted of it. */
  #pass(value: unknown): { inner: unknown; passed: Passed; bytes: number } {
    if (value instanceof Uint8Array) return { inner: value, passed: passBytes(value), bytes: value.length };
    if (typeof value === 'function') {
      const id = this.#callbacks++;
      return { inner: this.#callback(id, value as Callable), passed: { $callback: id }, bytes: 0 };
    }
    if (typeof value === 'number' && !Number.isFinite(value))
      return { inner: value, passed: { $number: String(value) }, bytes: 0 };
    if (value === null || typeof value !== 'object')
      return { inner: value, passed: (value ?? null) as Passed, bytes: 0 };
    const known = this.#ids.get(value);
    if (known !== undefined) return { inner: this.#inner.get(value), passed: { $object: known }, bytes: 0 };
    const parts = Object.entries(value).map(([key, inner]) => [key, this.#pass(inner)] as const);
    const bytes = parts.reduce((n, [, part]) => n + part.bytes, 0);
    if (Array.isArray(value))
      return { inner: parts.map(([, p]) => p.inner), passed: parts.map(([, p]) => p.passed), bytes };
    return {
      inner: Object.fromEntries(parts.map(([key, p]) => [key, p.inner])),
      passed: Object.fromEntries(parts.filter(([, p]) => p.inner !== undefined).map(([key, p]) => [key, p.passed])),
      bytes,
    };
  }

  #callback(id: number, body: Callable): Callable {
    return (...args) => {
      this.#journal.add(['back', id]);
      const answer = body(...args);
      this.#journal.add(['answer', typeof answer === 'number' || typeof answer === 'boolean' ? answer : null]);
      return answer;
    };
  }
}
