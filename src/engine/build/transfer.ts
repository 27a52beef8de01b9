import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { humanSize } from '../../lib/units.ts';
import { listDir, normalizePath } from '../../libc/paths.ts';

/** Bytes that BuildKit's session sends for a file: its name, attributes and content in protobuf. @see tonistiigi/fsutil */
export function sentSize(path: string, size: number): number {
  const varint = size > 127 ? 1 : 0;
  return 19 + path.length + varint + (size > 0 ? size + 6 + varint : 0);
}

/** `175B`, `3.07kB` */
export const bytesText = (bytes: number): string => (bytes < 1000 ? `${bytes}B` : humanSize(bytes, 3));

/** What of a folder is sent for the paths that a build reads, as the display writes it. */
export function transferSize(sys: Sys, root: string, paths: ReadonlySet<string>): string {
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
  return bytesText(2 + sum(root, ''));
}
