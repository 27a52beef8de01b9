import { decode, encode } from './utf8.ts';

/** An entry of a cpio archive. */
export interface CpioEntry {
  name: string;
  /** Type and permission bits. */
  mode: number;
  data: Uint8Array;
}

const HEADER = 110;
const END = 'TRAILER!!!';
const align = (n: number): number => (n + 3) & ~3;

function entryBytes(entry: CpioEntry): Uint8Array {
  const name = encode(`${entry.name}\0`);
  const hex = (n: number): string => n.toString(16).padStart(8, '0');
  const fields = [0, entry.mode, 0, 0, 1, 0, entry.data.length, 0, 0, 0, 0, name.length, 0];
  const start = align(HEADER + name.length);
  const out = new Uint8Array(start + align(entry.data.length));
  out.set(encode(`070701${fields.map(hex).join('')}`));
  out.set(name, HEADER);
  out.set(entry.data, start);
  return out;
}

/** Writes an archive in the "new ASCII" format. @see cpio(5) */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const pieces = [...entries, { name: END, mode: 0, data: new Uint8Array(0) }].map(entryBytes);
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** Reads an archive; a damaged one ends where it is. */
export function readCpio(bytes: Uint8Array): CpioEntry[] {
  const entries: CpioEntry[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const header = decode(bytes, at, at + HEADER);
    if (!header.startsWith('070701')) break;
    const field = (n: number): number => Number.parseInt(header.slice(6 + n * 8, 14 + n * 8), 16);
    const start = at + align(HEADER + field(11));
    const name = decode(bytes, at + HEADER, at + HEADER + field(11) - 1);
    if (name === END) break;
    entries.push({ name, mode: field(1), data: bytes.slice(start, start + field(6)) });
    at = start + align(field(6));
  }
  return entries;
}
