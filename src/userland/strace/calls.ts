import type { Stat } from '../../abi/stat.ts';
import type { TracedCall } from '../../abi/trace.ts';
import { type WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { modeText, octal, openFlags, signalText, stringText } from './words.ts';

/** A call as Linux names it: its name, and its arguments as strace writes them. */
export interface CallText {
  name: string;
  args: string;
}

type Writer = (args: readonly unknown[], result: number, most: number) => CallText | undefined;

const AT = 'AT_FDCWD';
const str = (value: unknown, most: number): string =>
  typeof value === 'string' || value instanceof Uint8Array ? stringText(value, most) : 'NULL';
const num = (value: unknown): string => String(Number(value ?? 0));
const path = (name: string, more: (args: readonly unknown[], most: number) => string = () => ''): Writer => {
  return (args, _, most) => ({ name, args: str(args[0], 4096) + more(args, most) });
};
const statText = (st: Stat, result: number): string =>
  result < 0
    ? '0x7ffd1c0a2b40'
    : (st.mode & 0o170000) === 0o020000 || (st.mode & 0o170000) === 0o060000
      ? `{st_mode=${modeText(st.mode)}, st_rdev=makedev(0x${Math.floor(st.rdev / 0x100000).toString(16)}, 0x${(st.rdev % 0x100000).toString(16)}), ...}`
      : `{st_mode=${modeText(st.mode)}, st_size=${st.size}, ...}`;
const ACCESS = (mode: number): string =>
  mode === 0 ? 'F_OK' : ['R_OK', 'W_OK', 'X_OK'].filter((_, i) => mode & (4 >> i)).join('|');
const WHENCE = ['SEEK_SET', 'SEEK_CUR', 'SEEK_END', 'SEEK_DATA', 'SEEK_HOLE'];
const FCNTL: Readonly<Record<number, string>> = {
  0: 'F_DUPFD',
  1: 'F_GETFD',
  2: 'F_SETFD',
  3: 'F_GETFL',
  4: 'F_SETFL',
  1030: 'F_DUPFD_CLOEXEC',
};

interface Address {
  family?: number;
  addr?: string;
  port?: number;
  path?: string;
}
function addressText(value: unknown): string {
  const a = (value ?? {}) as Address;
  if (a.path !== undefined) return `{sa_family=AF_UNIX, sun_path=${stringText(a.path, 108)}}, ${a.path.length + 3}`;
  if (a.family === 10)
    return `{sa_family=AF_INET6, sin6_port=htons(${a.port ?? 0}), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "${a.addr || '::'}", &sin6_addr), sin6_scope_id=0}, 28`;
  return `{sa_family=AF_INET, sin_port=htons(${a.port ?? 0}), sin_addr=inet_addr("${a.addr || '0.0.0.0'}")}, 16`;
}
const FAMILY: Readonly<Record<number, string>> = { 1: 'AF_UNIX', 2: 'AF_INET', 10: 'AF_INET6', 16: 'AF_NETLINK' };
const socketType = (type: number): string =>
  [['', 'SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_RAW', '', 'SOCK_SEQPACKET'][type & 15] ?? String(type & 15)]
    .concat(type & 0o2000000 ? 'SOCK_CLOEXEC' : [], type & 0o4000 ? 'SOCK_NONBLOCK' : [])
    .join('|');

const waitText = (out: WaitResult): string =>
  wifexited(out.status)
    ? `[{WIFEXITED(s) && WEXITSTATUS(s) == ${wexitstatus(out.status)}}]`
    : `[{WIFSIGNALED(s) && WTERMSIG(s) == ${signalText(wtermsig(out.status))}}]`;

/** One row a call; what is not here is no call of Linux of its own (the vDSO, the scheduler's). */
const CALLS: Readonly<Record<string, Writer>> = {
  open: ([file, flags, mode]) => ({
    name: 'openat',
    args: `${AT}, ${str(file, 4096)}, ${openFlags(Number(flags))}${Number(flags) & 0o100 ? `, ${octal(Number(mode ?? 0o666))}` : ''}`,
  }),
  close: ([fd]) => ({ name: 'close', args: num(fd) }),
  read: ([fd, buf], n, most) => ({
    name: 'read',
    args: `${num(fd)}, ${n < 0 ? '0x55d1c6a3f2a0' : stringText((buf as Uint8Array).slice(0, n), most)}, ${(buf as Uint8Array).length}`,
  }),
  write: ([fd, buf], _, most) => ({
    name: 'write',
    args: `${num(fd)}, ${str(buf, most)}, ${(buf as Uint8Array).length}`,
  }),
  pread: ([fd, buf, at], n, most) => ({
    name: 'pread64',
    args: `${num(fd)}, ${stringText((buf as Uint8Array).slice(0, Math.max(0, n)), most)}, ${(buf as Uint8Array).length}, ${num(at)}`,
  }),
  pwrite: ([fd, buf, at], _, most) => ({
    name: 'pwrite64',
    args: `${num(fd)}, ${str(buf, most)}, ${(buf as Uint8Array).length}, ${num(at)}`,
  }),
  lseek: ([fd, offset, whence]) => ({
    name: 'lseek',
    args: `${num(fd)}, ${num(offset)}, ${WHENCE[Number(whence)] ?? num(whence)}`,
  }),
  ftruncate: ([fd, length]) => ({ name: 'ftruncate', args: `${num(fd)}, ${num(length)}` }),
  truncate: path('truncate', ([, length]) => `, ${num(length)}`),
  fsync: ([fd]) => ({ name: 'fsync', args: num(fd) }),
  copyFileRange: ([from, to, length]) => ({
    name: 'copy_file_range',
    args: `${num(from)}, NULL, ${num(to)}, NULL, ${num(length)}, 0`,
  }),
  dup: ([fd]) => ({ name: 'dup', args: num(fd) }),
  dup2: ([from, to]) => ({ name: 'dup2', args: `${num(from)}, ${num(to)}` }),
  pipe2: ([ends, flags], r) => ({
    name: 'pipe2',
    args: `${r < 0 ? '0x7ffd1c0a2b40' : `[${(ends as number[])[0]}, ${(ends as number[])[1]}]`}, ${Number(flags ?? 0) === 0 ? '0' : openFlags(Number(flags)).replace('O_RDONLY|', '')}`,
  }),
  fcntl: ([fd, command, argument]) => ({
    name: 'fcntl',
    args: `${num(fd)}, ${FCNTL[Number(command)] ?? num(command)}${argument === undefined ? '' : `, ${Number(command) === 4 ? openFlags(Number(argument)) : Number(command) === 2 ? (Number(argument) === 1 ? 'FD_CLOEXEC' : '0') : num(argument)}`}`,
  }),
  flock: ([fd, operation]) => ({
    name: 'flock',
    args: `${num(fd)}, ${['', 'LOCK_SH', 'LOCK_EX', '', '', 'LOCK_SH|LOCK_NB', 'LOCK_EX|LOCK_NB', '', 'LOCK_UN'][Number(operation)] ?? num(operation)}`,
  }),
  poll: ([fds, timeout]) => ({
    name: 'poll',
    args: `[${(fds as { fd: number; events: number }[]).map(({ fd, events }) => `{fd=${fd}, events=${[events & 1 ? 'POLLIN' : '', events & 4 ? 'POLLOUT' : ''].filter((w) => w !== '').join('|') || '0'}}`).join(', ')}], ${(fds as unknown[]).length}, ${num(timeout)}`,
  }),
  stat: ([file, st], r) => ({ name: 'newfstatat', args: `${AT}, ${str(file, 4096)}, ${statText(st as Stat, r)}, 0` }),
  lstat: ([file, st], r) => ({
    name: 'newfstatat',
    args: `${AT}, ${str(file, 4096)}, ${statText(st as Stat, r)}, AT_SYMLINK_NOFOLLOW`,
  }),
  fstat: ([fd, st], r) => ({ name: 'newfstatat', args: `${num(fd)}, "", ${statText(st as Stat, r)}, AT_EMPTY_PATH` }),
  access: path('access', ([, mode]) => `, ${ACCESS(Number(mode))}`),
  mkdir: path('mkdir', ([, mode]) => `, ${octal(Number(mode))}`),
  rmdir: path('rmdir'),
  unlink: path('unlink'),
  rename: path('rename', ([, to]) => `, ${str(to, 4096)}`),
  link: path('link', ([, to]) => `, ${str(to, 4096)}`),
  symlink: path('symlink', ([, to]) => `, ${str(to, 4096)}`),
  readlink: path('readlink', () => ', "...", 4095'),
  mknod: path('mknod', ([, mode]) => `, ${modeText(Number(mode))}`),
  chmod: path('chmod', ([, mode]) => `, ${octal(Number(mode))}`),
  fchmod: ([fd, mode]) => ({ name: 'fchmod', args: `${num(fd)}, ${octal(Number(mode))}` }),
  chown: path('chown', ([, uid, gid]) => `, ${num(uid)}, ${num(gid)}`),
  lchown: path('lchown', ([, uid, gid]) => `, ${num(uid)}, ${num(gid)}`),
  fchown: ([fd, uid, gid]) => ({ name: 'fchown', args: `${num(fd)}, ${num(uid)}, ${num(gid)}` }),
  utimens: ([file]) => ({ name: 'utimensat', args: `${AT}, ${str(file, 4096)}, NULL, 0` }),
  getdents: ([fd]) => ({ name: 'getdents64', args: `${num(fd)}, 0x55d1c6a3f2a0, 32768` }),
  getxattr: path('getxattr', ([, name]) => `, ${str(name, 256)}, 0x7ffd1c0a2b40, 255`),
  setxattr: path(
    'setxattr',
    ([, name, value], most) => `, ${str(name, 256)}, ${str(value, most)}, ${(value as Uint8Array).length}, 0`,
  ),
  statfs: path('statfs', () => ', {...}'),
  getcwd: () => ({ name: 'getcwd', args: '"...", 4096' }),
  chdir: path('chdir'),
  fchdir: ([fd]) => ({ name: 'fchdir', args: num(fd) }),
  chroot: path('chroot'),
  umask: ([mask]) => ({ name: 'umask', args: octal(Number(mask)) }),
  mount: ([source, target, type, flags, data]) => ({
    name: 'mount',
    args: `${str(source, 4096)}, ${str(target, 4096)}, ${str(type, 64)}, ${num(flags)}, ${data ? str(data, 4096) : 'NULL'}`,
  }),
  umount2: path('umount2', ([, flags]) => `, ${num(flags)}`),
  pivotRoot: ([root, old]) => ({ name: 'pivot_root', args: `${str(root, 4096)}, ${str(old, 4096)}` }),
  unshare: ([flags]) => ({ name: 'unshare', args: `0x${Number(flags).toString(16)}` }),
  setns: ([fd, type]) => ({ name: 'setns', args: `${num(fd)}, ${num(type)}` }),
  fork: () => ({
    name: 'clone',
    args: 'child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f2a5c3e0a10',
  }),
  spawn: () => ({ name: 'vfork', args: '' }),
  thread: () => ({ name: 'clone3', args: '{flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD}, 88' }),
  execve: ([file, argv, envp], _, most) => {
    const vars = (envp as string[]).length;
    return {
      name: 'execve',
      args: `${str(file, 4096)}, [${(argv as string[]).map((arg) => stringText(arg, most)).join(', ')}], 0x7ffd1c0a2d98 /* ${vars} var${vars === 1 ? '' : 's'} */`,
    };
  },
  exit: ([status]) => ({ name: 'exit_group', args: num(status) }),
  waitpid: ([pid, options, out], r) => ({
    name: 'wait4',
    args: `${num(pid)}, ${r > 0 ? waitText(out as WaitResult) : 'NULL'}, ${Number(options) === 0 ? '0' : [Number(options) & 1 ? 'WNOHANG' : '', Number(options) & 2 ? 'WSTOPPED' : '', Number(options) & 8 ? 'WCONTINUED' : ''].filter((w) => w !== '').join('|')}, NULL`,
  }),
  getpid: () => ({ name: 'getpid', args: '' }),
  getppid: () => ({ name: 'getppid', args: '' }),
  gettid: () => ({ name: 'gettid', args: '' }),
  getpgid: ([pid]) => ({ name: 'getpgid', args: num(pid) }),
  setpgid: ([pid, group]) => ({ name: 'setpgid', args: `${num(pid)}, ${num(group)}` }),
  getsid: ([pid]) => ({ name: 'getsid', args: num(pid) }),
  setsid: () => ({ name: 'setsid', args: '' }),
  setuid: ([id]) => ({ name: 'setuid', args: num(id) }),
  setgid: ([id]) => ({ name: 'setgid', args: num(id) }),
  kill: ([pid, signal]) => ({ name: 'kill', args: `${num(pid)}, ${signalText(Number(signal))}` }),
  sigaction: ([signal, handler]) => ({
    name: 'rt_sigaction',
    args: `${signalText(Number(signal))}, {sa_handler=${handler === 0 ? 'SIG_DFL' : handler === 1 ? 'SIG_IGN' : '0x55d1c5e0b3c0'}, sa_mask=[], sa_flags=0}, NULL, 8`,
  }),
  sigprocmask: ([how, signals]) => ({
    name: 'rt_sigprocmask',
    args: `SIG_${String(how) === 'set' ? 'SETMASK' : String(how).toUpperCase()}, [${[...(signals as Iterable<number>)].map((s) => signalText(s).slice(3)).join(' ')}], NULL, 8`,
  }),
  pause: () => ({ name: 'pause', args: '' }),
  alarm: ([ms]) => ({ name: 'alarm', args: String(Math.ceil(Number(ms) / 1000)) }),
  sleep: ([ms]) => ({
    name: 'clock_nanosleep',
    args: `CLOCK_REALTIME, 0, {tv_sec=${Math.floor(Number(ms) / 1000)}, tv_nsec=${Math.round((Number(ms) % 1000) * 1e6)}}, NULL`,
  }),
  getrandom: ([buf], _, most) => ({ name: 'getrandom', args: `${str(buf, most)}, ${(buf as Uint8Array).length}, 0` }),
  isatty: ([fd]) => ({ name: 'ioctl', args: `${num(fd)}, TCGETS, 0x7ffd1c0a2b40` }),
  tcgetattr: ([fd]) => ({ name: 'ioctl', args: `${num(fd)}, TCGETS, {...}` }),
  tcsetattr: ([fd]) => ({ name: 'ioctl', args: `${num(fd)}, TCSETSW, {...}` }),
  tiocgwinsz: ([fd]) => ({ name: 'ioctl', args: `${num(fd)}, TIOCGWINSZ, {...}` }),
  tcgetpgrp: ([fd]) => ({ name: 'ioctl', args: `${num(fd)}, TIOCGPGRP, [...]` }),
  tcsetpgrp: ([fd, group]) => ({ name: 'ioctl', args: `${num(fd)}, TIOCSPGRP, [${num(group)}]` }),
  fionread: ([fd]) => ({ name: 'ioctl', args: `${num(fd)}, FIONREAD, [...]` }),
  socket: ([family, type]) => ({
    name: 'socket',
    args: `${FAMILY[Number(family)] ?? num(family)}, ${socketType(Number(type))}, 0`,
  }),
  bind: ([fd, address]) => ({ name: 'bind', args: `${num(fd)}, ${addressText(address)}` }),
  listen: ([fd, backlog]) => ({ name: 'listen', args: `${num(fd)}, ${num(backlog)}` }),
  accept: ([fd]) => ({ name: 'accept4', args: `${num(fd)}, NULL, NULL, 0` }),
  connect: ([fd, address]) => ({ name: 'connect', args: `${num(fd)}, ${addressText(address)}` }),
  shutdown: ([fd, how]) => ({
    name: 'shutdown',
    args: `${num(fd)}, ${['SHUT_RD', 'SHUT_WR', 'SHUT_RDWR'][Number(how)]}`,
  }),
  sendto: ([fd, buf, to], _, most) => ({
    name: 'sendto',
    args: `${num(fd)}, ${str(buf, most)}, ${(buf as Uint8Array).length}, 0, ${to ? addressText(to) : 'NULL, 0'}`,
  }),
  recvfrom: ([fd, buf], n, most) => ({
    name: 'recvfrom',
    args: `${num(fd)}, ${n < 0 ? '0x55d1c6a3f2a0' : stringText((buf as Uint8Array).slice(0, n), most)}, ${(buf as Uint8Array).length}, 0, NULL, NULL`,
  }),
  getsockname: ([fd]) => ({ name: 'getsockname', args: `${num(fd)}, {...}, [16]` }),
  getpeername: ([fd]) => ({ name: 'getpeername', args: `${num(fd)}, {...}, [16]` }),
  setsockopt: ([fd, level, option, value]) => ({
    name: 'setsockopt',
    args: `${num(fd)}, ${Number(level) === 1 ? 'SOL_SOCKET' : num(level)}, ${num(option)}, [${String(value)}], 4`,
  }),
  uname: () => ({ name: 'uname', args: '{sysname="Linux", ...}' }),
  sethostname: ([name]) => ({ name: 'sethostname', args: `${str(name, 64)}, ${String(name).length}` }),
  sysinfo: () => ({ name: 'sysinfo', args: '{...}' }),
  sync: () => ({ name: 'sync', args: '' }),
  prctl: ([option, value]) => ({
    name: 'prctl',
    args: `PR_SET_${String(option).toUpperCase()}, ${typeof value === 'string' ? str(value, 16) : num(value)}`,
  }),
};

/** @returns undefined for what is no system call on Linux */
export function callText({ name, args, result }: TracedCall, most: number): CallText | undefined {
  return CALLS[name]?.(args, typeof result === 'number' ? result : 0, most);
}

/** Names of calls by what they are about (-e trace=%file). */
export const CLASSES: Readonly<Record<string, readonly string[]>> = {
  file: [
    'openat',
    'newfstatat',
    'access',
    'mkdir',
    'rmdir',
    'unlink',
    'rename',
    'link',
    'symlink',
    'readlink',
    'mknod',
    'chmod',
    'chown',
    'lchown',
    'utimensat',
    'getxattr',
    'setxattr',
    'statfs',
    'chdir',
    'chroot',
    'truncate',
    'execve',
    'mount',
    'umount2',
    'pivot_root',
    'getcwd',
  ],
  process: ['execve', 'exit_group', 'clone', 'clone3', 'vfork', 'wait4', 'kill'],
  network: [
    'socket',
    'bind',
    'listen',
    'accept4',
    'connect',
    'shutdown',
    'sendto',
    'recvfrom',
    'getsockname',
    'getpeername',
    'setsockopt',
  ],
  signal: ['kill', 'rt_sigaction', 'rt_sigprocmask', 'pause'],
  desc: [
    'openat',
    'close',
    'read',
    'write',
    'pread64',
    'pwrite64',
    'lseek',
    'ftruncate',
    'fsync',
    'copy_file_range',
    'dup',
    'dup2',
    'pipe2',
    'fcntl',
    'flock',
    'poll',
    'newfstatat',
    'fchmod',
    'fchown',
    'getdents64',
    'fchdir',
    'ioctl',
    'socket',
    'bind',
    'listen',
    'accept4',
    'connect',
  ],
};

/** All names that a trace may have. */
export const CALL_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(CLASSES).flat(),
  ...'umask unshare setns getpid getppid gettid getpgid setpgid getsid setsid setuid setgid alarm clock_nanosleep getrandom uname sethostname sysinfo sync prctl open stat lstat fstat fork exit nanosleep dup3 brk mmap munmap mprotect'.split(
    ' ',
  ),
]);
