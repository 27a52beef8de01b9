import type { Sys } from '../../abi/sys.ts';
import { Accounts, type Passwd } from '../../libc/accounts.ts';
import type { Wait } from '../../libc/io.ts';

/** Takes a user's groups and ids. @returns 0 or -errno */
export function* become(sys: Sys, user: Passwd, gid = user.gid): Wait<number> {
  const r = sys.setgroups(yield* new Accounts(sys).groupsOf(user.name, gid));
  if (r < 0) return r;
  const g = sys.setgid(gid);
  return g < 0 ? g : sys.setuid(user.uid);
}

/** The environment of a login, `keep` from the former. */
export function loginEnvironment(
  env: ReadonlyMap<string, string>,
  user: Passwd,
  shell: string,
  keep: readonly string[],
): Map<string, string> {
  const out = new Map<string, string>();
  for (const name of keep) {
    const value = env.get(name);
    if (value !== undefined) out.set(name, value);
  }
  out.set('HOME', user.dir);
  out.set('SHELL', shell);
  out.set('USER', user.name);
  out.set('LOGNAME', user.name);
  out.set(
    'PATH',
    user.uid === 0
      ? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
      : '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games',
  );
  return out;
}
