import { CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../abi/flags.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM } from '../../abi/socket.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { sendto } from '../../libc/datagram.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { Condition } from '../../libc/sync.ts';
import { NATIVE_SOCKET } from './journal.ts';
import { startService, stopService } from './service.ts';
import { startSocket, stopSocket } from './socket.ts';
import { startTimer, stopTimer } from './timer.ts';
import { type Active, type JobOutcome, newUnit, titleOf, triggeredBy, type Unit } from './unit.ts';
import { linkedUnits, loadUnit, specifiers } from './unit-load.ts';

/** What process 1 tells the console. */
export type Say = (kind: 'ok' | 'failed', text: string) => void;

type Outcome = JobOutcome['result'];

/** The units of the system and their processes; threads of process 1 share it. */
export class Manager {
  readonly units: Map<string, Unit> = new Map();
  /** Told when a unit's state or a child has changed. */
  readonly changed: Condition = new Condition();
  readonly #statuses: Map<number, number> = new Map();
  readonly #awaited: Set<number> = new Set();
  /** Silent after the boot. */
  say: Say;
  #log = -1;

  constructor(say: Say) {
    this.say = say;
  }

  /** The unit of that name, read from the disk when it is first asked for. */
  *unit(sys: Sys, name: string): Wait<Unit> {
    const known = this.units.get(name);
    if (known) return known;
    const definition = yield* loadUnit(sys, name);
    const main = this.units.get(definition.id);
    if (main) return main;
    const unit = newUnit(definition, sys.now(CLOCK_REALTIME));
    if (definition.load === 'loaded') this.units.set(definition.id, unit);
    return unit;
  }

  /** daemon-reload: reads every unit's file again. */
  *reload(sys: Sys): Wait<void> {
    for (const unit of [...this.units.values()]) {
      const { id } = unit.definition;
      const definition = yield* loadUnit(sys, id);
      if (definition.load !== 'loaded' && (unit.active === 'inactive' || unit.active === 'failed'))
        this.units.delete(id);
      else if (definition.load === 'loaded') unit.definition = definition;
      unit.loadedAt = sys.now(CLOCK_REALTIME);
    }
  }

  /** The unit's file, or one of its drop-ins, was changed after it was read. */
  isStale(sys: Sys, unit: Unit): boolean {
    const st = new Stat();
    const { path, dropIns } = unit.definition;
    for (const file of [path, ...dropIns]) {
      if (file === '' || file === '/dev/null') continue;
      if (sys.stat(file, st) < 0) return true;
      if (st.mtimeSec * 1000 + st.mtimeNsec / 1e6 > unit.loadedAt) return true;
    }
    return false;
  }

  set(sys: Sys, unit: Unit, active: Active, sub: string): void {
    const now = sys.now(CLOCK_REALTIME);
    const was = unit.active === 'active' || unit.active === 'reloading';
    const is = active === 'active' || active === 'reloading';
    if (is && !was) unit.activeSince = now;
    if (was && !is) unit.activeUntil = now;
    if (unit.active !== active || unit.sub !== sub) unit.changed = now;
    unit.active = active;
    unit.sub = sub;
    this.changed.notify(sys);
  }

  // ---- children

  /** From the reaper: a child has ended. */
  ended(sys: Sys, pid: number, status: number): void {
    if (!this.#awaited.has(pid)) return;
    this.#statuses.set(pid, status);
    this.changed.notify(sys);
  }

  /** To be called before a child can end: its status is kept until somebody waits for it. */
  expect(pid: number): void {
    this.#awaited.add(pid);
  }

  /** Waits for the end of a child. @returns its status; undefined after `timeout` ms */
  *waitFor(sys: Sys, pid: number, timeout = Number.POSITIVE_INFINITY): Wait<number | undefined> {
    const until = sys.now(CLOCK_MONOTONIC) + timeout;
    for (;;) {
      const status = this.#statuses.get(pid);
      if (status !== undefined) {
        this.#statuses.delete(pid);
        this.#awaited.delete(pid);
        return status;
      }
      const left = until - sys.now(CLOCK_MONOTONIC);
      if (left <= 0) return undefined;
      yield* this.changed.wait(sys, Number.isFinite(left) ? Math.ceil(left) : undefined);
    }
  }

  // ---- the journal

  /** A message of process 1 about a unit. */
  *log(sys: Sys, unit: Unit | undefined, message: string, priority = 6): Wait<void> {
    if (this.#log < 0) this.#log = sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
    const about = unit ? `UNIT=${unit.definition.id}\n` : '';
    const text = `MESSAGE=${message}\nPRIORITY=${priority}\nSYSLOG_IDENTIFIER=systemd\nSYSLOG_PID=1\n_COMM=systemd\n${about}`;
    yield* sendto(sys, this.#log, encode(text), { family: AF_UNIX, path: NATIVE_SOCKET });
  }

  // ---- cgroups

  /** Makes the cgroup of a unit. @returns its directory */
  *cgroup(sys: Sys, unit: Unit): Wait<string> {
    const slice = unit.definition.file.get('Service', 'Slice') ?? 'system.slice';
    const root = '/sys/fs/cgroup';
    const controllers = '+cpuset +cpu +io +memory +pids';
    mkdirp(sys, `${root}/${slice}`, 0o755);
    yield* writeFile(sys, `${root}/cgroup.subtree_control`, controllers);
    yield* writeFile(sys, `${root}/${slice}/cgroup.subtree_control`, controllers);
    unit.cgroup = `/${slice}/${unit.definition.id}`;
    const path = root + unit.cgroup;
    mkdirp(sys, path, 0o755);
    for (const [key, file] of [
      ['MemoryMax', 'memory.max'],
      ['MemoryHigh', 'memory.high'],
      ['TasksMax', 'pids.max'],
      ['CPUWeight', 'cpu.weight'],
    ] as const) {
      const value = unit.definition.file.get('Service', key);
      if (value !== undefined) yield* writeFile(sys, `${path}/${file}`, limitText(value));
    }
    const quota = /^(\d+)%$/.exec(unit.definition.file.get('Service', 'CPUQuota') ?? '');
    if (quota) yield* writeFile(sys, `${path}/cpu.max`, `${Number(quota[1]) * 1000} 100000`);
    return path;
  }

  /** Pids of a unit's processes. */
  *processes(sys: Sys, unit: Unit): Wait<number[]> {
    if (unit.cgroup === '') return [];
    const bytes = yield* readFile(sys, `/sys/fs/cgroup${unit.cgroup}/cgroup.procs`);
    return typeof bytes === 'number' ? [] : decode(bytes).trim().split('\n').filter(Boolean).map(Number);
  }

  // ---- jobs

  /** Names in a dependency list, with specifiers filled in. */
  words(sys: Sys, unit: Unit, key: string): string[] {
    const { file, id } = unit.definition;
    return file.words('Unit', key).map((name) => specifiers(name, id, sys.uname().nodename));
  }

  /** Starts a unit and what it needs. */
  *start(sys: Sys, name: string, path: ReadonlySet<string> = new Set()): Wait<Outcome> {
    const unit = yield* this.unit(sys, name);
    const { load, id } = unit.definition;
    if (load !== 'loaded') return load;
    if (unit.active === 'active' || unit.active === 'reloading') return 'done';
    if (path.has(id)) return 'done';
    const within = new Set([...path, id]);
    for (const other of this.words(sys, unit, 'Conflicts')) {
      const rival = this.units.get(other);
      if (rival && rival.active !== 'inactive' && rival.active !== 'failed') yield* this.stop(sys, other);
    }
    const required = [
      ...this.words(sys, unit, 'Requires'),
      ...this.words(sys, unit, 'BindsTo'),
      ...linkedUnits(sys, id, 'requires'),
    ];
    const wanted = [...this.words(sys, unit, 'Wants'), ...linkedUnits(sys, id, 'wants')];
    const all = yield* this.inOrder(sys, [...new Set([...required, ...wanted])]);
    for (const other of all) {
      const outcome = yield* this.start(sys, other, within);
      if (outcome !== 'done' && required.includes(other)) {
        yield* this.log(sys, unit, `Dependency failed for ${titleOf(unit)}.`, 4);
        this.say('failed', `Dependency failed for ${titleOf(unit)}.`);
        unit.result = 'dependency';
        return 'dependency';
      }
    }
    for (const other of this.words(sys, unit, 'Requisite'))
      if ((yield* this.unit(sys, other)).active !== 'active') return 'dependency';
    return yield* this.startOne(sys, unit);
  }

  /** Sorts units so that what another wants to be After comes first. */
  *inOrder(sys: Sys, names: readonly string[]): Wait<string[]> {
    const after = new Map<string, string[]>();
    for (const name of names) {
      const unit = yield* this.unit(sys, name);
      after.set(name, [...(after.get(name) ?? []), ...this.words(sys, unit, 'After')]);
      for (const later of this.words(sys, unit, 'Before')) after.set(later, [...(after.get(later) ?? []), name]);
    }
    const out: string[] = [];
    const visit = (name: string, seen: ReadonlySet<string>): void => {
      if (out.includes(name) || seen.has(name)) return;
      for (const first of after.get(name) ?? []) if (after.has(first)) visit(first, new Set([...seen, name]));
      if (names.includes(name)) out.push(name);
    };
    for (const name of names) visit(name, new Set());
    return out;
  }

  *startOne(sys: Sys, unit: Unit): Wait<Outcome> {
    const unmet = yield* unmetCondition(sys, unit);
    if (unmet !== undefined) {
      yield* this.log(sys, unit, `${titleOf(unit)} was skipped because of an unmet condition check (${unmet}).`);
      return 'done';
    }
    const { id } = unit.definition;
    if (id.endsWith('.service')) return yield* startService(sys, this, unit);
    if (id.endsWith('.socket')) return yield* startSocket(sys, this, unit);
    if (id.endsWith('.timer')) return yield* startTimer(sys, this, unit);
    this.set(sys, unit, 'active', id.endsWith('.slice') || id.endsWith('.target') ? 'active' : 'exited');
    if (id.endsWith('.target')) {
      yield* this.log(sys, unit, `Reached target ${titleOf(unit)}.`);
      this.say('ok', `Reached target ${titleOf(unit)}.`);
    }
    return 'done';
  }

  /** Stops a unit and what cannot be without it. */
  *stop(sys: Sys, name: string): Wait<Outcome> {
    const unit = yield* this.unit(sys, name);
    const { load, id } = unit.definition;
    if (load === 'not-found' || load === 'masked') return load === 'masked' ? 'done' : load;
    unit.generation++;
    for (const other of [...this.units.values()]) {
      const bound = [...this.words(sys, other, 'Requires'), ...this.words(sys, other, 'BindsTo')];
      const part = this.words(sys, other, 'PartOf');
      const runs = other.active === 'active' || other.active === 'activating' || other.active === 'reloading';
      if (runs && (bound.includes(id) || part.includes(id))) yield* this.stop(sys, other.definition.id);
    }
    if (unit.active === 'failed') return 'done';
    if (unit.active === 'inactive' && unit.sub === 'dead') return 'done';
    if (id.endsWith('.service')) yield* stopService(sys, this, unit);
    else if (id.endsWith('.socket')) yield* stopSocket(sys, this, unit);
    else if (id.endsWith('.timer')) yield* stopTimer(sys, this, unit);
    else this.set(sys, unit, 'inactive', 'dead');
    return 'done';
  }

  /** Loaded units that begin `id`. */
  triggersOf(id: string): Unit[] {
    return [...this.units.values()].filter(
      (unit) => /\.(?:socket|timer)$/.test(unit.definition.id) && triggeredBy(unit) === id,
    );
  }

  /** Milliseconds since boot. */
  uptime(sys: Sys): number {
    return sys.now(CLOCK_BOOTTIME);
  }
}

/** A limit as the cgroup file takes it: `512M`, `infinity`. */
function limitText(value: string): string {
  if (value === 'infinity') return 'max';
  const match = /^(\d+)([KMGT]?)$/.exec(value);
  return match ? String(Number(match[1]) * 1024 ** ' KMGT'.indexOf(match[2] || ' ')) : value;
}

/** The first Condition… or Assert… that does not hold, as it is written. */
function* unmetCondition(sys: Sys, unit: Unit): Wait<string | undefined> {
  const { file } = unit.definition;
  const st = new Stat();
  const tests: Readonly<Record<string, (path: string) => boolean>> = {
    PathExists: (path) => sys.stat(path, st) === 0,
    FileNotEmpty: (path) => sys.stat(path, st) === 0 && st.size > 0,
    PathIsDirectory: (path) => sys.stat(path, st) === 0 && (st.mode & 0o170000) === 0o040000,
    FileIsExecutable: (path) => sys.access(path, 1) === 0,
  };
  for (const [key, holds] of Object.entries(tests))
    for (const value of file.all('Unit', `Condition${key}`)) {
      const not = value.startsWith('!');
      if (holds(value.replace(/^[!|]+/, '')) === not) return `Condition${key}=${value}`;
    }
  return undefined;
}
