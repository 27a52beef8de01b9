/** A pid namespace (pid_namespaces(7)): who is known by which number in it. */
export class PidNamespace<T> {
  /** 0 for the first. */
  readonly level: number;
  readonly parent: PidNamespace<T> | undefined;
  readonly #max: number;
  readonly #pids: Map<number, Pid<T>> = new Map();
  #last = 0;
  /** Its process 1 is gone: nothing can be made in it any more. */
  dead = false;

  constructor(parent: PidNamespace<T> | undefined, max: number) {
    this.parent = parent;
    this.level = parent === undefined ? 0 : parent.level + 1;
    this.#max = max;
  }

  /** A number in this namespace and in all above it. */
  allocate(): Pid<T> {
    const numbers: number[] = [];
    const pid = new Pid<T>(this, numbers);
    for (let ns: PidNamespace<T> | undefined = this; ns !== undefined; ns = ns.parent) {
      const number = ns.#next();
      numbers[ns.level] = number;
      ns.#pids.set(number, pid);
    }
    return pid;
  }

  /** Gives the numbers back. */
  forget(pid: Pid<T>): void {
    for (let ns: PidNamespace<T> | undefined = this; ns !== undefined; ns = ns.parent) {
      ns.#pids.delete(pid.numbers[ns.level]!);
    }
  }

  find(number: number): Pid<T> | undefined {
    return this.#pids.get(number);
  }

  /** All that can be seen from here, in the order of their making. */
  all(): Iterable<Pid<T>> {
    return this.#pids.values();
  }

  get size(): number {
    return this.#pids.size;
  }

  /** The number given last (/proc/loadavg). */
  get last(): number {
    return this.#last;
  }

  #next(): number {
    do {
      this.#last = this.#last >= this.#max ? 300 : this.#last + 1;
    } while (this.#pids.has(this.#last));
    return this.#last;
  }
}

/** A task's, process group's or session's identity: one number in each namespace from its own up to the first. */
export class Pid<T> {
  readonly ns: PidNamespace<T>;
  /** By level. */
  readonly numbers: readonly number[];
  /** The task of this number; undefined once it was reaped (the number may live on as a group's or session's). */
  task: T | undefined = undefined;
  /** Tasks, groups and sessions that use it; at 0 the numbers go back. */
  #users = 0;

  constructor(ns: PidNamespace<T>, numbers: readonly number[]) {
    this.ns = ns;
    this.numbers = numbers;
  }

  /** Its number as `ns` sees it; 0: not visible there. */
  in(ns: PidNamespace<T>): number {
    if (ns.level > this.ns.level) return 0;
    let at: PidNamespace<T> = this.ns;
    while (at.level > ns.level) at = at.parent!;
    return at === ns ? this.numbers[ns.level]! : 0;
  }

  hold(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.ns.forget(this);
  }
}
