import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { ApkRecord } from '../../../lib/apk-index.ts';
import { matchGlob } from '../../../lib/glob.ts';
import { calendar, two } from '../../../libc/clock-text.ts';
import type { Wait } from '../../../libc/io.ts';
import { listDir, removeTree } from '../../../libc/paths.ts';
import { type Apk, apkSize } from './apk.ts';
import { commit } from './commit.ts';
import type { ApkDatabase } from './database.ts';
import { type Available, type Index, loadIndexes, why } from './repositories.ts';
import { compareApkVersions, type Missing, parseWish, Solver, type Step } from './solve.ts';

const id = (record: ApkRecord): string => `${record.name}-${record.version}`;
const all = (indexes: readonly Index[]): Available[] => indexes.flatMap((index) => index.packages);

/** Says what could not be selected. */
function* selectionErrors(apk: Apk, missing: readonly Missing[]): Wait<void> {
  let text = 'unable to select packages:\n';
  for (const one of missing)
    text +=
      one.why === 'version'
        ? `  ${one.name}:\n    breaks: ${one.by}\n`
        : `  ${one.name} (no such package):\n    required by: ${one.by}\n`;
  yield* apk.error(text.replace(/\n$/, ''));
}

/** Brings the system to a world. @returns the exit status */
function* change(
  apk: Apk,
  db: ApkDatabase,
  world: readonly string[],
  indexes: readonly Index[],
  upgrade: boolean,
  fresh: ReadonlySet<string>,
  virtual: readonly Available[] = [],
): Wait<number> {
  const solver = new Solver(db, [...all(indexes), ...virtual], upgrade, fresh);
  const steps = solver.solve(world);
  if (solver.missing.length > 0) {
    yield* selectionErrors(apk, solver.missing);
    return solver.missing.length;
  }
  if (apk.interactive && steps.length > 0 && !(yield* agreed(apk, steps))) return 1;
  const before = db.world;
  db.world = [...new Set(world)].sort();
  const errors = yield* commit(apk, db, steps);
  if (apk.simulate) db.world = before;
  if (errors > 0) {
    yield* apk.say(
      `${errors} error${errors === 1 ? '' : 's'}; ${Math.floor(db.size / 1048576)} MiB in ${db.installed.size} packages\n`,
    );
    return errors;
  }
  yield* apk.summary(db);
  return 0;
}

function* agreed(apk: Apk, steps: readonly Step[]): Wait<boolean> {
  const names = steps.map((step) => (step.kind === 'purge' ? step.from.name : step.to.record.name));
  yield* apk.say(`The following packages will be changed:\n  ${names.join(' ')}\nDo you want to continue [Y/n]? `);
  const line = yield* apk.ctx.stdin.line();
  return line !== undefined && /^(y.*)?$/i.test(line.trim());
}

/** `apk add`. */
export function* add(apk: Apk, args: readonly string[], options: { virtual?: string; upgrade: boolean }): Wait<number> {
  const db = yield* apk.open(true);
  const files = args.filter((word) => word.endsWith('.apk'));
  const words = args.filter((word) => !word.endsWith('.apk'));
  for (const file of files) yield* apk.error(`${file}: No such file or directory`);
  if (files.length > 0) return files.length;
  const indexes = yield* loadIndexes(apk, apk.update);
  const names = new Set(words.map((word) => parseWish(word).name));
  if (options.virtual === undefined) {
    const kept = db.world.filter((word) => !names.has(parseWish(word).name));
    return yield* change(apk, db, [...kept, ...words], indexes, false, options.upgrade ? names : new Set());
  }
  const c = calendar(Math.floor(apk.sys.now(CLOCK_REALTIME) / 1000));
  const record: ApkRecord = {
    checksum: '',
    name: options.virtual,
    version: `${c.year}${two(c.month)}${two(c.day)}.${two(c.hour)}${two(c.minute)}${two(c.second)}`,
    arch: 'noarch',
    size: 0,
    installed: 0,
    summary: 'virtual meta package',
    url: '',
    licence: '',
    origin: '',
    depends: words,
    provides: [],
    installIf: [],
  };
  const kept = db.world.filter((word) => parseWish(word).name !== options.virtual);
  db.installed.delete(options.virtual);
  return yield* change(apk, db, [...kept, options.virtual], indexes, false, new Set(), [
    { record, repository: { url: '', tag: undefined } },
  ]);
}

/** `apk del`. */
export function* del(apk: Apk, args: readonly string[]): Wait<number> {
  const db = yield* apk.open(true);
  const gone = new Set(args.map((word) => parseWish(word).name));
  const world = db.world.filter((word) => !gone.has(parseWish(word).name));
  const local: Index[] = [
    {
      repository: { url: '', tag: undefined },
      description: '',
      packages: [],
    },
  ];
  const kept = new Solver(db, [], false, new Set());
  const steps = kept.solve(world);
  const purged = new Set(steps.map((step) => (step.kind === 'purge' ? step.from.name : '')));
  const stays = [...gone].filter((name) => db.installed.has(name) && !purged.has(name));
  if (stays.length > 0) {
    let text = 'World updated, but the following packages are not removed due to:\n';
    for (const name of stays) {
      const users = db.sorted().filter(({ record }) => record.depends.some((word) => parseWish(word).name === name));
      text += `  ${name}: ${users.map(({ record }) => record.name).join(' ')}\n`;
    }
    yield* apk.say(`${text}\n`);
  }
  return yield* change(apk, db, world, local, false, new Set());
}

/** `apk update`. */
export function* update(apk: Apk): Wait<number> {
  yield* apk.open(true);
  const indexes = yield* loadIndexes(apk, true);
  for (const { description, repository } of indexes) yield* apk.say(`${description} [${repository.url}]\n`);
  const names = new Set(all(indexes).map(({ record }) => record.name));
  if (apk.unavailable > 0) {
    yield* apk.say(`${apk.unavailable} unavailable, 0 stale; ${names.size} distinct packages available\n`);
    return apk.unavailable;
  }
  yield* apk.say(`OK: ${names.size} distinct packages available\n`);
  return 0;
}

/** `apk upgrade`. */
export function* upgrade(apk: Apk, args: readonly string[]): Wait<number> {
  const db = yield* apk.open(true);
  const indexes = yield* loadIndexes(apk, apk.update);
  return yield* change(apk, db, db.world, indexes, args.length === 0, new Set(args));
}

/** `apk search`. */
export function* search(
  apk: Apk,
  args: readonly string[],
  options: { exact: boolean; description: boolean; origin: boolean; depends: boolean },
): Wait<number> {
  const indexes = yield* loadIndexes(apk, apk.update);
  const shown = new Set<string>();
  for (const { record } of all(indexes).sort((a, b) => (a.record.name < b.record.name ? -1 : 1))) {
    const hit =
      args.length === 0 ||
      args.some((pattern) =>
        options.exact
          ? record.name === pattern
          : matchGlob(`*${pattern}*`, record.name) ||
            (options.description && record.summary.toLowerCase().includes(pattern.toLowerCase())),
      );
    if (!hit || shown.has(id(record))) continue;
    shown.add(id(record));
    yield* apk.ctx.stdout.write(
      apk.verbose > 1 || options.description
        ? `${id(record)} - ${record.summary}\n`
        : `${apk.quiet ? record.name : id(record)}\n`,
    );
  }
  return 0;
}

/** What `apk info` shows of a package. */
const PARTS: Readonly<Record<string, readonly [title: string, text: (record: ApkRecord, db: ApkDatabase) => string]>> =
  {
    d: ['description:', (record) => record.summary],
    w: ['webpage:', (record) => record.url],
    s: ['installed size:', (record) => apkSize(record.installed)],
    R: [
      'depends on:',
      (record) =>
        record.depends
          .map((one) => `${one}\n`)
          .join('')
          .replace(/\n$/, ''),
    ],
    P: ['provides:', (record) => record.provides.join('\n')],
    r: [
      'is required by:',
      (record, db) =>
        db
          .sorted()
          .filter((one) => one.record.depends.some((word) => parseWish(word).name === record.name))
          .map((one) => id(one.record))
          .join('\n'),
    ],
    L: ['contains:', (record, db) => (db.installed.get(record.name)?.files ?? []).join('\n')],
    license: ['license:', (record) => record.licence],
  };

/** `apk info`. @param parts letters of what is to be shown */
export function* info(
  apk: Apk,
  args: readonly string[],
  options: { installed: boolean; owner: boolean; parts: readonly string[] },
): Wait<number> {
  const db = yield* apk.open(false);
  const { stdout } = apk.ctx;
  if (options.owner) {
    let failed = 0;
    for (const path of args) {
      const owner = db.owner(path);
      if (owner) {
        const target = apk.sys.readlink(path);
        yield* stdout.write(
          apk.quiet
            ? `${owner.record.name}\n`
            : `${path} ${typeof target === 'string' ? 'symlink target ' : ''}is owned by ${id(owner.record)}\n`,
        );
      } else {
        failed++;
        yield* apk.error(`${path}: Could not find owner package`);
      }
    }
    return failed;
  }
  if (options.installed) {
    let missing = 0;
    for (const name of args) {
      if (db.installed.has(name)) yield* stdout.write(`${name}\n`);
      else missing++;
    }
    return missing > 0 ? 1 : 0;
  }
  if (args.length === 0) {
    for (const { record } of db.sorted())
      yield* stdout.write(
        apk.verbose > 2
          ? `${id(record)} - ${record.summary}\n`
          : apk.verbose > 1
            ? `${id(record)}\n`
            : `${record.name}\n`,
      );
    return 0;
  }
  const indexes = args.some((name) => !db.installed.has(name)) ? yield* loadIndexes(apk, apk.update) : [];
  let missing = 0;
  for (const name of args) {
    const records = [
      ...[db.installed.get(name)?.record].filter((one): one is ApkRecord => one !== undefined),
      ...all(indexes)
        .filter(({ record }) => record.name === name && db.installed.get(name)?.record.version !== record.version)
        .map(({ record }) => record),
    ];
    if (records.length === 0) missing++;
    for (const record of records)
      for (const part of options.parts.length > 0 ? options.parts : ['d', 'w', 's'])
        if (PARTS[part]) yield* stdout.write(`${id(record)} ${PARTS[part]![0]}\n${PARTS[part]![1](record, db)}\n\n`);
  }
  return missing > 0 ? 1 : 0;
}

/** `apk list`. */
export function* list(
  apk: Apk,
  args: readonly string[],
  options: { installed: boolean; available: boolean; upgradable: boolean },
): Wait<number> {
  const db = yield* apk.open(false);
  const indexes = options.installed ? [] : yield* loadIndexes(apk, apk.update);
  const line = (record: ApkRecord, mark: string): string =>
    `${id(record)} ${record.arch} {${record.origin || record.name}} (${record.licence || 'custom'})${mark}\n`;
  const rows = new Map<string, string>();
  for (const { record } of all(indexes)) {
    const there = db.installed.get(record.name)?.record;
    const newer = there !== undefined && compareApkVersions(record.version, there.version) > 0;
    if (options.upgradable && !newer) continue;
    if (options.available && there) continue;
    rows.set(id(record), line(record, newer ? ` [upgradable from: ${id(there)}]` : ''));
  }
  if (!options.available && !options.upgradable)
    for (const { record } of db.sorted()) rows.set(id(record), line(record, ' [installed]'));
  for (const name of [...rows.keys()].sort())
    if (args.length === 0 || args.some((pattern) => matchGlob(pattern, name) || matchGlob(`${pattern}-[0-9]*`, name)))
      yield* apk.ctx.stdout.write(rows.get(name)!);
  return 0;
}

/** `apk policy`. */
export function* policy(apk: Apk, args: readonly string[]): Wait<number> {
  const db = yield* apk.open(false);
  const indexes = yield* loadIndexes(apk, apk.update);
  for (const name of args) {
    const found = all(indexes).filter(({ record }) => record.name === name);
    const there = db.installed.get(name)?.record;
    if (found.length === 0 && !there) continue;
    yield* apk.ctx.stdout.write(`${name} policy:\n`);
    const versions = new Map<string, string[]>();
    if (there) versions.set(there.version, ['    lib/apk/db/installed\n']);
    for (const { record, repository } of found)
      versions.set(record.version, [
        ...(versions.get(record.version) ?? []),
        `    ${repository.tag === undefined ? '' : `@${repository.tag} `}${repository.url}\n`,
      ]);
    for (const [version, lines] of versions) yield* apk.ctx.stdout.write(`  ${version}:\n${lines.join('')}`);
  }
  return 0;
}

/** `apk version`. */
export function* version(apk: Apk): Wait<number> {
  const db = yield* apk.open(false);
  const indexes = yield* loadIndexes(apk, apk.update);
  yield* apk.say('Installed:                                Available:\n');
  for (const { record } of db.sorted())
    for (const one of all(indexes))
      if (one.record.name === record.name && compareApkVersions(one.record.version, record.version) > 0)
        yield* apk.ctx.stdout.write(`${id(record).padEnd(40)}  < ${one.record.version}\n`);
  return 0;
}

/** `apk fetch`. */
export function* fetch(apk: Apk, args: readonly string[], output: string): Wait<number> {
  const indexes = yield* loadIndexes(apk, apk.update);
  let errors = 0;
  for (const name of args) {
    const found = all(indexes).find(({ record }) => record.name === name);
    if (!found) {
      yield* apk.error(`unable to select packages:\n  ${name} (no such package):\n    required by: world[${name}]`);
      return 1;
    }
    yield* apk.say(`Downloading ${id(found.record)}\n`);
    const file = `${id(found.record)}.apk`;
    const result = yield* apk.downloader.fetch(`${found.repository.url}/x86_64/${file}`, `${output}/${file}`, {
      agent: 'apk-tools/2.14.9',
    });
    if (result.kind === 'ok') continue;
    errors++;
    yield* apk.error(`${id(found.record)}: ${why(result)}`);
  }
  return errors;
}

/** `apk cache clean|purge`. */
export function* cache(apk: Apk, verb: string | undefined): Wait<number> {
  if (verb !== 'clean' && verb !== 'purge' && verb !== 'sync' && verb !== 'download') return 1;
  const names = listDir(apk.sys, '/var/cache/apk');
  if (verb === 'clean' || verb === 'purge')
    for (const name of typeof names === 'number' ? [] : names) removeTree(apk.sys, `/var/cache/apk/${name}`);
  return 0;
}

/** `apk stats`. */
export function* stats(apk: Apk): Wait<number> {
  const db = yield* apk.open(false);
  const files = db.sorted().reduce((n, pkg) => n + pkg.files.length, 0);
  yield* apk.ctx.stdout.write(
    `installed:\n  packages: ${db.installed.size}\n  dirs: 0\n  files: ${files}\n  bytes: ${db.size}\n  triggers: ${db.sorted().filter((pkg) => pkg.triggers.length > 0).length}\n`,
  );
  return 0;
}
