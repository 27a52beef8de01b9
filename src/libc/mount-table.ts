import type { Sys } from '../abi/sys.ts';
import { decode } from '../lib/utf8.ts';
import { readFile, type Wait } from './io.ts';

/** A line of /proc/mounts. */
export interface MountRow {
  source: string;
  dir: string;
  type: string;
  options: string;
}

/** The mounts that the process sees, in their order; [] without /proc. */
export function* readMounts(sys: Sys): Wait<MountRow[]> {
  const bytes = yield* readFile(sys, '/proc/self/mounts');
  if (typeof bytes === 'number') return [];
  return decode(bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [source = '', dir = '', type = '', options = ''] = line.split(' ').map(unescapeOctal);
      return { source, dir, type, options };
    });
}

/** Blanks and backslashes stand as `\040` and so on in fstab(5) and /proc/mounts. */
export const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
