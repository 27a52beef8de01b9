import { readFile, type Wait } from '../../libc/io.ts';
import { segment } from './client.ts';
import type { Cli, Command } from './command.ts';
import { forEach } from './each.ts';
import { CliError, messageOf } from './errors.ts';
import { pathError } from './files.ts';
import type { Flags } from './flags/parse.ts';
import { formatRows } from './format/formatter.ts';
import { inspect } from './inspector.ts';

/**
 * Commands of a swarm, its services and plugins, as far as an engine that is in no swarm answers them: each asks the
 * daemon what the real one asks first, and says what that says.
 */
type Ask =
  /** One call, `[method, path]`; `%` is the first argument. */
  | { once: readonly [string, string]; before?: string }
  /** A call for each argument. */
  | { each: readonly [string, string]; before?: (name: string) => string }
  /** As `inspect`, from this path and the name. */
  | { inspect: string }
  /** A file that is read first. */
  | { file: readonly [string, string] };

const ASKS: Readonly<Record<string, Ask>> = {
  'node ls': { once: ['GET', '/nodes'] },
  'node inspect': { inspect: '/nodes/' },
  'node ps': { once: ['GET', '/tasks'] },
  'node promote': { once: ['GET', '/nodes/%'] },
  'node demote': { once: ['GET', '/nodes/%'] },
  'node update': { once: ['GET', '/nodes/%'] },
  'node rm': { each: ['DELETE', '/nodes/%'] },
  'service ls': { once: ['GET', '/services'] },
  'service inspect': { inspect: '/services/' },
  'service logs': { once: ['GET', '/services/%'] },
  'service ps': { once: ['GET', '/services'] },
  'service rm': { each: ['DELETE', '/services/%'] },
  'service rollback': { once: ['GET', '/services/%'] },
  'service update': { once: ['GET', '/services/%'] },
  'service scale': { each: ['GET', '/services/%'], before: (name) => `${name}: ` },
  'service create': { once: ['POST', '/services/create'] },
  'stack ls': { once: ['GET', '/services'] },
  'stack ps': { once: ['GET', '/tasks'] },
  'stack services': { once: ['GET', '/services'] },
  'stack rm': { once: ['GET', '/services'] },
  'secret ls': { once: ['GET', '/secrets'] },
  'secret inspect': { inspect: '/secrets/' },
  'secret rm': { each: ['DELETE', '/secrets/%'] },
  'secret create': { file: ['POST', '/secrets/create'] },
  'config ls': { once: ['GET', '/configs'] },
  'config inspect': { inspect: '/configs/' },
  'config rm': { each: ['DELETE', '/configs/%'] },
  'config create': { file: ['POST', '/configs/create'] },
  'swarm ca': { once: ['GET', '/swarm'] },
  'swarm init': { once: ['POST', '/swarm/init'] },
  'swarm join': { once: ['POST', '/swarm/join'] },
  'swarm join-token': { once: ['GET', '/swarm'] },
  'swarm leave': { once: ['POST', '/swarm/leave'] },
  'swarm unlock-key': { once: ['GET', '/swarm/unlockkey'], before: 'could not fetch unlock key: ' },
};

/** The command of this name, undefined where it is none of these. */
export function swarmCommand(path: string): Command | undefined {
  if (path === 'plugin ls') return { run: pluginList };
  const ask = ASKS[path];
  if (!ask) return undefined;
  return {
    *run(cli, flags, args) {
      check(path, args);
      yield* run(cli, flags, args, ask);
      throw new CliError(`docker ${cli.name}: not there yet`);
    },
  };
}

/** @throws CliError for what the client itself refuses */
function check(path: string, args: readonly string[]): void {
  if (path === 'swarm join-token' && !['worker', 'manager'].includes(args[0]!)) {
    throw new CliError(`unknown role ${args[0]}`);
  }
  const wrong = path === 'service scale' ? args.find((a) => !a.includes('=')) : undefined;
  if (wrong !== undefined) {
    throw new CliError(
      `invalid scale specifier '${wrong}'.\nSee 'docker service scale --help'.\n\nUsage:  docker service scale SERVICE=REPLICAS [SERVICE=REPLICAS...]\n\nScale one or multiple replicated services`,
    );
  }
}

function* run(cli: Cli, flags: Flags, args: string[], ask: Ask): Wait<void> {
  const client = yield* cli.client();
  if ('inspect' in ask) {
    yield* inspect(cli, args, flags.text('format'), function* (name) {
      return { text: yield* client.text('GET', ask.inspect + segment(name)) };
    });
    return;
  }
  if ('file' in ask) {
    const [, file = '-'] = args;
    const bytes = file === '-' ? new Uint8Array(0) : yield* readFile(cli.sys, file);
    if (typeof bytes === 'number')
      throw new CliError(`error reading content from ${JSON.stringify(file)}: ${pathError('open', file, bytes)}`);
    yield* client.done(ask.file[0], ask.file[1], { json: {} });
    return;
  }
  const [method, path] = 'once' in ask ? ask.once : ask.each;
  const call = (name: string) =>
    client.done(method, path.replace('%', segment(name.split('=')[0]!)), method === 'POST' ? { json: {} } : {});
  if ('each' in ask) {
    yield* forEach(cli, args, function* (name) {
      yield* prefixed(call(name), ask.before?.(name.split('=')[0]!));
      return undefined;
    });
  } else yield* prefixed(call(args[0] ?? ''), ask.before);
}

function* prefixed(call: Wait<void>, before = ''): Wait<void> {
  try {
    yield* call;
  } catch (error) {
    throw new CliError(before + messageOf(error));
  }
}

const PLUGINS = { headers: { ID: 'ID', Name: 'NAME', Description: 'DESCRIPTION', Enabled: 'ENABLED' } };

function* pluginList(cli: Cli, flags: Flags): Wait<number> {
  const client = yield* cli.client();
  const plugins = yield* client.json<unknown[]>('GET', '/plugins');
  if (plugins.length > 0) throw new CliError('docker plugin ls: not there yet');
  const format = flags.text('format') || 'table';
  const columns = flags.bool('quiet') ? '{{.ID}}' : 'table {{.ID}}\t{{.Name}}\t{{.Description}}\t{{.Enabled}}';
  yield* cli.out.write(formatRows(format === 'table' ? columns : format, PLUGINS, []));
  return 0;
}
