/** A call that the kernel makes at a time; `at` is in milliseconds of the monotonic clock. */
export class Timer {
  readonly at: number;
  readonly fire: () => void;
  /** Orders those of the same time by their making. */
  readonly order: number;
  /** Place in the heap; -1 once it is out. */
  index = -1;
  constructor(at: number, fire: () => void, order: number) {
    this.at = at;
    this.fire = fire;
    this.order = order;
  }
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** All timers of a kernel: a binary heap. */
export class Timers {
  #heap: Timer[] = [];
  #made = 0;

  /** Calls `fire` at `at`, or at the next chance if that is over. */
  add(at: number, fire: () => void): Timer {
    const timer = new Timer(at, fire, this.#made++);
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1, timer);
    return timer;
  }

  /** Takes a timer back; one that fired already is left alone. */
  cancel(timer: Timer): void {
    const at = timer.index;
    if (at < 0) return;
    timer.index = -1;
    const last = this.#heap.pop()!;
    if (last === timer) return;
    this.#up(at, last);
    this.#down(last.index, last);
  }

  /** Time of the next one; undefined where there is none. */
  next(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Fires what is due at `now`. @returns how many */
  run(now: number): number {
    let fired = 0;
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now) return fired;
      this.cancel(first);
      fired++;
      first.fire();
    }
  }

  clear(): void {
    for (const timer of this.#heap) timer.index = -1;
    this.#heap.length = 0;
  }

  #up(from: number, timer: Timer): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent]!;
      if (!before(timer, above)) break;
      this.#place(at, above);
      at = parent;
    }
    this.#place(at, timer);
  }

  #down(from: number, timer: Timer): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      const left = this.#heap[child];
      if (left === undefined) break;
      const right = this.#heap[child + 1];
      if (right !== undefined && before(right, left)) child++;
      const below = this.#heap[child]!;
      if (!before(below, timer)) break;
      this.#place(at, below);
      at = child;
    }
    this.#place(at, timer);
  }

  #place(at: number, timer: Timer): void {
    this.#heap[at] = timer;
    timer.index = at;
  }
}
