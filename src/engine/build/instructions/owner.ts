import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { parseGroup, parsePasswd } from '../../../libc/accounts.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { resolveIn } from '../../runtime/scope.ts';

export interface Owner {
  uid: number;
  gid: number;
}

/** `USER[:GROUP]` by the files of the image. @returns what is wrong as text */
export function* ownerOf(sys: Sys, root: string, text: string): Wait<Owner | string> {
  const [user = '', group] = text.split(':');
  const owner: Owner = { uid: 0, gid: 0 };
  const problem = (kind: 'user' | 'group', name: string): string =>
    `unable to convert uid/gid chown string to host mapping: can't find ${kind === 'user' ? 'uid' : 'gid'} for ${kind} ${name}: no such ${kind}: ${name}`;
  if (/^\d+$/.test(user)) owner.uid = owner.gid = Number(user);
  else {
    const bytes = yield* readFile(sys, resolveIn(sys, root, '/etc/passwd'));
    const found = typeof bytes === 'number' ? undefined : parsePasswd(decode(bytes)).find((u) => u.name === user);
    if (!found) return problem('user', user);
    owner.uid = found.uid;
    owner.gid = found.gid;
  }
  if (group === undefined) return owner;
  if (/^\d+$/.test(group)) owner.gid = Number(group);
  else {
    const bytes = yield* readFile(sys, resolveIn(sys, root, '/etc/group'));
    const found = typeof bytes === 'number' ? undefined : parseGroup(decode(bytes)).find((g) => g.name === group);
    if (!found) return problem('group', group);
    owner.gid = found.gid;
  }
  return owner;
}
