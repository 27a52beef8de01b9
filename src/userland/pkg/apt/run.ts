import { Stat } from '../../../abi/stat.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { readFile, spawn, type Wait, waitpid } from '../../../libc/io.ts';
import { mkdirp, removeTree } from '../../../libc/paths.ts';
import { exitWith } from '../../../libc/program.ts';
import { isInstalled, type Known } from '../deb/database.ts';
import { Fetching, reason } from './acquire.ts';
import type { Apt } from './apt.ts';
import { type AptCache, placeText, type Version } from './cache.ts';
import type { Plan } from './plan.ts';
import { aptSize, nameList } from './words.ts';

export const ARCHIVES = '/var/cache/apt/archives';

/** How a plan is carried out. */
export interface RunOptions {
  purge: boolean;
  assumeYes: boolean;
  assumeNo: boolean;
  downloadOnly: boolean;
  simulate: boolean;
  /** Unneeded packages are removed with the others. */
  autoremove: boolean;
  /** Paths of archives on this machine, by package. */
  local: ReadonlyMap<string, string>;
}

const kib = (fields: ReadonlyMap<string, string>): number => Number(fields.get('Installed-Size') ?? 0) * 1024;

/** Shows a plan, asks, fetches and lets dpkg do it. @returns the exit status */
export function* carryOut(apt: Apt, cache: AptCache, plan: Plan, options: RunOptions): Wait<number> {
  const { ctx } = apt;
  if (plan.problems.length > 0) {
    yield* showProblems(apt, plan);
    return yield* apt.fail('Unable to correct problems, you have held broken packages.');
  }
  if (options.autoremove) for (const pkg of plan.unneeded()) plan.drop(pkg);
  const unneeded = options.autoremove ? [] : plan.unneeded();
  yield* showUnneeded(apt, unneeded);
  const { fresh, upgrade, downgrade, again } = plan.sort();
  const removed = [...plan.remove.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const extra = fresh.filter((one) => !plan.asked.has(one.name)).map((one) => one.name);
  const list = (title: string, names: readonly string[]): Wait<void> => apt.say(nameList(apt.sys, title, names));
  const names = (versions: readonly Version[]): string[] => versions.map((one) => one.name);
  const more = [
    ...extra,
    ...upgrade
      .filter((one) => plan.asked.size > 0 && !plan.asked.has(one.name) && fresh.length + plan.asked.size > 0)
      .map((one) => one.name),
  ].sort();
  if (plan.asked.size > 0) yield* list('The following additional packages will be installed:', more);
  yield* list(
    'The following packages will be REMOVED:',
    removed.map((pkg) => `${pkg.name}${options.purge ? '*' : ''}`),
  );
  yield* list('The following NEW packages will be installed:', names(fresh));
  yield* list('The following packages will be upgraded:', names(upgrade));
  yield* list('The following packages will be DOWNGRADED:', names(downgrade));
  const held = cache.upgradable().filter(({ pkg }) => !plan.install.has(pkg.name) && !plan.remove.has(pkg.name)).length;
  const parts = [`${upgrade.length} upgraded`, `${fresh.length} newly installed`];
  if (again.length > 0) parts.push(`${again.length} reinstalled`);
  if (downgrade.length > 0) parts.push(`${downgrade.length} downgraded`);
  yield* apt.say(`${parts.join(', ')}, ${removed.length} to remove and ${held} not upgraded.\n`);
  const half = cache.db.sorted().filter((pkg) => pkg.state === 'unpacked' || pkg.state === 'half-configured');
  if (half.length > 0) yield* apt.say(`${half.length} not fully installed or removed.\n`);
  if (plan.install.size === 0 && removed.length === 0 && half.length === 0) return 0;
  const essential = removed.filter((pkg) => pkg.fields.get('Essential') === 'yes');
  if (options.simulate) return yield* simulate(apt, plan, removed, options.purge);
  const order = plan.ordered();
  const fetch = order.filter((one) => !options.local.has(one.name));
  const total = fetch.reduce((n, one) => n + Number(one.fields.get('Size') ?? 0), 0);
  const missing = fetch.filter((one) => !isCached(apt, one));
  const needed = missing.reduce((n, one) => n + Number(one.fields.get('Size') ?? 0), 0);
  if (total > 0)
    yield* apt.say(`Need to get ${needed < total ? `${aptSize(needed)}B/` : ''}${aptSize(total)}B of archives.\n`);
  const grows =
    order.reduce((n, one) => n + kib(one.fields) - kib(cache.installed(one.name)?.fields ?? new Map()), 0) -
    removed.reduce((n, pkg) => n + (isInstalled(pkg) ? kib(pkg.fields) : 0), 0);
  yield* apt.say(
    grows >= 0
      ? `After this operation, ${aptSize(grows)}B of additional disk space will be used.\n`
      : `After this operation, ${aptSize(grows)}B disk space will be freed.\n`,
  );
  if (essential.length > 0) {
    yield* list(
      'WARNING: The following essential packages will be removed.\nThis should NOT be done unless you know exactly what you are doing!',
      essential.map((pkg) => pkg.name),
    );
    return yield* apt.fail('Essential packages were removed and -y was used without --allow-remove-essential.');
  }
  const asks = removed.length > 0 || more.length > 0 || plan.asked.size === 0;
  if (asks && !options.assumeYes && !(yield* confirm(apt, options.assumeNo))) {
    yield* apt.ctx.stdout.write('Abort.\n');
    return 1;
  }
  if (!(yield* fetchAll(apt, missing))) return 100;
  if (options.downloadOnly) {
    yield* apt.say('Download complete and in download only mode\n');
    return 0;
  }
  const ok = yield* callDpkg(apt, order, removed, half, options);
  if (!ok) return yield* apt.fail('Sub-process /usr/bin/dpkg returned an error code (1)');
  for (const version of order) {
    if (plan.asked.has(version.name)) cache.auto.delete(version.name);
    else if (!cache.installed(version.name)) cache.auto.add(version.name);
  }
  for (const pkg of removed) cache.auto.delete(pkg.name);
  yield* apt.writeAuto(cache);
  for (const command of apt.config.list('DPkg::Post-Invoke')) yield* shell(apt, command);
  if (apt.me === 'apt' && !apt.config.flag('APT::Keep-Downloaded-Packages', false))
    for (const version of order) apt.sys.unlink(archivePath(version));
  yield* ctx.stdout.flush();
  return 0;
}

function* showProblems(apt: Apt, plan: Plan): Wait<void> {
  yield* apt.ctx.stdout.write(
    'Some packages could not be installed. This may mean that you have\nrequested an impossible situation or if you are using the unstable\ndistribution that some required packages have not yet been created\nor been moved out of Incoming.\nThe following information may help to resolve the situation:\n\nThe following packages have unmet dependencies:\n',
  );
  const shown = new Set<string>();
  for (const { of, relation, why } of plan.problems) {
    const head = shown.has(of) ? ' '.repeat(of.length + 3) : ` ${of} : `;
    shown.add(of);
    yield* apt.ctx.stdout.write(`${head}Depends: ${relation} ${why}\n`);
  }
}

function* showUnneeded(apt: Apt, unneeded: readonly Known[]): Wait<void> {
  if (unneeded.length === 0) return;
  const one = unneeded.length === 1;
  yield* apt.say(
    nameList(
      apt.sys,
      one
        ? 'The following package was automatically installed and is no longer required:'
        : 'The following packages were automatically installed and are no longer required:',
      unneeded.map((pkg) => pkg.name),
    ),
  );
  yield* apt.say(`Use '${sudo(apt)}apt autoremove' to remove ${one ? 'it' : 'them'}.\n`);
}

const sudo = (apt: Apt): string => (apt.ctx.env.has('SUDO_USER') ? 'sudo ' : '');

function* simulate(apt: Apt, plan: Plan, removed: readonly Known[], purge: boolean): Wait<number> {
  const place = (one: Version): string => {
    const release = one.places[0]?.release;
    return `${one.version} ${release?.get('Origin') ?? ''}:${release?.get('Version') ?? ''}/${release?.get('Suite') ?? ''} [${one.arch}]`;
  };
  for (const pkg of removed) yield* apt.say(`${purge ? 'Purg' : 'Remv'} ${pkg.name} [${pkg.version}]\n`);
  for (const one of plan.ordered()) yield* apt.say(`Inst ${one.name} (${place(one)})\n`);
  for (const one of plan.ordered()) yield* apt.say(`Conf ${one.name} (${place(one)})\n`);
  return 0;
}

/** Asks on standard input; its end is a no. */
function* confirm(apt: Apt, no: boolean): Wait<boolean> {
  const { ctx } = apt;
  yield* ctx.stdout.write('Do you want to continue? [Y/n] ');
  yield* ctx.stdout.flush();
  if (no) {
    yield* ctx.stdout.write('N\n');
    return false;
  }
  const line = yield* ctx.stdin.line();
  return line !== undefined && /^(y.*|)$/i.test(line.trim());
}

const archivePath = (one: Version): string =>
  `${ARCHIVES}/${one.name}_${one.version.replaceAll(':', '%3a')}_${one.arch}.deb`;

function isCached(apt: Apt, one: Version): boolean {
  const st = new Stat();
  return apt.sys.stat(archivePath(one), st) === 0 && st.size === Number(one.fields.get('Size'));
}

function* fetchAll(apt: Apt, missing: readonly Version[]): Wait<boolean> {
  if (missing.length === 0) return true;
  mkdirp(apt.sys, `${ARCHIVES}/partial`, 0o755);
  const fetching = new Fetching(apt, apt.sha256);
  const failed: [string, string][] = [];
  for (const one of missing) {
    const index = one.places[0];
    if (!index) {
      failed.push([one.name, 'no source']);
      continue;
    }
    const url = `${index.source.uri}/${index.source.suite.endsWith('/') ? index.source.suite.replace(/^\/$/, '') : ''}${one.fields.get('Filename')}`;
    const partial = `${ARCHIVES}/partial/${archivePath(one).slice(ARCHIVES.length + 1)}`;
    const what = `${placeText(index)} ${one.name} ${one.arch} ${one.version}`;
    const result = yield* fetching.get(url, partial, what, Number(one.fields.get('Size')));
    if (result.kind === 'ok' && result.sha256 === one.fields.get('SHA256')) {
      apt.sys.rename(partial, archivePath(one));
      continue;
    }
    if (result.kind === 'local') {
      yield* apt.error(
        `Failed to fetch ${url}  Error writing to file - write (${result.errno}: ${apt.ctx.strerror(result.errno)})`,
      );
      failed.push([url, '']);
      continue;
    }
    yield* fetching.failed(what, result);
    failed.push([url, result.kind === 'ok' ? 'Hash Sum mismatch' : reason(result)]);
  }
  yield* fetching.finish();
  for (const [url, why] of failed) if (why !== '') yield* apt.error(`Failed to fetch ${url}  ${why}`);
  if (failed.length === 0) return true;
  yield* apt.error('Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?');
  yield* apt.flush();
  return false;
}

/** Runs a command line of the configuration. */
function* shell(apt: Apt, command: string): Wait<number> {
  return yield* run(apt, '/bin/sh', ['sh', '-c', command]);
}

function* run(apt: Apt, path: string, argv: readonly string[], extra: readonly string[] = []): Wait<number> {
  yield* apt.ctx.stdout.flush();
  const { sys } = apt;
  const actions = apt.quiet >= 2 ? { dup2: [] as [number, number][] } : {};
  const pid = yield* spawn(sys, path, argv, [...sys.envp, ...extra], actions);
  if (pid < 0) {
    yield* apt.error(`Could not exec ${path}: ${apt.ctx.strerror(pid)}`);
    yield* apt.flush();
    exitWith(100);
  }
  const result = new WaitResult();
  yield* waitpid(sys, pid, 0, result);
  return shellStatus(result.status);
}

/** Removes, unpacks and configures by dpkg. @returns whether it went well */
function* callDpkg(
  apt: Apt,
  order: readonly Version[],
  removed: readonly Known[],
  half: readonly Known[],
  options: RunOptions,
): Wait<boolean> {
  const dpkg = (...args: string[]): Wait<number> =>
    run(apt, '/usr/bin/dpkg', ['dpkg', ...args], ['DPKG_FRONTEND_LOCKED=true']);
  if (order.length > 0 && apt.config.list('DPkg::Pre-Install-Pkgs').length > 0) yield* preconfigure(apt);
  if (removed.length > 0) {
    const last = order.length > 0 ? ['--no-triggers'] : [];
    const status = yield* dpkg(
      ...last,
      '--force-depends',
      options.purge ? '--purge' : '--remove',
      ...removed.map((pkg) => pkg.full),
    );
    if (status !== 0) return false;
  }
  if (order.length === 0) return half.length === 0 || (yield* dpkg('--configure', '--pending')) === 0;
  const paths = yield* linked(apt, order, options);
  const unpacked = yield* dpkg('--no-triggers', '--unpack', '--auto-deconfigure', ...paths);
  const configured = yield* dpkg('--configure', '--pending');
  removeTree(apt.sys, LINKS);
  return unpacked === 0 && configured === 0;
}

const LINKS = '/tmp/apt-dpkg-install';

/** The archives' paths as dpkg is given them: several are links with a number in front, in the order of installation. */
function* linked(apt: Apt, order: readonly Version[], options: RunOptions): Wait<string[]> {
  const paths = order.map((one) => options.local.get(one.name) ?? archivePath(one));
  if (paths.length < 2) return paths;
  const { sys } = apt;
  removeTree(sys, LINKS);
  mkdirp(sys, LINKS, 0o700);
  const width = String(paths.length - 1).length;
  return paths.map((path, at) => {
    const link = `${LINKS}/${String(at).padStart(width, '0')}-${path.slice(path.lastIndexOf('/') + 1)}`;
    sys.symlink(path, link);
    return link;
  });
}

/** debconf looks at the packages first, if it can. */
function* preconfigure(apt: Apt): Wait<void> {
  if (apt.sys.access('/usr/bin/apt-extracttemplates', 1) === 0) return;
  const script = yield* readFile(apt.sys, '/usr/sbin/dpkg-preconfigure');
  if (typeof script === 'number') return;
  yield* apt.ctx.stdout.flush();
  yield* apt.ctx.stderr.write('debconf: delaying package configuration, since apt-utils is not installed\n');
}
