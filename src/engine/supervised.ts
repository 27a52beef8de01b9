import type { Sys } from '../abi/sys.ts';
import { environment } from '../libc/program.ts';

/** The first descriptor that is handed over. @see sd_listen_fds(3) */
const LISTEN_FDS_START = 3;

/** The listening socket that process 1 has handed over (`-H fd://`); undefined where it has none. */
export function handedSocket(sys: Sys): number | undefined {
  const env = environment(sys.envp);
  if (env.get('LISTEN_PID') !== String(sys.getpid()) || !(Number(env.get('LISTEN_FDS')) > 0)) return undefined;
  return LISTEN_FDS_START;
}
