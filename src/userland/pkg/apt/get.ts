import { Stat } from '../../../abi/stat.ts';
import { WaitResult } from '../../../abi/wait.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { spawn, type Wait, waitpid } from '../../../libc/io.ts';
import { listDir } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { isInstalled } from '../deb/database.ts';
import { Fetching, updateLists } from './acquire.ts';
import { Apt } from './apt.ts';
import { AptCache, LISTS } from './cache.ts';
import * as query from './cache-queries.ts';
import { type AptConfig, readConfig } from './config.ts';
import { Plan } from './plan.ts';
import { ARCHIVES, carryOut, type RunOptions } from './run.ts';
import { choose, NOTHING, planInstall } from './select.ts';

/** Options by their letter and long name, as names of the configuration; `=` takes a value. */
const OPTIONS: readonly (readonly [letters: string, long: string, key: string, value: string])[] = [
  ['y', 'yes', 'APT::Get::Assume-Yes', 'true'],
  ['', 'assume-yes', 'APT::Get::Assume-Yes', 'true'],
  ['', 'assume-no', 'APT::Get::Assume-No', 'true'],
  ['d', 'download-only', 'APT::Get::Download-Only', 'true'],
  ['s', 'simulate', 'APT::Get::Simulate', 'true'],
  ['', 'just-print', 'APT::Get::Simulate', 'true'],
  ['', 'dry-run', 'APT::Get::Simulate', 'true'],
  ['f', 'fix-broken', 'APT::Get::Fix-Broken', 'true'],
  ['m', 'fix-missing', 'APT::Get::Fix-Missing', 'true'],
  ['u', 'show-upgraded', 'APT::Get::Show-Upgraded', 'true'],
  ['V', 'verbose-versions', 'APT::Get::Show-Versions', 'true'],
  ['', 'no-install-recommends', 'APT::Install-Recommends', 'false'],
  ['', 'install-recommends', 'APT::Install-Recommends', 'true'],
  ['', 'no-install-suggests', 'APT::Install-Suggests', 'false'],
  ['', 'install-suggests', 'APT::Install-Suggests', 'true'],
  ['', 'reinstall', 'APT::Get::ReInstall', 'true'],
  ['', 'purge', 'APT::Get::Purge', 'true'],
  ['', 'auto-remove', 'APT::Get::AutomaticRemove', 'true'],
  ['', 'autoremove', 'APT::Get::AutomaticRemove', 'true'],
  ['', 'only-upgrade', 'APT::Get::Only-Upgrade', 'true'],
  ['', 'no-upgrade', 'APT::Get::Upgrade', 'false'],
  ['', 'no-remove', 'APT::Get::Remove', 'false'],
  ['', 'force-yes', 'APT::Get::Force-Yes', 'true'],
  ['', 'allow-downgrades', 'APT::Get::Allow-Downgrades', 'true'],
  ['', 'allow-remove-essential', 'APT::Get::Allow-Remove-Essential', 'true'],
  ['', 'allow-change-held-packages', 'APT::Get::Allow-Change-Held-Packages', 'true'],
  ['', 'allow-unauthenticated', 'APT::Get::AllowUnauthenticated', 'true'],
  ['', 'allow-insecure-repositories', 'Acquire::AllowInsecureRepositories', 'true'],
  ['', 'allow-releaseinfo-change', 'Acquire::AllowReleaseInfoChange', 'true'],
  ['', 'no-show-progress', 'APT::Show-Progress', 'false'],
  ['', 'show-progress', 'APT::Show-Progress', 'true'],
  ['', 'installed', 'APT::Cmd::Installed', 'true'],
  ['', 'upgradable', 'APT::Cmd::Upgradable', 'true'],
  ['', 'upgradeable', 'APT::Cmd::Upgradable', 'true'],
  ['', 'manual-installed', 'APT::Cmd::Manual-Installed', 'true'],
  ['a', 'all-versions', 'APT::Cmd::All-Versions', 'true'],
  ['n', 'names-only', 'APT::Cache::NamesOnly', 'true'],
  ['', 'full', 'APT::Cache::ShowFull', 'true'],
  ['', 'no-all-versions', 'APT::Cache::AllVersions', 'false'],
  ['', 'recurse', 'APT::Cache::RecurseDepends', 'true'],
  ['i', 'important', 'APT::Cache::Important', 'true'],
  ['', 'no-recommends', 'APT::Cache::ShowRecommends', 'false'],
  ['', 'no-suggests', 'APT::Cache::ShowSuggests', 'false'],
  ['', 'print-uris', 'APT::Get::Print-URIs', 'true'],
];

/** Reads options into the configuration. @returns the operands, or what is wrong */
function readArguments(argv: readonly string[], config: AptConfig): string[] | { error: string } {
  const words: string[] = [];
  const assign = (text: string | undefined): void => {
    const equals = text?.indexOf('=') ?? -1;
    if (text !== undefined && equals > 0) config.set(text.slice(0, equals), text.slice(equals + 1));
  };
  let quiet = 0;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      const value = equals < 0 ? undefined : word.slice(equals + 1);
      if (name === 'option') assign(value ?? argv[++at]);
      else if (name === 'quiet') config.set('quiet', value ?? '1');
      else if (name === 'target-release' || name === 'default-release' || name === 'config-file') {
        const given = value ?? argv[++at] ?? '';
        if (name !== 'config-file') config.set('APT::Default-Release', given);
      } else if (name === 'version' || name === 'help') config.set(`APT::Cmd::${name}`, 'true');
      else {
        const found = OPTIONS.find(([, long]) => long === name);
        if (!found)
          return { error: `Command line option --${name} is not understood in combination with the other options` };
        config.set(found[2], value === undefined ? found[3] : value);
      }
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    for (let n = 1; n < word.length; n++) {
      const letter = word[n]!;
      if (letter === 'q') {
        const level = /^=?(\d)/.exec(word.slice(n + 1));
        if (level) {
          quiet = Number(level[1]);
          n += level[0].length;
        } else quiet++;
      } else if (letter === 'o') {
        assign(word.slice(n + 1) || argv[++at]);
        break;
      } else if (letter === 't' || letter === 'c') {
        const given = word.slice(n + 1).replace(/^=/, '') || (argv[++at] ?? '');
        if (letter === 't') config.set('APT::Default-Release', given);
        break;
      } else if (letter === 'h' || letter === 'v')
        config.set(`APT::Cmd::${letter === 'h' ? 'help' : 'version'}`, 'true');
      else {
        const found = OPTIONS.find(([letters]) => letters === letter);
        if (!found)
          return {
            error: `Command line option '${letter}' [from ${word}] is not understood in combination with the other options.`,
          };
        config.set(found[2], found[3]);
      }
    }
  }
  if (quiet > 0) config.set('quiet', String(quiet));
  if (quiet >= 2 && config.get('APT::Get::Assume-No') === undefined) config.set('APT::Get::Assume-Yes', 'true');
  return words;
}

const WARNING = '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n';

type Verb = (apt: Apt, args: string[]) => Wait<number>;

/** apt, apt-get and apt-cache. @returns the exit status */
export function* aptMain(ctx: Context, me: 'apt' | 'apt-get' | 'apt-cache', sha256: HashFactory): Wait<number> {
  const config = yield* readConfig(ctx.sys);
  const words = readArguments(ctx.args, config);
  if (me === 'apt' && !ctx.sys.isatty(1) && !config.flag('Apt::Cmd::Disable-Script-Warning', false))
    yield* ctx.stderr.write(WARNING);
  if (me === 'apt' && config.get('quiet') === undefined && !ctx.sys.isatty(1)) config.set('quiet', '1');
  const apt = new Apt(ctx, me, config, sha256);
  if (!Array.isArray(words)) return yield* apt.fail(words.error);
  const version = `apt ${ctx.sys.image.version || '2.8.3'} (amd64)\n`;
  if (config.flag('APT::Cmd::version', false)) {
    yield* ctx.stdout.write(version);
    return 0;
  }
  const [name, ...args] = words;
  if (name === undefined || config.flag('APT::Cmd::help', false) || name === 'help') {
    yield* ctx.stdout.write(version + HELP[me]);
    return name === undefined && !config.flag('APT::Cmd::help', false) ? 1 : 0;
  }
  const verb = VERBS[me]?.[name];
  if (!verb) return yield* apt.fail(`Invalid operation ${name}`);
  const status = yield* verb(apt, args);
  yield* apt.flush();
  return status;
}

function options(apt: Apt, local: ReadonlyMap<string, string>): RunOptions {
  const { config } = apt;
  return {
    purge: config.flag('APT::Get::Purge', false),
    assumeYes: config.flag('APT::Get::Assume-Yes', false) || config.flag('APT::Get::Force-Yes', false),
    assumeNo: config.flag('APT::Get::Assume-No', false),
    downloadOnly: config.flag('APT::Get::Download-Only', false),
    simulate: config.flag('APT::Get::Simulate', false),
    autoremove: config.flag('APT::Get::AutomaticRemove', false),
    local,
  };
}

const makePlan = (apt: Apt, cache: AptCache): Plan => new Plan(cache, apt.config.flag('APT::Install-Recommends', true));

function* lock(apt: Apt): Wait<void> {
  if (!apt.config.flag('APT::Get::Simulate', false)) yield* apt.lockPackages();
}

/** An earlier run left something half done: nothing else is done before it is put right. */
function* whole(apt: Apt, cache: AptCache): Wait<void> {
  const broken = cache.db.sorted().filter((pkg) => pkg.state === 'unpacked' || pkg.state === 'half-configured');
  if (broken.length === 0 || apt.config.flag('APT::Get::Fix-Broken', false)) return;
  const plan = new Plan(cache, false);
  for (const pkg of broken) {
    const version = cache.versions.get(pkg.name)?.find((one) => one.version === pkg.version);
    if (version) plan.add(version, true);
  }
  const missing = [...plan.install.keys()].filter((name) => !broken.some((pkg) => pkg.name === name));
  if (missing.length === 0 && plan.problems.length === 0) return;
  yield* apt.ctx.stdout.write(
    "You might want to run 'apt --fix-broken install' to correct these.\nThe following packages have unmet dependencies:\n",
  );
  for (const pkg of broken)
    for (const name of missing)
      if ((pkg.fields.get('Depends') ?? '').includes(name))
        yield* apt.ctx.stdout.write(
          ` ${pkg.name} : Depends: ${name} but it is not ${cache.versions.has(name) ? 'going to be installed' : 'installable'}\n`,
        );
  yield* apt.fail("Unmet dependencies. Try 'apt --fix-broken install' with no packages (or specify a solution).");
}

function* install(apt: Apt, args: string[]): Wait<number> {
  yield* lock(apt);
  const cache = yield* apt.open();
  const plan = makePlan(apt, cache);
  const local = new Map<string, string>();
  if (apt.config.flag('APT::Get::Fix-Broken', false)) {
    yield* apt.say('Correcting dependencies... Done\n');
    for (const pkg of cache.db.sorted().filter((one) => isInstalled(one) && one.state !== 'installed')) {
      const version = cache.versions.get(pkg.name)?.find((one) => one.version === pkg.version);
      if (version) plan.add(version, false);
      plan.install.delete(pkg.name);
    }
    if (plan.problems.length > 0) {
      plan.problems.length = 0;
      for (const pkg of cache.db.sorted()) if (isInstalled(pkg) && pkg.state === 'unpacked') plan.drop(pkg);
    }
  } else yield* whole(apt, cache);
  const choices = yield* choose(apt, cache, args, local, false);
  if (choices === NOTHING) {
    yield* apt.flush();
    return 100;
  }
  const { config } = apt;
  yield* planInstall(
    apt,
    cache,
    plan,
    choices,
    config.flag('APT::Get::ReInstall', false),
    config.flag('APT::Get::Only-Upgrade', false),
  );
  return yield* carryOut(apt, cache, plan, options(apt, local));
}

function* reinstall(apt: Apt, args: string[]): Wait<number> {
  apt.config.set('APT::Get::ReInstall', 'true');
  return yield* install(apt, args);
}

function* remove(apt: Apt, args: string[]): Wait<number> {
  yield* lock(apt);
  const cache = yield* apt.open();
  const plan = makePlan(apt, cache);
  const choices = yield* choose(apt, cache, args, new Map(), true);
  if (choices === NOTHING) {
    yield* apt.flush();
    return 100;
  }
  const purge = apt.config.flag('APT::Get::Purge', false);
  for (const { name } of choices) {
    const known = cache.db.get(name);
    if (known && (isInstalled(known) || purge)) plan.drop(known);
    else yield* apt.say(`Package '${name}' is not installed, so not removed\n`);
  }
  return yield* carryOut(apt, cache, plan, options(apt, new Map()));
}

function* purge(apt: Apt, args: string[]): Wait<number> {
  apt.config.set('APT::Get::Purge', 'true');
  return yield* remove(apt, args);
}

function* autoremove(apt: Apt, args: string[]): Wait<number> {
  apt.config.set('APT::Get::AutomaticRemove', 'true');
  return yield* remove(apt, args);
}

function* upgrade(apt: Apt, full: boolean): Wait<number> {
  yield* lock(apt);
  const cache = yield* apt.open();
  yield* whole(apt, cache);
  yield* apt.step('Calculating upgrade');
  const plan = makePlan(apt, cache);
  for (const { pkg, to } of cache.upgradable()) {
    if (pkg.want === 'hold') continue;
    const before = new Set(plan.remove.keys());
    plan.add(to, false);
    if (!full && plan.remove.size > before.size) plan.install.delete(pkg.name);
  }
  const held = cache.upgradable().filter(({ pkg }) => !plan.install.has(pkg.name));
  if (held.length > 0)
    yield* apt.say(`The following packages have been kept back:\n  ${held.map(({ pkg }) => pkg.name).join(' ')}\n`);
  return yield* carryOut(apt, cache, plan, options(apt, new Map()));
}

function* update(apt: Apt): Wait<number> {
  const sources = yield* apt.sources();
  yield* apt.lockLists();
  const { failed } = yield* updateLists(apt, sources, apt.sha256);
  yield* apt.step('Reading package lists');
  for (const command of apt.config.list('APT::Update::Post-Invoke')) {
    const pid = yield* spawn(apt.sys, '/bin/sh', ['sh', '-c', command], apt.sys.envp);
    if (pid > 0) yield* waitpid(apt.sys, pid, 0, new WaitResult());
  }
  if (apt.me === 'apt' && !failed) {
    const cache = yield* AptCache.load(apt.sys, sources);
    yield* apt.step('Building dependency tree');
    if (apt.quiet === 0) yield* apt.step('Reading state information');
    const count = cache.upgradable().length;
    yield* apt.say(
      count === 0
        ? 'All packages are up to date.\n'
        : `${count} package${count === 1 ? '' : 's'} can be upgraded. Run 'apt list --upgradable' to see ${count === 1 ? 'it' : 'them'}.\n`,
    );
  }
  return failed ? 100 : 0;
}

function* clean(apt: Apt): Wait<number> {
  const names = listDir(apt.sys, ARCHIVES);
  for (const name of typeof names === 'number' ? [] : names)
    if (name.endsWith('.deb')) {
      const r = apt.sys.unlink(`${ARCHIVES}/${name}`);
      if (r < 0)
        return yield* apt.fail(`Could not open lock file ${ARCHIVES}/lock - open (${-r}: ${apt.ctx.strerror(r)})`);
    }
  for (const name of ['pkgcache.bin', 'srcpkgcache.bin']) apt.sys.unlink(`/var/cache/apt/${name}`);
  return 0;
}

function* autoclean(apt: Apt): Wait<number> {
  const cache = yield* apt.open();
  const names = listDir(apt.sys, ARCHIVES);
  for (const name of typeof names === 'number' ? [] : names) {
    const m = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(name);
    const st = new Stat();
    if (
      !m ||
      cache.versions.get(m[1]!)?.some((one) => one.version === m[2]!.replaceAll('%3a', ':') && one.places.length > 0)
    )
      continue;
    apt.sys.stat(`${ARCHIVES}/${name}`, st);
    yield* apt.say(`Del ${m[1]} ${m[2]} [${st.size} B]\n`);
    apt.sys.unlink(`${ARCHIVES}/${name}`);
  }
  return 0;
}

function* download(apt: Apt, args: string[]): Wait<number> {
  const cache = yield* AptCache.load(apt.sys, yield* apt.sources());
  const choices = yield* choose(apt, cache, args, new Map(), false);
  if (choices === NOTHING) {
    yield* apt.flush();
    return 100;
  }
  const fetching = new Fetching(apt, apt.sha256);
  for (const { version } of choices) {
    const index = version?.places[0];
    if (!version || !index) continue;
    const file = `${version.name}_${version.version.replaceAll(':', '%3a')}_${version.arch}.deb`;
    const place = `${index.source.uri} ${index.source.suite}/${index.component} amd64`;
    yield* fetching.get(
      `${index.source.uri}/${version.fields.get('Filename')}`,
      file,
      `${place} ${version.name} ${version.arch} ${version.version}`,
    );
  }
  yield* fetching.finish();
  return 0;
}

function* check(apt: Apt): Wait<number> {
  const cache = yield* apt.open();
  yield* whole(apt, cache);
  return 0;
}

/** Names in the lists folder tell whether there was an update at all. */
export const hasLists = (apt: Apt): boolean => {
  const names = listDir(apt.sys, LISTS);
  return typeof names !== 'number' && names.some((name) => name.includes('_Packages'));
};

const COMMON: Readonly<Record<string, Verb>> = {
  install,
  reinstall,
  remove,
  purge,
  autoremove,
  'auto-remove': autoremove,
  *autopurge(apt, args) {
    apt.config.set('APT::Get::Purge', 'true');
    return yield* autoremove(apt, args);
  },
  update,
  upgrade: (apt) => upgrade(apt, false),
  'dist-upgrade': (apt) => upgrade(apt, true),
  'full-upgrade': (apt) => upgrade(apt, true),
  clean,
  'dist-clean': clean,
  distclean: clean,
  autoclean,
  'auto-clean': autoclean,
  download,
  check,
};

const VERBS: Readonly<Record<string, Readonly<Record<string, Verb>>>> = {
  'apt-get': { ...COMMON, indextargets: query.stats },
  apt: {
    ...COMMON,
    list: query.list,
    search: query.searchFull,
    show: query.showFull,
    policy: query.policy,
    depends: query.depends,
    rdepends: query.rdepends,
    madison: query.madison,
  },
  'apt-cache': {
    policy: query.policy,
    show: query.show,
    search: query.search,
    madison: query.madison,
    depends: query.depends,
    rdepends: query.rdepends,
    showpkg: query.showpkg,
    pkgnames: query.pkgnames,
    stats: query.stats,
    gencaches: (apt) => check(apt),
  },
};

const HELP: Readonly<Record<string, string>> = {
  apt: `Usage: apt [options] command

apt installs, removes and describes packages; it is made for people, apt-get and apt-cache are for scripts.

Most used commands:
  list - list packages based on package names
  search - search in package descriptions
  show - show package details
  install - install packages
  reinstall - reinstall packages
  remove - remove packages
  autoremove - automatically remove all unused packages
  update - update list of available packages
  upgrade - upgrade the system by installing/upgrading packages
  full-upgrade - upgrade the system by removing/installing/upgrading packages
  edit-sources - edit the source information file

See apt(8) for more information about the available commands.
`,
  'apt-get': `Usage: apt-get [options] command
       apt-get [options] install|remove pkg1 [pkg2 ...]

apt-get fetches packages with all that they need from repositories, installs and removes them.

Most used commands:
  update - Retrieve new lists of packages
  upgrade - Perform an upgrade
  install - Install new packages (pkg is libc6 not libc6.deb)
  reinstall - Reinstall packages (pkg is libc6 not libc6.deb)
  remove - Remove packages
  purge - Remove packages and config files
  autoremove - Remove automatically all unused packages
  dist-upgrade - Distribution upgrade, see apt-get(8)
  clean - Erase downloaded archive files
  autoclean - Erase old downloaded archive files
  check - Verify that there are no broken dependencies
  download - Download the binary package into the current directory

See apt-get(8) for more information about the available commands.
`,
  'apt-cache': `Usage: apt-cache [options] command
       apt-cache [options] show pkg1 [pkg2 ...]

apt-cache tells what is known about packages, installed and not.

Most used commands:
  search - Search the package list for a regex pattern
  show - Show a readable record for the package
  depends - Show raw dependency information for a package
  rdepends - Show reverse dependency information for a package
  pkgnames - List the names of all packages in the system
  policy - Show policy settings
  madison - Show available versions, for policy and installed

See apt-cache(8) for more information about the available commands.
`,
};
