import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { ADMIN, type Database, INFO, isInstalled, type Known } from './database.ts';

const UNINCORP = `${ADMIN}/triggers/Unincorp`;

/**
 * Triggers of packages: what a change sets off in packages that are interested. Those that wait are kept in
 * triggers/Unincorp (`NAME PACKAGE…`), so that a later run of dpkg finds them.
 * @see deb-triggers(5)
 */
export class Triggers {
  /** Interested packages by trigger: a name, or a path that begins with `/`. */
  private interests: [trigger: string, pkg: string][] | undefined;

  constructor(
    readonly ctx: Context,
    readonly db: Database,
  ) {}

  private *lines(pkg: Known): Wait<string[]> {
    const bytes = yield* readFile(this.ctx.sys, `${INFO}/${pkg.full}.triggers`);
    return typeof bytes === 'number'
      ? []
      : decode(bytes)
          .split('\n')
          .map((line) => line.replace(/#.*/, '').trim())
          .filter((line) => line !== '');
  }

  private *interested(): Wait<[string, string][]> {
    if (this.interests) return this.interests;
    const found: [string, string][] = [];
    for (const pkg of this.db.sorted())
      for (const line of yield* this.lines(pkg)) {
        const [word, trigger] = line.split(/\s+/);
        if (word?.startsWith('interest') && trigger) found.push([trigger, pkg.name]);
      }
    this.interests = found;
    return found;
  }

  private *pending(): Wait<Map<string, Set<string>>> {
    const bytes = yield* readFile(this.ctx.sys, UNINCORP);
    const map = new Map<string, Set<string>>();
    for (const line of typeof bytes === 'number' ? [] : decode(bytes).split('\n')) {
      const [trigger, ...names] = line.split(' ');
      if (trigger) map.set(trigger, new Set(names));
    }
    return map;
  }

  private *store(map: ReadonlyMap<string, ReadonlySet<string>>): Wait<void> {
    mkdirp(this.ctx.sys, `${ADMIN}/triggers`, 0o755);
    const text = [...map].map(([trigger, names]) => `${[trigger, ...names].join(' ')}\n`).join('');
    yield* writeFile(this.ctx.sys, UNINCORP, text, 0o644);
  }

  /** Notes what a package that changed sets off: by its own words, and by its paths. */
  *activate(pkg: Known, paths: readonly string[]): Wait<void> {
    this.interests = undefined;
    const active = new Set<string>();
    for (const line of yield* this.lines(pkg)) {
      const [word, trigger] = line.split(/\s+/);
      if (word?.startsWith('activate') && trigger) active.add(trigger);
    }
    const interests = yield* this.interested();
    for (const [trigger] of interests)
      if (trigger.startsWith('/') && paths.some((path) => path.startsWith(`${trigger}/`))) active.add(trigger);
    if (active.size === 0) return;
    const pending = yield* this.pending();
    for (const [trigger, name] of interests) {
      if (!active.has(trigger) || name === pkg.name) continue;
      const names = pending.get(trigger) ?? new Set();
      names.add(name);
      pending.set(trigger, names);
    }
    yield* this.store(pending);
  }

  /** Gives each package whose triggers wait to `process`, with their names. */
  *run(process: (pkg: Known, names: string) => Wait<void>): Wait<void> {
    const pending = yield* this.pending();
    if (pending.size === 0) return;
    yield* this.store(new Map());
    const byPackage = new Map<string, string[]>();
    for (const [trigger, names] of pending)
      for (const name of names) byPackage.set(name, [...(byPackage.get(name) ?? []), trigger]);
    for (const [name, triggers] of byPackage) {
      const pkg = this.db.get(name);
      if (isInstalled(pkg)) yield* process(pkg, triggers.join(' '));
    }
  }
}
