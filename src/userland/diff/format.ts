import type { Hunk } from './edits.ts';

export interface DiffText {
  /** Lines without their newline. */
  lines: string[];
  /** The last line has a newline. */
  complete: boolean;
}

const NO_NEWLINE = '\\ No newline at end of file\n';

function line(mark: string, file: DiffText, at: number): string {
  const missing = at === file.lines.length - 1 && !file.complete;
  return `${mark}${file.lines[at]}\n${missing ? NO_NEWLINE : ''}`;
}

const range = (from: number, to: number): string =>
  to - from <= 1 ? String(from === to ? from : from + 1) : `${from + 1},${to}`;

/** The normal format: `2,3c2`. */
export function normalDiff(a: DiffText, b: DiffText, hunks: readonly Hunk[]): string {
  let out = '';
  for (const h of hunks) {
    const kind = h.from === h.to ? 'a' : h.start === h.end ? 'd' : 'c';
    out += `${range(h.from, h.to)}${kind}${range(h.start, h.end)}\n`;
    for (let i = h.from; i < h.to; i++) out += line('< ', a, i);
    if (kind === 'c') out += '---\n';
    for (let i = h.start; i < h.end; i++) out += line('> ', b, i);
  }
  return out;
}

/** Hunks whose contexts touch come together. */
function groups(hunks: readonly Hunk[], context: number): Hunk[][] {
  const out: Hunk[][] = [];
  for (const hunk of hunks) {
    const last = out.at(-1)?.at(-1);
    if (last && hunk.from - last.to <= 2 * context) out.at(-1)!.push(hunk);
    else out.push([hunk]);
  }
  return out;
}

/** The unified format, without the two lines of its head. */
export function unifiedDiff(a: DiffText, b: DiffText, hunks: readonly Hunk[], context: number): string {
  const span = (from: number, count: number): string =>
    count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`;
  let out = '';
  for (const group of groups(hunks, context)) {
    const first = group[0]!;
    const last = group.at(-1)!;
    const from = Math.max(0, first.from - context);
    const to = Math.min(a.lines.length, last.to + context);
    const start = Math.max(0, first.start - (first.from - from));
    const end = last.end + (to - last.to);
    out += `@@ -${span(from, to - from)} +${span(start, end - start)} @@\n`;
    let at = from;
    for (const h of group) {
      for (; at < h.from; at++) out += line(' ', a, at);
      for (; at < h.to; at++) out += line('-', a, at);
      for (let i = h.start; i < h.end; i++) out += line('+', b, i);
    }
    for (; at < to; at++) out += line(' ', a, at);
  }
  return out;
}

/** The context format, without the two lines of its head. */
export function contextDiff(a: DiffText, b: DiffText, hunks: readonly Hunk[], context: number): string {
  const span = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`);
  let out = '';
  for (const group of groups(hunks, context)) {
    const first = group[0]!;
    const last = group.at(-1)!;
    const from = Math.max(0, first.from - context);
    const to = Math.min(a.lines.length, last.to + context);
    const start = Math.max(0, first.start - (first.from - from));
    const end = last.end + (to - last.to);
    out += `***************\n*** ${span(from, to)} ****\n`;
    if (group.some((h) => h.from < h.to))
      out += side(
        a,
        from,
        to,
        group.map((h) => [h.from, h.to, h.start === h.end ? '- ' : '! ']),
      );
    out += `--- ${span(start, end)} ----\n`;
    if (group.some((h) => h.start < h.end))
      out += side(
        b,
        start,
        end,
        group.map((h) => [h.start, h.end, h.from === h.to ? '+ ' : '! ']),
      );
  }
  return out;
}

function side(file: DiffText, from: number, to: number, marks: readonly (readonly [number, number, string])[]): string {
  let out = '';
  for (let i = from; i < to; i++) {
    const mark = marks.find(([start, end]) => i >= start && i < end);
    out += line(mark?.[2] ?? '  ', file, i);
  }
  return out;
}
