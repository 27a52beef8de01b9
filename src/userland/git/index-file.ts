import type { HashFactory } from '../../lib/hash.ts';
import { fromHex, toHex } from '../../lib/hex.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { joinBytes } from '../../libc/io.ts';

/** One entry of the index. @see gitformat-index(5) */
export interface IndexEntry {
  path: string;
  mode: number;
  id: string;
  /** 0, or 1 (base), 2 (ours), 3 (theirs) of a conflict. */
  stage: number;
  ctimeSec: number;
  ctimeNsec: number;
  mtimeSec: number;
  mtimeNsec: number;
  dev: number;
  ino: number;
  uid: number;
  gid: number;
  size: number;
}

const FIXED = 62;

/** Reads version 2. @returns undefined for what is no index */
export function parseIndex(bytes: Uint8Array): IndexEntry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || decode(bytes.subarray(0, 4)) !== 'DIRC' || view.getUint32(4) !== 2) return undefined;
  const entries: IndexEntry[] = [];
  let at = 12;
  for (let i = view.getUint32(8); i > 0; i--) {
    const word = (n: number): number => view.getUint32(at + 4 * n);
    const flags = view.getUint16(at + 60);
    const end = bytes.indexOf(0, at + FIXED);
    entries.push({
      ctimeSec: word(0),
      ctimeNsec: word(1),
      mtimeSec: word(2),
      mtimeNsec: word(3),
      dev: word(4),
      ino: word(5),
      mode: word(6),
      uid: word(7),
      gid: word(8),
      size: word(9),
      id: toHex(bytes.subarray(at + 40, at + 60)),
      stage: (flags >> 12) & 3,
      path: decode(bytes.subarray(at + FIXED, end)),
    });
    at += (FIXED + (end - at - FIXED) + 8) & ~7;
  }
  return entries;
}

export function formatIndex(entries: readonly IndexEntry[], sha1: HashFactory): Uint8Array {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.stage - b.stage));
  const head = new Uint8Array(12);
  head.set(encode('DIRC'));
  const headView = new DataView(head.buffer);
  headView.setUint32(4, 2);
  headView.setUint32(8, sorted.length);
  const parts: Uint8Array[] = [head];
  for (const e of sorted) {
    const name = encode(e.path);
    const entry = new Uint8Array((FIXED + name.length + 8) & ~7);
    const view = new DataView(entry.buffer);
    const words = [e.ctimeSec, e.ctimeNsec, e.mtimeSec, e.mtimeNsec, e.dev, e.ino, e.mode, e.uid, e.gid, e.size];
    for (const [i, word] of words.entries()) view.setUint32(4 * i, word);
    entry.set(fromHex(e.id)!, 40);
    view.setUint16(60, (e.stage << 12) | Math.min(name.length, 0xfff));
    entry.set(name, FIXED);
    parts.push(entry);
  }
  const body = joinBytes(parts);
  return joinBytes([body, fromHex(sha1.hex(body))!]);
}
