import type { Client } from '../client.ts';
import { type Commands, globOf, intOf } from '../command.ts';
import { Failure, OK, Pairs, Push, type Reply, Simple, SYNTAX } from '../reply.ts';

const NO_PASSWORD = new Failure(
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
);
const WRONG_PASSWORD = new Failure('WRONGPASS invalid username-password pair or user is disabled.');

function auth(client: Client, args: readonly string[]): Reply {
  const [first = '', second] = args;
  if (args.length > 2) return SYNTAX;
  const password = client.server.config.get('requirepass');
  if (second === undefined && password === '') return NO_PASSWORD;
  const right =
    second === undefined ? first === password : first === 'default' && (password === '' || second === password);
  if (!right) return WRONG_PASSWORD;
  client.trusted = true;
  return OK;
}

function hello(client: Client, [version, ...options]: readonly string[]): Reply {
  if (version !== undefined && version !== '2' && version !== '3')
    return new Failure(
      /^\d+$/.test(version)
        ? 'NOPROTO unsupported protocol version'
        : 'ERR Protocol version is not an integer or out of range',
    );
  for (let i = 0; i < options.length; ) {
    const option = options[i]!.toUpperCase();
    if (option === 'AUTH' && i + 2 < options.length) {
      const answer = auth(client, options.slice(i + 1, i + 3));
      if (answer !== OK) return answer;
      i += 3;
    } else if (option === 'SETNAME' && options[i + 1] !== undefined) {
      client.name = options[i + 1]!;
      i += 2;
    } else return new Failure(`ERR Syntax error in HELLO option '${options[i]}'`);
  }
  if (!client.trusted)
    return new Failure(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  if (version !== undefined) client.protocol = version === '3' ? 3 : 2;
  return new Pairs([
    ['server', 'redis'],
    ['version', client.server.version],
    ['proto', client.protocol],
    ['id', client.id],
    ['mode', 'standalone'],
    ['role', 'master'],
    ['modules', []],
  ]);
}

/** A line of CLIENT LIST. */
function describe(client: Client): string {
  const { server } = client;
  const age = Math.floor((server.now() - client.since) / 1000);
  const flags = client.queue ? 'x' : client.subscriptions > 0 ? 'P' : 'N';
  const fields: Record<string, string | number> = {
    id: client.id,
    addr: client.address,
    laddr: `127.0.0.1:${server.config.get('port')}`,
    fd: client.fd,
    name: client.name,
    age,
    idle: 0,
    flags,
    db: client.index,
    sub: client.channels.size,
    psub: client.patterns.size,
    multi: client.queue?.length ?? -1,
    cmd: client.lastCommand,
    user: 'default',
    resp: client.protocol,
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function clientCommand(client: Client, [what = '', value = '', more]: readonly string[]): Reply {
  switch (what.toLowerCase()) {
    case 'setname':
      if (/[^!-~]/.test(value))
        return new Failure('ERR Client names cannot contain spaces, newlines or special characters.');
      client.name = value;
      return OK;
    case 'getname':
      return client.name || null;
    case 'id':
      return client.id;
    case 'info':
      return `${describe(client)}\n`;
    case 'list':
      return [...client.server.clients.values()].map((each) => `${describe(each)}\n`).join('');
    case 'setinfo':
    case 'no-evict':
    case 'no-touch':
      return OK;
    case 'kill': {
      const victims = [...client.server.clients.values()].filter((each) =>
        /^id$/i.test(value) ? String(each.id) === more : each.address === (/^addr$/i.test(value) ? more : value),
      );
      for (const victim of victims) {
        victim.leaving = true;
        if (victim !== client) victim.sys.shutdown(victim.fd, 2);
      }
      if (more === undefined) return victims.length > 0 ? OK : new Failure('ERR No such client');
      return victims.length;
    }
    default:
      return new Failure(`ERR unknown subcommand '${what}'. Try CLIENT HELP.`);
  }
}

/** Announces each change of subscriptions as a message of its own. */
function subscription(kind: 'subscribe' | 'unsubscribe' | 'psubscribe' | 'punsubscribe') {
  const leaves = kind.includes('un');
  return (client: Client, names: readonly string[]): Reply => {
    const set = kind.startsWith('p') ? client.patterns : client.channels;
    const wanted = leaves && names.length === 0 ? [...set] : names;
    if (wanted.length === 0) return new Push([kind, null, client.subscriptions]);
    const messages = wanted.map((name) => {
      if (leaves) set.delete(name);
      else set.add(name);
      return new Push([kind, name, client.subscriptions]);
    });
    return messages.length === 1 ? messages[0] : new Series(messages);
  };
}

/** Several answers to one command, one after the other. */
export class Series extends Array<Push> {
  constructor(messages: readonly Push[]) {
    super(messages.length);
    for (const [i, message] of messages.entries()) this[i] = message;
  }
}

function pubsub({ server }: Client, [what = '', ...names]: readonly string[]): Reply {
  const clients = [...server.clients.values()];
  switch (what.toLowerCase()) {
    case 'channels': {
      const glob = globOf(names[0] ?? '*');
      return [...new Set(clients.flatMap((each) => [...each.channels]))].filter((name) => glob.test(name));
    }
    case 'numsub':
      return names.flatMap((name) => [name, clients.filter((each) => each.channels.has(name)).length]);
    case 'numpat':
      return new Set(clients.flatMap((each) => [...each.patterns])).size;
    default:
      return new Failure(`ERR unknown subcommand '${what}'. Try PUBSUB HELP.`);
  }
}

export const CONNECTION: Commands = {
  ping: {
    arity: -1,
    always: true,
    run(client, args) {
      if (args.length > 1) return new Failure("ERR wrong number of arguments for 'ping' command");
      if (client.subscriptions > 0 && client.protocol === 2) return ['pong', args[0] ?? ''];
      return args[0] ?? new Simple('PONG');
    },
  },
  echo: { arity: 2, run: (_, [text = '']) => text },
  auth: { arity: -2, always: true, run: auth },
  hello: { arity: -1, always: true, run: hello },
  quit: {
    arity: -1,
    always: true,
    run(client) {
      client.leaving = true;
      return OK;
    },
  },
  reset: {
    arity: 1,
    always: true,
    run(client) {
      client.forget();
      client.channels.clear();
      client.patterns.clear();
      client.index = 0;
      client.name = '';
      client.protocol = 2;
      client.trusted = client.server.config.get('requirepass') === '';
      return new Simple('RESET');
    },
  },
  select: {
    arity: 2,
    run(client, [index = '']) {
      client.server.database(intOf(index));
      client.index = Number(index);
      return OK;
    },
  },
  client: { arity: -2, run: clientCommand },
  subscribe: { arity: -2, always: true, run: subscription('subscribe') },
  unsubscribe: { arity: -1, always: true, run: subscription('unsubscribe') },
  psubscribe: { arity: -2, always: true, run: subscription('psubscribe') },
  punsubscribe: { arity: -1, always: true, run: subscription('punsubscribe') },
  pubsub: { arity: -2, run: pubsub },
  multi: {
    arity: 1,
    run(client) {
      if (client.queue) return new Failure('ERR MULTI calls can not be nested');
      client.queue = [];
      return OK;
    },
  },
  discard: {
    arity: 1,
    run(client) {
      if (!client.queue) return new Failure('ERR DISCARD without MULTI');
      client.forget();
      return OK;
    },
  },
  watch: {
    arity: -2,
    run(client, keys) {
      if (client.queue) return new Failure('ERR WATCH inside MULTI is not allowed');
      for (const key of keys) client.watched.push({ db: client.db, key, version: client.db.version(key) });
      return OK;
    },
  },
  unwatch: {
    arity: 1,
    run(client) {
      client.watched.length = 0;
      return OK;
    },
  },
};
