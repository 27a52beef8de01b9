import { endpoint } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import {
  Ping,
  PingHead,
  SystemAuth,
  SystemDiskUsage,
  SystemEvents,
  SystemInfo,
  SystemVersion,
} from '../../api/system.ts';
import type { Call } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import { diskUsage } from './disk-usage.ts';
import { infoAnswer, versionAnswer } from './info.ts';
import { sendEvents } from './send-events.ts';

function pingHeaders(call: Call): void {
  Object.assign(call.headers, {
    'Builder-Version': '2',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Swarm: 'inactive',
  });
}

const NOT_A_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

/** Operations of a swarm: this engine is in none. */
const SWARM: readonly (readonly ['GET' | 'POST' | 'DELETE', string])[] = [
  ['GET', '/swarm'],
  ['GET', '/swarm/unlockkey'],
  ['POST', '/swarm/update'],
  ['GET', '/nodes'],
  ['GET', '/nodes/{id}'],
  ['POST', '/nodes/{id}/update'],
  ['DELETE', '/nodes/{id}'],
  ['GET', '/services'],
  ['POST', '/services/create'],
  ['GET', '/services/{id}'],
  ['POST', '/services/{id}/update'],
  ['DELETE', '/services/{id}'],
  ['GET', '/services/{id}/logs'],
  ['GET', '/tasks'],
  ['GET', '/tasks/{id}'],
  ['GET', '/secrets'],
  ['POST', '/secrets/create'],
  ['GET', '/secrets/{id}'],
  ['DELETE', '/secrets/{id}'],
  ['GET', '/configs'],
  ['POST', '/configs/create'],
  ['GET', '/configs/{id}'],
  ['DELETE', '/configs/{id}'],
];

const swarmRoutes: Route[] = SWARM.map(([method, path]) =>
  serve(endpoint<unknown, unknown>({ method, path, since: '1.24', ok: 200 }), function* () {
    throw new ApiError('unavailable', NOT_A_MANAGER);
  }),
);

const SwarmLeave = endpoint<unknown, void>({ method: 'POST', path: '/swarm/leave', since: '1.24', ok: 200 });
const SwarmInit = endpoint<unknown, string>({ method: 'POST', path: '/swarm/init', since: '1.24', ok: 200 });
const SwarmJoin = endpoint<unknown, void>({ method: 'POST', path: '/swarm/join', since: '1.24', ok: 200 });
const Plugins = endpoint<unknown, unknown[]>({ method: 'GET', path: '/plugins', since: '1.25', ok: 200 });

const NO_SWARM = 'This engine cannot be part of a swarm yet';

export const systemRoutes: Route[] = [
  serve(Ping, function* (call) {
    pingHeaders(call);
    return 'OK';
  }),
  serve(PingHead, function* (call) {
    pingHeaders(call);
    call.headers['Content-Type'] = 'text/plain; charset=utf-8';
    call.headers['Content-Length'] = '0';
  }),
  serve(SystemVersion, function* ({ sys }) {
    return versionAnswer(sys);
  }),
  serve(SystemInfo, function* ({ sys, daemon }) {
    return yield* infoAnswer(sys, daemon);
  }),
  serve(SystemEvents, function* (call, params) {
    yield* sendEvents(call, params);
  }),
  serve(SystemDiskUsage, function* ({ sys, daemon }, { type }) {
    return yield* diskUsage(sys, daemon, type);
  }),
  serve(SystemAuth, function* (call) {
    yield* call.body(true);
    throw new ApiError('unauthorized', 'incorrect username or password');
  }),
  serve(Plugins, function* () {
    return [];
  }),
  serve(SwarmLeave, function* () {
    throw new ApiError('unavailable', 'This node is not part of a swarm');
  }),
  serve(SwarmInit, function* () {
    throw new ApiError('not-implemented', NO_SWARM);
  }),
  serve(SwarmJoin, function* () {
    throw new ApiError('not-implemented', NO_SWARM);
  }),
  ...swarmRoutes,
];
