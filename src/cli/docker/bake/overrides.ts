import { goMatch } from '../../../lib/go-match.ts';
import { CliError } from '../errors.ts';
import { type EntryKind, entryOf } from './entries.ts';
import type { Target } from './model.ts';
import type { Bake } from './targets.ts';

/** `--set PATTERN.KEY[.NAME]=VALUE`, or `+=` for lists. */
interface Override {
  pattern: string;
  key: string;
  name: string;
  value: string | undefined;
  append: boolean;
}

/** Reads `--set` texts; a name that stands alone takes the environment's value. @throws CliError */
export function parseOverrides(words: readonly string[], env: ReadonlyMap<string, string>): Override[] {
  return words.map((word) => {
    const equals = word.indexOf('=');
    const append = equals > 0 && word[equals - 1] === '+';
    const path = equals < 0 ? word : word.slice(0, append ? equals - 1 : equals);
    const [pattern = '', key, ...rest] = path.split('.');
    if (key === undefined) throw new CliError(`ERROR: invalid override key ${path}, expected target.name`);
    if (equals < 0 && key !== 'args') throw new CliError(`ERROR: invalid override ${word}, expected target.name=value`);
    const name = rest.join('.');
    return { pattern, key, name, value: equals < 0 ? env.get(name) : word.slice(equals + 1), append };
  });
}

const TEXTS: Readonly<Record<string, keyof Target>> = {
  context: 'context',
  dockerfile: 'dockerfile',
  'dockerfile-inline': 'dockerfile-inline',
  target: 'target',
  network: 'network',
  'shm-size': 'shm-size',
  call: 'call',
};
const LISTS: Readonly<Record<string, keyof Target>> = {
  tags: 'tags',
  platform: 'platforms',
  annotations: 'annotations',
  'no-cache-filter': 'no-cache-filter',
  ulimits: 'ulimits',
  entitlements: 'entitlements',
};
const ENTRIES: Readonly<Record<string, [keyof Target, EntryKind]>> = {
  'cache-from': ['cache-from', 'cache'],
  'cache-to': ['cache-to', 'cache'],
  output: ['output', 'output'],
  secrets: ['secret', 'secret'],
  ssh: ['ssh', 'ssh'],
  attest: ['attest', 'attest'],
};

/** Lays overrides over targets. @throws CliError */
export function applyOverrides(bake: Bake, overrides: readonly Override[]): void {
  const replaced = new Set<string>();
  for (const override of overrides) {
    const names = [...bake.targets.keys()].filter((name) => goMatch(override.pattern, name));
    if (names.length === 0) throw new CliError(`ERROR: could not find any target matching '${override.pattern}'`);
    for (const name of names) {
      const first = !replaced.has(`${name}.${override.key}`) && !override.append;
      replaced.add(`${name}.${override.key}`);
      set(bake.targets.get(name)!, override, first);
    }
  }
}

/** @param first the values so far are replaced, not added to */
function set(target: Target, { key, name, value, append }: Override, first: boolean): void {
  const loose = target as unknown as Record<string, unknown>;
  const flag = (): boolean => {
    if (!/^(true|false|1|0|t|f)$/i.test(value ?? ''))
      throw new CliError(`ERROR: invalid value ${value} for boolean key ${key}`);
    return /^(true|1|t)$/i.test(value!);
  };
  if (append && !LISTS[key] && !ENTRIES[key]) throw new CliError(`ERROR: invalid override operator +=  for ${key}`);
  if (key === 'args' || key === 'labels' || key === 'contexts' || key === 'extra-hosts') {
    if (name === '') throw new CliError(`ERROR: invalid format for ${key}, expecting ${key}.<name>=<value>`);
    if (value !== undefined) loose[key] = { ...(loose[key] as Record<string, string> | undefined), [name]: value };
  } else if (TEXTS[key]) loose[TEXTS[key]] = value ?? '';
  else if (LISTS[key]) {
    const own = LISTS[key];
    const more = key === 'platform' ? (value ?? '').split(',') : [value ?? ''];
    loose[own] = first ? more : [...((loose[own] as string[] | undefined) ?? []), ...more];
  } else if (ENTRIES[key]) {
    const [own, kind] = ENTRIES[key];
    const entry = value === '' ? [] : [entryOf(kind, value ?? '')];
    loose[own] = first ? entry : [...((loose[own] as unknown[] | undefined) ?? []), ...entry];
  } else if (key === 'pull') target.pull = flag();
  else if (key === 'no-cache') target['no-cache'] = flag();
  else if (key === 'push' || key === 'load') {
    const type = key === 'push' ? 'image' : 'docker';
    if (flag()) target.output = [{ type, ...(key === 'push' ? { push: 'true' } : {}) }];
  } else throw new CliError(`ERROR: unknown key: ${key}`);
}
