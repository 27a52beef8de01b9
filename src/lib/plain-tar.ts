import { type TarHeader, tarHeader } from './tar-header.ts';
import type { TarSplitter } from './tar-split.ts';
import { alignSegments, TarWriter } from './tar-writer.ts';

/** Bytes of a page: holes are looked for by pages. */
const PAGE = 4096;

/** A sparse file: its map and content stand at the begin of what follows its headers. */
interface Sparse {
  header: TarHeader;
  map: Uint8Array;
}

/**
 * Whether an archive is what we would write for its files once they are unpacked (in the order of their names, with our
 * headers, holes where whole pages are zeros): then nothing has to be kept to write it again.
 * @param headers of the entries, as the archive has them
 */
export function isPlainTar(split: TarSplitter, headers: readonly TarHeader[]): boolean {
  if (split.lost || headers.length !== split.entries.length) return false;
  const writer = new TarWriter();
  const seen = new Set<string>(['']);
  let last: readonly string[] = [];
  let sparse: Sparse | undefined;
  for (const [i, header] of headers.entries()) {
    const { raw, size, held } = split.entries[i]!;
    const path = header.name.replace(/\/$/, '').split('/');
    const up = path.slice(0, -1).join('/');
    const real = path.map((part, at) => (at === path.length - 1 ? nameOf(part) : part));
    if (!seen.has(up) || !follows(last, real)) return false;
    if (header.type === 'dir') seen.add(path.join('/'));
    last = real;
    const own = afterData(raw, sparse);
    const content = header.sparse?.reduce((n, [, length]) => n + length, 0) ?? size;
    if (!own || held < (header.sparse ? content : 0) || (header.sparse ? !isAligned(header) : header.size !== size))
      return false;
    const { uname: _, gname: __, ...plain } = header;
    const written = writer.header(tarHeader({ ...plain, mtimeNsec: 0 }));
    const end = written.length - (header.sparse ? held - content : 0);
    if (!same(own, written.subarray(0, end))) return false;
    sparse = header.sparse && { header, map: written.subarray(end) };
    writer.skip(content);
  }
  const tail = afterData(split.tail, sparse);
  return tail !== undefined && same(tail, writer.finish());
}

const same = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** What comes after a sparse file's map and content; undefined where these are not as we would write them. */
function afterData(raw: Uint8Array, sparse: Sparse | undefined): Uint8Array | undefined {
  if (!sparse) return raw;
  const { header, map } = sparse;
  if (!same(raw.subarray(0, map.length), map)) return undefined;
  const wanted: [number, number][] = [];
  let at = map.length;
  let pages = 0;
  for (const [offset, length] of header.sparse!) {
    for (let page = 0; page < length; page += PAGE) {
      const piece = raw.subarray(at + page, at + Math.min(page + PAGE, length));
      if (piece.some((byte) => byte !== 0)) wanted.push([offset + page, piece.length]);
      pages++;
    }
    at += length;
  }
  // a file with one hole of a page or less is written whole (libc/tar-tree.ts)
  if (at > raw.length || (pages + 1) * PAGE >= header.size) return undefined;
  return sameSegments(alignSegments(wanted, header.size), header.sparse!) ? raw.subarray(at) : undefined;
}

/** Whether segments begin with pages, and no two touch. */
const isAligned = ({ sparse, size }: TarHeader): boolean =>
  sparse!.every(([offset]) => offset % PAGE === 0) && sameSegments(alignSegments(sparse!, size), sparse!);

const sameSegments = (a: readonly (readonly [number, number])[], b: readonly (readonly [number, number])[]): boolean =>
  a.length === b.length && a.every(([offset, length], i) => offset === b[i]![0] && length === b[i]![1]);

/** The name by which an entry is sorted: a whiteout by that of what it hides, an opaque mark before all others. */
const nameOf = (part: string): string =>
  part === '.wh..wh..opq' ? '' : part.startsWith('.wh.') ? part.slice('.wh.'.length) : part;

function follows(last: readonly string[], path: readonly string[]): boolean {
  for (let i = 0; ; i++) {
    const [a, b] = [last[i], path[i]];
    if (b === undefined) return false;
    if (a === undefined || a < b) return true;
    if (a > b) return false;
  }
}
