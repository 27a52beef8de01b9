import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { type Group, type Passwd, parseGroup, parsePasswd } from '../../libc/accounts.ts';
import type { Wait } from '../../libc/io.ts';
import { readText } from '../disk.ts';
import { resolveIn } from '../runtime/scope.ts';

export interface ResolvedUser {
  uid: number;
  gid: number;
  groups: number[];
}

const ID_MAX = 2 ** 31 - 1;
const NUMBER = /^[+-]?\d+$/;

/**
 * Who `user` (`name`, `uid`, `name:group`, `uid:gid`) is in the container whose root is at `root`.
 * @param extra groups of --group-add
 * @throws ApiError `unable to find user nosuch: no matching entries in passwd file`
 */
export function* resolveUser(sys: Sys, root: string, user: string, extra: readonly string[]): Wait<ResolvedUser> {
  const passwd = parsePasswd((yield* readText(sys, resolveIn(sys, root, '/etc/passwd'))) ?? '');
  const groups = parseGroup((yield* readText(sys, resolveIn(sys, root, '/etc/group'))) ?? '');
  const [userPart = '', groupPart = ''] = user.split(':');
  const who = findUser(passwd, userPart);
  const found: ResolvedUser = { uid: who.uid, gid: who.gid, groups: [] };
  if (groupPart !== '') found.gid = findGroup(groups, groupPart);
  else if (who.name !== '') {
    for (const group of groups) if (group.members.includes(who.name)) found.groups.push(group.gid);
  }
  const added = extra.map((name) => findGroup(groups, name));
  const all = [found.gid, ...found.groups, ...added];
  found.groups = [...new Set(all)].sort((a, b) => a - b);
  return found;
}

function findUser(passwd: readonly Passwd[], name: string): { uid: number; gid: number; name: string } {
  if (name === '') {
    const root = passwd.find((u) => u.uid === 0);
    return { uid: 0, gid: root?.gid ?? 0, name: root?.name ?? '' };
  }
  const named = passwd.find((u) => u.name === name);
  if (named) return named;
  if (!NUMBER.test(name))
    throw new ApiError('internal', `unable to find user ${name}: no matching entries in passwd file`);
  const uid = inRange(name);
  return passwd.find((u) => u.uid === uid) ?? { uid, gid: 0, name: '' };
}

function findGroup(groups: readonly Group[], name: string): number {
  const named = groups.find((g) => g.name === name);
  if (named) return named.gid;
  if (!NUMBER.test(name))
    throw new ApiError('internal', `unable to find group ${name}: no matching entries in group file`);
  return inRange(name);
}

function inRange(text: string): number {
  const id = Number(text);
  if (id < 0 || id > ID_MAX) throw new ApiError('invalid-parameter', `uids and gids must be in range 0-${ID_MAX}`);
  return id;
}
