import { RLIMIT_CPU } from '../abi/flags.ts';
import { SIGKILL, SIGXCPU } from '../abi/signal.ts';
import { exitedStatus, signaledStatus } from '../abi/wait.ts';
import { noteKill } from './cgroup/oom.ts';
import { TaskQueue } from './run-queue.ts';
import { deliverSignals } from './task/deliver.ts';
import { endProcess, endThread, stopProgram } from './task/exit.ts';
import { sendSignal } from './task/signals.ts';
import type { KernelState, Process, Run, RunReason, Task } from './task/task.ts';

/** Steps between two looks at the clock. */
const STEPS = 256;
/** Milliseconds that a task of usual weight runs while others wait. */
const SLICE = 2;
/** Milliseconds of work before the event loop gets its turn. */
const TURN = 8;
/** Milliseconds that tasks which just woke up may take before one whose slice was over has its turn. */
const FRESH_SHARE = 4;
/** Switches between two looks at the clock for accounting. */
const SAMPLE = 8;
/** Steps that a switch of tasks counts for on the virtual clock. */
const SWITCH = 20;
const SIGSEGV = 11;

/** A text or array became larger than JavaScript allows: the machine would have had no memory for it either. */
const isMemory = (error: unknown): boolean => error instanceof RangeError && !/call stack/i.test(error.message);

/**
 * Runs tasks in turn: those that were just woken first, then those whose slice was over, round robin; after 8 ms the
 * event loop has its turn.
 */
export class Scheduler implements Run {
  current: Task | undefined = undefined;
  budget = STEPS;
  readonly #kernel: KernelState;
  /** Its slice was cut by the end of a turn. */
  #interrupted: Task | undefined = undefined;
  /** Woken, new, and those whose slice was over: a turn goes to the first queue that has one. */
  readonly #queues = { woken: new TaskQueue(), new: new TaskQueue(), ready: new TaskQueue() };
  #over = false;
  #turnOver = false;
  #turnEnd = 0;
  #sliceEnd = 0;
  #freshTime = 0;
  #readyFirst = false;
  #stamp = 0;
  #unsampled = 0;
  #running = false;
  #turnAsked = false;
  #cancelTimer: (() => void) | undefined = undefined;
  #halted = false;
  /** Things outside that are under way: the virtual clock does not jump meanwhile. */
  holds = 0;

  constructor(kernel: KernelState) {
    this.#kernel = kernel;
  }

  enqueue(task: Task, why: RunReason): void {
    if (task.queued || task.dead || task === this.current) return;
    const { process } = task;
    if ((process.stopSignal !== 0 || process.cgroup.frozen) && !process.pending.has(SIGKILL)) return;
    task.queued = true;
    task.queuedIn = process.cgroup;
    process.cgroup.queued++;
    this.#queues[why].push(task);
    if (!this.#running) this.kick();
  }

  /** Tasks that could run now. */
  get runnable(): number {
    const { woken, new: fresh, ready } = this.#queues;
    const running = this.current ?? this.#interrupted;
    return woken.length + fresh.length + ready.length + (running ? 1 : 0);
  }

  expired(): boolean {
    const kernel = this.#kernel;
    if (this.#over) {
      this.budget = 0;
      return true;
    }
    kernel.clock.spend(STEPS);
    this.budget = STEPS;
    const now = kernel.clock.monotonic();
    if (this.current?.signalled === true || now >= this.#sliceEnd) this.#over = true;
    else if ((kernel.timers.next() ?? Number.POSITIVE_INFINITY) <= now) this.#over = true;
    else if (kernel.outside.monotonic() >= this.#turnEnd) this.#turnOver = this.#over = true;
    if (this.#over) this.budget = 0;
    return this.#over;
  }

  kick(): void {
    if (this.#running || this.#turnAsked || this.#halted) return;
    this.#turnAsked = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#kernel.outside.turn(() => {
      this.#turnAsked = false;
      this.#turn();
    });
  }

  /** Nothing runs any more. */
  halt(): void {
    this.#halted = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #turn(): void {
    const kernel = this.#kernel;
    if (this.#running || this.#halted) return;
    this.#running = true;
    this.#turnEnd = kernel.outside.monotonic() + TURN;
    this.#turnOver = false;
    this.#stamp = kernel.clock.monotonic();
    try {
      this.#work();
    } catch (error) {
      kernel.outside.onPanic(error, 'kernel');
    } finally {
      this.current = undefined;
      this.#running = false;
    }
    if (!this.#halted) this.#arrange();
  }

  /** Runs tasks until none can run or the turn is over. */
  #work(): void {
    const kernel = this.#kernel;
    let rounds = 0;
    while (!this.#halted) {
      const next = kernel.timers.next();
      if (next !== undefined && next <= kernel.clock.monotonic()) {
        this.#refreshTime();
        kernel.timers.run(kernel.clock.monotonic());
      }
      const task = this.#pick();
      if (task === undefined) {
        const at = kernel.timers.next();
        if (at === undefined || this.holds > 0 || !kernel.clock.jump(at)) return;
        this.#stamp = kernel.clock.monotonic();
        if (kernel.outside.monotonic() >= this.#turnEnd) return;
        continue;
      }
      this.#runSlice(task);
      if (this.#turnOver) return;
      if ((this.#over || (++rounds & 63) === 0) && kernel.outside.monotonic() >= this.#turnEnd) return;
    }
  }

  /** When does work go on? */
  #arrange(): void {
    const kernel = this.#kernel;
    const at = kernel.timers.next();
    if (this.runnable > 0) this.kick();
    if (this.#turnAsked) return;
    if (at === undefined) return;
    const wait = at - kernel.clock.monotonic();
    if (kernel.config.clock === 'virtual') {
      if (this.holds === 0) this.kick();
      return;
    }
    this.#cancelTimer = kernel.outside.setTimer(kernel.outside.monotonic() + Math.max(0, wait), () => {
      this.#cancelTimer = undefined;
      this.#turn();
    });
  }

  #pick(): Task | undefined {
    const again = this.#interrupted;
    if (again !== undefined) {
      again.queued = false;
      if (this.#mayRun(again)) return again;
      this.#interrupted = undefined;
    }
    for (;;) {
      const { woken, new: fresh, ready } = this.#queues;
      let task: Task | undefined;
      if (this.#freshTime < FRESH_SHARE) task = woken.shift() ?? fresh.shift();
      if (task === undefined) {
        // those that were put back have their turn, and the new ones too, however many wake
        this.#freshTime = 0;
        this.#readyFirst = !this.#readyFirst;
        task = this.#readyFirst ? (ready.shift() ?? fresh.shift()) : (fresh.shift() ?? ready.shift());
        task ??= woken.shift();
      }
      if (task === undefined) return undefined;
      task.queued = false;
      if (task.queuedIn) task.queuedIn.queued--;
      if (this.#mayRun(task)) return task;
    }
  }

  #mayRun(task: Task): boolean {
    if (task.dead) return false;
    const { process } = task;
    if (process.pending.has(SIGKILL)) return true;
    if (process.stopSignal !== 0 || process.cgroup.frozen) return false;
    if (!process.cgroup.limited) return true;
    const until = process.cgroup.throttledUntil(this.#kernel.clock.monotonic());
    if (until === 0) return true;
    this.#kernel.timers.add(until, () => this.enqueue(task, 'ready'));
    return false;
  }

  #runSlice(task: Task): void {
    const kernel = this.#kernel;
    this.current = task;
    kernel.switches++;
    this.#over = false;
    this.budget = STEPS;
    if (task === this.#interrupted) this.#interrupted = undefined;
    else this.#sliceEnd = kernel.clock.monotonic() + slice(task);
    if (!task.signalled || deliverSignals(task)) this.#step(task);
    this.current = undefined;
    // of a slice that was over, the steps are counted already
    if (!this.#turnOver) kernel.clock.spend((this.#over ? 0 : STEPS - Math.max(0, this.budget)) + SWITCH);
    this.#account(task);
    this.#after(task);
  }

  #step(task: Task): void {
    const { program } = task;
    if (program === undefined) {
      finish(task);
      return;
    }
    let result: IteratorResult<void, number>;
    try {
      result = program.next();
    } catch (error) {
      this.current = undefined;
      if (isMemory(error)) {
        task.program = undefined;
        noteKill(task.process);
        endProcess(task.process, task.process.dying ?? signaledStatus(SIGKILL, false));
        return;
      }
      this.#kernel.outside.onPanic(error, `${task.comm}[${task.process.id}]`);
      this.#kernel.log(`${task.comm}[${task.process.id}]: segfault at 0 ip 0000000000000000 error 4`);
      task.program = undefined;
      endProcess(task.process, task.process.dying ?? signaledStatus(SIGSEGV, true));
      return;
    }
    this.current = undefined;
    const { process } = task;
    if (process.dying !== undefined) endProcess(process, process.dying);
    else if (task.ending) endThread(task);
    else if (task.nextImage !== undefined) begin(task);
    else if (result.done === true) {
      task.program = undefined;
      task.result = result.value;
      // a signal that came meanwhile has its effect first
      if (!task.signalled) finish(task);
    }
  }

  /** Parks the task, or puts it back on the queue. */
  #after(task: Task): void {
    if (task.dead) return;
    if (task.waiting && !task.woken && !task.signalled) {
      task.parked = true;
      task.voluntarySwitches++;
      return;
    }
    task.involuntarySwitches++;
    if (!task.waiting) task.leaveQueues();
    if (this.#turnOver) {
      // only the event loop had to have its turn: the slice goes on after it, so that the order of tasks is the same
      task.queued = true;
      this.#interrupted = task;
    } else this.enqueue(task, 'ready');
  }

  #account(task: Task): void {
    if (!this.#over && ++this.#unsampled < SAMPLE && this.#kernel.config.clock === 'real') return;
    this.#unsampled = 0;
    const used = this.#refreshTime();
    task.process.userTime += used;
    task.process.cgroup.chargeCpu(used);
    limitCpu(task.process);
    this.#freshTime += used;
  }

  /** Looks at the clock. @returns milliseconds since the last look */
  #refreshTime(): number {
    const { clock, coarse } = this.#kernel;
    const now = clock.monotonic();
    const used = now - this.#stamp;
    this.#stamp = now;
    const real = clock.realtime();
    coarse.sec = Math.floor(real / 1000);
    coarse.nsec = ((real - coarse.sec * 1000) * 1e6) | 0;
    return used;
  }
}

/** The program has returned: the process ends, or this one thread. */
function finish(task: Task): void {
  if (task.result === undefined) return;
  const { process } = task;
  if (task === process.leader) endProcess(process, exitedStatus(task.result));
  else endThread(task);
}

/** The image that execve made ready takes the place of the program. */
function begin(task: Task): void {
  const next = task.nextImage!;
  task.nextImage = undefined;
  const { sys } = task;
  task.sys = next.old;
  stopProgram(task);
  task.sys = sys;
  task.waiting = false;
  task.result = undefined;
  task.interrupted = 0;
  task.program = next.entry(sys!);
}

/** RLIMIT_CPU: SIGXCPU at the soft limit, SIGKILL at the hard one. */
function limitCpu(process: Process): void {
  const { soft, hard } = process.limits[RLIMIT_CPU]!;
  if (soft === Number.POSITIVE_INFINITY) return;
  const seconds = process.userTime / 1000;
  if (seconds >= hard) sendSignal(process, SIGKILL, 'kernel');
  else if (seconds >= soft) sendSignal(process, SIGXCPU, 'kernel');
}

/**
 * Length of a task's slice, milliseconds. The tasks of a process, and those of a group, share what one would have:
 * each process of the root group and each other group gets the same, times its weight.
 */
function slice({ process }: Task): number {
  const { cgroup, nice, threads } = process;
  let sharers = 1;
  if (cgroup.parent !== undefined) sharers += cgroup.queued;
  else if (threads.length > 1) {
    sharers = 0;
    for (const task of threads) if (!task.parked) sharers++;
  }
  if (sharers <= 1 && nice === 0 && cgroup.cpuWeight === 100) return SLICE;
  const weight = (1.25 ** -nice * cgroup.cpuWeight) / 100 / Math.max(1, sharers);
  return Math.min(TURN, Math.max(0.25, SLICE * weight));
}
