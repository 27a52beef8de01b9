import { fromBase64, toBase64 } from './base64.ts';
import { BLOCK, padding, type TarHeader } from './tar-header.ts';
import { decode, encode } from './utf8.ts';

/** One entry of an archive: its bytes up to where the content of its file begins, and how much content follows. */
export interface SplitEntry {
  /** What fills up the entry before it, and all headers of this one. */
  raw: Uint8Array;
  /** Bytes of content that are not kept here: they are the file's. */
  size: number;
  /** Bytes of data that are kept, at the begin of what follows: a sparse file's map and content. */
  held: number;
}

/** More than this beside the files (headers, maps of sparse files, what follows the end) is not kept. */
const RAW_MAX = 64 * 1024 * 1024;
const META = new Set(['x', 'g', 'L', 'K']);
const FILES = new Set(['0', '\0', '7']);

/** Takes an archive apart as it comes, so that it can be put together again, byte for byte, from the files that it held. */
export class TarSplitter {
  readonly entries: SplitEntry[] = [];
  /** What follows the last entry's content. */
  tail: Uint8Array = new Uint8Array(0);
  /** There was too much beside the files. */
  lost = false;
  readonly #block: Uint8Array = new Uint8Array(BLOCK);
  #filled = 0;
  #raw: Uint8Array[] = [];
  #rawLength = 0;
  /** Bytes to go: of content, of a meta entry's data with its padding, of a file's padding. */
  #content = 0;
  #meta = 0;
  #pad = 0;
  #flag = '';
  #pax = '';
  #zeros = 0;

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && !this.lost) at += this.#step(bytes.subarray(at));
  }

  end(): void {
    if (this.#filled > 0) this.#keep(this.#block.slice(0, this.#filled));
    this.tail = this.#take();
  }

  #step(bytes: Uint8Array): number {
    if (this.#content > 0) {
      const n = Math.min(this.#content, bytes.length);
      this.#content -= n;
      return n;
    }
    for (const field of ['#pad', '#meta'] as const) {
      const left = field === '#pad' ? this.#pad : this.#meta;
      if (left === 0) continue;
      const piece = bytes.slice(0, left);
      this.#keep(piece);
      if (field === '#pad') this.#pad -= piece.length;
      else this.#metaData(piece);
      return piece.length;
    }
    const n = Math.min(BLOCK - this.#filled, bytes.length);
    this.#block.set(bytes.subarray(0, n), this.#filled);
    this.#filled += n;
    if (this.#filled === BLOCK) this.#header();
    return n;
  }

  #metaData(piece: Uint8Array): void {
    this.#meta -= piece.length;
    if (this.#flag === 'x') this.#pax += decode(piece);
  }

  #header(): void {
    const block = this.#block.slice();
    this.#filled = 0;
    this.#keep(block);
    if (this.#zeros >= 2) return;
    if (block.every((b) => b === 0)) {
      this.#zeros++;
      return;
    }
    this.#zeros = 0;
    const flag = String.fromCharCode(block[156]!);
    const size = numberOf(block.subarray(124, 136));
    if (META.has(flag)) {
      this.#flag = flag;
      this.#meta = size + padding(size);
      return;
    }
    const given = /(?:^|\n)\d+ size=(\d+)\n/.exec(this.#pax);
    const sparse = flag === 'S' || this.#pax.includes('GNU.sparse.');
    const length = given ? Number(given[1]) : size;
    this.#pax = '';
    if (FILES.has(flag) && !sparse) {
      this.entries.push({ raw: this.#take(), size: length, held: 0 });
      this.#content = length;
      this.#pad = padding(length);
      return;
    }
    // links have no data, whatever their size says; what else has some is kept whole
    const data = /[1-6]/.test(flag) ? 0 : length;
    this.entries.push({ raw: this.#take(), size: 0, held: data });
    this.#pad = data + padding(data);
  }

  #keep(piece: Uint8Array): void {
    this.#rawLength += piece.length;
    if (this.#rawLength > RAW_MAX) this.lost = true;
    else this.#raw.push(piece);
  }

  #take(): Uint8Array {
    const all = join(this.#raw);
    this.#raw = [];
    return all;
  }
}

function numberOf(field: Uint8Array): number {
  if ((field[0]! & 0x80) !== 0) {
    let n = field[0]! & 0x7f;
    for (const b of field.subarray(1)) n = n * 256 + b;
    return n;
  }
  return Number.parseInt(decode(field).replace(/[\0 ]/g, ' ').trim() || '0', 8) || 0;
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The text of a layer's tar-split.json. @see github.com/vbatts/tar-split, "storage": a JSON document a line */
export function tarSplitText(split: TarSplitter, headers: readonly TarHeader[]): Uint8Array {
  const lines: string[] = [];
  const segment = (bytes: Uint8Array): void => {
    lines.push(JSON.stringify({ type: 2, payload: toBase64(bytes), position: lines.length }));
  };
  for (const [i, { raw, size }] of split.entries.entries()) {
    segment(raw);
    const file = { type: 1, name: headers[i]?.name ?? '', ...(size > 0 ? { size } : {}), payload: null };
    lines.push(JSON.stringify({ ...file, position: lines.length }));
  }
  segment(split.tail);
  return encode(`${lines.join('\n')}\n`);
}

/** A part of an archive that is to be put together: bytes, or the content of a file. */
export type TarPart = Uint8Array | { name: string; size: number };

/** Reads tar-split.json. @returns undefined where it is damaged */
export function readTarSplit(text: Uint8Array): TarPart[] | undefined {
  const parts: TarPart[] = [];
  try {
    for (const line of decode(text).split('\n')) {
      if (line === '') continue;
      const row = JSON.parse(line) as { type: number; payload: string | null; name?: string; size?: number };
      const bytes = row.type === 2 ? fromBase64(row.payload ?? '') : undefined;
      if (row.type === 2 && !bytes) return undefined;
      if (bytes) parts.push(bytes);
      else if (row.size) parts.push({ name: row.name ?? '', size: row.size });
    }
  } catch {
    return undefined;
  }
  return parts;
}
