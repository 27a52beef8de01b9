import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import type { DockerClient } from '../client.ts';
import { ConnectionError, DaemonError } from '../errors.ts';
import { Background } from './background.ts';

/** What POST /containers/ID/wait answers. */
interface WaitAnswer {
  StatusCode: number;
  Error?: { Message?: string } | null;
}

/**
 * Begins to wait for a container's end, before it is started. @returns its exit status (125 where it cannot be known)
 * @param condition `next-exit`, or `removed` for one that removes itself
 */
export function waitForExit(
  sys: Sys,
  client: DockerClient,
  id: string,
  condition: 'next-exit' | 'removed' | 'not-running',
): Background<number> {
  return new Background(sys, function* (own): Wait<number> {
    try {
      const answer = yield* client
        .clone(own)
        .json<WaitAnswer>('POST', `/containers/${id}/wait`, { query: { condition } });
      return answer.Error?.Message ? 125 : answer.StatusCode;
    } catch (error) {
      if (error instanceof DaemonError || error instanceof ConnectionError) return 125;
      throw error;
    }
  });
}
