import type { BuildStatus } from '../../../api/build.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `95B`, `32.77kB`. @see tonistiigi/units, as BuildKit's display uses it */
function bytesText(bytes: number): string {
  let n = bytes;
  let unit = 0;
  for (; n >= 1000 && unit < UNITS.length - 1; unit++) n /= 1000;
  return unit === 0 ? `${n}B` : `${n.toFixed(2)}${UNITS[unit]}`;
}

/** A part of a step as it is shown: `transferring context: 32.77kB`, `pushing layers 1.05MB / 3.00MB`. */
export function statusName({ name, current, total }: NonNullable<BuildStatus['statuses']>[number]): string {
  if (total) return `${name} ${bytesText(current ?? 0)} / ${bytesText(total)}`;
  return current ? `${name} ${bytesText(current)}` : name;
}
