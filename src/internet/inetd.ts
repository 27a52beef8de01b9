import { POLLIN } from '../abi/flags.ts';
import type { Entry } from '../abi/sys.ts';
import { listenTcp } from '../libc/http-server.ts';
import { execve, poll } from '../libc/io.ts';

/** First descriptor that a program gets which is started for a connection. */
const FIRST_FD = 3;

/**
 * Listens on ports and, when somebody connects for the first time, becomes the program that serves them: most hosts of
 * the internet are never asked, and cost nothing.
 */
export const inetd = (path: string, ports: readonly number[]): Entry =>
  function* (sys) {
    const fds: number[] = [];
    for (const [at, port] of ports.entries()) {
      const fd = listenTcp(sys, port);
      if (fd < 0) return 1;
      sys.dup2(fd, FIRST_FD + at);
      if (fd !== FIRST_FD + at) sys.close(fd);
      fds.push(FIRST_FD + at);
    }
    const wanted = fds.map((fd) => ({ fd, events: POLLIN, revents: 0 }));
    while ((yield* poll(sys, wanted, -1)) <= 0);
    yield* execve(sys, path, [path], []);
    return 1;
  };
