import { loadHash } from '../../lib/hash.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { Apk } from '../pkg/apk/apk.ts';
import * as commands from '../pkg/apk/commands.ts';

const VERSION = 'apk-tools 2.14.9, compiled for x86_64.\n';

const USAGE = `${VERSION}
usage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]

Package installation and removal:
  add        Add or update packages
  del        Remove packages

System maintenance:
  fix        Fix, reinstall or upgrade packages without modifying world
  update     Update repository indexes
  upgrade    Install upgrades available from repositories
  cache      Manage the local package cache

Querying package information:
  info       Give detailed information about packages or repositories
  list       List packages matching a pattern or other criteria
  search     Search for packages by name or description
  policy     Display the repository that updates a given package
  stats      Show statistics
  version    Compare package versions

Repository maintenance:
  fetch      Download packages from repositories to a local directory

Use apk <command> --help for command-specific help.
Use apk --help --verbose for a full command listing.

This apk has coffee making abilities.
`;

/** Options with a value; the others are flags. */
const VALUES: Readonly<Record<string, string>> = {
  X: 'repository',
  p: 'root',
  t: 'virtual',
  o: 'output',
  repository: 'repository',
  root: 'root',
  virtual: 'virtual',
  output: 'output',
  'repositories-file': 'repositories-file',
  'cache-max-age': 'cache-max-age',
  'cache-dir': 'cache-dir',
  'keys-dir': 'keys-dir',
  arch: 'arch',
  wait: 'wait',
  timeout: 'timeout',
  'progress-fd': 'progress-fd',
};
/** Letters that mean the same in every command. */
const LETTERS: Readonly<Record<string, string>> = {
  q: 'quiet',
  v: 'verbose',
  U: 'update-cache',
  i: 'interactive',
  f: 'force',
  h: 'help',
  V: 'version',
  s: 'simulate',
  u: 'upgrade',
  l: 'latest',
  a: 'all',
  e: 'exact',
  d: 'description',
  w: 'webpage',
  R: 'depends',
  L: 'contents',
  P: 'provides',
  r: 'rdepends',
  W: 'who-owns',
  I: 'installed',
  A: 'available',
  O: 'orphaned',
};
const FLAGS = new Set([
  ...Object.values(LETTERS),
  'no-cache',
  'no-network',
  'allow-untrusted',
  'update',
  'progress',
  'no-progress',
  'purge',
  'initdb',
  'no-scripts',
  'no-commit-hooks',
  'force-broken-world',
  'force-overwrite',
  'force-refresh',
  'force-old-apk',
  'force-non-repository',
  'force-missing-repositories',
  'clean-protected',
  'preserve-env',
  'print-arch',
  'recursive',
  'size',
  'license',
  'upgradable',
  'upgradeable',
  'no-interactive',
  'stdout',
  'link',
  'rdepends',
  'prune',
  'available',
  'latest',
  'ignore',
  'self-upgrade-only',
  'reinstall',
  'xattr',
]);

interface Line {
  words: string[];
  flags: Map<string, number>;
  values: Map<string, string[]>;
  error: string | undefined;
}

function readLine(argv: readonly string[]): Line {
  const line: Line = { words: [], flags: new Map(), values: new Map(), error: undefined };
  const flag = (name: string): void => void line.flags.set(name, (line.flags.get(name) ?? 0) + 1);
  const value = (name: string, text: string): void =>
    void line.values.set(name, [...(line.values.get(name) ?? []), text]);
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word.startsWith('--') && word.length > 2) {
      const equals = word.indexOf('=');
      const name = word.slice(2, equals < 0 ? undefined : equals);
      if (VALUES[name]) value(VALUES[name]!, equals < 0 ? (argv[++at] ?? '') : word.slice(equals + 1));
      else if (FLAGS.has(name)) flag(name);
      else line.error ??= `unrecognized option: ${name}`;
    } else if (word.startsWith('-') && word.length > 1) {
      for (let n = 1; n < word.length; n++) {
        const letter = word[n]!;
        if (VALUES[letter]) {
          value(VALUES[letter]!, word.slice(n + 1) || (argv[++at] ?? ''));
          break;
        }
        if (LETTERS[letter]) flag(LETTERS[letter]!);
        else line.error ??= `unrecognized option: ${letter}`;
      }
    } else line.words.push(word);
  }
  return line;
}

export default (async () => {
  const [sha256, sha1] = await Promise.all([loadHash('sha256'), loadHash('sha1')]);
  return program({
    name: 'apk',
    at: ['/sbin/apk'],
    spec: 'apk-tools 2.14.9 apk(8): one architecture, the system it runs on; no audit, dot, index, manifest, verify',
    usage: '[<OPTIONS>...] COMMAND [<ARGUMENTS>...]',
    about: 'Install, upgrade, or delete software on a running system.',
    options: {},
    raw: true,
    *main(ctx) {
      const line = readLine(ctx.args);
      if (line.error !== undefined) {
        yield* ctx.stderr.write(`apk: ${line.error}\n`);
        yield* ctx.stdout.write(USAGE);
        return 1;
      }
      const apk = new Apk(ctx, { sha256, sha1 });
      const has = (name: string): boolean => line.flags.has(name);
      apk.quiet = has('quiet');
      apk.verbose = 1 + (line.flags.get('verbose') ?? 0);
      apk.noCache = has('no-cache') || line.values.get('cache-max-age')?.at(-1) === '0';
      apk.noNetwork = has('no-network');
      apk.update = has('update-cache') || has('update');
      apk.simulate = has('simulate');
      apk.interactive = has('interactive');
      apk.allowUntrusted = has('allow-untrusted');
      apk.extraRepositories.push(...(line.values.get('repository') ?? []));
      apk.repositoriesFile = line.values.get('repositories-file')?.at(-1) ?? apk.repositoriesFile;
      const [verb, ...args] = line.words;
      if (has('print-arch')) {
        yield* ctx.stdout.write('x86_64\n');
        return 0;
      }
      if (verb === undefined && has('version')) {
        yield* ctx.stdout.write(VERSION);
        return 0;
      }
      if (verb === undefined || has('help')) {
        yield* ctx.stdout.write(USAGE);
        return has('help') ? 0 : 1;
      }
      if (line.values.has('root') && line.values.get('root')!.at(-1) !== '/') {
        yield* apk.error('--root: only the running system is simulated');
        return 1;
      }
      return yield* run(ctx, apk, verb, args, line);
    },
  });
})();

/** Options that tell `apk info` what to show, in its order. */
const INFO: readonly (readonly [flag: string, part: string])[] = [
  ['description', 'd'],
  ['webpage', 'w'],
  ['size', 's'],
  ['depends', 'R'],
  ['provides', 'P'],
  ['rdepends', 'r'],
  ['contents', 'L'],
  ['license', 'license'],
];

function* run(ctx: Context, apk: Apk, verb: string, args: readonly string[], line: Line): Wait<number> {
  const has = (name: string): boolean => line.flags.has(name);
  const virtual = line.values.get('virtual')?.at(-1);
  switch (verb) {
    case 'add':
      return yield* commands.add(apk, args, {
        ...(virtual === undefined ? {} : { virtual }),
        upgrade: has('upgrade') || has('latest'),
      });
    case 'del':
      return yield* commands.del(apk, args);
    case 'update':
      return yield* commands.update(apk);
    case 'upgrade':
    case 'fix':
      return yield* commands.upgrade(apk, args);
    case 'search':
      return yield* commands.search(apk, args, {
        exact: has('exact'),
        description: has('description'),
        origin: has('origin'),
        depends: has('depends'),
      });
    case 'info': {
      // in info, -s is the size
      apk.simulate = false;
      const parts = INFO.filter(([flag]) => has(flag) || (flag === 'size' && has('simulate')));
      return yield* commands.info(apk, args, {
        installed: has('exact') || has('installed'),
        owner: has('who-owns'),
        parts: has('all') ? INFO.map(([, part]) => part) : parts.map(([, part]) => part),
      });
    }
    case 'list':
      return yield* commands.list(apk, args, {
        installed: has('installed'),
        available: has('available'),
        upgradable: has('upgradable') || has('upgradeable') || has('upgrade'),
      });
    case 'policy':
      return yield* commands.policy(apk, args);
    case 'version':
      return yield* commands.version(apk);
    case 'fetch':
      return yield* commands.fetch(apk, args, line.values.get('output')?.at(-1) ?? '.');
    case 'cache':
      return yield* commands.cache(apk, args[0]);
    case 'stats':
      return yield* commands.stats(apk);
    default:
      yield* apk.error(`'${verb}' is not an apk command. See 'apk --help'.`);
      yield* ctx.stdout.flush();
      return 1;
  }
}
