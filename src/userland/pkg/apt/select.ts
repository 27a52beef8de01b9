import { matchGlob } from '../../../lib/glob.ts';
import type { Wait } from '../../../libc/io.ts';
import { DebFile } from '../deb/archive.ts';
import { isInstalled } from '../deb/database.ts';
import type { Apt } from './apt.ts';
import type { AptCache, Version } from './cache.ts';
import type { Plan } from './plan.ts';

/** A word of the command line, resolved. */
export interface Choice {
  name: string;
  version: Version | undefined;
  /** `name-`: the other way round. */
  flip: boolean;
}

/** What was not found: errors were noted. */
export const NOTHING = Symbol('nothing');

const hasPattern = (word: string): boolean => /[*?[\].+^$|]/.test(word);

/** Resolves words such as `curl`, `curl=8.5.0-2`, `curl/noble`, `php*`, `./x.deb`, `vim-`. */
export function* choose(
  apt: Apt,
  cache: AptCache,
  words: readonly string[],
  local: Map<string, string>,
  removing: boolean,
): Wait<Choice[] | typeof NOTHING> {
  const choices: Choice[] = [];
  let failed = false;
  for (const word of words) {
    const found = yield* one(apt, cache, word, local, removing);
    if (found === NOTHING) failed = true;
    else choices.push(...found);
  }
  return failed ? NOTHING : choices;
}

function* one(
  apt: Apt,
  cache: AptCache,
  word: string,
  local: Map<string, string>,
  removing: boolean,
): Wait<Choice[] | typeof NOTHING> {
  if (word.includes('/') && word.endsWith('.deb')) return yield* archiveChoice(apt, cache, word, local);
  const m = /^([^=/]+)(?:=(.*)|\/(.*))?$/.exec(word);
  let name = (m?.[1] ?? word).replace(/:(amd64|any|all)$/, '');
  let flip = false;
  const exists = (candidate: string): boolean => cache.versions.has(candidate) || cache.providers.has(candidate);
  if (!exists(name) && /[-+]$/.test(name) && exists(name.slice(0, -1))) {
    flip = name.endsWith('-') !== removing && name.endsWith('-');
    name = name.slice(0, -1);
  }
  const list = cache.versions.get(name);
  if (!list) {
    const known = cache.db.get(name);
    if (removing && known) return [{ name, version: undefined, flip }];
    return yield* virtualOrPattern(apt, cache, name, removing);
  }
  if (m?.[2] !== undefined) {
    const version = list.find((v) => matchGlob(m[2]!, v.version));
    if (version) return [{ name, version, flip }];
    yield* apt.error(`Version '${m[2]}' for '${name}' was not found`);
    return NOTHING;
  }
  if (m?.[3] !== undefined) {
    const version = list.find((v) =>
      v.places.some((place) =>
        [place.release.get('Suite'), place.release.get('Codename'), place.source.suite].includes(m[3]),
      ),
    );
    if (!version) {
      yield* apt.error(`Release '${m[3]}' for '${name}' was not found`);
      return NOTHING;
    }
    yield* apt.say(
      `Selected version '${version.version}' (${version.places[0]?.release.get('Origin')}:${version.places[0]?.release.get('Version')}/${version.places[0]?.release.get('Suite')} [${version.arch}]) for '${name}'\n`,
    );
    return [{ name, version, flip }];
  }
  return [{ name, version: cache.candidate(name), flip }];
}

function* archiveChoice(
  apt: Apt,
  cache: AptCache,
  path: string,
  local: Map<string, string>,
): Wait<Choice[] | typeof NOTHING> {
  const deb = yield* DebFile.open(apt.sys, path);
  if (typeof deb === 'number' || deb === 'format') {
    yield* apt.error(deb === 'format' ? `Invalid archive signature` : `Unsupported file ${path} given on commandline`);
    return NOTHING;
  }
  const fields = yield* deb.fields();
  deb.close();
  const version = fields && cache.addLocal(fields);
  if (!version) {
    yield* apt.error(`Could not read meta data from ${path}`);
    return NOTHING;
  }
  const cwd = apt.sys.getcwd();
  local.set(
    version.name,
    path.startsWith('/') ? path : `${typeof cwd === 'string' ? cwd : ''}/${path.replace(/^\.\//, '')}`,
  );
  yield* apt.say(`Note, selecting '${version.name}' instead of '${path}'\n`);
  return [{ name: version.name, version, flip: false }];
}

function* virtualOrPattern(
  apt: Apt,
  cache: AptCache,
  name: string,
  removing: boolean,
): Wait<Choice[] | typeof NOTHING> {
  const providers = [...new Set((cache.providers.get(name) ?? []).map((one) => one.name))];
  if (providers.length === 1) {
    yield* apt.say(`Note, selecting '${providers[0]}' instead of '${name}'\n`);
    return [{ name: providers[0]!, version: cache.candidate(providers[0]!), flip: false }];
  }
  if (providers.length > 1) {
    yield* apt.ctx.stdout.write(`Package ${name} is a virtual package provided by:\n`);
    for (const one of providers.sort())
      yield* apt.ctx.stdout.write(`  ${one} ${cache.candidate(one)?.version ?? ''}\n`);
    yield* apt.ctx.stdout.write('You should explicitly select one to install.\n\n');
    yield* apt.error(`Package '${name}' has no installation candidate`);
    return NOTHING;
  }
  if (hasPattern(name)) {
    const all = [...cache.versions.keys()].sort();
    const glob = all.filter((other) => matchGlob(name, other));
    const hits = glob.length > 0 ? glob : byRegex(all, name);
    if (hits.length > 0) {
      for (const hit of hits)
        yield* apt.say(`Note, selecting '${hit}' for ${glob.length > 0 ? 'glob' : 'regex'} '${name}'\n`);
      const wanted = removing ? hits.filter((hit) => isInstalled(cache.db.get(hit))) : hits;
      return wanted.map((hit) => ({ name: hit, version: cache.candidate(hit), flip: false }));
    }
  }
  const referred = [...cache.versions.values()].some((list) =>
    list.some((v) => /Depends|Recommends|Suggests/.test([...v.fields.keys()].join()) && mentions(v, name)),
  );
  if (referred) {
    yield* apt.ctx.stdout.write(
      `Package ${name} is not available, but is referred to by another package.\nThis may mean that the package is missing, has been obsoleted, or\nis only available from another source\n\n`,
    );
    yield* apt.error(`Package '${name}' has no installation candidate`);
    return NOTHING;
  }
  yield* apt.error(`Unable to locate package ${name}`);
  if (hasPattern(name)) {
    yield* apt.error(`Couldn't find any package by glob '${name}'`);
    if (/[.^$+|]/.test(name)) yield* apt.error(`Couldn't find any package by regex '${name}'`);
  }
  return NOTHING;
}

function byRegex(all: readonly string[], pattern: string): string[] {
  if (!/[.^$]/.test(pattern) || pattern.length > 100) return [];
  // only what such patterns are used for: anchors and dots with a repetition
  const parts = pattern.replace(/^\^/, '').replace(/\$$/, '').split('.*');
  if (parts.some((part) => /[^a-zA-Z0-9.+-]/.test(part))) return [];
  const glob = `${pattern.startsWith('^') ? '' : '*'}${parts.join('*').replaceAll('.', '?')}${pattern.endsWith('$') ? '' : '*'}`;
  return all.filter((name) => matchGlob(glob, name));
}

const mentions = (version: Version, name: string): boolean =>
  ['Depends', 'Pre-Depends', 'Recommends', 'Suggests'].some((field) =>
    (version.fields.get(field) ?? '').split(/[,|]/).some((one) => one.trim().split(/[\s:]/)[0] === name),
  );

/** Puts choices into a plan for installation. */
export function* planInstall(
  apt: Apt,
  cache: AptCache,
  plan: Plan,
  choices: readonly Choice[],
  again: boolean,
  onlyUpgrade: boolean,
): Wait<void> {
  for (const { name, version, flip } of choices) {
    const known = cache.installed(name);
    if (flip) {
      if (known) plan.drop(known);
      continue;
    }
    if (!version) continue;
    plan.asked.add(name);
    if (known?.version === version.version && !again) {
      yield* apt.say(`${name} is already the newest version (${known.version}).\n`);
      if (cache.auto.delete(name)) {
        yield* apt.say(`${name} set to manually installed.\n`);
        yield* apt.writeAuto(cache);
      }
      continue;
    }
    if (!known && onlyUpgrade) {
      yield* apt.say(`Skipping ${name}, it is not installed and only upgrades are requested.\n`);
      continue;
    }
    plan.add(version, true);
  }
}
