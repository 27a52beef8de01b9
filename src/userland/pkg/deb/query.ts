import { formatDeb822 } from '../../../lib/deb822.ts';
import { matchGlob } from '../../../lib/glob.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Context } from '../../../libc/program.ts';
import { type Database, INFO, isInstalled, type Known } from './database.ts';

const WANT: Readonly<Record<string, string>> = { unknown: 'u', install: 'i', hold: 'h', deinstall: 'r', purge: 'p' };
const STATE: Readonly<Record<string, string>> = {
  'not-installed': 'n',
  'config-files': 'c',
  'half-installed': 'H',
  unpacked: 'U',
  'half-configured': 'F',
  'triggers-awaited': 'W',
  'triggers-pending': 't',
  installed: 'i',
};

const abbreviation = (pkg: Known): string => `${WANT[pkg.want] ?? '?'}${STATE[pkg.state] ?? '?'} `;

const isGlob = (pattern: string): boolean => /[*?[\]\\]/.test(pattern);

const summary = (pkg: Known): string => (pkg.fields.get('Description') ?? '').split('\n')[0]!;

/** Packages that patterns name, and the patterns that name none. */
function select(db: Database, patterns: readonly string[], wanted: (pkg: Known) => boolean): [Known[], string[]] {
  if (patterns.length === 0) return [db.sorted().filter((pkg) => pkg.state !== 'not-installed'), []];
  const found = new Set<Known>();
  const none: string[] = [];
  for (const pattern of patterns) {
    const hits = isGlob(pattern)
      ? db.sorted().filter((pkg) => matchGlob(pattern, pkg.name))
      : [db.get(pattern)].filter((pkg): pkg is Known => pkg !== undefined && wanted(pkg));
    if (hits.length === 0) none.push(pattern);
    for (const pkg of hits) found.add(pkg);
  }
  return [[...found].sort((a, b) => (a.name < b.name ? -1 : 1)), none];
}

/** `dpkg -l`. @returns the exit status */
export function* list(ctx: Context, db: Database, patterns: readonly string[]): Wait<number> {
  const [found, none] = select(db, patterns, () => true);
  for (const pattern of none) yield* complain(ctx, `no packages found matching ${pattern}`);
  if (found.length > 0) {
    const widths = [14, 12, 12, 33];
    const rows = found.map((pkg) => [pkg.full, pkg.version, pkg.arch, summary(pkg)]);
    for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at]!, cell.length);
    const line = (cells: readonly string[]): string =>
      cells
        .map((cell, at) => (at === 3 ? cell : cell.padEnd(widths[at]!)))
        .join(' ')
        .trimEnd();
    yield* ctx.stdout.write(
      `Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n||/ ${line(['Name', 'Version', 'Architecture', 'Description'])}\n+++-${widths.map((width) => '='.repeat(width)).join('-')}\n`,
    );
    for (const [at, row] of rows.entries()) yield* ctx.stdout.write(`${abbreviation(found[at]!)} ${line(row)}\n`);
  }
  return none.length > 0 ? 1 : 0;
}

/** `dpkg-query -W`, with its format. */
export function* show(ctx: Context, db: Database, patterns: readonly string[], format: string): Wait<number> {
  const [found, none] = select(db, patterns, () => true);
  for (const pkg of found) yield* ctx.stdout.write(formatFields(format, pkg));
  for (const pattern of none) yield* complain(ctx, `no packages found matching ${pattern}`);
  return none.length > 0 ? 1 : 0;
}

function formatFields(format: string, pkg: Known): string {
  const escapes: Record<string, string> = { n: '\n', t: '\t', '\\': '\\', r: '\r' };
  return format.replace(/\\(.)|\$\{([^};]+)(?:;(-?\d+))?\}/g, (_, escaped: string, name: string, width?: string) => {
    if (escaped !== undefined) return escapes[escaped] ?? escaped;
    const value = virtualField(pkg, name) ?? pkg.fields.get(name) ?? '';
    if (width === undefined) return value;
    const wide = Number(width);
    return wide < 0 ? value.padEnd(-wide).slice(0, -wide) : value.padStart(wide).slice(0, wide);
  });
}

function virtualField(pkg: Known, name: string): string | undefined {
  switch (name) {
    case 'binary:Package':
      return pkg.full;
    case 'binary:Summary':
      return summary(pkg);
    case 'db:Status-Abbrev':
      return abbreviation(pkg);
    case 'db:Status-Want':
      return pkg.want;
    case 'db:Status-Status':
      return pkg.state;
    case 'db:Status-Eflag':
      return 'ok';
    case 'source:Package':
      return pkg.fields.get('Source')?.split(' ')[0] ?? pkg.name;
    case 'source:Version':
      return pkg.version;
    default:
      return undefined;
  }
}

function* complain(ctx: Context, text: string): Wait<void> {
  yield* ctx.stdout.flush();
  yield* ctx.stderr.write(`dpkg-query: ${text}\n`);
}

/** `dpkg -s`. */
export function* status(ctx: Context, db: Database, names: readonly string[]): Wait<number> {
  let failed = false;
  for (const [at, name] of names.entries()) {
    const pkg = db.get(name);
    if (!pkg || pkg.state === 'not-installed') {
      failed = true;
      yield* complain(ctx, `package '${name}' is not installed and no information is available`);
    } else yield* ctx.stdout.write(formatDeb822(pkg.fields) + (at < names.length - 1 ? '\n' : ''));
  }
  if (failed) {
    yield* ctx.stdout.flush();
    yield* ctx.stderr.write('Use dpkg --info (= dpkg-deb --info) to examine archive files.\n');
  }
  return failed ? 1 : 0;
}

/** `dpkg -L`. */
export function* listFiles(ctx: Context, db: Database, names: readonly string[]): Wait<number> {
  let failed = false;
  for (const [at, name] of names.entries()) {
    const pkg = db.get(name);
    if (!pkg || pkg.state === 'not-installed') {
      failed = true;
      yield* complain(ctx, `package '${name}' is not installed`);
      continue;
    }
    const files = yield* db.files(pkg);
    yield* ctx.stdout.write(files.map((file) => `${file}\n`).join('') + (at < names.length - 1 ? '\n' : ''));
  }
  if (failed) {
    yield* ctx.stdout.flush();
    yield* ctx.stderr.write('Use dpkg --contents (= dpkg-deb --contents) to list archive files contents.\n');
  }
  return failed ? 1 : 0;
}

/** `dpkg -S`: exact for a path, a part of one otherwise. */
export function* search(ctx: Context, db: Database, patterns: readonly string[]): Wait<number> {
  let failed = false;
  const owners = yield* db.owners();
  for (const given of patterns) {
    const pattern = given.startsWith('/') || /^[*?[]/.test(given) ? given : `*${given}*`;
    let hits = 0;
    const plain = isGlob(pattern) ? undefined : pattern.replace(/(.)\/+$/, '$1');
    for (const [path, packages] of plain === undefined ? owners : [[plain, owners.get(plain) ?? []] as const]) {
      if (packages.length === 0 || (plain === undefined && !matchPath(pattern, path))) continue;
      hits++;
      yield* ctx.stdout.write(`${packages.map((pkg) => pkg.full).join(', ')}: ${path}\n`);
    }
    if (hits > 0) continue;
    failed = true;
    yield* complain(ctx, `no path found matching pattern ${pattern}`);
  }
  return failed ? 1 : 0;
}

/** fnmatch(3) without flags: `*` goes over slashes. */
function matchPath(pattern: string, path: string): boolean {
  return matchGlob(pattern.replaceAll('/', '\u0001'), path.replaceAll('/', '\u0001'));
}

/** `dpkg --get-selections`. */
export function* selections(ctx: Context, db: Database, patterns: readonly string[]): Wait<number> {
  const [found] = select(db, patterns, () => true);
  for (const pkg of found) {
    if (patterns.length === 0 && !isInstalled(pkg)) continue;
    const tabs = '\t'.repeat(Math.max(1, Math.floor((55 - pkg.full.length) / 8)));
    yield* ctx.stdout.write(`${pkg.full}${tabs}${pkg.want}\n`);
  }
  return 0;
}

/** `dpkg-query --control-path`. */
export function* controlPath(ctx: Context, db: Database, name: string, file: string | undefined): Wait<number> {
  const pkg = db.get(name);
  if (!pkg) {
    yield* complain(ctx, `error: package '${name}' is not installed`);
    return 1;
  }
  for (const one of db.infoNames(pkg))
    if (file === undefined ? one !== 'list' : one === file) yield* ctx.stdout.write(`${INFO}/${pkg.full}.${one}\n`);
  return 0;
}
