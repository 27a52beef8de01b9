import {
  Dentry,
  detachedMount,
  FileSystem,
  Inode,
  type OpenFile,
  Path,
  type VfsContext,
  type VfsState,
} from '../../vfs/index.ts';

/** An inode without a name. */
export class AnonymousInode extends Inode {
  /** What an open of /proc/PID/fd/N gives, where that is not as usual (a pipe is opened as a fifo is, a socket not at all). */
  reopen: ((ctx: VfsContext, path: Path, flags: number) => OpenFile | number) | undefined = undefined;

  override open(ctx: VfsContext, path: Path, flags: number): OpenFile | number | undefined {
    return this.reopen?.(ctx, path, flags);
  }
}

/** Files without a place in the tree: pipes, sockets (pipefs, sockfs). */
class AnonymousFs extends FileSystem {
  readonly root: Inode;
  constructor(type: string) {
    super(type);
    this.root = new AnonymousInode(this, 1, 0o040555);
  }

  override displayName(dentry: Dentry): string {
    return `${dentry.name}:[${dentry.inode.ino}]`;
  }
}

/** Makes places for files of one kind: `pipe:[4711]`. */
export class AnonymousPlaces {
  readonly #kind: string;
  readonly #state: VfsState;
  #mount: ReturnType<typeof detachedMount> | undefined = undefined;

  constructor(kind: string, state: VfsState) {
    this.#kind = kind;
    this.#state = state;
  }

  /** @param mode type and permission bits of the inode */
  make(ino: number, mode: number, uid: number, gid: number): Path {
    this.#mount ??= detachedMount(new AnonymousFs(`${this.#kind}fs`), this.#state);
    const inode = new AnonymousInode(this.#mount.fs, ino, mode);
    inode.uid = uid;
    inode.gid = gid;
    return new Path(this.#mount, new Dentry(this.#kind, undefined, inode));
  }
}
