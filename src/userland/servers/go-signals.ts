import { BLOCKED } from '../../abi/errno.ts';
import { SIGINT, SIGTERM } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';

/**
 * Waits until a signal ends a server of Go that handles none: the runtime dies by the default action, which process 1 is
 * spared; it then leaves with 2.
 * @see Go runtime/signal_unix.go, dieFromSignal
 */
export function* untilSignal(sys: Sys): Wait<number> {
  let ended = false;
  if (sys.getpid() === 1) for (const signal of [SIGTERM, SIGINT]) sys.sigaction(signal, () => void (ended = true));
  while (!ended) if (sys.pause() === BLOCKED) yield;
  return 2;
}
