import type { Credentials } from '../../abi/credentials.ts';
import { BLOCKED } from '../../abi/errno.ts';
import type { Library } from '../../abi/library.ts';
import type { NetlinkAnswer, NetlinkRequest } from '../../abi/netlink.ts';
import type { PackMessage, PackValue } from '../../abi/pack.ts';
import type { SignalHandler } from '../../abi/signal.ts';
import type { Datagram, SockAddr } from '../../abi/socket.ts';
import type { Dirent, Stat, StatFs } from '../../abi/stat.ts';
import type {
  Entry,
  ForkOptions,
  Futex,
  Image,
  PollFd,
  Rlimit,
  SpawnActions,
  Sys,
  SysInfo,
  Timespec,
  Utsname,
} from '../../abi/sys.ts';
import type { Termios, Winsize } from '../../abi/termios.ts';
import type { Tracer } from '../../abi/trace.ts';
import type { WaitResult } from '../../abi/wait.ts';
import type { Run, Task } from '../task/task.ts';
import { SYSCALLS as S } from './table.ts';

/**
 * The Sys object of one image of one task: every call goes to its body in the table, with the task. The methods stand
 * here by name so that a call costs no more than a call.
 */
export class SysImpl implements Sys {
  readonly task: Task;
  readonly run: Run;
  readonly image: Image;
  readonly argv: readonly string[];
  readonly envp: readonly string[];

  constructor(task: Task, image: Image, argv: readonly string[], envp: readonly string[]) {
    this.task = task;
    this.run = task.kernel.run;
    this.image = image;
    this.argv = argv;
    this.envp = envp;
  }

  /** The call that may have waited ends, unless it is to be made again. */
  #done<T>(result: T): T {
    const { task } = this;
    if (task.waiting && result !== BLOCKED) task.endWait(0);
    return result;
  }

  tick(steps = 1): boolean {
    const { run } = this;
    run.budget -= steps;
    return run.budget < 0 && run.expired();
  }

  dlopen<T extends object>(library: Library<T>): T | number {
    return this.#done(this.task.kernel.openLibrary(this.task, library)) as T | number;
  }

  sched_yield(): number {
    return S.sched_yield(this.task);
  }

  nice(increment: number): number {
    return S.nice(this.task, increment);
  }

  charge(bytes: number): number {
    return S.charge(this.task, bytes);
  }

  open(path: string, flags: number, mode?: number): number {
    return this.#done(S.open(this.task, path, flags, mode));
  }

  close(fd: number): number {
    return S.close(this.task, fd);
  }

  read(fd: number, buf: Uint8Array): number {
    return this.#done(S.read(this.task, fd, buf));
  }

  write(fd: number, buf: Uint8Array): number {
    return this.#done(S.write(this.task, fd, buf));
  }

  pread(fd: number, buf: Uint8Array, position: number): number {
    return this.#done(S.pread(this.task, fd, buf, position));
  }

  pwrite(fd: number, buf: Uint8Array, position: number): number {
    return this.#done(S.pwrite(this.task, fd, buf, position));
  }

  lseek(fd: number, offset: number, whence: number): number {
    return S.lseek(this.task, fd, offset, whence);
  }

  ftruncate(fd: number, length: number): number {
    return this.#done(S.ftruncate(this.task, fd, length));
  }

  truncate(path: string, length: number): number {
    return this.#done(S.truncate(this.task, path, length));
  }

  fsync(fd: number): number {
    return this.#done(S.fsync(this.task, fd));
  }

  copyFileRange(from: number, to: number, length: number): number {
    return this.#done(S.copyFileRange(this.task, from, to, length));
  }

  referToBlob(fd: number, digest: string, offset: number, length: number): number {
    return this.#done(S.referToBlob(this.task, fd, digest, offset, length));
  }

  dup(fd: number): number {
    return S.dup(this.task, fd);
  }

  dup2(from: number, to: number, cloexec?: boolean): number {
    return S.dup2(this.task, from, to, cloexec);
  }

  pipe2(ends: Int32Array | number[], flags?: number): number {
    return S.pipe2(this.task, ends, flags);
  }

  pipeOrder(first: number, second: number): number {
    return S.pipeOrder(this.task, first, second);
  }

  fcntl(fd: number, command: number, argument?: number): number {
    return S.fcntl(this.task, fd, command, argument);
  }

  flock(fd: number, operation: number): number {
    return this.#done(S.flock(this.task, fd, operation));
  }

  poll(fds: PollFd[], timeout: number): number {
    return this.#done(S.poll(this.task, fds, timeout));
  }

  fionread(fd: number): number {
    return S.fionread(this.task, fd);
  }

  stat(path: string, st: Stat): number {
    return this.#done(S.stat(this.task, path, st));
  }

  lstat(path: string, st: Stat): number {
    return this.#done(S.lstat(this.task, path, st));
  }

  fstat(fd: number, st: Stat): number {
    return this.#done(S.fstat(this.task, fd, st));
  }

  access(path: string, mode: number): number {
    return this.#done(S.access(this.task, path, mode));
  }

  mkdir(path: string, mode: number): number {
    return this.#done(S.mkdir(this.task, path, mode));
  }

  rmdir(path: string): number {
    return this.#done(S.rmdir(this.task, path));
  }

  unlink(path: string): number {
    return this.#done(S.unlink(this.task, path));
  }

  rename(from: string, to: string, flags?: number): number {
    return this.#done(S.rename(this.task, from, to, flags));
  }

  link(from: string, to: string): number {
    return this.#done(S.link(this.task, from, to));
  }

  symlink(target: string, path: string): number {
    return this.#done(S.symlink(this.task, target, path));
  }

  readlink(path: string): string | number {
    return this.#done(S.readlink(this.task, path));
  }

  mknod(path: string, mode: number, dev: number): number {
    return this.#done(S.mknod(this.task, path, mode, dev));
  }

  chmod(path: string, mode: number): number {
    return this.#done(S.chmod(this.task, path, mode));
  }

  fchmod(fd: number, mode: number): number {
    return this.#done(S.fchmod(this.task, fd, mode));
  }

  chown(path: string, uid: number, gid: number): number {
    return this.#done(S.chown(this.task, path, uid, gid));
  }

  lchown(path: string, uid: number, gid: number): number {
    return this.#done(S.lchown(this.task, path, uid, gid));
  }

  fchown(fd: number, uid: number, gid: number): number {
    return this.#done(S.fchown(this.task, fd, uid, gid));
  }

  utimens(
    path: string,
    atimeSec: number,
    atimeNsec: number,
    mtimeSec: number,
    mtimeNsec: number,
    nofollow?: boolean,
  ): number {
    return this.#done(S.utimens(this.task, path, atimeSec, atimeNsec, mtimeSec, mtimeNsec, nofollow));
  }

  getdents(fd: number): Dirent[] | number {
    return this.#done(S.getdents(this.task, fd));
  }

  getxattr(path: string, name: string, nofollow?: boolean): Uint8Array | number {
    return this.#done(S.getxattr(this.task, path, name, nofollow));
  }

  setxattr(path: string, name: string, value: Uint8Array, nofollow?: boolean): number {
    return this.#done(S.setxattr(this.task, path, name, value, nofollow));
  }

  listxattr(path: string, nofollow?: boolean): string[] | number {
    return this.#done(S.listxattr(this.task, path, nofollow));
  }

  removexattr(path: string, name: string, nofollow?: boolean): number {
    return this.#done(S.removexattr(this.task, path, name, nofollow));
  }

  statfs(path: string, out: StatFs): number {
    return this.#done(S.statfs(this.task, path, out));
  }

  getcwd(): string | number {
    return this.#done(S.getcwd(this.task));
  }

  chdir(path: string): number {
    return this.#done(S.chdir(this.task, path));
  }

  fchdir(fd: number): number {
    return S.fchdir(this.task, fd);
  }

  chroot(path: string): number {
    return this.#done(S.chroot(this.task, path));
  }

  umask(mask: number): number {
    return S.umask(this.task, mask);
  }

  mount(source: string, target: string, type: string, flags: number, data?: string): number {
    return this.#done(S.mount(this.task, source, target, type, flags, data));
  }

  umount2(target: string, flags: number): number {
    return this.#done(S.umount2(this.task, target, flags));
  }

  pivotRoot(newRoot: string, putOld: string): number {
    return this.#done(S.pivotRoot(this.task, newRoot, putOld));
  }

  unshare(flags: number): number {
    return S.unshare(this.task, flags);
  }

  setns(fd: number, type: number): number {
    return S.setns(this.task, fd, type);
  }

  fork(child: Entry, options?: ForkOptions): number {
    return S.fork(this.task, child, options);
  }

  thread(entry: Entry): number {
    return S.thread(this.task, entry);
  }

  execve(path: string, argv: readonly string[], envp: readonly string[]): number {
    return this.#done(S.execve(this.task, path, argv, envp));
  }

  spawn(path: string, argv: readonly string[], envp: readonly string[], actions?: SpawnActions): number {
    return this.#done(S.spawn(this.task, path, argv, envp, actions));
  }

  exit(status: number): number {
    return S.exit(this.task, status);
  }

  waitpid(pid: number, options: number, out: WaitResult): number {
    return this.#done(S.waitpid(this.task, pid, options, out));
  }

  getpid(): number {
    return S.getpid(this.task);
  }

  gettid(): number {
    return S.gettid(this.task);
  }

  getppid(): number {
    return S.getppid(this.task);
  }

  getpgid(pid: number): number {
    return S.getpgid(this.task, pid);
  }

  setpgid(pid: number, pgid: number): number {
    return S.setpgid(this.task, pid, pgid);
  }

  getsid(pid: number): number {
    return S.getsid(this.task, pid);
  }

  setsid(): number {
    return S.setsid(this.task);
  }

  getpriority(pid: number): number {
    return S.getpriority(this.task, pid);
  }

  setpriority(pid: number, nice: number): number {
    return S.setpriority(this.task, pid, nice);
  }

  times(): { user: number; system: number; childUser: number; childSystem: number } {
    return S.times(this.task);
  }

  getrlimit(resource: number): Rlimit | number {
    return S.getrlimit(this.task, resource);
  }

  setrlimit(resource: number, limit: Rlimit): number {
    return S.setrlimit(this.task, resource, limit);
  }

  credentials(): Credentials {
    return S.credentials(this.task);
  }

  setuid(uid: number): number {
    return S.setuid(this.task, uid);
  }

  setgid(gid: number): number {
    return S.setgid(this.task, gid);
  }

  setresuid(ruid: number, euid: number, suid: number): number {
    return S.setresuid(this.task, ruid, euid, suid);
  }

  setresgid(rgid: number, egid: number, sgid: number): number {
    return S.setresgid(this.task, rgid, egid, sgid);
  }

  setgroups(groups: readonly number[]): number {
    return S.setgroups(this.task, groups);
  }

  setcaps(
    sets: Partial<Pick<Credentials, 'permitted' | 'effective' | 'inheritable' | 'bounding' | 'ambient' | 'noNewPrivs'>>,
  ): number {
    return S.setcaps(this.task, sets);
  }

  prctl(
    option: 'name' | 'cmdline' | 'pdeathsig' | 'subreaper' | 'dumpable' | 'seccomp',
    value: string | number,
  ): number {
    return S.prctl(this.task, option, value);
  }

  kill(pid: number, signal: number): number {
    return S.kill(this.task, pid, signal);
  }

  sigaction(signal: number, handler: SignalHandler, flags?: number): SignalHandler | number {
    return S.sigaction(this.task, signal, handler, flags);
  }

  sigprocmask(how: 'block' | 'unblock' | 'set', signals: Iterable<number>): ReadonlySet<number> {
    return S.sigprocmask(this.task, how, signals);
  }

  pause(mask?: Iterable<number>): number {
    return this.#done(S.pause(this.task, mask));
  }

  alarm(ms: number, interval?: number): number {
    return S.alarm(this.task, ms, interval);
  }

  clockGettime(clock: number, ts: Timespec): number {
    return S.clockGettime(this.task, clock, ts);
  }

  now(clock: number): number {
    return S.now(this.task, clock);
  }

  clockSettime(clock: number, ts: Timespec): number {
    return S.clockSettime(this.task, clock, ts);
  }

  sleep(ms: number): number {
    return this.#done(S.sleep(this.task, ms));
  }

  getrandom(buf: Uint8Array): number {
    return S.getrandom(this.task, buf);
  }

  futexWait(futex: Futex, expected: number, timeout?: number): number {
    return this.#done(S.futexWait(this.task, futex, expected, timeout));
  }

  ptrace(pid: number, tracer: Tracer | undefined): number {
    return S.ptrace(this.task, pid, tracer);
  }

  futexWake(futex: Futex, count: number): number {
    return S.futexWake(this.task, futex, count);
  }

  isatty(fd: number): boolean {
    return S.isatty(this.task, fd);
  }

  ttyname(fd: number): string | number {
    return S.ttyname(this.task, fd);
  }

  ptsname(fd: number): string | number {
    return S.ptsname(this.task, fd);
  }

  tcgetattr(fd: number): Termios | number {
    return S.tcgetattr(this.task, fd);
  }

  tcsetattr(fd: number, when: number, termios: Termios): number {
    return this.#done(S.tcsetattr(this.task, fd, when, termios));
  }

  tcflush(fd: number, queue: number): number {
    return S.tcflush(this.task, fd, queue);
  }

  tcgetpgrp(fd: number): number {
    return S.tcgetpgrp(this.task, fd);
  }

  tcsetpgrp(fd: number, pgid: number): number {
    return S.tcsetpgrp(this.task, fd, pgid);
  }

  tiocgwinsz(fd: number): Winsize | number {
    return S.tiocgwinsz(this.task, fd);
  }

  tiocswinsz(fd: number, size: Winsize): number {
    return S.tiocswinsz(this.task, fd, size);
  }

  tiocsctty(fd: number): number {
    return S.tiocsctty(this.task, fd);
  }

  socket(family: number, type: number, protocol?: number): number {
    return S.socket(this.task, family, type, protocol);
  }

  socketpair(family: number, type: number, ends: Int32Array | number[]): number {
    return S.socketpair(this.task, family, type, ends);
  }

  bind(fd: number, address: SockAddr): number {
    return this.#done(S.bind(this.task, fd, address));
  }

  listen(fd: number, backlog: number): number {
    return S.listen(this.task, fd, backlog);
  }

  accept(fd: number, peer?: { address?: SockAddr }, flags?: number): number {
    return this.#done(S.accept(this.task, fd, peer, flags));
  }

  connect(fd: number, address: SockAddr): number {
    return this.#done(S.connect(this.task, fd, address));
  }

  shutdown(fd: number, how: number): number {
    return S.shutdown(this.task, fd, how);
  }

  sendto(fd: number, buf: Uint8Array, to?: SockAddr): number {
    return this.#done(S.sendto(this.task, fd, buf, to));
  }

  recvfrom(fd: number, buf: Uint8Array, out?: Datagram): number {
    return this.#done(S.recvfrom(this.task, fd, buf, out));
  }

  getsockname(fd: number): SockAddr | number {
    return S.getsockname(this.task, fd);
  }

  getpeername(fd: number): SockAddr | number {
    return S.getpeername(this.task, fd);
  }

  setsockopt(fd: number, level: number, option: number, value: number | string): number {
    return S.setsockopt(this.task, fd, level, option, value);
  }

  getsockopt(fd: number, level: number, option: number): number {
    return S.getsockopt(this.task, fd, level, option);
  }

  peercred(fd: number): { pid: number; uid: number; gid: number } | number {
    return S.peercred(this.task, fd);
  }

  netlink(request: NetlinkRequest): NetlinkAnswer {
    return S.netlink(this.task, request);
  }

  packOpen(name: string, memory: number): number {
    return S.packOpen(this.task, name, memory);
  }

  packSend(fd: number, message: PackValue): number {
    return this.#done(S.packSend(this.task, fd, message));
  }

  packReceive(fd: number, out: PackMessage): number {
    return this.#done(S.packReceive(this.task, fd, out));
  }

  uname(): Utsname {
    return S.uname(this.task);
  }

  sethostname(name: string): number {
    return S.sethostname(this.task, name);
  }

  setdomainname(name: string): number {
    return S.setdomainname(this.task, name);
  }

  sysinfo(): SysInfo {
    return S.sysinfo(this.task);
  }

  sched_getaffinity(): number[] {
    return S.sched_getaffinity(this.task);
  }

  sync(): number {
    return this.#done(S.sync(this.task));
  }

  reboot(how: 'halt' | 'restart'): number {
    return S.reboot(this.task, how);
  }
}
