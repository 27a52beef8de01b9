import type { Client } from '../client.ts';
import { bigOf, CommandError, type Commands, globOf, intOf, type ScanOptions, scanPage } from '../command.ts';
import type { Value } from '../database.ts';
import { Failure, NO_KEY, OK, type Reply, Simple, SYNTAX } from '../reply.ts';

/** @throws CommandError */
export function scanOptions(args: readonly string[], types = false): ScanOptions {
  const options: ScanOptions = { match: undefined, count: 10, type: undefined };
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i]!.toUpperCase(), args[i + 1]];
    if (value === undefined) throw new CommandError(SYNTAX);
    if (name === 'MATCH') options.match = globOf(value);
    else if (name === 'COUNT') {
      options.count = intOf(value);
      if (options.count < 1) throw new CommandError(SYNTAX);
    } else if (name === 'TYPE' && types) options.type = value.toLowerCase();
    else throw new CommandError(SYNTAX);
  }
  return options;
}

/** @throws CommandError */
export function cursorOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new CommandError(new Failure('ERR invalid cursor'));
  return Number(text);
}

/** How a value is kept, as OBJECT ENCODING tells it. @see redis object.c */
function encodingOf(value: Value): string {
  switch (value.kind) {
    case 'string':
      return /^(0|-?[1-9]\d{0,18})$/.test(value.data) ? 'int' : value.data.length <= 44 ? 'embstr' : 'raw';
    case 'list':
      return value.data.length <= 128 && value.data.every((item) => item.length <= 64) ? 'listpack' : 'quicklist';
    case 'set': {
      const items = [...value.data];
      if (items.length <= 512 && items.every((item) => /^(0|-?[1-9]\d{0,18})$/.test(item))) return 'intset';
      return items.length <= 128 && items.every((item) => item.length <= 64) ? 'listpack' : 'hashtable';
    }
    case 'hash': {
      const small = [...value.data].every(([field, item]) => field.length <= 64 && item.length <= 64);
      return value.data.size <= 128 && small ? 'listpack' : 'hashtable';
    }
    case 'zset':
      return value.data.size <= 128 && [...value.data.keys()].every((item) => item.length <= 64)
        ? 'listpack'
        : 'skiplist';
  }
}

/** A copy that shares nothing. */
export function copyOf(value: Value): Value {
  switch (value.kind) {
    case 'string':
      return { ...value };
    case 'list':
      return { kind: 'list', data: [...value.data] };
    case 'hash':
      return { kind: 'hash', data: new Map(value.data) };
    case 'set':
      return { kind: 'set', data: new Set(value.data) };
    case 'zset':
      return { kind: 'zset', data: new Map(value.data) };
  }
}

function expire(name: string, unit: number, absolute: boolean) {
  return ({ db, server }: Client, [key = '', time = '', ...flags]: readonly string[]): Reply => {
    const value = Number(bigOf(time)) * unit;
    if (!Number.isSafeInteger(value)) return new Failure(`ERR invalid expire time in '${name}' command`);
    const at = absolute ? value : server.now() + value;
    const before = db.expiry(key);
    for (const flag of flags.map((f) => f.toUpperCase())) {
      if (!['NX', 'XX', 'GT', 'LT'].includes(flag)) return new Failure(`ERR Unsupported option ${flag}`);
      if (flag === 'NX' && before !== undefined) return 0;
      if (flag === 'XX' && before === undefined) return 0;
      if (flag === 'GT' && (before === undefined || at <= before)) return 0;
      if (flag === 'LT' && before !== undefined && at >= before) return 0;
    }
    if (!db.get(key)) return 0;
    if (at <= server.now()) db.delete(key);
    else db.expire(key, at);
    return 1;
  };
}

function ttl(unit: number, absolute: boolean) {
  return ({ db, server }: Client, [key = '']: readonly string[]): Reply => {
    if (!db.get(key)) return -2;
    const at = db.expiry(key);
    if (at === undefined) return -1;
    return absolute ? Math.floor(at / unit) : Math.max(0, Math.floor((at - server.now() + unit / 2) / unit));
  };
}

function rename({ db }: Client, from: string, to: string): void {
  const value = db.get(from)!;
  const expires = db.expiry(from);
  db.delete(from);
  db.set(to, value);
  db.expire(to, expires);
}

function copy(client: Client, [from = '', to = '', ...options]: readonly string[]): Reply {
  let { db } = client;
  let replace = false;
  for (let i = 0; i < options.length; i++) {
    const option = options[i]!.toUpperCase();
    if (option === 'REPLACE') replace = true;
    else if (option === 'DB' && options[i + 1] !== undefined) db = client.server.database(intOf(options[++i]!));
    else return SYNTAX;
  }
  if (db === client.db && from === to) return new Failure('ERR source and destination objects are the same');
  const value = client.db.get(from);
  if (!value || (db.get(to) && !replace)) return 0;
  db.set(to, copyOf(value));
  db.expire(to, client.db.expiry(from));
  return 1;
}

const remove = ({ db }: Client, keys: readonly string[]): Reply => keys.filter((key) => db.delete(key)).length;
const count = ({ db }: Client, keys: readonly string[]): Reply => keys.filter((key) => db.get(key)).length;

export const KEYS: Commands = {
  del: { arity: -2, write: true, run: remove },
  unlink: { arity: -2, write: true, run: remove },
  exists: { arity: -2, run: count },
  touch: { arity: -2, run: count },
  expire: { arity: -3, write: true, run: expire('expire', 1000, false) },
  pexpire: { arity: -3, write: true, run: expire('pexpire', 1, false) },
  expireat: { arity: -3, write: true, run: expire('expireat', 1000, true) },
  pexpireat: { arity: -3, write: true, run: expire('pexpireat', 1, true) },
  ttl: { arity: 2, run: ttl(1000, false) },
  pttl: { arity: 2, run: ttl(1, false) },
  expiretime: { arity: 2, run: ttl(1000, true) },
  pexpiretime: { arity: 2, run: ttl(1, true) },
  persist: {
    arity: 2,
    write: true,
    run({ db }, [key = '']) {
      if (db.expiry(key) === undefined) return 0;
      db.expire(key, undefined);
      return 1;
    },
  },
  type: { arity: 2, run: ({ db }, [key = '']) => new Simple(db.get(key)?.kind ?? 'none') },
  keys: {
    arity: 2,
    run({ db }, [pattern = '']) {
      const glob = globOf(pattern);
      return db.keys().filter((key) => glob.test(key));
    },
  },
  scan: {
    arity: -2,
    run({ db }, [cursor = '', ...rest]) {
      const { match, count, type } = scanOptions(rest, true);
      const { next, page } = scanPage(db.keys(), cursorOf(cursor), count);
      const fits = (key: string): boolean =>
        (match?.test(key) ?? true) && (type === undefined || db.get(key)?.kind === type);
      return [next, page.filter(fits)];
    },
  },
  randomkey: {
    arity: 1,
    run({ db, server }) {
      const keys = db.keys();
      return keys[server.random(keys.length)] ?? null;
    },
  },
  rename: {
    arity: 3,
    write: true,
    run(client, [from = '', to = '']) {
      if (!client.db.get(from)) return NO_KEY;
      if (from !== to) rename(client, from, to);
      return OK;
    },
  },
  renamenx: {
    arity: 3,
    write: true,
    run(client, [from = '', to = '']) {
      if (!client.db.get(from)) return NO_KEY;
      if (client.db.get(to)) return 0;
      rename(client, from, to);
      return 1;
    },
  },
  move: {
    arity: 3,
    write: true,
    run(client, [key = '', index = '']) {
      const other = client.server.database(intOf(index));
      if (other === client.db) return new Failure('ERR source and destination objects are the same');
      const value = client.db.get(key);
      if (!value || other.get(key)) return 0;
      const expires = client.db.expiry(key);
      client.db.delete(key);
      other.set(key, value);
      other.expire(key, expires);
      return 1;
    },
  },
  copy: { arity: -3, write: true, run: copy },
  object: {
    arity: -2,
    run({ db }, [what = '', key = '']) {
      const value = db.get(key);
      switch (what.toLowerCase()) {
        case 'encoding':
          return value ? encodingOf(value) : null;
        case 'refcount':
          return value ? 1 : null;
        default:
          return new Failure(`ERR unknown subcommand '${what}'. Try OBJECT HELP.`);
      }
    },
  },
};
