import { EIO, ENOENT } from '../../abi/errno.ts';
import { type Dirent, makedev, S_IFCHR } from '../../abi/stat.ts';
import { FileSystem, Inode, type OpenFile, type Path, type VfsContext } from '../../vfs/index.ts';
import type { KernelState, Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';
import { acquireTty, MasterFile, SlaveFile } from '../tty/pty.ts';
import { Tty } from '../tty/tty.ts';

const PTS_MAJOR = 136;
export const PTMX_DEV = makedev(5, 2);

/** Group that owns terminals (`tty` of Debian and its kin). */
const GID_TTY = 5;

class PtsInode extends Inode {
  readonly tty: Tty;
  constructor(fs: DevPts, tty: Tty, index: number, uid: number, gid: number, mode: number) {
    super(fs, index + 3, S_IFCHR | mode);
    this.tty = tty;
    this.rdev = tty.dev;
    this.uid = uid;
    this.gid = gid;
  }

  override open(ctx: VfsContext, path: Path, flags: number): OpenFile | number {
    if (this.tty.hungUp) return -EIO;
    const task = taskOf(ctx);
    acquireTty(task, this.tty, flags);
    return new SlaveFile(this.tty, path, flags);
  }
}

class PtmxInode extends Inode {
  override open(ctx: VfsContext, path: Path, flags: number): OpenFile | number {
    return (this.fs as DevPts).openMaster(taskOf(ctx), path, flags);
  }
}

class DevPtsRoot extends Inode {
  override lookup(_ctx: VfsContext, name: string): Inode | number {
    return (this.fs as DevPts).find(name) ?? -ENOENT;
  }

  override readdir(): Dirent[] {
    return (this.fs as DevPts).entries();
  }
}

/** devpts: one directory of pseudo terminals; each instance counts its own from 0. */
export class DevPts extends FileSystem {
  readonly root: Inode;
  readonly #kernel: KernelState;
  readonly #ptmx: PtmxInode;
  readonly #terminals: Map<number, PtsInode> = new Map();
  readonly #mode: number;
  readonly #options: string;
  readonly #max: number;

  /** @param data options of mount(8): `gid=5,mode=620,ptmxmode=666` */
  constructor(kernel: KernelState, data: string) {
    super('devpts');
    this.#kernel = kernel;
    const options = new Map(data.split(',').map((pair) => pair.split('=') as [string, string]));
    const ptmxMode = Number.parseInt(options.get('ptmxmode') ?? '0', 8);
    this.#mode = Number.parseInt(options.get('mode') ?? '620', 8);
    this.#max = Number(options.get('max') ?? 4096);
    this.#options = `gid=${options.get('gid') ?? GID_TTY},mode=${this.#mode.toString(8)},ptmxmode=${ptmxMode.toString(8).padStart(3, '0')}`;
    this.root = new DevPtsRoot(this, 1, 0o040755);
    this.#ptmx = new PtmxInode(this, 2, S_IFCHR | ptmxMode);
    this.#ptmx.rdev = PTMX_DEV;
  }

  override options(): string {
    return this.#options;
  }

  find(name: string): Inode | undefined {
    if (name === 'ptmx') return this.#ptmx;
    return /^(0|[1-9]\d*)$/.test(name) ? this.#terminals.get(Number(name)) : undefined;
  }

  entries(): Dirent[] {
    const out: Dirent[] = [{ ino: 2, type: S_IFCHR, name: 'ptmx' }];
    for (const [index, inode] of this.#terminals) out.push({ ino: inode.ino, type: S_IFCHR, name: String(index) });
    return out;
  }

  /** A new terminal. @returns undefined where there are too many; `close` takes it away */
  create(uid: number, gid: number): { tty: Tty; index: number; close: () => void } | undefined {
    let index = 0;
    while (this.#terminals.has(index)) index++;
    if (index >= this.#max) return undefined;
    const tty = new Tty(this.#kernel, `pts/${index}`, makedev(PTS_MAJOR, index));
    const inode = new PtsInode(this, tty, index, uid, gid, this.#mode);
    const { sec, nsec } = this.#kernel.coarse;
    inode.atimeSec = inode.mtimeSec = inode.ctimeSec = sec;
    inode.atimeNsec = inode.mtimeNsec = inode.ctimeNsec = nsec;
    this.#terminals.set(index, inode);
    return { tty, index, close: () => this.#terminals.delete(index) };
  }

  /** open(2) of ptmx. */
  openMaster(task: Task, path: Path, flags: number): OpenFile | number {
    const made = this.create(task.cred.uid, GID_TTY);
    return made === undefined ? -28 : new MasterFile(made.tty, path, flags, made.close);
  }
}
