import type { Sys } from '../abi/sys.ts';
import { type Wait, writeAll } from '../libc/io.ts';
import { environment } from '../libc/program.ts';
import { stamp } from './clock.ts';

/** The first descriptor that is handed over. @see sd_listen_fds(3) */
const LISTEN_FDS_START = 3;

/** The listening socket that process 1 has handed over (`-H fd://`); undefined where it has none. */
export function handedSocket(sys: Sys): number | undefined {
  const env = environment(sys.envp);
  if (env.get('LISTEN_PID') !== String(sys.getpid()) || !(Number(env.get('LISTEN_FDS')) > 0)) return undefined;
  return LISTEN_FDS_START;
}

/** A line of the daemon's log, as logrus writes it: `time="…" level=info msg="…" key=value`. */
export function* logLine(
  sys: Sys,
  level: 'info' | 'warning' | 'error',
  message: string,
  fields: Readonly<Record<string, string>> = {},
): Wait<void> {
  const more = Object.entries(fields)
    .map(([key, value]) => ` ${key}=${/^[\w./@^+-]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join('');
  yield* writeAll(sys, 2, `time="${stamp(sys)}" level=${level} msg=${JSON.stringify(message)}${more}\n`);
}
