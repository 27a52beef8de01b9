import type { Capability, Credentials } from '../abi/credentials.ts';
import { EACCES } from '../abi/errno.ts';
import { X_OK } from '../abi/flags.ts';
import { S_IFDIR, S_IFMT } from '../abi/stat.ts';

/** The part of an inode that permission depends on. */
interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export const capable = (cred: Credentials, capability: Capability): boolean => cred.effective.has(capability);

export const inGroup = (cred: Credentials, gid: number): boolean => cred.egid === gid || cred.groups.includes(gid);

/** May `cred` act as the owner (chmod, utimens, sticky directories)? */
export const isOwner = (cred: Credentials, inode: Owned): boolean =>
  cred.euid === inode.uid || capable(cred, 'CAP_FOWNER');

/**
 * The classic check of owner, group and others, then of capabilities.
 * @param mask R_OK, W_OK, X_OK
 * @returns 0 or -EACCES
 * @see path_resolution(7), capabilities(7)
 */
export function genericPermission(cred: Credentials, inode: Owned, mask: number): number {
  let bits = inode.mode;
  if (cred.euid === inode.uid) bits >>= 6;
  else if ((bits & 0o77) >> 3 !== (bits & 7) && inGroup(cred, inode.gid)) bits >>= 3;
  if ((mask & ~bits & 7) === 0) return 0;
  return override(cred, inode, mask);
}

function override(cred: Credentials, inode: Owned, mask: number): number {
  if ((inode.mode & S_IFMT) === S_IFDIR) {
    if ((mask & 2) === 0 && capable(cred, 'CAP_DAC_READ_SEARCH')) return 0;
    return capable(cred, 'CAP_DAC_OVERRIDE') ? 0 : -EACCES;
  }
  if (mask === 4 && capable(cred, 'CAP_DAC_READ_SEARCH')) return 0;
  if ((mask & X_OK) === 0 || (inode.mode & 0o111) !== 0) return capable(cred, 'CAP_DAC_OVERRIDE') ? 0 : -EACCES;
  return -EACCES;
}

/** Sticky directory: may `cred` remove or rename `victim` in `dir`? */
export function mayDelete(cred: Credentials, dir: Owned, victim: Owned): boolean {
  if ((dir.mode & 0o1000) === 0) return true;
  return cred.euid === victim.uid || cred.euid === dir.uid || capable(cred, 'CAP_FOWNER');
}
