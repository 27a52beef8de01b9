import { matchGlob } from '../../../lib/glob.ts';
import type { Wait } from '../../../libc/io.ts';
import { removeTree } from '../../../libc/paths.ts';
import { compareEvr, type Evr, evrText, matches, nevra } from './database.ts';
import { isOn, type RemotePackage, readRepos } from './repositories.ts';
import { type Yum, yumSize } from './yum.ts';

function columns(rows: readonly (readonly [string, string, string])[]): string {
  const most = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => row[at]!.length))) as [number, number, number];
  const spare = Math.max(2, 80 - most[0] - most[1] - most[2]);
  const first = most[0] + Math.max(1, Math.floor((spare * 3) / 8));
  const second = most[1] + Math.max(1, spare - Math.floor((spare * 3) / 8));
  return rows.map(([name, version, repo]) => `${name.padEnd(first)}${version.padEnd(second)}${repo}\n`).join('');
}

type Row = [string, string, string];
const rowOf = (pkg: Evr & { name: string; arch: string; repo: string }, installed: boolean): Row => [
  `${pkg.name}.${pkg.arch}`,
  evrText(pkg),
  `${installed ? '@' : ''}${pkg.repo}`,
];

/** `yum list`. */
export function* list(yum: Yum, args: readonly string[]): Wait<number> {
  const [first, ...rest] = args;
  const kind = ['installed', 'available', 'all', 'updates', 'extras', 'recent'].includes(first ?? '') ? first! : 'all';
  const words = kind === first ? rest : args;
  yield* yum.open(kind !== 'installed');
  const wanted = (pkg: Evr & { name: string; arch: string }): boolean =>
    words.length === 0 ||
    words.some((word) => matches(pkg, word) || matchGlob(word, pkg.name) || matchGlob(word, `${pkg.name}.${pkg.arch}`));
  let shown = false;
  const section = function* (title: string, rows: Row[]): Wait<void> {
    if (rows.length === 0) return;
    shown = true;
    yield* yum.out(`${title}\n${columns(rows)}`);
  };
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (kind === 'installed' || kind === 'all')
    yield* section(
      'Installed Packages',
      yum.db.packages
        .filter(wanted)
        .sort(byName)
        .map((pkg) => rowOf(pkg, true)),
    );
  if (kind === 'updates')
    yield* section(
      'Updated Packages',
      yum.db.packages
        .filter(wanted)
        .map((pkg) => yum.updateFor(pkg))
        .filter((pkg): pkg is RemotePackage => pkg !== undefined)
        .map((pkg) => rowOf(pkg, false)),
    );
  if (kind === 'available' || kind === 'all') {
    const all = yum.available.filter(wanted);
    const rows = yum.options.duplicates
      ? all.sort((a, b) => byName(a, b) || compareEvr(a, b))
      : [...new Set(all.map((pkg) => pkg.name))]
          .sort()
          .map(
            (name) =>
              all
                .filter((pkg) => pkg.name === name)
                .sort(compareEvr)
                .at(-1)!,
          )
          .filter((pkg) => {
            const there = yum.db.get(pkg.name);
            return !there || compareEvr(pkg, there) > 0;
          });
    yield* section(
      'Available Packages',
      rows.map((pkg) => rowOf(pkg, false)),
    );
  }
  if (!shown && words.length > 0) return yield* yum.fail('Error: No matching Packages to list\n');
  return 0;
}

/** `yum check-update`: 100 where there is something. */
export function* checkUpdate(yum: Yum): Wait<number> {
  yield* yum.open(true);
  const found = yum.db.packages
    .map((pkg) => yum.updateFor(pkg))
    .filter((pkg): pkg is RemotePackage => pkg !== undefined);
  if (found.length === 0) return 0;
  yield* yum.out(`\n${columns(found.map((pkg) => rowOf(pkg, false)))}`);
  return 100;
}

/** `yum search`. */
export function* search(yum: Yum, args: readonly string[]): Wait<number> {
  const words = args.filter((word) => word !== 'all');
  if (words.length === 0) return yield* yum.fail('Error: Need to pass a list of pkgs to search\n');
  yield* yum.open(true);
  const hit = (pkg: { name: string; summary: string }): boolean =>
    words.every((word) => `${pkg.name} ${pkg.summary}`.toLowerCase().includes(word.toLowerCase()));
  const found = new Map<string, string>();
  for (const pkg of [...yum.available, ...yum.db.packages])
    if (hit(pkg)) found.set(`${pkg.name}.${pkg.arch}`, pkg.summary);
  if (found.size === 0) {
    yield* yum.out(`Warning: No matches found for: ${words.join(' ')}\nNo matches found\n`);
    return 0;
  }
  const title = ` N/S matched: ${words.join(', ')} `;
  const left = Math.floor((80 - title.length) / 2);
  yield* yum.out(`${'='.repeat(left)}${title}${'='.repeat(80 - title.length - left)}\n`);
  for (const name of [...found.keys()].sort()) yield* yum.out(`${name} : ${found.get(name)}\n`);
  yield* yum.out('\n  Name and summary matches only, use "search all" for everything.\n');
  return 0;
}

/** `yum info`. */
export function* info(yum: Yum, args: readonly string[]): Wait<number> {
  yield* yum.open(true);
  const words = args.filter((word) => word !== 'installed' && word !== 'available');
  let shown = false;
  for (const [title, packages] of [
    ['Installed Packages', yum.db.packages],
    ['Available Packages', [...new Set(yum.available.map((pkg) => pkg.name))].map((name) => yum.best(name)!)],
  ] as const) {
    const found = packages.filter((pkg) => words.some((word) => matches(pkg, word) || matchGlob(word, pkg.name)));
    const rows = found.filter((pkg) => title === 'Installed Packages' || !yum.db.get(pkg.name));
    if (rows.length === 0) continue;
    shown = true;
    yield* yum.out(`${title}\n`);
    for (const pkg of rows)
      yield* yum.out(
        `Name        : ${pkg.name}\nArch        : ${pkg.arch}\n${pkg.epoch > 0 ? `Epoch       : ${pkg.epoch}\n` : ''}Version     : ${pkg.version}\nRelease     : ${pkg.release}\nSize        : ${yumSize(pkg.size)}\nRepo        : ${title === 'Installed Packages' ? 'installed' : pkg.repo}\nSummary     : ${pkg.summary}\n\n`,
      );
  }
  return shown ? 0 : yield* yum.fail('Error: No matching Packages to list\n');
}

/** `yum repolist`. */
export function* repolist(yum: Yum, args: readonly string[]): Wait<number> {
  yield* yum.open(true);
  const all = yield* readRepos(yum.ctx);
  const shown = args[0] === 'all' ? all : args[0] === 'disabled' ? all.filter((repo) => !isOn(repo)) : yum.repos;
  const count = (id: string): number => yum.available.filter((pkg) => pkg.repo === id).length;
  const rows: Row[] = shown.map((repo) => [
    repo.fields.get('baseurl')?.includes('/7/') || repo.fields.has('mirrorlist') ? `${repo.id}/7/x86_64` : repo.id,
    repo.fields.get('name') ?? '',
    yum.repos.includes(repo) || isOn(repo) ? `${args[0] === 'all' ? 'enabled: ' : ''}${count(repo.id)}` : 'disabled',
  ]);
  yield* yum.out(columns([['repo id', 'repo name', 'status'], ...rows]));
  yield* yum.out(`repolist: ${yum.available.length.toLocaleString('en-US')}\n`);
  return 0;
}

/** `yum makecache`. */
export function* makecache(yum: Yum): Wait<number> {
  yield* yum.open(true, true);
  yield* yum.say('Metadata Cache Created\n');
  return 0;
}

/** `yum clean`. */
export function* clean(yum: Yum, args: readonly string[]): Wait<number> {
  if (args.length === 0)
    return yield* yum.fail(
      'Error: clean requires an option: headers, packages, metadata, dbcache, plugins, expire-cache, rpmdb, all\n',
    );
  yield* yum.open(false);
  yield* yum.say(`Cleaning repos: ${yum.repos.map((repo) => repo.id).join(' ')}\n`);
  if (args.includes('all')) yield* yum.say('Cleaning up list of fastest mirrors\n');
  removeTree(yum.ctx.sys, '/var/cache/yum/x86_64');
  return 0;
}

/** `yum provides`. */
export function* provides(yum: Yum, args: readonly string[]): Wait<number> {
  yield* yum.open(true);
  let found = false;
  for (const word of args) {
    const hits = yum.available.filter((pkg) =>
      [...pkg.provides, ...pkg.files].some(
        (one) => matchGlob(word, one) || (one.endsWith(`/${word}`) && word.includes('bin/')),
      ),
    );
    for (const pkg of hits) {
      found = true;
      yield* yum.out(
        `${pkg.epoch > 0 ? `${pkg.epoch}:` : ''}${nevra(pkg)} : ${pkg.summary}\nRepo        : ${pkg.repo}\nMatched from:\n${word.includes('/') || word.includes('*') ? 'Filename    : ' : 'Provides    : '}${[...pkg.files, ...pkg.provides].find((one) => matchGlob(word, one)) ?? word}\n\n\n\n`,
      );
    }
  }
  if (!found) yield* yum.out('No matches found\n');
  return 0;
}
