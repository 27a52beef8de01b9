import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG } from '../abi/stat.ts';
import { makeElf } from '../lib/elf.ts';

/** One entry of a root filesystem, made from a manifest line. */
export interface RootfsEntry {
  /** Absolute. */
  path: string;
  /** File type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Logical length; bytes after `data` are a hole. */
  size: number;
  /** First bytes of a regular file. */
  data?: Uint8Array;
  /** Target of a symbolic link. */
  target?: string;
  /** Path that a hard link names. */
  link?: string;
  device?: { major: number; minor: number };
}

/** How a manifest finds its neighbours. */
export interface RootfsFolder {
  manifest: string;
  /** Bytes of `rootfs/PATH`, or undefined where there is none. */
  file(path: string): Uint8Array | undefined;
  /** Absolute paths of all files below rootfs/. */
  files(): Iterable<string>;
}

interface State {
  entries: Map<string, RootfsEntry>;
  flavour: 'glibc' | 'musl' | 'go';
  versions: Map<string, string>;
}

/** A manifest that is being read. */
interface Reading {
  folder: RootfsFolder;
  state: State;
  /** Programs whose version the manifest that includes this one has said: it knows better. */
  said: ReadonlySet<string>;
}

/**
 * Reads a root filesystem's manifest (the format is in images/README.md).
 * @param folder gives the folder named by an `include` (relative to this one; '' is this one)
 * @returns the entries by path, parents before children
 * @throws Error that names the line which is wrong: the data are ours
 */
export function readRootfs(folder: (name: string) => RootfsFolder, name = ''): RootfsEntry[] {
  const state: State = { entries: new Map(), flavour: 'glibc', versions: new Map() };
  readFolder(folder, name, state);
  return [...state.entries.values()].sort(
    (a, b) => Number(a.link !== undefined) - Number(b.link !== undefined) || (a.path < b.path ? -1 : 1),
  );
}

function readFolder(
  folder: (name: string) => RootfsFolder,
  name: string,
  state: State,
  said: ReadonlySet<string> = new Set(),
): void {
  const here = folder(name);
  for (const [at, line] of here.manifest.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(' ');
    const included = words[0] === 'include' ? words[1] : undefined;
    if (included !== undefined) {
      readFolder(folder, included, state, new Set(state.versions.keys()));
      continue;
    }
    if (!readLine(words, { folder: here, state, said })) throw new Error(`rootfs.manifest line ${at + 1}: ${line}`);
  }
  for (const path of here.files()) {
    if (state.entries.has(path) && state.entries.get(path)!.data !== undefined) {
      const entry = state.entries.get(path)!;
      if ((entry.mode & S_IFREG) === S_IFREG && !isProgram(entry)) setData(entry, here.file(path)!);
      continue;
    }
    const data = here.file(path)!;
    const known = state.entries.get(path);
    if (known) setData(known, data);
    else state.entries.set(path, { path, mode: S_IFREG | 0o644, uid: 0, gid: 0, size: data.length, data });
  }
}

const isProgram = (entry: RootfsEntry): boolean => entry.data?.[0] === 0x7f;

function setData(entry: RootfsEntry, data: Uint8Array): void {
  entry.data = data;
  entry.size = data.length;
}

function readLine(words: string[], { folder, state, said }: Reading): boolean {
  const kind = words.shift();
  if (kind === 'flavour') {
    state.flavour = words[0] as State['flavour'];
    return true;
  }
  if (kind === 'version') {
    if (!said.has(words[0]!)) state.versions.set(words[0]!, words.slice(1).join(' '));
    return true;
  }
  if (kind === 'r') {
    const path = words[0];
    if (!path) return false;
    for (const known of state.entries.keys())
      if (known === path || known.startsWith(`${path}/`)) state.entries.delete(known);
    return true;
  }
  if (kind === 'l' || kind === 'h') {
    const [path, target] = words;
    if (!path || !target) return false;
    const base = { path, uid: 0, gid: 0, size: 0 };
    state.entries.set(
      path,
      kind === 'l' ? { ...base, mode: S_IFLNK | 0o777, target } : { ...base, mode: S_IFREG, link: target },
    );
    return true;
  }
  const mode = Number.parseInt(words.shift() ?? '', 8);
  let [uid, gid] = [0, 0];
  if (/^\d+:\d+$/.test(words[0] ?? '') && (kind !== 'c' || /^\d+:\d+$/.test(words[1] ?? ''))) {
    const owner = words.shift()!.split(':').map(Number);
    [uid, gid] = [owner[0]!, owner[1]!];
  }
  if (Number.isNaN(mode)) return false;
  if (kind === 'd') {
    const path = words[0]!;
    state.entries.set(path, { path, mode: S_IFDIR | mode, uid, gid, size: 0 });
    return true;
  }
  if (kind === 'c') {
    const [device, path] = words as [string, string];
    const [major, minor] = device.split(':').map(Number) as [number, number];
    state.entries.set(path, { path, mode: S_IFCHR | mode, uid, gid, size: 0, device: { major, minor } });
    return true;
  }
  const size = Number(words.shift());
  const path = words.shift();
  if (path === undefined || Number.isNaN(size)) return false;
  const entry: RootfsEntry = { path, mode: S_IFREG | mode, uid, gid, size };
  if (kind === 'x') {
    const program = words[0] ?? path.slice(path.lastIndexOf('/') + 1);
    entry.data = makeElf({ program, version: state.versions.get(program) ?? '', flavour: state.flavour });
    entry.size = Math.max(size, entry.data.length);
  } else if (kind === 'f') {
    const data = folder.file(path);
    if (data) setData(entry, data);
  } else return false;
  state.entries.set(path, entry);
  return true;
}
