import type { Sys } from '../../abi/sys.ts';
import { listDir, mkdirp } from '../../libc/paths.ts';

const START = ['2', '3', '4', '5'];
const STOP = ['0', '1', '6'];

/** Sets the links of a script in /etc/rc?.d: `S01name` where it starts, `K01name` where it stops. */
export function setLinks(sys: Sys, script: string, how: 'enable' | 'disable' | 'remove'): void {
  for (const level of [...STOP, ...START]) {
    const folder = `/etc/rc${level}.d`;
    const names = listDir(sys, folder);
    for (const name of typeof names === 'number' ? [] : names)
      if (new RegExp(`^[SK]\\d\\d${script.replace(/[.+]/g, '\\$&')}$`).test(name)) sys.unlink(`${folder}/${name}`);
    if (how === 'remove') continue;
    mkdirp(sys, folder, 0o755);
    const letter = how === 'enable' && START.includes(level) ? 'S' : 'K';
    sys.symlink(`../init.d/${script}`, `${folder}/${letter}01${script}`);
  }
}
