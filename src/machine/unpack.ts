import { O_CREAT, O_TRUNC, O_WRONLY } from '../abi/flags.ts';
import { makedev, S_IFBLK, S_IFCHR, S_IFIFO } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';
import { type TarHeader, TarReader } from '../lib/tar.ts';
import { open, type Wait, writeAll } from '../libc/io.ts';

/** Bytes of the archive that are read before the slice is looked at. */
const PIECE = 65536;

/**
 * Unpacks a root filesystem onto `root` of the caller's tree ('' for /): owners, modes, times and holes as in the archive.
 * @returns 0, or the first -errno (-5 for a damaged archive)
 */
export function* unpackRootfs(sys: Sys, archive: Uint8Array, root: string): Wait<number> {
  const reader = new TarReader();
  const directories: TarHeader[] = [];
  let current: TarHeader | undefined;
  let fd = -1;
  for (let at = 0; at < archive.length; at += PIECE) {
    for (const event of reader.push(archive.subarray(at, Math.min(at + PIECE, archive.length)))) {
      if (event.type === 'error') return -5;
      if (event.type === 'header') {
        current = event.header;
        const r = yield* begin(sys, root, current);
        if (r < 0) return r;
        fd = current.type === 'file' ? r : -1;
        if (current.type === 'dir') directories.push(current);
      } else if (event.type === 'data') {
        sys.lseek(fd, event.offset, 0);
        const r = yield* writeAll(sys, fd, event.bytes);
        if (r < 0) return r;
      } else if (event.type === 'end-entry' && current) {
        if (fd >= 0) {
          sys.ftruncate(fd, current.size);
          sys.close(fd);
          fd = -1;
        }
        if (current.type !== 'link') attributes(sys, root, current);
      }
    }
    if (sys.tick()) yield;
  }
  for (const dir of directories.reverse()) attributes(sys, root, dir);
  return 0;
}

/** Makes the entry. @returns 0, the fd of a regular file, or -errno */
function* begin(sys: Sys, root: string, header: TarHeader): Wait<number> {
  const path = `${root}/${header.name.replace(/\/+$/, '')}`;
  switch (header.type) {
    case 'dir': {
      const r = sys.mkdir(path, header.mode);
      return r === -17 ? 0 : r;
    }
    case 'symlink':
      return sys.symlink(header.linkname, path);
    case 'link':
      return sys.link(`${root}/${header.linkname}`, path);
    case 'char':
      return sys.mknod(path, S_IFCHR | header.mode, makedev(header.devmajor, header.devminor));
    case 'block':
      return sys.mknod(path, S_IFBLK | header.mode, makedev(header.devmajor, header.devminor));
    case 'fifo':
      return sys.mknod(path, S_IFIFO | header.mode, 0);
    default:
      return yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, header.mode);
  }
}

function attributes(sys: Sys, root: string, header: TarHeader): void {
  const path = `${root}/${header.name.replace(/\/+$/, '')}`;
  if (header.uid !== 0 || header.gid !== 0) sys.lchown(path, header.uid, header.gid);
  if (header.type !== 'symlink') sys.chmod(path, header.mode);
  sys.utimens(path, header.mtimeSec, header.mtimeNsec, header.mtimeSec, header.mtimeNsec, header.type === 'symlink');
}
