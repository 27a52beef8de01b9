import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { type Wait, writeFile } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';
import type { Scope } from './expand.ts';
import { assign, suffixPattern } from './read.ts';
import { runRecipe } from './recipe.ts';
import { type Make, MakeError, type PatternRule, type Recipe, type Rule, stemOf, type Variables } from './state.ts';

interface Target {
  name: string;
  state: 'new' | 'running' | 'done';
  failed: boolean;
  /** It failed because one that it needs did. */
  blocked: boolean;
  /** Something was run for it. */
  remade: boolean;
}

/** How a target is made: its prerequisites and recipe, of all rules that name it. */
interface Plan {
  prerequisites: string[];
  orderOnly: string[];
  recipe: Recipe | undefined;
  stem: string;
  explicit: boolean;
}

const NEVER = -1;

/** Brings targets up to date. */
export class Updater {
  readonly #make: Make;
  readonly #targets: Map<string, Target> = new Map();
  readonly #byTarget: Map<string, Rule[]> = new Map();
  readonly #changed: Condition = new Condition();
  #running = 0;
  #stopped = false;
  #waitingSaid = false;

  constructor(make: Make) {
    this.#make = make;
    for (const rule of make.rules)
      for (const target of rule.targets) {
        const list = this.#byTarget.get(target);
        if (list) list.push(rule);
        else this.#byTarget.set(target, [rule]);
      }
  }

  /** Updates the goals. @returns 0, 1 (-q: something is old), 2 (failed) */
  *run(goals: readonly string[]): Wait<number> {
    const make = this.#make;
    yield* this.#warnOverrides();
    let status = 0;
    for (const goal of goals) {
      const target = this.#target(goal);
      yield* this.#update(make.sys, target, undefined, [], []);
      if (target.failed) {
        status = make.options.question ? 1 : 2;
        if (!make.options.keepGoing) break;
        if (target.blocked && !make.options.question)
          yield* make.err(`${make.name}: Target '${goal}' not remade because of errors.\n`);
        continue;
      }
      if (target.remade || make.options.silent || make.options.question) continue;
      const plan = this.#byTarget.get(goal);
      const recipe = plan?.some((rule) => rule.recipe !== undefined);
      yield* make.out(
        recipe && !make.phony.has(goal)
          ? `${make.name}: '${goal}' is up to date.\n`
          : `${make.name}: Nothing to be done for '${goal}'.\n`,
      );
    }
    return status;
  }

  *#warnOverrides(): Wait<void> {
    for (const [name, rules] of this.#byTarget) {
      const withRecipe = rules.filter((rule) => rule.recipe !== undefined && !rule.doubleColon);
      for (let i = 1; i < withRecipe.length; i++) {
        yield* this.#make.err(
          `${withRecipe[i]!.recipe!.file}:${withRecipe[i]!.recipe!.line}: warning: overriding recipe for target '${name}'\n`,
        );
        yield* this.#make.err(
          `${withRecipe[i - 1]!.recipe!.file}:${withRecipe[i - 1]!.recipe!.line}: warning: ignoring old recipe for target '${name}'\n`,
        );
      }
    }
  }

  #target(name: string): Target {
    let target = this.#targets.get(name);
    if (!target) {
      target = { name, state: 'new', failed: false, blocked: false, remade: false };
      this.#targets.set(name, target);
    }
    return target;
  }

  *#update(
    sys: Sys,
    target: Target,
    parent: string | undefined,
    chain: readonly string[],
    inherited: readonly Variables[],
  ): Wait<void> {
    while (target.state === 'running') yield* this.#changed.wait(sys);
    if (target.state === 'done') return;
    target.state = 'running';
    try {
      yield* this.#carryOutRules(sys, target, parent, [...chain, target.name], inherited);
    } finally {
      target.state = 'done';
      this.#changed.notify(sys);
    }
  }

  *#carryOutRules(
    sys: Sys,
    target: Target,
    parent: string | undefined,
    chain: readonly string[],
    inherited: readonly Variables[],
  ): Wait<void> {
    const make = this.#make;
    const { name } = target;
    const doubles = (this.#byTarget.get(name) ?? []).filter((rule) => rule.doubleColon);
    if (doubles.length > 0) {
      for (const rule of doubles) {
        const plan: Plan = {
          prerequisites: rule.prerequisites,
          orderOnly: rule.orderOnly,
          recipe: rule.recipe,
          stem: '',
          explicit: true,
        };
        yield* this.#carryOut(sys, target, plan, chain, inherited);
        if (target.failed) return;
      }
      return;
    }
    const plan = this.#plan(name);
    if (!plan.recipe && !plan.explicit && modified(make, name) === NEVER && !make.phony.has(name)) {
      target.failed = true;
      const needed = parent === undefined ? '' : `, needed by '${parent}'`;
      const stop = make.options.keepGoing ? '' : '  Stop.';
      if (!make.options.keepGoing) throw new MakeError(`No rule to make target '${name}'${needed}.`);
      yield* make.err(`${make.name}: *** No rule to make target '${name}'${needed}.${stop}\n`);
      return;
    }
    yield* this.#carryOut(sys, target, plan, chain, inherited);
  }

  *#carryOut(
    sys: Sys,
    target: Target,
    plan: Plan,
    chain: readonly string[],
    inherited: readonly Variables[],
  ): Wait<void> {
    const make = this.#make;
    const { name } = target;
    const own = yield* this.#variablesOf(name, inherited);
    const layers = own.size > 0 ? [own, ...inherited] : inherited;
    const all = [...new Set([...plan.prerequisites, ...plan.orderOnly])].filter((each) => {
      return !chain.includes(each);
    });
    for (const each of [...plan.prerequisites, ...plan.orderOnly])
      if (chain.includes(each)) yield* make.err(`${make.name}: Circular ${name} <- ${each} dependency dropped.\n`);
    const prerequisites = plan.prerequisites.filter((each) => !chain.includes(each));
    if (!(yield* this.#updateAll(sys, all, name, chain, layers))) {
      target.failed = true;
      target.blocked = true;
      return;
    }
    const at = modified(make, name);
    const newer = prerequisites.filter((each) => {
      const done = this.#targets.get(each);
      return at === NEVER || done?.remade || make.phony.has(each) || modified(make, each) > at;
    });
    const remakes = prerequisites.some((each) => this.#targets.get(each)?.remade);
    const old = at === NEVER || make.phony.has(name) || newer.length > 0 || remakes || make.options.always;
    if (!old) return;
    if (!plan.recipe) {
      // A target without a recipe that is no file counts as made just now.
      target.remade = remakes || (at === NEVER && prerequisites.some((each) => this.#targets.get(each)?.remade));
      return;
    }
    if (make.options.touch && !make.phony.has(name)) {
      yield* make.out(`touch ${name}\n`);
      yield* writeTouch(make, name);
      target.remade = true;
      return;
    }
    const automatic = automaticVariables(
      name,
      prerequisites,
      plan,
      at === NEVER || make.options.always ? prerequisites : newer,
    );
    const scope: Scope = { layers: [automatic, ...layers], at: `${plan.recipe.file}:${plan.recipe.line}` };
    while (this.#running >= make.options.jobs) yield* this.#changed.wait(sys);
    if (this.#stopped && !make.options.keepGoing) {
      target.failed = true;
      return;
    }
    this.#running++;
    const ran = yield* runRecipe(make, sys, name, plan.recipe, scope);
    this.#running--;
    this.#changed.notify(sys);
    if (ran === 'nothing') return;
    if (ran) {
      target.remade = true;
      return;
    }
    target.failed = true;
    this.#stopped = true;
    if (
      make.special.has('.DELETE_ON_ERROR') &&
      !make.phony.has(name) &&
      modified(make, name) !== at &&
      make.sys.unlink(name) === 0
    )
      yield* make.err(`${make.name}: *** Deleting file '${name}'\n`);
    if (this.#running > 0 && !make.options.keepGoing && !this.#waitingSaid) {
      this.#waitingSaid = true;
      yield* make.err(`${make.name}: *** Waiting for unfinished jobs....\n`);
    }
  }

  /** Prerequisites: one after the other, or at once as far as -j allows. */
  *#updateAll(
    sys: Sys,
    names: readonly string[],
    parent: string,
    chain: readonly string[],
    layers: readonly Variables[],
  ): Wait<boolean> {
    const make = this.#make;
    const targets = names.map((name) => this.#target(name));
    if (make.options.jobs <= 1 || make.special.has('.NOTPARALLEL')) {
      for (const target of targets) {
        yield* this.#update(sys, target, parent, chain, layers);
        if (target.failed && !make.options.keepGoing) return false;
      }
      return targets.every((target) => !target.failed);
    }
    let problem: unknown;
    for (const target of targets) {
      if (target.state !== 'new') continue;
      const updater = this;
      const started = sys.thread(function* (own) {
        try {
          yield* updater.#update(own, target, parent, chain, layers);
        } catch (thrown) {
          problem ??= thrown;
          target.failed = true;
        }
        return 0;
      });
      if (started < 0) yield* this.#update(sys, target, parent, chain, layers);
      else yield;
    }
    while (targets.some((target) => target.state !== 'done')) yield* this.#changed.wait(sys);
    if (problem !== undefined) throw problem;
    return targets.every((target) => !target.failed);
  }

  /** Variables that a target has for itself and what it needs. */
  *#variablesOf(name: string, inherited: readonly Variables[]): Wait<Variables> {
    const make = this.#make;
    const own: Variables = new Map();
    const entries = [
      ...make.patternVariables.filter((entry) => stemOf(entry.pattern, name) !== undefined),
      ...(make.targetVariables.get(name) ?? []),
    ];
    for (const { name: variable, op, value, override } of entries) {
      const scope: Scope = { layers: [own, ...inherited], at: name };
      const outer = inherited.map((layer) => layer.get(variable)).find((found) => found !== undefined);
      if (op === '+=' && outer && !own.has(variable)) own.set(variable, { ...outer });
      yield* assign(make, variable, op, value, override ? 'override' : 'file', scope, own);
    }
    return own;
  }

  #plan(name: string): Plan {
    const rules = this.#byTarget.get(name) ?? [];
    const recipe = rules.findLast((rule) => rule.recipe !== undefined);
    const first = recipe ? [recipe, ...rules.filter((rule) => rule !== recipe)] : rules;
    const plan: Plan = {
      prerequisites: first.flatMap((rule) => rule.prerequisites),
      orderOnly: first.flatMap((rule) => rule.orderOnly),
      recipe: recipe?.recipe,
      stem: recipe?.stem ?? '',
      explicit: rules.length > 0,
    };
    if (plan.recipe || this.#make.phony.has(name)) return plan;
    const implicit = this.#implicit(name, 0);
    if (implicit) {
      plan.prerequisites = [...implicit.prerequisites, ...plan.prerequisites];
      plan.orderOnly.push(...implicit.orderOnly);
      plan.recipe = implicit.recipe;
      plan.stem = implicit.stem;
    } else if (!plan.explicit) {
      const fallback = this.#byTarget.get('.DEFAULT')?.find((rule) => rule.recipe !== undefined);
      if (fallback && modified(this.#make, name) === NEVER) plan.recipe = fallback.recipe;
    }
    return plan;
  }

  /** The pattern rule whose prerequisites exist or can be made. */
  #implicit(
    name: string,
    depth: number,
  ): { prerequisites: string[]; orderOnly: string[]; recipe: Recipe; stem: string } | undefined {
    if (depth > MAX_CHAIN) return undefined;
    const slash = name.lastIndexOf('/') + 1;
    const fits: { rule: PatternRule; stem: string; folder: string }[] = [];
    for (const rule of this.#make.patterns)
      for (const pattern of rule.targets) {
        const whole = pattern.includes('/');
        const stem = stemOf(pattern, whole ? name : name.slice(slash));
        if (stem !== undefined && stem !== '') fits.push({ rule, stem, folder: whole ? '' : name.slice(0, slash) });
      }
    // The shorter stem is the better fit.
    fits.sort((a, b) => a.stem.length - b.stem.length);
    for (const mayChain of [false, true])
      for (const { rule, stem, folder } of fits) {
        const fill = (word: string): string => (word.includes('%') ? folder + word.replace('%', () => stem) : word);
        const prerequisites = rule.prerequisites.map(fill);
        const can = prerequisites.every(
          (each) =>
            modified(this.#make, each) !== NEVER ||
            this.#byTarget.has(each) ||
            (mayChain && each !== name && !rule.targets.includes('%') && this.#implicit(each, depth + 1) !== undefined),
        );
        if (can && !(rule.targets.includes('%') && rule.prerequisites.length === 0 && this.#make.phony.has(name)))
          return { prerequisites, orderOnly: rule.orderOnly.map(fill), recipe: rule.recipe, stem: folder + stem };
      }
    return undefined;
  }
}

const MAX_CHAIN = 4;

/** When a file was changed, milliseconds; NEVER where there is none. */
function modified(make: Make, path: string): number {
  const st = new Stat();
  return make.sys.stat(path, st) < 0 ? NEVER : st.mtimeSec * 1000 + st.mtimeNsec / 1e6;
}

function* writeTouch(make: Make, path: string): Wait<void> {
  if (make.sys.access(path, 0) < 0) yield* writeFile(make.sys, path, '');
  make.sys.utimens(path, 0, 0x3fffffff, 0, 0x3fffffff);
}

function automaticVariables(
  name: string,
  prerequisites: readonly string[],
  plan: Plan,
  newer: readonly string[],
): Variables {
  const out: Variables = new Map();
  const unique = [...new Set(prerequisites)];
  const set = (letter: string, words: readonly string[]): void => {
    const put = (key: string, value: string): void => {
      out.set(key, { value, recursive: false, origin: 'automatic' });
    };
    put(letter, words.join(' '));
    put(
      `${letter}D`,
      words.map((word) => (word.includes('/') ? word.slice(0, word.lastIndexOf('/')) || '/' : '.')).join(' '),
    );
    put(`${letter}F`, words.map((word) => word.slice(word.lastIndexOf('/') + 1)).join(' '));
  };
  set('@', [name]);
  set('<', prerequisites.slice(0, 1));
  set('^', unique);
  set('+', prerequisites);
  set('?', [...new Set(newer)]);
  set('|', [...new Set(plan.orderOnly)]);
  set('*', plan.stem === '' ? [] : [plan.stem]);
  return out;
}

/** Takes the rules of patterns and suffixes out of those that were read. */
export function collectPatterns(make: Make): void {
  const rest: Rule[] = [];
  for (const rule of make.rules) {
    const suffix =
      rule.targets.length === 1 && rule.prerequisites.length === 0 ? suffixPattern(rule.targets[0]!) : undefined;
    if (rule.targets.some((target) => target.includes('%'))) {
      if (rule.recipe)
        make.patterns.push({
          targets: rule.targets,
          prerequisites: rule.prerequisites,
          orderOnly: rule.orderOnly,
          recipe: rule.recipe,
        });
    } else if (suffix && rule.recipe)
      make.patterns.push({
        targets: [suffix.target],
        prerequisites: [suffix.prerequisite],
        orderOnly: [],
        recipe: rule.recipe,
      });
    else rest.push(rule);
  }
  make.rules = rest;
}
