import { compareDebianVersions } from '../../../lib/debian-version.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { isDir, joinPath, listDir } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { ADMIN, Database, isInstalled, type Known, takeLock, type Want } from './database.ts';
import * as archive from './dpkg-deb.ts';
import { HELP, HINT } from './dpkg-help.ts';
import { Failure, Installer } from './install.ts';
import * as query from './query.ts';
import { dependenciesOf, providesOf, satisfies } from './relations.ts';

/** An action of dpkg, and the long option's name that messages have. */
const SHORT: Readonly<Record<string, string>> = {
  i: 'install',
  r: 'remove',
  P: 'purge',
  l: 'list',
  L: 'listfiles',
  s: 'status',
  S: 'search',
  p: 'print-avail',
  I: 'info',
  c: 'contents',
  x: 'extract',
  X: 'vextract',
  e: 'control',
  f: 'field',
  b: 'build',
  C: 'audit',
  W: 'show',
  V: 'verify',
};
const ACTIONS = new Set([
  ...Object.values(SHORT),
  'unpack',
  'configure',
  'print-architecture',
  'print-foreign-architectures',
  'add-architecture',
  'remove-architecture',
  'compare-versions',
  'get-selections',
  'set-selections',
  'clear-selections',
  'control-list',
  'control-path',
  'triggers-only',
  'version',
  'help',
]);
/** Options without an effect on the simulation's packages, or that are heeded below. */
const FLAGS =
  /^(force-.*|no-force-.*|refuse-.*|no-triggers|triggers|auto-deconfigure|recursive|pending|no-act|dry-run|simulate|skip-same-version|refuse-downgrade|selected-only|no-debsig|no-pager|robot)$/;
const FLAG_LETTERS: Readonly<Record<string, string>> = {
  a: 'pending',
  B: 'auto-deconfigure',
  E: 'skip-same-version',
  G: 'refuse-downgrade',
  O: 'selected-only',
  R: 'recursive',
};
const VALUES = new Set([
  'showformat',
  'admindir',
  'root',
  'instdir',
  'status-fd',
  'log',
  'debug',
  'abort-after',
  'ignore-depends',
  'path-exclude',
  'path-include',
]);

interface Line {
  action: string | undefined;
  flags: Set<string>;
  values: Map<string, string>;
  args: string[];
  /** What is wrong. */
  error?: string;
}

/** Reads dpkg's options. @param letters short options with a value, beside those that all have */
function readLine(argv: readonly string[]): Line {
  const line: Line = { action: undefined, flags: new Set(), values: new Map(), args: [] };
  const act = (name: string): void => {
    if (line.action !== undefined && line.action !== name)
      line.error ??= `conflicting actions --${name} and --${line.action}`;
    line.action = name;
  };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      line.args.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      if (ACTIONS.has(name)) act(name);
      else if (VALUES.has(name)) line.values.set(name, equals < 0 ? (argv[++at] ?? '') : word.slice(equals + 1));
      else if (FLAGS.test(name)) line.flags.add(name);
      else line.error ??= `unknown option ${word}`;
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      line.args.push(word);
      if (line.action === 'compare-versions') {
        line.args.push(...argv.slice(at + 1));
        break;
      }
      continue;
    }
    for (let n = 1; n < word.length; n++) {
      const letter = word[n]!;
      if (letter === 'f' && (line.action === 'show' || argv.includes('-W'))) {
        line.values.set('showformat', word.slice(n + 1).replace(/^=/, '') || (argv[++at] ?? ''));
        break;
      }
      if (letter === 'D') break;
      if (SHORT[letter]) act(SHORT[letter]!);
      else if (FLAG_LETTERS[letter]) line.flags.add(FLAG_LETTERS[letter]!);
      else line.error ??= `unknown option -${letter}`;
    }
  }
  return line;
}

/** dpkg, dpkg-query and dpkg-deb: what they have in common is done by one of them for the others. @returns exit status */
export function* dpkgMain(ctx: Context, me: 'dpkg' | 'dpkg-query' | 'dpkg-deb', md5: HashFactory): Wait<number> {
  const line = readLine(ctx.args);
  const fail = function* (text: string, hint = ''): Wait<number> {
    yield* ctx.stdout.flush();
    yield* ctx.stderr.write(`${me}: error: ${text}\n${hint}`);
    return 2;
  };
  if (line.error !== undefined) return yield* fail(line.error, me === 'dpkg' ? HINT : '');
  if (line.action === undefined) return yield* fail('need an action option', me === 'dpkg' ? HINT : '');
  const { action, args } = line;
  if (action === 'version') {
    const version = ctx.sys.image.version || '1.22.6';
    const kind = {
      dpkg: 'package management program',
      'dpkg-query': 'package management program query tool',
      'dpkg-deb': 'package archive backend',
    }[me];
    yield* ctx.stdout.write(
      `Debian '${me}' ${kind} version ${version} (amd64).\nThis is free software; see the GNU General Public License version 2 or\nlater for copying conditions. There is NO warranty.\n`,
    );
    return 0;
  }
  if (action === 'help') {
    yield* ctx.stdout.write(HELP[me] ?? '');
    return 0;
  }
  const needs = function* (what: string): Wait<number> {
    return yield* fail(`--${action} needs ${what}`, HINT);
  };
  switch (action) {
    case 'print-architecture':
      yield* ctx.stdout.write('amd64\n');
      return 0;
    case 'print-foreign-architectures':
    case 'add-architecture':
    case 'remove-architecture':
      return yield* architectures(ctx, action, args[0]);
    case 'compare-versions':
      return yield* compare(fail, args);
    case 'info':
      return args[0] === undefined
        ? yield* needs('a .deb filename argument')
        : yield* archive.info(ctx, args[0], args.slice(1));
    case 'contents':
      return args[0] === undefined ? yield* needs('a .deb filename argument') : yield* archive.contents(ctx, args[0]);
    case 'field':
      return args[0] === undefined
        ? yield* needs('a .deb filename argument')
        : yield* archive.field(ctx, args[0], args.slice(1));
    case 'extract':
    case 'vextract':
      if (args[0] === undefined) return yield* needs('a .deb filename argument');
      if (args[1] === undefined)
        return yield* needs('a target directory.\nPerhaps you should be using dpkg --install ?');
      return yield* archive.extract(ctx, args[0], args[1], 'data.tar');
    case 'control':
      return args[0] === undefined
        ? yield* needs('a .deb filename argument')
        : yield* archive.extract(ctx, args[0], args[1] ?? 'DEBIAN', 'control.tar');
    case 'build':
      return args[0] === undefined
        ? yield* needs('a <directory> argument')
        : yield* archive.build(ctx, args[0], args[1]);
  }
  const db = yield* Database.read(ctx.sys);
  switch (action) {
    case 'list':
      return yield* query.list(ctx, db, args);
    case 'show':
      return yield* query.show(ctx, db, args, line.values.get('showformat') ?? '\x24{binary:Package}\t\x24{Version}\n');
    case 'status':
    case 'print-avail':
      return args.length === 0 ? yield* everything(ctx, db) : yield* query.status(ctx, db, args);
    case 'listfiles':
      return args.length === 0
        ? yield* needs('at least one package name argument')
        : yield* query.listFiles(ctx, db, args);
    case 'search':
      return args.length === 0
        ? yield* needs('at least one file name pattern argument')
        : yield* query.search(ctx, db, args);
    case 'get-selections':
      return yield* query.selections(ctx, db, args);
    case 'control-list':
      for (const name of db.get(args[0] ?? '') ? db.infoNames(db.get(args[0]!)!) : [])
        if (name !== 'list') yield* ctx.stdout.write(`${name}\n`);
      return 0;
    case 'control-path':
      return yield* query.controlPath(ctx, db, args[0] ?? '', args[1]);
    case 'audit':
      return yield* audit(ctx, db);
    case 'verify':
      return yield* verify(ctx, db, args, md5);
  }
  if (ctx.sys.credentials().euid !== 0) return yield* fail('requested operation requires superuser privilege');
  if (ctx.env.get('DPKG_FRONTEND_LOCKED') === undefined) {
    const frontend = yield* takeLock(ctx.sys, `${ADMIN}/lock-frontend`);
    if (typeof frontend !== 'number') return yield* locked(fail, frontend.holder?.pid, 'dpkg frontend lock');
  }
  const lock = yield* takeLock(ctx.sys, `${ADMIN}/lock`);
  if (typeof lock !== 'number') return yield* locked(fail, lock.holder?.pid, 'dpkg database lock');
  if (action === 'set-selections') return yield* setSelections(ctx, db);
  if (action === 'clear-selections') {
    for (const pkg of db.packages.values()) if (!pkg.fields.has('Essential')) db.mark(pkg, 'deinstall', pkg.state);
    yield* db.write();
    return 0;
  }
  const installer = new Installer(ctx, db, md5, {
    action: `--${action}`,
    forceDepends: line.flags.has('force-depends') || line.flags.has('force-all'),
    noTriggers: line.flags.has('no-triggers'),
  });
  if (action === 'install' || action === 'unpack') {
    if (args.length === 0) return yield* needs('at least one package archive file argument');
    return yield* install(ctx, installer, db, action, yield* archivesOf(ctx, args, line.flags.has('recursive')));
  }
  if (action === 'configure' || action === 'triggers-only') {
    if (args.length === 0 && !line.flags.has('pending')) return yield* needs('at least one package name argument');
    return yield* configure(ctx, installer, db, action === 'configure' ? args : [], line.flags.has('pending'));
  }
  if (args.length === 0) return yield* needs('at least one package name argument');
  return yield* remove(ctx, installer, db, args, action === 'purge');
}

function* locked(fail: (text: string) => Wait<number>, pid: number | undefined, what: string): Wait<number> {
  return yield* fail(
    `${what} was locked by another process with pid ${pid ?? 0}\nNote: removing the lock file is always wrong, can damage the locked area\nand the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.`,
  );
}

function* architectures(ctx: Context, action: string, name: string | undefined): Wait<number> {
  const path = `${ADMIN}/arch`;
  const bytes = yield* readFile(ctx.sys, path);
  const known = (typeof bytes === 'number' ? '' : decode(bytes))
    .split('\n')
    .filter((one) => one !== '' && one !== 'amd64');
  if (action === 'print-foreign-architectures') yield* ctx.stdout.write(known.map((one) => `${one}\n`).join(''));
  else {
    const rest = known.filter((one) => one !== name);
    if (action === 'add-architecture' && name !== undefined && name !== 'amd64') rest.push(name);
    yield* writeFile(ctx.sys, path, ['amd64', ...rest].map((one) => `${one}\n`).join(''), 0o644);
  }
  return 0;
}

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  lt: (o) => o < 0,
  le: (o) => o <= 0,
  eq: (o) => o === 0,
  ne: (o) => o !== 0,
  ge: (o) => o >= 0,
  gt: (o) => o > 0,
  '<<': (o) => o < 0,
  '<=': (o) => o <= 0,
  '<': (o) => o <= 0,
  '=': (o) => o === 0,
  '>=': (o) => o >= 0,
  '>>': (o) => o > 0,
  '>': (o) => o >= 0,
};

function* compare(fail: (text: string, hint?: string) => Wait<number>, args: readonly string[]): Wait<number> {
  if (args.length !== 3)
    return yield* fail('--compare-versions takes three arguments: <version> <relation> <version>', HINT);
  const test = OPERATORS[args[1]!.replace(/-nl$/, '')];
  if (!test) return yield* fail('--compare-versions bad relation', HINT);
  return test(compareDebianVersions(args[0]!, args[2]!)) ? 0 : 1;
}

function* everything(ctx: Context, db: Database): Wait<number> {
  return yield* query.status(
    ctx,
    db,
    db.sorted().map((pkg) => pkg.name),
  );
}

function* audit(ctx: Context, db: Database): Wait<number> {
  const half = db.sorted().filter((pkg) => pkg.state === 'unpacked' || pkg.state === 'half-configured');
  if (half.length === 0) return 0;
  yield* ctx.stdout.write(
    'The following packages have been unpacked but not yet configured.\nThey must be configured using dpkg --configure or the configure\nmenu option in dselect for them to work:\n',
  );
  for (const pkg of half)
    yield* ctx.stdout.write(` ${pkg.full.padEnd(20)} ${(pkg.fields.get('Description') ?? '').split('\n')[0]}\n`);
  yield* ctx.stdout.write('\n');
  return 1;
}

function* verify(ctx: Context, db: Database, names: readonly string[], md5: HashFactory): Wait<number> {
  for (const pkg of names.length === 0
    ? db.sorted()
    : names.map((name) => db.get(name)).filter((one): one is Known => one !== undefined)) {
    const sums = yield* readFile(ctx.sys, `/var/lib/dpkg/info/${pkg.full}.md5sums`);
    for (const line of typeof sums === 'number' ? [] : decode(sums).split('\n')) {
      const [sum, path] = line.split(/\s+/, 2);
      if (!sum || !path) continue;
      const bytes = yield* readFile(ctx.sys, `/${path}`);
      const conf = (pkg.fields.get('Conffiles') ?? '').includes(` /${path} `) ? 'c' : ' ';
      if (typeof bytes === 'number') yield* ctx.stdout.write(`missing   ${conf} /${path}\n`);
      else if (md5.hex(bytes) !== sum) yield* ctx.stdout.write(`??5?????? ${conf} /${path}\n`);
    }
  }
  return 0;
}

function* setSelections(ctx: Context, db: Database): Wait<number> {
  for (let text; (text = yield* ctx.stdin.line()) !== undefined; ) {
    const [name, want] = text.trim().split(/\s+/);
    const pkg = name ? db.get(name) : undefined;
    if (pkg && want) db.mark(pkg, want as Want, pkg.state);
  }
  yield* db.write();
  return 0;
}

function* archivesOf(ctx: Context, args: readonly string[], recursive: boolean): Wait<string[]> {
  const found: string[] = [];
  for (const arg of args) {
    const names = recursive && isDir(ctx.sys, arg) ? listDir(ctx.sys, arg) : undefined;
    if (names === undefined || typeof names === 'number') found.push(arg);
    else
      found.push(
        ...names
          .filter((name) => name.endsWith('.deb'))
          .sort()
          .map((name) => joinPath(arg, name)),
      );
  }
  return found;
}

function* install(
  ctx: Context,
  installer: Installer,
  db: Database,
  action: string,
  paths: readonly string[],
): Wait<number> {
  const unpacked: Known[] = [];
  for (const path of paths) {
    const direct = paths.length === 1 ? ctx.sys.access(path, 4) : 0;
    if (direct < 0) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(`dpkg: error: cannot access archive '${path}': ${ctx.strerror(direct)}\n`);
      return 2;
    }
    const pkg = yield* installer.unpack(path);
    if (!(pkg instanceof Failure)) unpacked.push(pkg);
  }
  if (action === 'install') yield* configureAll(installer, db, unpacked);
  return yield* installer.finish();
}

/** Configures packages, those that others of them need first. */
function* configureAll(installer: Installer, db: Database, packages: readonly Known[]): Wait<void> {
  const waiting = [...packages];
  while (waiting.length > 0) {
    const ready = waiting.find((pkg) => installer.missing(pkg).length === 0);
    const next = ready ?? inCircle(waiting, db) ?? waiting[0]!;
    const circular = ready === undefined && inCircle(waiting, db) === next;
    waiting.splice(waiting.indexOf(next), 1);
    yield* installer.configure(next, circular);
  }
}

/** A package whose missing dependencies are all among those that wait: packages that need each other. */
function inCircle(waiting: readonly Known[], db: Database): Known | undefined {
  const there = [...waiting, ...[...db.packages.values()].filter((pkg) => pkg.state === 'installed')];
  const fine = (pkg: Known): boolean =>
    dependenciesOf(pkg.fields).every((group) =>
      group.some((relation) =>
        there.some((other) => satisfies(relation, other.name, other.version, providesOf(other.fields))),
      ),
    );
  return waiting.find(fine);
}

function* configure(
  ctx: Context,
  installer: Installer,
  db: Database,
  names: readonly string[],
  pending: boolean,
): Wait<number> {
  const packages: Known[] = [];
  if (pending)
    packages.push(...db.sorted().filter((pkg) => pkg.state === 'unpacked' || pkg.state === 'half-configured'));
  for (const name of names) {
    const pkg = db.get(name);
    if (!isInstalled(pkg)) yield* installer.fail('package', name, `package ${name} is not installed, cannot configure`);
    else if (pkg.state === 'installed')
      yield* installer.fail('package', name, `package ${pkg.full} is already installed and configured`);
    else packages.push(pkg);
  }
  yield* ctx.stdout.flush();
  yield* configureAll(installer, db, packages);
  return yield* installer.finish();
}

function* remove(
  ctx: Context,
  installer: Installer,
  db: Database,
  names: readonly string[],
  purge: boolean,
): Wait<number> {
  const doomed: Known[] = [];
  for (const name of names) {
    const pkg = db.get(name);
    if (!pkg || (!purge && !isInstalled(pkg)) || pkg.state === 'not-installed') {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        pkg && !purge
          ? `dpkg: warning: ignoring request to remove ${name}, only the config\n files of which are on the system; use --purge to remove them too\n`
          : `dpkg: warning: ignoring request to remove ${name} which isn't installed\n`,
      );
    } else doomed.push(pkg);
  }
  for (const pkg of doomed) {
    if (pkg.fields.get('Essential') === 'yes' && isInstalled(pkg) && !installer.options.forceDepends) {
      yield* installer.fail('package', pkg.full, 'this is an essential package; it should not be removed');
      continue;
    }
    const users = installer.options.forceDepends ? [] : neededBy(db, pkg, doomed);
    if (users.length > 0) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        `dpkg: dependency problems prevent removal of ${pkg.full}:\n${users.map((user) => ` ${user.full} depends on ${pkg.name}.\n`).join('')}\n`,
      );
      yield* installer.fail('package', pkg.full, 'dependency problems - not removing');
      continue;
    }
    yield* installer.remove(pkg, purge);
  }
  return yield* installer.finish();
}

/** Installed packages that need one that is to go. */
function neededBy(db: Database, pkg: Known, doomed: readonly Known[]): Known[] {
  const rest = db.sorted().filter((one) => isInstalled(one) && !doomed.includes(one));
  return rest.filter((one) =>
    dependenciesOf(one.fields).some(
      (group) =>
        group.some((relation) => satisfies(relation, pkg.name, pkg.version, providesOf(pkg.fields))) &&
        !group.some((relation) =>
          rest.some((other) => satisfies(relation, other.name, other.version, providesOf(other.fields))),
        ),
    ),
  );
}
