import { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from '../../../abi/flags.ts';
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
} from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { type TarHeader, type TarType, TarWriter, tarHeader } from '../../../lib/tar.ts';
import type { BodySource } from '../../../libc/http-client.ts';
import { open, read, type Wait } from '../../../libc/io.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';

export interface PackOptions {
  /** The file or folder on disk. */
  path: string;
  /** Its name in the archive; '.' for a folder whose entries stand at the top. */
  name: string;
  /** Whether a path below the folder (relative, without `./`) goes in; a folder that does not may still hold some that do. */
  wanted?(path: string, isDirectory: boolean): 'yes' | 'no' | 'look-inside';
  /** Everything belongs to root. */
  rootOwned?: boolean;
}

interface Place {
  path: string;
  name: string;
  /** Relative to the folder; '' for itself. */
  relative: string;
}

const PIECE = 65536;
const NAMES: readonly (readonly [(mode: number) => boolean, TarType])[] = [
  [isRegular, 'file'],
  [isDirectory, 'dir'],
  [isSymlink, 'symlink'],
  [isCharDevice, 'char'],
  [isBlockDevice, 'block'],
  [isFifo, 'fifo'],
];

/** A tar of files on disk, made as it is read. Sockets are left out; names come in order; hard links are kept. */
export class TarPack implements BodySource {
  /** Bytes that were given so far. */
  given = 0;
  readonly #writer = new TarWriter();
  readonly #todo: Place[];
  readonly #linked: Map<string, string> = new Map();
  #fd = -1;
  #left = 0;
  #finished = false;

  constructor(
    private readonly sys: Sys,
    private readonly options: PackOptions,
  ) {
    this.#todo = [{ path: options.path, name: options.name, relative: '' }];
  }

  /** @throws CliError where a file cannot be read */
  *next(): Wait<Uint8Array | undefined> {
    for (;;) {
      const piece = this.#left > 0 || this.#fd >= 0 ? yield* this.#fileData() : yield* this.#entry();
      if (piece === undefined) return undefined;
      if (piece.length === 0) continue;
      this.given += piece.length;
      return piece;
    }
  }

  *#fileData(): Wait<Uint8Array> {
    const buf = new Uint8Array(Math.min(PIECE, this.#left));
    const n = this.#left === 0 ? 0 : yield* read(this.sys, this.#fd, buf);
    // A file that shrank meanwhile is filled up with zeros.
    const bytes = n > 0 ? buf.subarray(0, n) : buf;
    this.#left -= bytes.length;
    if (this.#left === 0) {
      this.sys.close(this.#fd);
      this.#fd = -1;
    }
    return this.#writer.data(bytes);
  }

  *#entry(): Wait<Uint8Array | undefined> {
    const place = this.#todo.pop();
    if (!place) {
      if (this.#finished) return undefined;
      this.#finished = true;
      return this.#writer.finish();
    }
    const st = new Stat();
    const found = this.sys.lstat(place.path, st);
    if (found < 0) {
      if (place.relative !== '') return new Uint8Array(0);
      throw new CliError(pathError('lstat', place.path, found));
    }
    const type = NAMES.find(([is]) => is(st.mode))?.[1];
    if (!type) return new Uint8Array(0);
    const wanted = place.relative === '' ? 'yes' : (this.options.wanted?.(place.relative, type === 'dir') ?? 'yes');
    if (type === 'dir' && wanted !== 'no') yield* this.#pushChildren(place);
    if (wanted !== 'yes') return new Uint8Array(0);
    return yield* this.#begin(place, type, st);
  }

  *#begin(place: Place, type: TarType, st: Stat): Wait<Uint8Array> {
    const header: TarHeader = tarHeader({
      name: type === 'dir' ? `${place.name}/` : place.name,
      type,
      mode: st.mode & 0o7777,
      uid: this.options.rootOwned ? 0 : st.uid,
      gid: this.options.rootOwned ? 0 : st.gid,
      mtimeSec: st.mtimeSec,
      devmajor: type === 'char' || type === 'block' ? major(st.rdev) : 0,
      devminor: type === 'char' || type === 'block' ? minor(st.rdev) : 0,
    });
    if (type === 'symlink') {
      const target = this.sys.readlink(place.path);
      if (typeof target === 'string') header.linkname = target;
    }
    if (type === 'file') {
      const key = `${st.dev}:${st.ino}`;
      const first = st.nlink > 1 ? this.#linked.get(key) : undefined;
      if (first !== undefined) return this.#writer.header({ ...header, type: 'link', linkname: first });
      this.#linked.set(key, place.name);
      header.size = st.size;
      const fd = yield* open(this.sys, place.path, O_RDONLY | O_NOFOLLOW);
      if (fd < 0) throw new CliError(pathError('open', place.path, fd));
      if (st.size > 0) {
        this.#fd = fd;
        this.#left = st.size;
      } else this.sys.close(fd);
    }
    return this.#writer.header(header);
  }

  *#pushChildren(place: Place): Wait<void> {
    const fd = yield* open(this.sys, place.path, O_RDONLY | O_DIRECTORY);
    if (fd < 0) throw new CliError(pathError('open', place.path, fd));
    const names: string[] = [];
    for (let batch; Array.isArray((batch = this.sys.getdents(fd))) && batch.length > 0; ) {
      for (const { name } of batch) if (name !== '.' && name !== '..') names.push(name);
    }
    this.sys.close(fd);
    names.sort((a, b) => (a < b ? 1 : -1));
    for (const name of names) {
      this.#todo.push({
        path: `${place.path === '/' ? '' : place.path}/${name}`,
        name: place.name === '.' ? name : `${place.name}/${name}`,
        relative: place.relative === '' ? name : `${place.relative}/${name}`,
      });
    }
  }
}
