import { localeQuote } from './shell-quote.ts';

/** Tab stops of expand(1): positions in rising order, and how they go on behind the last. */
export interface TabStops {
  at: readonly number[];
  /** Behind the last position: a tab at each multiple of `every`, counted from the begin or (`from`) from the last position. */
  every: number;
  from: number;
}

/** Reads a list of -t: one distance, or positions of which the last may be `/N` or `+N`. @returns GNU's message where it is none */
export function readTabs(text: string): TabStops | string {
  const parts = text.split(/[,\s]+/).filter((part) => part !== '');
  const at: number[] = [];
  let every = 0;
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const m = /^([/+]?)(\d+)$/.exec(part);
    if (!m) return `tab size contains invalid character(s): ${localeQuote(part.replace(/^[/+]?\d*/, '') || part)}`;
    const value = Number(m[2]);
    if (value === 0 && m[1] === '') return 'tab size cannot be 0';
    if (m[1] !== '') {
      if (i < parts.length - 1) return `${localeQuote(m[1]!)} specifier only allowed with the last value`;
      every = value;
      if (m[1] === '+') from = at.at(-1) ?? 0;
      continue;
    }
    if (at.length > 0 && value <= at.at(-1)!) return 'tab sizes must be ascending';
    at.push(value);
  }
  if (at.length === 1 && every === 0) return { at: [], every: at[0]!, from: 0 };
  return { at, every, from };
}

/** The column to which a tab at `column` goes; behind the last of a list, one on. */
export function nextStop(stops: TabStops, column: number): number {
  const listed = stops.at.find((stop) => stop > column);
  if (listed !== undefined) return listed;
  if (stops.every === 0) return column + 1;
  return column + stops.every - ((column - stops.from) % stops.every);
}
