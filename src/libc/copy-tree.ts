import { EEXIST, ENOENT, ENOTDIR } from '../abi/errno.ts';
import { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } from '../abi/flags.ts';
import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isRegular,
  isSocket,
  isSymlink,
  S_IFMT,
  Stat,
} from '../abi/stat.ts';
import { type Backup, keep } from './backup.ts';
import { copyContents } from './copy-file.ts';
import { open, type Wait } from './io.ts';
import { joinPath, listDir } from './paths.ts';
import type { Context } from './program.ts';
import { shellQuote } from './shell-quote.ts';

/** What cp(1), mv(1) and install(1) ask of a copy. */
export interface CopyOptions {
  recursive: boolean;
  /** Follow symlinks: of operands only, always, never. */
  follow: 'operands' | 'always' | 'never';
  preserveMode: boolean;
  preserveOwner: boolean;
  preserveTimes: boolean;
  preserveLinks: boolean;
  force: boolean;
  removeDestination: boolean;
  noClobber: boolean;
  update: boolean;
  interactive: boolean;
  verbose: boolean;
  link: 'hard' | 'symbolic' | undefined;
  attributesOnly: boolean;
  /** What is overwritten is kept. */
  backup?: Backup | undefined;
}

export const PLAIN_COPY: CopyOptions = {
  recursive: false,
  follow: 'always',
  preserveMode: false,
  preserveOwner: false,
  preserveTimes: false,
  preserveLinks: false,
  force: false,
  removeDestination: false,
  noClobber: false,
  update: false,
  interactive: false,
  verbose: false,
  link: undefined,
  attributesOnly: false,
};

type CopyContext = Pick<Context, 'sys' | 'form' | 'name' | 'warn' | 'strerror' | 'stdout' | 'stderr' | 'stdin'>;

/** Copies files and trees with the messages of cp(1). One object for one command: it remembers hard links and what it made. */
export class TreeCopier {
  /** `dev:ino` of a copied file to where its copy is. */
  #links = new Map<string, string>();
  #made = new Set<string>();

  constructor(
    readonly ctx: CopyContext,
    readonly options: CopyOptions,
  ) {}

  /** Copies one operand to the exact path `to`. @returns true where all went well */
  *copy(from: string, to: string, depth = 0): Wait<boolean> {
    const { sys } = this.ctx;
    if (sys.tick()) yield;
    const st = new Stat();
    const follow = this.options.follow === 'always' || (this.options.follow === 'operands' && depth === 0);
    const r = follow ? sys.stat(from, st) : sys.lstat(from, st);
    if (r < 0) return yield* this.fail(this.gnu(`cannot stat ${shellQuote(from)}`, `can't stat '${from}'`), r);
    if (isDirectory(st.mode)) return yield* this.copyDirectory(from, to, st, depth);
    const there = new Stat();
    const exists = sys.lstat(to, there) === 0;
    let note = '';
    if (exists) {
      const target = new Stat();
      if (
        sys.stat(to, target) === 0 &&
        target.dev === st.dev &&
        target.ino === st.ino &&
        !this.options.removeDestination &&
        this.options.link === undefined
      ) {
        if (!(isSymlink(there.mode) && !follow))
          return yield* this.fail(
            this.gnu(
              `${shellQuote(from)} and ${shellQuote(to)} are the same file`,
              `'${from}' and '${to}' are the same file`,
            ),
          );
      }
      if (sys.stat(to, target) === 0 && isDirectory(target.mode) && !isSymlink(there.mode))
        return yield* this.fail(
          this.gnu(
            `cannot overwrite directory ${shellQuote(to)} with non-directory`,
            `can't overwrite directory with non-directory`,
          ),
        );
      if (this.options.noClobber) return true;
      if (
        this.options.update &&
        (target.mtimeSec > st.mtimeSec || (target.mtimeSec === st.mtimeSec && target.mtimeNsec >= st.mtimeNsec))
      )
        return true;
      if (
        this.options.interactive &&
        !(yield* this.ask(this.gnu(`overwrite ${shellQuote(to)}? `, `overwrite '${to}'? `)))
      )
        return true;
      if (this.#made.has(to))
        return yield* this.fail(`will not overwrite just-created ${shellQuote(to)} with ${shellQuote(from)}`);
      if (this.options.backup && !isDirectory(there.mode)) {
        const kept = keep(sys, to, this.options.backup);
        if (typeof kept === 'number') return yield* this.fail(`cannot backup ${shellQuote(to)}`, kept);
        note = ` (backup: ${shellQuote(kept)})`;
      } else if (this.options.removeDestination || (!follow && isSymlink(st.mode)) || !(isRegular(st.mode) || follow)) {
        const gone = sys.unlink(to);
        if (gone < 0)
          return yield* this.fail(this.gnu(`cannot remove ${shellQuote(to)}`, `can't remove '${to}'`), gone);
      }
    }
    if (this.options.verbose) yield* this.ctx.stdout.write(`${shellQuote(from)} -> ${shellQuote(to)}${note}\n`);
    const ok = yield* this.copyNode(from, to, st, follow);
    if (ok) this.#made.add(to);
    return ok;
  }

  *copyNode(from: string, to: string, st: Stat, follow: boolean): Wait<boolean> {
    const { sys } = this.ctx;
    if (this.options.link !== undefined) {
      const r = this.options.link === 'hard' ? sys.link(from, to) : sys.symlink(from, to);
      return r < 0
        ? yield* this.fail(
            this.gnu(
              `cannot create ${this.options.link === 'hard' ? 'hard' : 'symbolic'} link ${shellQuote(to)} to ${shellQuote(from)}`,
              `can't create link '${to}'`,
            ),
            r,
          )
        : true;
    }
    const key = `${st.dev}:${st.ino}`;
    if (this.options.preserveLinks && st.nlink > 1) {
      const first = this.#links.get(key);
      if (first !== undefined) {
        sys.unlink(to);
        const r = sys.link(first, to);
        return r < 0 ? yield* this.fail(`cannot create hard link ${shellQuote(to)} to ${shellQuote(first)}`, r) : true;
      }
      this.#links.set(key, to);
    }
    if (isSymlink(st.mode)) {
      const target = sys.readlink(from);
      const r = typeof target === 'number' ? target : sys.symlink(target, to);
      if (r < 0)
        return yield* this.fail(
          this.gnu(`cannot create symbolic link ${shellQuote(to)}`, `can't create symlink '${to}'`),
          r,
        );
      return this.attributes(to, st, true);
    }
    if (isFifo(st.mode) || isCharDevice(st.mode) || isBlockDevice(st.mode) || isSocket(st.mode)) {
      if (this.options.recursive) {
        const r = sys.mknod(to, st.mode, st.rdev);
        if (r < 0)
          return yield* this.fail(this.gnu(`cannot create special file ${shellQuote(to)}`, `can't create '${to}'`), r);
        return this.attributes(to, st, false);
      }
    }
    return yield* this.copyRegular(from, to, st, follow);
  }

  *copyRegular(from: string, to: string, st: Stat, follow: boolean): Wait<boolean> {
    const { sys } = this.ctx;
    const source = yield* open(sys, from, O_RDONLY | (follow ? 0 : O_NOFOLLOW));
    if (source < 0)
      return yield* this.fail(this.gnu(`cannot open ${shellQuote(from)} for reading`, `can't open '${from}'`), source);
    let target = yield* open(sys, to, O_WRONLY | O_TRUNC);
    if (target === -ENOENT) target = yield* open(sys, to, O_WRONLY | O_CREAT | O_EXCL, st.mode & 0o777);
    if (target === -EEXIST) {
      sys.close(source);
      return yield* this.fail(
        this.gnu(`not writing through dangling symlink ${shellQuote(to)}`, `can't create '${to}': File exists`),
      );
    }
    if (target < 0 && this.options.force && target !== -ENOENT && target !== -ENOTDIR) {
      if (sys.unlink(to) === 0) target = yield* open(sys, to, O_WRONLY | O_CREAT | O_EXCL, st.mode & 0o777);
    }
    if (target < 0) {
      sys.close(source);
      return yield* this.fail(this.gnu(`cannot create regular file ${shellQuote(to)}`, `can't create '${to}'`), target);
    }
    const r = this.options.attributesOnly ? 0 : yield* copyContents(sys, source, target);
    sys.close(source);
    sys.close(target);
    if (r < 0) return yield* this.fail(this.gnu(`error writing ${shellQuote(to)}`, 'write error'), r);
    return this.attributes(to, st, false);
  }

  *copyDirectory(from: string, to: string, st: Stat, depth: number): Wait<boolean> {
    const { sys } = this.ctx;
    if (!this.options.recursive)
      return yield* this.fail(
        this.gnu(`-r not specified; omitting directory ${shellQuote(from)}`, `omitting directory '${from}'`),
      );
    const there = new Stat();
    const exists = sys.lstat(to, there) === 0;
    if (exists && !(sys.stat(to, there) === 0 && isDirectory(there.mode)))
      return yield* this.fail(
        this.gnu(
          `cannot overwrite non-directory ${shellQuote(to)} with directory ${shellQuote(from)}`,
          `target '${to}' is not a directory`,
        ),
      );
    if (exists && depth === 0 && there.dev === st.dev && there.ino === st.ino)
      return yield* this.fail(
        this.gnu(
          `cannot copy a directory, ${shellQuote(from)}, into itself, ${shellQuote(to)}`,
          `recursion detected, omitting directory '${from}'`,
        ),
      );
    if (this.#made.has(`${st.dev}:${st.ino}`))
      return yield* this.fail(`cannot copy a directory, ${shellQuote(from)}, into itself, ${shellQuote(to)}`);
    const umask = sys.umask(0);
    sys.umask(umask);
    if (!exists) {
      const r = sys.mkdir(to, (st.mode & 0o777) | 0o700);
      if (r < 0)
        return yield* this.fail(
          this.gnu(`cannot create directory ${shellQuote(to)}`, `can't create directory '${to}'`),
          r,
        );
      const made = new Stat();
      if (sys.stat(to, made) === 0) this.#made.add(`${made.dev}:${made.ino}`);
      if (this.options.verbose) yield* this.ctx.stdout.write(`${shellQuote(from)} -> ${shellQuote(to)}\n`);
    }
    const names = listDir(sys, from);
    if (typeof names === 'number')
      return yield* this.fail(this.gnu(`cannot access ${shellQuote(from)}`, `can't open '${from}'`), names);
    let ok = true;
    for (const name of names) if (!(yield* this.copy(joinPath(from, name), joinPath(to, name), depth + 1))) ok = false;
    if (!exists || this.options.preserveMode || this.options.preserveTimes) {
      if (!exists && !this.options.preserveMode) sys.chmod(to, st.mode & 0o777 & ~umask);
      this.attributes(to, st, false);
    }
    return ok;
  }

  attributes(path: string, st: Stat, isLink: boolean): boolean {
    const { sys } = this.ctx;
    if (this.options.preserveOwner) sys.lchown(path, st.uid, st.gid);
    if (this.options.preserveMode && !isLink) sys.chmod(path, st.mode & 0o7777);
    if (this.options.preserveTimes) sys.utimens(path, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec, isLink);
    return true;
  }

  gnu(gnu: string, busybox: string): string {
    return this.ctx.form === 'gnu' ? gnu : busybox;
  }

  *fail(message: string, errno?: number): Wait<boolean> {
    yield* this.ctx.warn(errno === undefined ? message : `${message}: ${this.ctx.strerror(errno)}`);
    return false;
  }

  *ask(what: string): Wait<boolean> {
    yield* this.ctx.stdout.flush();
    yield* this.ctx.stderr.write(`${this.ctx.name}: ${what}`);
    return /^[yY]/.test((yield* this.ctx.stdin.line()) ?? '');
  }
}

/** True where both are of one type (so that rename may replace one by the other). */
export const sameType = (a: number, b: number): boolean => (a & S_IFMT) === (b & S_IFMT);
