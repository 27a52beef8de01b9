import { fromHex, toHex } from '../../lib/hex.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import type { ObjectStore } from './objects.ts';

export const MODE_TREE = 0o040000;
export const MODE_FILE = 0o100644;
export const MODE_EXECUTABLE = 0o100755;
export const MODE_LINK = 0o120000;
export const MODE_GITLINK = 0o160000;

export interface TreeEntry {
  mode: number;
  name: string;
  id: string;
}

/** Files of a commit by path: mode and blob. */
export type Files = Map<string, { mode: number; id: string }>;

export function parseTree(bytes: Uint8Array): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    const head = decode(bytes.subarray(at, end));
    const space = head.indexOf(' ');
    entries.push({
      mode: Number.parseInt(head.slice(0, space), 8),
      name: head.slice(space + 1),
      id: toHex(bytes.subarray(end + 1, end + 21)),
    });
    at = end + 21;
  }
  return entries;
}

/** Names are compared as bytes, directories as if they ended in a slash. */
const key = (entry: TreeEntry): string => (entry.mode === MODE_TREE ? `${entry.name}/` : entry.name);

export function formatTree(entries: readonly TreeEntry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return joinBytes(sorted.flatMap((e) => [encode(`${e.mode.toString(8)} ${e.name}\0`), fromHex(e.id)!]));
}

/** All files below a tree. */
export function* filesOf(
  store: ObjectStore,
  tree: string | undefined,
  prefix = '',
  out: Files = new Map(),
): Wait<Files> {
  if (tree === undefined) return out;
  const object = yield* store.read(tree);
  if (!object) return out;
  for (const entry of parseTree(object.bytes)) {
    if (store.sys.tick()) yield;
    if (entry.mode === MODE_TREE) yield* filesOf(store, entry.id, `${prefix}${entry.name}/`, out);
    else out.set(prefix + entry.name, { mode: entry.mode, id: entry.id });
  }
  return out;
}

/** Writes the trees that hold `files`. @returns the id of the root */
export function* writeTree(store: ObjectStore, files: Files): Wait<string> {
  const entries: TreeEntry[] = [];
  const folders = new Map<string, Files>();
  for (const [path, file] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) entries.push({ ...file, name: path });
    else {
      const name = path.slice(0, slash);
      let inner = folders.get(name);
      if (!inner) {
        inner = new Map();
        folders.set(name, inner);
      }
      inner.set(path.slice(slash + 1), file);
    }
  }
  for (const [name, inner] of folders) entries.push({ mode: MODE_TREE, name, id: yield* writeTree(store, inner) });
  return yield* store.write('tree', formatTree(entries));
}
