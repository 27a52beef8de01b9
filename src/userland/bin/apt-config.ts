import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';
import { readConfig } from '../pkg/apt/config.ts';

/** What apt has where no file says otherwise. */
const DEFAULTS: readonly (readonly [string, string])[] = [
  ['APT::Architecture', 'amd64'],
  ['APT::Install-Recommends', '1'],
  ['APT::Install-Suggests', '0'],
  ['Dir', '/'],
  ['Dir::State', 'var/lib/apt'],
  ['Dir::State::lists', 'lists/'],
  ['Dir::State::status', '/var/lib/dpkg/status'],
  ['Dir::Cache', 'var/cache/apt'],
  ['Dir::Cache::archives', 'archives/'],
  ['Dir::Etc', 'etc/apt'],
  ['Dir::Etc::sourcelist', 'sources.list'],
  ['Dir::Etc::sourceparts', 'sources.list.d'],
  ['Dir::Etc::trusted', 'trusted.gpg'],
  ['Dir::Etc::trustedparts', 'trusted.gpg.d'],
];

export default program({
  name: 'apt-config',
  at: ['/usr/bin/apt-config'],
  spec: 'apt 2.8.3 apt-config(8): dump and shell',
  usage: '[options] command',
  about: 'Show the configuration of apt.',
  options: {},
  raw: true,
  *main(ctx) {
    const [verb, ...args] = ctx.args.filter((word) => !word.startsWith('-'));
    const config = yield* readConfig(ctx.sys);
    const defaults = new Map(DEFAULTS.map(([name, value]) => [name.toLowerCase(), value]));
    const value = (name: string): string | undefined => config.get(name) ?? defaults.get(name.toLowerCase());
    if (verb === 'dump') {
      for (const [name, text] of DEFAULTS)
        if (config.get(name) === undefined) yield* ctx.stdout.write(`${name} "${text}";\n`);
      for (const [name, text, inList] of config.entries())
        yield* ctx.stdout.write(`${name}${inList ? '::' : ''} "${text}";\n`);
      return 0;
    }
    if (verb === 'shell') {
      for (let at = 0; at + 1 < args.length; at += 2) {
        const found = value(args[at + 1]!.replace(/\/[a-z]*$/, ''));
        if (found !== undefined) yield* ctx.stdout.write(`${args[at]}=${shellQuote(found)}\n`);
      }
      return 0;
    }
    if (verb === undefined) {
      yield* ctx.stdout.write(
        'apt 2.8.3 (amd64)\nUsage: apt-config [options] command\n\nMost used commands:\n  shell - get configuration values via shell evaluation\n  dump - show the active configuration setting\n',
      );
      return 1;
    }
    yield* ctx.stderr.write(`E: Invalid operation ${verb}\n`);
    return 100;
  },
});
