import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { listDir, normalizePath } from '../../libc/paths.ts';

/** Bytes that BuildKit's session sends for a file: its name, attributes and content in protobuf. @see tonistiigi/fsutil */
export function sentSize(path: string, size: number): number {
  const varint = size > 127 ? 1 : 0;
  return 19 + path.length + varint + (size > 0 ? size + 6 + varint : 0);
}

/** Bytes that are sent of a folder for the paths that a build reads. */
export function transferBytes(sys: Sys, root: string, paths: ReadonlySet<string>): number {
  const wanted = [...paths].map((path) => normalizePath(`/${path}`).slice(1));
  const all = wanted.some((path) => path === '' || /[*?[]/.test(path));
  const sum = (dir: string, prefix: string): number => {
    let bytes = 0;
    const names = listDir(sys, dir);
    for (const name of typeof names === 'number' ? [] : names) {
      const path = prefix + name;
      const inside = all || wanted.some((w) => path === w || path.startsWith(`${w}/`));
      if (!inside && !wanted.some((w) => w.startsWith(`${path}/`))) continue;
      const st = new Stat();
      if (sys.lstat(`${dir}/${name}`, st) < 0) continue;
      const isDir = isDirectory(st.mode);
      bytes += sentSize(path, isDir ? 0 : st.size);
      if (isDir) bytes += sum(`${dir}/${name}`, `${path}/`);
    }
    return bytes;
  };
  return 2 + sum(root, '');
}
