/** Tab stops of expand(1): one distance, or positions in rising order. */
export type TabStops = readonly number[];

/** Reads a list of -t. @returns undefined where it is none */
export function readTabs(text: string): TabStops | undefined {
  const stops = text.split(/[,\s]+/).map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  return stops.some((n) => !(n > 0)) ? undefined : stops;
}

/** The column to which a tab at `column` goes; behind the last of a list, one on. */
export function nextStop(stops: TabStops, column: number): number {
  if (stops.length === 1) return column - (column % stops[0]!) + stops[0]!;
  return stops.find((stop) => stop > column) ?? column + 1;
}
