import { EAGAIN, EINVAL, EPERM, ETIMEDOUT } from '../../abi/errno.ts';
import { CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Futex, Timespec } from '../../abi/sys.ts';
import type { Task } from '../task/task.ts';

/** Milliseconds of a clock, or -EINVAL. */
export function now(task: Task, clock: number): number {
  const { kernel, process } = task;
  switch (clock) {
    case CLOCK_REALTIME:
      return kernel.clock.realtime();
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
      return kernel.clock.monotonic();
    case CLOCK_PROCESS_CPUTIME_ID:
      return process.userTime + process.systemTime;
    default:
      return -EINVAL;
  }
}

export function clockGettime(task: Task, clock: number, ts: Timespec): number {
  const ms = now(task, clock);
  if (ms === -EINVAL) return ms;
  ts.sec = Math.floor(ms / 1000);
  ts.nsec = Math.floor((ms - ts.sec * 1000) * 1e6);
  return 0;
}

export function clockSettime(task: Task, clock: number, ts: Timespec): number {
  if (clock !== CLOCK_REALTIME || ts.nsec < 0 || ts.nsec >= 1e9) return -EINVAL;
  if (!task.capable('CAP_SYS_TIME')) return -EPERM;
  task.kernel.clock.setRealtime(ts.sec * 1000 + ts.nsec / 1e6);
  return 0;
}

/** nanosleep(2). */
export function sleep(task: Task, ms: number): number {
  if (!(ms >= 0)) return -EINVAL;
  if (task.expires(ms, 'sleep')) return 0;
  return task.blockInterruptibly(undefined);
}

export function getrandom(task: Task, buf: Uint8Array): number {
  task.kernel.outside.random(buf);
  return buf.length;
}

export function schedYield(task: Task): number {
  task.kernel.run.budget = 0;
  return 0;
}

/** futex(2), FUTEX_WAIT. */
export function futexWait(task: Task, futex: Futex, expected: number, timeout?: number): number {
  const { futexes } = task.kernel;
  const sleepers = futexes.get(futex);
  const repeated = task.waitsOn === futex;
  task.waitsOn = undefined;
  if (task.granted) {
    task.granted = false;
    if (repeated) return 0;
  }
  if (!repeated && futex.value !== expected) return -EAGAIN;
  if (timeout !== undefined && timeout >= 0 && task.expires(timeout, 'futex')) {
    sleepers?.delete(task);
    return -ETIMEDOUT;
  }
  const r = task.blockInterruptibly(undefined);
  if (!task.waiting) {
    sleepers?.delete(task);
    return r;
  }
  task.waitsOn = futex;
  if (sleepers) sleepers.add(task);
  else futexes.set(futex, new Set([task]));
  return r;
}

/** futex(2), FUTEX_WAKE. @returns how many were woken */
export function futexWake(task: Task, futex: Futex, count: number): number {
  const sleepers = task.kernel.futexes.get(futex);
  if (sleepers === undefined) return 0;
  let woken = 0;
  for (const sleeper of sleepers) {
    if (woken >= count) break;
    sleepers.delete(sleeper);
    if (sleeper.dead || sleeper.waitsOn !== futex) continue;
    woken++;
    sleeper.granted = true;
    sleeper.wake();
  }
  return woken;
}
