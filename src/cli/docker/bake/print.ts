import type { Group, Target } from './model.ts';

/** Attributes in the order of buildx's JSON. */
const ORDER = [
  'annotations',
  'attest',
  'context',
  'contexts',
  'dockerfile',
  'dockerfile-inline',
  'args',
  'labels',
  'tags',
  'cache-from',
  'cache-to',
  'target',
  'secret',
  'ssh',
  'platforms',
  'output',
  'pull',
  'no-cache',
  'network',
  'no-cache-filter',
  'shm-size',
  'ulimits',
  'call',
  'entitlements',
  'extra-hosts',
] as const satisfies readonly (keyof Target)[];

const sorted = (from: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).sort(([a], [b]) => (a < b ? -1 : 1)));

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function shownTarget(target: Target): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (!isEmpty(target.description)) out['description'] = target.description;
  for (const key of ORDER) {
    const value = target[key];
    if (isEmpty(value)) continue;
    if (Array.isArray(value)) out[key] = value.map((item) => (typeof item === 'object' ? sorted(item) : item));
    else out[key] = typeof value === 'object' ? sorted(value) : value;
  }
  return out;
}

/** What `bake --print` prints. */
export function bakeJson(groups: ReadonlyMap<string, Group>, targets: ReadonlyMap<string, Target>): string {
  const shown = {
    group: sorted(
      Object.fromEntries(
        [...groups].map(([name, group]) => [
          name,
          { ...(group.description ? { description: group.description } : {}), targets: group.targets },
        ]),
      ),
    ),
    target: sorted(Object.fromEntries([...targets].map(([name, target]) => [name, shownTarget(target)]))),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}
