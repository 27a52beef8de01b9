/** What an entry of a tar archive is. `unknown`: a type flag that nobody here knows; its data is skipped. */
export type TarType = 'file' | 'dir' | 'symlink' | 'link' | 'char' | 'block' | 'fifo' | 'unknown';

export interface TarHeader {
  /** As in the archive: no leading `/` is removed; directories end with `/` (the writer adds it). */
  name: string;
  type: TarType;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  uname?: string;
  gname?: string;
  /** Length of the file in bytes, holes included; 0 for everything else. */
  size: number;
  mtimeSec: number;
  mtimeNsec: number;
  /** Target of a symlink, or name of the entry that a hard link shares its file with. */
  linkname: string;
  devmajor: number;
  devminor: number;
  /** Extended attributes by name (PAX `SCHILY.xattr.*`). */
  xattrs?: Map<string, Uint8Array>;
  /** Where a file with holes has data: [offset, length] in ascending order; to write, as `alignSegments` makes them. */
  sparse?: [number, number][];
}

export const BLOCK = 512;

/** A header with everything zero or empty that is not given. */
export function tarHeader(given: Partial<TarHeader> & Pick<TarHeader, 'name' | 'type'>): TarHeader {
  return {
    mode: given.type === 'dir' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeSec: 0,
    mtimeNsec: 0,
    linkname: '',
    devmajor: 0,
    devminor: 0,
    ...given,
  };
}

/** Bytes that fill `size` up to a whole block. */
export const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
