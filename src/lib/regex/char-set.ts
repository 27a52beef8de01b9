export const MAX_CODE = 0x10ffff;

/** A set of code points: sorted, disjoint, non-adjacent ranges, [low, high, low, high …]. */
export class CharSet {
  private table: Uint8Array | undefined;
  readonly ranges: readonly number[];

  /** `ranges` in any order, may overlap. */
  constructor(ranges: readonly number[]) {
    this.ranges = normalize(ranges);
  }

  static of(code: number): CharSet {
    return new CharSet([code, code]);
  }

  /** The set of what passes a test; expensive for the whole of Unicode, so only up to `limit`. */
  static where(test: (code: number) => boolean, limit = 0xffff): CharSet {
    const ranges: number[] = [];
    for (let c = 0; c <= limit; c++) if (test(c)) ranges.push(c, c);
    return new CharSet(ranges);
  }

  has(code: number): boolean {
    if (code < 256) {
      this.table ??= this.makeTable();
      return this.table[code] === 1;
    }
    const { ranges } = this;
    let low = 0;
    let high = ranges.length / 2 - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (code < ranges[middle * 2]!) high = middle - 1;
      else if (code > ranges[middle * 2 + 1]!) low = middle + 1;
      else return true;
    }
    return false;
  }

  private makeTable(): Uint8Array {
    const table = new Uint8Array(256);
    for (let i = 0; i < this.ranges.length; i += 2) {
      for (let c = this.ranges[i]!; c <= Math.min(255, this.ranges[i + 1]!); c++) table[c] = 1;
    }
    return table;
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** The only code point of the set, or -1. */
  get single(): number {
    return this.ranges.length === 2 && this.ranges[0] === this.ranges[1] ? this.ranges[0]! : -1;
  }

  /** The greatest code point, or -1. */
  get max(): number {
    return this.ranges.at(-1) ?? -1;
  }

  union(other: CharSet): CharSet {
    return new CharSet([...this.ranges, ...other.ranges]);
  }

  invert(): CharSet {
    const out: number[] = [];
    let next = 0;
    for (let i = 0; i < this.ranges.length; i += 2) {
      if (this.ranges[i]! > next) out.push(next, this.ranges[i]! - 1);
      next = this.ranges[i + 1]! + 1;
    }
    if (next <= MAX_CODE) out.push(next, MAX_CODE);
    return new CharSet(out);
  }

  without(code: number): CharSet {
    return this.has(code) ? this.invert().union(CharSet.of(code)).invert() : this;
  }

  intersects(other: CharSet): boolean {
    let i = 0;
    let j = 0;
    const a = this.ranges;
    const b = other.ranges;
    while (i < a.length && j < b.length) {
      if (a[i + 1]! < b[j]!) i += 2;
      else if (b[j + 1]! < a[i]!) j += 2;
      else return true;
    }
    return false;
  }

  /** With the other case of every letter. Sets of more than some thousand characters keep what is not ASCII as it is. */
  foldCase(): CharSet {
    const out = [...this.ranges];
    let count = 0;
    for (let i = 0; i < this.ranges.length; i += 2) {
      for (let c = this.ranges[i]!; c <= this.ranges[i + 1]!; c++) {
        if (++count > 5000) break;
        for (const other of casesOf(c)) out.push(other, other);
      }
    }
    for (let c = 65; c <= 90; c++) {
      if (this.has(c)) out.push(c + 32, c + 32);
      if (this.has(c + 32)) out.push(c, c);
    }
    return new CharSet(out);
  }

  equals(other: CharSet): boolean {
    return this.ranges.length === other.ranges.length && this.ranges.every((r, i) => r === other.ranges[i]);
  }
}

/** The other cases of a letter, where they are one character each. */
export function casesOf(code: number): number[] {
  if (code >= 0xd800 && code <= 0xdfff) return [];
  const char = String.fromCodePoint(code);
  const out: number[] = [];
  for (const other of [char.toLowerCase(), char.toUpperCase()]) {
    const point = other.codePointAt(0)!;
    if (point !== code && String.fromCodePoint(point) === other) out.push(point);
  }
  return out;
}

function normalize(ranges: readonly number[]): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [low, high] of pairs) {
    const last = out.length - 1;
    if (last > 0 && low <= out[last]! + 1) out[last] = Math.max(out[last]!, high);
    else out.push(low, high);
  }
  return out;
}

export const ALL = new CharSet([0, MAX_CODE]);
