/** Positions that a list like `1,3-5,7-` selects, from 1. */
export type Ranges = readonly (readonly [number, number])[];

/** Reads a LIST of cut(1). @returns sorted ranges, or what is wrong: 'zero', 'decreasing', 'invalid' */
export function parseRanges(text: string): Ranges | 'zero' | 'decreasing' | 'invalid' {
  const out: [number, number][] = [];
  for (const part of text.split(/[,\s]+/)) {
    const m = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!m || (m[1] === '' && m[3] === '')) return 'invalid';
    const from = m[1] === '' ? 1 : Number(m[1]);
    const to = m[2] === '' ? from : m[3] === '' ? Number.POSITIVE_INFINITY : Number(m[3]);
    if (from === 0 || to === 0) return 'zero';
    if (to < from) return 'decreasing';
    out.push([from, to]);
  }
  return out.sort((a, b) => a[0] - b[0]);
}

/** True where `position` (from 1) is selected. */
export function inRanges(ranges: Ranges, position: number): boolean {
  for (const [from, to] of ranges) if (position >= from && position <= to) return true;
  return false;
}
