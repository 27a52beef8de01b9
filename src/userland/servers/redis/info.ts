import type { RedisServer } from './server.ts';

type Lines = readonly (readonly [string, string | number])[];

const human = (bytes: number): string =>
  bytes < 1024
    ? `${bytes}B`
    : bytes < 1024 ** 2
      ? `${(bytes / 1024).toFixed(2)}K`
      : `${(bytes / 1024 ** 2).toFixed(2)}M`;

/** What an empty server takes, bytes. */
const BASE = 1_048_576;

function sections(server: RedisServer): Readonly<Record<string, Lines>> {
  const { release, sysname, machine } = server.sys.uname();
  const config = (name: string): string => server.config.get(name) ?? '';
  const memory = BASE + server.bytes;
  const keyspace = server.databases.flatMap((db, i): [string, string][] =>
    db.size === 0 ? [] : [[`db${i}`, `keys=${db.size},expires=${db.expiring},avg_ttl=0`]],
  );
  return {
    Server: [
      ['redis_version', server.version],
      ['redis_git_sha1', '00000000'],
      ['redis_git_dirty', 0],
      ['redis_mode', 'standalone'],
      ['os', `${sysname} ${release} ${machine}`],
      ['arch_bits', 64],
      ['multiplexing_api', 'epoll'],
      ['process_id', server.sys.getpid()],
      ['run_id', server.runId],
      ['tcp_port', config('port')],
      ['uptime_in_seconds', server.uptime],
      ['uptime_in_days', Math.floor(server.uptime / 86_400)],
      ['executable', '/data/redis-server'],
      ['config_file', ''],
    ],
    Clients: [
      ['connected_clients', server.clients.size],
      ['maxclients', config('maxclients')],
      ['blocked_clients', 0],
      ['pubsub_clients', [...server.clients.values()].filter((client) => client.subscriptions > 0).length],
    ],
    Memory: [
      ['used_memory', memory],
      ['used_memory_human', human(memory)],
      ['maxmemory', config('maxmemory')],
      ['maxmemory_human', human(Number(config('maxmemory')))],
      ['maxmemory_policy', config('maxmemory-policy')],
    ],
    Persistence: [
      ['loading', 0],
      ['rdb_changes_since_last_save', server.dirty],
      ['rdb_bgsave_in_progress', 0],
      ['rdb_last_save_time', server.lastSave],
      ['rdb_last_bgsave_status', 'ok'],
      ['aof_enabled', Number(config('appendonly') === 'yes')],
    ],
    Stats: [
      ['total_connections_received', server.lastId],
      ['total_commands_processed', server.commands],
      ['expired_keys', server.expired],
      ['evicted_keys', 0],
      ['keyspace_hits', server.hits],
      ['keyspace_misses', server.misses],
      ['pubsub_channels', new Set([...server.clients.values()].flatMap((client) => [...client.channels])).size],
    ],
    Replication: [
      ['role', 'master'],
      ['connected_slaves', 0],
      ['master_failover_state', 'no-failover'],
      ['master_repl_offset', 0],
    ],
    CPU: [
      ['used_cpu_sys', '0.000000'],
      ['used_cpu_user', '0.000000'],
    ],
    Cluster: [['cluster_enabled', 0]],
    Keyspace: keyspace,
  };
}

const EVERYTHING = ['all', 'everything', 'default'];

/** The answer to INFO: the sections that are asked for, or all. */
export function infoText(server: RedisServer, wanted: readonly string[]): string {
  const names = wanted.map((name) => name.toLowerCase());
  const every = names.length === 0 || names.some((name) => EVERYTHING.includes(name));
  return Object.entries(sections(server))
    .filter(([name]) => every || names.includes(name.toLowerCase()))
    .map(([name, lines]) => `# ${name}\r\n${lines.map(([field, value]) => `${field}:${value}\r\n`).join('')}`)
    .join('\r\n');
}
