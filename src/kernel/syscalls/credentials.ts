import type { CapSet, Credentials } from '../../abi/credentials.ts';
import { EINVAL, EPERM } from '../../abi/errno.ts';
import { intersectCaps, isSubset, withUids } from '../task/capabilities.ts';
import type { Task } from '../task/task.ts';

export const credentials = (task: Task): Credentials => task.cred;

/** setuid(2). */
export function setuid(task: Task, uid: number): number {
  const { cred } = task;
  if (uid < 0) return -EINVAL;
  if (task.capable('CAP_SETUID')) task.process.cred = withUids(cred, uid, uid, uid);
  else if (uid === cred.uid || uid === cred.suid) task.process.cred = withUids(cred, cred.uid, uid, cred.suid);
  else return -EPERM;
  return 0;
}

export function setgid(task: Task, gid: number): number {
  const { cred } = task;
  if (gid < 0) return -EINVAL;
  if (task.capable('CAP_SETGID')) task.process.cred = { ...cred, gid, egid: gid, sgid: gid };
  else if (gid === cred.gid || gid === cred.sgid) task.process.cred = { ...cred, egid: gid };
  else return -EPERM;
  return 0;
}

/** setresuid(2); -1 leaves an id as it is. */
export function setresuid(task: Task, ruid: number, euid: number, suid: number): number {
  const { cred } = task;
  const mine = [cred.uid, cred.euid, cred.suid];
  const wanted = [ruid, euid, suid];
  if (!task.capable('CAP_SETUID') && wanted.some((id) => id !== -1 && !mine.includes(id))) return -EPERM;
  const [u, e, s] = wanted.map((id, i) => (id === -1 ? mine[i]! : id));
  task.process.cred = withUids(cred, u!, e!, s!);
  return 0;
}

export function setresgid(task: Task, rgid: number, egid: number, sgid: number): number {
  const { cred } = task;
  const mine = [cred.gid, cred.egid, cred.sgid];
  const wanted = [rgid, egid, sgid];
  if (!task.capable('CAP_SETGID') && wanted.some((id) => id !== -1 && !mine.includes(id))) return -EPERM;
  const [g, e, s] = wanted.map((id, i) => (id === -1 ? mine[i]! : id));
  task.process.cred = { ...cred, gid: g!, egid: e!, sgid: s! };
  return 0;
}

export function setgroups(task: Task, groups: readonly number[]): number {
  if (!task.capable('CAP_SETGID')) return -EPERM;
  if (groups.length > 65536) return -EINVAL;
  task.process.cred = { ...task.cred, groups: [...groups] };
  return 0;
}

type Sets = Partial<
  Pick<Credentials, 'permitted' | 'effective' | 'inheritable' | 'bounding' | 'ambient' | 'noNewPrivs'>
>;

/** capset(2), PR_CAPBSET_DROP, PR_CAP_AMBIENT and PR_SET_NO_NEW_PRIVS. */
export function setcaps(task: Task, sets: Sets): number {
  const old = task.cred;
  const next = { ...old, ...sets };
  if (old.noNewPrivs && !next.noNewPrivs) return -EPERM;
  if (!isSubset(next.permitted, old.permitted)) return -EPERM;
  if (!isSubset(next.effective, next.permitted)) return -EPERM;
  const grants: CapSet = task.capable('CAP_SETPCAP') ? old.bounding : old.permitted;
  for (const cap of next.inheritable) if (!old.inheritable.has(cap) && !grants.has(cap)) return -EPERM;
  if (sets.bounding !== undefined) {
    if (!isSubset(next.bounding, old.bounding)) return -EPERM;
    if (next.bounding.size < old.bounding.size && !task.capable('CAP_SETPCAP')) return -EPERM;
  }
  const raisable = intersectCaps(next.permitted, next.inheritable);
  if (sets.ambient !== undefined && !isSubset(next.ambient, raisable)) return -EPERM;
  task.process.cred = { ...next, ambient: intersectCaps(next.ambient, raisable) };
  return 0;
}
