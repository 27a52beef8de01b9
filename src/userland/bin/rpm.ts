import { matchGlob } from '../../lib/glob.ts';
import { calendar, DAY_NAMES, MONTH_NAMES, two } from '../../libc/clock-text.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { compareEvr, nevra, RpmDatabase, type RpmPackage } from '../pkg/rpm/database.ts';
import { eraseRpm, installRpm, packageOf, readHeader } from '../pkg/rpm/install.ts';

export default program({
  name: 'rpm',
  at: ['/usr/bin/rpm'],
  spec: 'rpm 4.11.3 rpm(8): query, install, upgrade, freshen, erase, verify without digests; no signatures',
  usage: '[OPTION...]',
  about: 'Query and change the database of packages.',
  options: {},
  raw: true,
  *main(ctx) {
    const letters = new Set<string>();
    const longs = new Map<string, string>();
    const words: string[] = [];
    for (let at = 0; at < ctx.args.length; at++) {
      const word = ctx.args[at]!;
      if (word.startsWith('--')) {
        const [name, value] = word.slice(2).split(/=(.*)/s) as [string, string?];
        longs.set(
          name,
          value ?? (['queryformat', 'qf', 'root', 'define', 'eval'].includes(name) ? (ctx.args[++at] ?? '') : ''),
        );
      } else if (word.startsWith('-') && word.length > 1) for (const letter of word.slice(1)) letters.add(letter);
      else words.push(word);
    }
    const has = (letter: string, long: string): boolean => letters.has(letter) || longs.has(long);
    if (longs.has('version')) {
      yield* ctx.stdout.write('RPM version 4.11.3\n');
      return 0;
    }
    if (longs.has('eval')) {
      yield* ctx.stdout.write(
        `${longs
          .get('eval')!
          .replaceAll('%{rhel}', '7')
          .replaceAll('%{dist}', '.el7')
          .replaceAll('%{_arch}', 'x86_64')
          .replace(/%rhel|%\{centos\}/g, '7')}\n`,
      );
      return 0;
    }
    if (longs.has('import')) return 0;
    const db = yield* RpmDatabase.read(ctx.sys);
    if (has('q', 'query')) return yield* query(ctx, db, letters, longs, words);
    if (has('V', 'verify')) return yield* verify(ctx, db, words, letters.has('a'));
    const changes = has('i', 'install') || has('U', 'upgrade') || has('F', 'freshen');
    if (changes || has('e', 'erase')) {
      if (ctx.sys.credentials().euid !== 0) {
        yield* ctx.stderr.write(`error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Permission denied)\n`);
        return 1;
      }
      if (words.length === 0) {
        yield* ctx.stderr.write(`rpm: no packages given for ${changes ? 'install' : 'erase'}\n`);
        return 1;
      }
      return changes
        ? yield* install(ctx, db, words, {
            upgrade: !has('i', 'install'),
            force: longs.has('force') || longs.has('replacepkgs') || longs.has('oldpackage'),
            nodeps: longs.has('nodeps'),
            hash: letters.has('h') || longs.has('hash'),
            verbose: letters.has('v'),
            test: longs.has('test'),
          })
        : yield* erase(ctx, db, words, longs.has('nodeps'));
    }
    yield* ctx.stdout.write(
      'RPM version 4.11.3\nCopyright (C) 1998-2002 - Red Hat, Inc.\nThis program may be freely redistributed under the terms of the GNU GPL\n',
    );
    return 0;
  },
});

function* query(
  ctx: Context,
  db: RpmDatabase,
  letters: ReadonlySet<string>,
  longs: ReadonlyMap<string, string>,
  words: readonly string[],
): Wait<number> {
  const found: RpmPackage[] = [];
  const format = longs.get('queryformat') ?? longs.get('qf');
  let status = 0;
  const complain = function* (text: string): Wait<void> {
    status = 1;
    yield* ctx.stdout.write(`${text}\n`);
  };
  if (letters.has('a') || longs.has('all'))
    found.push(
      ...db.packages.filter(
        (pkg) => words.length === 0 || words.some((word) => matchGlob(word, pkg.name) || matchGlob(word, nevra(pkg))),
      ),
    );
  else if (letters.has('f') || longs.has('file'))
    for (const path of words) {
      const owner = db.owner(path);
      if (owner) found.push(owner);
      else if (ctx.sys.access(path, 0) < 0) {
        status = 1;
        yield* ctx.stderr.write(`error: file ${path}: No such file or directory\n`);
      } else yield* complain(`file ${path} is not owned by any package`);
    }
  else if (letters.has('p') || longs.has('package'))
    for (const path of words) {
      const header = yield* readHeader(ctx, path);
      if (header === undefined || typeof header === 'number') {
        status = 1;
        yield* ctx.stderr.write(
          typeof header === 'number'
            ? `error: open of ${path} failed: ${ctx.strerror(header)}\n`
            : `error: ${path}: not an rpm package (or package manifest)\n`,
        );
      } else found.push(packageOf(header, 0, ''));
    }
  else if (longs.has('whatprovides'))
    for (const word of words) {
      const provider = db.provider(word);
      if (provider) found.push(provider);
      else yield* complain(`no package provides ${word}`);
    }
  else if (longs.has('whatrequires'))
    for (const word of words) {
      const users = db.packages.filter((pkg) => pkg.requires.includes(word));
      if (users.length === 0) yield* complain(`no package requires ${word}`);
      found.push(...users);
    }
  else
    for (const word of words) {
      const hits = db.find(word);
      if (hits.length === 0) yield* complain(`package ${word} is not installed`);
      for (const pkg of hits) yield* ctx.stdout.write(show(pkg, letters, longs, format));
    }
  if (words.length === 0 && !letters.has('a') && !longs.has('all')) {
    yield* ctx.stderr.write('rpm: no arguments given for query\n');
    return 1;
  }
  for (const pkg of found) yield* ctx.stdout.write(show(pkg, letters, longs, format));
  return status;
}

function show(
  pkg: RpmPackage,
  letters: ReadonlySet<string>,
  longs: ReadonlyMap<string, string>,
  format: string | undefined,
): string {
  if (format !== undefined) return formatted(format, pkg);
  if (letters.has('i') || longs.has('info')) return info(pkg);
  const lines = (list: readonly string[]): string => list.map((one) => `${one}\n`).join('');
  if (letters.has('l') || longs.has('list')) return pkg.files.length === 0 ? '(contains no files)\n' : lines(pkg.files);
  if (letters.has('c') || longs.has('configfiles')) return lines(pkg.files.filter((file) => file.startsWith('/etc/')));
  if (letters.has('R') || longs.has('requires')) return lines(pkg.requires);
  if (longs.has('provides')) return lines([...new Set([pkg.name, ...pkg.provides])]);
  if (longs.has('scripts'))
    return Object.entries(pkg.scripts)
      .map(([name, text]) => `${name === 'postIn' ? 'postinstall' : name} scriptlet (using /bin/sh):\n${text}`)
      .join('');
  return `${nevra(pkg)}\n`;
}

function formatted(format: string, pkg: RpmPackage): string {
  const values: Record<string, string> = {
    NAME: pkg.name,
    VERSION: pkg.version,
    RELEASE: pkg.release,
    EPOCH: pkg.epoch > 0 ? String(pkg.epoch) : '(none)',
    ARCH: pkg.arch,
    SUMMARY: pkg.summary,
    SIZE: String(pkg.size),
    INSTALLTIME: String(pkg.installed),
  };
  return format
    .replace(/%(-?\d*)\{([A-Za-z]+)(?::[a-z]+)?\}/g, (_, width: string, name: string) => {
      const value = values[name.toUpperCase()] ?? '(none)';
      const wide = Number(width || 0);
      return wide < 0 ? value.padEnd(-wide) : value.padStart(wide);
    })
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t');
}

const when = (seconds: number): string => {
  const c = calendar(seconds);
  return `${DAY_NAMES[c.weekday]!.slice(0, 3)} ${two(c.day)} ${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${c.year} ${two(c.hour % 12 || 12)}:${two(c.minute)}:${two(c.second)} ${c.hour < 12 ? 'AM' : 'PM'} UTC`;
};

const info = (pkg: RpmPackage): string =>
  `Name        : ${pkg.name}\n${pkg.epoch > 0 ? `Epoch       : ${pkg.epoch}\n` : ''}Version     : ${pkg.version}\nRelease     : ${pkg.release}\nArchitecture: ${pkg.arch}\nInstall Date: ${pkg.installed > 0 ? when(pkg.installed) : '(not installed)'}\nGroup       : Unspecified\nSize        : ${pkg.size}\nSummary     : ${pkg.summary}\nDescription :\n${pkg.summary}.\n`;

interface InstallOptions {
  upgrade: boolean;
  force: boolean;
  nodeps: boolean;
  hash: boolean;
  verbose: boolean;
  test: boolean;
}

function* install(ctx: Context, db: RpmDatabase, paths: readonly string[], options: InstallOptions): Wait<number> {
  const todo: { path: string; pkg: RpmPackage }[] = [];
  for (const path of paths) {
    const header = yield* readHeader(ctx, path);
    if (header === undefined || typeof header === 'number') {
      yield* ctx.stderr.write(
        typeof header === 'number'
          ? `error: open of ${path} failed: ${ctx.strerror(header)}\n`
          : `error: ${path}: not an rpm package (or package manifest): \n`,
      );
      return 1;
    }
    todo.push({ path, pkg: packageOf(header, 0, '') });
  }
  const problems: string[] = [];
  for (const { pkg } of todo)
    for (const need of pkg.requires)
      if (
        !options.nodeps &&
        !db.provider(need) &&
        !todo.some((one) => one.pkg.name === need || one.pkg.provides.includes(need))
      )
        problems.push(`\t${need} is needed by ${nevra(pkg)}\n`);
  if (problems.length > 0) {
    yield* ctx.stderr.write(`error: Failed dependencies:\n${problems.join('')}`);
    return problems.length;
  }
  if (options.hash) yield* ctx.stdout.write(`Preparing...${' '.repeat(26)}################################# [100%]\n`);
  else if (options.verbose) yield* ctx.stdout.write('Preparing packages...\n');
  for (const { pkg } of todo) {
    const there = db.get(pkg.name);
    if (there && compareEvr(there, pkg) >= 0 && !options.force) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        compareEvr(there, pkg) === 0
          ? `\tpackage ${nevra(there)} is already installed\n`
          : `\tpackage ${nevra(there)} (which is newer than ${nevra(pkg)}) is already installed\n`,
      );
      return 1;
    }
  }
  if (options.test) return 0;
  if (options.hash) yield* ctx.stdout.write('Updating / installing...\n');
  for (const [at, { path, pkg }] of todo.entries()) {
    if (options.hash)
      yield* ctx.stdout.write(
        `   ${`${at + 1}:${nevra(pkg).replace(/\.[^.]*$/, '')}`.padEnd(35).slice(0, 35)}################################# [${String(Math.round(((at + 1) * 100) / todo.length)).padStart(3)}%]\n`,
      );
    else if (options.verbose) yield* ctx.stdout.write(`${nevra(pkg)}\n`);
    const done = yield* installRpm(ctx, db, path, 'installed');
    if (typeof done === 'string') {
      yield* ctx.stderr.write(`error: unpacking of archive failed: ${done}\n`);
      return 1;
    }
  }
  yield* db.write();
  return 0;
}

function* erase(ctx: Context, db: RpmDatabase, words: readonly string[], nodeps: boolean): Wait<number> {
  const doomed: RpmPackage[] = [];
  for (const word of words) {
    const hits = db.find(word);
    if (hits.length === 0) {
      yield* ctx.stderr.write(`error: package ${word} is not installed\n`);
      return 1;
    }
    doomed.push(...hits);
  }
  const problems = nodeps
    ? []
    : doomed.flatMap((pkg) =>
        db.packages
          .filter((other) => !doomed.includes(other) && other.requires.some((need) => need === pkg.name))
          .map((other) => `\t${pkg.name} is needed by (installed) ${nevra(other)}\n`),
      );
  if (problems.length > 0) {
    yield* ctx.stderr.write(`error: Failed dependencies:\n${problems.join('')}`);
    return problems.length;
  }
  for (const pkg of doomed) yield* eraseRpm(ctx, db, pkg);
  yield* db.write();
  return 0;
}

function* verify(ctx: Context, db: RpmDatabase, words: readonly string[], all: boolean): Wait<number> {
  let status = 0;
  for (const pkg of all ? db.packages : words.flatMap((word) => db.find(word)))
    for (const file of pkg.files) {
      if (ctx.sys.access(file, 0) === 0) continue;
      status = 1;
      yield* ctx.stdout.write(`missing   ${file.startsWith('/etc/') ? 'c' : ' '} ${file}\n`);
    }
  return status;
}
