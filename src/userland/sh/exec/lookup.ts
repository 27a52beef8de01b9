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
  return denied === undefined ? -ENOENT : shell.bash ? denied : -EACCES;
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
