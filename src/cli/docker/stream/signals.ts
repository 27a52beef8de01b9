import { SA_RESTART, SIG_DFL, SIGCHLD, SIGNAL_NAMES, SIGPIPE, SIGTERM, SIGURG, SIGWINCH } from '../../../abi/signal.ts';
import type { Sys } from '../../../abi/sys.ts';
import { Channel } from '../../../libc/sync.ts';
import type { DockerClient } from '../client.ts';
import { ConnectionError, DaemonError } from '../errors.ts';

/** Signals that are the client's own business. */
const OWN = new Set([SIGCHLD, SIGPIPE, SIGURG, SIGWINCH, 9, 19, 23]);

/**
 * Passes the signals that the client gets on to a container (`--sig-proxy`).
 * @param terminated is called after SIGTERM was passed on: it cancels what some commands do
 * @returns a function that ends it
 */
export function forwardSignals(
  sys: Sys,
  client: DockerClient,
  container: string,
  terminated: () => void = () => {},
): () => void {
  const came = new Channel<number>();
  const caught: number[] = [];
  for (let signal = 1; signal < SIGNAL_NAMES.length; signal++) {
    if (OWN.has(signal) || signal === 20 || signal === 21 || signal === 22 || signal === 18) continue;
    sys.sigaction(signal, (n) => came.offer(sys, n), SA_RESTART);
    caught.push(signal);
  }
  sys.thread(function* (own) {
    const side = client.clone(own);
    for (let signal; (signal = yield* came.receive(own)) !== undefined; ) {
      try {
        yield* side.done('POST', `/containers/${container}/kill`, { query: { signal: SIGNAL_NAMES[signal]! } });
      } catch (error) {
        if (!(error instanceof DaemonError || error instanceof ConnectionError)) throw error;
      }
      if (signal === SIGTERM) terminated();
    }
    return 0;
  });
  return () => {
    for (const signal of caught) sys.sigaction(signal, SIG_DFL);
    came.close(sys);
  };
}
