import { EBADF, EINVAL, EIO, ENOTTY, EPERM } from '../../abi/errno.ts';
import { cloneTermios, ICANON, TCSADRAIN, TCSAFLUSH, TCSANOW, type Termios, type Winsize } from '../../abi/termios.ts';
import { dPath } from '../../vfs/index.ts';
import { findGroup } from '../task/find.ts';
import type { Task } from '../task/task.ts';
import { mayChange } from '../tty/job-control.ts';
import { MasterFile, SlaveFile } from '../tty/pty.ts';
import type { Tty } from '../tty/tty.ts';

/** The terminal behind a descriptor of either side. */
function ttyAt(task: Task, fd: number): Tty | number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  return file instanceof SlaveFile || file instanceof MasterFile ? file.tty : -ENOTTY;
}

export const isatty = (task: Task, fd: number): boolean => typeof ttyAt(task, fd) !== 'number';

export function ttyname(task: Task, fd: number): string | number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  if (!(file instanceof SlaveFile)) return -ENOTTY;
  return file.path === undefined ? `/dev/${file.tty.name}` : dPath(file.path, task.root);
}

export function ptsname(task: Task, fd: number): string | number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  return file instanceof MasterFile ? `/dev/${file.tty.name}` : -ENOTTY;
}

export function tcgetattr(task: Task, fd: number): Termios | number {
  const tty = ttyAt(task, fd);
  return typeof tty === 'number' ? tty : cloneTermios(tty.termios);
}

/** tcsetattr(3). */
export function tcsetattr(task: Task, fd: number, when: number, termios: Termios): number {
  const tty = ttyAt(task, fd);
  if (typeof tty === 'number') return tty;
  if (when !== TCSANOW && when !== TCSADRAIN && when !== TCSAFLUSH) return -EINVAL;
  const allowed = mayChange(task, tty);
  if (allowed !== 0) return allowed;
  if (tty.hungUp) return -EIO;
  if (when !== TCSANOW && tty.output.length > 0 && tty.output.sink !== undefined) return task.block(tty.writable);
  if (when === TCSAFLUSH) tty.flushInput();
  const wasCanonical = (tty.termios.lflag & ICANON) !== 0;
  tty.termios = cloneTermios(termios);
  if (wasCanonical && (termios.lflag & ICANON) === 0) tty.input.release();
  tty.readable.wakeAll();
  return 0;
}

/** tcflush(3). `queue`: TCIFLUSH 0, TCOFLUSH 1, TCIOFLUSH 2. */
export function tcflush(task: Task, fd: number, queue: number): number {
  const tty = ttyAt(task, fd);
  if (typeof tty === 'number') return tty;
  if (queue < 0 || queue > 2) return -EINVAL;
  const allowed = mayChange(task, tty);
  if (allowed !== 0) return allowed;
  if (queue !== 1) tty.flushInput();
  if (queue !== 0) tty.output.clear();
  return 0;
}

export function tcgetpgrp(task: Task, fd: number): number {
  const tty = ttyAt(task, fd);
  if (typeof tty === 'number') return tty;
  const isMaster = task.process.fds.get(fd) instanceof MasterFile;
  if (!isMaster && tty.session !== task.process.session) return -ENOTTY;
  return tty.foreground?.pid.in(task.process.pid.ns) ?? 0;
}

/** tcsetpgrp(3). */
export function tcsetpgrp(task: Task, fd: number, pgid: number): number {
  const tty = ttyAt(task, fd);
  if (typeof tty === 'number') return tty;
  if (tty.session === undefined || tty.session !== task.process.session) return -ENOTTY;
  const allowed = mayChange(task, tty);
  if (allowed !== 0) return allowed;
  if (pgid < 0) return -EINVAL;
  const group = pgid === 0 ? undefined : findGroup(task, pgid);
  if (group === undefined || group.session !== tty.session) return -EPERM;
  tty.foreground = group;
  return 0;
}

export function tiocgwinsz(task: Task, fd: number): Winsize | number {
  const tty = ttyAt(task, fd);
  return typeof tty === 'number' ? tty : { ...tty.winsize };
}

export function tiocswinsz(task: Task, fd: number, size: Winsize): number {
  const tty = ttyAt(task, fd);
  if (typeof tty === 'number') return tty;
  tty.resize(size);
  return 0;
}

/** TIOCSCTTY. */
export function tiocsctty(task: Task, fd: number): number {
  const tty = ttyAt(task, fd);
  if (typeof tty === 'number') return tty;
  const { process } = task;
  const { session } = process;
  if (session.tty === tty && tty.session === session) return 0;
  if (session.pid !== process.pid || session.tty !== undefined) return -EPERM;
  if (tty.session !== undefined) return -EPERM;
  session.tty = tty;
  tty.session = session;
  tty.foreground = process.group;
  return 0;
}
