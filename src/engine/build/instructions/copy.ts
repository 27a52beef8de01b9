import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { isDirectory, isSymlink, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { goMatch } from '../../../lib/go-match.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { TarReader } from '../../../lib/tar.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import { parseGroup, parsePasswd } from '../../../libc/accounts.ts';
import { copyContents } from '../../../libc/copy-file.ts';
import { open, readFile, type Wait, writeAll } from '../../../libc/io.ts';
import { basename, dirname, joinPath, listDir, mkdirp, normalizePath, removeTree } from '../../../libc/paths.ts';
import { Untar } from '../../../libc/untar.ts';
import { resolveIn } from '../../runtime/scope.ts';
import { BuildError, type BuildWork } from '../context.ts';
import { DockerfileError, type Instruction, jsonForm } from '../dockerfile.ts';
import { expand, expandWords } from '../expand.ts';
import { stageNamed } from '../stages.ts';
import type { StageState } from '../state.ts';
import { makeLayer } from './layer.ts';

interface Flags {
  from: string | undefined;
  chown: string | undefined;
  chmod: string | undefined;
}

function flagsOf(build: BuildWork, state: StageState, instruction: Instruction): Flags {
  const flags: Flags = { from: undefined, chown: undefined, chmod: undefined };
  for (const flag of instruction.flags) {
    const m = /^--([\w-]+)(?:=(.*))?$/.exec(flag)!;
    const value = expand(m[2] ?? '', state.lookup, build.escape);
    if (m[1] === 'from' && instruction.keyword === 'COPY') flags.from = value;
    else if (m[1] === 'chown') flags.chown = value;
    else if (m[1] === 'chmod') flags.chmod = value;
    else if (m[1] !== 'link')
      throw new DockerfileError(
        `dockerfile parse error on line ${instruction.first}: unknown flag: --${m[1]}`,
        instruction.first,
        instruction.last,
      );
  }
  return flags;
}

/** COPY and ADD: files of the context, of a stage or of an image, as a layer. */
export function* copy(
  build: BuildWork,
  state: StageState,
  instruction: Instruction,
  label: (text: string) => string,
): Wait<void> {
  const { keyword, first, last } = instruction;
  const flags = flagsOf(build, state, instruction);
  const plain = instruction.rest;
  const words =
    jsonForm(plain)?.map((word) => expand(word, state.lookup, build.escape)) ??
    expandWords(plain, state.lookup, build.escape);
  if (words.length < 2)
    throw new DockerfileError(
      `dockerfile parse error on line ${first}: ${keyword} requires at least two arguments, but only ${words.length === 0 ? 'zero were' : 'one was'} provided. Destination could not be determined.`,
      first,
      last,
    );
  const dest = words.pop()!;
  const sources = words.filter((word) => !word.startsWith('<<'));
  const isDir = dest.endsWith('/') || dest === '.' || dest.endsWith('/.') || dest === '..';
  if (words.length > 1 && !isDir)
    throw new DockerfileError(
      `dockerfile parse error on line ${first}: When using ${keyword} with more than one source file, the destination must be a directory and end with a /`,
      first,
      last,
    );
  const target = normalizePath(dest.startsWith('/') ? dest : `${state.config.WorkingDir || '/'}/${dest}`);
  const from = flags.from === undefined ? undefined : yield* mountSource(build, flags.from, first);
  try {
    const root = from?.root ?? build.contextDir;
    const found: string[] = [];
    for (const source of sources) {
      if (/^https?:\/\//.test(source))
        throw new BuildError(
          `failed to load cache key: Get "${source}": dial tcp: lookup ${/^https?:\/\/([^/:]+)/.exec(source)?.[1]}: no such host`,
          first,
          last,
        );
      const matches = findSources(build.sys, root, source);
      if (matches.length === 0)
        throw new BuildError(
          `failed to compute cache key: failed to calculate checksum of ref ${build.cache.key('ref', root).slice(0, 25)}::${build.cache.key('ref', source).slice(0, 25)}: "${normalizePath(`/${source}`)}": not found`,
          first,
          last,
        );
      found.push(...matches);
    }
    const docs = instruction.heredocs.map((doc) => ({
      name: doc.name,
      content: doc.expand ? expand(doc.content, state.lookup, build.escape, true) : doc.content,
    }));
    const digest = yield* digestOf(build, root, found);
    const option = (name: string, value: string | undefined): string =>
      value === undefined ? '' : ` --${name}=${value}`;
    yield* makeLayer(build, state, {
      vertex: label(`${[keyword, ...instruction.flags].join(' ')} ${[...words, dest].join(' ')}`),
      createdBy: `${keyword}${option('chown', flags.chown)}${option('chmod', flags.chmod)} ${[...words, dest].join(' ')} # buildkit`,
      identity: [keyword, flags, target, isDir, found.map((path) => path.slice(root.length)), digest, docs],
      *work(sys, merged) {
        const owner = flags.chown === undefined ? { uid: 0, gid: 0 } : yield* ownerOf(sys, merged, flags.chown);
        if (typeof owner === 'string') throw new BuildError(owner, first, last);
        const put = new Copier(
          sys,
          merged,
          owner,
          flags.chmod === undefined ? undefined : Number.parseInt(flags.chmod, 8),
          flags.from !== undefined,
        );
        for (const path of found)
          yield* put.source(path, target, isDir || found.length + docs.length > 1, keyword === 'ADD');
        for (const doc of docs) yield* put.text(doc.name, doc.content, target, isDir || found.length + docs.length > 1);
      },
    });
  } finally {
    from?.release();
  }
}

/** The tree that `--from` names: a stage, or an image. */
function* mountSource(build: BuildWork, name: string, line: number): Wait<{ root: string; release(): void }> {
  const { sys, host } = build;
  const stage = stageNamed(build.plan.stages, name);
  let layerId = stage ? build.states.get(stage)?.layer?.cacheId : undefined;
  if (!stage) {
    if (!host.store.find(name)) yield* host.pull(sys, name);
    layerId = host.store.get(name).topLayer?.cacheId;
  }
  if (layerId === undefined) throw new BuildError(`failed to compute cache key: "/": not found`, line);
  const mounted = layerId;
  return { root: yield* host.mount(sys, mounted), release: () => host.unmount(sys, mounted) };
}

/** Paths below `root` that a source names; a pattern may name many. */
function findSources(sys: Sys, root: string, source: string): string[] {
  const clean = normalizePath(`/${source}`);
  if (!/[*?[]/.test(clean)) {
    const path = clean === '/' ? root : resolveParent(sys, root, clean);
    return sys.lstat(path, new Stat()) === 0 ? [path] : [];
  }
  let level = [root];
  for (const part of clean.slice(1).split('/')) {
    const next: string[] = [];
    for (const dir of level) {
      const names = listDir(sys, dir);
      if (typeof names === 'number') continue;
      for (const name of names.sort()) if (goMatch(part, name)) next.push(joinPath(dir, name));
    }
    level = next;
  }
  return level;
}

/** As resolveIn, but the last component is taken as it is unless it is a link to follow. */
function resolveParent(sys: Sys, root: string, path: string): string {
  return resolveIn(sys, root, path);
}

/** Digest of names, modes, owners and contents; times do not count. */
function* digestOf(build: BuildWork, root: string, paths: readonly string[]): Wait<string> {
  const { sys } = build;
  const hash = build.host.sha256.create();
  const visit = function* (path: string, name: string): Wait<void> {
    const st = new Stat();
    if (sys.lstat(path, st) < 0) return;
    hash.update(encode(`${name}\0${st.mode}\0${st.uid}:${st.gid}\0${isDirectory(st.mode) ? 0 : st.size}\0`));
    if (isSymlink(st.mode)) hash.update(encode(String(sys.readlink(path))));
    else if (isDirectory(st.mode)) {
      const names = listDir(sys, path);
      for (const child of typeof names === 'number' ? [] : names.sort())
        yield* visit(joinPath(path, child), `${name}/${child}`);
    } else {
      const bytes = yield* readFile(sys, path);
      if (typeof bytes !== 'number') hash.update(bytes);
    }
    if (sys.tick()) yield;
  };
  for (const path of paths) yield* visit(path, path.slice(root.length));
  return hash.digestHex();
}

export interface Owner {
  uid: number;
  gid: number;
}

/** `USER[:GROUP]` by the files of the image. @returns what is wrong as text */
export function* ownerOf(sys: Sys, root: string, text: string): Wait<Owner | string> {
  const [user = '', group] = text.split(':');
  const owner: Owner = { uid: 0, gid: 0 };
  if (/^\d+$/.test(user)) owner.uid = owner.gid = Number(user);
  else {
    const bytes = yield* readFile(sys, resolveIn(sys, root, '/etc/passwd'));
    const found = typeof bytes === 'number' ? undefined : parsePasswd(decode(bytes)).find((u) => u.name === user);
    if (!found)
      return `unable to convert uid/gid chown string to host mapping: can't find uid for user ${user}: no such user: ${user}`;
    owner.uid = found.uid;
    owner.gid = found.gid;
  }
  if (group === undefined) return owner;
  if (/^\d+$/.test(group)) owner.gid = Number(group);
  else {
    const bytes = yield* readFile(sys, resolveIn(sys, root, '/etc/group'));
    const found = typeof bytes === 'number' ? undefined : parseGroup(decode(bytes)).find((g) => g.name === group);
    if (!found)
      return `unable to convert uid/gid chown string to host mapping: can't find gid for group ${group}: no such group: ${group}`;
    owner.gid = found.gid;
  }
  return owner;
}

/** Writes files into a mounted tree. */
class Copier {
  constructor(
    readonly sys: Sys,
    readonly root: string,
    readonly owner: Owner,
    readonly mode: number | undefined,
    /** Copied from a stage or an image: owners stay unless --chown. */
    readonly keepOwner: boolean,
  ) {}

  *source(path: string, target: string, intoDir: boolean, unpack: boolean): Wait<void> {
    const { sys } = this;
    const st = new Stat();
    if (sys.stat(path, st) < 0) sys.lstat(path, st);
    if (isDirectory(st.mode)) {
      this.directory(target, st);
      const names = listDir(sys, path);
      for (const name of typeof names === 'number' ? [] : names.sort())
        yield* this.tree(joinPath(path, name), joinPath(target, name));
      return;
    }
    if (unpack && (yield* isArchive(sys, path))) {
      this.parents(joinPath(target, 'x'));
      yield* this.archive(path, target);
      return;
    }
    const there = new Stat();
    const place = resolveIn(sys, this.root, target);
    const isDir = intoDir || (sys.stat(place, there) === 0 && isDirectory(there.mode));
    yield* this.tree(path, isDir ? joinPath(target, basename(path)) : target);
  }

  /** Copies what `path` is, with all below, to the place `target` in the tree. */
  *tree(path: string, target: string): Wait<void> {
    const { sys } = this;
    const st = new Stat();
    if (sys.lstat(path, st) < 0) return;
    if (isDirectory(st.mode)) {
      this.directory(target, st);
      const names = listDir(sys, path);
      for (const name of typeof names === 'number' ? [] : names.sort())
        yield* this.tree(joinPath(path, name), joinPath(target, name));
      return;
    }
    this.parents(target);
    const place = joinPath(resolveIn(sys, this.root, dirname(target)), basename(target));
    const there = new Stat();
    if (sys.lstat(place, there) === 0 && (isSymlink(st.mode) || !isDirectory(there.mode))) removeTree(sys, place);
    if (isSymlink(st.mode)) sys.symlink(String(sys.readlink(path)), place);
    else {
      const from = yield* open(sys, path, 0);
      const to = yield* open(sys, place, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
      const r = from < 0 ? from : to < 0 ? to : yield* copyContents(sys, from, to);
      if (from >= 0) sys.close(from);
      if (to >= 0) sys.close(to);
      if (r < 0) throw new BuildError(`failed to copy files: copy file range failed: errno ${-r}`);
    }
    this.attributes(place, st);
    if (sys.tick()) yield;
  }

  *text(name: string, content: string, target: string, intoDir: boolean): Wait<void> {
    const { sys } = this;
    const path = intoDir ? joinPath(target, name) : target;
    this.parents(path);
    const place = joinPath(resolveIn(sys, this.root, dirname(path)), basename(path));
    const fd = yield* open(sys, place, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    yield* writeAll(sys, fd, content);
    sys.close(fd);
    sys.chown(place, this.owner.uid, this.owner.gid);
    sys.chmod(place, this.mode ?? 0o644);
  }

  *archive(path: string, target: string): Wait<void> {
    const { sys } = this;
    const place = resolveIn(sys, this.root, target);
    mkdirp(sys, place, 0o755);
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') return;
    const untar = new Untar(sys, place, { whiteouts: false });
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
      const gunzip = new Gunzip();
      for (const piece of gunzip.push(bytes)) yield* untar.push(piece);
    } else for (let at = 0; at < bytes.length; at += 65536) yield* untar.push(bytes.subarray(at, at + 65536));
    yield* untar.finish();
  }

  directory(target: string, st: Stat): void {
    this.parents(target);
    const place = resolveIn(this.sys, this.root, target);
    const made = this.sys.mkdir(place, 0o755) === 0;
    if (made || target !== '/') this.attributes(place, st, !made);
  }

  /** Makes the directories above a place, as root's. */
  parents(target: string): void {
    mkdirp(this.sys, resolveIn(this.sys, this.root, dirname(target)), 0o755);
  }

  attributes(place: string, st: Stat, exists = false): void {
    const { sys } = this;
    if (exists) return;
    const owner = this.keepOwner && this.owner.uid === 0 && this.owner.gid === 0 ? st : this.owner;
    sys.lchown(place, owner.uid, owner.gid);
    if (!isSymlink(st.mode)) sys.chmod(place, this.mode ?? st.mode & 0o7777);
    sys.utimens(place, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec, true);
  }
}

/** An archive shows within this many bytes that it is one, PAX headers before its first entry included. */
const HEADERS = 65536;

/** Whether ADD unpacks a file: a tar archive, or a gzipped one. */
function* isArchive(sys: Sys, path: string): Wait<boolean> {
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number' || bytes.length < 512) return false;
  let head = bytes.subarray(0, HEADERS);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const first = new Gunzip().push(bytes)[0];
    if (!first) return false;
    head = first.subarray(0, HEADERS);
  }
  return new TarReader().push(head).some((event) => event.type === 'header');
}
