import { ROOT } from '../abi/credentials.ts';
import { BLOCKED, ECONNREFUSED, EINVAL, ENODEV } from '../abi/errno.ts';
import { O_RDWR, RLIM_INFINITY } from '../abi/flags.ts';
import type { Library } from '../abi/library.ts';
import { isSocket, S_IFIFO } from '../abi/stat.ts';
import { type Entry, type Futex, type Image, type Rlimit, type Sys, Timespec } from '../abi/sys.ts';
import type { Winsize } from '../abi/termios.ts';
import type { Tracer } from '../abi/trace.ts';
import {
  createNamespace,
  destroyNamespace,
  type FileSystem,
  type Inode,
  namespaceRoot,
  type OpenFile,
  type Path,
  pinPath,
  resolve,
  VfsState,
} from '../vfs/index.ts';
import { Cgroup } from './cgroup/cgroup.ts';
import { DEFAULT_CONFIG, type KernelConfig } from './config.ts';
import { type AnonymousInode, AnonymousPlaces } from './file/anonymous.ts';
import { FdTable } from './file/fd-table.ts';
import { HostInput, HostOutput } from './file/host-stream.ts';
import type { Pipe } from './file/pipe.ts';
import { MessageLog, SpecialFiles } from './fs/devices.ts';
import { DevPts } from './fs/devpts.ts';
import { makeFileSystem } from './fs/make.ts';
import { NsFs } from './fs/proc/namespaces.ts';
import { Libraries } from './libraries.ts';
import { LoadAverage } from './load-average.ts';
import type { HostStream, NetNamespace, NetStack } from './net/door.ts';
import { createNetStack } from './net/stack.ts';
import { FIRST_NAMESPACE_INO, Namespace, type NamespaceType } from './ns/namespace.ts';
import { PidNamespace } from './ns/pid.ts';
import type { Outside } from './outside.ts';
import { Programs } from './programs.ts';
import { Scheduler } from './scheduler.ts';
import { SysFactory, type TraceHook } from './syscalls/make-sys.ts';
import { commitExec, cutComm, prepareExec } from './task/exec.ts';
import { endProcess } from './task/exit.ts';
import { forkProcess, startTask } from './task/fork.ts';
import { type KernelState, Process, ProcessGroup, Session, Task } from './task/task.ts';
import { type Clock, RealClock, VirtualClock } from './time/clock.ts';
import { Timers } from './time/timers.ts';
import { type HostPty, holdMaster } from './tty/host-pty.ts';
import { WaitQueue } from './wait-queue.ts';

/** RLIMIT_*, as a systemd host gives them to its services, in the order of their numbers. */
const LIMITS: readonly Rlimit[] = [
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  { soft: 8388608, hard: RLIM_INFINITY },
  { soft: 0, hard: RLIM_INFINITY },
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  { soft: 15366, hard: 15366 },
  { soft: 1024, hard: 1048576 },
  { soft: 8388608, hard: 8388608 },
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
  { soft: 15366, hard: 15366 },
  { soft: 819200, hard: 819200 },
  { soft: 0, hard: 0 },
  { soft: 0, hard: 0 },
  { soft: RLIM_INFINITY, hard: RLIM_INFINITY },
];

/** What process 1 of the machine is. */
export interface BootOptions {
  /** The disk. */
  root: FileSystem;
  /** First column of /proc/mounts for it. */
  source: string;
  /** A program, or the path of an executable on the disk. */
  init: Entry | string;
  argv: readonly string[];
  envp: readonly string[];
  /** Name and flavour of an init that is an Entry. */
  image?: Image;
}

/** A kernel: made once a machine, with all it needs from outside. */
export class Kernel implements KernelState {
  readonly config: KernelConfig;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly timers = new Timers();
  readonly run: Scheduler;
  readonly coarse = new Timespec();
  readonly pidNs: PidNamespace<Task>;
  readonly cgroups = new Cgroup<Process>('', undefined);
  readonly net: NetStack;
  readonly vfsState = new VfsState();
  readonly pipes: AnonymousPlaces;
  readonly sockets: AnonymousPlaces;
  readonly futexes: WeakMap<Futex, Set<Task>> = new WeakMap();
  readonly messages: MessageLog;
  readonly devices: SpecialFiles;
  readonly nsfs = new NsFs(this);
  readonly programs = new Programs();
  readonly libraries = new Libraries();
  readonly settings: Map<string, string> = new Map();
  readonly #sysFactory = new SysFactory();
  readonly #load: LoadAverage;
  tasks = 0;
  forks = 0;
  switches = 0;
  #ino = 10_000;
  #namespaceIno = 4026532100;
  #init: Process | undefined = undefined;
  /** The machine ended: its init did, or reboot(2) was called. */
  onHalt: ((how: 'halt' | 'restart' | 'panic') => void) | undefined = undefined;

  constructor(outside: Outside, config: Partial<KernelConfig>) {
    this.outside = outside;
    this.config = { ...DEFAULT_CONFIG, ...config };
    this.clock = this.config.clock === 'virtual' ? new VirtualClock(this.config.virtualStart) : new RealClock(outside);
    const real = this.clock.realtime();
    this.coarse.sec = Math.floor(real / 1000);
    this.run = new Scheduler(this);
    this.pidNs = new PidNamespace(undefined, this.config.pidMax);
    this.pipes = new AnonymousPlaces('pipe', this.vfsState);
    this.sockets = new AnonymousPlaces('socket', this.vfsState);
    this.messages = new MessageLog(() => this.clock.monotonic(), new WaitQueue());
    this.devices = new SpecialFiles(this, this.messages);
    this.#load = new LoadAverage(
      () => this.clock.monotonic(),
      () => this.run.runnable,
    );
    this.net = createNetStack({
      now: () => this.clock.monotonic(),
      setTimer: (ms, fire) => {
        const timer = this.timers.add(this.clock.monotonic() + ms, fire);
        this.run.kick();
        return () => this.timers.cancel(timer);
      },
      getrandom: (buf) => outside.random(buf),
      newWaitPoint: () => new WaitQueue(),
    });
  }

  /** Starts process 1. @returns 0, or -errno of its exec */
  boot(options: BootOptions): number {
    const { leader } = this.#firstProcess(options, this.pidNs, this.net.initial, this.cgroups);
    this.#init = leader.process;
    return this.#begin(leader, options.init, options.argv, options.envp);
  }

  /**
   * Starts process 1 of another system on the same fabric (a host of the simulated internet): it has namespaces and a
   * cgroup tree of its own, and neither sees the other's processes. Its end stops nothing else.
   * @returns 0, or -errno of its exec
   */
  bootBeside(options: BootOptions, net: NetNamespace): number {
    const pids: PidNamespace<Task> = new PidNamespace(undefined, this.config.pidMax);
    const { leader } = this.#firstProcess(options, pids, net, new Cgroup<Process>('', undefined));
    return this.#begin(leader, options.init, options.argv, options.envp);
  }

  #firstProcess(
    options: BootOptions,
    pidNs: PidNamespace<Task>,
    net: NetNamespace,
    cgroup: Cgroup<Process>,
  ): { leader: Task } {
    const mnt = createNamespace(options.root, options.source, this.vfsState);
    const root = namespaceRoot(mnt);
    const pid = pidNs.allocate();
    const first = <T>(type: NamespaceType, value: T, end?: (value: T) => void): Namespace<T> =>
      new Namespace(type, FIRST_NAMESPACE_INO[type], value, end);
    const { hostname, domainname } = this.config;
    const image: Image = options.image ?? { program: 'init', version: '', flavour: 'glibc', path: '/sbin/init' };
    const spaces = {
      cgroup: first('cgroup', cgroup),
      ipc: first('ipc', { settings: new Map() }),
      mnt: first('mnt', mnt, destroyNamespace),
      net: new Namespace('net', net.id, net),
      pid: first('pid', pidNs),
      user: first('user', {}),
      uts: first('uts', { hostname, domainname }),
    };
    const init = new Process(this, pid, {
      parent: undefined,
      group: new ProcessGroup(pid, new Session(pid)),
      cred: ROOT,
      fds: new FdTable(),
      root,
      cwd: root,
      pidNs: spaces.pid,
      cgroup,
      limits: LIMITS.map((limit) => ({ ...limit })),
      image,
      argv: options.argv,
      envp: options.envp,
    });
    pinPath(root);
    pinPath(root);
    init.group.add(init);
    cgroup.addMember(init);
    cgroup.addTasks(1);
    this.tasks++;
    const leader = new Task(pid, init, spaces, 'init');
    init.threads.push(leader);
    return { leader };
  }

  /**
   * Starts a program as a child of process 1, in a session of its own.
   * @param files descriptors 0, 1, 2, … (taken over)
   * @returns the process, or -errno of its exec
   */
  start(program: Entry | string, options: StartOptions): Process | number {
    const init = this.#init;
    if (init === undefined || init.zombie) return -EINVAL;
    const child = forkProcess(init.leader, 0, init.cgroup);
    if (typeof child === 'number') return child;
    const group = new ProcessGroup(child.pid, new Session(child.pid));
    child.group.remove(child);
    child.group = group;
    group.add(child);
    child.fds.closeAll(child.leader);
    for (const [fd, file] of (options.files ?? []).entries()) child.fds.put(fd, file, false);
    if (options.image) child.image = options.image;
    if (options.cred) child.cred = options.cred;
    child.actions = [];
    const r = this.#begin(child.leader, program, options.argv, options.envp, options);
    return r < 0 ? r : child;
  }

  /** Runs `program` in a task that was just made. The exec of a path happens in the task itself, so that it may wait. */
  #begin(
    task: Task,
    program: Entry | string,
    argv: readonly string[],
    envp: readonly string[],
    { cwd, tty }: { cwd?: string; tty?: string } = {},
  ): number {
    const { process } = task;
    process.argv = argv;
    process.envp = envp;
    task.comm = cutComm((argv[0] ?? 'init').replace(/^.*\//, ''));
    startTask(task, function* (sys) {
      if (cwd !== undefined) {
        const r = sys.chdir(cwd);
        if (r < 0) return 127;
      }
      if (tty !== undefined) {
        const fd = sys.open(tty, O_RDWR, 0);
        if (fd !== 0) return 127;
        sys.dup(fd);
        sys.dup(fd);
      }
      if (typeof program !== 'string') return yield* program(sys);
      for (;;) {
        const prepared = prepareExec(task, program, argv, envp);
        if (typeof prepared === 'number') {
          if (prepared !== BLOCKED) return prepared === -2 ? 127 : 126;
        } else commitExec(task, prepared);
        yield;
      }
    });
    this.run.kick();
    return 0;
  }

  /** Ends all processes and stops the scheduler. */
  shutdown(): void {
    for (const pid of [...this.pidNs.all()]) {
      const process = pid.task?.process;
      if (process && process !== this.#init) endProcess(process, 9);
    }
    this.run.halt();
    this.timers.clear();
  }

  /** A new terminal of the host's devpts whose master the caller holds. @returns -errno where /dev/pts is not mounted */
  openPty(size: Winsize): HostPty | number {
    const init = this.#init;
    if (init === undefined) return -ENODEV;
    const place = resolve(init.leader, '/dev/pts');
    if (typeof place === 'number') return place;
    const made = place.mount.fs instanceof DevPts ? place.mount.fs.create(0, 5) : undefined;
    return made === undefined ? -ENODEV : holdMaster(made.tty, size, made.close);
  }

  /** Connects from outside to a unix socket of the host (a path, or NUL and an abstract name). @returns the stream, or -errno */
  connectUnix(path: string): HostStream | number {
    const init = this.#init;
    if (init === undefined) return -ECONNREFUSED;
    const net = this.net.initial;
    if (path.startsWith('\0')) return this.#entering(() => net.hostConnectUnix(path));
    const place = resolve(init.leader, path);
    if (typeof place === 'number') return place;
    return isSocket(place.inode.mode) ? this.#entering(() => net.hostConnectUnix(place.inode)) : -ECONNREFUSED;
  }

  /** Connects from outside as if a process of the host had: `address` as inet_ntop(3) prints it. */
  connectTcp(address: string, port: number): HostStream {
    return this.#entering(() => this.net.initial.hostConnectTcp(address, port));
  }

  /** Calls `step` after `ms` of the machine's clock, for somebody outside; a virtual one stands until that one has gone on. */
  after(ms: number, step: () => void): void {
    this.#entering(() => this.timers.add(this.clock.monotonic() + ms, () => this.tell(step)));
  }

  /** Calls `step` of somebody outside; a virtual clock stands until that one has gone on. */
  tell(step: () => void): void {
    const release = this.hold();
    step();
    this.outside.turn(release);
  }

  /** What the host did may have set timers. */
  #entering<T>(act: () => T): T {
    const result = act();
    this.run.kick();
    return result;
  }

  get init(): Process | undefined {
    return this.#init;
  }

  /** Reports every system call to `hook`; undefined ends it. */
  trace(hook: TraceHook | undefined): void {
    this.#sysFactory.trace(hook);
  }

  /** Reports every system call of a process to `tracer`, who sees it from `ns`; undefined ends it. */
  watch(process: Process, tracer: Tracer | undefined, ns: PidNamespace<Task>): void {
    this.#sysFactory.watch(process, tracer, ns);
  }

  /** A place for a pipe whose other end is outside. */
  pipePlace(): Path {
    return this.pipes.make(this.nextIno(), S_IFIFO | 0o600, 0, 0);
  }

  /** Standard input of a program that the machine starts. */
  hostInput(): HostInput {
    return this.#reopenable(new HostInput(this.pipePlace()));
  }

  /** Standard output or error of such a program; see HostOutput for `sink`. */
  hostOutput(sink: (bytes: Uint8Array) => number): HostOutput {
    return this.#reopenable(new HostOutput(this.pipePlace(), sink));
  }

  #reopenable<T extends OpenFile>(file: T): T {
    (file.path!.inode as AnonymousInode).reopen = () => {
      file.references++;
      return file;
    };
    return file;
  }

  // ---- KernelState
  special = (task: Task, path: Path, inode: Inode, flags: number): OpenFile | number =>
    this.devices.open(task, path, inode, flags);

  nextIno(): number {
    return this.#ino++;
  }

  nextNamespaceIno(): number {
    return this.#namespaceIno++;
  }

  makeSys(task: Task, image: Image, argv: readonly string[], envp: readonly string[]): Sys {
    return this.#sysFactory.make(task, image, argv, envp);
  }

  killSys(sys: Sys): void {
    this.#sysFactory.kill(sys);
  }

  silenceSys(sys: Sys): void {
    this.#sysFactory.silence(sys);
  }

  hold(): () => void {
    this.run.holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.run.holds--;
      this.run.kick();
    };
  }

  log(line: string): void {
    this.messages.add(line);
  }

  loadProgram(task: Task, name: string): Entry | number {
    return this.programs.load(task, name);
  }

  openLibrary(task: Task, library: Library<object>): object | number {
    return this.libraries.open(task, library);
  }

  makeFileSystem(task: Task, type: string, source: string, data: string): FileSystem | number {
    return makeFileSystem(this, task, type, source, data) ?? -ENODEV;
  }

  newNetNamespace(): Namespace<NetNamespace> {
    const ns = this.net.createNamespace();
    return new Namespace('net', ns.id, ns, (ended) => ended.destroy());
  }

  adoptPipe(inode: Inode, pipe: Pipe): void {
    this.devices.fifos.adopt(inode, pipe);
  }

  taskGone(task: Task): void {
    this.devices.fifos.forget(task);
  }

  sync(task: Task): number {
    const { sync } = this.outside;
    if (sync === undefined) return 0;
    if (task.granted) {
      task.granted = false;
      return 0;
    }
    const wake = task.waker();
    const done = (): void => {
      task.granted = true;
      wake();
    };
    const stored = sync();
    (this.outside.settle?.(stored) ?? stored).then(done, (error: unknown) => {
      this.outside.onPanic(error, 'sync');
      done();
    });
    return BLOCKED;
  }

  runnableTasks(): number {
    return Math.max(1, this.run.runnable);
  }

  loads(): [number, number, number] {
    return this.#load.values();
  }

  freeMemory(): number {
    return Math.max(0, this.config.memory - this.config.memoryBase - this.cgroups.memory);
  }

  reboot(how: 'halt' | 'restart'): void {
    this.log(how === 'halt' ? 'reboot: Power down' : 'reboot: Restarting system');
    this.run.halt();
    this.onHalt?.(how);
  }

  initDied(process: Process): void {
    if (process !== this.#init) return;
    this.log(
      `Kernel panic - not syncing: Attempted to kill init! exitcode=0x${(process.dying ?? 0).toString(16).padStart(8, '0')}`,
    );
    this.run.halt();
    this.onHalt?.('panic');
  }
}

export interface StartOptions {
  argv: readonly string[];
  envp: readonly string[];
  cwd?: string;
  /** A terminal to open as 0, 1 and 2; it becomes the controlling one. */
  tty?: string;
  files?: readonly OpenFile[];
  cred?: Process['cred'];
  /** Of a program that is an Entry. */
  image?: Image;
}
