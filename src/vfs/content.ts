import { EIO } from '../abi/errno.ts';
import { BlobRef, type BlobSource } from './blob.ts';
import { ChunkList } from './chunk-list.ts';

/** Bytes of a chunk. */
export const CHUNK = 65536;
/** What a filesystem gives out at least: bytes of a page. */
export const PAGE = 4096;
/** Files up to this length are one small array. */
export const INLINE_MAX = 4096;
/** Files up to this length share an array with others. */
const SMALL_MAX = 256;

/** 64 KiB of content that several files may share: whoever writes to a shared one copies it first. */
export class Chunk {
  /** May be shorter than a chunk: what is missing reads as zeros. */
  bytes: Uint8Array;
  /** Bit i: page i is allocated, not a hole. */
  pages: number;
  /** Files (and snapshots) of the same filesystem that have it. */
  refs = 1;
  /** Number on disk; 0: not stored yet. */
  id = 0;
  /** `bytes` belong to somebody else as well: copy before writing. */
  borrowed = false;
  /** Only stored: `bytes` are not here yet. */
  absent = false;

  constructor(bytes: Uint8Array, pages: number) {
    this.bytes = bytes;
    this.pages = pages;
  }
}

/** Content as chunks: nothing is a hole, null comes from the blob. */
export class Chunked {
  chunks = new ChunkList<Chunk | null>();
  blob: BlobRef | undefined = undefined;
  /** Allocated pages of the chunks that are neither undefined nor null. */
  pages = 0;
  /** Some chunks may be stored only. */
  mayBeAbsent = false;
}

/**
 * What a file contains: nothing (or one hole), a small array, a part of a blob, or chunks. Bytes of an array after the
 * file's end are zeros.
 */
export type Content = undefined | Uint8Array | BlobRef | Chunked;

/** What has content. */
export interface Holder {
  content: Content;
  /** Bytes. */
  length: number;
}

/** The store of a disk's chunks. */
export interface ChunkSource {
  /** @returns the bytes of a chunk; BLOCKED after it asked `waker` for what it calls when they are here; -EIO */
  read(id: number, waker: () => () => void): Uint8Array | number;
}

/** What content needs of its filesystem. */
export interface ContentStore {
  readonly blobs: BlobSource | undefined;
  /** A stored chunk is no longer what its number says: it changed, or nobody has it. */
  chunkGone(id: number): void;
  /** A zeroed array for a very small file, out of a larger one that several share (an array of its own costs 100 bytes more). */
  smallArray(length: number): Uint8Array;
  /** Gets the bytes of an absent chunk. @returns 0, BLOCKED or -errno */
  loadChunk(chunk: Chunk, waker: () => () => void): number;
}

/** Allocated pages of a file. */
export function allocatedPages(holder: Holder): number {
  const content = holder.content;
  if (content === undefined) return 0;
  if (content instanceof Uint8Array) return content.length > 0 ? 1 : 0;
  if (content instanceof BlobRef) return pagesIn(content.length);
  let n = content.pages;
  if (content.blob === undefined) return n;
  for (const [i, chunk] of content.chunks.present())
    if (chunk === null) n += pagesIn(Math.min(CHUNK, Math.max(0, content.blob.length - i * CHUNK)));
  return n;
}

const pagesIn = (bytes: number): number => Math.ceil(bytes / PAGE);

/** Pages that a write from `position` to `end` has to allocate. */
export function missingPages(holder: Holder, position: number, end: number): number {
  const content = holder.content;
  if (content instanceof Uint8Array)
    return pagesIn(end) - Math.floor(position / PAGE) - (position < PAGE && content.length > 0 ? 1 : 0);
  if (content === undefined) return pagesIn(end) - Math.floor(position / PAGE);
  let n = 0;
  for (let index = Math.floor(position / CHUNK); index * CHUNK < end; index++) {
    const start = index * CHUNK;
    const wanted = pageMask(Math.max(0, position - start), Math.min(CHUNK, end - start));
    n += countBits(wanted & ~pagesOf(content, index));
  }
  return n;
}

/** Allocated pages of a chunk, a bit each. */
export function pagesOf(content: BlobRef | Chunked, index: number): number {
  const chunk = content instanceof BlobRef ? null : content.chunks.get(index);
  if (chunk === undefined) return 0;
  if (chunk !== null) return chunk.pages;
  const blob = content instanceof BlobRef ? content : content.blob;
  return blob === undefined ? 0 : pageMask(0, Math.min(CHUNK, Math.max(0, blob.length - index * CHUNK)));
}

/** Reads up to buf.length bytes. @returns bytes, 0 at the end, BLOCKED, or -errno of the blob source */
export function readContent(
  store: ContentStore,
  holder: Holder,
  buf: Uint8Array,
  position: number,
  waker: () => () => void,
): number {
  const end = Math.min(holder.length, position + buf.length);
  if (position >= end) return 0;
  const content = holder.content;
  if (content === undefined) {
    buf.fill(0, 0, end - position);
    return end - position;
  }
  if (content instanceof Uint8Array) {
    copyOut(content, position, end, buf, 0);
    return end - position;
  }
  let at = position;
  while (at < end) {
    const index = Math.floor(at / CHUNK);
    const stop = Math.min(end, (index + 1) * CHUNK);
    const chunk = content instanceof BlobRef ? null : content.chunks.get(index);
    if (chunk === undefined) buf.fill(0, at - position, stop - position);
    else if (chunk !== null) {
      const status = chunk.absent ? store.loadChunk(chunk, waker) : 0;
      if (status < 0) return at > position ? at - position : status;
      copyOut(chunk.bytes, at - index * CHUNK, stop - index * CHUNK, buf, at - position);
    } else {
      const blob = content instanceof BlobRef ? content : content.blob;
      const status = readBlob(store, blob, at, buf.subarray(at - position, stop - position), waker);
      if (status < 0) return at > position ? at - position : status;
    }
    at = stop;
  }
  return end - position;
}

function copyOut(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  const stop = Math.min(end, from.length);
  let done = 0;
  if (start < stop) {
    if (stop - start === from.length && at === 0) to.set(from);
    else to.set(from.subarray(start, stop), at);
    done = stop - start;
  }
  if (done < end - start) to.fill(0, at + done, at + end - start);
}

/** Fills all of `out` with what the file has at `position`, zeros after the blob's part. @returns 0, BLOCKED, -errno */
function readBlob(
  store: ContentStore,
  blob: BlobRef | undefined,
  position: number,
  out: Uint8Array,
  waker: () => () => void,
): number {
  const inBlob = blob === undefined ? 0 : Math.max(0, Math.min(out.length, blob.length - position));
  let done = 0;
  while (blob !== undefined && done < inBlob) {
    const source = store.blobs;
    if (source === undefined) return -EIO;
    const bytes = readSource(source, blob, position + done, inBlob - done, waker);
    if (typeof bytes === 'number') return bytes;
    if (bytes.length === 0) return -EIO;
    out.set(bytes.length > inBlob - done ? bytes.subarray(0, inBlob - done) : bytes, done);
    done += bytes.length;
  }
  out.fill(0, inBlob);
  return 0;
}

function readSource(
  source: BlobSource,
  blob: BlobRef,
  position: number,
  length: number,
  waker: () => () => void,
): Uint8Array | number {
  if (!blob.unpacked) return source.read(blob.digest, blob.offset + position, length, waker);
  return source.readUnpacked?.(blob.digest, blob.offset + position, length, waker) ?? -EIO;
}

/**
 * Writes all of `buf` at `position`. Nothing is changed where it returns BLOCKED (a part of a blob has to come first).
 * @returns bytes written, BLOCKED or -errno
 */
export function writeContent(
  store: ContentStore,
  holder: Holder,
  buf: Uint8Array,
  position: number,
  waker: () => () => void,
): number {
  const end = position + buf.length;
  if (holder.content instanceof BlobRef && Math.max(end, holder.length) <= INLINE_MAX) {
    const status = takeInline(store, holder, waker);
    if (status < 0) return status;
  }
  const content = holder.content;
  if (end <= INLINE_MAX && (content === undefined || content instanceof Uint8Array)) {
    writeInline(store, holder, buf, position);
    return buf.length;
  }
  const chunked = content instanceof Chunked ? content : toChunked(holder);
  if (chunked.blob !== undefined || chunked.mayBeAbsent) {
    const status = fetchTouched(store, chunked, position, end, holder.length, waker);
    if (status < 0) return status;
  }
  holder.content = chunked;
  let at = position;
  while (at < end) {
    const index = Math.floor(at / CHUNK);
    const stop = Math.min(end, (index + 1) * CHUNK);
    const whole = at === position && stop === end ? buf : buf.subarray(at - position, stop - position);
    writeChunk(store, chunked, index, whole, at - index * CHUNK);
    at = stop;
  }
  if (chunked.blob !== undefined && !usesBlob(chunked)) chunked.blob = undefined;
  if (end > holder.length) holder.length = end;
  return buf.length;
}

function usesBlob({ chunks }: Chunked): boolean {
  for (const [, chunk] of chunks.present()) if (chunk === null) return true;
  return false;
}

/** A small file that is a part of a blob gets bytes of its own. @returns 0, BLOCKED or -errno */
function takeInline(store: ContentStore, holder: Holder, waker: () => () => void): number {
  const bytes = holder.length <= SMALL_MAX ? store.smallArray(holder.length) : new Uint8Array(holder.length);
  const status = readBlob(store, holder.content as BlobRef, 0, bytes, waker);
  if (status === 0) holder.content = bytes;
  return status;
}

function writeInline(store: ContentStore, holder: Holder, buf: Uint8Array, position: number): void {
  const end = position + buf.length;
  let bytes = holder.content as Uint8Array | undefined;
  if (bytes === undefined) {
    bytes = end <= SMALL_MAX ? store.smallArray(end) : new Uint8Array(end);
    holder.content = bytes;
  } else if (end > bytes.length) {
    const grown = new Uint8Array(Math.max(end, Math.min(INLINE_MAX, bytes.length * 2)));
    grown.set(bytes);
    bytes = grown;
    holder.content = bytes;
  }
  bytes.set(buf, position);
  if (end > holder.length) holder.length = end;
}

/** The same content as chunks; the holder keeps what it has. */
export function toChunked(holder: Holder): Chunked {
  const chunked = new Chunked();
  const content = holder.content;
  if (content === undefined) return chunked;
  if (content instanceof Uint8Array) {
    chunked.chunks.set(0, new Chunk(content, 1));
    chunked.pages = 1;
    return chunked;
  }
  if (content instanceof Chunked) return content;
  chunked.blob = content;
  for (let i = 0; i * CHUNK < content.length; i++) chunked.chunks.set(i, null);
  return chunked;
}

/** Gets into memory the chunks that a write covers in part and that come from the blob or are only stored. */
function fetchTouched(
  store: ContentStore,
  chunked: Chunked,
  position: number,
  end: number,
  length: number,
  waker: () => () => void,
): number {
  for (let index = Math.floor(position / CHUNK); index * CHUNK < end; index++) {
    const chunk = chunked.chunks.get(index);
    if (chunk === undefined || (chunk !== null && !chunk.absent)) continue;
    const start = index * CHUNK;
    const stop = Math.min(start + CHUNK, length);
    if (position <= start && end >= stop) continue;
    if (chunk !== null) {
      const loaded = store.loadChunk(chunk, waker);
      if (loaded < 0) return loaded;
      continue;
    }
    // what the file has after the blob's part is a hole
    const bytes = new Uint8Array(Math.max(0, Math.min(stop, chunked.blob?.length ?? 0) - start));
    const status = readBlob(store, chunked.blob, start, bytes, waker);
    if (status < 0) return status;
    chunked.chunks.set(index, new Chunk(bytes, pageMask(0, bytes.length)));
    chunked.pages += pagesIn(bytes.length);
  }
  return 0;
}

/** Bits of the pages from byte `start` to `end` of a chunk. */
function pageMask(start: number, end: number): number {
  if (end <= start) return 0;
  const first = Math.floor(start / PAGE);
  const after = Math.ceil(end / PAGE);
  return ((1 << after) - 1) & ~((1 << first) - 1);
}

export function countBits(mask: number): number {
  let n = 0;
  for (let m = mask; m !== 0; m &= m - 1) n++;
  return n;
}

function writeChunk(store: ContentStore, chunked: Chunked, index: number, buf: Uint8Array, offset: number): void {
  const end = offset + buf.length;
  const old = chunked.chunks.get(index);
  const mask = pageMask(offset, end);
  if (old === undefined || old === null) {
    const bytes = offset === 0 ? buf.slice() : new Uint8Array(end);
    if (offset > 0) bytes.set(buf, offset);
    chunked.chunks.set(index, new Chunk(bytes, mask));
    chunked.pages += countBits(mask);
    return;
  }
  const chunk = ownChunk(store, chunked, index, old, end);
  chunk.bytes.set(buf, offset);
  const added = mask & ~chunk.pages;
  if (added === 0) return;
  chunk.pages |= added;
  chunked.pages += countBits(added);
}

/** A chunk that may be written up to `capacity` bytes, in the place of `old`. */
function ownChunk(store: ContentStore, chunked: Chunked, index: number, old: Chunk, capacity: number): Chunk {
  const bytes = old.bytes;
  const size = capacity <= bytes.length ? bytes.length : Math.max(capacity, Math.min(CHUNK, bytes.length * 2));
  if (old.refs > 1) {
    const copy = new Uint8Array(size);
    copy.set(bytes);
    const chunk = new Chunk(copy, old.pages);
    old.refs--;
    chunked.chunks.set(index, chunk);
    return chunk;
  }
  if (old.borrowed || size > bytes.length) {
    const copy = new Uint8Array(size);
    copy.set(bytes);
    old.bytes = copy;
    old.borrowed = false;
  }
  old.absent = false;
  if (old.id !== 0) {
    store.chunkGone(old.id);
    old.id = 0;
  }
  return old;
}

/** Sets the length: what is cut off is gone, what is added is a hole. @returns 0, BLOCKED or -errno */
export function truncateContent(store: ContentStore, holder: Holder, length: number, waker: () => () => void): number {
  if (length < holder.length) {
    const last = holder.content instanceof Chunked ? holder.content.chunks.get(Math.floor(length / CHUNK)) : undefined;
    const status = last?.absent && length % CHUNK !== 0 ? store.loadChunk(last, waker) : 0;
    if (status < 0) return status;
    cut(store, holder, length);
  }
  holder.length = length;
  return 0;
}

function cut(store: ContentStore, holder: Holder, length: number): void {
  const content = holder.content;
  if (content === undefined) return;
  if (length === 0) {
    dropContent(store, holder);
    return;
  }
  if (content instanceof Uint8Array) {
    if (length < content.length) holder.content = content.slice(0, length);
    return;
  }
  if (content instanceof BlobRef) {
    if (length < content.length) holder.content = content.cut(length);
    return;
  }
  const keep = Math.ceil(length / CHUNK);
  for (const [i] of content.chunks.present(keep)) dropChunk(store, content, i);
  content.chunks.cut(keep);
  if (content.blob !== undefined && content.blob.length > length) content.blob = content.blob.cut(length);
  const last = content.chunks.get(keep - 1);
  const rest = length - (keep - 1) * CHUNK;
  if (last === undefined || last === null || last.bytes.length <= rest) return;
  const chunk = ownChunk(store, content, keep - 1, last, 0);
  chunk.bytes = chunk.bytes.slice(0, rest);
  const kept = chunk.pages & pageMask(0, rest);
  content.pages -= countBits(chunk.pages) - countBits(kept);
  chunk.pages = kept;
}

/** Gives one chunk back; its place is to be filled by the caller. */
export function dropChunk(store: ContentStore, chunked: Chunked, index: number): void {
  const chunk = chunked.chunks.get(index);
  if (chunk === undefined || chunk === null) return;
  chunked.pages -= countBits(chunk.pages);
  unref(store, chunk);
}

function unref(store: ContentStore, chunk: Chunk): void {
  chunk.refs--;
  if (chunk.refs === 0 && chunk.id !== 0) store.chunkGone(chunk.id);
}

/** Gives all content back. */
export function dropContent(store: ContentStore, holder: Holder): void {
  const content = holder.content;
  if (content instanceof Chunked) for (const [, chunk] of content.chunks.present()) if (chunk) unref(store, chunk);
  holder.content = undefined;
}
