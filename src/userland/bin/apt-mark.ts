import { loadHash } from '../../lib/hash.ts';
import type { Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { Apt } from '../pkg/apt/apt.ts';
import { AptCache } from '../pkg/apt/cache.ts';
import { readConfig } from '../pkg/apt/config.ts';
import { isInstalled } from '../pkg/deb/database.ts';

const USAGE = `apt 2.8.3 (amd64)
Usage: apt-mark [options] {auto|manual} pkg1 [pkg2 ...]

apt-mark marks packages as installed by themselves or by hand, and holds them.

Most used commands:
  auto - Mark the given packages as automatically installed
  manual - Mark the given packages as manually installed
  hold - Mark a package as held back
  unhold - Unset a package set as held back
  showauto - Print the list of automatically installed packages
  showmanual - Print the list of manually installed packages
  showhold - Print the list of packages on hold

See apt-mark(8) for more information about the available commands.
`;

export default (async () => {
  const sha256 = await loadHash('sha256');
  return program({
    name: 'apt-mark',
    at: ['/usr/bin/apt-mark'],
    spec: 'apt 2.8.3 apt-mark(8): auto, manual, hold, unhold, minimize-manual and what shows them',
    usage: '[options] {auto|manual} pkg1 [pkg2 ...]',
    about: 'Mark packages.',
    options: {},
    raw: true,
    *main(ctx) {
      const words = ctx.args.filter((word) => !word.startsWith('-'));
      const [verb, ...names] = words;
      if (verb === undefined || ctx.args.includes('--help')) {
        yield* ctx.stdout.write(USAGE);
        return verb === undefined && !ctx.args.includes('--help') ? 1 : 0;
      }
      const apt = new Apt(ctx, 'apt-mark', yield* readConfig(ctx.sys), sha256);
      const cache = yield* AptCache.load(ctx.sys, yield* apt.sources());
      if (verb.startsWith('show')) return yield* shown(apt, cache, verb, names);
      return yield* marked(apt, cache, verb, names);
    },
  });
})();

function* shown(apt: Apt, cache: AptCache, verb: string, names: readonly string[]): Wait<number> {
  const tests: Readonly<Record<string, (name: string, want: string) => boolean>> = {
    showauto: (name) => cache.auto.has(name),
    showmanual: (name) => !cache.auto.has(name),
    showhold: (_, want) => want === 'hold',
    showheld: (_, want) => want === 'hold',
  };
  const test = tests[verb];
  if (!test) return yield* apt.fail(`Invalid operation ${verb}`);
  for (const pkg of cache.db.sorted()) {
    if (!isInstalled(pkg) || !test(pkg.name, pkg.want)) continue;
    if (names.length === 0 || names.includes(pkg.name)) yield* apt.ctx.stdout.write(`${pkg.name}\n`);
  }
  return 0;
}

function* marked(apt: Apt, cache: AptCache, verb: string, names: readonly string[]): Wait<number> {
  if (!['auto', 'manual', 'hold', 'unhold', 'markauto', 'unmarkauto'].includes(verb))
    return yield* apt.fail(`Invalid operation ${verb}`);
  if (names.length === 0) return yield* apt.fail('No packages found');
  yield* apt.lockPackages();
  for (const name of names) {
    const pkg = cache.db.get(name);
    if (!cache.versions.has(name)) return yield* apt.fail(`Unable to locate package ${name}`);
    if (!pkg || !isInstalled(pkg)) {
      yield* apt.ctx.stdout.write(`${name} can not be marked as it is not installed.\n`);
      continue;
    }
    if (verb === 'hold' || verb === 'unhold') {
      const want = verb === 'hold' ? 'hold' : 'install';
      const already = pkg.want === want;
      yield* apt.ctx.stdout.write(
        verb === 'hold'
          ? `${name} ${already ? 'was already set on hold' : 'set on hold'}.\n`
          : `${already ? `${name} was already not on hold` : `Canceled hold on ${name}`}.\n`,
      );
      cache.db.mark(pkg, want, pkg.state);
      continue;
    }
    const auto = verb === 'auto' || verb === 'markauto';
    const already = cache.auto.has(name) === auto;
    yield* apt.ctx.stdout.write(
      `${name} ${already ? 'was already ' : ''}set to ${auto ? 'automatically' : 'manually'} installed.\n`,
    );
    if (auto) cache.auto.add(name);
    else cache.auto.delete(name);
  }
  if (verb === 'hold' || verb === 'unhold') yield* cache.db.write();
  else yield* apt.writeAuto(cache);
  return 0;
}
