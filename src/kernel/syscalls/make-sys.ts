import { BLOCKED, ESRCH } from '../../abi/errno.ts';
import type { Image, Sys } from '../../abi/sys.ts';
import type { Tracer } from '../../abi/trace.ts';
import type { PidNamespace } from '../ns/pid.ts';
import type { Process, Task } from '../task/task.ts';
import { SysImpl } from './sys-impl.ts';
import { SYSCALLS, type SyscallName } from './table.ts';

/** A system call that was made: what `drydock trace` prints. `result` is a value, -errno, or BLOCKED. */
export type TraceHook = (task: Task, name: SyscallName, args: readonly unknown[], result: unknown) => void;

type Method = (this: SysImpl, ...args: unknown[]) => unknown;

const NAMES = Object.keys(SYSCALLS) as SyscallName[];
const methodOf = (name: SyscallName): Method => SysImpl.prototype[name] as unknown as Method;

/** Calls that a program repeats while they are BLOCKED, so that it comes to yield. */
const MAY_WAIT: readonly SyscallName[] = [
  'open',
  'read',
  'write',
  'pread',
  'copyFileRange',
  'flock',
  'poll',
  'execve',
  'spawn',
  'exit',
  'waitpid',
  'pause',
  'sleep',
  'futexWait',
  'tcsetattr',
  'accept',
  'connect',
  'sendto',
  'recvfrom',
  'packSend',
  'packReceive',
  'sync',
];

/** Makes the Sys objects of a kernel's tasks; traces them while there is a hook; lets them die. */
export class SysFactory {
  /** Who looks at a process, and the pid namespace in which that one sees it. */
  readonly #tracers: WeakMap<Process, { tracer: Tracer; ns: PidNamespace<Task> }> = new WeakMap();
  readonly #watched: object;
  readonly #alive: Set<SysImpl> = new Set();
  readonly #dead: object;
  readonly #silent: object;
  #traced: object | undefined = undefined;

  constructor() {
    const dead: Record<string, Method> = {};
    for (const name of NAMES) dead[name] = () => -ESRCH;
    dead.exit = () => BLOCKED;
    dead.isatty = () => false;
    dead.tick = () => true;
    dead.dlopen = () => -ESRCH;
    dead.sigprocmask = () => new Set();
    this.#dead = Object.assign(Object.create(SysImpl.prototype) as object, dead);
    const silent: Record<string, Method> = {};
    for (const name of MAY_WAIT) silent[name] = () => BLOCKED;
    silent.dlopen = () => BLOCKED;
    this.#silent = Object.assign(Object.create(this.#dead) as object, silent);
    this.#watched = this.#watching((task, name, args, result) => this.#report(task, name, args, result));
  }

  make(task: Task, image: Image, argv: readonly string[], envp: readonly string[]): Sys {
    const sys = new SysImpl(task, image, argv, envp);
    this.#alive.add(sys);
    const { process } = task;
    const above = process.parent && this.#tracers.get(process.parent);
    if (above?.tracer.follow && !this.#tracers.has(process)) this.#tracers.set(process, above);
    const proto = this.#traced ?? (this.#tracers.has(process) ? this.#watched : undefined);
    if (proto) Object.setPrototypeOf(sys, proto);
    return sys;
  }

  /** From now on every call of it answers -ESRCH and does nothing. */
  kill(sys: Sys): void {
    const { task } = sys as SysImpl;
    const watcher = this.#tracers.get(task.process);
    const status = task.process.dying;
    if (watcher && status !== undefined && task === task.process.leader)
      watcher.tracer.ended(task.process.pid.in(watcher.ns), status, task.kernel.clock.realtime());
    this.#alive.delete(sys as SysImpl);
    Object.setPrototypeOf(sys, this.#dead);
  }

  /** As `kill`, of a program that runs and is to yield: calls that may wait say BLOCKED. */
  silence(sys: Sys): void {
    if (this.#alive.delete(sys as SysImpl)) Object.setPrototypeOf(sys, this.#silent);
  }

  /** Reports every call of a process to `tracer`, or (undefined) none. */
  watch(process: Process, tracer: Tracer | undefined, ns: PidNamespace<Task>): void {
    if (tracer) this.#tracers.set(process, { tracer, ns });
    else this.#tracers.delete(process);
    for (const sys of this.#alive)
      if (sys.task.process === process)
        Object.setPrototypeOf(sys, this.#traced ?? (tracer ? this.#watched : SysImpl.prototype));
  }

  #report(task: Task, name: SyscallName, args: readonly unknown[], result: unknown): void {
    const over = name === 'exit' || name === 'execve';
    if (result === BLOCKED && !over) return;
    const watcher = this.#tracers.get(task.process);
    watcher?.tracer.call({
      pid: task.process.pid.in(watcher.ns),
      tid: task.tid.in(watcher.ns),
      name,
      args,
      result: result === BLOCKED ? undefined : result,
      time: task.kernel.clock.realtime(),
    });
  }

  /** The calls with a report of each. */
  #watching(hook: TraceHook): object {
    const traced: Record<string, Method> = {};
    for (const name of NAMES) {
      const method = methodOf(name);
      traced[name] = function (this: SysImpl, ...args) {
        const result = method.apply(this, args);
        hook(this.task, name, args, result);
        return result;
      };
    }
    return Object.assign(Object.create(SysImpl.prototype) as object, traced);
  }

  /** Reports every call of every task to `hook`, or (undefined) none. */
  trace(hook: TraceHook | undefined): void {
    if (hook === undefined) this.#traced = undefined;
    else this.#traced = this.#watching(hook);
    for (const sys of this.#alive) Object.setPrototypeOf(sys, this.#traced ?? SysImpl.prototype);
  }
}
