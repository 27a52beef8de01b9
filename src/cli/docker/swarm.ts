import { toBase64 } from '../../lib/base64.ts';
import type { Wait } from '../../libc/io.ts';
import { segment } from './client.ts';
import type { Cli, Command } from './command.ts';
import { forEach } from './each.ts';
import { CliError, messageOf } from './errors.ts';
import type { Flags } from './flags/parse.ts';
import { inspect } from './inspector.ts';
import { mapOf } from './key-values.ts';
import { checkSwarmCall, stackFiles, swarmContent } from './swarm-checks.ts';

/**
 * Commands of a swarm, its services and plugins, as far as an engine that is in no swarm answers them: each asks the
 * daemon what the real one asks first, and says what that says.
 */
type Ask =
  /** One call, `[method, path]`; `%` is the first argument. */
  | {
      once: readonly [string, string];
      before?: string;
      body?: (flags: Flags, args: readonly string[]) => object;
    }
  /** A call for each argument. */
  | { each: readonly [string, string]; before?: (name: string) => string }
  /** As `inspect`, from this path and the name. */
  | { inspect: string }
  /** A file that is read first. */
  | { file: readonly [string, string] };

const availability = (flags: Flags): string => flags.text('availability').toLowerCase();

/** An address with its port, where none was given the one that managers listen on. */
const listenAddress = (flags: Flags): string => {
  const given = flags.text('listen-addr') || '0.0.0.0';
  return given.includes(':') ? given : `${given}:2377`;
};

function initBody(flags: Flags): object {
  return {
    ListenAddr: listenAddress(flags),
    AdvertiseAddr: flags.text('advertise-addr'),
    DataPathAddr: flags.text('data-path-addr'),
    DataPathPort: flags.number('data-path-port'),
    ForceNewCluster: flags.bool('force-new-cluster'),
    Spec: {
      Labels: null,
      Orchestration: flags.changed('task-history-limit')
        ? { TaskHistoryRetentionLimit: flags.number('task-history-limit') }
        : {},
      Raft: { ElectionTick: 0, HeartbeatTick: 0 },
      Dispatcher: {},
      CAConfig: {},
      TaskDefaults: {},
      EncryptionConfig: { AutoLockManagers: flags.bool('autolock') },
    },
    AutoLockManagers: flags.bool('autolock'),
    Availability: availability(flags),
    DefaultAddrPool: null,
    SubnetSize: flags.number('default-addr-pool-mask-length'),
  };
}

const joinBody = (flags: Flags, [address = '']: readonly string[]): object => ({
  ListenAddr: listenAddress(flags),
  AdvertiseAddr: flags.text('advertise-addr'),
  DataPathAddr: flags.text('data-path-addr'),
  RemoteAddrs: [address],
  JoinToken: flags.text('token'),
  Availability: availability(flags),
});

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
  'swarm init': { once: ['POST', '/swarm/init'], body: initBody },
  'swarm join': { once: ['POST', '/swarm/join'], body: joinBody },
  'swarm update': { once: ['GET', '/swarm'] },
  'swarm join-token': { once: ['GET', '/swarm'] },
  'swarm leave': { once: ['POST', '/swarm/leave'] },
  'swarm unlock-key': { once: ['GET', '/swarm/unlockkey'], before: 'could not fetch unlock key: ' },
};

/** The command of this name, undefined where it is none of these. */
export function swarmCommand(path: string): Command | undefined {
  if (path === 'stack deploy' || path === 'stack config') return { run: stack(path) };
  if (path === 'swarm unlock') return { run: unlock };
  const ask = ASKS[path];
  if (!ask) return undefined;
  return {
    *run(cli, flags, args) {
      yield* checkSwarmCall(cli, path, flags, args);
      yield* run(cli, path, flags, args, ask);
      throw new CliError(`docker ${cli.name}: not there yet`);
    },
  };
}

/** `stack deploy`, as far as an engine that is in no swarm lets it come. */
const stack = (path: string): Command['run'] =>
  function* (cli, flags) {
    yield* stackFiles(cli, flags.list('compose-file'));
    if (path === 'stack config') throw new CliError(`docker ${cli.name}: not there yet`);
    throw new CliError(
      'this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again',
    );
  };

function* unlock(cli: Cli): Wait<void> {
  const client = yield* cli.client();
  const { Swarm } = yield* client.json<{ Swarm: { LocalNodeState: string } }>('GET', '/info');
  if (Swarm.LocalNodeState === 'inactive') throw new CliError('Error: This node is not part of a swarm');
  throw new CliError('Error: swarm is not locked');
}

function* run(cli: Cli, path: string, flags: Flags, args: string[], ask: Ask): Wait<void> {
  const client = yield* cli.client();
  if ('inspect' in ask) {
    // A pretty one prints nothing of what is not there.
    if (flags.bool('pretty')) {
      for (const name of args) yield* client.done('GET', ask.inspect + segment(name));
      return;
    }
    yield* inspect(cli, args, flags.text('format'), function* (name) {
      return { text: yield* client.text('GET', ask.inspect + segment(name)) };
    });
    return;
  }
  if ('file' in ask) {
    const [name = '', file] = args;
    const bytes = yield* swarmContent(
      cli,
      ask.file[1].startsWith('/secrets') ? 'secret' : 'config',
      file,
      flags.has('driver') ? flags.text('driver') : '',
    );
    const Labels = mapOf(flags.list('label'));
    yield* client.done(ask.file[0], ask.file[1], { json: { Name: name, Labels, Data: toBase64(bytes) } });
    return;
  }
  const [method, target] = 'once' in ask ? ask.once : ask.each;
  const call = (name: string) =>
    client.done(
      method,
      target.replace('%', segment(name.split('=')[0]!)),
      method === 'POST' ? { json: 'body' in ask && ask.body ? ask.body(flags, args) : {} } : {},
    );
  if ('each' in ask) {
    yield* forEach(cli, args, function* (name) {
      checkReplicas(path, name);
      yield* prefixed(call(name), ask.before?.(name.split('=')[0]!));
      return undefined;
    });
  } else yield* prefixed(call(args[0] ?? ''), ask.before);
}

/** @throws CliError */
function checkReplicas(path: string, argument: string): void {
  if (path !== 'service scale') return;
  const [name = '', count = ''] = argument.split('=');
  if (/^\d+$/.test(count)) return;
  throw new CliError(
    `${name}: invalid replicas value ${count}: strconv.ParseUint: parsing ${JSON.stringify(count)}: invalid syntax`,
  );
}

function* prefixed(call: Wait<void>, before = ''): Wait<void> {
  try {
    yield* call;
  } catch (error) {
    throw new CliError(before + messageOf(error));
  }
}
