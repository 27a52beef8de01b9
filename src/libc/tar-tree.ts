import { O_RDONLY, SEEK_DATA, SEEK_HOLE, SEEK_SET } from '../abi/flags.ts';
import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isRegular,
  isSymlink,
  major,
  minor,
  Stat,
} from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';
import { alignSegments, type TarHeader, TarWriter, tarHeader } from '../lib/tar.ts';
import { open, read, type Wait } from './io.ts';
import { listDir } from './paths.ts';

/** Takes pieces of an archive. @returns false to stop */
export type TarSink = (bytes: Uint8Array) => Wait<boolean>;

export interface TarTreeOptions {
  /** Name that the root gets in the archive ('' : its entries stand at the top). */
  prefix: string;
  /** An upper directory of overlayfs: whiteouts and opaque marks become `.wh.` entries, overlay's own attributes go. */
  layer: boolean;
  /** Entries for which this says no are left out, with what is below. `path` is relative to the root, without a leading slash. */
  include?(path: string, isDir: boolean): boolean;
  /** Changes the header of an entry. */
  map?(header: TarHeader): TarHeader;
  /** Leave the root directory's own entry out. */
  withoutRoot?: boolean;
}

const PIECE = 65536;
const ZERO = new Uint8Array(PIECE);

/**
 * Writes a directory (or a single file) as a tar archive in the order of its names: what `docker save`, `commit`, `cp` and
 * `export` send, and what layers are hashed as. Files with holes are written sparse.
 * @returns bytes of the regular files, or -errno
 */
export function* tarTree(sys: Sys, root: string, options: TarTreeOptions, sink: TarSink): Wait<number> {
  const work = new TreeWriter(sys, root, options, sink);
  const r = yield* work.add('', options.prefix);
  if (r < 0) return r;
  yield* sink(work.writer.finish());
  return work.size;
}

class TreeWriter {
  readonly writer = new TarWriter();
  size = 0;
  #links = new Map<string, string>();
  #stopped = false;

  constructor(
    readonly sys: Sys,
    readonly root: string,
    readonly options: TarTreeOptions,
    readonly sink: TarSink,
  ) {}

  *add(path: string, name: string): Wait<number> {
    const { sys, options } = this;
    const full = path === '' ? this.root : `${this.root}/${path}`;
    const st = new Stat();
    const r = sys.lstat(full, st);
    if (r < 0) return r;
    const isDir = isDirectory(st.mode);
    if (path !== '' && options.include && !options.include(path, isDir)) return 0;
    if (options.layer && isCharDevice(st.mode) && st.rdev === 0) {
      const slash = name.lastIndexOf('/') + 1;
      yield* this.#entry(
        tarHeader({ name: `${name.slice(0, slash)}.wh.${name.slice(slash)}`, type: 'file', mode: 0o600 }),
      );
      return 0;
    }
    if (name !== '' && !(path === '' && options.withoutRoot)) {
      const written = yield* this.#node(full, name, st);
      if (written < 0) return written;
    }
    if (!isDir || this.#stopped) return 0;
    if (options.layer && isOpaque(sys, full))
      yield* this.#entry(
        tarHeader({ name: name === '' ? '.wh..wh..opq' : `${name}/.wh..wh..opq`, type: 'file', mode: 0o600 }),
      );
    const names = listDir(sys, full);
    if (typeof names === 'number') return names;
    for (const child of names.sort()) {
      const inner = yield* this.add(path === '' ? child : `${path}/${child}`, name === '' ? child : `${name}/${child}`);
      if (inner < 0) return inner;
      if (this.#stopped) break;
    }
    return 0;
  }

  *#entry(header: TarHeader): Wait<void> {
    if (!(yield* this.sink(this.writer.header(this.options.map ? this.options.map(header) : header))))
      this.#stopped = true;
  }

  *#node(full: string, name: string, st: Stat): Wait<number> {
    const { sys } = this;
    const header = tarHeader({
      name,
      type: 'file',
      mode: st.mode & 0o7777,
      uid: st.uid,
      gid: st.gid,
      mtimeSec: st.mtimeSec,
      mtimeNsec: st.mtimeNsec,
    });
    if (this.options.layer) header.mtimeNsec = 0;
    const xattrs = attributesOf(sys, full);
    if (xattrs.size > 0) header.xattrs = xattrs;
    if (isDirectory(st.mode)) header.type = 'dir';
    else if (isSymlink(st.mode)) {
      header.type = 'symlink';
      header.linkname = String(sys.readlink(full));
    } else if (isCharDevice(st.mode) || isBlockDevice(st.mode)) {
      header.type = isCharDevice(st.mode) ? 'char' : 'block';
      header.devmajor = major(st.rdev);
      header.devminor = minor(st.rdev);
    } else if (isFifo(st.mode)) header.type = 'fifo';
    else if (!isRegular(st.mode)) return 0;
    else {
      const key = `${st.dev}:${st.ino}`;
      const first = st.nlink > 1 ? this.#links.get(key) : undefined;
      if (first !== undefined) {
        header.type = 'link';
        header.linkname = first;
      } else {
        if (st.nlink > 1) this.#links.set(key, name);
        return yield* this.#file(full, header, st);
      }
    }
    yield* this.#entry(header);
    return 0;
  }

  *#file(full: string, header: TarHeader, st: Stat): Wait<number> {
    const { sys } = this;
    header.size = st.size;
    this.size += st.size;
    const fd = yield* open(sys, full, O_RDONLY);
    if (fd < 0) return fd;
    if (st.blocks * 512 + 4096 < st.size) {
      header.sparse = alignSegments(yield* dataSegments(sys, fd, st.size), st.size);
      yield* this.#entry(header);
      for (const [offset, length] of header.sparse) {
        sys.lseek(fd, offset, 0);
        yield* this.#data(fd, length);
      }
    } else {
      yield* this.#entry(header);
      yield* this.#data(fd, st.size);
    }
    sys.close(fd);
    return 0;
  }

  /** Copies exactly `length` bytes; what the file lacks by now is zeros, as in a file that was cut off meanwhile. */
  *#data(fd: number, length: number): Wait<void> {
    let left = length;
    const buf = new Uint8Array(PIECE);
    while (left > 0 && !this.#stopped) {
      const want = Math.min(left, PIECE);
      const n = yield* read(this.sys, fd, buf.subarray(0, want));
      const piece = n > 0 ? buf.subarray(0, n) : ZERO.subarray(0, want);
      if (!(yield* this.sink(this.writer.data(piece)))) this.#stopped = true;
      left -= piece.length;
      if (this.sys.tick()) yield;
    }
  }
}

/** Whether whole words of `words` from `from` to `to` are zero; a loop of its own, for most of an image's bytes pass here. */
function isZero(words: Int32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (words[i] !== 0) return false;
  return true;
}

/** Where a file has bytes other than zero, in pieces of 4 KiB. */
function* dataSegments(sys: Sys, fd: number, size: number): Wait<[number, number][]> {
  const out: [number, number][] = [];
  const buf = new Uint8Array(PIECE);
  const words = new Int32Array(buf.buffer);
  let at = 0;
  let hole = 0;
  while (at < size) {
    // holes are not read
    if (at >= hole) {
      at = sys.lseek(fd, at, SEEK_DATA);
      if (at < 0) break;
      hole = sys.lseek(fd, at, SEEK_HOLE);
      sys.lseek(fd, at, SEEK_SET);
    }
    const n = yield* read(sys, fd, buf.subarray(0, Math.min(PIECE, hole - at)));
    if (n <= 0) break;
    for (let page = 0; page < n; page += 4096) {
      const end = Math.min(page + 4096, n);
      buf.fill(0, end, (end + 3) & ~3);
      if (!isZero(words, page >> 2, (end + 3) >> 2)) out.push([at + page, end - page]);
    }
    at += n;
    if (sys.tick()) yield;
  }
  return out;
}

function attributesOf(sys: Sys, path: string): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  const names = sys.listxattr(path, true);
  if (typeof names === 'number') return out;
  for (const name of names.sort()) {
    if (name.startsWith('trusted.overlay.')) continue;
    const value = sys.getxattr(path, name, true);
    if (typeof value !== 'number') out.set(name, value);
  }
  return out;
}

function isOpaque(sys: Sys, path: string): boolean {
  const value = sys.getxattr(path, 'trusted.overlay.opaque', true);
  return typeof value !== 'number' && value[0] === 121;
}
