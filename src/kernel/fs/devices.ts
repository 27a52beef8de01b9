import { EAGAIN, EINVAL, EIO, ENOSPC, ENXIO } from '../../abi/errno.ts';
import { POLLIN, POLLOUT } from '../../abi/flags.ts';
import { isBlockDevice, isFifo, makedev } from '../../abi/stat.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { dPath, type Inode, OpenFile, type Path, resolve, type VfsContext } from '../../vfs/index.ts';
import { Fifos } from '../file/fifo.ts';
import { KernelFile } from '../file/kernel-file.ts';
import type { KernelState, Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';
import { acquireTty, SlaveFile } from '../tty/pty.ts';
import { Tty } from '../tty/tty.ts';
import type { WaitQueue } from '../wait-queue.ts';
import { DevPts, PTMX_DEV } from './devpts.ts';

/** Numbers of the character devices that exist (admin-guide/devices.txt). */
export const DEV = {
  null: makedev(1, 3),
  zero: makedev(1, 5),
  full: makedev(1, 7),
  random: makedev(1, 8),
  urandom: makedev(1, 9),
  kmsg: makedev(1, 11),
  tty: makedev(5, 0),
  console: makedev(5, 1),
  ptmx: PTMX_DEV,
  vda: makedev(252, 0),
} as const;

/** A device whose reads and writes never wait. */
class StreamDevice extends OpenFile {
  readonly #read: (buf: Uint8Array) => number;
  readonly #write: (buf: Uint8Array) => number;
  constructor(path: Path, flags: number, read: (buf: Uint8Array) => number, write: (buf: Uint8Array) => number) {
    super(path, flags);
    this.#read = read;
    this.#write = write;
  }
  override read(_ctx: VfsContext, buf: Uint8Array): number {
    return this.#read(buf);
  }
  override write(_ctx: VfsContext, buf: Uint8Array): number {
    return this.#write(buf);
  }
  override pread(_ctx: VfsContext, buf: Uint8Array): number {
    return this.#read(buf);
  }
  override pwrite(_ctx: VfsContext, buf: Uint8Array): number {
    return this.#write(buf);
  }
  override lseek(): number {
    return 0;
  }
}

/** The kernel's ring buffer: what /dev/kmsg and dmesg show. */
export class MessageLog {
  readonly lines: { sequence: number; us: number; text: string }[] = [];
  #next = 0;
  readonly #now: () => number;
  readonly added: WaitQueue;

  constructor(now: () => number, added: WaitQueue) {
    this.#now = now;
    this.added = added;
  }

  add(text: string): void {
    this.lines.push({ sequence: this.#next++, us: Math.floor(this.#now() * 1000), text });
    if (this.lines.length > 4096) this.lines.splice(0, 1024);
    this.added.wakeAll();
  }
}

/** /dev/kmsg: one record a read. */
class MessageFile extends KernelFile {
  readonly #log: MessageLog;
  #at = 0;
  constructor(path: Path, flags: number, log: MessageLog) {
    super(path, flags);
    this.#log = log;
    this.#at = log.lines[0]?.sequence ?? 0;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    const line = this.#log.lines.find((l) => l.sequence >= this.#at);
    if (line === undefined) return this.nonblock ? -EAGAIN : taskOf(ctx).block(this.#log.added);
    const record = encode(`6,${line.sequence},${line.us},-;${line.text}\n`);
    if (record.length > buf.length) return -EINVAL;
    buf.set(record);
    this.#at = line.sequence + 1;
    return record.length;
  }

  override write(_ctx: VfsContext, buf: Uint8Array): number {
    const text = decode(buf)
      .replace(/\n$/, '')
      .replace(/^<\d+>/, '');
    this.#log.add(text);
    return buf.length;
  }

  override poll(): number {
    return POLLOUT | (this.#log.lines.some((l) => l.sequence >= this.#at) ? POLLIN : 0);
  }

  override watch(task: Task): void {
    this.#log.added.add(task);
  }

  override lseek(): number {
    this.#at = this.#log.lines[0]?.sequence ?? 0;
    return 0;
  }
}

/** Opens fifos and device nodes of any filesystem. */
export class SpecialFiles {
  readonly #kernel: KernelState;
  readonly #log: MessageLog;
  readonly fifos = new Fifos();
  /** Where /dev/console leads: a terminal of the machine, or the log. */
  console: Tty | undefined = undefined;

  constructor(kernel: KernelState, log: MessageLog) {
    this.#kernel = kernel;
    this.#log = log;
  }

  open(task: Task, path: Path, inode: Inode, flags: number): OpenFile | number {
    if (isFifo(inode.mode)) return this.fifos.open(task, path, inode, flags);
    if (isBlockDevice(inode.mode))
      return inode.rdev === DEV.vda
        ? new StreamDevice(
            path,
            flags,
            () => 0,
            () => -EIO,
          )
        : -ENXIO;
    const take = (buf: Uint8Array): number => buf.length;
    const zeros = (buf: Uint8Array): number => {
      buf.fill(0);
      return buf.length;
    };
    const random = (buf: Uint8Array): number => {
      this.#kernel.outside.random(buf);
      return buf.length;
    };
    switch (inode.rdev) {
      case DEV.null:
        return new StreamDevice(path, flags, () => 0, take);
      case DEV.zero:
        return new StreamDevice(path, flags, zeros, take);
      case DEV.full:
        return new StreamDevice(path, flags, zeros, () => -ENOSPC);
      case DEV.random:
      case DEV.urandom:
        return new StreamDevice(path, flags, random, take);
      case DEV.kmsg:
        return new MessageFile(path, flags, this.#log);
      case DEV.tty:
        return openControlling(task, path, flags);
      case DEV.console:
        return this.#openConsole(task, path, flags);
      case DEV.ptmx:
        return openPtmx(task, path, flags);
      default:
        return -ENXIO;
    }
  }

  #openConsole(task: Task, path: Path, flags: number): OpenFile | number {
    if (this.console === undefined) {
      return new StreamDevice(
        path,
        flags,
        () => 0,
        (buf) => {
          for (const line of decode(buf).split('\n')) if (line !== '') this.#log.add(line);
          return buf.length;
        },
      );
    }
    acquireTty(task, this.console, flags);
    return new SlaveFile(this.console, path, flags);
  }
}

/** /dev/tty: the terminal of the caller's session. */
function openControlling(task: Task, path: Path, flags: number): OpenFile | number {
  const { tty } = task.process.session;
  return tty instanceof Tty ? new SlaveFile(tty, path, flags) : -ENXIO;
}

/** /dev/ptmx leads to the devpts that is mounted on the directory `pts` beside it. */
function openPtmx(task: Task, path: Path, flags: number): OpenFile | number {
  const name = dPath(path, task.root);
  const pts = resolve(task, `${name.slice(0, name.lastIndexOf('/'))}/pts`);
  if (typeof pts === 'number') return pts;
  const { fs } = pts.mount;
  return fs instanceof DevPts ? fs.openMaster(task, path, flags) : -ENXIO;
}
