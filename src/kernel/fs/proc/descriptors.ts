import { EACCES, ENOENT } from '../../../abi/errno.ts';
import { S_IFLNK } from '../../../abi/stat.ts';
import { dPath, Inode, type Path, type VfsContext } from '../../../vfs/index.ts';
import type { Process, Task } from '../../task/task.ts';
import { taskOf } from '../../task/task-view.ts';
import { MadeDirectory, type Origin, TextInode } from '../generated.ts';

/** May `reader` see what is in `process` (ptrace(2), PTRACE_MODE_READ)? */
export function mayInspect(reader: Task, process: Process): boolean {
  if (reader.process === process || reader.capable('CAP_SYS_PTRACE')) return true;
  const { uid, gid } = reader.cred;
  const { cred } = process;
  const same = uid === cred.uid && uid === cred.euid && uid === cred.suid && gid === cred.gid && gid === cred.egid;
  return same && process.dumpable;
}

/** A link of /proc/PID that leads to the place itself, whatever its text says. */
export class PlaceLink extends Inode {
  readonly #process: Process;
  readonly #place: () => Path | undefined;

  constructor(fs: Origin, process: Process, mode: number, place: () => Path | undefined) {
    super(fs, fs.nextIno(), S_IFLNK | mode);
    this.atimeSec = this.mtimeSec = this.ctimeSec = fs.madeSec;
    this.uid = process.cred.euid;
    this.gid = process.cred.egid;
    this.#process = process;
    this.#place = place;
  }

  #find(reader: Task): Path | number {
    if (!mayInspect(reader, this.#process)) return -EACCES;
    return this.#place() ?? -ENOENT;
  }

  override get size(): number {
    return 64;
  }

  override readlink(ctx: VfsContext): string | number {
    const reader = taskOf(ctx);
    const place = this.#find(reader);
    return typeof place === 'number' ? place : dPath(place, reader.root);
  }

  override follow(ctx: VfsContext): Path | number {
    return this.#find(taskOf(ctx));
  }
}

const isNumber = (name: string): boolean => /^(0|[1-9]\d*)$/.test(name);

/** /proc/PID/fd and fdinfo. */
abstract class DescriptorDirectory extends MadeDirectory {
  readonly process: Process;

  constructor(fs: Origin, process: Process) {
    super(fs, 0o500);
    this.process = process;
    this.uid = process.cred.euid;
    this.gid = process.cred.egid;
  }

  override permission(ctx: VfsContext, mask: number): number {
    return mayInspect(taskOf(ctx), this.process) ? super.permission(ctx, mask) : -EACCES;
  }

  override names(): string[] {
    return this.process.fds.open().map(String);
  }

  protected override get keeps(): boolean {
    return false;
  }

  override make(name: string): Inode | undefined {
    const file = isNumber(name) ? this.process.fds.get(Number(name)) : undefined;
    if (file === undefined) return undefined;
    return this.entry(Number(name));
  }

  protected abstract entry(fd: number): Inode;
}

export class FdDirectory extends DescriptorDirectory {
  protected override entry(fd: number): Inode {
    const file = this.process.fds.get(fd)!;
    const mode = (file.readable ? 0o500 : 0) | (file.writable ? 0o300 : 0);
    return new PlaceLink(this.origin, this.process, mode, () => this.process.fds.get(fd)?.path);
  }
}

export class FdinfoDirectory extends DescriptorDirectory {
  protected override entry(fd: number): Inode {
    const { process } = this;
    return new TextInode(this.origin, 0o400, {
      read() {
        const file = process.fds.get(fd);
        if (file === undefined) return -ENOENT;
        const flags = file.flags | (process.fds.cloexec(fd) ? 0o2000000 : 0);
        return `pos:\t${file.offset}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${file.path?.mount.id ?? 0}\nino:\t${file.path?.inode.ino ?? 0}\n`;
      },
    });
  }
}
