import { WaitQueue } from '../wait-queue.ts';

/** Limit of `max`. */
export const UNLIMITED = Number.POSITIVE_INFINITY;
/** Length of the period that cpu.max has unless given, microseconds. */
export const CPU_PERIOD = 100_000;

/**
 * A control group (cgroup v2). `P` is what it holds: processes. It keeps numbers and rules; who is killed, stopped or
 * held back is done by those who ask it.
 */
export class Cgroup<P> {
  name: string;
  readonly parent: Cgroup<P> | undefined;
  readonly children: Map<string, Cgroup<P>> = new Map();
  readonly members: Set<P> = new Set();
  removed = false;
  /** Woken when `populated` or `frozen` of cgroup.events, or a file of events, changes. */
  readonly changed: WaitQueue = new WaitQueue();

  /** Tasks in it and below. */
  pids = 0;
  pidsPeak = 0;
  pidsMax = UNLIMITED;
  /** How often pids.max refused a task. */
  pidsRefused = 0;

  /** Bytes charged to it and below. */
  memory = 0;
  memoryPeak = 0;
  memoryMax = UNLIMITED;
  memoryHigh = UNLIMITED;
  memoryLow = 0;
  memoryMin = 0;
  swapMax = UNLIMITED;
  readonly memoryEvents = { low: 0, high: 0, max: 0, oom: 0, oom_kill: 0, oom_group_kill: 0 };
  oomGroup = false;

  cpuWeight = 100;
  /** Its own tasks that are on the run queue. */
  queued = 0;
  /** Microseconds of processor time a period; UNLIMITED: no limit. */
  cpuQuota = UNLIMITED;
  cpuPeriod = CPU_PERIOD;
  /** Used by it and below, microseconds. */
  cpuUsage = 0;
  cpuPeriods = 0;
  cpuThrottled = 0;
  cpuThrottledTime = 0;
  /** Used in the period that runs, and when that began (ms of the monotonic clock). */
  quotaUsed = 0;
  periodStart = 0;

  ioWeight = 100;
  readBytes = 0;
  writtenBytes = 0;

  /** cgroup.freeze was set here. */
  freeze = false;
  /** It, or a group above it, is frozen. */
  frozen = false;
  /** It, or a group above it, has a cpu.max. */
  limited = false;
  /** Controllers that its children have (cgroup.subtree_control). */
  readonly subtreeControl: Set<string> = new Set();
  cpusetCpus = '';
  cpusetMems = '';
  maxDepth = UNLIMITED;
  maxDescendants = UNLIMITED;

  constructor(name: string, parent: Cgroup<P> | undefined) {
    this.name = name;
    this.parent = parent;
    this.frozen = parent?.frozen === true;
    this.limited = parent?.limited === true;
  }

  /** `/`, `/system.slice/docker.service`, … */
  get path(): string {
    if (this.parent === undefined) return '/';
    return this.parent.parent === undefined ? `/${this.name}` : `${this.parent.path}/${this.name}`;
  }

  /** Sets cgroup.freeze. */
  setFreeze(on: boolean): void {
    this.freeze = on;
    for (const group of this.tree()) group.frozen = group.freeze || group.parent?.frozen === true;
    for (const group of this.tree()) group.changed.wakeAll();
  }

  /** Sets cpu.max: microseconds of processor time a period. */
  setCpuMax(quota: number, period: number, now: number): void {
    this.cpuQuota = quota;
    this.cpuPeriod = period;
    this.periodStart = now;
    this.quotaUsed = 0;
    for (const group of this.tree()) group.limited = group.cpuQuota !== UNLIMITED || group.parent?.limited === true;
  }

  /** Processes live in it or below. */
  get populated(): boolean {
    if (this.members.size > 0) return true;
    for (const child of this.children.values()) if (child.populated) return true;
    return false;
  }

  /** It and all below, itself first. */
  *tree(): Generator<Cgroup<P>> {
    yield this;
    for (const child of this.children.values()) yield* child.tree();
  }

  /** May `count` tasks more begin here? Counts a refusal. */
  admits(count: number): boolean {
    for (let group: Cgroup<P> | undefined = this; group !== undefined; group = group.parent) {
      if (group.pids + count > group.pidsMax) {
        group.pidsRefused++;
        group.changed.wakeAll();
        return false;
      }
    }
    return true;
  }

  addTasks(count: number): void {
    for (let group: Cgroup<P> | undefined = this; group !== undefined; group = group.parent) {
      group.pids += count;
      if (group.pids > group.pidsPeak) group.pidsPeak = group.pids;
    }
  }

  addMember(member: P): void {
    const before = this.populated;
    this.members.add(member);
    if (!before) this.#populationChanged();
  }

  removeMember(member: P): void {
    this.members.delete(member);
    if (!this.populated) this.#populationChanged();
  }

  #populationChanged(): void {
    for (let group: Cgroup<P> | undefined = this; group !== undefined; group = group.parent) group.changed.wakeAll();
  }

  /** Charges bytes (negative: gives them back). @returns the group whose memory.max is exceeded now */
  chargeMemory(bytes: number): Cgroup<P> | undefined {
    let over: Cgroup<P> | undefined;
    for (let group: Cgroup<P> | undefined = this; group !== undefined; group = group.parent) {
      group.memory = Math.max(0, group.memory + bytes);
      if (group.memory > group.memoryPeak) group.memoryPeak = Math.min(group.memory, group.memoryMax);
      if (bytes > 0 && group.memory > group.memoryMax) over ??= group;
    }
    return over;
  }

  /** Counts processor time, milliseconds. */
  chargeCpu(ms: number): void {
    const us = ms * 1000;
    for (let group: Cgroup<P> | undefined = this; group !== undefined; group = group.parent) {
      group.cpuUsage += us;
      group.quotaUsed += us;
    }
  }

  /**
   * When may its tasks run again? @param now ms of the monotonic clock
   * @returns 0: now; otherwise the time at which the quota of a group here or above is full again
   */
  throttledUntil(now: number): number {
    let until = 0;
    for (let group: Cgroup<P> | undefined = this; group !== undefined; group = group.parent) {
      if (group.cpuQuota === UNLIMITED) continue;
      const period = group.cpuPeriod / 1000;
      if (now >= group.periodStart + period) {
        const passed = Math.max(1, Math.floor((now - group.periodStart) / period));
        group.periodStart += passed * period;
        group.cpuPeriods += 1;
        group.quotaUsed = Math.max(0, group.quotaUsed - passed * group.cpuQuota);
      }
      if (group.quotaUsed >= group.cpuQuota) {
        group.cpuThrottled++;
        const end = group.periodStart + period;
        group.cpuThrottledTime += (end - now) * 1000;
        until = Math.max(until, end);
      }
    }
    return until;
  }
}
