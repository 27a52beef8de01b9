import type { EndpointSettings } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import {
  NetworkConnect,
  NetworkCreate,
  type NetworkCreateBody,
  NetworkDisconnect,
  NetworkInspect,
  NetworkList,
  NetworkPrune,
  NetworkRemove,
} from '../../api/network.ts';
import { secondsOf } from '../clock.ts';
import { checkFilterNames, labelMatches, untilSeconds } from '../container/filters.ts';
import { pruneLabels } from '../container/prune.ts';
import type { Daemon } from '../daemon.ts';
import { shape } from '../server/fold-keys.ts';
import { isTrue } from '../server/params.ts';
import { type Route, serve } from '../server/serve.ts';
import { planNetwork } from './create.ts';
import type { DockerNetwork } from './network.ts';
import { noSuchNetwork } from './networks.ts';
import { endpointProblems, joinProblems } from './settings.ts';

const LIST_FILTERS = new Set(['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type']);
const CREATE_BODY = shape(
  'network.CreateRequest',
  'Name:string CheckDuplicate:bool Driver:string Scope:string Internal:bool Attachable:bool Ingress:bool ConfigOnly:bool ' +
    'ConfigFrom EnableIPv4:bool EnableIPv6:bool Options:map[string]string Labels:map[string]string',
  { IPAM: shape('network.IPAM', 'Driver:string Options:map[string]string Config') },
);
const PRIVATE_MODE =
  'container cannot be connected to multiple networks with one of the networks in private (none) mode';
const PRUNE_FILTERS = new Set(['label', 'label!', 'until']);

export const networkRoutes: Route[] = [
  serve(NetworkList, function* ({ daemon }, { filters = {} }) {
    checkFilterNames(filters, LIST_FILTERS);
    for (const type of filters.type ?? [])
      if (type !== 'custom' && type !== 'builtin') throw new ApiError('internal', `invalid filter: 'type'='${type}'`);
    for (const value of filters.dangling ?? [])
      if (!/^(1|0|true|false)$/.test(value))
        throw new ApiError(
          'invalid-parameter',
          'invalid value for filter \'dangling\', must be "true" (or "1"), or "false" (or "0")',
        );
    const some = (values: string[] | undefined, fits: (value: string) => boolean): boolean =>
      !values || values.length === 0 || values.some(fits);
    const fits = (n: DockerNetwork): boolean =>
      some(filters.driver, (v) => n.stored.driver === v) &&
      some(filters.name, (v) => n.name.includes(v)) &&
      some(filters.id, (v) => n.id.startsWith(v)) &&
      some(filters.scope, (v) => v === 'local') &&
      some(filters.type, (v) => (v === 'builtin') === n.predefined) &&
      some(filters.dangling, (v) => isTrue(v) === (!n.predefined && !inUse(daemon, n))) &&
      (filters.label ?? []).every((label) => labelMatches(n.stored.labels, label));
    return daemon.networks.store
      .all()
      .filter(fits)
      .map((n) => n.shown(false));
  }),
  serve(NetworkInspect, function* ({ daemon }, { id, scope }) {
    if (scope && scope !== 'local') throw noSuchNetwork(id);
    return daemon.networks.store.get(id).shown(true);
  }),
  serve(NetworkCreate, function* (call) {
    const { networks, config } = call.daemon;
    const plan = planNetwork(
      networks.store,
      yield* call.body<NetworkCreateBody>(true, CREATE_BODY),
      config.networkOptions,
    );
    const network = yield* call.daemon.networks.store.create(call.sys, plan);
    return { Id: network.id, Warning: '' };
  }),
  serve(NetworkRemove, function* ({ sys, daemon }, { id }) {
    const network = daemon.networks.store.get(id);
    if (network.predefined)
      throw new ApiError('forbidden', `${network.name} is a pre-defined network and cannot be removed`);
    if (network.endpoints.size > 0) {
      const list = [...network.endpoints.values()]
        .map((e) => `name:"${e.containerName}" id:"${e.id.slice(0, 12)}"`)
        .join(', ');
      throw new ApiError(
        'forbidden',
        `error while removing network: network ${network.name} has active endpoints (${list})`,
      );
    }
    if (daemon.networks.store.all().some((n) => network.stored.configOnly && n.stored.configFrom === network.name))
      throw new ApiError(
        'forbidden',
        `error while removing network: configuration network ${JSON.stringify(network.name)} is in use`,
      );
    yield* daemon.networks.store.remove(sys, network);
  }),
  serve(NetworkConnect, function* (call, { id }) {
    const body = yield* call.body<{ Container: string; EndpointConfig?: Partial<EndpointSettings> | null }>(true);
    const { daemon, sys } = call;
    const c = daemon.containers.get(body.Container ?? '');
    const network = daemon.networks.store.get(id);
    const settings = body.EndpointConfig ?? {};
    if (c.state.RemovalInProgress || c.state.Dead)
      throw new ApiError(
        'conflict',
        'container is marked for removal and cannot be connected or disconnected to the network',
      );
    if (network.name === 'host' && c.hostConfig.NetworkMode !== 'host')
      throw new ApiError(
        'invalid-parameter',
        'cannot connect container to host network - container must be created in host network mode',
      );
    if (network.name === 'none' && Object.keys(c.network.Networks).length > 0)
      throw new ApiError('invalid-parameter', PRIVATE_MODE);
    if (
      c.hostConfig.NetworkMode === 'host' ||
      c.hostConfig.NetworkMode === 'none' ||
      c.hostConfig.NetworkMode.startsWith('container:')
    ) {
      if (c.hostConfig.NetworkMode === 'host')
        throw new ApiError('forbidden', 'cannot attach both user-defined and system-defined network-modes');
      if (c.hostConfig.NetworkMode.startsWith('container:'))
        throw new ApiError(
          'forbidden',
          'container sharing network namespace with another container or host cannot be connected to any other network',
        );
      throw new ApiError('forbidden', PRIVATE_MODE);
    }
    const problems = endpointProblems(network, settings);
    if (problems.length > 0)
      throw new ApiError('invalid-parameter', joinProblems('invalid endpoint settings:', problems));
    yield* daemon.networks.attach(sys, network, c, settings);
  }),
  serve(NetworkDisconnect, function* (call, { id }) {
    const body = yield* call.body<{ Container: string; Force?: boolean }>(true);
    const { daemon, sys } = call;
    const found = daemon.containers.find(body.Container ?? '');
    if (found === undefined || found === 'many') {
      if (!body.Force) daemon.containers.get(body.Container ?? '');
      daemon.networks.store.get(id);
      throw new ApiError('not-found', `endpoint ${body.Container} not found`);
    }
    const known = daemon.networks.store.find(id);
    if (!found.state.Running || (body.Force && !known)) {
      const name = known?.name ?? id;
      if (!found.network.Networks[name])
        throw new ApiError('internal', `container ${found.id} is not connected to the network ${name}`);
    }
    const network = known ?? daemon.networks.store.get(id);
    if (network.name === 'host' && found.hostConfig.NetworkMode === 'host')
      throw new ApiError(
        'forbidden',
        'cannot disconnect container from host network - container was created in host network mode',
      );
    yield* daemon.networks.detach(sys, network, found);
  }),
  serve(NetworkPrune, function* ({ sys, daemon }, { filters = {} }) {
    checkFilterNames(filters, PRUNE_FILTERS);
    const until = filters.until?.[0];
    const latest = until === undefined ? undefined : untilSeconds(sys, until);
    const deleted: string[] = [];
    for (const n of daemon.networks.store.all()) {
      if (n.predefined || n.endpoints.size > 0 || !pruneLabels(n.stored.labels, filters)) continue;
      if (latest !== undefined && secondsOf(n.stored.created) > latest) continue;
      yield* daemon.networks.store.remove(sys, n);
      deleted.push(n.name);
    }
    daemon.events.log(sys, 'network', 'prune', '', { reclaimed: '0' });
    return { NetworksDeleted: deleted.length > 0 ? deleted : null };
  }),
];

const inUse = (daemon: Daemon, n: DockerNetwork): boolean => {
  for (const c of daemon.containers.all()) if (c.network.Networks[n.name]) return true;
  return false;
};
