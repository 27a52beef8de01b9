import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../abi/stat.ts';
import { byteLength } from '../lib/utf8.ts';
import { BlobRef } from './blob.ts';
import { CHUNK, type Chunked, type Content, INLINE_MAX } from './content.ts';
import type { TmpFs, TmpfsInode } from './tmpfs.ts';

const NAME_MAX = 255;
const PATH_MAX = 4096;
const XATTR_MAX = 65_536;
const ID_MAX = 2 ** 32 - 2;
/** Largest file: 16 TiB. */
const SIZE_MAX = 2 ** 44;
const TYPES = new Set([S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK]);
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Looks whether a disk that came from somebody else is one that this kernel could have made, so that nothing in it leads
 * out of it or round in circles; counts of links are set right.
 * @throws RangeError that names what is wrong
 */
export function checkDisk(fs: TmpFs): void {
  const links = new Map<TmpfsInode, number>();
  const seen = new Set<TmpfsInode>([fs.root]);
  if ((fs.root.mode & S_IFMT) !== S_IFDIR) throw new RangeError('the root is no directory');
  let highest = 0;
  for (const inode of seen) {
    checkAttributes(inode);
    highest = Math.max(highest, inode.ino);
    const type = inode.mode & S_IFMT;
    if (type === S_IFREG) checkContent(inode.content as Content, inode.length);
    else if (type === S_IFLNK) checkLink(inode.content);
    if (type !== S_IFDIR) continue;
    let subdirectories = 0;
    for (const [name, child] of inode.entries()) {
      checkName(name);
      const directory = (child.mode & S_IFMT) === S_IFDIR;
      if (directory && seen.has(child)) throw new RangeError(`the directory ${name} has two names`);
      if (directory) subdirectories++;
      links.set(child, (links.get(child) ?? 0) + 1);
      seen.add(child);
    }
    inode.nlink = 2 + subdirectories;
  }
  for (const [inode, count] of links) if ((inode.mode & S_IFMT) !== S_IFDIR) inode.nlink = count;
  if (seen.size > fs.maxInodes) throw new RangeError('more files than a disk has room for');
  if (fs.pages > fs.maxPages) throw new RangeError('more bytes than a disk has room for');
  fs.nextIno = Math.max(fs.nextIno, highest + 1);
  if (!Number.isSafeInteger(fs.nextIno)) throw new RangeError('an inode number is too large');
}

function checkName(name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || byteLength(name) > NAME_MAX)
    throw new RangeError('a name of a file is none');
}

function checkAttributes(inode: TmpfsInode): void {
  if (!TYPES.has(inode.mode & S_IFMT) || inode.mode > 0o177777) throw new RangeError('a file is of no type');
  if (inode.uid > ID_MAX || inode.gid > ID_MAX) throw new RangeError('an owner is none');
  for (const [name, value] of inode.xattrs ?? [])
    if (byteLength(name) > NAME_MAX || value.length > XATTR_MAX) throw new RangeError('an attribute is too long');
}

function checkLink(target: unknown): void {
  if (typeof target !== 'string' || target === '' || target.includes('\0') || byteLength(target) >= PATH_MAX)
    throw new RangeError('a symbolic link has no target');
}

function checkContent(content: Content, length: number): void {
  if (!(length <= SIZE_MAX)) throw new RangeError('a file is too large');
  if (content === undefined) return;
  if (content instanceof Uint8Array) {
    if (content.length > INLINE_MAX) throw new RangeError('content is too long');
  } else if (content instanceof BlobRef) checkBlob(content);
  else checkChunks(content, length);
}

/** Digests become parts of addresses. */
function checkBlob({ digest, offset, length }: BlobRef): void {
  if (!DIGEST.test(digest) || !Number.isSafeInteger(offset + length)) throw new RangeError('a blob is none');
}

function checkChunks(content: Chunked, length: number): void {
  if (content.blob) checkBlob(content.blob);
  if (content.chunks.length > Math.ceil(length / CHUNK)) throw new RangeError('content is longer than its file');
  for (const [, chunk] of content.chunks.present())
    if (chunk && (chunk.bytes.length > CHUNK || chunk.pages > 0xffff)) throw new RangeError('a chunk is too long');
}
