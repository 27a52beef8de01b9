import { formatDeb822 } from '../../../lib/deb822.ts';
import { matchGlob } from '../../../lib/glob.ts';
import { compileRegex, type Regex, RegexError } from '../../../lib/regex/regex.ts';
import type { Wait } from '../../../libc/io.ts';
import { parseRelations, relationText } from '../deb/relations.ts';
import type { Apt } from './apt.ts';
import { AptCache, placeText, type Version } from './cache.ts';
import { aptSize } from './words.ts';

function* load(apt: Apt): Wait<AptCache> {
  return yield* AptCache.load(apt.sys, yield* apt.sources());
}

const sorted = (names: Iterable<string>): string[] => [...names].sort((a, b) => (a < b ? -1 : 1));
const summary = (version: Version): string => (version.fields.get('Description') ?? '').split('\n')[0]!;

/** `apt-cache policy`. */
export function* policy(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  const { stdout } = apt.ctx;
  if (args.length === 0) {
    yield* stdout.write('Package files:\n 100 /var/lib/dpkg/status\n     release a=now\n');
    for (const index of cache.indexes) {
      const { release } = index;
      yield* stdout.write(
        ` 500 ${placeText(index)} Packages\n     release v=${release.get('Version') ?? ''},o=${release.get('Origin') ?? ''},a=${release.get('Suite') ?? ''},n=${release.get('Codename') ?? ''},l=${release.get('Label') ?? ''},c=${index.component},b=amd64\n     origin ${index.source.uri.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '')}\n`,
      );
    }
    yield* stdout.write('Pinned packages:\n');
    return 0;
  }
  for (const name of args) {
    const list = cache.versions.get(name);
    if (!list) {
      if (cache.providers.has(name))
        yield* stdout.write(`${name}:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n`);
      else yield* apt.note(`Unable to locate package ${name}`);
      continue;
    }
    const installed = cache.installed(name);
    yield* stdout.write(
      `${name}:\n  Installed: ${installed?.version ?? '(none)'}\n  Candidate: ${cache.candidate(name)?.version ?? '(none)'}\n  Version table:\n`,
    );
    for (const version of list) {
      const here = installed?.version === version.version;
      const priority = version.places.length > 0 ? 500 : 100;
      yield* stdout.write(` ${here ? '***' : '   '} ${version.version} ${priority}\n`);
      for (const place of version.places) yield* stdout.write(`        500 ${placeText(place)} Packages\n`);
      if (here) yield* stdout.write('        100 /var/lib/dpkg/status\n');
    }
  }
  return 0;
}

/** `apt-cache show`. */
export function* show(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  let found = false;
  for (const word of args) {
    const [name, wanted] = word.split('=') as [string, string?];
    const list = cache.versions.get(name);
    if (!list) {
      yield* apt.warn(`Unable to locate package ${name}`);
      continue;
    }
    found = true;
    for (const version of list)
      if (wanted === undefined || version.version === wanted)
        yield* apt.ctx.stdout.write(`${formatDeb822([...version.fields].filter(([field]) => field !== 'Status'))}\n`);
  }
  if (found) return 0;
  if (args.length > 0 && apt.me !== 'apt') return yield* apt.fail('No packages found');
  return yield* apt.fail('No packages found');
}

/** `apt show`: as `apt-cache show`, for people: one version, sizes in words, where it comes from. */
export function* showFull(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  let found = false;
  let others = 0;
  for (const word of args) {
    const [name, wanted] = word.split('=') as [string, string?];
    const list = cache.versions.get(name);
    const version = wanted === undefined ? cache.candidate(name) : list?.find((one) => one.version === wanted);
    if (!list || !version) {
      yield* apt.warn(`Unable to locate package ${name}`);
      continue;
    }
    found = true;
    others += list.length - 1;
    const installed = cache.installed(name)?.version === version.version;
    const fields = new Map(version.fields);
    const description = fields.get('Description') ?? '';
    const size = Number(fields.get('Size') ?? 0);
    for (const hidden of [
      'Status',
      'Architecture',
      'Filename',
      'SHA256',
      'Multi-Arch',
      'Description',
      'Size',
      'Conffiles',
    ])
      fields.delete(hidden);
    fields.set('Installed-Size', `${aptSize(Number(fields.get('Installed-Size') ?? 0) * 1024)}B`);
    if (installed) {
      fields.set('APT-Manual-Installed', cache.auto.has(name) ? 'no' : 'yes');
      if (version.places.length === 0) fields.set('Download-Size', 'unknown');
    }
    if (size > 0) fields.set('Download-Size', `${aptSize(size)}B`);
    fields.set('APT-Sources', version.places[0] ? `${placeText(version.places[0])} Packages` : '/var/lib/dpkg/status');
    yield* apt.ctx.stdout.write(`${formatDeb822([...fields, ['Description', description]])}\n`);
  }
  if (!found) return yield* apt.fail('No packages found');
  if (others > 0)
    yield* apt.note(
      others === 1
        ? "There is 1 additional record. Please use the '-a' switch to see it"
        : `There are ${others} additional records. Please use the '-a' switch to see them.`,
    );
  return 0;
}

/** Packages whose name or description has all patterns. @returns undefined after an error */
function* matching(apt: Apt, cache: AptCache, patterns: readonly string[]): Wait<Version[] | undefined> {
  const compiled: Regex[] = [];
  for (const pattern of patterns) {
    const regex = compileRegex(pattern, { dialect: 'ere', icase: true });
    if (regex instanceof RegexError) {
      yield* apt.error(`Regex compilation error - ${regex.message}`);
      return undefined;
    }
    compiled.push(regex);
  }
  const out: Version[] = [];
  const namesOnly = apt.config.flag('APT::Cache::NamesOnly', false);
  for (const name of sorted(cache.versions.keys())) {
    const version = cache.candidate(name);
    if (!version) continue;
    const text = namesOnly ? name : `${name}\n${summary(version)}`;
    if (compiled.every((regex) => text.split('\n').some((line) => regex.exec(line) !== null))) out.push(version);
    if (apt.sys.tick()) yield;
  }
  return out;
}

/** `apt-cache search`. */
export function* search(apt: Apt, args: string[]): Wait<number> {
  if (args.length === 0) return yield* apt.fail('You must give at least one search pattern');
  const cache = yield* load(apt);
  const hits = yield* matching(apt, cache, args);
  if (!hits) return 100;
  for (const one of hits) yield* apt.ctx.stdout.write(`${one.name} - ${summary(one)}\n`);
  return 0;
}

/** What `apt list` and `apt search` say about a version: `curl/noble-updates,now 8.5.0 amd64 [installed]`. */
function line(cache: AptCache, version: Version): string {
  const installed = cache.installed(version.name);
  const suites = [...new Set(version.places.map((place) => place.release.get('Suite') ?? place.source.suite))];
  const here = installed?.version === version.version;
  if (here) suites.push('now');
  const candidate = cache.candidate(version.name);
  let mark = '';
  if (here) {
    const how =
      version.places.length === 0
        ? 'installed,local'
        : cache.auto.has(version.name)
          ? 'installed,automatic'
          : 'installed';
    mark =
      candidate && candidate.version !== version.version
        ? ` [${how},upgradable to: ${candidate.version}]`
        : ` [${how}]`;
  } else if (installed) mark = ` [upgradable from: ${installed.version}]`;
  return `${version.name}/${suites.join(',')} ${version.version} ${version.arch}${mark}`;
}

/** `apt search`. */
export function* searchFull(apt: Apt, args: string[]): Wait<number> {
  if (args.length === 0) return yield* apt.fail('You must give at least one search pattern');
  const cache = yield* load(apt);
  yield* apt.step('Sorting');
  yield* apt.step('Full Text Search');
  const hits = yield* matching(apt, cache, args);
  if (!hits) return 100;
  for (const one of hits) yield* apt.ctx.stdout.write(`${line(cache, one)}\n  ${summary(one)}\n\n`);
  return 0;
}

/** `apt list`. */
export function* list(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  yield* apt.step('Listing');
  const { config } = apt;
  for (const name of sorted(cache.versions.keys())) {
    if (args.length > 0 && !args.some((pattern) => matchGlob(pattern, name))) continue;
    const installed = cache.installed(name);
    const candidate = cache.candidate(name);
    const upgradable = installed && candidate && candidate.version !== installed.version;
    if (config.flag('APT::Cmd::Installed', false) && !installed) continue;
    if (config.flag('APT::Cmd::Manual-Installed', false) && (!installed || cache.auto.has(name))) continue;
    if (config.flag('APT::Cmd::Upgradable', false) && !upgradable) continue;
    const versions = cache.versions.get(name)!;
    const shown = config.flag('APT::Cmd::All-Versions', false)
      ? versions
      : [
          config.flag('APT::Cmd::Upgradable', false) || !installed
            ? candidate!
            : versions.find((one) => one.version === installed.version)!,
        ];
    for (const version of shown) yield* apt.ctx.stdout.write(`${line(cache, version)}\n`);
    if (config.flag('APT::Cmd::All-Versions', false)) yield* apt.ctx.stdout.write('\n');
    if (apt.sys.tick()) yield;
  }
  return 0;
}

/** `apt-cache madison`. */
export function* madison(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  for (const name of args) {
    const versions = cache.versions.get(name);
    if (!versions) {
      yield* apt.note(`Unable to locate package ${name}`);
      continue;
    }
    for (const version of versions)
      for (const place of version.places)
        yield* apt.ctx.stdout.write(
          `${name.padStart(10)} | ${version.version.padStart(10)} | ${placeText(place)} Packages\n`,
        );
  }
  return 0;
}

/** `apt-cache depends`. */
export function* depends(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  for (const name of args) {
    const version = cache.candidate(name);
    if (!version) return yield* apt.fail('No packages found');
    yield* apt.ctx.stdout.write(`${name}\n`);
    for (const [field, word] of [
      ['Pre-Depends', 'PreDepends'],
      ['Depends', 'Depends'],
      ['Conflicts', 'Conflicts'],
      ['Recommends', 'Recommends'],
      ['Suggests', 'Suggests'],
    ] as const) {
      if (word !== 'Depends' && word !== 'PreDepends' && apt.config.flag('APT::Cache::Important', false)) continue;
      for (const group of parseRelations(version.fields.get(field)))
        for (const [at, relation] of group.entries())
          yield* apt.ctx.stdout.write(
            ` ${at < group.length - 1 ? '|' : ' '}${word}: ${cache.versions.has(relation.name) ? relation.name : `<${relation.name}>`}\n`,
          );
    }
  }
  return 0;
}

/** `apt-cache rdepends`. */
export function* rdepends(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  for (const name of args) {
    if (!cache.versions.has(name) && !cache.providers.has(name)) return yield* apt.fail('No packages found');
    yield* apt.ctx.stdout.write(`${name}\nReverse Depends:\n`);
    for (const other of sorted(cache.versions.keys())) {
      const version = cache.candidate(other);
      const uses = ['Pre-Depends', 'Depends', 'Recommends', 'Suggests', 'Conflicts'].some((field) =>
        parseRelations(version?.fields.get(field)).some((group) => group.some((relation) => relation.name === name)),
      );
      if (uses) yield* apt.ctx.stdout.write(`  ${other}\n`);
    }
  }
  return 0;
}

/** `apt-cache showpkg`. */
export function* showpkg(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  for (const name of args) {
    const versions = cache.versions.get(name);
    if (!versions) {
      yield* apt.error(`Unable to locate package ${name}`);
      continue;
    }
    yield* apt.ctx.stdout.write(`Package: ${name}\nVersions: \n`);
    for (const version of versions) yield* apt.ctx.stdout.write(`${version.version}\n`);
    yield* apt.ctx.stdout.write('\nDependencies: \n');
    for (const version of versions)
      yield* apt.ctx.stdout.write(
        `${version.version} - ${parseRelations(version.fields.get('Depends')).flat().map(relationText).join(' ')}\n`,
      );
    yield* apt.ctx.stdout.write('Provides: \n');
    for (const version of versions)
      yield* apt.ctx.stdout.write(`${version.version} - ${version.provides.map(relationText).join(' ')}\n`);
    yield* apt.ctx.stdout.write('Reverse Provides: \n');
  }
  return 0;
}

/** `apt-cache pkgnames [PREFIX]`. */
export function* pkgnames(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* load(apt);
  for (const name of sorted(cache.versions.keys()))
    if (name.startsWith(args[0] ?? '')) yield* apt.ctx.stdout.write(`${name}\n`);
  return 0;
}

/** `apt-cache stats`. */
export function* stats(apt: Apt): Wait<number> {
  const cache = yield* load(apt);
  const versions = [...cache.versions.values()].reduce((n, all) => n + all.length, 0);
  yield* apt.ctx.stdout.write(
    `Total package names: ${cache.versions.size}\nTotal package structures: ${cache.versions.size}\nTotal distinct versions: ${versions}\n`,
  );
  return 0;
}
