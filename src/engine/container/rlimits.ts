import {
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_FSIZE,
  RLIMIT_MEMLOCK,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RSS,
  RLIMIT_STACK,
} from '../../abi/flags.ts';

/** Numbers of the limits that --ulimit names, as far as the kernel holds them. */
export const RLIMITS: Readonly<Record<string, number>> = {
  as: RLIMIT_AS,
  core: RLIMIT_CORE,
  cpu: RLIMIT_CPU,
  data: RLIMIT_DATA,
  fsize: RLIMIT_FSIZE,
  memlock: RLIMIT_MEMLOCK,
  nofile: RLIMIT_NOFILE,
  nproc: RLIMIT_NPROC,
  rss: RLIMIT_RSS,
  stack: RLIMIT_STACK,
};
