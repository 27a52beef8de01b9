import { CliError } from '../errors.ts';
import type { Group, Target } from './model.ts';
import { type Bake, withInherited } from './targets.ts';

/** What a bake is about: the groups that were named, and every target to build. */
export interface Plan {
  groups: Map<string, Group>;
  targets: Map<string, Target>;
  /** Targets in the order in which they were asked for. */
  order: string[];
}

/**
 * Finds the targets that names stand for, and those that they build on.
 * @throws CliError `failed to find target NAME`
 */
export function resolveTargets(bake: Bake, given: readonly string[]): Plan {
  const names = given.length > 0 ? given : ['default'];
  const plan: Plan = { groups: new Map(), targets: new Map(), order: [] };
  for (const name of names) addName(bake, plan, name, []);
  const own = bake.groups.get('default');
  const isDefault = names.length === 1 && names[0] === 'default';
  const list = isDefault && own ? own.targets : [...new Set(names)];
  plan.groups.set('default', { name: 'default', targets: isDefault && !own ? plan.order : list });
  linkContexts(bake, plan);
  return plan;
}

function addName(bake: Bake, plan: Plan, name: string, path: readonly string[]): void {
  const group = bake.groups.get(name);
  if (group && !path.includes(name)) {
    plan.groups.set(name, group);
    for (const target of group.targets) addName(bake, plan, target, [...path, name]);
    return;
  }
  const target = withInherited(bake, name);
  if (target) {
    if (!plan.order.includes(name)) plan.order.push(name);
    plan.targets.set(name, finished(target));
    return;
  }
  throw new CliError(`ERROR: failed to find target ${name}`);
}

/** Fills in what a target always has. */
function finished(target: Target): Target {
  const out = { ...target };
  out.context = cleanPath(out.context ?? '.');
  out.dockerfile ??= 'Dockerfile';
  return out;
}

const cleanPath = (path: string): string => {
  if (path === '-' || /^(https?|git|ssh|target|docker-image):/.test(path)) return path;
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  return (rooted ? '/' : '') + parts.join('/') || '.';
};

/** Targets that are the context of another one are built too, and keep nothing. @throws CliError */
function linkContexts(bake: Bake, plan: Plan): void {
  const todo = [...plan.targets.values()];
  for (let target = todo.shift(); target; target = todo.shift())
    for (const value of Object.values(target.contexts ?? {})) {
      const name = /^target:(.+)$/.exec(value)?.[1];
      if (name === undefined || plan.targets.has(name)) continue;
      const linked = withInherited(bake, name);
      if (!linked) throw new CliError(`ERROR: failed to find target ${name}`);
      const whole = finished(linked);
      whole.output ??= [{ type: 'cacheonly' }];
      plan.targets.set(name, whole);
      todo.push(whole);
    }
}
