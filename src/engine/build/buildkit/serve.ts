import { ApiError } from '../../../api/errors.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Daemon } from '../../daemon.ts';
import type { Call } from '../../server/call.ts';
import type { RawStream } from '../../server/raw-stream.ts';
import { RpcPeer } from '../rpc/peer.ts';
import { ActiveBuilds } from './builds.ts';
import { ControlService } from './control.ts';
import { Sessions } from './session.ts';

/** What BuildKit's clients have open. */
export class BuildKit {
  readonly builds = new ActiveBuilds();
  readonly sessions = new Sessions();
}

const openOf = (daemon: Daemon): BuildKit => {
  daemon.buildkit ??= new BuildKit();
  return daemon.buildkit;
};

/** Makes the connection one of HTTP/2. @throws ApiError */
function* upgrade(call: Call, kind: 'internal' | 'invalid-parameter'): Wait<RawStream> {
  const protocol = call.header('upgrade');
  if (!protocol) throw new ApiError(kind, 'no upgrade proto in request');
  if (protocol !== 'h2c') throw new ApiError(kind, `protocol ${protocol} not supported`);
  return yield* call.connection.takeOver(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  );
}

/** POST /grpc: the client calls BuildKit's services. @throws ApiError */
export function* serveGrpc(call: Call): Wait<void> {
  const stream = yield* upgrade(call, 'internal');
  const { builds, sessions } = openOf(call.daemon);
  const service = new ControlService(call.daemon, builds, sessions);
  yield* new RpcPeer(stream, 'server').run(call.sys, service.handle);
}

/** POST /session: the client answers calls of its builds. @throws ApiError */
export function* serveSession(call: Call): Wait<void> {
  const stream = yield* upgrade(call, 'invalid-parameter');
  const fields = call.connection.head?.headers;
  const id = fields?.get('x-docker-expose-session-uuid') ?? '';
  const methods = fields?.getAll('x-docker-expose-session-grpc-method') ?? [];
  yield* openOf(call.daemon).sessions.serve(call.sys, stream, id, methods);
}
