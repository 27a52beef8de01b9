import { toBase64 } from '../../../lib/base64.ts';
import { UNKNOWN } from '../../../lib/grpc.ts';
import { encode } from '../../../lib/utf8.ts';
import type { BuildFailure } from '../job.ts';
import { RpcError, type RpcStatus } from '../rpc/peer.ts';
import { RpcStatusMessage } from './control-proto.ts';
import type { StatusLog } from './status.ts';

const TYPES = 'github.com/moby/buildkit/errdefs';

/**
 * The end of a call of a build that failed: its words, the lines of the Dockerfile that are to blame and the step.
 * @see moby/buildkit util/grpcerrors, solver/errdefs
 */
export function failureStatus(failure: BuildFailure, log: StatusLog): RpcStatus {
  const details: { type_url: string; value: Uint8Array }[] = [];
  const add = (name: string, value: unknown): void => {
    details.push({ type_url: `${TYPES}.${name}+json`, value: encode(JSON.stringify(value)) });
  };
  const { first, last, filename, text, vertex, message } = failure;
  if (first > 0)
    add('Source', {
      info: { filename, data: toBase64(encode(text)), language: 'Dockerfile' },
      ranges: [{ start: { line: first }, end: { line: last } }],
    });
  if (vertex !== undefined) add('Vertex', { digest: log.digest(vertex) });
  return details.length === 0
    ? { code: UNKNOWN, message }
    : { code: UNKNOWN, message, details: RpcStatusMessage.encode({ code: UNKNOWN, message, details }) };
}

/** An error without more about it. */
export const failed = (message: string, code = UNKNOWN): RpcError => new RpcError({ code, message });
