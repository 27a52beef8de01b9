import { MS_BIND, MS_RDONLY, MS_REC, MS_REMOUNT } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';

/** Paths of an overlay's layers; `lower` uppermost first. */
export interface OverlayPaths {
  lower: readonly string[];
  upper: string;
  work: string;
}

/** Mounts an overlay. @returns 0 or -errno */
export function mountOverlay(sys: Sys, target: string, paths: OverlayPaths): number {
  const data = `lowerdir=${paths.lower.join(':')},upperdir=${paths.upper},workdir=${paths.work}`;
  return sys.mount('overlay', target, 'overlay', 0, data);
}

/** Shows `source` at `target` too. @returns 0 or -errno */
export function bind(sys: Sys, source: string, target: string, recursive = true): number {
  return sys.mount(source, target, 'bind', MS_BIND | (recursive ? MS_REC : 0), '');
}

/** Makes a mount read-only. @returns 0 or -errno */
export function makeReadOnly(sys: Sys, target: string, flags = 0): number {
  return sys.mount('', target, '', MS_REMOUNT | MS_BIND | MS_RDONLY | flags, '');
}

export const unmount = (sys: Sys, target: string, flags: number): number => sys.umount2(target, flags);
