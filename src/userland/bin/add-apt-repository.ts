import { loadHash } from '../../lib/hash.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { updateLists } from '../pkg/apt/acquire.ts';
import { Apt } from '../pkg/apt/apt.ts';
import { readConfig } from '../pkg/apt/config.ts';
import { parseSourcesList, SourceError } from '../pkg/apt/sources.ts';

const COMPONENTS = ['main', 'universe', 'restricted', 'multiverse', 'contrib', 'non-free', 'non-free-firmware'];

export default (async () => {
  const sha256 = await loadHash('sha256');
  return program({
    name: 'add-apt-repository',
    at: ['/usr/bin/add-apt-repository', '/usr/bin/apt-add-repository'],
    spec: 'software-properties 0.99.49: lines of sources and components; a PPA is refused, its host is not there',
    usage: '[options] [line]',
    about: 'Add or remove a repository.',
    options: {},
    raw: true,
    *main(ctx) {
      const flags = ctx.args.filter((word) => word.startsWith('-'));
      const flag = (...names: string[]): boolean => names.some((name) => flags.includes(name));
      const line = ctx.args.filter((word) => !word.startsWith('-')).join(' ');
      if (flag('-h', '--help') || line === '') {
        yield* ctx.stdout.write(
          'usage: add-apt-repository [options] [line]\n\nadd-apt-repository adds or removes the repositories of a system.\n\noptions:\n  -h, --help            show this help message and exit\n  -r, --remove          Disable repository\n  -y, --yes             Assume yes to all queries\n  -n, --no-update       Do not update package cache after adding\n',
        );
        return line === '' && !flag('-h', '--help') ? 1 : 0;
      }
      if (ctx.sys.credentials().euid !== 0) {
        yield* ctx.stdout.write('Error: must run as root\n');
        return 1;
      }
      if (line.startsWith('ppa:')) {
        yield* ctx.stderr.write(
          'ERROR: Failed to reach the server of Launchpad: [Errno -2] Name or service not known\n',
        );
        return 1;
      }
      if (COMPONENTS.includes(line)) {
        yield* ctx.stdout.write(`'${line}' distribution component is already enabled for all sources.\n`);
        return 0;
      }
      try {
        parseSourcesList(line, '');
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        yield* ctx.stderr.write(`Unable to handle repository shortcut '${line}'\n`);
        return 1;
      }
      return yield* change(ctx, line, flag('-r', '--remove'), flag('-y', '--yes'), !flag('-n', '--no-update'), sha256);
    },
  });
})();

function* change(
  ctx: Context,
  line: string,
  remove: boolean,
  yes: boolean,
  update: boolean,
  sha256: Apt['sha256'],
): Wait<number> {
  const uri = /\s([a-z+]+:\/\/\S+)/.exec(line)?.[1] ?? '';
  const codename = /\/\s+(\S+)|\S+:\/\/\S+\s+(\S+)/.exec(line);
  const suite = codename?.[2] ?? codename?.[1] ?? 'local';
  const name = `${uri
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/[/.]+$/, '')
    .replace(/[^A-Za-z0-9]+/g, '_')}-${suite}`;
  const path = `/etc/apt/sources.list.d/archive_uri-${uri.replace(/\/+$/, '').replace(/[^A-Za-z0-9]+/g, '_')}-${suite}.list`;
  yield* ctx.stdout.write(
    `Repository: '${line}'\nDescription:\nArchive for codename: ${suite} components: ${line.split(/\s+/).slice(3).join(',')}\nMore info: ${uri}\n`,
  );
  yield* ctx.stdout.write(`${remove ? 'Removing' : 'Adding'} repository.\n`);
  if (!yes && ctx.sys.isatty(0)) {
    yield* ctx.stdout.write(`Press [ENTER] to continue or Ctrl-c to cancel.`);
    yield* ctx.stdout.flush();
    yield* ctx.stdin.line();
  }
  const bytes = yield* readFile(ctx.sys, path);
  const old =
    typeof bytes === 'number'
      ? []
      : decode(bytes)
          .split('\n')
          .filter((one) => one !== '' && one !== line);
  mkdirp(ctx.sys, '/etc/apt/sources.list.d', 0o755);
  if (remove && old.length === 0) ctx.sys.unlink(path);
  else yield* writeFile(ctx.sys, path, `${[...old, ...(remove ? [] : [line])].join('\n')}\n`, 0o644);
  yield* ctx.stdout.write(`${remove ? 'Removing' : 'Adding'} deb entry ${remove ? 'from' : 'to'} ${path}\n`);
  if (!update || name === '') return 0;
  const apt = new Apt(ctx, 'apt-get', yield* readConfig(ctx.sys), sha256);
  const { failed } = yield* updateLists(apt, yield* apt.sources(), sha256);
  yield* apt.step('Reading package lists');
  yield* apt.flush();
  return failed ? 1 : 0;
}
