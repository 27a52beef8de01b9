import type { Client } from '../client.ts';
import { CommandError, type Commands, globOf, intOf } from '../command.ts';
import { infoText } from '../info.ts';
import { Failure, OK, Pairs, type Reply, SYNTAX } from '../reply.ts';
import { DEFAULTS } from '../server.ts';

/** Settings that only a start can set. */
const FIXED = [
  'bind',
  'port',
  'databases',
  'daemonize',
  'logfile',
  'pidfile',
  'tcp-backlog',
  'appenddirname',
  'appendfilename',
];
const YES_NO = ['appendonly', 'daemonize', 'protected-mode'];
const NUMBERS = ['maxclients', 'timeout', 'tcp-keepalive'];
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1024,
  m: 1e6,
  mb: 1024 ** 2,
  g: 1e9,
  gb: 1024 ** 3,
};

/** A setting as it is kept; undefined where the value is none. */
export function settingOf(name: string, value: string): string | undefined {
  if (YES_NO.includes(name)) return /^(yes|no)$/i.test(value) ? value.toLowerCase() : undefined;
  if (NUMBERS.includes(name)) return /^\d+$/.test(value) ? value : undefined;
  if (name === 'maxmemory') {
    const parts = /^(\d+)([a-z]*)$/i.exec(value);
    const unit = parts && UNITS[parts[2]!.toLowerCase()];
    return unit ? String(Number(parts[1]) * unit) : undefined;
  }
  return value;
}

function config({ server }: Client, [what = '', ...args]: readonly string[]): Reply {
  switch (what.toLowerCase()) {
    case 'get': {
      if (args.length === 0) return new Failure("ERR wrong number of arguments for 'config|get' command");
      const globs = args.map((pattern) => globOf(pattern.toLowerCase()));
      return new Pairs([...server.config].filter(([name]) => globs.some((glob) => glob.test(name))));
    }
    case 'set': {
      if (args.length === 0 || args.length % 2 === 1)
        return new Failure("ERR wrong number of arguments for 'config|set' command");
      const changes: [string, string][] = [];
      for (let i = 0; i < args.length; i += 2) {
        const name = args[i]!.toLowerCase();
        if (!(name in DEFAULTS))
          return new Failure(`ERR Unknown option or number of arguments for CONFIG SET - '${args[i]}'`);
        if (FIXED.includes(name))
          return new Failure(
            `ERR CONFIG SET failed (possibly related to argument '${args[i]}') - can't set immutable config`,
          );
        const value = settingOf(name, args[i + 1]!);
        if (value === undefined)
          return new Failure(
            `ERR CONFIG SET failed (possibly related to argument '${args[i]}') - argument ${YES_NO.includes(name) ? "must be 'yes' or 'no'" : "couldn't be parsed into an integer"}`,
          );
        changes.push([name, value]);
      }
      for (const [name, value] of changes) server.config.set(name, value);
      return OK;
    }
    case 'resetstat':
      server.commands = server.hits = server.misses = server.expired = 0;
      return OK;
    case 'rewrite':
      return new Failure('ERR The server is running without a config file');
    default:
      return new Failure(`ERR unknown subcommand '${what}'. Try CONFIG HELP.`);
  }
}

function flush(all: boolean) {
  return (client: Client, [mode]: readonly string[]): Reply => {
    if (mode !== undefined && !/^(a?sync)$/i.test(mode)) return SYNTAX;
    for (const db of all ? client.server.databases : [client.db]) db.clear();
    return OK;
  };
}

function shutdown({ server }: Client, words: readonly string[]): Reply {
  const modes = words.map((word) => word.toLowerCase());
  if (modes.some((mode) => !['save', 'nosave', 'now', 'force', 'abort'].includes(mode))) return SYNTAX;
  if (modes.includes('abort')) return new Failure('ERR No shutdown in progress.');
  const save = modes.includes('save') || (!modes.includes('nosave') && server.config.get('save') !== '');
  server.ending = { save };
  server.changed();
  return undefined;
}

function swap({ server }: Client, [a = '', b = '']: readonly string[]): Reply {
  const [i, j] = [intOf(a), intOf(b)];
  const [first, second] = [server.database(i), server.database(j)];
  server.databases[i] = second;
  server.databases[j] = first;
  return OK;
}

export const SERVER: Commands = {
  dbsize: { arity: 1, run: ({ db }) => db.size },
  flushdb: { arity: -1, write: true, run: flush(false) },
  flushall: { arity: -1, write: true, run: flush(true) },
  swapdb: { arity: 3, write: true, run: swap },
  info: { arity: -1, run: ({ server }, sections) => infoText(server, sections) },
  config: { arity: -2, run: config },
  shutdown: { arity: -1, run: shutdown },
  lastsave: { arity: 1, run: ({ server }) => server.lastSave },
  time: {
    arity: 1,
    run({ server }) {
      const ms = server.now();
      return [String(Math.floor(ms / 1000)), String((ms % 1000) * 1000)];
    },
  },
  role: { arity: 1, run: () => ['master', 0, []] },
  wait: { arity: 3, run: () => 0 },
  memory: {
    arity: -2,
    run({ db }, [what = '', key = '']) {
      if (!/^usage$/i.test(what)) return new Failure(`ERR unknown subcommand '${what}'. Try MEMORY HELP.`);
      const value = db.get(key);
      if (!value) return null;
      const data = value.kind === 'string' ? value.data.length : [...value.data].flat().join('').length;
      return 56 + key.length + data;
    },
  },
  debug: {
    arity: -2,
    run(_, [what = '']) {
      throw new CommandError(new Failure(`ERR DEBUG ${what.toUpperCase()} is not enabled`));
    },
  },
  replicaof: {
    arity: 3,
    run: (_, [host = '']) => (/^no$/i.test(host) ? OK : new Failure('ERR replication is not there')),
  },
  readonly: { arity: 1, run: () => new Failure('ERR This instance has cluster support disabled') },
  cluster: { arity: -2, run: () => new Failure('ERR This instance has cluster support disabled') },
  acl: {
    arity: -2,
    run(_, [what = '']) {
      if (/^whoami$/i.test(what)) return 'default';
      return /^users$/i.test(what) ? ['default'] : new Failure(`ERR unknown subcommand '${what}'. Try ACL HELP.`);
    },
  },
};
