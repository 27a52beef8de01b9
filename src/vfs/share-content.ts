import { BlobRef } from './blob.ts';
import {
  CHUNK,
  Chunk,
  Chunked,
  type Content,
  type ContentStore,
  countBits,
  dropChunk,
  type Holder,
  toChunked,
} from './content.ts';

/**
 * The same content for another file, sharing what can be shared.
 * @param sameStore both files are of one filesystem
 */
export function shareContent(content: Content, sameStore: boolean): Content {
  if (content instanceof Uint8Array) return content.slice();
  if (!(content instanceof Chunked)) return content;
  const copy = new Chunked();
  copy.blob = content.blob;
  copy.pages = content.pages;
  copy.mayBeAbsent = content.mayBeAbsent && sameStore;
  copy.chunks = content.chunks.map((chunk) => chunk && shareChunk(chunk, sameStore));
  return copy;
}

/** Whether some of it comes from a blob. */
export const refersToBlob = (content: Content): boolean =>
  content instanceof BlobRef || (content instanceof Chunked && content.blob !== undefined);

/** Gets all of a file's stored chunks. @returns 0, BLOCKED or -errno */
export function loadContent(store: ContentStore, content: Content, waker: () => () => void): number {
  if (!(content instanceof Chunked) || !content.mayBeAbsent) return 0;
  for (const [, chunk] of content.chunks.present()) {
    const status = chunk?.absent ? store.loadChunk(chunk, waker) : 0;
    if (status < 0) return status;
  }
  content.mayBeAbsent = false;
  return 0;
}

function shareChunk(chunk: Chunk, sameStore: boolean): Chunk {
  if (sameStore) {
    chunk.refs++;
    return chunk;
  }
  chunk.borrowed = true;
  const other = new Chunk(chunk.bytes, chunk.pages);
  other.borrowed = true;
  return other;
}

/**
 * Puts whole chunks of `from` into `to`, from a chunk boundary on; the last one may be a part of a chunk where both
 * files end with it. @returns bytes done, 0 where nothing can be shared this way
 */
export function shareRange(
  store: ContentStore,
  to: Holder,
  position: number,
  from: Holder,
  fromPosition: number,
  length: number,
  sameStore: boolean,
): number {
  if (position % CHUNK !== 0 || fromPosition % CHUNK !== 0) return 0;
  const source = from.content;
  if (!(source instanceof Chunked) || source.blob !== undefined || (source.mayBeAbsent && !sameStore)) return 0;
  const want = Math.min(length, from.length - fromPosition);
  const toEnd = fromPosition + want === from.length && position + want >= to.length;
  const bytes = toEnd ? want : want - (want % CHUNK);
  if (bytes <= 0) return 0;
  if (to.content !== undefined && !(to.content instanceof Chunked)) to.content = toChunked(to);
  to.content ??= new Chunked();
  const target = to.content as Chunked;
  target.mayBeAbsent ||= source.mayBeAbsent;
  for (let done = 0; done < bytes; done += CHUNK) {
    const index = (position + done) / CHUNK;
    dropChunk(store, target, index);
    const chunk = source.chunks.get((fromPosition + done) / CHUNK) as Chunk | undefined;
    target.chunks.set(index, chunk && shareChunk(chunk, sameStore));
    if (chunk) target.pages += countBits(chunk.pages);
  }
  if (position + bytes > to.length) to.length = position + bytes;
  return bytes;
}
