import { Stat } from '../../abi/stat.ts';
import { familiarString, tagNameOnly } from '../../lib/reference.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { filtersText, segment } from './client.ts';
import type { Cli, Command, CommandBody } from './command.ts';
import { forEach } from './each.ts';
import { CliError, messageOf } from './errors.ts';
import { pathError } from './files.ts';
import type { Flags } from './flags/parse.ts';
import { ellipsis, shortId } from './format/display.ts';
import { formatRows, rowValue } from './format/formatter.ts';
import { inspect } from './inspector.ts';
import { checkTrust } from './notary.ts';
import { checkReference } from './reference.ts';

/** A plugin of the engine, as far as it is listed. */
interface Plugin {
  Id?: string;
  Name: string;
  Enabled: boolean;
  Config: { Description: string };
}

const PLUGINS = { headers: { ID: 'ID', Name: 'NAME', Description: 'DESCRIPTION', Enabled: 'ENABLED' } };

function* list(cli: Cli, flags: Flags): Wait<number> {
  const client = yield* cli.client();
  const plugins = yield* client.json<Plugin[]>('GET', '/plugins', {
    query: { filters: filtersText(flags.list('filter')) },
  });
  const given = flags.text('format') || 'table';
  const table = flags.bool('quiet') ? '{{.ID}}' : 'table {{.ID}}\t{{.Name}}\t{{.Description}}\t{{.Enabled}}';
  const truncate = !flags.bool('no-trunc');
  const rows = plugins.map((p) =>
    rowValue({
      type: '*plugin.pluginContext',
      methods: {
        ID: () => (truncate ? shortId(p.Id ?? '') : (p.Id ?? '')),
        Name: () => p.Name,
        Description: () => (truncate ? ellipsis(p.Config.Description, 45) : p.Config.Description),
        Enabled: () => p.Enabled,
        PluginReference: () => p.Name,
      },
    }),
  );
  yield* cli.out.write(formatRows(given === 'table' ? table : given, PLUGINS, rows));
  return 0;
}

function* show(cli: Cli, flags: Flags, names: string[]): Wait<void> {
  const client = yield* cli.client();
  yield* inspect(cli, names, flags.text('format'), function* (name) {
    return { text: yield* client.text('GET', `/plugins/${segment(name)}/json`) };
  });
}

function* remove(cli: Cli, flags: Flags, names: string[]): Wait<void> {
  const client = yield* cli.client();
  yield* forEach(cli, names, function* (name) {
    yield* client.done('DELETE', `/plugins/${segment(name)}`, { query: { force: flags.bool('force') || undefined } });
    return name;
  });
}

/** A call for one plugin, after which its name is printed. */
const named = (path: string, query: (flags: Flags) => Record<string, number | undefined>): CommandBody =>
  function* (cli, flags, [name = '']) {
    const client = yield* cli.client();
    yield* client.done('POST', `/plugins/${segment(name)}/${path}`, { query: query(flags) });
    yield* cli.out.write(`${name}\n`);
    return 0;
  };

function* configure(cli: Cli, _flags: Flags, [name = '', ...settings]: string[]): Wait<void> {
  const client = yield* cli.client();
  yield* client.done('POST', `/plugins/${segment(name)}/set`, { json: settings });
}

function* push(cli: Cli, flags: Flags, [name = '']: string[]): Wait<void> {
  const reference = tagNameOnly(checkReference(name));
  yield* checkTrust(cli, flags);
  const client = yield* cli.client();
  yield* client.done('POST', `/plugins/${segment(familiarString(reference))}/push`);
}

function* install(cli: Cli, flags: Flags, [name = '']: string[]): Wait<void> {
  const reference = tagNameOnly(checkReference(name));
  yield* checkTrust(cli, flags);
  const client = yield* cli.client();
  yield* client.done('GET', '/plugins/privileges', { query: { remote: familiarString(reference) } });
  yield* client.done('POST', '/plugins/pull', { query: { remote: familiarString(reference) }, json: [] });
}

function* upgrade(cli: Cli, _flags: Flags, [name = '']: string[]): Wait<void> {
  const client = yield* cli.client();
  try {
    yield* client.done('GET', `/plugins/${segment(name)}/json`);
  } catch (error) {
    throw new CliError(`error reading plugin data: ${messageOf(error)}`);
  }
  yield* client.done('POST', `/plugins/${segment(name)}/upgrade`, { query: { remote: name }, json: [] });
}

function* create(cli: Cli, _flags: Flags, [name = '', folder = '']: string[]): Wait<void> {
  const reference = tagNameOnly(checkReference(name));
  const there = cli.sys.lstat(folder, new Stat());
  if (there < 0) throw new CliError(pathError('lstat', folder, there));
  const config = `${folder}/config.json`;
  const bytes = yield* readFile(cli.sys, config);
  if (typeof bytes === 'number') throw new CliError(pathError('open', config, bytes));
  const client = yield* cli.client();
  yield* client.done('POST', '/plugins/create', { query: { name: familiarString(reference) }, body: bytes });
  yield* cli.out.write(`${name}\n`);
}

const COMMANDS: Readonly<Record<string, CommandBody>> = {
  'plugin create': create,
  'plugin disable': named('disable', (flags) => ({ force: flags.bool('force') ? 1 : undefined })),
  'plugin enable': named('enable', (flags) => ({ timeout: flags.number('timeout') })),
  'plugin inspect': show,
  'plugin install': install,
  'plugin ls': list,
  'plugin push': push,
  'plugin rm': remove,
  'plugin set': configure,
  'plugin upgrade': upgrade,
};

/** A command for plugins of the engine by its place in the tree: the engine answers as one that has none. */
export const pluginCommand = (path: string): Command | undefined =>
  COMMANDS[path] === undefined ? undefined : { run: COMMANDS[path] };
