import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { Change } from '../diff/compare.ts';
import { changesOf, linesOf } from './diff-text.ts';
import type { Repo } from './repo.ts';
import type { Files } from './tree.ts';

export interface Conflict {
  path: string;
  kind: 'content' | 'add/add' | 'modify/delete' | 'delete/modify';
  base: { mode: number; id: string } | undefined;
  ours: { mode: number; id: string } | undefined;
  theirs: { mode: number; id: string } | undefined;
}

export interface Merged {
  files: Files;
  conflicts: Conflict[];
  /** Paths whose lines were merged. */
  auto: string[];
}

/** A three-way merge of whole trees; files that conflict hold the text with markers. */
export function* mergeTrees(
  repo: Repo,
  base: Files,
  ours: Files,
  theirs: Files,
  names: readonly [string, string],
): Wait<Merged> {
  const files: Files = new Map();
  const conflicts: Conflict[] = [];
  const auto: string[] = [];
  for (const path of [...new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])].sort()) {
    const [b, o, t] = [base.get(path), ours.get(path), theirs.get(path)];
    const same = (x: typeof b, y: typeof b): boolean => x?.id === y?.id && x?.mode === y?.mode;
    const keep = (file: typeof b): void => {
      if (file) files.set(path, file);
    };
    if (same(o, t) || same(b, t)) keep(o);
    else if (same(b, o)) keep(t);
    else if (!o || !t) {
      conflicts.push({ path, kind: o ? 'modify/delete' : 'delete/modify', base: b, ours: o, theirs: t });
      keep(o ?? t);
    } else {
      auto.push(path);
      const empty = new Uint8Array(0);
      const bytes = function* (file: typeof b): Wait<Uint8Array> {
        return file ? ((yield* repo.objects.read(file.id))?.bytes ?? empty) : empty;
      };
      const merged = yield* mergeLines(repo, yield* bytes(b), yield* bytes(o), yield* bytes(t), names);
      files.set(path, { mode: o.mode, id: yield* repo.objects.write('blob', encode(merged.text)) });
      if (merged.conflict) conflicts.push({ path, kind: b ? 'content' : 'add/add', base: b, ours: o, theirs: t });
    }
  }
  return { files, conflicts, auto };
}

interface Region {
  /** Lines of the base that it replaces. */
  from: number;
  to: number;
}

/** diff3: where only one side changed a region, that side is taken; where both did, the markers stand. */
export function* mergeLines(
  repo: Repo,
  base: Uint8Array,
  ours: Uint8Array,
  theirs: Uint8Array,
  [ourName, theirName]: readonly [string, string],
): Wait<{ text: string; conflict: boolean }> {
  const [x, a, b] = [whole(base), whole(ours), whole(theirs)];
  const left = yield* changesOf(repo, base, ours);
  const right = yield* changesOf(repo, base, theirs);
  let out = '';
  let conflict = false;
  let at = 0;
  const shift = { left: 0, right: 0 };
  while (left.length > 0 || right.length > 0) {
    const region = nextRegion(left, right);
    out += x.slice(at, region.from).join('');
    const mine = take(left, region, shift.left);
    const other = take(right, region, shift.right);
    const ourText = a.slice(mine.from, mine.to).join('');
    const theirText = b.slice(other.from, other.to).join('');
    const baseText = x.slice(region.from, region.to).join('');
    if (ourText === theirText || theirText === baseText) out += ourText;
    else if (ourText === baseText) out += theirText;
    else {
      conflict = true;
      out += marked(ourText, theirText, ourName, theirName);
    }
    shift.left = mine.to - region.to;
    shift.right = other.to - region.to;
    at = region.to;
  }
  return { text: out + x.slice(at).join(''), conflict };
}

/** Lines with their newlines. */
function whole(bytes: Uint8Array): string[] {
  const { lines, complete } = linesOf(bytes);
  return lines.map((line, i) => (i === lines.length - 1 && !complete ? line : `${line}\n`));
}

/** The first region that changes of either side touch; those that meet are one. */
function nextRegion(left: readonly Change[], right: readonly Change[]): Region {
  const first = Math.min(left[0]?.a0 ?? Number.POSITIVE_INFINITY, right[0]?.a0 ?? Number.POSITIVE_INFINITY);
  const region = { from: first, to: first };
  for (let grown = true; grown; ) {
    grown = false;
    for (const change of [...left, ...right])
      if (change.a0 <= region.to && change.a1 >= region.from && (change.a1 > region.to || change.a0 < region.from)) {
        region.to = Math.max(region.to, change.a1);
        region.from = Math.min(region.from, change.a0);
        grown = true;
      }
  }
  return region;
}

/** Takes the changes of one side within the region. @returns the lines that it has there */
function take(changes: Change[], region: Region, shift: number): Region {
  let delta = 0;
  while (
    changes.length > 0 &&
    changes[0]!.a0 <= region.to &&
    changes[0]!.a1 <= region.to &&
    changes[0]!.a0 >= region.from
  ) {
    const change = changes.shift()!;
    delta += change.b1 - change.b0 - (change.a1 - change.a0);
  }
  return { from: region.from + shift, to: region.to + shift + delta };
}

function marked(ours: string, theirs: string, ourName: string, theirName: string): string {
  // Lines that both have at the beginning and the end of a conflict stand outside of it.
  const a = ours.split(/(?<=\n)/);
  const b = theirs.split(/(?<=\n)/);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  const middle = (lines: readonly string[]): string => ended(lines.slice(head, lines.length - tail).join(''));
  return `${a.slice(0, head).join('')}<<<<<<< ${ourName}\n${middle(a)}=======\n${middle(b)}>>>>>>> ${theirName}\n${a.slice(a.length - tail).join('')}`;
}
