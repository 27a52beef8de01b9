import type { Credentials } from './credentials.ts';
import type { Library } from './library.ts';
import type { NetlinkAnswer, NetlinkRequest } from './netlink.ts';
import type { PackMessage, PackValue } from './pack.ts';
import type { SignalHandler } from './signal.ts';
import type { Datagram, SockAddr } from './socket.ts';
import type { Dirent, Stat, StatFs } from './stat.ts';
import type { Termios, Winsize } from './termios.ts';
import type { Tracer } from './trace.ts';
import type { WaitResult } from './wait.ts';

/**
 * A running program: it yields where it has to wait (after a call returned BLOCKED) or where its slice is over
 * (`tick()` said so), and returns its exit status. It owns nothing but its `Sys`.
 */
export type Program = Generator<void, number, void>;
/** How an image begins. */
export type Entry = (sys: Sys) => Program;

/** Which C library, and so which words, an executable was linked with. */
export type Flavour = 'glibc' | 'musl' | 'go';

/** What the program header of an executable says (an ELF note). */
export interface Image {
  /** Name in the table of programs: `ls`, `busybox`, `bash`, `docker`. */
  readonly program: string;
  readonly version: string;
  readonly flavour: Flavour;
  /** Absolute path of the file that was executed (/proc/PID/exe). */
  readonly path: string;
}

/** struct pollfd. A negative fd is skipped. */
export interface PollFd {
  fd: number;
  events: number;
  revents: number;
}

/** struct timespec. */
export class Timespec {
  sec = 0;
  nsec = 0;
}

/** A word that threads of one process wait on (futex(2)). */
export interface Futex {
  value: number;
}

export interface Rlimit {
  soft: number;
  hard: number;
}

export interface Utsname {
  sysname: string;
  nodename: string;
  release: string;
  version: string;
  machine: string;
  domainname: string;
}

export interface SysInfo {
  /** Seconds since boot. */
  uptime: number;
  loads: [number, number, number];
  /** Bytes. */
  totalram: number;
  freeram: number;
  totalswap: number;
  freeswap: number;
  procs: number;
  /** Processors online. */
  cpus: number;
}

/** What fork(2)'s child starts with besides a copy of its parent. */
export interface ForkOptions {
  /** CLONE_NEW* flags. */
  flags?: number;
  /** A cgroup directory (below /sys/fs/cgroup) to start in, as CLONE_INTO_CGROUP; otherwise the parent's. */
  cgroup?: string;
}

/** What spawn does in the child between fork and exec, in this order (posix_spawn(3)). */
export interface SpawnActions {
  /** pairs [from, to] to dup2 in order; the rest of the table is inherited without what has FD_CLOEXEC */
  dup2?: readonly (readonly [number, number])[];
  cwd?: string;
  /** setpgid: 0 for a group of its own */
  pgid?: number;
  setsid?: boolean;
}

/**
 * The kernel as a program sees it. Every call returns its value (>= 0 or an object) or -errno, never throws, and does
 * not wait: a call that would have to returns BLOCKED; then `yield` and make the same call again (libc/wait.ts has
 * loops for those). Text is UTF-8; a byte that is not comes as U+DC80..U+DCFF (lib/utf8.ts), so that nothing is lost.
 * "May block" marks the calls that may return BLOCKED.
 */
export interface Sys {
  // ---- the image
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly envp: readonly string[];
  readonly image: Image;

  /**
   * dlopen(3): a part of the program that was not loaded with it. May block. No system call of Linux: the page faults of a
   * binary that is not in memory yet.
   * @returns what it holds, or -EIO where it cannot be had now
   */
  dlopen<T extends object>(library: Library<T>): T | number;

  // ---- scheduling
  /**
   * Counts a step, or more for what takes longer (a step: about a microsecond); true: yield now (the slice is over or a
   * signal waits). Call it at the back edge of every loop that can run long.
   */
  tick(steps?: number): boolean;
  sched_yield(): number;
  nice(increment: number): number;
  /** Charges (or with a negative number returns) memory to the task's cgroup, bytes. @returns 0 or -ENOMEM; over memory.max the OOM killer strikes. */
  charge(bytes: number): number;

  // ---- files: open, read, write
  /** open(2). May block (fifo; content that is not here yet). @returns fd */
  open(path: string, flags: number, mode?: number): number;
  close(fd: number): number;
  /** read(2) up to buf.length bytes. May block. */
  read(fd: number, buf: Uint8Array): number;
  /** write(2). May block. On a broken pipe: SIGPIPE and -EPIPE. May write less than asked. */
  write(fd: number, buf: Uint8Array): number;
  pread(fd: number, buf: Uint8Array, position: number): number;
  pwrite(fd: number, buf: Uint8Array, position: number): number;
  lseek(fd: number, offset: number, whence: number): number;
  ftruncate(fd: number, length: number): number;
  truncate(path: string, length: number): number;
  fsync(fd: number): number;
  /** copy_file_range(2) between two regular files at their offsets; shares whole chunks instead of copying. May block. */
  copyFileRange(from: number, to: number, length: number): number;
  /**
   * Makes the content of an empty regular file a part of a layer of the image catalogue: no bytes are copied. `digest` is that
   * of the layer's blob, `offset` counts in the archive that it unpacks to. No system call of Linux: what a snapshotter
   * that pulls lazily does by a filesystem of its own.
   * @returns 0; -ENOENT where the machine has no such blob, -EOPNOTSUPP where the file's filesystem knows none, -EPERM
   */
  referToBlob(fd: number, digest: string, offset: number, length: number): number;
  dup(fd: number): number;
  dup2(from: number, to: number, cloexec?: boolean): number;
  /** pipe2(2): fills ends[0] (read) and ends[1] (write). */
  pipe2(ends: Int32Array | number[], flags?: number): number;
  /** Not of Linux: what is written to two empty pipes can be read only in the order of writing. Takes any end of each. */
  pipeOrder(first: number, second: number): number;
  fcntl(fd: number, command: number, argument?: number): number;
  /** flock(2). May block. */
  flock(fd: number, operation: number): number;
  /** poll(2). `timeout` in ms, -1: none. May block. @returns how many have revents */
  poll(fds: PollFd[], timeout: number): number;
  /** FIONREAD: bytes that can be read without waiting. */
  fionread(fd: number): number;

  // ---- files: names
  stat(path: string, st: Stat): number;
  lstat(path: string, st: Stat): number;
  fstat(fd: number, st: Stat): number;
  access(path: string, mode: number): number;
  mkdir(path: string, mode: number): number;
  rmdir(path: string): number;
  unlink(path: string): number;
  rename(from: string, to: string, flags?: number): number;
  link(from: string, to: string): number;
  symlink(target: string, path: string): number;
  readlink(path: string): string | number;
  mknod(path: string, mode: number, dev: number): number;
  chmod(path: string, mode: number): number;
  fchmod(fd: number, mode: number): number;
  chown(path: string, uid: number, gid: number): number;
  lchown(path: string, uid: number, gid: number): number;
  fchown(fd: number, uid: number, gid: number): number;
  /** utimensat(2); nsec may be UTIME_NOW or UTIME_OMIT. */
  utimens(
    path: string,
    atimeSec: number,
    atimeNsec: number,
    mtimeSec: number,
    mtimeNsec: number,
    nofollow?: boolean,
  ): number;
  /** All entries of an open directory that were not given yet, `.` and `..` first; [] at the end. Charged against the slice. */
  getdents(fd: number): Dirent[] | number;
  getxattr(path: string, name: string, nofollow?: boolean): Uint8Array | number;
  setxattr(path: string, name: string, value: Uint8Array, nofollow?: boolean): number;
  listxattr(path: string, nofollow?: boolean): string[] | number;
  removexattr(path: string, name: string, nofollow?: boolean): number;
  statfs(path: string, out: StatFs): number;
  getcwd(): string | number;
  chdir(path: string): number;
  fchdir(fd: number): number;
  chroot(path: string): number;
  umask(mask: number): number;

  // ---- mounts
  /** mount(2). `data` as in mount(8) -o: `lowerdir=a:b,upperdir=c,workdir=d`, `size=64m,mode=1777`. */
  mount(source: string, target: string, type: string, flags: number, data?: string): number;
  umount2(target: string, flags: number): number;
  pivotRoot(newRoot: string, putOld: string): number;
  /** unshare(2), CLONE_NEW* */
  unshare(flags: number): number;
  /** setns(2); the fd is of a file /proc/PID/ns/NAME. */
  setns(fd: number, type: number): number;

  // ---- processes
  /**
   * fork(2): a child with copies of the fds, credentials, cwd, root, umask, signal actions, limits and environment runs `child`.
   * A generator cannot be copied, so the child has an entry of its own; what it closes over is shared memory: do not change it.
   * @returns the child's pid, or -EAGAIN (pids.max, RLIMIT_NPROC), -ENOMEM
   */
  fork(child: Entry, options?: ForkOptions): number;
  /** clone(CLONE_THREAD): one more task of this process, with the same fds, cwd and signal actions. @returns tid */
  thread(entry: Entry): number;
  /** Replaces the image. May block (loading). On success the call returns BLOCKED and the caller, which yields, never goes on. */
  execve(path: string, argv: readonly string[], envp: readonly string[]): number;
  /** fork and execve in one; errors of execve come back to the caller. May block. @returns pid */
  spawn(path: string, argv: readonly string[], envp: readonly string[], actions?: SpawnActions): number;
  /** Ends the whole process (exit_group(2)). Returns BLOCKED; the caller yields and never goes on. */
  exit(status: number): number;
  /** waitpid(2): pid > 0, 0 (own group), -1 (any), < -1 (group). May block. @returns pid, 0 with WNOHANG, or -ECHILD */
  waitpid(pid: number, options: number, out: WaitResult): number;
  getpid(): number;
  gettid(): number;
  getppid(): number;
  getpgid(pid: number): number;
  setpgid(pid: number, pgid: number): number;
  getsid(pid: number): number;
  setsid(): number;
  getpriority(pid: number): number;
  setpriority(pid: number, nice: number): number;
  /** User and system time of the process and of its reaped children, milliseconds. */
  times(): { user: number; system: number; childUser: number; childSystem: number };
  getrlimit(resource: number): Rlimit | number;
  setrlimit(resource: number, limit: Rlimit): number;

  // ---- credentials
  credentials(): Credentials;
  setuid(uid: number): number;
  setgid(gid: number): number;
  setresuid(ruid: number, euid: number, suid: number): number;
  setresgid(rgid: number, egid: number, sgid: number): number;
  setgroups(groups: readonly number[]): number;
  /** capset(2), PR_CAPBSET_DROP, PR_CAP_AMBIENT and PR_SET_NO_NEW_PRIVS in one: only the named sets change, and only downwards without CAP_SETPCAP. */
  setcaps(
    sets: Partial<Pick<Credentials, 'permitted' | 'effective' | 'inheritable' | 'bounding' | 'ambient' | 'noNewPrivs'>>,
  ): number;
  /**
   * prctl(2): name of the task (15 bytes), command line (a process title), signal at the parent's death, subreaper;
   * seccomp: the mode that /proc/PID/status shows (2: a filter; it refuses nothing).
   */
  prctl(
    option: 'name' | 'cmdline' | 'pdeathsig' | 'subreaper' | 'dumpable' | 'seccomp',
    value: string | number,
  ): number;

  // ---- signals
  /** kill(2): pid > 0, 0 (own group), -1 (all), < -1 (group). */
  kill(pid: number, signal: number): number;
  /** @returns the former handler, or -EINVAL */
  sigaction(signal: number, handler: SignalHandler, flags?: number): SignalHandler | number;
  /** sigprocmask(2) with a set of signal numbers. @returns the former mask */
  sigprocmask(how: 'block' | 'unblock' | 'set', signals: Iterable<number>): ReadonlySet<number>;
  /** Blocks until a handler has run; then -EINTR. `mask`, if given, holds meanwhile (sigsuspend(2)). May block. */
  pause(mask?: Iterable<number>): number;
  /**
   * ptrace(2) as strace uses it: `tracer` sees every system call of the process from now on; undefined: no more. A child needs
   * CAP_SYS_PTRACE as little as a process of the same user.
   */
  ptrace(pid: number, tracer: Tracer | undefined): number;
  /** setitimer(ITIMER_REAL), milliseconds, 0: off. @returns ms that were left */
  alarm(ms: number, interval?: number): number;

  // ---- time, randomness, synchronisation
  clockGettime(clock: number, ts: Timespec): number;
  /** Milliseconds of the clock with fraction (for what needs no nanoseconds). */
  now(clock: number): number;
  clockSettime(clock: number, ts: Timespec): number;
  /** nanosleep(2), milliseconds. May block. @returns 0, or -EINTR */
  sleep(ms: number): number;
  getrandom(buf: Uint8Array): number;
  /** FUTEX_WAIT while futex.value === expected. May block. @returns 0, -EAGAIN (value differs), -EINTR, -ETIMEDOUT */
  futexWait(futex: Futex, expected: number, timeout?: number): number;
  futexWake(futex: Futex, count: number): number;

  // ---- terminals
  isatty(fd: number): boolean;
  ttyname(fd: number): string | number;
  /** Path of the slave of an open /dev/ptmx. */
  ptsname(fd: number): string | number;
  tcgetattr(fd: number): Termios | number;
  /** May block (TCSADRAIN). */
  tcsetattr(fd: number, when: number, termios: Termios): number;
  tcflush(fd: number, queue: number): number;
  tcgetpgrp(fd: number): number;
  tcsetpgrp(fd: number, pgid: number): number;
  tiocgwinsz(fd: number): Winsize | number;
  tiocswinsz(fd: number, size: Winsize): number;
  /** Makes the tty the controlling one of the session. */
  tiocsctty(fd: number): number;

  // ---- sockets
  socket(family: number, type: number, protocol?: number): number;
  socketpair(family: number, type: number, ends: Int32Array | number[]): number;
  bind(fd: number, address: SockAddr): number;
  listen(fd: number, backlog: number): number;
  /** May block. @returns fd; `peer` (if given) takes the address */
  accept(fd: number, peer?: { address?: SockAddr }, flags?: number): number;
  /** May block. */
  connect(fd: number, address: SockAddr): number;
  shutdown(fd: number, how: number): number;
  /** May block. */
  sendto(fd: number, buf: Uint8Array, to?: SockAddr): number;
  /** May block. */
  recvfrom(fd: number, buf: Uint8Array, out?: Datagram): number;
  getsockname(fd: number): SockAddr | number;
  getpeername(fd: number): SockAddr | number;
  setsockopt(fd: number, level: number, option: number, value: number | string): number;
  getsockopt(fd: number, level: number, option: number): number;
  /** SO_PEERCRED of a unix socket. */
  peercred(fd: number): { pid: number; uid: number; gid: number } | number;
  netlink(request: NetlinkRequest): NetlinkAnswer;

  // ---- packs: code that runs in a worker of its own (SQL, scripting). No system calls of Linux: instructions of a larger program
  /**
   * Starts a pack. It ends when the last descriptor is closed, whatever it does then, and so with the process. What it takes
   * is charged to the caller. @param memory bytes that it may take @returns fd with FD_CLOEXEC, or -ENOENT
   */
  packOpen(name: string, memory: number): number;
  /** Hands a request, or the answer to a call, to a pack. May block. @returns 0, or -EPIPE: it ended */
  packSend(fd: number, message: PackValue): number;
  /** Takes the pack's next message; poll(2) says POLLIN when there is one. May block. @returns 0, or -EPIPE: it ended */
  packReceive(fd: number, out: PackMessage): number;

  // ---- the system
  uname(): Utsname;
  sethostname(name: string): number;
  setdomainname(name: string): number;
  sysinfo(): SysInfo;
  /** sched_getaffinity(2) of the caller: numbers of the processors that it may run on. */
  sched_getaffinity(): number[];
  /** sync(2): ends when what was written before is on the disk for good. May block. */
  sync(): number;
  /** reboot(2). */
  reboot(how: 'halt' | 'restart'): number;
}
