import type { Sys } from '../abi/sys.ts';
import { gzip } from '../lib/gzip.ts';
import { TarReader, TarWriter, tarHeader } from '../lib/tar.ts';
import type { Wait } from '../libc/io.ts';
import { mkdirp } from '../libc/paths.ts';
import { unpackRootfs } from './unpack.ts';

/** A layer as the hub stores it: always compressed by the same library at the same level, so that digests agree everywhere. */
export const gzipLayer = (tar: Uint8Array): Uint8Array => gzip(tar);

/** Packs plain files, with the directories above them. @param mtimeSec seconds since the Epoch, of every entry */
export function packFiles(
  files: ReadonlyMap<string, { data: Uint8Array; mode: number }>,
  mtimeSec: number,
): Uint8Array {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  const directories = new Set<string>();
  for (const [name, { data, mode }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = name.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const dir = parts.slice(0, depth).join('/');
      if (directories.has(dir)) continue;
      directories.add(dir);
      pieces.push(writer.header(tarHeader({ name: dir, type: 'dir', mode: 0o755, mtimeSec })));
    }
    pieces.push(writer.header(tarHeader({ name, type: 'file', mode, size: data.length, mtimeSec })), writer.data(data));
  }
  pieces.push(writer.finish());
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** All files of an archive by name. @throws Error where it is damaged */
export function readTar(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const reader = new TarReader();
  let name = '';
  let data = new Uint8Array(0);
  for (const event of [...reader.push(bytes), ...reader.end()]) {
    if (event.type === 'error') throw new Error(event.message);
    if (event.type === 'header') {
      name = event.header.name;
      data = new Uint8Array(event.header.size);
    } else if (event.type === 'data') data.set(event.bytes, event.offset);
    else if (event.type === 'end-entry') files.set(name, data);
  }
  return files;
}

/** Unpacks an archive into a folder of the host. @returns exit status */
export function* unpackInto(sys: Sys, archive: Uint8Array, dir: string): Wait<number> {
  mkdirp(sys, dir, 0o755);
  return (yield* unpackRootfs(sys, archive, dir)) < 0 ? 1 : 0;
}
