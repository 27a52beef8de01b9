import { EACCES } from '../../../abi/errno.ts';
import { S_IFLNK, S_IFREG } from '../../../abi/stat.ts';
import {
  Dentry,
  detachedMount,
  FileSystem,
  Inode,
  type Mount,
  type OpenFile,
  Path,
  type VfsContext,
} from '../../../vfs/index.ts';
import type { Namespace } from '../../ns/namespace.ts';
import { NamespaceFile } from '../../ns/setns.ts';
import { type KernelState, NAMESPACES, type Process, type Task } from '../../task/task.ts';
import { taskOf } from '../../task/task-view.ts';
import { MadeDirectory, type Origin } from '../generated.ts';
import { mayInspect } from './descriptors.ts';

/** A namespace as a file. */
export class NamespaceInode extends Inode {
  readonly namespace: Namespace<unknown>;
  constructor(fs: NsFs, namespace: Namespace<unknown>) {
    super(fs, namespace.ino, S_IFREG | 0o444);
    this.namespace = namespace;
  }

  override open(_ctx: VfsContext, path: Path, flags: number): OpenFile {
    return new NamespaceFile(path, flags, this.namespace);
  }

  override retain(): void {
    this.namespace.hold();
  }

  override release(): void {
    this.namespace.release();
  }
}

class NsRoot extends Inode {}

/** nsfs: where /proc/PID/ns/NAME lead. */
export class NsFs extends FileSystem {
  readonly root: Inode;
  readonly #inodes: WeakMap<Namespace<unknown>, Path> = new WeakMap();
  readonly #mount: Mount;

  constructor(kernel: KernelState) {
    super('nsfs');
    this.root = new NsRoot(this, 1, 0o040555);
    this.#mount = detachedMount(this, kernel.vfsState);
  }

  override displayName(dentry: Dentry): string | undefined {
    const { inode } = dentry;
    return inode instanceof NamespaceInode ? `${inode.namespace.type}:[${inode.ino}]` : undefined;
  }

  place(namespace: Namespace<unknown>): Path {
    const known = this.#inodes.get(namespace);
    if (known) return known;
    const inode = new NamespaceInode(this, namespace);
    const path = new Path(this.#mount, new Dentry(namespace.type, undefined, inode));
    this.#inodes.set(namespace, path);
    return path;
  }
}

class NamespaceLink extends Inode {
  readonly #find: () => Namespace<unknown>;
  readonly #process: Process;
  readonly #nsfs: NsFs;

  constructor(fs: Origin, nsfs: NsFs, process: Process, find: () => Namespace<unknown>) {
    super(fs, fs.nextIno(), S_IFLNK | 0o777);
    this.#find = find;
    this.#process = process;
    this.#nsfs = nsfs;
  }

  override readlink(ctx: VfsContext): string | number {
    if (!mayInspect(taskOf(ctx), this.#process)) return -EACCES;
    const namespace = this.#find();
    return `${namespace.type}:[${namespace.ino}]`;
  }

  override follow(ctx: VfsContext): Path | number {
    return mayInspect(taskOf(ctx), this.#process) ? this.#nsfs.place(this.#find()) : -EACCES;
  }
}

/** /proc/PID/ns. */
export class NamespaceDirectory extends MadeDirectory {
  readonly #task: Task;
  readonly #nsfs: NsFs;

  constructor(fs: Origin, nsfs: NsFs, task: Task) {
    super(fs, 0o511);
    this.#task = task;
    this.#nsfs = nsfs;
  }

  override names(): string[] {
    const names: string[] = [...NAMESPACES];
    names.splice(names.indexOf('pid') + 1, 0, 'pid_for_children');
    return names;
  }

  override make(name: string): Inode | undefined {
    const task = this.#task;
    const { process } = task;
    if (name === 'pid') return new NamespaceLink(this.origin, this.#nsfs, process, () => process.ownPidNs);
    if (name === 'pid_for_children') return new NamespaceLink(this.origin, this.#nsfs, process, () => task.spaces.pid);
    const known = NAMESPACES.find((n) => n === name);
    if (known === undefined) return undefined;
    return new NamespaceLink(this.origin, this.#nsfs, process, () => task.spaces[known]);
  }
}
