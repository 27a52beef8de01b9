import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.ts';
import { byteLength } from '../lib/utf8.ts';
import { BlobRef } from './blob.ts';
import { allocatedPages, Chunk, Chunked, type ChunkSource, type Content, countBits } from './content.ts';
import { type Changes, CONTENT, DISK_FORMAT, ENTRY, Journal, RECORD } from './journal.ts';
import { Packer, Unpacker } from './packer.ts';
import { TmpFs, TmpfsInode } from './tmpfs.ts';
import type { TmpFsOptions } from './tmpfs-data.ts';

/** Of what is no directory. */
const NO_NAMES: Map<string, number> = new Map();

function xattrsOf(meta: Unpacker): Map<string, Uint8Array> | undefined {
  let left = meta.number();
  if (left === 0) return undefined;
  const xattrs = new Map<string, Uint8Array>();
  for (; left > 0; left--) xattrs.set(meta.text(), meta.data().slice());
  return xattrs;
}

/** What is known of an inode from its latest record. */
interface Loaded {
  inode: TmpfsInode;
  /** Of a directory. */
  names: Map<string, number>;
}

/** A disk that is being put together from batches of changes. */
class Loader {
  readonly fs: TmpFs;
  readonly inodes = new Map<number, Loaded>();
  readonly chunks = new Map<number, Chunk>();
  private readonly bytes = new Map<number, Uint8Array>();
  highestChunk = 0;
  /** Digests of blobs that are stored. */
  readonly blobs = new Set<string>();
  private format = DISK_FORMAT;
  /** Blobs that the record has named, in the order of their numbers. */
  private table: { digest: string; unpacked: boolean }[] = [];
  /** Places in files that may still be named. */
  private places: number;

  constructor(options: TmpFsOptions, places = Number.POSITIVE_INFINITY) {
    this.fs = new TmpFs(options);
    this.places = places;
  }

  apply(changes: Changes): void {
    for (const { id, bytes } of changes.chunks) this.bytes.set(id, bytes);
    const meta = new Unpacker(changes.meta);
    this.format = meta.number();
    this.table = [];
    if (this.format > DISK_FORMAT) throw new RangeError(`disk format ${this.format} is newer than ${DISK_FORMAT}`);
    if (meta.number() === 1) this.inodes.clear();
    this.fs.nextIno = meta.number();
    while (meta.more) {
      const kind = meta.number();
      if (kind === RECORD.GONE) this.inodes.delete(meta.number());
      else if (kind === RECORD.INODE) this.inode(meta);
      else throw new RangeError(`disk record ${kind}`);
    }
    for (const id of changes.freed) {
      this.bytes.delete(id);
      // A number is never used again, also where nobody names it any more.
      this.highestChunk = Math.max(this.highestChunk, id);
    }
    for (const digest of changes.blobs) this.blobs.add(digest);
    for (const digest of changes.unused) this.blobs.delete(digest);
  }

  private inode(meta: Unpacker): void {
    const ino = meta.number();
    const mode = meta.number();
    const inode = ino === this.fs.root.ino ? this.fs.root : new TmpfsInode(this.fs, ino, mode);
    inode.mode = mode;
    inode.uid = meta.number();
    inode.gid = meta.number();
    inode.rdev = meta.number();
    inode.nlink = meta.number();
    inode.atimeSec = meta.signed();
    inode.atimeNsec = meta.number();
    inode.mtimeSec = meta.signed();
    inode.mtimeNsec = meta.number();
    inode.ctimeSec = meta.signed();
    inode.ctimeNsec = meta.number();
    inode.xattrs = xattrsOf(meta);
    const type = mode & S_IFMT;
    let names = NO_NAMES;
    if (type === S_IFDIR) {
      const known = this.inodes.get(ino)?.names;
      names = known && known !== NO_NAMES ? known : new Map();
      for (let n = meta.number(); n > 0; n--) {
        const name = meta.text();
        const child = meta.number();
        if (child === 0) names.delete(name);
        else names.set(name, child);
      }
    } else if (type === S_IFLNK) {
      inode.content = meta.text();
      inode.length = byteLength(inode.content);
    } else if (type === S_IFREG) {
      inode.content = this.content(meta);
      inode.length = meta.number();
    }
    this.inodes.set(ino, { inode, names });
  }

  private content(meta: Unpacker): Content {
    switch (meta.number()) {
      case CONTENT.NONE:
        return undefined;
      case CONTENT.INLINE:
        return meta.data().slice();
      case CONTENT.BLOB:
        return this.blob(meta);
      default:
        return this.chunked(meta);
    }
  }

  private chunked(meta: Unpacker): Chunked {
    const content = new Chunked();
    if (meta.number() === 1) content.blob = this.blob(meta);
    const length = meta.number();
    const { chunks } = content;
    for (let at = 0; at < length; ) {
      const kind = meta.number();
      if (kind === ENTRY.CHUNK) {
        chunks.set(at++, this.chunk(meta.number(), meta.number()));
        continue;
      }
      const end = at + Math.min(meta.number(), length - at);
      if (end === at) throw new RangeError('an entry of no places');
      if (kind === ENTRY.BLOB) {
        this.places -= end - at;
        if (this.places < 0) throw new RangeError('there are more places than a disk has');
        for (; at < end; at++) chunks.set(at, null);
      }
      at = end;
    }
    chunks.extend(length);
    return content;
  }

  private blob(meta: Unpacker): BlobRef {
    if (this.format === 1) return new BlobRef(meta.text(), meta.number(), meta.number());
    const at = meta.number();
    if (at === this.table.length) this.table.push({ digest: meta.text(), unpacked: meta.number() === 1 });
    const named = this.table[at];
    if (!named) throw new RangeError(`no blob ${at}`);
    return new BlobRef(named.digest, meta.number(), meta.number(), named.unpacked);
  }

  private chunk(id: number, pages: number): Chunk {
    this.highestChunk = Math.max(this.highestChunk, id);
    let chunk = this.chunks.get(id);
    if (chunk === undefined) {
      chunk = new Chunk(new Uint8Array(0), pages);
      chunk.id = id;
      chunk.refs = 0;
      this.chunks.set(id, chunk);
    }
    chunk.pages = pages;
    return chunk;
  }

  /** Joins names and inodes, counts links of chunks, pages and files. */
  finish(source: ChunkSource | undefined): number[] {
    const { fs } = this;
    fs.chunkSource = source;
    fs.pages = 0;
    fs.inodes = 0;
    const orphans: number[] = [];
    for (const { inode, names } of this.inodes.values()) {
      if (inode.nlink === 0) {
        orphans.push(inode.ino);
        continue;
      }
      fs.inodes++;
      if ((inode.mode & S_IFMT) === S_IFDIR) {
        const entries = new Map<string, TmpfsInode>();
        for (const [name, ino] of names) {
          const child = this.inodes.get(ino)?.inode;
          if (child === undefined) throw new RangeError(`no inode ${ino}`);
          entries.set(name, child);
        }
        if (entries.size > 0) inode.content = entries;
      } else if (inode.content instanceof Chunked) this.count(inode.content, source !== undefined);
      if ((inode.mode & S_IFMT) === S_IFREG) fs.pages += allocatedPages(inode.holder());
    }
    return orphans;
  }

  private count(content: Chunked, lazy: boolean): void {
    for (const [, chunk] of content.chunks.present()) {
      if (!chunk) continue;
      chunk.refs++;
      content.pages += countBits(chunk.pages);
      if (chunk.refs > 1) {
        content.mayBeAbsent ||= chunk.absent;
        continue;
      }
      const bytes = this.bytes.get(chunk.id);
      if (bytes !== undefined) {
        chunk.bytes = bytes;
        chunk.borrowed = true;
      } else if (lazy) {
        chunk.absent = true;
        content.mayBeAbsent = true;
      } else throw new RangeError(`no chunk ${chunk.id}`);
    }
  }
}

/**
 * The disk that a journal's changes describe, taken in their order, with a journal that goes on from there. Files that had
 * no name any more when the power went are freed.
 * @param options as the disk was made with
 * @param source where chunks are that no batch has; without it every chunk must be in a batch
 * @param places how many places in files there may be, of a disk that came from somebody else
 * @throws RangeError where the changes are damaged or of a newer format
 */
export function loadDisk(
  options: TmpFsOptions,
  batches: Iterable<Changes>,
  source?: ChunkSource,
  places?: number,
): { fs: TmpFs; journal: Journal } {
  const loader = new Loader(options, places);
  for (const changes of batches) loader.apply(changes);
  const orphans = loader.finish(source);
  const journal = new Journal(loader.fs, { nextChunk: loader.highestChunk + 1, blobs: loader.blobs });
  for (const ino of orphans) journal.inodeGone(loader.inodes.get(ino)!.inode);
  return { fs: loader.fs, journal };
}

/** A new disk with the content of a dump: nothing of it is stored yet. @throws RangeError as `loadDisk` */
export function copyDump(options: TmpFsOptions, dumped: Changes): TmpFs {
  const loader = new Loader(options);
  loader.apply(dumped);
  loader.finish(undefined);
  for (const chunk of loader.chunks.values()) chunk.id = 0;
  return loader.fs;
}

/** One array of bytes for a batch with its chunks. */
export function encodeChanges(changes: Changes): Uint8Array {
  const out = new Packer();
  out.number(changes.whole ? 1 : 0);
  out.data(changes.meta);
  out.number(changes.freed.length);
  for (const id of changes.freed) out.number(id);
  out.number(changes.chunks.length);
  for (const { id, bytes } of changes.chunks) {
    out.number(id);
    out.data(bytes);
  }
  for (const digests of [changes.blobs, changes.unused]) {
    out.number(digests.length);
    for (const digest of digests) out.text(digest);
  }
  return out.done();
}

/** @throws RangeError where the bytes end too early */
export function decodeChanges(bytes: Uint8Array): Changes {
  const input = new Unpacker(bytes);
  const whole = input.number() === 1;
  const meta = input.data();
  const freed: number[] = [];
  for (let n = input.number(); n > 0; n--) freed.push(input.number());
  const chunks: Changes['chunks'] = [];
  for (let n = input.number(); n > 0; n--) chunks.push({ id: input.number(), bytes: input.data() });
  // a batch of before there were blobs ends here
  const texts = (): string[] => Array.from({ length: input.more ? input.number() : 0 }, () => input.text());
  return { meta, chunks, freed, whole, blobs: texts(), unused: texts() };
}
