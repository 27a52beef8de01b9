import { toHex } from '../../lib/hex.ts';
import type { ZstdFrame } from '../../lib/zstd.ts';

/** A file as `zstd -l` sums it up. */
export interface ZstdFile {
  name: string;
  packed: number;
  frames: readonly ZstdFrame[];
}

/** Bytes with three significant digits: value, decimals, unit. */
function human(bytes: number): { text: string; unit: string } {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 6) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : value > 1 ? 2 : 3;
  return { text: value.toFixed(digits), unit: [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB', ' EiB'][unit]! };
}

/** `     6 B` as the line about one file has it; `wide` as the lines about several do. */
export function paddedSize(bytes: number, wide = false): string {
  const { text, unit } = human(bytes);
  return text.padStart(6) + (wide ? unit.padStart(4) : unit);
}
const plain = (bytes: number): string => human(bytes).text + human(bytes).unit;

export const LIST_HEAD = 'Frames  Skips  Compressed  Uncompressed  Ratio  Check  Filename\n';

const content = (file: ZstdFile): number | undefined =>
  file.frames.every((frame) => frame.content !== undefined)
    ? file.frames.reduce((n, frame) => n + frame.content!, 0)
    : undefined;
const dataFrames = (file: ZstdFile): ZstdFrame[] => file.frames.filter((frame) => !frame.skippable);
const hasCheck = (file: ZstdFile): boolean => dataFrames(file).every((frame) => frame.checksum !== undefined);

function row(frames: number, skips: number, packed: number, size: number | undefined, check: boolean): string {
  const left = `${String(frames).padStart(6)}  ${String(skips).padStart(5)}  ${paddedSize(packed, true)}`;
  const sum = check ? 'XXH64' : ' None';
  if (size === undefined) return `${left}${' '.repeat(23)}${sum}`;
  const { text, unit } = human(size);
  return `${left}  ${text.padStart(8)}${unit.padStart(4)}  ${(packed === 0 ? 0 : size / packed).toFixed(3)}  ${sum}`;
}

const rowOf = (file: ZstdFile): string =>
  row(
    dataFrames(file).length,
    file.frames.length - dataFrames(file).length,
    file.packed,
    content(file),
    hasCheck(file),
  );

export const listRow = (file: ZstdFile): string => `${rowOf(file)}  ${file.name}\n`;

export function listTotal(files: readonly ZstdFile[]): string {
  const all = files.flatMap((file) => file.frames);
  const one = { name: '', packed: files.reduce((n, file) => n + file.packed, 0), frames: all };
  return `----------------------------------------------------------------- \n${rowOf(one)}  ${files.length} files\n`;
}

/** What -lv says. */
export function listLong(file: ZstdFile): string {
  const frames = dataFrames(file);
  const size = content(file);
  const both = (n: number): string => `${plain(n)} (${n} B)`;
  let out = `${file.name} \n# Zstandard Frames: ${frames.length}\n`;
  const skips = file.frames.length - frames.length;
  if (skips > 0) out += `# Skippable Frames: ${skips}\n`;
  out += `DictID: ${frames[0]?.dictionary ?? 0}\nWindow Size: ${both(frames[0]?.window ?? 0)}\nCompressed Size: ${both(file.packed)}\n`;
  if (size !== undefined) out += `Decompressed Size: ${both(size)}\nRatio: ${(size / file.packed).toFixed(4)}\n`;
  const sum = frames[0]?.checksum;
  const shown = sum && frames.length === 1 ? ` ${toHex(sum.slice().reverse())}` : '';
  return `${out}Check: ${hasCheck(file) ? `XXH64${shown}` : 'None'}\n\n`;
}
