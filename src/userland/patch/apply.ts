import type { FilePatch, Hunk, HunkLine } from './parse.ts';

/** A line of a file. */
export interface Line {
  text: string;
  complete: boolean;
}

/** Where a hunk went. */
export interface Placed {
  /** Line in the new file, from 1; undefined: it does not fit. */
  at: number | undefined;
  offset: number;
  fuzz: number;
}

export function linesOf(text: string): Line[] {
  const parts = text.split('\n');
  const last = parts.pop()!;
  const lines = parts.map((part) => ({ text: part, complete: true }));
  if (last !== '') lines.push({ text: last, complete: false });
  return lines;
}

export const textOf = (lines: readonly Line[]): string =>
  lines.map((line, i) => line.text + (line.complete || i + 1 < lines.length ? '\n' : '')).join('');

export interface ApplyOptions {
  /** How many lines of context may differ. */
  fuzz: number;
  ignoreBlanks: boolean;
}

/** Puts the hunks of a patch into the lines of a file. */
export function* applyPatch(
  lines: readonly Line[],
  patch: FilePatch,
  options: ApplyOptions,
  tick: () => boolean,
): Generator<void, { lines: Line[]; placed: Placed[] }> {
  const out: Line[] = [];
  const placed: Placed[] = [];
  /** Lines of the old file that are in `out` or were replaced. */
  let used = 0;
  let drift = 0;
  for (const hunk of patch.hunks) {
    if (tick()) yield;
    const old = hunk.lines.filter(({ op }) => op !== '+');
    const guess = hunk.oldStart - (old.length > 0 ? 1 : 0) + drift;
    const found = yield* locate(lines, used, hunk, guess, options, tick);
    if (!found) {
      placed.push({ at: undefined, offset: 0, fuzz: 0 });
      continue;
    }
    const { at, fuzz, head, tail } = found;
    drift += at - guess;
    out.push(...lines.slice(used, at + head));
    placed.push({ at: out.length - head + 1, offset: drift, fuzz });
    used = at + head;
    for (const line of hunk.lines.slice(head, hunk.lines.length - tail)) {
      if (line.op === '+') out.push({ text: line.text, complete: line.complete });
      else if (line.op === ' ') out.push(lines[used++]!);
      else used++;
    }
  }
  out.push(...lines.slice(used));
  return { lines: out, placed };
}

/** Looks near `guess` first, then farther away, with all of the context, then with less. */
function* locate(
  lines: readonly Line[],
  from: number,
  hunk: Hunk,
  guess: number,
  options: ApplyOptions,
  tick: () => boolean,
): Generator<void, { at: number; fuzz: number; head: number; tail: number } | undefined> {
  const { length } = hunk.lines;
  const before = hunk.lines.findIndex(({ op }) => op !== ' ');
  const after = length - 1 - hunk.lines.findLastIndex(({ op }) => op !== ' ');
  const context = Math.max(before, after);
  const old = hunk.lines.filter(({ op }) => op !== '+');
  for (let fuzz = 0; fuzz <= Math.min(options.fuzz, context); fuzz++) {
    const head = Math.max(0, fuzz + before - context);
    const tail = Math.max(0, fuzz + after - context);
    const pattern = old.slice(head, old.length - tail);
    // less context on one side means an end of the file
    const first = fuzz === 0 && before < after && hunk.oldStart <= 1 ? 0 : undefined;
    const last = lines.length - old.length;
    const fits = (at: number): boolean =>
      at >= from && at + head + pattern.length <= lines.length && matches(lines, at + head, pattern, options);
    if (old.length === 0) return { at: Math.max(from, Math.min(guess, lines.length)), fuzz: 0, head: 0, tail: 0 };
    for (let far = 0; far <= Math.max(guess, lines.length - guess) + 1; far++) {
      for (const at of far === 0 ? [guess] : [guess + far, guess - far]) {
        if (first !== undefined && at !== 0 && fuzz === 0) continue;
        if (after < before && fuzz === 0 && at !== last) continue;
        if (fits(at)) return { at, fuzz, head, tail };
      }
      if (tick()) yield;
    }
  }
  return undefined;
}

function matches(lines: readonly Line[], at: number, pattern: readonly HunkLine[], options: ApplyOptions): boolean {
  const same = (a: string, b: string): boolean =>
    a === b || (options.ignoreBlanks && a.replace(/\s+/g, ' ').trimEnd() === b.replace(/\s+/g, ' ').trimEnd());
  return pattern.every((line, i) => {
    const there = lines[at + i]!;
    return same(there.text, line.text) && there.complete === line.complete;
  });
}

/** The hunks that did not fit, as a unified diff. */
export function rejectText(patch: FilePatch, failed: readonly Hunk[]): string {
  const head =
    patch.oldName === undefined ? '' : `--- ${patch.oldName}${patch.oldStamp}\n+++ ${patch.newName}${patch.newStamp}\n`;
  const range = (start: number, count: number): string => (count === 1 ? String(start) : `${start},${count}`);
  return (
    head +
    failed
      .map(({ oldStart, newStart, lines }) => {
        const old = lines.filter(({ op }) => op !== '+').length;
        const fresh = lines.filter(({ op }) => op !== '-').length;
        const body = lines.map(
          ({ op, text, complete }) => `${op}${text}\n${complete ? '' : '\\ No newline at end of file\n'}`,
        );
        return `@@ -${range(oldStart, old)} +${range(newStart, fresh)} @@\n${body.join('')}`;
      })
      .join('')
  );
}
