/** A line of a hunk; `complete`: it ends with a newline. */
export interface HunkLine {
  op: ' ' | '-' | '+';
  text: string;
  complete: boolean;
}

export interface Hunk {
  /** First line in the old and the new file, from 1; 0 before the first. */
  oldStart: number;
  newStart: number;
  lines: HunkLine[];
}

/** The patch of one file. */
export interface FilePatch {
  format: 'unified' | 'context' | 'normal';
  /** Names and what follows them (the time) of the header lines; undefined where there are none. */
  oldName: string | undefined;
  newName: string | undefined;
  oldStamp: string;
  newStamp: string;
  /** Name of an `Index:` line. */
  index: string | undefined;
  /** Text before the header. */
  lead: string[];
  /** Input line where the first hunk begins. */
  line: number;
  hunks: Hunk[];
}

/** A patch that cannot be read; the words after `**** `. */
export class PatchError {
  constructor(readonly message: string) {}
}

const NORMAL = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?$/;
const UNIFIED = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Reads the patches of a text: unified, context and normal diffs, with any text between them. */
export function parsePatch(text: string): FilePatch[] | PatchError {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const patches: FilePatch[] = [];
  let at = 0;
  let leadFrom = 0;
  try {
    while (at < lines.length) {
      const line = lines[at]!;
      const next = lines[at + 1] ?? '';
      const unified = line.startsWith('--- ') && next.startsWith('+++ ') && UNIFIED.test(lines[at + 2] ?? '');
      const context = line.startsWith('*** ') && next.startsWith('--- ') && /^\*{15}/.test(lines[at + 2] ?? '');
      if (!unified && !context && !NORMAL.test(line)) {
        at++;
        continue;
      }
      const patch = emptyPatch(unified ? 'unified' : context ? 'context' : 'normal', lines.slice(leadFrom, at));
      if (unified || context) {
        [patch.oldName, patch.oldStamp] = nameOf(line);
        [patch.newName, patch.newStamp] = nameOf(next);
        patch.lead.push(line, next);
        at += 2;
      }
      patch.line = at + 1;
      const read = unified ? unifiedHunk : context ? contextHunk : normalHunk;
      for (let end; (end = read(lines, at, patch.hunks)) > at; ) at = end;
      patches.push(patch);
      leadFrom = at;
    }
  } catch (error) {
    if (error instanceof PatchError) return error;
    throw error;
  }
  return patches;
}

function emptyPatch(format: FilePatch['format'], lead: string[]): FilePatch {
  const index = lead
    .findLast((l) => l.startsWith('Index:'))
    ?.slice(6)
    .trim();
  return {
    format,
    oldName: undefined,
    newName: undefined,
    oldStamp: '',
    newStamp: '',
    index,
    lead,
    line: 0,
    hunks: [],
  };
}

function nameOf(line: string): [string, string] {
  const rest = line.slice(4);
  const tab = rest.indexOf('\t');
  return tab < 0 ? [rest.trimEnd(), ''] : [rest.slice(0, tab), rest.slice(tab)];
}

/** @returns the line after the hunk, or `at` where none begins */
function unifiedHunk(lines: readonly string[], at: number, hunks: Hunk[]): number {
  const m = UNIFIED.exec(lines[at] ?? '');
  if (!m) return at;
  let old = Number(m[2] ?? 1);
  let fresh = Number(m[4] ?? 1);
  const hunk: Hunk = { oldStart: Number(m[1]), newStart: Number(m[3]), lines: [] };
  let i = at + 1;
  while (old > 0 || fresh > 0) {
    const line = lines[i];
    if (line === undefined) throw new PatchError(`unexpected end of file in patch`);
    const op = line === '' ? ' ' : line[0]!;
    if (op !== ' ' && op !== '-' && op !== '+') throw new PatchError(`malformed patch at line ${i + 1}: ${line}\n`);
    hunk.lines.push({ op, text: line.slice(1), complete: true });
    if (op !== '+') old--;
    if (op !== '-') fresh--;
    if (old < 0 || fresh < 0) throw new PatchError(`malformed patch at line ${i + 1}: ${line}\n`);
    i++;
    if (lines[i]?.startsWith('\\')) {
      hunk.lines.at(-1)!.complete = false;
      i++;
    }
  }
  hunks.push(hunk);
  return i;
}

function normalHunk(lines: readonly string[], at: number, hunks: Hunk[]): number {
  const m = NORMAL.exec(lines[at] ?? '');
  if (!m) return at;
  const kind = m[3]!;
  const old = kind === 'a' ? 0 : Number(m[2] ?? m[1]) - Number(m[1]) + 1;
  const fresh = kind === 'd' ? 0 : Number(m[5] ?? m[4]) - Number(m[4]) + 1;
  const hunk: Hunk = { oldStart: Number(m[1]), newStart: Number(m[4]), lines: [] };
  let i = at + 1;
  const take = (mark: '<' | '>', count: number): void => {
    for (let n = 0; n < count; n++, i++) {
      const line = lines[i];
      if (line === undefined) throw new PatchError('unexpected end of file in patch');
      if (!line.startsWith(mark)) throw new PatchError(`'${mark}' expected at line ${i + 1} of patch`);
      hunk.lines.push({ op: mark === '<' ? '-' : '+', text: line.slice(2), complete: true });
    }
    if (count > 0 && lines[i]?.startsWith('\\')) {
      hunk.lines.at(-1)!.complete = false;
      i++;
    }
  };
  take('<', old);
  if (kind === 'c') {
    if (lines[i] !== '---') throw new PatchError(`'---' expected at line ${i + 1} of patch`);
    i++;
  }
  take('>', fresh);
  hunks.push(hunk);
  return i;
}

function contextHunk(lines: readonly string[], at: number, hunks: Hunk[]): number {
  if (!/^\*{15}/.test(lines[at] ?? '')) return at;
  const from = /^\*\*\* (\d+)(?:,(\d+))? \*\*\*\*/.exec(lines[at + 1] ?? '');
  if (!from) return at;
  let i = at + 2;
  const side = (marks: string): HunkLine[] => {
    const out: HunkLine[] = [];
    for (; i < lines.length && marks.includes(lines[i]![0] ?? '') && /^[ !+-](?: |$)/.test(lines[i]!); i++) {
      out.push({ op: lines[i]![0] as ' ', text: lines[i]!.slice(2), complete: true });
      if (lines[i + 1]?.startsWith('\\')) {
        out.at(-1)!.complete = false;
        i++;
      }
    }
    return out;
  };
  const old = side(' !-');
  const to = /^--- (\d+)(?:,(\d+))? ----/.exec(lines[i] ?? '');
  if (!to) throw new PatchError(`missing header for context diff at line ${i + 1} of patch`);
  i++;
  const fresh = side(' !+');
  hunks.push({ oldStart: Number(from[1]), newStart: Number(to[1]), lines: mergeSides(old, fresh) });
  return i;
}

/** A side that has no changes may be left out; then it is the common lines of the other one. */
function mergeSides(old: readonly HunkLine[], fresh: readonly HunkLine[]): HunkLine[] {
  const a = old.length > 0 ? old : fresh.filter(({ op }) => op === ' ');
  const b = fresh.length > 0 ? fresh : old.filter(({ op }) => op === ' ');
  const out: HunkLine[] = [];
  let j = 0;
  for (let i = 0; i <= a.length; ) {
    while (i < a.length && a[i]!.op !== ' ') out.push({ ...a[i++]!, op: '-' });
    while (j < b.length && b[j]!.op !== ' ') out.push({ ...b[j++]!, op: '+' });
    if (i >= a.length) break;
    out.push(a[i++]!);
    j++;
  }
  return out;
}

/** The patch that takes another back. */
export function reversed(patch: FilePatch): FilePatch {
  const swap = { ' ': ' ', '-': '+', '+': '-' } as const;
  return {
    ...patch,
    oldName: patch.newName,
    newName: patch.oldName,
    oldStamp: patch.newStamp,
    newStamp: patch.oldStamp,
    hunks: patch.hunks.map((hunk) => ({
      oldStart: hunk.newStart,
      newStart: hunk.oldStart,
      lines: removedFirst(hunk.lines.map((line) => ({ ...line, op: swap[line.op] }))),
    })),
  };
}

/** In every run of changes what goes stands before what comes. */
function removedFirst(lines: HunkLine[]): HunkLine[] {
  const out: HunkLine[] = [];
  let run: HunkLine[] = [];
  const flush = (): void => {
    out.push(...run.filter(({ op }) => op === '-'), ...run.filter(({ op }) => op === '+'));
    run = [];
  };
  for (const line of lines) {
    if (line.op === ' ') {
      flush();
      out.push(line);
    } else run.push(line);
  }
  flush();
  return out;
}
