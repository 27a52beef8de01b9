import { compareVersions } from '../lib/version-sort.ts';

/** A KEYDEF of sort(1): fields and characters from 0; `to` is the last field, `toChar` 0 its end. */
export interface SortKey {
  from: number;
  fromChar: number;
  to: number;
  toChar: number;
  /** Ordering letters: b d f g h i M n R r V. */
  flags: string;
}

/** Reads `F[.C][OPTS][,F[.C][OPTS]]`. @returns the key, or GNU's message */
export function parseKey(text: string, global: string): SortKey | string {
  const m = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text);
  if (!m)
    return /^\d/.test(text)
      ? `stray character in field spec: invalid field specification '${text}'`
      : `invalid number at field start: invalid count at start of '${text}'`;
  if (Number(m[1]) === 0) return `-: invalid field specification '${text}'`.replace('-: ', 'field number is zero: ');
  const own = (m[3] ?? '') + (m[6] ?? '');
  return {
    from: Number(m[1]) - 1,
    fromChar: m[2] === undefined ? 0 : Number(m[2]) - 1,
    to: m[4] === undefined ? Number.POSITIVE_INFINITY : Number(m[4]) - 1,
    toChar: m[5] === undefined ? 0 : Number(m[5]),
    flags: own === '' ? global : own,
  };
}

/** The part of `line` that a key compares. Without a separator a field begins with the blanks before it. */
export function keyText(line: string, key: SortKey, separator: string | undefined): string {
  if (key.from === 0 && key.fromChar === 0 && key.to === Number.POSITIVE_INFINITY) return line;
  const starts: number[] = [];
  const ends: number[] = [];
  if (separator !== undefined) {
    let at = 0;
    for (;;) {
      const end = line.indexOf(separator, at);
      starts.push(at);
      ends.push(end < 0 ? line.length : end);
      if (end < 0) break;
      at = end + separator.length;
    }
  } else {
    for (const m of line.matchAll(/[ \t]*[^ \t]+/g)) {
      starts.push(m.index);
      ends.push(m.index + m[0].length);
    }
  }
  const skip = (at: number): number => {
    if (!key.flags.includes('b')) return at;
    let i = at;
    while (line[i] === ' ' || line[i] === '\t') i++;
    return i;
  };
  const begin = key.from < starts.length ? skip(starts[key.from]!) + key.fromChar : line.length;
  let end = line.length;
  if (key.to < starts.length)
    end = key.toChar === 0 ? ends[key.to]! : Math.min(ends[key.to]!, skip(starts[key.to]!) + key.toChar);
  return line.slice(Math.min(begin, line.length), Math.max(begin, end));
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const HUMAN = 'KMGTPEZY';

/** Compares two lines by all keys in order. */
export function compareKeys(a: string, b: string, keys: readonly SortKey[], separator: string | undefined): number {
  for (const key of keys) {
    const order = compareBy(keyText(a, key, separator), keyText(b, key, separator), key.flags);
    if (order !== 0) return key.flags.includes('r') ? -order : order;
  }
  return 0;
}

function compareBy(a: string, b: string, flags: string): number {
  if (flags.includes('n')) return number(a) - number(b) || 0;
  if (flags.includes('h')) return human(a) - human(b) || 0;
  if (flags.includes('g')) return general(a, b);
  if (flags.includes('M'))
    return (
      MONTHS.indexOf(a.trimStart().slice(0, 3).toUpperCase()) - MONTHS.indexOf(b.trimStart().slice(0, 3).toUpperCase())
    );
  if (flags.includes('V')) return compareVersions(a, b);
  const [x, y] = [plain(a, flags), plain(b, flags)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function plain(text: string, flags: string): string {
  let out = flags.includes('b') ? text.replace(/^[ \t]+/, '') : text;
  if (flags.includes('d')) out = out.replace(/[^ \tA-Za-z0-9]/g, '');
  if (flags.includes('i')) out = out.replace(/[^ -~]/g, '');
  return flags.includes('f') ? out.toUpperCase() : out;
}

const number = (text: string): number => Number(/^[ \t]*(-?\d*\.?\d*)/.exec(text)![1] || 0) || 0;

function human(text: string): number {
  const m = /^[ \t]*(-?\d*\.?\d*)([KkMGTPEZY]?)/.exec(text)!;
  return (Number(m[1] || 0) || 0) * 1024 ** (m[2] ? HUMAN.indexOf(m[2].toUpperCase()) + 1 : 0);
}

/** -g: what is no number comes first, then NaN, then by value. */
function general(a: string, b: string): number {
  const [x, y] = [Number.parseFloat(a), Number.parseFloat(b)];
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : -1;
  return Number.isNaN(y) ? 1 : x - y;
}
