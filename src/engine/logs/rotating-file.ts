import { O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { gzip } from '../../lib/gzip.ts';
import { open, readFile, type Wait, writeAll, writeFile } from '../../libc/io.ts';

/** How a log is kept small. */
export interface Rotation {
  /** Bytes after which a new file is begun; -1: never. */
  maxSize: number;
  /** Files at most, the one that is written among them. */
  maxFile: number;
  /** Older files are compressed. */
  compress: boolean;
}

/** Names that an older part of a log may have, the compressed one first. */
export const olderNames = (path: string, n: number): [string, string] => [`${path}.${n}.gz`, `${path}.${n}`];

/** A log file: PATH is written, PATH.1 (or PATH.1.gz) is what was written before it, and so on. */
export class RotatingFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #fd = -1;
  #size = 0;

  constructor(path: string, rotation: Rotation) {
    this.#path = path;
    this.#rotation = rotation;
  }

  /** @returns the fd, or -errno */
  *open(sys: Sys): Wait<number> {
    this.#fd = yield* open(sys, this.#path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640);
    const st = new Stat();
    this.#size = this.#fd >= 0 && sys.fstat(this.#fd, st) === 0 ? st.size : 0;
    return this.#fd;
  }

  /** True where the next entry belongs into a new file. */
  isFull(more: number): boolean {
    return this.#rotation.maxSize > 0 && this.#size + more >= this.#rotation.maxSize;
  }

  *append(sys: Sys, bytes: Uint8Array): Wait<void> {
    if (bytes.length === 0 || this.#fd < 0) return;
    yield* writeAll(sys, this.#fd, bytes);
    this.#size += bytes.length;
  }

  /** Begins a new file. */
  *rotate(sys: Sys): Wait<void> {
    const { maxFile, compress } = this.#rotation;
    sys.close(this.#fd);
    if (maxFile > 1) {
      for (const name of olderNames(this.#path, maxFile - 1)) sys.unlink(name);
      for (let n = maxFile - 1; n > 1; n--) {
        const to = olderNames(this.#path, n);
        for (const [i, from] of olderNames(this.#path, n - 1).entries()) sys.rename(from, to[i]!);
      }
      sys.rename(this.#path, `${this.#path}.1`);
      if (compress) yield* this.#compress(sys, `${this.#path}.1`);
    } else sys.truncate(this.#path, 0);
    yield* this.open(sys);
  }

  *#compress(sys: Sys, path: string): Wait<void> {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') return;
    if ((yield* writeFile(sys, `${path}.gz`, gzip(bytes), 0o640)) < 0) return;
    sys.unlink(path);
  }

  close(sys: Sys): void {
    if (this.#fd >= 0) sys.close(this.#fd);
    this.#fd = -1;
  }
}
