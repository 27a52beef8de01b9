import { EAGAIN, EBUSY, ENODEV, EPERM } from '../../../abi/errno.ts';
import { POLLERR, POLLIN, POLLOUT, POLLPRI } from '../../../abi/flags.ts';
import { isDirectory } from '../../../abi/stat.ts';
import {
  FileSystem,
  type Inode,
  type InodeInit,
  type OpenFile,
  type Path,
  type VfsContext,
} from '../../../vfs/index.ts';
import { Cgroup } from '../../cgroup/cgroup.ts';
import type { KernelState, Process, Task } from '../../task/task.ts';
import { MadeDirectory, type Origin, TextFile, TextInode } from '../generated.ts';
import { CGROUP_FILES, hasFile } from './files.ts';

const textOf = (cgroup: Cgroup<Process>, name: string): ConstructorParameters<typeof TextInode>[2] => {
  const { read, write } = CGROUP_FILES[name]!;
  return {
    ...(read && { read: (reader: Task) => (cgroup.removed ? -ENODEV : read(cgroup, reader)) }),
    ...(write && {
      write: (value: string, writer: Task) => (cgroup.removed ? -ENODEV : write(cgroup, value.trim(), writer)),
    }),
  };
};

/** An interface file; poll(2) on one of events says when it changed (POLLPRI). */
class CgroupTextInode extends TextInode {
  readonly #cgroup: Cgroup<Process>;
  readonly #name: string;
  constructor(fs: Origin, cgroup: Cgroup<Process>, name: string) {
    const { read, write, mode } = CGROUP_FILES[name]!;
    super(fs, mode ?? (read ? 0o444 : 0) | (write ? 0o200 : 0), textOf(cgroup, name));
    this.#cgroup = cgroup;
    this.#name = name;
  }

  override open(ctx: VfsContext, path: Path, flags: number): OpenFile {
    if (!this.#name.endsWith('.events')) return super.open(ctx, path, flags);
    return new EventsFile(path, flags, this.#cgroup, this.#name);
  }
}

/** An open `*.events`: it has POLLPRI when its text is another than at the last read. */
export class EventsFile extends TextFile {
  readonly #cgroup: Cgroup<Process>;
  readonly #name: string;
  #seen: string;

  constructor(path: Path, flags: number, cgroup: Cgroup<Process>, name: string) {
    super(path, flags, textOf(cgroup, name));
    this.#cgroup = cgroup;
    this.#name = name;
    this.#seen = this.#now();
  }

  #now(): string {
    const { members: _, ...events } = { ...this.#cgroup.memoryEvents, members: 0 };
    const { populated, frozen, pidsRefused, removed } = this.#cgroup;
    return `${this.#name} ${populated} ${frozen} ${pidsRefused} ${removed} ${Object.values(events).join(' ')}`;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    this.#seen = this.#now();
    return super.read(ctx, buf);
  }

  override poll(): number {
    return POLLIN | POLLOUT | (this.#now() === this.#seen ? 0 : POLLPRI | POLLERR);
  }

  watch(task: Task): void {
    this.#cgroup.changed.add(task);
  }
}

/** A group's directory. */
export class CgroupDirectoryInode extends MadeDirectory {
  readonly cgroup: Cgroup<Process>;

  constructor(fs: Origin, cgroup: Cgroup<Process>) {
    super(fs, 0o755);
    this.cgroup = cgroup;
  }

  override names(): string[] {
    const files = Object.keys(CGROUP_FILES).filter((name) => hasFile(this.cgroup, name));
    return [...files, ...this.cgroup.children.keys()];
  }

  protected override exists(name: string): boolean {
    return hasFile(this.cgroup, name) || this.cgroup.children.has(name);
  }

  override make(name: string): Inode | undefined {
    const child = this.cgroup.children.get(name);
    if (child !== undefined) return new CgroupDirectoryInode(this.origin, child);
    return hasFile(this.cgroup, name) ? new CgroupTextInode(this.origin, this.cgroup, name) : undefined;
  }

  /** mkdir makes a group. */
  override create(ctx: VfsContext, name: string, init: InodeInit): Inode | number {
    if (!isDirectory(init.mode)) return -EPERM;
    const { cgroup } = this;
    if (cgroup.removed) return -ENODEV;
    if (!roomBelow(cgroup)) return -EAGAIN;
    cgroup.children.set(name, new Cgroup(name, cgroup));
    return this.lookup(ctx, name);
  }

  /** rmdir of a group that has no processes and no groups below. */
  override rmdir(_ctx: VfsContext, name: string, inode: Inode): number {
    if (!(inode instanceof CgroupDirectoryInode)) return -EPERM;
    const child = inode.cgroup;
    if (child.populated || child.children.size > 0) return -EBUSY;
    child.removed = true;
    child.changed.wakeAll();
    this.cgroup.children.delete(name);
    this.forget(name);
    return 0;
  }
}

/** cgroup.max.depth and cgroup.max.descendants of the groups above. */
function roomBelow(cgroup: Cgroup<Process>): boolean {
  let depth = 1;
  for (let at: Cgroup<Process> | undefined = cgroup; at !== undefined; at = at.parent) {
    if (depth > at.maxDepth || [...at.tree()].length > at.maxDescendants) return false;
    depth++;
  }
  return true;
}

/** cgroup2, seen from the root of a cgroup namespace. */
export class CgroupFs extends FileSystem implements Origin {
  readonly root: Inode;
  readonly madeSec: number;
  #ino = 1;

  constructor(kernel: KernelState, root: Cgroup<Process>) {
    super('cgroup2');
    this.madeSec = kernel.coarse.sec;
    this.root = new CgroupDirectoryInode(this, root);
  }

  override options(): string {
    return 'nsdelegate,memory_recursiveprot';
  }

  nextIno(): number {
    return this.#ino++;
  }
}
