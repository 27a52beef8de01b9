import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  O_CLOEXEC,
  O_RDONLY,
} from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { open, type Wait } from '../../libc/io.ts';

/** Files of /proc/PID/ns by the flag of their kind. */
export const NAMESPACE_FILES: readonly (readonly [name: string, type: number])[] = [
  ['ipc', CLONE_NEWIPC],
  ['uts', CLONE_NEWUTS],
  ['net', CLONE_NEWNET],
  ['pid', CLONE_NEWPID],
  ['mnt', CLONE_NEWNS],
];

/** Opens a namespace of a process. @param pid a number or `self`. @returns fd or -errno */
export function* openNamespace(sys: Sys, pid: number | 'self', name: string): Wait<number> {
  return yield* open(sys, `/proc/${pid}/ns/${name}`, O_RDONLY | O_CLOEXEC);
}

/**
 * Does something short in another namespace and comes back. Nothing in between may wait: a process has its namespaces
 * as a whole, so no other thread must run meanwhile.
 * @param there, back open files of the namespaces
 */
export function within<T>(sys: Sys, there: number, back: number, type: number, body: () => T): T | number {
  const r = sys.setns(there, type);
  if (r < 0) return r;
  try {
    return body();
  } finally {
    sys.setns(back, type);
  }
}
