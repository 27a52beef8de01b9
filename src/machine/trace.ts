import * as errnos from '../abi/errno.ts';
import { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '../abi/flags.ts';
import type { SockAddr } from '../abi/socket.ts';
import { S_IFMT, S_IFREG } from '../abi/stat.ts';
import { ICANON, type Termios } from '../abi/termios.ts';
import type { WaitResult } from '../abi/wait.ts';
import type { Kernel, Task, TraceHook } from '../kernel/index.ts';
import { quote } from '../lib/quote.ts';
import { decode } from '../lib/utf8.ts';
import { dPath } from '../vfs/index.ts';

/** A system call that did something, as text. */
export interface TraceStep {
  /** Process, as process 1 of the host numbers it. */
  pid: number;
  /** Name of the task that called. */
  program: string;
  call: string;
  /** The arguments; descriptors with what they lead to. */
  args: string;
  /** The value, `-EPERM` and the like, or '' where the call does not come back. */
  result: string;
}

/** Which calls are reported: those by which processes begin, end and reach each other, or every one that did not wait. */
export type TraceScope = 'way' | 'all';

/** Calls that are always on the way from one process to another. */
const WAY: ReadonlySet<string> = new Set([
  'fork',
  'spawn',
  'execve',
  'exit',
  'waitpid',
  'kill',
  'unshare',
  'setns',
  'mount',
  'umount2',
  'pivotRoot',
  'chroot',
  'sethostname',
  'setcaps',
  'socket',
  'bind',
  'listen',
  'accept',
  'connect',
  'shutdown',
  'netlink',
  'tcsetattr',
]);
/** Calls that carry bytes: on the way where they go through a terminal, a pipe or a socket, or set up a control group. */
const CARRY: ReadonlySet<string> = new Set(['read', 'write', 'sendto', 'recvfrom']);
const CGROUPS = '/sys/fs/cgroup/';
/** Calls whose first argument is a descriptor. */
const ON_DESCRIPTOR: ReadonlySet<string> = new Set([
  ...CARRY,
  'pread',
  'pwrite',
  'lseek',
  'ftruncate',
  'referToBlob',
  'fsync',
  'dup',
  'dup2',
  'fcntl',
  'flock',
  'fstat',
  'fchmod',
  'fchown',
  'getdents',
  'setns',
  'bind',
  'listen',
  'accept',
  'connect',
  'shutdown',
  'tcgetattr',
  'tcsetattr',
  'tcsetpgrp',
  'tcgetpgrp',
  'tiocgwinsz',
  'isatty',
]);
const NAMESPACES: readonly (readonly [flag: number, name: string])[] = [
  [CLONE_NEWNS, 'CLONE_NEWNS'],
  [CLONE_NEWUTS, 'CLONE_NEWUTS'],
  [CLONE_NEWIPC, 'CLONE_NEWIPC'],
  [CLONE_NEWPID, 'CLONE_NEWPID'],
  [CLONE_NEWNET, 'CLONE_NEWNET'],
  [CLONE_NEWCGROUP, 'CLONE_NEWCGROUP'],
];
const ERRNO_NAMES = new Map(Object.entries(errnos).map(([name, number]) => [number as number, name]));
/** Characters of data and of one argument that are shown. */
const SHOWN = 64;

/**
 * Reports the system calls of all tasks, each once when it has done its work: repeats of one that waits are left out.
 * @returns what ends it
 */
export function traceCalls(kernel: Kernel, scope: TraceScope, report: (step: TraceStep) => void): () => void {
  const tracer = new Tracer(scope, report);
  kernel.trace(tracer.hook);
  return () => kernel.trace(undefined);
}

/** What a process was when it was seen last: execve(2) is reported by the new image. */
interface Before {
  program: string;
  image: object;
}

class Tracer {
  readonly #scope: TraceScope;
  readonly #report: (step: TraceStep) => void;
  readonly #before: WeakMap<object, Before> = new WeakMap();

  constructor(scope: TraceScope, report: (step: TraceStep) => void) {
    this.#scope = scope;
    this.#report = report;
  }

  readonly hook: TraceHook = (task, call, args, result) => {
    const { process } = task;
    const before = this.#before.get(task);
    this.#before.set(task, { program: task.comm, image: process.image });
    const replaced = call === 'execve' && (before === undefined || before.image !== process.image);
    const gone = call === 'exit' || replaced;
    if (result === errnos.BLOCKED && !gone) return;
    if (this.#scope === 'way' && !isOnWay(task, call, args)) return;
    this.#report({
      pid: process.pid.numbers[0] ?? 0,
      program: replaced && before !== undefined ? before.program : task.comm,
      call,
      args: showArguments(task, call, args, result),
      result: gone ? '' : shorten(showResult(task, call, result)),
    });
  };
}

function isOnWay(task: Task, call: string, args: readonly unknown[]): boolean {
  if (WAY.has(call)) return true;
  if (call === 'mkdir') return String(args[0]).startsWith(CGROUPS);
  if (!CARRY.has(call)) return false;
  const inode = fileAt(task, args[0])?.path?.inode;
  if (inode === undefined || (inode.mode & S_IFMT) !== S_IFREG) return true;
  return call === 'write' && fileName(task, args[0]).startsWith(CGROUPS);
}

function fileAt(task: Task, fd: unknown) {
  return typeof fd === 'number' ? task.process.fds.get(fd) : undefined;
}

/** What a descriptor leads to: a path, `pipe:[3]`, or a socket's own address or its peer's. */
function fileName(task: Task, fd: unknown): string {
  const file = fileAt(task, fd);
  if (file === undefined) return '';
  const address = 'socket' in file ? socketName(file.socket as NamedSocket) : '';
  return address !== '' || file.path === undefined ? address : dPath(file.path, task.root);
}

/** As much of a socket as has its names. */
interface NamedSocket {
  getsockname(): SockAddr | number;
  getpeername(): SockAddr | number;
}

function socketName(socket: NamedSocket): string {
  const own = addressText(socket.getsockname());
  const peer = addressText(socket.getpeername());
  if (own === '' || peer === '') return own || peer;
  return `${own}->${peer}`;
}

function addressText(address: SockAddr | number): string {
  if (typeof address === 'number') return '';
  return 'path' in address ? address.path : `${address.addr}:${address.port}`;
}

function showArguments(task: Task, call: string, args: readonly unknown[], result: unknown): string {
  if (call === 'waitpid') return showWait(args, result);
  const shown = args.map((arg, at) => {
    if (at === 0 && ON_DESCRIPTOR.has(call)) return showDescriptor(task, arg);
    if (arg instanceof Uint8Array) return showBytes(arg, call, result);
    const special = SPECIAL[call]?.[at];
    return special ? special(arg) : show(arg);
  });
  return shorten(shown.filter((text) => text !== '').join(', '));
}

/** Arguments that are shown in their own way, by call and place. */
const SPECIAL: Readonly<Record<string, Readonly<Record<number, (arg: unknown) => string>>>> = {
  connect: { 1: (arg) => quote(addressText(arg as SockAddr)) },
  bind: { 1: (arg) => quote(addressText(arg as SockAddr)) },
  accept: { 1: () => '', 2: () => '' },
  execve: { 2: () => '' },
  spawn: { 2: () => '' },
  fork: { 1: (arg) => showForkOptions(arg as { flags?: number; cgroup?: string }) },
  unshare: { 0: (arg) => namespaces(Number(arg)) },
  setns: { 1: (arg) => namespaces(Number(arg)) },
  tcsetattr: { 1: () => '', 2: (arg) => ((arg as Termios).lflag & ICANON ? 'canonical' : 'raw') },
};

/** waitpid(2) says what it found, not what it was asked. */
function showWait([pid, , out]: readonly unknown[], result: unknown): string {
  return typeof result === 'number' && result > 0 ? `${result}, status ${(out as WaitResult).status}` : String(pid);
}

/** Numbers of containers and layers as people write them. */
const shorten = (text: string): string => text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');

function showDescriptor(task: Task, fd: unknown): string {
  const name = fileName(task, fd);
  return name === '' ? String(fd) : `${String(fd)}<${name}>`;
}

/** Data that a call moved; what the buffer holds besides is not of interest. */
function showBytes(bytes: Uint8Array, call: string, result: unknown): string {
  const moved = CARRY.has(call) || call === 'pread' || call === 'pwrite';
  const count = moved && typeof result === 'number' ? Math.max(0, result) : bytes.length;
  const text = shorten(decode(bytes.subarray(0, Math.min(count, SHOWN * 4))));
  return `${quote(text.slice(0, SHOWN))}${count > SHOWN ? '…' : ''}`;
}

function showForkOptions({ flags = 0, cgroup }: { flags?: number; cgroup?: string }): string {
  return [namespaces(flags), ...(cgroup === undefined ? [] : [quote(cgroup)])].join(', ');
}

const namespaces = (flags: number): string =>
  NAMESPACES.filter(([flag]) => (flags & flag) !== 0)
    .map(([, name]) => name)
    .join('|') || String(flags);

function showResult(task: Task, call: string, result: unknown): string {
  if (typeof result === 'number' && result < 0) return `-${ERRNO_NAMES.get(-result) ?? -result}`;
  if (call === 'accept' || call === 'open') return showDescriptor(task, result);
  return show(result);
}

function show(value: unknown): string {
  if (typeof value === 'string')
    return value.length > SHOWN * 4 ? `${quote(value.slice(0, SHOWN * 4))}…` : quote(value);
  if (typeof value === 'function') return '';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Set) return `{${[...value].map(show).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value !== null && typeof value === 'object') return showRecord(value);
  return String(value);
}

function showRecord(value: object): string {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && typeof field !== 'function');
  const text = fields.map(([name, field]) => `${name}: ${typeof field === 'object' ? '…' : show(field)}`).join(', ');
  return `{${text}}`;
}
