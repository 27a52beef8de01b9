import type { Capability, Credentials } from '../../abi/credentials.ts';
import type { Library } from '../../abi/library.ts';
import { SIG_DFL, type SignalHandler } from '../../abi/signal.ts';
import type { Entry, Futex, Image, Program, Rlimit, Sys, Timespec } from '../../abi/sys.ts';
import type { Tracer } from '../../abi/trace.ts';
import type { FileSystem, Inode, MountNamespace, OpenFile, Path, VfsContext, VfsState } from '../../vfs/index.ts';
import type { Cgroup } from '../cgroup/cgroup.ts';
import type { KernelConfig } from '../config.ts';
import type { AnonymousPlaces } from '../file/anonymous.ts';
import type { FdTable } from '../file/fd-table.ts';
import type { NetCaller, NetNamespace, NetStack, WaitPoint } from '../net/door.ts';
import type { Ipc, Namespace, Uts } from '../ns/namespace.ts';
import type { Pid, PidNamespace } from '../ns/pid.ts';
import type { Outside } from '../outside.ts';
import type { Clock } from '../time/clock.ts';
import type { Timer, Timers } from '../time/timers.ts';
import { WaitQueue } from '../wait-queue.ts';
import { SignalSet } from './signal-set.ts';
import { WaitingTask } from './waiting-task.ts';

// The records of processes. They name each other, therefore they stand in one file; what is done with them does not.

/** Why a task can run: it was woken, it is new (both go before the others), or its slice was over. */
export type RunReason = 'woken' | 'new' | 'ready';

/** What the scheduler does for tasks. */
export interface Run {
  /** The task that runs now. */
  current: Task | undefined;
  /** Steps that are left before the clock is looked at. */
  budget: number;
  /** Puts a task on the run queue. */
  enqueue(task: Task, why: RunReason): void;
  /** Is the slice over, or does a signal wait? */
  expired(): boolean;
  /** Something outside happened or a timer was set: look whether there is work. */
  kick(): void;
}

/** What belongs to the whole kernel. */
export interface KernelState {
  readonly config: KernelConfig;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly run: Run;
  /** CLOCK_REALTIME as of the last look at the clock: for the times of files. */
  readonly coarse: Timespec;
  readonly pidNs: PidNamespace<Task>;
  readonly cgroups: Cgroup<Process>;
  readonly net: NetStack;
  readonly vfsState: VfsState;
  /** Opens fifos and devices. */
  readonly special: (task: Task, path: Path, inode: Inode, flags: number) => OpenFile | number;
  /** A number for a namespace, a pipe, … */
  nextIno(): number;
  nextNamespaceIno(): number;
  /** Makes the Sys object of a task's image. */
  makeSys(task: Task, image: Image, argv: readonly string[], envp: readonly string[]): Sys;
  /** The image's Sys object does nothing any more. */
  killSys(sys: Sys): void;
  /** The same while its program still runs: it comes to its next yield and no further. */
  silenceSys(sys: Sys): void;
  /** Reports every system call of a process to `tracer`, who sees it from `ns`; undefined ends it. */
  watch(process: Process, tracer: Tracer | undefined, ns: PidNamespace<Task>): void;
  /** One thing outside is under way: the virtual clock waits for it. Call the result once, when it is done. */
  hold(): () => void;
  /** Notes a line in the kernel's ring buffer (dmesg). */
  log(line: string): void;
  /** Where an executable of ours begins. May block. @returns -ENOEXEC where there is no such program */
  loadProgram(task: Task, name: string): Entry | number;
  /** A part of a program. May block. @returns -EIO where it cannot be had */
  openLibrary(task: Task, library: Library<object>): object | number;
  /** A filesystem for mount(2). */
  makeFileSystem(task: Task, type: string, source: string, data: string): FileSystem | number;
  /** A network namespace that nobody holds yet. */
  newNetNamespace(): Namespace<NetNamespace>;
  /** Place of a new pipe or socket. */
  readonly pipes: AnonymousPlaces;
  readonly sockets: AnonymousPlaces;
  /** Makes a pipe known by its inode, so that /proc/PID/fd can open it again. */
  adoptPipe(inode: Inode, pipe: object): void;
  readonly futexes: WeakMap<Futex, Set<Task>>;
  /** Tasks that exist. */
  tasks: number;
  /** A thread ended: forget what it was about to do. */
  taskGone(task: Task): void;
  /** Storage outside has what was written (sync(2)). May block. */
  sync(task: Task): number;
  /** reboot(2). */
  reboot(how: 'halt' | 'restart'): void;
  /** The init process of the machine ended. */
  initDied(process: Process): void;
  /** Settings of /proc/sys that are the machine's. */
  readonly settings: Map<string, string>;
  /** Where /proc/PID/ns/NAME lead. */
  readonly nsfs: FileSystem;
  runnableTasks(): number;
  /** Load averages of 1, 5 and 15 minutes. */
  loads(): [number, number, number];
  /** Bytes. */
  freeMemory(): number;
  forks: number;
  switches: number;
}

/** sigaction(2). */
export interface Action {
  handler: SignalHandler;
  flags: number;
}
export const DEFAULT_ACTION: Action = { handler: SIG_DFL, flags: 0 };

/** The terminal of a session, as far as processes deal with it. */
export interface ControllingTty {
  readonly dev: number;
  readonly name: string;
  foreground: ProcessGroup | undefined;
  session: Session | undefined;
  /** The session's leader ended. */
  disassociate(): void;
}

/** Bytes that every process takes, whatever it does. */
export const PROCESS_MEMORY = 393_216;

export class Session {
  readonly pid: Pid<Task>;
  tty: ControllingTty | undefined = undefined;
  readonly groups: Set<ProcessGroup> = new Set();
  constructor(pid: Pid<Task>) {
    this.pid = pid;
    pid.hold();
  }
}

export class ProcessGroup {
  readonly pid: Pid<Task>;
  readonly session: Session;
  readonly members: Set<Process> = new Set();
  constructor(pid: Pid<Task>, session: Session) {
    this.pid = pid;
    this.session = session;
    pid.hold();
    session.groups.add(this);
  }

  add(process: Process): void {
    this.members.add(process);
  }

  remove(process: Process): void {
    this.members.delete(process);
    if (this.members.size > 0) return;
    this.session.groups.delete(this);
    this.pid.release();
    if (this.session.groups.size === 0) this.session.pid.release();
  }
}

/** The namespaces of a task. The record is replaced, never changed. */
export interface Namespaces {
  /** Where its children are born; its own is `process.pid.ns`. */
  readonly pid: Namespace<PidNamespace<Task>>;
  readonly mnt: Namespace<MountNamespace>;
  readonly uts: Namespace<Uts>;
  readonly ipc: Namespace<Ipc>;
  readonly net: Namespace<NetNamespace>;
  readonly cgroup: Namespace<Cgroup<Process>>;
  readonly user: Namespace<object>;
}

/** Names of namespaces in the order in which /proc/PID/ns lists them. */
export const NAMESPACES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

/** A process: a thread group with what its threads share. */
export class Process {
  readonly kernel: KernelState;
  readonly pid: Pid<Task>;
  parent: Process | undefined;
  /** In the order of their birth; zombies included until they are reaped. */
  readonly children: Set<Process> = new Set();
  group: ProcessGroup;
  readonly threads: Task[] = [];
  cred: Credentials;
  fds: FdTable;
  root: Path;
  cwd: Path;
  umask = 0o022;
  /** The namespace object that stands for `pid.ns`. */
  ownPidNs: Namespace<PidNamespace<Task>>;
  cgroup: Cgroup<Process>;
  limits: Rlimit[];
  nice = 0;
  /** By number; undefined: default. */
  actions: (Action | undefined)[] = [];
  readonly pending: SignalSet = new SignalSet();
  image: Image;
  argv: readonly string[];
  envp: readonly string[];
  exe: Path | undefined = undefined;
  /** It has executed a program since it was born (setpgid(2) says EACCES). */
  execed = false;
  dumpable = true;
  /** Mode of seccomp(2): 0, or 2 for a filter. */
  seccomp = 0;
  subreaper = false;
  parentDeathSignal = 0;
  oomScoreAdj = 0;

  /** Stopped by a signal; 0: not. */
  stopSignal = 0;
  /** Changes that a wait of the parent has not seen. */
  stopReported = true;
  continuedPending = false;
  /** It is ending with this wait status; undefined: it lives. */
  dying: number | undefined = undefined;
  zombie = false;
  /** Reaped, or never a zombie: gone. */
  reaped = false;
  /** Woken when a child changes its state. */
  readonly childChanged: WaitQueue = new WaitQueue();
  /** Woken when it ends. */
  readonly ended: WaitQueue = new WaitQueue();

  /** Milliseconds. */
  readonly startTime: number;
  userTime = 0;
  systemTime = 0;
  childUserTime = 0;
  childSystemTime = 0;
  /** Bytes that it is charged for: a fixed part for being there, and what `charge` added. */
  charged = 0;
  /** What read(2) and write(2) moved. */
  readonly io = { readCalls: 0, writeCalls: 0, readBytes: 0, writtenBytes: 0 };
  alarm: Timer | undefined = undefined;
  alarmInterval = 0;

  constructor(kernel: KernelState, pid: Pid<Task>, init: ProcessInit) {
    this.kernel = kernel;
    this.pid = pid;
    this.parent = init.parent;
    this.group = init.group;
    this.cred = init.cred;
    this.fds = init.fds;
    this.root = init.root;
    this.cwd = init.cwd;
    this.ownPidNs = init.pidNs;
    this.cgroup = init.cgroup;
    this.limits = init.limits;
    this.image = init.image;
    this.argv = init.argv;
    this.envp = init.envp;
    this.startTime = kernel.clock.monotonic();
  }

  /** Number in the machine's first namespace. */
  get id(): number {
    return this.pid.numbers[0]!;
  }

  get session(): Session {
    return this.group.session;
  }

  /** The first thread; its name is the process's. */
  get leader(): Task {
    return this.threads[0]!;
  }

  /** The namespaces of its first thread. */
  get ns(): Namespaces {
    return this.leader.spaces;
  }

  /** It is process 1 of its pid namespace. */
  get isInit(): boolean {
    return this.pid.numbers[this.pid.ns.level] === 1;
  }

  action(signal: number): Action {
    return this.actions[signal] ?? DEFAULT_ACTION;
  }

  limit(resource: number): number {
    return this.limits[resource]!.soft;
  }
}

export interface ProcessInit {
  parent: Process | undefined;
  group: ProcessGroup;
  cred: Credentials;
  fds: FdTable;
  root: Path;
  cwd: Path;
  pidNs: Namespace<PidNamespace<Task>>;
  cgroup: Cgroup<Process>;
  limits: Rlimit[];
  image: Image;
  argv: readonly string[];
  envp: readonly string[];
}

/** What an exec that succeeded leaves for the scheduler to begin. */
export interface NextImage {
  entry: Entry;
  /** Of the image that goes. */
  old: Sys | undefined;
}

/** A thread. It is also what the VFS and the network see of their caller. */
export class Task extends WaitingTask implements VfsContext, NetCaller {
  readonly tid: Pid<Task>;
  readonly process: Process;
  readonly kernel: KernelState;
  /** At most 15 bytes (TASK_COMM_LEN). */
  comm: string;
  /** Each thread has its own (setns(2)); it counts as a holder of them. */
  spaces: Namespaces;
  sys: Sys | undefined = undefined;
  program: Program | undefined = undefined;
  /** What the program returned, until the thread ends. */
  result: number | undefined = undefined;
  nextImage: NextImage | undefined = undefined;

  queued = false;
  /** The group in whose count of queued tasks it is. */
  queuedIn: Cgroup<Process> | undefined = undefined;
  /** Ended. */
  dead = false;
  /** futexWake chose this task. */
  granted = false;
  /** The word that futexWait waits on. */
  waitsOn: Futex | undefined = undefined;
  /** The thread ends at its next yield, without the process. */
  ending = false;
  /** Waits for something outside, not for an event (state D). */
  uninterruptible = false;

  readonly pending: SignalSet = new SignalSet();
  blocked: SignalSet = new SignalSet();
  /** The mask that comes back when sigsuspend(2) ends. */
  savedMask: SignalSet | undefined = undefined;
  voluntarySwitches = 0;
  involuntarySwitches = 0;

  constructor(tid: Pid<Task>, process: Process, spaces: Namespaces, comm: string) {
    super();
    this.tid = tid;
    this.process = process;
    this.spaces = spaces;
    for (const name of NAMESPACES) spaces[name].hold();
    this.kernel = process.kernel;
    this.comm = comm;
    tid.task = this;
    tid.hold();
  }

  // ---- as the VFS sees it
  get cred(): Credentials {
    return this.process.cred;
  }
  get root(): Path {
    return this.process.root;
  }
  get cwd(): Path {
    return this.process.cwd;
  }
  get umask(): number {
    return this.process.umask;
  }
  get ns(): MountNamespace {
    return this.spaces.mnt.value;
  }
  now(): Readonly<Timespec> {
    return this.kernel.coarse;
  }
  waker(): () => void {
    // a queue of its own: the call waits for this one completion
    const queue = new WaitQueue();
    queue.add(this);
    this.wait();
    const release = this.kernel.hold();
    let done = false;
    return () => {
      if (done) return;
      done = true;
      release();
      queue.wakeAll();
      this.kernel.run.kick();
    };
  }
  openSpecial(path: Path, inode: Inode, flags: number): OpenFile | number {
    return this.kernel.special(this, path, inode, flags);
  }

  // ---- as the network sees it
  get pid(): number {
    return this.process.id;
  }
  get uid(): number {
    return this.process.cred.euid;
  }
  get gid(): number {
    return this.process.cred.egid;
  }
  capable(capability: Capability): boolean {
    return this.process.cred.effective.has(capability);
  }
  waitOn(point: WaitPoint): void {
    this.wait();
    this.join(point);
  }
  /** Joins the queue that stands behind a wait point of the network. */
  join(point: WaitPoint): void {
    (point as WaitQueue).add(this);
  }

  protected override runAgain(): void {
    this.kernel.run.enqueue(this, 'woken');
  }

  /** A signal waits that this thread does not block. */
  get signalled(): boolean {
    const { pending } = this.process;
    const lo = (this.pending.lo | pending.lo) & ~this.blocked.lo;
    return lo !== 0 || ((this.pending.hi | pending.hi) & ~this.blocked.hi) !== 0;
  }
}
