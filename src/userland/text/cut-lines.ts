import { nextByte } from '../../lib/byte-search.ts';
import { inRanges, type Ranges } from '../../libc/ranges.ts';
import type { Output } from '../../libc/stdio.ts';

/** Writes the selected parts of whole lines; the flush is the caller's. */
export type Cutter = (lines: Uint8Array, out: Output) => void;

/** Places that are looked up in a table. */
const TABLE = 1024;

/** Which fields are selected. */
export class Selection {
  private readonly table: Uint8Array;

  constructor(
    private readonly ranges: Ranges,
    private readonly complement: boolean,
  ) {
    this.table = Uint8Array.from({ length: TABLE }, (_, n) => (inRanges(ranges, n) !== complement ? 1 : 0));
  }

  /** @param field from 1 */
  has(field: number): boolean {
    return field < TABLE ? this.table[field] === 1 : inRanges(this.ranges, field) !== this.complement;
  }
}

/** What the ranges leave out. */
export function complementOf(ranges: Ranges): Ranges {
  const out: [number, number][] = [];
  let from = 1;
  for (const [low, high] of ranges) {
    if (low > from) out.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from < Number.POSITIVE_INFINITY) out.push([from, Number.POSITIVE_INFINITY]);
  return out;
}

export interface FieldCut {
  selection: Selection;
  /** Stands between fields: bytes of one character. */
  separator: Uint8Array;
  /** Written between the selected fields. */
  between: Uint8Array;
  /** Byte that ends a line. */
  end: number;
  /** Lines without a separator are left out. */
  onlyDelimited: boolean;
}

/** cut -f */
export function makeFieldCutter({ selection, separator, between, end, onlyDelimited }: FieldCut): Cutter {
  const first = separator[0]!;
  const isSeparator = (lines: Uint8Array, at: number): boolean => {
    for (let i = 1; i < separator.length; i++) if (lines[at + i] !== separator[i]) return false;
    return true;
  };
  const newline = Uint8Array.of(end);
  return (lines, out) => {
    for (let line = 0; line < lines.length; ) {
      let field = 1;
      let written = 0;
      let start = line;
      let at = line;
      for (; ; at++) {
        const byte = at < lines.length ? lines[at]! : end;
        const isEnd = byte === end;
        if (!isEnd && !(byte === first && isSeparator(lines, at))) continue;
        if (isEnd && field === 1) break;
        if (selection.has(field)) {
          if (written++ > 0) out.putPart(between, 0, between.length);
          out.putPart(lines, start, at);
        }
        if (isEnd) break;
        field++;
        start = at + separator.length;
        at = start - 1;
      }
      if (field > 1 || !onlyDelimited) {
        if (field === 1) out.putPart(lines, line, at);
        out.putPart(newline, 0, 1);
      }
      line = at + 1;
    }
  };
}

/** cut -b. @param between written between ranges that do not run on */
export function makeByteCutter(ranges: Ranges, between: Uint8Array | undefined, end: number): Cutter {
  const newline = Uint8Array.of(end);
  return (lines, out) => {
    for (let line = 0; line < lines.length; ) {
      const stop = nextByte(lines, end, line, lines.length);
      let any = false;
      for (const [low, high] of ranges) {
        const from = line + low - 1;
        if (from >= stop) break;
        if (any && between) out.putPart(between, 0, between.length);
        out.putPart(lines, from, Math.min(stop, line + high));
        any = true;
      }
      out.putPart(newline, 0, 1);
      line = stop + 1;
    }
  };
}
