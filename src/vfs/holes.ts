import { ENXIO } from '../abi/errno.ts';
import { S_IFMT, S_IFREG } from '../abi/stat.ts';
import { BlobRef } from './blob.ts';
import { CHUNK, Chunked, type Content, PAGE, pagesOf } from './content.ts';
import type { Inode } from './objects.ts';
import { TmpfsInode } from './tmpfs.ts';

/**
 * SEEK_DATA and SEEK_HOLE of lseek(2): the first byte from `position` on that is data, or that is in a hole. Holes are pages
 * that are not allocated; a file of another kind of filesystem has none, but for the one at its end.
 * @returns -ENXIO behind the end, and where no data follow
 */
export function seekData(inode: Inode, position: number, hole: boolean): number {
  const size = inode.size;
  if (position < 0 || position >= size) return -ENXIO;
  const real = inode.contentInode();
  if (!(real instanceof TmpfsInode) || (real.mode & S_IFMT) !== S_IFREG) return hole ? size : position;
  const content = real.content as Content;
  const end = Math.min(size, dataEnd(content));
  for (let at = position; at < end; ) {
    if (isData(content, at) !== hole) return at;
    at = nextPage(content, at, hole);
  }
  if (hole) return Math.max(position, end);
  return -ENXIO;
}

/** Where it is looked next; what is looked for is not in the same hole. */
function nextPage(content: Content, at: number, hole: boolean): number {
  if (!hole && content instanceof Chunked) {
    const index = Math.floor(at / CHUNK);
    if (content.chunks.get(index) === undefined) {
      const next = content.chunks.present(index).next();
      return next.done ? content.chunks.length * CHUNK : next.value[0] * CHUNK;
    }
  }
  return (Math.floor(at / PAGE) + 1) * PAGE;
}

/** Behind it there are no data. */
function dataEnd(content: Content): number {
  if (content === undefined) return 0;
  if (content instanceof Uint8Array) return content.length > 0 ? PAGE : 0;
  if (content instanceof BlobRef) return Math.ceil(content.length / PAGE) * PAGE;
  return content.chunks.length * CHUNK;
}

function isData(content: Content, at: number): boolean {
  if (!(content instanceof Chunked)) return content !== undefined;
  return ((pagesOf(content, Math.floor(at / CHUNK)) >> Math.floor((at % CHUNK) / PAGE)) & 1) === 1;
}
