import { type Endpoint, endpoint } from './endpoint.ts';

type Method = 'GET' | 'POST' | 'DELETE';

/** An operation of a swarm: the engine refuses them all, so their parameters and answers are not spelt out. */
const operation = (method: Method, path: string, since: string): Endpoint<Record<string, unknown>, unknown, unknown> =>
  endpoint({ method, path, since, ok: 200, query: { version: 'string', stdout: 'bool', stderr: 'bool' } });

export const SwarmInspect = operation('GET', '/swarm', '1.24');
export const SwarmInit = operation('POST', '/swarm/init', '1.24');
export const SwarmJoin = operation('POST', '/swarm/join', '1.24');
export const SwarmLeave = operation('POST', '/swarm/leave', '1.24');
export const SwarmUpdate = operation('POST', '/swarm/update', '1.24');
export const SwarmUnlockKey = operation('GET', '/swarm/unlockkey', '1.24');
export const SwarmUnlock = operation('POST', '/swarm/unlock', '1.24');

/** Operations that ask for a `version` of the object before anything else. */
export const UPDATES = ['nodes', 'services', 'secrets', 'configs'].map((noun) =>
  operation('POST', `/${noun}/{id}/update`, noun === 'nodes' || noun === 'services' ? '1.24' : '1.30'),
);

/** Logs of a service and of a task: they ask for a stream before anything else. */
export const LOGS = ['services', 'tasks'].map((noun) => operation('GET', `/${noun}/{id}/logs`, '1.29'));

/** What needs a manager and nothing else. */
export const OTHERS = [
  operation('GET', '/nodes', '1.24'),
  operation('GET', '/nodes/{id}', '1.24'),
  operation('DELETE', '/nodes/{id}', '1.24'),
  operation('GET', '/services', '1.24'),
  operation('POST', '/services/create', '1.24'),
  operation('GET', '/services/{id}', '1.24'),
  operation('DELETE', '/services/{id}', '1.24'),
  operation('GET', '/tasks', '1.24'),
  operation('GET', '/tasks/{id}', '1.24'),
  operation('GET', '/secrets', '1.25'),
  operation('POST', '/secrets/create', '1.25'),
  operation('GET', '/secrets/{id}', '1.25'),
  operation('DELETE', '/secrets/{id}', '1.25'),
  operation('GET', '/configs', '1.30'),
  operation('POST', '/configs/create', '1.30'),
  operation('GET', '/configs/{id}', '1.30'),
  operation('DELETE', '/configs/{id}', '1.30'),
];
