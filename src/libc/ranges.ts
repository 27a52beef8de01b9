/** Positions that a list like `1,3-5,7-` selects, from 1. */
export type Ranges = readonly (readonly [number, number])[];

/** Reads a LIST of cut(1). @returns sorted ranges, or what is wrong */
export function parseRanges(
  text: string,
): Ranges | 'zero' | 'decreasing' | 'no endpoint' | 'range' | { invalid: string } {
  const out: [number, number][] = [];
  for (const part of text.split(/[,\s]/)) {
    const m = /^(\d*)(-?)(\d*)$/.exec(part);
    if (/^\d*-\d*-/.test(part)) return 'range';
    if (!m) return { invalid: /[^\d-].*|$/.exec(part)![0] };
    if (m[2] === '' && m[1] === '') return 'zero';
    if (m[1] === '' && m[3] === '') return 'no endpoint';
    const from = m[1] === '' ? 1 : Number(m[1]);
    const to = m[2] === '' ? from : m[3] === '' ? Number.POSITIVE_INFINITY : Number(m[3]);
    if (from === 0 || to === 0) return 'zero';
    if (to < from) return 'decreasing';
    out.push([from, to]);
  }
  out.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const range of out) {
    const before = merged.at(-1);
    if (before && range[0] <= before[1]) before[1] = Math.max(before[1], range[1]);
    else merged.push(range);
  }
  return merged;
}

/** True where `position` (from 1) is selected. */
export function inRanges(ranges: Ranges, position: number): boolean {
  for (const [from, to] of ranges) if (position >= from && position <= to) return true;
  return false;
}
