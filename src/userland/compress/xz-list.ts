import { CHECK_NAMES, type XzStream } from '../../lib/xz.ts';

/** An .xz file as `xz --list` sums it up. */
export interface Listed {
  name: string;
  /** Bytes of the file. */
  packed: number;
  streams: readonly XzStream[];
}

export const blocksOf = (file: Listed): number => file.streams.reduce((n, s) => n + s.records.length, 0);
export const sizeOf = (file: Listed): number =>
  file.streams.reduce((n, s) => n + s.records.reduce((m, record) => m + record.size, 0), 0);

/** `1020 B`, `17.6 KiB`: bytes up to 9999 as they are. */
export function niceSize(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value > 9999.9 && unit < 4) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${['KiB', 'MiB', 'GiB', 'TiB', 'PiB'][unit]}`;
}

export function niceRatio(packed: number, size: number): string {
  const ratio = size === 0 ? Number.POSITIVE_INFINITY : packed / size;
  return ratio > 9.999 ? '---' : ratio.toFixed(3);
}

const checksOf = (streams: readonly XzStream[]): string =>
  [...new Set(streams.map((s) => CHECK_NAMES[s.check] ?? `Unknown-${s.check}`))].join(',') || 'None';

export const HEAD = 'Strms  Blocks   Compressed Uncompressed  Ratio  Check   Filename\n';

/** A row of the short list. */
export function shortRow(file: Listed): string {
  const size = sizeOf(file);
  return `${row(file.streams.length, blocksOf(file), file.packed, size, checksOf(file.streams))} ${file.name}\n`;
}

/** The short list's last row, for several files. */
export function totalRow(files: readonly Listed[]): string {
  const sum = (of: (file: Listed) => number): number => files.reduce((n, file) => n + of(file), 0);
  const all = row(
    sum((file) => file.streams.length),
    sum(blocksOf),
    sum((file) => file.packed),
    sum(sizeOf),
    checksOf(files.flatMap((file) => file.streams)),
  );
  return `${'-'.repeat(79)}\n${all} ${files.length} files\n`;
}

function row(streams: number, blocks: number, packed: number, size: number, check: string): string {
  const left = `${String(streams).padStart(5)} ${String(blocks).padStart(7)}`;
  const sizes = `${niceSize(packed).padStart(11)}  ${niceSize(size).padStart(11)}`;
  return `${left}  ${sizes}  ${niceRatio(packed, size).padStart(5)}  ${check.padEnd(7)}`;
}

/** The list for scripts. */
export function robotRows(files: readonly Listed[]): string {
  let out = '';
  for (const file of files) {
    const size = sizeOf(file);
    out += `name\t${file.name}\nfile\t${file.streams.length}\t${blocksOf(file)}\t${file.packed}\t${size}\t${niceRatio(file.packed, size)}\t${checksOf(file.streams)}\t0\n`;
  }
  const packed = files.reduce((n, file) => n + file.packed, 0);
  const size = files.reduce((n, file) => n + sizeOf(file), 0);
  const streams = files.reduce((n, file) => n + file.streams.length, 0);
  const blocks = files.reduce((n, file) => n + blocksOf(file), 0);
  const checks = checksOf(files.flatMap((file) => file.streams));
  return `${out}totals\t${streams}\t${blocks}\t${packed}\t${size}\t${niceRatio(packed, size)}\t${checks}\t0\t${files.length}\n`;
}

/** Everything about one file. */
export function longRows(file: Listed, at: number, count: number): string {
  const size = sizeOf(file);
  const both = (n: number): string => (n < 10_000 ? `${n} B` : `${niceSize(n)} (${n} B)`);
  let out = `${file.name} (${at}/${count})\n  Streams:           ${file.streams.length}\n  Blocks:            ${blocksOf(file)}\n  Compressed size:   ${both(file.packed)}\n  Uncompressed size: ${both(size)}\n  Ratio:             ${niceRatio(file.packed, size)}\n  Check:             ${checksOf(file.streams)}\n  Stream Padding:    0 B\n  Streams:\n    Stream    Blocks      CompOffset    UncompOffset        CompSize      UncompSize  Ratio  Check      Padding\n`;
  const n = (value: number, width: number): string => String(value).padStart(width);
  let blocks = '';
  let packedAt = 0;
  let sizeAt = 0;
  let blockAt = 0;
  for (const [i, stream] of file.streams.entries()) {
    const check = CHECK_NAMES[stream.check] ?? `Unknown-${stream.check}`;
    const content = stream.records.reduce((sum, record) => sum + record.size, 0);
    const length = streamLength(stream);
    out += `    ${n(i + 1, 6)} ${n(stream.records.length, 9)} ${n(packedAt, 15)} ${n(sizeAt, 15)} ${n(length, 15)} ${n(content, 15)}  ${niceRatio(length, content).padStart(5)}  ${check.padEnd(10)} ${n(0, 7)}\n`;
    let inside = packedAt + 12;
    for (const record of stream.records) {
      const total = (record.unpadded + 3) & ~3;
      blocks += `    ${n(i + 1, 6)} ${n(++blockAt, 9)} ${n(inside, 15)} ${n(sizeAt, 15)} ${n(total, 15)} ${n(record.size, 15)}  ${niceRatio(total, record.size).padStart(5)}  ${check}\n`;
      inside += total;
      sizeAt += record.size;
    }
    packedAt += length;
  }
  return blocks === ''
    ? out
    : `${out}  Blocks:\n    Stream     Block      CompOffset    UncompOffset       TotalSize      UncompSize  Ratio  Check\n${blocks}`;
}

/** Bytes of a whole stream, from its records. */
function streamLength(stream: XzStream): number {
  const digits = (value: number): number => (value < 128 ? 1 : 1 + digits(Math.floor(value / 128)));
  let index = 1 + digits(stream.records.length);
  let blocks = 0;
  for (const record of stream.records) {
    index += digits(record.unpadded) + digits(record.size);
    blocks += (record.unpadded + 3) & ~3;
  }
  return 24 + blocks + ((index + 3) & ~3) + 4;
}
