import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Filters } from '../../api/filters.ts';
import { parseDuration } from '../../lib/go-duration.ts';
import { parseRfc3339, parseTimestamp } from '../../lib/go-time.ts';
import { GoError } from '../../lib/go-value.ts';
import { quote } from '../../lib/quote.ts';
import { now, secondsOf } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import type { Container } from './container.ts';
import { statusOf } from './state.ts';

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);

type Test = (c: Container) => boolean;

const NAMES = new Set([
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
]);
const STATES = new Set(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']);
const HEALTH = new Set(['none', 'starting', 'healthy', 'unhealthy']);

/** @throws ApiError `invalid filter 'x'` for a name that is none */
export function checkFilterNames(filters: Filters, known: ReadonlySet<string>): void {
  for (const name of Object.keys(filters)) if (!known.has(name)) throw invalid(`invalid filter '${name}'`);
}

/** Makes the test of a list. @throws ApiError in the words of the engine */
export function containerFilter(daemon: Daemon, filters: Filters): Test {
  checkFilterNames(filters, NAMES);
  const tests: Test[] = [];
  const any = (name: string, make: (value: string) => Test): void => {
    const values = filters[name];
    if (!values || values.length === 0) return;
    const list = values.map(make);
    tests.push((c) => list.some((test) => test(c)));
  };
  any('name', nameTest);
  any('id', (value) => {
    const pattern = patternOf(value);
    return (c) => c.id.startsWith(value) || (pattern?.test(c.id) ?? false);
  });
  for (const label of filters.label ?? []) tests.push(labelTest(label));
  any('status', (value) => {
    if (!STATES.has(value))
      throw invalid(
        `invalid filter 'status=${value}': invalid value for state (${value}): must be one of created, running, paused, restarting, removing, exited, dead`,
      );
    return (c) => statusOf(c.state) === value;
  });
  any('health', (value) => {
    if (!HEALTH.has(value))
      throw invalid(
        `invalid filter 'health=${value}': invalid value for health (${value}): must be one of none, starting, healthy, unhealthy`,
      );
    return (c) => (c.state.Health?.Status ?? 'none') === value;
  });
  any('exited', (value) => {
    if (!/^-?\d+$/.test(value))
      throw invalid(`invalid filter 'exited=${value}': strconv.Atoi: parsing ${quote(value)}: invalid syntax`);
    return (c) => !c.state.Running && statusOf(c.state) !== 'created' && c.state.ExitCode === Number(value);
  });
  any('is-task', (value) => {
    if (!/^(true|1|false|0)$/.test(value)) throw invalid(`invalid filter 'is-task=[${value}]'`);
    return value === 'true' || value === '1' ? () => false : () => true;
  });
  any(
    'volume',
    (value) => (c) =>
      Object.values(c.mounts).some((m) => m.Name === value || m.Destination === value || m.Source === value),
  );
  any(
    'network',
    (value) => (c) =>
      Object.entries(c.network.Networks).some(
        ([name, e]) => name === value || (e.NetworkID !== '' && e.NetworkID.startsWith(value)),
      ),
  );
  any('publish', (value) => portTest('publish', value));
  any('expose', (value) => portTest('expose', value));
  for (const name of ['before', 'since'] as const) {
    const reference = filters[name]?.[0];
    if (reference === undefined) continue;
    const at = daemon.containers.get(reference).created;
    tests.push((c) =>
      name === 'before' ? secondsOf(c.created) < secondsOf(at) : secondsOf(c.created) > secondsOf(at),
    );
  }
  if (filters.ancestor?.length) {
    tests.push(ancestors(daemon, filters.ancestor));
  }
  return (c) => tests.every((test) => test(c));
}

function patternOf(value: string): RegExp | undefined {
  try {
    return new RegExp(value);
  } catch {
    return undefined;
  }
}

function nameTest(value: string): Test {
  const pattern = patternOf(value);
  return (c) => {
    const bare = c.name.slice(1);
    return (
      bare === value || c.name === value || (pattern !== undefined && (pattern.test(bare) || pattern.test(c.name)))
    );
  };
}

/** `key` or `key=value`. */
export function labelMatches(labels: Readonly<Record<string, string>> | null, label: string): boolean {
  const equals = label.indexOf('=');
  const key = equals < 0 ? label : label.slice(0, equals);
  const value = labels?.[key];
  return value !== undefined && (equals < 0 || value === label.slice(equals + 1));
}

const labelTest =
  (label: string): Test =>
  (c) =>
    labelMatches(c.config.Labels, label);

function portTest(kind: 'publish' | 'expose', value: string): Test {
  const [range = '', proto = 'tcp'] = value.split('/');
  const [from = '', to = from] = range.split('-');
  for (const part of [from, to])
    if (!/^\d+$/.test(part))
      throw new ApiError(
        'internal',
        `error while looking up for ${kind} ${value}: strconv.ParseUint: parsing ${quote(part)}: invalid syntax`,
      );
  const first = Number(from);
  const last = Number(to);
  const within = (port: number): boolean => port >= first && port <= last;
  if (kind === 'publish')
    return (c) =>
      Object.entries(c.network.Ports).some(
        ([spec, bindings]) => spec.endsWith(`/${proto}`) && (bindings ?? []).some((b) => within(Number(b.HostPort))),
      );
  return (c) =>
    Object.keys(c.network.Ports).some((spec) => {
      const [port = '', p = 'tcp'] = spec.split('/');
      return p === proto && within(Number(port));
    });
}

/** Containers of an image, or of one that has all its layers. */
function ancestors(daemon: Daemon, references: readonly string[]): Test {
  const ids = new Set<string>();
  const chains = new Set<string>();
  for (const reference of references) {
    const image = daemon.imageStore.find(reference);
    if (!image) continue;
    ids.add(image.id);
    if (image.topLayer) chains.add(image.topLayer.chainId);
  }
  return (c) => {
    if (ids.has(c.image)) return true;
    for (let layer = daemon.imageStore.byId(c.image)?.topLayer; layer; layer = layer.parent)
      if (chains.has(layer.chainId)) return true;
    return false;
  };
}

/** The `until` of a prune: a duration before now, or a time. @returns seconds since the Epoch. @throws ApiError */
export function untilSeconds(sys: Sys, text: string): number {
  try {
    return now(sys).sec - parseDuration(text) / 1e9;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
  }
  const stamp = parseTimestamp(text);
  if (stamp) return stamp.sec;
  try {
    return parseRfc3339(text).sec;
  } catch {
    throw invalid(`failed to parse value as time or duration: ${quote(text)}`);
  }
}
