import { matchGlob } from '../../../lib/glob.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import type { Wait } from '../../../libc/io.ts';
import { removeTree } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { compareEvr, type Evr, evrText, matches, nevra } from './database.ts';
import { packageOf, readHeader } from './install.ts';
import { isOn, type RemotePackage, readRepos } from './repositories.ts';
import { Transaction } from './transaction.ts';
import { Yum, type YumOptions, yumSize } from './yum.ts';

const USAGE = `Usage: yum [options] COMMAND

List of Commands:

check-update   Check for available package updates
clean          Remove cached data
downgrade      downgrade a package
erase          Remove a package or packages from your system
help           Display a helpful usage message
info           Display details about a package or group of packages
install        Install a package or packages on your system
list           List a package or groups of packages
localinstall   Install a local RPM
makecache      Generate the metadata cache
provides       Find what package provides the given value
reinstall      reinstall a package
remove         Remove a package or packages from your system
repolist       Display the configured software repositories
search         Search package details for the given string
update         Update a package or packages on your system
upgrade        Update packages taking obsoletes into account
`;

/** Reads the command line. */
function readLine(argv: readonly string[]): {
  words: string[];
  options: YumOptions;
  error?: string;
  help: boolean;
  version: boolean;
} {
  const words: string[] = [];
  const options: YumOptions = {
    yes: false,
    no: false,
    quiet: false,
    duplicates: false,
    downloadOnly: false,
    cacheOnly: false,
    enable: [],
    disable: [],
  };
  let error: string | undefined;
  let help = false;
  let version = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const [name, inline] = word.split(/=(.*)/s) as [string, string?];
    const value = (): string => inline ?? argv[++at] ?? '';
    if (name === '--enablerepo') options.enable.push(...value().split(','));
    else if (name === '--disablerepo') options.disable.push(...value().split(','));
    else if (
      [
        '--setopt',
        '--releasever',
        '-d',
        '-e',
        '-c',
        '--exclude',
        '-x',
        '--installroot',
        '--downloaddir',
        '-R',
      ].includes(name)
    )
      value();
    else if (name === '--showduplicates') options.duplicates = true;
    else if (name === '--assumeyes') options.yes = true;
    else if (name === '--assumeno') options.no = true;
    else if (name === '--quiet') options.quiet = true;
    else if (name === '--downloadonly') options.downloadOnly = true;
    else if (name === '--cacheonly') options.cacheOnly = true;
    else if (name === '--help') help = true;
    else if (name === '--version') version = true;
    else if (
      [
        '--nogpgcheck',
        '--skip-broken',
        '--obsoletes',
        '--allowerasing',
        '--verbose',
        '--noplugins',
        '--best',
        '--nobest',
        '--refresh',
        '--security',
        '--tolerant',
      ].includes(name)
    )
      continue;
    else if (/^-[a-zA-Z]+$/.test(name))
      for (const letter of name.slice(1)) {
        if (letter === 'y') options.yes = true;
        else if (letter === 'q') options.quiet = true;
        else if (letter === 'C') options.cacheOnly = true;
        else if (letter === 'h') help = true;
        else if (letter !== 'v' && letter !== 't') error ??= `no such option: -${letter}`;
      }
    else error ??= `no such option: ${name}`;
  }
  return { words, options, help, version, ...(error === undefined ? {} : { error }) };
}

/** Commands that change the system, and so take the lock and want root. */
const CHANGES = new Set([
  'install',
  'remove',
  'erase',
  'update',
  'upgrade',
  'localinstall',
  'reinstall',
  'downgrade',
  'groupinstall',
]);

/** yum, dnf and microdnf. @returns the exit status */
export function* yumMain(ctx: Context, sha256: HashFactory): Wait<number> {
  const { words, options, error, help, version } = readLine(ctx.args);
  const [verb, ...args] = words;
  if (error !== undefined) {
    yield* ctx.stdout.write(USAGE);
    yield* ctx.stdout.flush();
    yield* ctx.stderr.write(`\n\nCommand line error: ${error}\n`);
    return 1;
  }
  if (version) {
    yield* ctx.stdout.write('3.4.3\n');
    return 0;
  }
  // it is a script of Python
  ctx.sys.prctl('cmdline', ['/usr/bin/python', '/usr/bin/yum', ...ctx.args].join(' '));
  const yum = new Yum(ctx, options, sha256);
  yield* yum.say('Loaded plugins: fastestmirror\n');
  if (verb === undefined || help || verb === 'help') {
    if (verb === undefined && !help) yield* ctx.stdout.write('You need to give some command\n');
    yield* ctx.stdout.write(USAGE);
    return verb === undefined && !help ? 1 : 0;
  }
  const run = COMMANDS[verb];
  if (!run) return yield* yum.fail(`No such command: ${verb}. Please use /usr/bin/yum --help\n`);
  const changes = CHANGES.has(verb);
  if (changes && ctx.sys.credentials().euid !== 0)
    return yield* yum.fail('You need to be root to perform this command.\n');
  if (ctx.sys.credentials().euid !== 0) return yield* run(yum, args);
  yield* yum.lock();
  try {
    return yield* run(yum, args);
  } finally {
    yum.unlock();
  }
}

type Command = (yum: Yum, args: readonly string[]) => Wait<number>;

function* install(yum: Yum, args: readonly string[]): Wait<number> {
  if (args.length === 0) return yield* yum.fail('Error: Need to pass a list of pkgs to install\n');
  yield* yum.open(true);
  const transaction = new Transaction(yum);
  for (const word of args) {
    const pkg = yum.best(word);
    if (pkg) transaction.wanted.set(pkg.name, pkg);
  }
  for (const word of args) {
    if (word.endsWith('.rpm')) {
      yield* local(yum, transaction, word);
      continue;
    }
    if (word.startsWith('@')) {
      yield* group(yum, transaction, word.slice(1));
      continue;
    }
    const found = yum.all(word);
    if (found.length === 0) {
      const there = yum.db.find(word)[0];
      if (there) yield* yum.say(`Package ${nevra(there)} already installed and latest version\n`);
      else yield* yum.say(`No package ${word} available.\n`);
      continue;
    }
    for (const pkg of found) {
      const there = yum.db.get(pkg.name);
      if (there && compareEvr(there, pkg) >= 0)
        yield* yum.say(
          `Package ${there.epoch > 0 ? `${there.epoch}:` : ''}${nevra(there)} already installed and latest version\n`,
        );
      else transaction.add(pkg, true);
    }
  }
  if (!transaction.empty) return yield* transaction.run();
  const nothing = args.every((word) => yum.all(word).length === 0 && yum.db.find(word).length === 0);
  if (nothing) return yield* yum.fail('Error: Nothing to do\n');
  yield* yum.say('Nothing to do\n');
  return 0;
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'development tools': ['gcc', 'gcc-c++', 'make', 'autoconf', 'automake', 'libtool', 'binutils', 'patch', 'git'],
};

function* group(yum: Yum, transaction: Transaction, name: string): Wait<void> {
  const members = GROUPS[name.toLowerCase().replaceAll('-', ' ')];
  if (!members) {
    yield* yum.say(`Warning: Group ${name} does not exist.\n`);
    return;
  }
  for (const member of members) {
    const pkg = yum.best(member);
    if (pkg && !yum.db.get(member)) transaction.add(pkg, true);
  }
}

function* local(yum: Yum, transaction: Transaction, path: string): Wait<void> {
  const header = yield* readHeader(yum.ctx, path);
  if (header === undefined || typeof header === 'number') {
    yield* yum.say(`Cannot open: ${path}. Skipping.\n`);
    return;
  }
  const pkg = packageOf(header, 0, path);
  yield* yum.say(`Examining ${path}: ${nevra(pkg)}\nMarking ${path} to be installed\n`);
  const cwd = yum.ctx.sys.getcwd();
  const absolute = path.startsWith('/') ? path : `${typeof cwd === 'string' ? cwd : ''}/${path.replace(/^\.\//, '')}`;
  transaction.add(
    {
      ...pkg,
      installed: pkg.size,
      checksum: '',
      location: absolute.slice(1),
      base: 'file://',
      repo: `/${nevra(pkg)}`,
    } as RemotePackage,
    true,
  );
}

function* remove(yum: Yum, args: readonly string[]): Wait<number> {
  if (args.length === 0) return yield* yum.fail('Error: Need to pass a list of pkgs to remove\n');
  yield* yum.open(false);
  const transaction = new Transaction(yum);
  for (const word of args) {
    const found = /[*?[]/.test(word) ? yum.db.packages.filter((pkg) => matchGlob(word, pkg.name)) : yum.db.find(word);
    if (found.length === 0) yield* yum.say(`No Match for argument: ${word}\n`);
    for (const pkg of found) transaction.erase(pkg, true);
  }
  if (!transaction.empty) return yield* transaction.run();
  yield* yum.say('No Packages marked for removal\n');
  return 0;
}

function* update(yum: Yum, args: readonly string[]): Wait<number> {
  yield* yum.open(true);
  const transaction = new Transaction(yum);
  for (const pkg of yum.db.packages.slice()) {
    if (args.length > 0 && !args.some((word) => matches(pkg, word) || matchGlob(word, pkg.name))) continue;
    const to = yum.updateFor(pkg);
    if (to) transaction.add(to, true);
  }
  if (!transaction.empty) return yield* transaction.run();
  for (const word of args)
    if (yum.db.find(word).length === 0 && !/[*?]/.test(word)) yield* yum.say(`No Match for argument: ${word}\n`);
  yield* yum.say('No packages marked for update\n');
  return 0;
}

function* again(yum: Yum, args: readonly string[]): Wait<number> {
  yield* yum.open(true);
  const transaction = new Transaction(yum);
  for (const word of args) {
    const there = yum.db.find(word)[0];
    const same = there && yum.available.find((pkg) => pkg.name === there.name && compareEvr(pkg, there) === 0);
    if (same) transaction.add(same, true);
    else
      yield* yum.say(
        there
          ? `Installed package ${nevra(there)} (from ${there.repo}) not available.\n`
          : `No Match for argument: ${word}\n`,
      );
  }
  if (!transaction.empty) return yield* transaction.run();
  return yield* yum.fail('Error: Nothing to do\n');
}

function* downgrade(yum: Yum, args: readonly string[]): Wait<number> {
  yield* yum.open(true);
  const transaction = new Transaction(yum);
  for (const word of args) {
    const exact = yum.available.filter((pkg) => matches(pkg, word));
    const name = exact[0]?.name ?? word;
    const there = yum.db.get(name);
    const lower = exact
      .filter((pkg) => there && compareEvr(pkg, there) < 0)
      .sort(compareEvr)
      .at(-1);
    if (lower) transaction.add(lower, true);
    else
      yield* yum.say(
        there ? `Only Upgrade available on package: ${nevra(there)}\n` : `No package ${word} available.\n`,
      );
  }
  if (!transaction.empty) return yield* transaction.run();
  yield* yum.say('Nothing to do\n');
  return 0;
}

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

function* list(yum: Yum, args: readonly string[]): Wait<number> {
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

function* checkUpdate(yum: Yum): Wait<number> {
  yield* yum.open(true);
  const found = yum.db.packages
    .map((pkg) => yum.updateFor(pkg))
    .filter((pkg): pkg is RemotePackage => pkg !== undefined);
  if (found.length === 0) return 0;
  yield* yum.out(`\n${columns(found.map((pkg) => rowOf(pkg, false)))}`);
  return 100;
}

function* search(yum: Yum, args: readonly string[]): Wait<number> {
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

function* info(yum: Yum, args: readonly string[]): Wait<number> {
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

function* repolist(yum: Yum, args: readonly string[]): Wait<number> {
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

function* makecache(yum: Yum): Wait<number> {
  yield* yum.open(true, true);
  yield* yum.say('Metadata Cache Created\n');
  return 0;
}

function* clean(yum: Yum, args: readonly string[]): Wait<number> {
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

function* provides(yum: Yum, args: readonly string[]): Wait<number> {
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

const COMMANDS: Readonly<Record<string, Command>> = {
  install,
  localinstall: install,
  groupinstall: (yum, args) =>
    install(
      yum,
      args.map((name) => `@${name}`),
    ),
  remove,
  erase: remove,
  update,
  upgrade: update,
  reinstall: again,
  downgrade,
  list,
  search,
  info,
  repolist,
  makecache,
  clean,
  provides,
  whatprovides: provides,
  'check-update': checkUpdate,
};
