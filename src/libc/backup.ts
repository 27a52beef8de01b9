import { Stat } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';
import type { Wait } from './io.ts';
import { dirname, listDir } from './paths.ts';
import type { Context } from './program.ts';
import { invalidArgument } from './shell-quote.ts';

/** Options of programs that keep what they overwrite (cp, mv, ln, install). */
export const BACKUP_OPTIONS = {
  backup: { arg: 'CONTROL', optional: true, busybox: false, help: 'make a backup of each existing destination file' },
  backupShort: { short: 'b', long: false, busybox: false, help: 'like --backup but does not accept an argument' },
  suffix: { short: 'S', arg: 'SUFFIX', busybox: false, help: 'override the usual backup suffix' },
} as const;

const METHODS: Readonly<Record<string, 'none' | 'simple' | 'existing' | 'numbered'>> = {
  none: 'none',
  off: 'none',
  simple: 'simple',
  never: 'simple',
  existing: 'existing',
  nil: 'existing',
  numbered: 'numbered',
  t: 'numbered',
};
const WORDS = ['none, off', 'simple, never', 'existing, nil', 'numbered, t'];

/** How a program keeps files. */
export interface Backup {
  method: 'simple' | 'existing' | 'numbered';
  suffix: string;
}

/** What the options, VERSION_CONTROL and SIMPLE_BACKUP_SUFFIX say; undefined: nothing is kept. */
export function* backupOf(
  ctx: Pick<Context, 'env' | 'usage'> & {
    opts: { backup: string | undefined; backupShort: boolean; suffix: string | undefined };
  },
): Wait<Backup | undefined> {
  const { opts, env } = ctx;
  if (opts.backup === undefined && !opts.backupShort && opts.suffix === undefined) return undefined;
  const word = opts.backup || env.get('VERSION_CONTROL') || 'existing';
  const names = Object.keys(METHODS).filter((name) => name.startsWith(word));
  const method =
    METHODS[word] ?? (new Set(names.map((name) => METHODS[name])).size === 1 ? METHODS[names[0]!] : undefined);
  if (method === undefined) {
    const valid = WORDS.map((row) => row.split(', ').join('\u2019, \u2018'));
    return yield* ctx.usage(invalidArgument(opts.backup ? 'backup type' : '$VERSION_CONTROL', word, valid));
  }
  const suffix = opts.suffix ?? env.get('SIMPLE_BACKUP_SUFFIX') ?? '~';
  return method === 'none' ? undefined : { method, suffix: suffix === '' || suffix.includes('/') ? '~' : suffix };
}

/** Renames `path` to the name of its backup. @returns that name, or -errno */
export function keep(sys: Sys, path: string, backup: Backup): string | number {
  let name = path + backup.suffix;
  if (backup.method !== 'simple') {
    const dir = dirname(path);
    const base = path.slice(path.lastIndexOf('/') + 1);
    const names = listDir(sys, dir);
    let highest = 0;
    for (const other of typeof names === 'number' ? [] : names) {
      if (!other.startsWith(`${base}.~`)) continue;
      const number = /^\.~(\d+)~$/.exec(other.slice(base.length))?.[1];
      if (number !== undefined) highest = Math.max(highest, Number(number));
    }
    if (backup.method === 'numbered' || highest > 0) name = `${path}.~${highest + 1}~`;
  }
  if (sys.lstat(path, new Stat()) < 0) return '';
  const r = sys.rename(path, name);
  return r < 0 ? r : name;
}
