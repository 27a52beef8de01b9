import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { Condition } from '../../../libc/sync.ts';
import type { DockerClient } from '../client.ts';
import { ConnectionError, DaemonError } from '../errors.ts';
import { Background } from './background.ts';
import { logError } from './log-error.ts';

/** What POST /containers/ID/wait answers. */
interface WaitAnswer {
  StatusCode: number;
  Error?: { Message?: string } | null;
}

/**
 * Begins to wait for a container's end, before it is started: comes back when the daemon has taken the request. @returns its exit
 * status (125 where it cannot be known)
 * @param condition `next-exit`, or `removed` for one that removes itself
 */
export function* waitForExit(
  sys: Sys,
  client: DockerClient,
  id: string,
  condition: 'next-exit' | 'removed' | 'not-running',
): Wait<Background<number>> {
  const begun = sys.now(CLOCK_REALTIME);
  let taken = false;
  const changed = new Condition();
  const waiting = new Background(sys, function* (own): Wait<number> {
    try {
      const path = `/containers/${id}/wait`;
      const response = yield* client.clone(own).call('POST', path, { query: { condition } });
      taken = true;
      changed.notify(own);
      const text = yield* response.text();
      if (response.broken || text.trim() === '') {
        yield* logError(own, 'error waiting for container: unexpected EOF', begun);
        return 125;
      }
      const answer = JSON.parse(text) as WaitAnswer;
      return answer.Error?.Message ? 125 : answer.StatusCode;
    } catch (error) {
      if (error instanceof DaemonError || error instanceof ConnectionError) return 125;
      throw error;
    } finally {
      taken = true;
      changed.notify(own);
    }
  });
  while (!taken) yield* changed.wait(sys);
  return waiting;
}
