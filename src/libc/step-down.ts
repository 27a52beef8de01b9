import type { Sys } from '../abi/sys.ts';
import { Accounts } from './accounts.ts';
import type { Wait } from './io.ts';

/** Whom `user[:group]` names. */
export interface Identity {
  uid: number;
  gid: number;
  groups: number[];
  home: string;
}

/**
 * Looks up `user[:group]`, each a name or a number.
 * @returns what is wrong where there is no such user or group
 */
export function* findIdentity(sys: Sys, spec: string): Wait<Identity | { unknown: 'user' | 'group'; name: string }> {
  const accounts = new Accounts(sys);
  const colon = spec.indexOf(':');
  const user = colon < 0 ? spec : spec.slice(0, colon);
  const group = colon < 0 ? undefined : spec.slice(colon + 1);
  const who = (yield* accounts.byName(user)) ?? (/^\d+$/.test(user) ? yield* accounts.byUid(Number(user)) : undefined);
  if (!who && !/^\d+$/.test(user)) return { unknown: 'user', name: user };
  const named = group ? yield* accounts.groupByName(group) : undefined;
  if (group && !named && !/^\d+$/.test(group)) return { unknown: 'group', name: group };
  const gid = group ? (named?.gid ?? Number(group)) : (who?.gid ?? 0);
  // a group that is named is the only one
  const groups = group || !who ? [gid] : yield* accounts.groupsOf(who.name, who.gid);
  return { uid: who?.uid ?? Number(user), gid, groups, home: who?.dir ?? '/' };
}

/** Becomes somebody else for good. @returns 0 or -errno */
export function stepDown(sys: Sys, { uid, gid, groups }: Identity): number {
  for (const r of [sys.setgroups(groups), sys.setgid(gid), sys.setuid(uid)]) if (r < 0) return r;
  return 0;
}
