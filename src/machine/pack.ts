import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT } from '../abi/stat.ts';
import { alignSegments, type TarHeader, TarWriter, tarHeader } from '../lib/tar.ts';
import type { RootfsEntry } from './rootfs.ts';

/**
 * Packs a root filesystem as a tar archive; what a file has no bytes for is a hole, which costs nothing.
 * @param mtime seconds since the Epoch, of every entry
 */
export function packRootfs(entries: readonly RootfsEntry[], mtime: number): Uint8Array {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  for (const entry of entries) {
    const header = headerOf(entry, mtime);
    const data = entry.data ?? new Uint8Array(0);
    if (header.type === 'file' && entry.size > data.length) {
      header.sparse = alignSegments([[0, data.length]], entry.size);
      const stored = header.sparse[0]?.[1] ?? 0;
      const padded = new Uint8Array(stored);
      padded.set(data.subarray(0, stored));
      pieces.push(writer.header(header));
      if (stored > 0) pieces.push(writer.data(padded));
      continue;
    }
    pieces.push(writer.header(header));
    if (header.type === 'file' && data.length > 0) pieces.push(writer.data(data));
  }
  pieces.push(writer.finish());
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

function headerOf(entry: RootfsEntry, mtimeSec: number): TarHeader {
  const { mode, uid, gid } = entry;
  const common = { name: entry.path.slice(1), mode: mode & 0o7777, uid, gid, mtimeSec };
  if (entry.link !== undefined) return tarHeader({ ...common, type: 'link', linkname: entry.link.slice(1) });
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return tarHeader({ ...common, type: 'dir' });
    case S_IFLNK:
      return tarHeader({ ...common, type: 'symlink', linkname: entry.target ?? '' });
    case S_IFCHR:
      return tarHeader({
        ...common,
        type: 'char',
        devmajor: entry.device?.major ?? 0,
        devminor: entry.device?.minor ?? 0,
      });
    default:
      return tarHeader({ ...common, type: 'file', size: entry.size });
  }
}
