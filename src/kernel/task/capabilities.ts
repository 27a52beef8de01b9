import { ALL_CAPS, type Capability, type CapSet, type Credentials, NO_CAPS } from '../../abi/credentials.ts';
import type { FileCaps } from '../../abi/file-caps.ts';

const intersect = (a: CapSet, b: CapSet): CapSet => {
  if (a === ALL_CAPS) return b;
  if (b === ALL_CAPS) return a;
  const out = new Set<Capability>();
  for (const cap of a) if (b.has(cap)) out.add(cap);
  return out;
};
const union = (a: CapSet, b: CapSet): CapSet => {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  return new Set([...a, ...b]);
};
export const isSubset = (a: CapSet, b: CapSet): boolean => {
  for (const cap of a) if (!b.has(cap)) return false;
  return true;
};

/**
 * Ids and capabilities after an exec, where `ids` are the set-id bits that count and `file` are the file's capabilities
 * (capabilities(7), "Transformation").
 */
export function credentialsAfterExec(
  cred: Credentials,
  ids: { uid?: number; gid?: number },
  file?: FileCaps,
): Credentials {
  const setId = !cred.noNewPrivs && (ids.uid !== undefined || ids.gid !== undefined);
  const euid = setId ? (ids.uid ?? cred.euid) : cred.euid;
  const egid = setId ? (ids.gid ?? cred.egid) : cred.egid;
  const changed = euid !== cred.euid || egid !== cred.egid;
  const counts = file !== undefined && !cred.noNewPrivs;
  const ambient = changed || counts ? NO_CAPS : cred.ambient;
  let permitted: CapSet = ambient;
  let effective: CapSet = ambient;
  if (euid === 0 || cred.uid === 0) {
    permitted = union(cred.bounding, cred.inheritable);
    effective = euid === 0 ? permitted : ambient;
  } else if (counts) {
    permitted = union(intersect(cred.inheritable, file.inheritable), intersect(file.permitted, cred.bounding));
    effective = file.effective ? permitted : NO_CAPS;
  }
  return { ...cred, euid, suid: euid, egid, sgid: egid, permitted, effective, ambient };
}

/** False where a file's effective capabilities could not all be had: such a program does not start (EPERM). */
export const mayHold = (cred: Credentials, file: FileCaps): boolean =>
  cred.noNewPrivs ||
  !file.effective ||
  isSubset(file.permitted, union(cred.bounding, intersect(cred.inheritable, file.inheritable)));

/** Capabilities after the user ids changed (capabilities(7), "Effect of user ID changes on capabilities"). */
export function withUids(cred: Credentials, uid: number, euid: number, suid: number): Credentials {
  let { permitted, effective, ambient } = cred;
  const wasRoot = cred.uid === 0 || cred.euid === 0 || cred.suid === 0;
  if (wasRoot && uid !== 0 && euid !== 0 && suid !== 0) permitted = effective = ambient = NO_CAPS;
  else if (cred.euid === 0 && euid !== 0) effective = NO_CAPS;
  else if (cred.euid !== 0 && euid === 0) effective = permitted;
  return { ...cred, uid, euid, suid, permitted, effective, ambient };
}

/** As 16 hexadecimal digits (/proc/PID/status). */
export function capsToHex(set: CapSet, order: readonly Capability[]): string {
  let hi = 0;
  let lo = 0;
  order.forEach((cap, bit) => {
    if (!set.has(cap)) return;
    if (bit < 32) lo |= 1 << bit;
    else hi |= 1 << (bit - 32);
  });
  return (hi >>> 0).toString(16).padStart(8, '0') + (lo >>> 0).toString(16).padStart(8, '0');
}

export { intersect as intersectCaps };
