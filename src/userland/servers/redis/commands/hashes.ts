import type { Client } from '../client.ts';
import { bigOf, CommandError, type Commands, dataOf, floatOf, intOf, isInt64, scanPage } from '../command.ts';
import { doubleText, Failure, OK, Pairs, type Reply } from '../reply.ts';
import { cursorOf, scanOptions } from './keys.ts';

type Hash = Map<string, string>;

const hashOf = ({ db }: Client, key: string): Hash | undefined => dataOf(db, key, 'hash');

function made(client: Client, key: string): Hash {
  const there = hashOf(client, key);
  if (there) return there;
  const data: Hash = new Map();
  client.db.set(key, { kind: 'hash', data });
  return data;
}

/** Sets fields. @returns how many are new. @throws CommandError where one has no value */
function put(client: Client, key: string, pairs: readonly string[], name: string): number {
  if (pairs.length % 2 === 1)
    throw new CommandError(new Failure(`ERR wrong number of arguments for '${name}' command`));
  const hash = made(client, key);
  const before = hash.size;
  for (let i = 0; i < pairs.length; i += 2) hash.set(pairs[i]!, pairs[i + 1]!);
  client.db.touch(key);
  return hash.size - before;
}

function add(client: Client, key: string, field: string, by: bigint): Reply {
  const before = hashOf(client, key)?.get(field) ?? '0';
  if (!/^(0|-?[1-9]\d{0,18})$/.test(before)) return new Failure('ERR hash value is not an integer');
  const sum = BigInt(before) + by;
  if (!isInt64(sum)) return new Failure('ERR increment or decrement would overflow');
  put(client, key, [field, String(sum)], 'hincrby');
  return sum;
}

function random(client: Client, [key = '', count, withValues]: readonly string[]): Reply {
  const all = [...(hashOf(client, key) ?? [])];
  const one = (): [string, string] => all[client.server.random(all.length)]!;
  if (count === undefined) return all.length === 0 ? null : one()[0];
  const wanted = intOf(count);
  const chosen =
    all.length === 0
      ? []
      : wanted < 0
        ? Array.from({ length: -wanted }, one)
        : client.server.shuffled(all).slice(0, wanted);
  return withValues === undefined ? chosen.map(([field]) => field) : chosen.flat();
}

export const HASHES: Commands = {
  hset: { arity: -4, write: true, run: (client, [key = '', ...pairs]) => put(client, key, pairs, 'hset') },
  hmset: {
    arity: -4,
    write: true,
    run(client, [key = '', ...pairs]) {
      put(client, key, pairs, 'hmset');
      return OK;
    },
  },
  hsetnx: {
    arity: 4,
    write: true,
    run(client, [key = '', field = '', value = '']) {
      return hashOf(client, key)?.has(field) ? 0 : put(client, key, [field, value], 'hsetnx');
    },
  },
  hget: { arity: 3, run: (client, [key = '', field = '']) => hashOf(client, key)?.get(field) ?? null },
  hmget: {
    arity: -3,
    run: (client, [key = '', ...fields]) => fields.map((field) => hashOf(client, key)?.get(field) ?? null),
  },
  hgetall: { arity: 2, run: (client, [key = '']) => new Pairs([...(hashOf(client, key) ?? [])]) },
  hdel: {
    arity: -3,
    write: true,
    run(client, [key = '', ...fields]) {
      const hash = hashOf(client, key);
      const gone = fields.filter((field) => hash?.delete(field)).length;
      if (hash?.size === 0) client.db.delete(key);
      else if (gone > 0) client.db.touch(key);
      return gone;
    },
  },
  hexists: { arity: 3, run: (client, [key = '', field = '']) => Number(hashOf(client, key)?.has(field) ?? false) },
  hlen: { arity: 2, run: (client, [key = '']) => hashOf(client, key)?.size ?? 0 },
  hkeys: { arity: 2, run: (client, [key = '']) => [...(hashOf(client, key)?.keys() ?? [])] },
  hvals: { arity: 2, run: (client, [key = '']) => [...(hashOf(client, key)?.values() ?? [])] },
  hstrlen: { arity: 3, run: (client, [key = '', field = '']) => hashOf(client, key)?.get(field)?.length ?? 0 },
  hincrby: {
    arity: 4,
    write: true,
    run: (client, [key = '', field = '', by = '']) => add(client, key, field, bigOf(by)),
  },
  hincrbyfloat: {
    arity: 4,
    write: true,
    run(client, [key = '', field = '', by = '']) {
      const before = hashOf(client, key)?.get(field) ?? '0';
      const sum = floatOf(before, new Failure('ERR hash value is not a float')) + floatOf(by);
      const text = doubleText(Number(sum.toPrecision(17)));
      put(client, key, [field, text], 'hincrbyfloat');
      return text;
    },
  },
  hrandfield: { arity: -2, run: random },
  hscan: {
    arity: -3,
    run(client, [key = '', cursor = '', ...rest]) {
      const { match, count } = scanOptions(rest);
      const { next, page } = scanPage([...(hashOf(client, key) ?? [])], cursorOf(cursor), count);
      return [next, page.filter(([field]) => match?.test(field) ?? true).flat()];
    },
  },
};
