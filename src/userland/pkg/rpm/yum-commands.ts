import { matchGlob } from '../../../lib/glob.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Context } from '../../../libc/program.ts';
import { compareEvr, matches, nevra } from './database.ts';
import { packageOf, readHeader } from './install.ts';
import type { RemotePackage } from './repositories.ts';
import { Transaction } from './transaction.ts';
import { Yum, type YumOptions } from './yum.ts';
import { checkUpdate, clean, info, list, makecache, provides, repolist, search } from './yum-queries.ts';

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
