/** One line of the benchmark's table. */
export interface BenchRow {
  name: string;
  /** What it is compared with and how much that takes. */
  anchor: string;
  /** What it must be, in words. */
  target: string;
  /** What was measured, with unit. */
  ours: string;
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
    target: target ?? `≤ ${digits(limit)} ${unit}`,
    ours: `${digits(value)} ${unit}`,
    ok: value <= limit,
  };
}

/** A row that only tells. */
export const told = (name: string, value: number, unit: string, anchor = ''): BenchRow => ({
  name,
  anchor,
  target: '',
  ours: `${digits(value)} ${unit}`,
  ok: undefined,
});
