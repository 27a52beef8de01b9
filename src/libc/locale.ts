import { Stat } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';

/** Whether the locale of an environment has UTF-8 characters (LC_ALL, else LC_CTYPE, else LANG). */
export function isUtf8(env: ReadonlyMap<string, string>): boolean {
  return /utf-?8/i.test(env.get('LC_ALL') || env.get('LC_CTYPE') || env.get('LANG') || '');
}

/** Variables that decide how characters are encoded, the strongest first. */
export const LOCALE_VARIABLES = ['LC_ALL', 'LC_CTYPE', 'LANG'] as const;

/** A locale's encoding: `bytes` in C and POSIX; undefined where the system does not have it. */
export function encodingOf(sys: Sys, name: string): 'bytes' | 'utf8' | undefined {
  if (name === '' || name === 'C' || name === 'POSIX') return 'bytes';
  if (/^C\.utf-?8$/i.test(name)) return 'utf8';
  if (!/\.utf-?8(?:@|$)/i.test(name) || name.includes('/')) return undefined;
  const folder = name.replace(/\.utf-?8/i, '.utf8');
  const st = new Stat();
  const here = sys.stat(`/usr/lib/locale/${folder}`, st) === 0 || sys.stat('/usr/lib/locale/locale-archive', st) === 0;
  return here ? 'utf8' : undefined;
}
