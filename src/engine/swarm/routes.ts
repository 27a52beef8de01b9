import { ApiError } from '../../api/errors.ts';
import {
  LOGS,
  OTHERS,
  SwarmInit,
  SwarmInspect,
  SwarmJoin,
  SwarmLeave,
  SwarmUnlock,
  SwarmUnlockKey,
  SwarmUpdate,
  UPDATES,
} from '../../api/swarm.ts';
import { ipBytes } from '../../lib/ip.ts';
import { quote } from '../../lib/quote.ts';
import type { Wait } from '../../libc/io.ts';
import type { Call } from '../server/call.ts';
import { shape } from '../server/fold-keys.ts';
import { type Route, serve } from '../server/serve.ts';

/** What an engine that is in no swarm says to most of a swarm's operations. */
export const NOT_A_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

const NO_SWARM = 'This engine cannot be part of a swarm yet';

const INIT_BODY = shape(
  'swarm.InitRequest',
  'ListenAddr:string AdvertiseAddr:string DataPathAddr:string DataPathPort:int ForceNewCluster:bool Spec ' +
    'AutoLockManagers:bool Availability:string DefaultAddrPool:[]string SubnetSize:int',
);
const JOIN_BODY = shape(
  'swarm.JoinRequest',
  'ListenAddr:string AdvertiseAddr:string DataPathAddr:string RemoteAddrs:[]string JoinToken:string Availability:string',
);

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);

function* notAManager(): Wait<never> {
  throw new ApiError('unavailable', NOT_A_MANAGER);
}

/** @throws ApiError for an address that nobody can listen on */
function checkListenAddress(address: string): void {
  if (address === '') throw invalid('invalid ListenAddr "": invalid empty address');
  const host = /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([^:]*)(?::\d+)?$/.exec(address)?.[1];
  if (host === undefined || (host !== '' && !ipBytes(host) && !/^(eth0|lo|docker0)$/.test(host)))
    throw invalid('listen address must be an IP address or network interface (with optional port number)');
}

function versionOf(text: unknown, noun: string): void {
  const version = String(text ?? '');
  if (/^\d+$/.test(version)) return;
  throw invalid(`invalid ${noun} version '${version}': strconv.ParseUint: parsing ${quote(version)}: invalid syntax`);
}

/** Operations of a swarm, answered as an engine answers that is in none. */
export const swarmRoutes: Route[] = [
  serve(SwarmInspect, notAManager),
  serve(SwarmUnlockKey, notAManager),
  serve(SwarmUnlock, notAManager),
  serve(SwarmInit, function* (call: Call) {
    checkListenAddress((yield* call.body<{ ListenAddr?: string }>(true, INIT_BODY)).ListenAddr ?? '');
    throw new ApiError('not-implemented', NO_SWARM);
  }),
  serve(SwarmJoin, function* (call: Call) {
    checkListenAddress((yield* call.body<{ ListenAddr?: string }>(true, JOIN_BODY)).ListenAddr ?? '');
    throw new ApiError('not-implemented', NO_SWARM);
  }),
  serve(SwarmLeave, function* () {
    throw new ApiError('unavailable', 'This node is not part of a swarm');
  }),
  serve(SwarmUpdate, function* (_call, { version }) {
    versionOf(version, 'swarm');
    yield* notAManager();
  }),
  ...UPDATES.map((endpoint) =>
    serve(endpoint, function* (_call, { version }) {
      versionOf(version, /^\/(\w+)s\//.exec(endpoint.path)![1]!);
      yield* notAManager();
    }),
  ),
  ...LOGS.map((endpoint) =>
    serve(endpoint, function* (_call, { stdout, stderr }) {
      if (!stdout && !stderr) throw new ApiError('internal', 'Bad parameters: you must choose at least one stream');
      yield* notAManager();
    }),
  ),
  ...OTHERS.map((endpoint) => serve(endpoint, notAManager)),
];
