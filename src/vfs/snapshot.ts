import { S_IFDIR, S_IFMT } from '../abi/stat.ts';
import { type Content, dropContent } from './content.ts';
import { reachable } from './journal.ts';
import { shareContent } from './share-content.ts';
import { type LazyEntries, TmpFs, TmpfsInode } from './tmpfs.ts';
import type { TmpFsOptions } from './tmpfs-data.ts';

/**
 * The state of a memory filesystem at one moment. Taking one costs nothing; afterwards each inode is copied when it
 * changes for the first time (its content is shared by chunks).
 */
export interface Snapshot {
  readonly fs: TmpFs;
  /** Allocated pages and files at that moment. */
  readonly pages: number;
  readonly inodes: number;
  readonly nextIno: number;
}

/** What has changed since a snapshot, and before the next one. */
class Frozen implements Snapshot {
  readonly fs: TmpFs;
  readonly pages: number;
  readonly inodes: number;
  readonly nextIno: number;
  readonly saved = new Map<TmpfsInode, TmpfsInode>();
  next: Frozen | undefined = undefined;

  constructor(fs: TmpFs) {
    this.fs = fs;
    this.pages = fs.pages;
    this.inodes = fs.inodes;
    this.nextIno = fs.nextIno;
  }

  /** How `inode` was: a saved copy, or itself where it has not changed since. */
  stateOf(inode: TmpfsInode): TmpfsInode {
    for (let at: Frozen | undefined = this; at !== undefined; at = at.next) {
      const saved = at.saved.get(inode);
      if (saved !== undefined) return saved;
    }
    return inode;
  }
}

/** The snapshots of one filesystem, oldest first. */
export class Snapshots {
  private readonly fs: TmpFs;
  private readonly list: Frozen[] = [];

  constructor(fs: TmpFs) {
    this.fs = fs;
  }

  take(): Snapshot {
    const frozen = new Frozen(this.fs);
    const last = this.list.at(-1);
    if (last !== undefined) last.next = frozen;
    this.list.push(frozen);
    this.fs.epoch++;
    this.fs.preserve = (inode) => {
      frozen.saved.set(inode, copyOf(this.fs, inode));
    };
    return frozen;
  }

  /** Gives up a snapshot: what only it needed is freed. */
  release(snapshot: Snapshot): void {
    const at = this.list.indexOf(snapshot as Frozen);
    if (at < 0) return;
    const [gone] = this.list.splice(at, 1) as [Frozen];
    const before = this.list[at - 1];
    if (before === undefined) {
      for (const saved of gone.saved.values()) discard(this.fs, saved);
    } else {
      before.next = gone.next;
      for (const [inode, saved] of gone.saved) {
        if (before.saved.has(inode)) discard(this.fs, saved);
        else before.saved.set(inode, saved);
      }
    }
    gone.saved.clear();
    const last = this.list.at(-1);
    // with none left nothing needs to be preserved; inodes keep their epoch, which is only compared
    this.fs.preserve =
      last === undefined
        ? undefined
        : (inode) => {
            if (!last.saved.has(inode)) last.saved.set(inode, copyOf(this.fs, inode));
          };
  }

  /**
   * Puts the filesystem back into the state of a snapshot, which stays; later ones are given up. Nothing may be open,
   * mounted or in use on it but its root: it is as after a power cut.
   */
  revert(snapshot: Snapshot): void {
    const target = snapshot as Frozen;
    const at = this.list.indexOf(target);
    if (at < 0) throw new RangeError('no such snapshot');
    const { fs } = this;
    const before = reachable(fs.root);
    const restored = new Set<TmpfsInode>();
    for (const frozen of this.list.slice(at)) for (const inode of frozen.saved.keys()) restored.add(inode);
    for (const inode of restored) restore(fs, inode, target.stateOf(inode));
    const after = reachable(fs.root);
    for (const inode of [...before, ...restored])
      if (!after.has(inode) && isContent(inode.content)) dropContent(fs, inode.holder());
    fs.pages = target.pages;
    fs.inodes = target.inodes;
    for (const frozen of this.list.splice(at)) {
      for (const saved of frozen.saved.values()) discard(fs, saved);
      frozen.saved.clear();
    }
    target.next = undefined;
    this.list.push(target);
    fs.epoch++;
    fs.preserve = (inode) => {
      if (!target.saved.has(inode)) target.saved.set(inode, copyOf(fs, inode));
    };
    fs.journal?.everythingChanged();
  }

  /**
   * A filesystem of its own that begins as the snapshot was: directories are copied when they are first looked at, content
   * when it is written. The snapshot must be kept as long as the copy is used.
   * @throws RangeError for a disk whose chunks may be stored only (`loadDisk` with a source)
   */
  fork(snapshot: Snapshot, options: TmpFsOptions): TmpFs {
    if (this.fs.chunkSource !== undefined) throw new RangeError('not all content is in memory');
    const fs = new TmpFs(options);
    const source = snapshot as Frozen;
    fs.pages = source.pages;
    fs.inodes = source.inodes;
    fs.nextIno = source.nextIno;
    adopt(fs, source, new Map(), this.fs.root, fs.root);
    return fs;
  }
}

/** A copy of an inode for keeping; no part of the tree. */
function copyOf(fs: TmpFs, inode: TmpfsInode): TmpfsInode {
  const copy = new TmpfsInode(fs, inode.ino, inode.mode);
  assign(copy, inode);
  const isDir = (inode.mode & S_IFMT) === S_IFDIR;
  copy.content = isDir ? new Map(inode.entries()) : keep(inode.content, true);
  return copy;
}

function keep(content: TmpfsInode['content'], sameStore: boolean): TmpfsInode['content'] {
  if (typeof content === 'string' || content instanceof Map) return content;
  if (content !== undefined && 'expand' in content) return content;
  return shareContent(content, sameStore);
}

function assign(to: TmpfsInode, from: TmpfsInode): void {
  to.mode = from.mode;
  to.uid = from.uid;
  to.gid = from.gid;
  to.nlink = from.nlink;
  to.rdev = from.rdev;
  to.length = from.length;
  to.xattrs = from.xattrs;
  to.atimeSec = from.atimeSec;
  to.atimeNsec = from.atimeNsec;
  to.mtimeSec = from.mtimeSec;
  to.mtimeNsec = from.mtimeNsec;
  to.ctimeSec = from.ctimeSec;
  to.ctimeNsec = from.ctimeNsec;
}

function isContent(content: TmpfsInode['content']): content is Content {
  return !(typeof content === 'string' || content instanceof Map || (content !== undefined && 'expand' in content));
}

function discard(fs: TmpFs, saved: TmpfsInode): void {
  if (isContent(saved.content)) dropContent(fs, saved.holder());
}

function restore(fs: TmpFs, inode: TmpfsInode, state: TmpfsInode): void {
  if (state === inode) return;
  if (isContent(inode.content)) dropContent(fs, inode.holder());
  assign(inode, state);
  inode.content = state.content instanceof Map ? new Map(state.content) : keep(state.content, true);
  inode.opens = 0;
  inode.alias = undefined;
}

/** Makes `to` what `from` was in the snapshot. */
function adopt(fs: TmpFs, source: Frozen, linked: Map<number, TmpfsInode>, from: TmpfsInode, to: TmpfsInode): void {
  const state = source.stateOf(from);
  assign(to, state);
  if ((state.mode & S_IFMT) === S_IFDIR) to.content = lazyEntries(fs, source, linked, from);
  else to.content = keep(state.content, false);
}

function lazyEntries(fs: TmpFs, source: Frozen, linked: Map<number, TmpfsInode>, dir: TmpfsInode): LazyEntries {
  return {
    expand: () => {
      const entries = new Map<string, TmpfsInode>();
      for (const [name, child] of source.stateOf(dir).entries()) {
        let copy = linked.get(child.ino);
        if (copy === undefined) {
          copy = new TmpfsInode(fs, child.ino, child.mode);
          adopt(fs, source, linked, child, copy);
          copy.epoch = fs.epoch;
          if ((copy.mode & S_IFMT) !== S_IFDIR && copy.nlink > 1) linked.set(child.ino, copy);
        }
        entries.set(name, copy);
      }
      return entries;
    },
  };
}
