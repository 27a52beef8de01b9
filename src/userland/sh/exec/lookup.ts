import { EACCES, ENOENT } from '../../../abi/errno.ts';
import { X_OK } from '../../../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../../../abi/stat.ts';
import type { Shell } from '../state/shell.ts';

/** The path that stands for a command without a slash, by `$PATH`. @returns the path, or -errno */
export function searchCommand(
  shell: Shell,
  name: string,
  path = shell.vars.get('PATH'),
  hashed = true,
): string | number {
  if (name === '') return -ENOENT;
  if (hashed) {
    const known = shell.hash.get(name);
    if (known) {
      known.hits++;
      return known.path;
    }
  }
  if (shell.bash && !path) return name;
  const st = new Stat();
  const applet = hashed || path === shell.vars.get('PATH') ? appletOf(shell, name) : undefined;
  if (applet !== undefined) return applet;
  let denied: string | undefined;
  for (const dir of (path ?? DEFAULT_PATH).split(':')) {
    const full = dir === '' ? (shell.bash ? `./${name}` : name) : dir.endsWith('/') ? dir + name : `${dir}/${name}`;
    if (shell.sys.stat(full, st) < 0 || isDirectory(st.mode)) continue;
    if (isRegular(st.mode) && shell.sys.access(full, X_OK) === 0) {
      if (hashed && dir !== '' && dir !== '.') shell.hash.set(name, { path: full, hits: 1 });
      return full;
    }
    denied ??= full;
  }
  // ash finds what may not be executed too, if there is nothing else
  return denied === undefined ? -ENOENT : shell.personality === 'dash' ? -EACCES : denied;
}

const APPLETS = ['/bin', '/usr/bin', '/sbin', '/usr/sbin'];
const applets = new WeakMap<Shell, Map<string, string | undefined>>();

/**
 * Debian's busybox is built so that its shell prefers its own applets to what `$PATH` has: names that link to the
 * executable of the shell itself. @returns the path of one
 */
export function appletOf(shell: Shell, name: string): string | undefined {
  const { image } = shell.sys;
  if (shell.personality !== 'ash' || !image.version.includes('(Debian') || name.includes('/')) return undefined;
  let known = applets.get(shell);
  if (!known) applets.set(shell, (known = new Map()));
  if (known.has(name)) return known.get(name);
  const [own, st] = [new Stat(), new Stat()];
  const here = shell.sys.stat(image.path, own) === 0;
  const path = APPLETS.map((dir) => `${dir}/${name}`).find(
    (each) => here && shell.sys.stat(each, st) === 0 && st.ino === own.ino && st.dev === own.dev,
  );
  known.set(name, path);
  return path;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** All executables of that name on `$PATH` (type -a). */
export function searchAll(shell: Shell, name: string): string[] {
  const st = new Stat();
  const out: string[] = [];
  for (const dir of (shell.vars.get('PATH') ?? DEFAULT_PATH).split(':')) {
    const full = dir === '' ? `./${name}` : dir.endsWith('/') ? dir + name : `${dir}/${name}`;
    if (shell.sys.stat(full, st) === 0 && isRegular(st.mode) && shell.sys.access(full, X_OK) === 0) out.push(full);
  }
  return out;
}
