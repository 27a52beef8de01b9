import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.ts';
import { BlobRef } from './blob.ts';
import type { Chunk, Chunked, Content } from './content.ts';
import { Packer } from './packer.ts';
import type { ChangeWatcher, TmpFs, TmpfsInode } from './tmpfs.ts';

/**
 * Version of the format of `Changes.meta`. A reader takes this and all earlier ones. In 1 each reference into a blob had its
 * digest; since 2 a record has a table of them.
 */
export const DISK_FORMAT = 2;

/** Kinds of records. */
export const RECORD = { INODE: 1, GONE: 2 } as const;
/** Kinds of content. */
export const CONTENT = { NONE: 0, INLINE: 1, BLOB: 2, CHUNKS: 3 } as const;
/** Kinds of chunk entries: so many holes, so many chunks of the blob, one stored chunk. */
export const ENTRY = { HOLES: 0, BLOB: 1, CHUNK: 2 } as const;

/** What changed on a disk since the last time: to be stored as one transaction. */
export interface Changes {
  /** Records of inodes: attributes, inline content, lists of chunks, changed names. */
  meta: Uint8Array;
  /** New chunks; their bytes do not change afterwards. */
  chunks: { id: number; bytes: Uint8Array }[];
  /** Numbers of stored chunks that nobody needs any more, once this is stored. */
  freed: number[];
  /** `meta` describes the whole disk: what was before it may be forgotten. */
  whole: boolean;
  /** Digests of blobs that files refer to from now on: whoever keeps the disk keeps them as well. */
  blobs: string[];
  /** Digests of blobs that no file refers to any more. */
  unused: string[];
}

/**
 * Follows the changes of a filesystem, so that they can be stored bit by bit.
 * `loadDisk` makes the same filesystem of all that `takeChanges` gave.
 */
export class Journal implements ChangeWatcher {
  private readonly fs: TmpFs;
  private readonly inodes = new Set<TmpfsInode>();
  private readonly names = new Map<TmpfsInode, Set<string>>();
  private readonly gone = new Set<number>();
  private freed: number[] = [];
  private nextChunk: number;
  /** Inodes up to this one are stored. */
  private storedIno: number;
  private started: boolean;
  /** Digests of the blobs that are stored. */
  private blobs: ReadonlySet<string>;

  /**
   * @param stored where the disk was loaded: number of the next chunk, digests of blobs that are stored; undefined for a new
   *   disk, of which the first changes are all
   */
  constructor(fs: TmpFs, stored?: { nextChunk: number; blobs: ReadonlySet<string> }) {
    this.fs = fs;
    this.nextChunk = stored?.nextChunk ?? 1;
    this.blobs = stored?.blobs ?? new Set();
    this.started = stored !== undefined;
    this.storedIno = this.started ? fs.nextIno - 1 : 0;
    fs.journal = this;
  }

  inodeChanges(inode: TmpfsInode): void {
    this.inodes.add(inode);
  }

  entryChanges(dir: TmpfsInode, name: string): void {
    let names = this.names.get(dir);
    if (names === undefined) {
      names = new Set();
      this.names.set(dir, names);
    }
    names.add(name);
  }

  inodeGone(inode: TmpfsInode): void {
    this.inodes.delete(inode);
    this.names.delete(inode);
    if (inode.ino <= this.storedIno) this.gone.add(inode.ino);
  }

  chunkGone(id: number): void {
    this.freed.push(id);
  }

  /** The tree was replaced: the next changes are all of it. */
  everythingChanged(): void {
    this.started = false;
  }

  get dirty(): boolean {
    return !this.started || this.inodes.size > 0 || this.gone.size > 0 || this.freed.length > 0;
  }

  /** @returns undefined where nothing changed */
  takeChanges(): Changes | undefined {
    if (!this.started) return this.takeAll();
    if (!this.dirty) return undefined;
    const writer = new RecordWriter(this.fs, this.nextChunk, false);
    for (const inode of this.inodes) {
      if (inode.nlink === 0 && inode.ino > this.storedIno) continue;
      writer.inode(inode, this.names.get(inode));
    }
    for (const ino of this.gone) writer.gone(ino);
    return this.finish(writer);
  }

  /** The whole disk as one record of metadata, with the chunks that are not stored yet: shortens a long list of changes. */
  takeAll(): Changes {
    const writer = new RecordWriter(this.fs, this.nextChunk, true);
    for (const inode of reachable(this.fs.root)) writer.inode(inode, undefined);
    return this.finish(writer);
  }

  private finish(writer: RecordWriter): Changes {
    const changes = writer.done(this.freed, this.blobs);
    this.blobs = changes.whole ? writer.digests : new Set([...this.blobs, ...writer.digests]);
    this.nextChunk = writer.nextChunk;
    this.freed = [];
    this.inodes.clear();
    this.names.clear();
    this.gone.clear();
    this.storedIno = this.fs.nextIno - 1;
    this.started = true;
    return changes;
  }
}

/**
 * A copy of the whole disk with all chunks, numbered from 1, that stands for itself but for the blobs that it names.
 * @returns undefined where stored chunks are not in memory: read those files first
 */
export function dump(fs: TmpFs): Changes | undefined {
  const writer = new RecordWriter(fs, 1, true, new Map());
  for (const inode of reachable(fs.root)) writer.inode(inode, undefined);
  return writer.incomplete ? undefined : writer.done([], new Set());
}

/** All files that have a name, from `root` down. */
export function reachable(root: TmpfsInode): Set<TmpfsInode> {
  const found = new Set<TmpfsInode>([root]);
  for (const inode of found) {
    if ((inode.mode & S_IFMT) !== S_IFDIR) continue;
    for (const child of inode.entries().values()) found.add(child);
  }
  return found;
}

/** Writes records, and collects the chunks that they name for the first time. */
class RecordWriter {
  nextChunk: number;
  incomplete = false;
  private readonly out = new Packer();
  private readonly chunks: { id: number; bytes: Uint8Array }[] = [];
  private readonly whole: boolean;
  /** Blobs that were named so far, in the order of their numbers. */
  private readonly table = new Map<string, number>();
  readonly digests = new Set<string>();
  /** Numbers of its own, instead of those that chunks have. */
  private readonly own: Map<Chunk, number> | undefined;

  constructor(fs: TmpFs, nextChunk: number, whole: boolean, own?: Map<Chunk, number>) {
    this.nextChunk = nextChunk;
    this.whole = whole;
    this.own = own;
    this.out.number(DISK_FORMAT);
    this.out.number(whole ? 1 : 0);
    this.out.number(fs.nextIno);
  }

  /** @param stored digests of blobs that are stored already */
  done(freed: number[], stored: ReadonlySet<string>): Changes {
    const { chunks, whole, digests } = this;
    const blobs = [...digests].filter((digest) => !stored.has(digest));
    const unused = whole ? [...stored].filter((digest) => !digests.has(digest)) : [];
    return { meta: this.out.done(), chunks, freed, whole, blobs, unused };
  }

  gone(ino: number): void {
    this.out.number(RECORD.GONE);
    this.out.number(ino);
  }

  /** @param names of a directory, those that changed; undefined: all are written */
  inode(inode: TmpfsInode, names: ReadonlySet<string> | undefined): void {
    const out = this.out;
    out.number(RECORD.INODE);
    for (const n of [inode.ino, inode.mode, inode.uid, inode.gid, inode.rdev, inode.nlink]) out.number(n);
    for (const t of ['atime', 'mtime', 'ctime'] as const) {
      out.signed(inode[`${t}Sec`]);
      out.number(inode[`${t}Nsec`]);
    }
    out.number(inode.xattrs?.size ?? 0);
    for (const [name, value] of inode.xattrs ?? []) {
      out.text(name);
      out.data(value);
    }
    const type = inode.mode & S_IFMT;
    if (type === S_IFDIR) this.entries(inode.entries(), names);
    else if (type === S_IFLNK) out.text(inode.content as string);
    else if (type === S_IFREG) this.content(inode.content as Content, inode.length);
  }

  private entries(entries: ReadonlyMap<string, TmpfsInode>, names: ReadonlySet<string> | undefined): void {
    const changed = this.whole ? entries.keys() : (names ?? []);
    const list = [...changed];
    this.out.number(list.length);
    for (const name of list) {
      this.out.text(name);
      this.out.number(entries.get(name)?.ino ?? 0);
    }
  }

  private content(content: Content, length: number): void {
    const out = this.out;
    if (content === undefined) out.number(CONTENT.NONE);
    else if (content instanceof Uint8Array) {
      out.number(CONTENT.INLINE);
      out.data(content.length > length ? content.subarray(0, length) : content);
    } else if (content instanceof BlobRef) {
      out.number(CONTENT.BLOB);
      this.blob(content);
    } else {
      out.number(CONTENT.CHUNKS);
      this.chunked(content);
    }
    out.number(length);
  }

  /** A blob's number in this record; at its first place what it is follows. */
  private blob(blob: BlobRef): void {
    const key = `${blob.digest} ${blob.unpacked}`;
    const known = this.table.get(key);
    this.out.number(known ?? this.table.size);
    if (known === undefined) {
      this.table.set(key, this.table.size);
      this.digests.add(blob.digest);
      this.out.text(blob.digest);
      this.out.number(blob.unpacked ? 1 : 0);
    }
    this.out.number(blob.offset);
    this.out.number(blob.length);
  }

  private chunked(content: Chunked): void {
    const out = this.out;
    out.number(content.blob === undefined ? 0 : 1);
    if (content.blob !== undefined) this.blob(content.blob);
    const { chunks } = content;
    out.number(chunks.length);
    let at = 0;
    let ofBlob = 0;
    const run = (kind: number, places: number): void => {
      if (places === 0) return;
      out.number(kind);
      out.number(places);
      at += places;
    };
    const runs = (until: number): void => {
      run(ENTRY.BLOB, ofBlob);
      ofBlob = 0;
      run(ENTRY.HOLES, until - at);
    };
    for (const [i, chunk] of chunks.present()) {
      if (chunk === null && i === at + ofBlob) {
        ofBlob++;
        continue;
      }
      runs(i);
      if (chunk === null) {
        ofBlob = 1;
        continue;
      }
      out.number(ENTRY.CHUNK);
      out.number(this.idOf(chunk));
      out.number(chunk.pages);
      at = i + 1;
    }
    runs(chunks.length);
  }

  private idOf(chunk: Chunk): number {
    const known = this.own === undefined ? chunk.id : (this.own.get(chunk) ?? 0);
    if (known !== 0) return known;
    if (chunk.absent) this.incomplete = true;
    const id = this.nextChunk++;
    if (this.own === undefined) chunk.id = id;
    else this.own.set(chunk, id);
    // whoever writes to it from now on copies it first
    chunk.borrowed = true;
    this.chunks.push({ id, bytes: chunk.bytes });
    return id;
  }
}
