import type { Change } from './compare.ts';

/** The lines of a file, and whether the last one ends with a newline. */
export interface DiffText {
  lines: readonly string[];
  complete: boolean;
}

const NO_NEWLINE = '\\ No newline at end of file\n';

function shown(prefix: string, text: DiffText, at: number): string {
  const missing = at === text.lines.length - 1 && !text.complete;
  return `${prefix}${text.lines[at]}\n${missing ? NO_NEWLINE : ''}`;
}

/** The default output: `1,2c3`. */
export function normalDiff(changes: readonly Change[], a: DiffText, b: DiffText): string {
  const range = (from: number, to: number): string =>
    to - from <= 1 ? String(to === from ? from : from + 1) : `${from + 1},${to}`;
  let out = '';
  for (const c of changes) {
    const kind = c.a0 === c.a1 ? 'a' : c.b0 === c.b1 ? 'd' : 'c';
    out += `${range(c.a0, c.a1)}${kind}${range(c.b0, c.b1)}\n`;
    for (let i = c.a0; i < c.a1; i++) out += shown('< ', a, i);
    if (kind === 'c') out += '---\n';
    for (let i = c.b0; i < c.b1; i++) out += shown('> ', b, i);
  }
  return out;
}

/** Changes that stand so near that their context touches. */
function hunks(changes: readonly Change[], context: number): Change[][] {
  const out: Change[][] = [];
  for (const c of changes) {
    const last = out.at(-1)?.at(-1);
    if (last && c.a0 - last.a1 <= 2 * context) out.at(-1)!.push(c);
    else out.push([c]);
  }
  return out;
}

/** -u: without the two lines that name the files. */
export function unifiedDiff(changes: readonly Change[], a: DiffText, b: DiffText, context: number): string {
  let out = '';
  for (const hunk of hunks(changes, context)) {
    const first = hunk[0]!;
    const last = hunk.at(-1)!;
    const a0 = Math.max(0, first.a0 - context);
    const a1 = Math.min(a.lines.length, last.a1 + context);
    const b0 = Math.max(0, first.b0 - context);
    const b1 = Math.min(b.lines.length, last.b1 + context);
    const range = (from: number, to: number): string =>
      to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`;
    out += `@@ -${range(a0, a1)} +${range(b0, b1)} @@\n`;
    let at = a0;
    for (const c of hunk) {
      for (; at < c.a0; at++) out += shown(' ', a, at);
      for (; at < c.a1; at++) out += shown('-', a, at);
      for (let j = c.b0; j < c.b1; j++) out += shown('+', b, j);
    }
    for (; at < a1; at++) out += shown(' ', a, at);
  }
  return out;
}

/** -c: without the two lines that name the files. */
export function contextDiff(changes: readonly Change[], a: DiffText, b: DiffText, context: number): string {
  let out = '';
  const range = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`);
  for (const hunk of hunks(changes, context)) {
    const [first, last] = [hunk[0]!, hunk.at(-1)!];
    const a0 = Math.max(0, first.a0 - context);
    const a1 = Math.min(a.lines.length, last.a1 + context);
    const b0 = Math.max(0, first.b0 - context);
    const b1 = Math.min(b.lines.length, last.b1 + context);
    const side = (text: DiffText, from: number, to: number, sign: '-' | '+'): string => {
      if (!hunk.some((c) => (sign === '-' ? c.a1 > c.a0 : c.b1 > c.b0))) return '';
      let lines = '';
      for (let i = from; i < to; i++) {
        const c = hunk.find((h) => (sign === '-' ? i >= h.a0 && i < h.a1 : i >= h.b0 && i < h.b1));
        lines += shown(c ? (c.a0 < c.a1 && c.b0 < c.b1 ? '! ' : `${sign} `) : '  ', text, i);
      }
      return lines;
    };
    out += `***************\n*** ${range(a0, a1)} ****\n${side(a, a0, a1, '-')}--- ${range(b0, b1)} ----\n${side(b, b0, b1, '+')}`;
  }
  return out;
}
