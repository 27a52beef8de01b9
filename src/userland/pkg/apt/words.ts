import type { Sys } from '../../../abi/sys.ts';

/** A size as apt writes it, without its `B`: three digits, a blank and the unit. */
export function aptSize(bytes: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P'];
  let size = Math.abs(bytes);
  for (const [at, unit] of units.entries()) {
    if (size < 100 && at > 0) return `${size.toFixed(1)} ${unit}`;
    if (size < 10_000) return `${size.toFixed(0)} ${unit}`;
    size /= 1000;
  }
  return `${size.toFixed(0)} E`;
}

/** Seconds as apt writes them: `1h 2min 3s`. */
export function aptTime(seconds: number): string {
  const s = Math.floor(seconds);
  if (s >= 86_400)
    return `${Math.floor(s / 86_400)}d ${Math.floor(s / 3600) % 24}h ${Math.floor(s / 60) % 60}min ${s % 60}s`;
  if (s >= 3600) return `${Math.floor(s / 3600)}h ${Math.floor(s / 60) % 60}min ${s % 60}s`;
  if (s >= 60) return `${Math.floor(s / 60)}min ${s % 60}s`;
  return `${s}s`;
}

/** A title and a list of names below it, as wide as the terminal; nothing where the list is empty. */
export function nameList(sys: Sys, title: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const size = sys.isatty(1) ? sys.tiocgwinsz(1) : undefined;
  const width = (typeof size === 'object' && size.cols > 3 ? size.cols : 80) - 3;
  let text = title;
  let used = 0;
  for (const name of names) {
    if (used === 0 || used + name.length >= width) {
      text += '\n  ';
      used = 0;
    } else {
      text += ' ';
      used++;
    }
    text += name;
    used += name.length;
  }
  return `${text}\n`;
}
