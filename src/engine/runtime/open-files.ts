import { RLIMIT_NOFILE } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';

/** Descriptors that a process may have where nobody says more: what systemd starts services with. */
const USUAL = 1024;

/** Lets the engine have as many descriptors as it may, as Go's runtime does at the start: each container takes some. */
export function raiseOpenFiles(sys: Sys): void {
  const limit = sys.getrlimit(RLIMIT_NOFILE);
  if (typeof limit !== 'number') sys.setrlimit(RLIMIT_NOFILE, { soft: limit.hard, hard: limit.hard });
}

/** Takes that back for a program that is about to be started, as Go does before exec. */
export function usualOpenFiles(sys: Sys): void {
  const limit = sys.getrlimit(RLIMIT_NOFILE);
  if (typeof limit !== 'number') sys.setrlimit(RLIMIT_NOFILE, { soft: Math.min(USUAL, limit.hard), hard: limit.hard });
}
