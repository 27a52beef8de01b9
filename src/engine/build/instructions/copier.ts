import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { isDirectory, isRegular, isSymlink, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { copyContents } from '../../../libc/copy-file.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import { basename, dirname, joinPath, listDir, mkdirp, removeTree } from '../../../libc/paths.ts';
import { strerror } from '../../../libc/strerror.ts';
import { resolveIn } from '../../runtime/scope.ts';
import { BuildError } from '../context.ts';
import { isArchive, unpack } from './archive.ts';
import type { Owner } from './owner.ts';

/** How files are put into a tree. */
export interface CopyRules {
  /** Undefined: owners stay as they are. */
  owner: Owner | undefined;
  /** New permissions of a file or directory. */
  mode: ((mode: number, isDir: boolean) => number) | undefined;
  /** Which paths below a source are copied. */
  include(relative: string, isDir: boolean): boolean;
  /** Archives are unpacked. */
  unpack: boolean;
}

/** Writes files into a mounted tree. */
export class Copier {
  constructor(
    readonly sys: Sys,
    readonly root: string,
    readonly rules: CopyRules,
  ) {}

  /** Copies one source: the content of a directory, a file into a directory or under a new name. */
  *source(path: string, target: string, intoDir: boolean): Wait<void> {
    const { sys } = this;
    const st = new Stat();
    if (sys.stat(path, st) < 0) sys.lstat(path, st);
    if (isDirectory(st.mode)) {
      this.directory(target, st);
      yield* this.#children(path, target, '');
      return;
    }
    if (this.rules.unpack && isRegular(st.mode) && (yield* isArchive(sys, path))) {
      this.parents(joinPath(target, 'x'));
      yield* unpack(sys, path, resolveIn(sys, this.root, target));
      return;
    }
    if (!this.rules.include(basename(path), false)) return;
    const there = new Stat();
    const place = resolveIn(sys, this.root, target);
    const isDir = intoDir || (sys.stat(place, there) === 0 && isDirectory(there.mode));
    yield* this.tree(path, isDir ? joinPath(target, basename(path)) : target, basename(path));
  }

  *#children(path: string, target: string, relative: string): Wait<void> {
    const names = listDir(this.sys, path);
    for (const name of typeof names === 'number' ? [] : names.sort()) {
      const below = relative === '' ? name : `${relative}/${name}`;
      yield* this.tree(joinPath(path, name), joinPath(target, name), below);
    }
  }

  /** Copies what `path` is, with all below, to the place `target` in the tree. */
  *tree(path: string, target: string, relative: string): Wait<void> {
    const { sys } = this;
    const st = new Stat();
    if (sys.lstat(path, st) < 0) return;
    const isDir = isDirectory(st.mode);
    if (!this.rules.include(relative, isDir)) return;
    if (isDir) {
      this.directory(target, st);
      yield* this.#children(path, target, relative);
      return;
    }
    this.parents(target);
    const place = joinPath(resolveIn(sys, this.root, dirname(target)), basename(target));
    const there = new Stat();
    if (sys.lstat(place, there) === 0 && (isSymlink(st.mode) || !isDirectory(there.mode))) removeTree(sys, place);
    if (isSymlink(st.mode)) sys.symlink(String(sys.readlink(path)), place);
    else if (isRegular(st.mode)) yield* this.#file(path, place);
    else sys.mknod(place, st.mode, st.rdev);
    this.attributes(place, st);
    if (sys.tick()) yield;
  }

  *#file(path: string, place: string): Wait<void> {
    const { sys } = this;
    const from = yield* open(sys, path, 0);
    const to = yield* open(sys, place, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    const r = from < 0 ? from : to < 0 ? to : yield* copyContents(sys, from, to);
    if (from >= 0) sys.close(from);
    if (to >= 0) sys.close(to);
    if (r < 0) throw new BuildError(`failed to copy files: ${strerror(-r, 'go')}`);
  }

  /** Writes a file of its own. */
  *text(name: string, content: string, target: string, intoDir: boolean): Wait<void> {
    const { sys } = this;
    const path = intoDir ? joinPath(target, name) : target;
    this.parents(path);
    const place = joinPath(resolveIn(sys, this.root, dirname(path)), basename(path));
    const fd = yield* open(sys, place, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    yield* writeAll(sys, fd, content);
    sys.close(fd);
    const owner = this.rules.owner ?? { uid: 0, gid: 0 };
    sys.chown(place, owner.uid, owner.gid);
    sys.chmod(place, this.rules.mode?.(0o644, false) ?? 0o644);
  }

  directory(target: string, st: Stat): void {
    this.parents(target);
    const place = resolveIn(this.sys, this.root, target);
    if (this.sys.mkdir(place, 0o755) === 0) this.attributes(place, st);
  }

  /** Makes the directories above a place, with the owner of what is copied. */
  parents(target: string): void {
    const dir = resolveIn(this.sys, this.root, dirname(target));
    const missing: string[] = [];
    const st = new Stat();
    for (let at = dir; at.length > this.root.length && this.sys.lstat(at, st) < 0; at = dirname(at)) missing.push(at);
    mkdirp(this.sys, dir, 0o755);
    const { owner } = this.rules;
    if (owner) for (const path of missing) this.sys.chown(path, owner.uid, owner.gid);
  }

  attributes(place: string, st: Stat): void {
    const { sys } = this;
    const owner = this.rules.owner ?? st;
    sys.lchown(place, owner.uid, owner.gid);
    const mode = st.mode & 0o7777;
    if (!isSymlink(st.mode)) sys.chmod(place, this.rules.mode?.(mode, isDirectory(st.mode)) ?? mode);
    sys.utimens(place, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec, true);
  }
}
