import { boolOf, evaluate, type HclScope, type HclValue, textOf, withNames } from '../../../lib/hcl-eval.ts';
import type { HclExpression } from '../../../lib/hcl-syntax.ts';
import { CliError } from '../errors.ts';
import { type EntryKind, entryOf } from './entries.ts';
import type { BakeFile, Definition, Group, Target } from './model.ts';
import type { BakeScope } from './scope.ts';

type Reader = (value: HclValue) => unknown;

const string: Reader = (value) => textOf(value);
const strings: Reader = (value) =>
  (Array.isArray(value) ? value : [value])
    .map((item) => textOf(item))
    .filter((item) => item !== undefined && item !== '');
const bool: Reader = (value) => boolOf(value);
const map: Reader = (value) =>
  Object.fromEntries(
    Object.entries(value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {})
      .map(([key, item]) => [key, item === null ? null : (textOf(item) ?? null)] as const)
      .filter(([, item]) => item !== null),
  );
const entries =
  (kind: EntryKind): Reader =>
  (value) =>
    (Array.isArray(value) ? value : [value])
      .filter((item) => item !== null && item !== '')
      .map((item) => entryOf(kind, item));

/** Attributes of a target: a closed set, and how each is read. */
const READERS: Readonly<Record<string, Reader>> = {
  description: string,
  inherits: strings,
  context: string,
  contexts: map,
  dockerfile: string,
  'dockerfile-inline': string,
  args: map,
  labels: map,
  tags: strings,
  annotations: strings,
  attest: entries('attest'),
  'cache-from': entries('cache'),
  'cache-to': entries('cache'),
  target: string,
  secret: entries('secret'),
  ssh: entries('ssh'),
  platforms: strings,
  output: entries('output'),
  pull: bool,
  'no-cache': bool,
  network: string,
  'no-cache-filter': strings,
  'shm-size': string,
  ulimits: strings,
  call: string,
  entitlements: strings,
  'extra-hosts': map,
};

/** What files describe, with every value worked out and matrices unfolded. */
export interface Bake {
  targets: Map<string, Target>;
  groups: Map<string, Group>;
}

/** Evaluates all targets and groups. @throws HclError, CliError */
export function evaluateBake(file: BakeFile, scope: BakeScope): Bake {
  const bake: Bake = { targets: new Map(), groups: new Map() };
  for (const variable of file.variables.keys()) scope.variable(variable);
  const inScope: HclScope = {
    variable: (name) => scope.variable(name) ?? referenced(name, bake),
    function: (name) => scope.function(name),
  };
  for (const definition of file.targets.values()) unfold(bake, definition, inScope);
  for (const { name, attributes } of file.groups.values()) {
    const targets = attributes.get('targets');
    const description = attributes.get('description');
    const list = targets ? (strings(evaluate(targets, inScope)) as string[]) : [];
    bake.groups.set(name, {
      name,
      ...(description ? { description: textOf(evaluate(description, inScope)) ?? '' } : {}),
      targets: list,
    });
  }
  return bake;
}

/** `target.app.tags`: targets that were read before, as values. */
function referenced(name: string, bake: Bake): HclValue | undefined {
  if (name === 'target') return Object.fromEntries(bake.targets) as unknown as HclValue;
  if (name === 'group') return Object.fromEntries(bake.groups) as unknown as HclValue;
  return undefined;
}

function unfold(bake: Bake, definition: Definition, scope: HclScope): void {
  const matrix = definition.attributes.get('matrix');
  const nameOf = definition.attributes.get('name');
  if (!matrix || !nameOf) {
    const name = nameOf ? (textOf(evaluate(nameOf, scope)) ?? definition.name) : definition.name;
    bake.targets.set(name, read(definition, name, scope));
    if (name !== definition.name) bake.groups.set(definition.name, { name: definition.name, targets: [name] });
    return;
  }
  const axes = axesOf(matrix, scope);
  const made: string[] = [];
  for (const values of combinations(axes.map(([, list]) => list))) {
    const inner = withNames(
      scope,
      axes.map(([axis]) => axis),
      values,
    );
    const name = textOf(evaluate(nameOf, inner)) ?? '';
    if (!/^[a-zA-Z0-9_-]+$/.test(name))
      throw new CliError(
        `ERROR: invalid name ${JSON.stringify(name)}: only "a-z", "A-Z", "0-9", "_" and "-" are allowed`,
      );
    if (bake.targets.has(name)) throw new CliError(`ERROR: ${JSON.stringify(name)} already defined`);
    bake.targets.set(name, read(definition, name, inner));
    made.push(name);
  }
  bake.groups.set(definition.name, { name: definition.name, targets: made });
}

function axesOf(matrix: HclExpression, scope: HclScope): [string, HclValue[]][] {
  const value = evaluate(matrix, scope);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new CliError('ERROR: matrix must be a map');
  return Object.keys(value)
    .sort()
    .map((key) => [key, Array.isArray(value[key]) ? value[key] : [value[key]!]]);
}

/** All ways to take one of each list; the first list changes fastest. */
function combinations(lists: readonly HclValue[][]): HclValue[][] {
  let out: HclValue[][] = [[]];
  for (const list of [...lists].reverse())
    out = list.length === 0 ? [] : out.flatMap((rest) => list.map((item) => [item, ...rest]));
  return out;
}

function read(definition: Definition, name: string, scope: HclScope): Target {
  const target: Record<string, unknown> = { name };
  for (const [key, e] of definition.attributes) {
    if (key === 'name' || key === 'matrix') continue;
    const reader = READERS[key];
    if (!reader) continue;
    const value = evaluate(e, scope);
    if (value === null) continue;
    target[key] = reader(value);
  }
  return target as unknown as Target;
}

/** Puts what `over` says over a target: maps are merged, the rest is replaced. */
export function mergeTarget(below: Target, over: Target): Target {
  const out: Target = { ...below, ...over };
  for (const key of ['args', 'labels', 'contexts', 'extra-hosts'] as const) {
    const merged = { ...below[key], ...over[key] };
    if (below[key] || over[key]) (out[key] as Record<string, unknown>) = merged;
  }
  if (below.annotations && over.annotations) out.annotations = [...below.annotations, ...over.annotations];
  return out;
}

/** A target with all that it inherits; a circle ends where it began. */
export function withInherited(bake: Bake, name: string, seen: readonly string[] = []): Target | undefined {
  const own = bake.targets.get(name);
  if (!own) return undefined;
  if (seen.includes(name)) return undefined;
  let below: Target | undefined;
  for (const parent of own.inherits ?? []) {
    const names = bake.targets.has(parent) ? [parent] : (bake.groups.get(parent)?.targets ?? [parent]);
    for (const one of names) {
      const inherited = withInherited(bake, one, [...seen, name]);
      if (!inherited && !seen.includes(one) && one !== name) throw new CliError(`ERROR: failed to find target ${one}`);
      if (inherited) below = below ? mergeTarget(below, inherited) : inherited;
    }
  }
  const merged = below ? mergeTarget(below, own) : { ...own };
  merged.name = name;
  delete merged.inherits;
  return merged;
}
