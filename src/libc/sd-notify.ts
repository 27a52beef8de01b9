import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { encode } from '../lib/utf8.ts';
import { sendto } from './datagram.ts';
import type { Wait } from './io.ts';
import { environment } from './program.ts';

/** Tells process 1 of a state of the service (`READY=1`). @returns false where nobody listens. @see sd_notify(3) */
export function* notifyManager(sys: Sys, state: string): Wait<boolean> {
  const path = environment(sys.envp).get('NOTIFY_SOCKET');
  if (path === undefined) return false;
  const fd = sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
  if (fd < 0) return false;
  const sent = yield* sendto(sys, fd, encode(state), { family: AF_UNIX, path });
  sys.close(fd);
  return sent >= 0;
}
