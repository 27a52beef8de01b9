import { decode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { type Change, compareLines } from '../diff/compare.ts';
import { unifiedDiff } from '../diff/write.ts';
import type { Repo } from './repo.ts';
import { short } from './revision.ts';

/** One side of a comparison. */
export interface Side {
  mode: number;
  id: string;
  bytes: Uint8Array;
}

export interface FileDiff {
  path: string;
  from: string;
  before: Side | undefined;
  after: Side | undefined;
}

const isBinary = (bytes: Uint8Array): boolean => bytes.subarray(0, 8000).includes(0);

export function linesOf(bytes: Uint8Array): { lines: string[]; complete: boolean } {
  const text = decode(bytes);
  if (text === '') return { lines: [], complete: true };
  const complete = text.endsWith('\n');
  return { lines: (complete ? text.slice(0, -1) : text).split('\n'), complete };
}

const EMPTY = new Uint8Array(0);

export function* changesOf(repo: Repo, a: Uint8Array, b: Uint8Array): Wait<Change[]> {
  const [x, y] = [linesOf(a), linesOf(b)];
  // A last line without its newline differs from one that has it.
  if (!x.complete) x.lines.push(`${x.lines.pop()}\0`);
  if (!y.complete) y.lines.push(`${y.lines.pop()}\0`);
  return yield* compareLines(x.lines, y.lines, () => repo.sys.tick());
}

export interface DiffStyle {
  context: number;
  /** Colours, as on a terminal. */
  colour: boolean;
}

/** `diff --git …` of one file. */
export function* patchText(repo: Repo, file: FileDiff, style: DiffStyle): Wait<string> {
  const { before, after, path, from } = file;
  const meta: string[] = [`diff --git a/${from} b/${path}`];
  if (!before) meta.push(`new file mode ${after!.mode.toString(8)}`);
  else if (!after) meta.push(`deleted file mode ${before.mode.toString(8)}`);
  else if (before.mode !== after.mode)
    meta.push(`old mode ${before.mode.toString(8)}`, `new mode ${after.mode.toString(8)}`);
  if (from !== path) meta.push('similarity index 100%', `rename from ${from}`, `rename to ${path}`);
  if (before?.id === after?.id) return paintMeta(meta, style);
  const id = (side: Side | undefined): string => (side ? short(repo, side.id) : '0000000');
  const mode = before && after && before.mode === after.mode ? ` ${after.mode.toString(8)}` : '';
  meta.push(`index ${id(before)}..${id(after)}${mode}`);
  const [a, b] = [before?.bytes ?? EMPTY, after?.bytes ?? EMPTY];
  const names = [before ? `a/${from}` : '/dev/null', after ? `b/${path}` : '/dev/null'] as const;
  if (isBinary(a) || isBinary(b)) return `${paintMeta(meta, style)}Binary files ${names[0]} and ${names[1]} differ\n`;
  const changes = yield* changesOf(repo, a, b);
  if (changes.length === 0) return paintMeta(meta, style);
  meta.push(
    `--- ${names[0]}${/\s/.test(from) && before ? '\t' : ''}`,
    `+++ ${names[1]}${/\s/.test(path) && after ? '\t' : ''}`,
  );
  const body = unifiedDiff(changes, linesOf(a), linesOf(b), style.context);
  return paintMeta(meta, style) + paintBody(withFunctions(body, linesOf(a).lines), style);
}

/** The heading of a hunk names the line above it that begins a function. */
function withFunctions(body: string, lines: readonly string[]): string {
  return body.replace(/^@@ -(\d+)(?:,(\d+))? .* @@$/gm, (head, start: string, count?: string) => {
    for (let i = Number(start) - (count === '0' ? 1 : 2); i >= 0; i--)
      if (/^[A-Za-z_$]/.test(lines[i]!)) return `${head} ${lines[i]!.trimEnd().slice(0, 80)}`;
    return head;
  });
}

const paintMeta = (lines: readonly string[], { colour }: DiffStyle): string =>
  lines.map((line) => (colour ? `\x1b[1m${line}\x1b[m\n` : `${line}\n`)).join('');

function paintBody(body: string, { colour }: DiffStyle): string {
  if (!colour) return body;
  return body.replace(/^(@@.*?@@)(.*)$|^([+-].*)$/gm, (line, head?: string, rest?: string) =>
    head !== undefined ? `\x1b[36m${head}\x1b[m${rest ?? ''}` : `\x1b[${line[0] === '+' ? 32 : 31}m${line}\x1b[m`,
  );
}

/** Lines added and removed; undefined for a binary file. */
export function* lineCounts(repo: Repo, file: FileDiff): Wait<{ added: number; removed: number } | undefined> {
  const [a, b] = [file.before?.bytes ?? EMPTY, file.after?.bytes ?? EMPTY];
  if (isBinary(a) || isBinary(b)) return undefined;
  const count = { added: 0, removed: 0 };
  for (const change of yield* changesOf(repo, a, b)) {
    count.added += change.b1 - change.b0;
    count.removed += change.a1 - change.a0;
  }
  return count;
}

const GRAPH = 80;

/** The table of --stat and its last line. */
export function* statText(repo: Repo, files: readonly FileDiff[], colour = false): Wait<string> {
  const rows: { name: string; added: number; removed: number; binary: string | undefined }[] = [];
  for (const file of files) {
    const count = yield* lineCounts(repo, file);
    const name = file.from === file.path ? file.path : renameText(file.from, file.path);
    const sizes = `${file.before?.bytes.length ?? 0} -> ${file.after?.bytes.length ?? 0} bytes`;
    rows.push({ name, added: count?.added ?? 0, removed: count?.removed ?? 0, binary: count ? undefined : sizes });
  }
  if (rows.length === 0) return '';
  const wide = Math.max(...rows.map((row) => row.name.length));
  const most = Math.max(...rows.map((row) => row.added + row.removed));
  const anyBinary = rows.some((row) => row.binary !== undefined);
  const digits = Math.max(String(most).length, anyBinary ? 3 : 0);
  const room = GRAPH - wide - digits - 6;
  let out = '';
  for (const row of rows) {
    if (row.binary !== undefined) {
      out += ` ${row.name.padEnd(wide)} | ${'Bin'.padStart(digits)} ${row.binary}\n`;
      continue;
    }
    const total = row.added + row.removed;
    const scale = (n: number): number => (most <= room ? n : n === 0 ? 0 : Math.max(1, Math.floor((n * room) / most)));
    const paint = (code: number, text: string): string => (colour && text !== '' ? `\x1b[${code}m${text}\x1b[m` : text);
    const graph = paint(32, '+'.repeat(scale(row.added))) + paint(31, '-'.repeat(scale(row.removed)));
    out += ` ${row.name.padEnd(wide)} | ${String(total).padStart(digits)}${graph === '' ? '' : ` ${graph}`}\n`;
  }
  return out + shortStat(rows);
}

export function shortStat(rows: readonly { added: number; removed: number }[]): string {
  const added = rows.reduce((sum, row) => sum + row.added, 0);
  const removed = rows.reduce((sum, row) => sum + row.removed, 0);
  const plural = (n: number): string => (n === 1 ? '' : 's');
  const parts = [` ${rows.length} file${plural(rows.length)} changed`];
  if (added > 0 || removed === 0) parts.push(`${added} insertion${plural(added)}(+)`);
  if (removed > 0 || added === 0) parts.push(`${removed} deletion${plural(removed)}(-)`);
  return `${parts.join(', ')}\n`;
}

/** `src/{old => new}/x`, or `old => new`. */
export function renameText(from: string, to: string): string {
  const a = from.split('/');
  const b = to.split('/');
  let head = 0;
  while (head < a.length - 1 && head < b.length - 1 && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head - 1 && tail < b.length - head - 1 && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  if (head === 0 && tail === 0) return `${from} => ${to}`;
  const before = a
    .slice(0, head)
    .map((part) => `${part}/`)
    .join('');
  const after = a
    .slice(a.length - tail)
    .map((part) => `/${part}`)
    .join('');
  return `${before}{${a.slice(head, a.length - tail).join('/')} => ${b.slice(head, b.length - tail).join('/')}}${after}`;
}

/** ` create mode 100644 a`, ` delete mode …`, ` rename a => b (100%)`. */
export function summaryText(files: readonly FileDiff[]): string {
  return files
    .map((file) => {
      if (!file.before) return ` create mode ${file.after!.mode.toString(8)} ${file.path}\n`;
      if (!file.after) return ` delete mode ${file.before.mode.toString(8)} ${file.path}\n`;
      if (file.from !== file.path) return ` rename ${renameText(file.from, file.path)} (100%)\n`;
      if (file.before.mode !== file.after.mode)
        return ` mode change ${file.before.mode.toString(8)} => ${file.after.mode.toString(8)} ${file.path}\n`;
      return '';
    })
    .join('');
}
