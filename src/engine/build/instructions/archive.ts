import type { Sys } from '../../../abi/sys.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { TarReader } from '../../../lib/tar.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import { Untar } from '../../../libc/untar.ts';

/** An archive shows within this many bytes that it is one, PAX headers before its first entry included. */
const HEADERS = 65536;
const PIECE = 65536;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Whether ADD unpacks a file: a tar archive, or a gzipped one. */
export function* isArchive(sys: Sys, path: string): Wait<boolean> {
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number') return false;
  const reader = new TarReader();
  const isHeader = (part: Uint8Array): boolean => reader.push(part).some((event) => event.type === 'header');
  if (!isGzip(bytes)) return bytes.length >= 512 && isHeader(bytes.subarray(0, HEADERS));
  const gunzip = new Gunzip();
  let seen = 0;
  for (let at = 0; at < bytes.length && seen < HEADERS; at += PIECE)
    for (const part of gunzip.push(bytes.subarray(at, at + PIECE))) {
      seen += part.length;
      if (isHeader(part)) return true;
    }
  return false;
}

/** Unpacks an archive into a folder. @throws UntarError */
export function* unpack(sys: Sys, path: string, place: string): Wait<void> {
  mkdirp(sys, place, 0o755);
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number') return;
  const untar = new Untar(sys, place, { whiteouts: false });
  const gunzip = isGzip(bytes) ? new Gunzip() : undefined;
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    for (const part of gunzip ? gunzip.push(piece) : [piece]) yield* untar.push(part);
  }
  yield* untar.finish();
}
