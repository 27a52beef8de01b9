import { isDirectory, isRegular, isSymlink, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { encode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { joinPath, listDir } from '../../libc/paths.ts';

/**
 * Digest of what is at some paths: names, modes, owners and contents; times do not count.
 * @param include says of a path below one of them whether it counts
 */
export function* treeDigest(
  sys: Sys,
  sha256: HashFactory,
  roots: readonly { path: string; name: string }[],
  include: (relative: string, isDir: boolean) => boolean = () => true,
): Wait<string> {
  const hash = sha256.create();
  const visit = function* (path: string, name: string, relative: string): Wait<void> {
    const st = new Stat();
    if (sys.lstat(path, st) < 0) return;
    const isDir = isDirectory(st.mode);
    if (relative !== '' && !include(relative, isDir)) return;
    hash.update(encode(`${name}\0${st.mode}\0${st.uid}:${st.gid}\0${isDir ? 0 : st.size}\0`));
    if (isSymlink(st.mode)) hash.update(encode(String(sys.readlink(path))));
    else if (isDir) {
      const names = listDir(sys, path);
      for (const child of typeof names === 'number' ? [] : names.sort())
        yield* visit(joinPath(path, child), `${name}/${child}`, relative === '' ? child : `${relative}/${child}`);
    } else if (isRegular(st.mode)) {
      const bytes = yield* readFile(sys, path);
      if (typeof bytes !== 'number') hash.update(bytes);
    }
    if (sys.tick()) yield;
  };
  for (const { path, name } of roots) yield* visit(path, name, '');
  return hash.digestHex();
}
