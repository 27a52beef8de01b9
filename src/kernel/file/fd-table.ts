import { EBADF, EMFILE } from '../../abi/errno.ts';
import type { OpenFile, VfsContext } from '../../vfs/index.ts';
import { closeFile } from '../../vfs/index.ts';

/** The file descriptors of a process. */
export class FdTable {
  readonly #files: (OpenFile | undefined)[] = [];
  readonly #cloexec: boolean[] = [];
  /** No descriptor below it is free. */
  #free = 0;

  get(fd: number): OpenFile | undefined {
    return this.#files[fd];
  }

  cloexec(fd: number): boolean {
    return this.#cloexec[fd] === true;
  }

  setCloexec(fd: number, on: boolean): void {
    this.#cloexec[fd] = on;
  }

  /** Highest descriptor in use, plus one. */
  get size(): number {
    return this.#files.length;
  }

  /** Numbers of the open descriptors, in order. */
  open(): number[] {
    const out: number[] = [];
    for (let fd = 0; fd < this.#files.length; fd++) if (this.#files[fd] !== undefined) out.push(fd);
    return out;
  }

  /** The lowest free descriptor from `from` on. @returns it, or -EMFILE */
  free(limit: number, from = 0): number {
    let fd = Math.max(from, this.#free);
    while (this.#files[fd] !== undefined) fd++;
    if (from <= this.#free) this.#free = fd;
    return fd < limit ? fd : -EMFILE;
  }

  /** Takes over the caller's reference. @returns the descriptor, or -EMFILE (the reference stays with the caller) */
  install(file: OpenFile, cloexec: boolean, limit: number, from = 0): number {
    const fd = this.free(limit, from);
    if (fd >= 0) this.put(fd, file, cloexec);
    return fd;
  }

  /** Puts `file` at a descriptor that is free. */
  put(fd: number, file: OpenFile, cloexec: boolean): void {
    while (this.#files.length < fd) this.#files.push(undefined);
    this.#files[fd] = file;
    this.#cloexec[fd] = cloexec;
  }

  /** @returns 0 or -EBADF */
  close(ctx: VfsContext, fd: number): number {
    const file = this.#files[fd];
    if (file === undefined) return -EBADF;
    this.#files[fd] = undefined;
    if (fd === this.#files.length - 1) this.#shrink();
    if (fd < this.#free) this.#free = fd;
    closeFile(ctx, file);
    return 0;
  }

  /** The table ends with the highest descriptor in use. */
  #shrink(): void {
    const files = this.#files;
    while (files.length > 0 && files.at(-1) === undefined) files.pop();
    if (this.#cloexec.length > files.length) this.#cloexec.length = files.length;
  }

  closeAll(ctx: VfsContext): void {
    for (const fd of this.open()) this.close(ctx, fd);
  }

  closeOnExec(ctx: VfsContext): void {
    for (const fd of this.open()) if (this.#cloexec[fd]) this.close(ctx, fd);
  }

  /** As fork(2): the same open files once more. */
  copy(): FdTable {
    const table = new FdTable();
    for (let fd = 0; fd < this.#files.length; fd++) {
      const file = this.#files[fd];
      if (file !== undefined) file.references++;
      table.#files.push(file);
      table.#cloexec.push(this.#cloexec[fd] === true);
    }
    table.#free = this.#free;
    return table;
  }
}
