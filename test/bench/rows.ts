/** One line of the benchmark's table. */
export interface BenchRow {
  name: string;
  /** What it is compared with, and its figure. */
  anchor: string;
  /** What was measured, with unit. */
  ours: string;
  /** How the two stand to each other, in words; empty where there is nothing to compare. */
  ratio: string;
  /** What it must be, in words. */
  target: string;
  /** Whether the target was met; undefined: there is none, the number is for comparison over time. */
  ok: boolean | undefined;
}

/** Smallest of some numbers. */
export const least = (values: readonly number[]): number => Math.min(...values);

/** The value below which `share` (0…1) of the values are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Three digits that count. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A row whose measure must not be above `limit`. */
export function atMost(
  name: string,
  anchor: string,
  { value, limit, unit, target }: { value: number; limit: number; unit: string; target?: string },
): BenchRow {
  return {
    name,
    anchor,
    ours: `${digits(value)} ${unit}`,
    ratio: '',
    target: target ?? `≤ ${digits(limit)} ${unit}`,
    ok: value <= limit,
  };
}

/** `5` is to be five times faster, `0.25` at most four times slower. */
const factorText = (factor: number): string =>
  factor >= 1 ? `≥ ${factor} ×` : `≥ 1/${digits(1 / factor).replace(/\.0+$/, '')}`;

/** A row of the same work on both sides. @param factor how many times faster ours is to be; undefined: it only tells */
export function compared(
  name: string,
  partner: string,
  { theirs, ours, unit, factor }: { theirs: number; ours: number; unit: string; factor: number | undefined },
): BenchRow {
  return {
    name,
    anchor: `${partner} ${digits(theirs)} ${unit}`,
    ours: `${digits(ours)} ${unit}`,
    ratio: `${digits(theirs / ours)} ×`,
    target: factor === undefined ? '' : factorText(factor),
    ok: factor === undefined ? undefined : theirs / ours >= factor,
  };
}

/** A row that only tells. */
export const told = (name: string, value: number, unit: string, anchor = ''): BenchRow => ({
  name,
  anchor,
  ours: `${digits(value)} ${unit}`,
  ratio: '',
  target: '',
  ok: undefined,
});
