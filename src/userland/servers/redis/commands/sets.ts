import type { Client } from '../client.ts';
import { type Commands, dataOf, intOf, scanPage } from '../command.ts';
import { Failure, Members, type Reply, SYNTAX } from '../reply.ts';
import { cursorOf, scanOptions } from './keys.ts';

const setOf = ({ db }: Client, key: string): Set<string> | undefined => dataOf(db, key, 'set');

function settle({ db }: Client, key: string, set: ReadonlySet<string>): void {
  if (set.size === 0) db.delete(key);
  else db.touch(key);
}

function sadd(client: Client, [key = '', ...items]: readonly string[]): Reply {
  let set = setOf(client, key);
  if (!set) {
    set = new Set();
    client.db.set(key, { kind: 'set', data: set });
  }
  const before = set.size;
  for (const item of items) set.add(item);
  client.db.touch(key);
  return set.size - before;
}

type Combine = (client: Client, keys: readonly string[]) => Set<string>;

const all = (client: Client, keys: readonly string[]): Set<string>[] =>
  keys.map((key) => setOf(client, key) ?? new Set<string>());

const union: Combine = (client, keys) => new Set(all(client, keys).flatMap((set) => [...set]));
const inter: Combine = (client, keys) => {
  const [first = new Set<string>(), ...others] = all(client, keys);
  return new Set([...first].filter((item) => others.every((set) => set.has(item))));
};
const diff: Combine = (client, keys) => {
  const [first = new Set<string>(), ...others] = all(client, keys);
  return new Set([...first].filter((item) => !others.some((set) => set.has(item))));
};

const show =
  (combine: Combine) =>
  (client: Client, keys: readonly string[]): Reply =>
    new Members([...combine(client, keys)]);

const store =
  (combine: Combine) =>
  (client: Client, [to = '', ...keys]: readonly string[]): Reply => {
    const data = combine(client, keys);
    if (data.size === 0) client.db.delete(to);
    else client.db.set(to, { kind: 'set', data });
    return data.size;
  };

function spop(client: Client, [key = '', count]: readonly string[]): Reply {
  const set = setOf(client, key);
  const wanted = count === undefined ? 1 : intOf(count);
  if (wanted < 0) return new Failure('ERR value is out of range, must be positive');
  const chosen = client.server.shuffled([...(set ?? [])]).slice(0, wanted);
  for (const item of chosen) set!.delete(item);
  if (set) settle(client, key, set);
  return count === undefined ? (chosen[0] ?? null) : new Members(chosen);
}

function srandmember(client: Client, [key = '', count]: readonly string[]): Reply {
  const items = [...(setOf(client, key) ?? [])];
  const one = (): string => items[client.server.random(items.length)]!;
  if (count === undefined) return items.length === 0 ? null : one();
  const wanted = intOf(count);
  if (items.length === 0) return [];
  return wanted < 0 ? Array.from({ length: -wanted }, one) : client.server.shuffled(items).slice(0, wanted);
}

function sintercard(client: Client, [number = '', ...rest]: readonly string[]): Reply {
  const keys = rest.slice(0, intOf(number));
  const [word, limit] = rest.slice(keys.length);
  if (word !== undefined && (!/^limit$/i.test(word) || limit === undefined)) return SYNTAX;
  const { size } = inter(client, keys);
  const most = limit === undefined ? 0 : intOf(limit);
  return most === 0 ? size : Math.min(size, most);
}

export const SETS: Commands = {
  sadd: { arity: -3, write: true, run: sadd },
  srem: {
    arity: -3,
    write: true,
    run(client, [key = '', ...items]) {
      const set = setOf(client, key);
      if (!set) return 0;
      const gone = items.filter((item) => set.delete(item)).length;
      settle(client, key, set);
      return gone;
    },
  },
  smembers: { arity: 2, run: (client, [key = '']) => new Members([...(setOf(client, key) ?? [])]) },
  sismember: { arity: 3, run: (client, [key = '', item = '']) => Number(setOf(client, key)?.has(item) ?? false) },
  smismember: {
    arity: -3,
    run: (client, [key = '', ...items]) => items.map((item) => Number(setOf(client, key)?.has(item) ?? false)),
  },
  scard: { arity: 2, run: (client, [key = '']) => setOf(client, key)?.size ?? 0 },
  spop: { arity: -2, write: true, run: spop },
  srandmember: { arity: -2, run: srandmember },
  smove: {
    arity: 4,
    write: true,
    run(client, [from = '', to = '', item = '']) {
      const set = setOf(client, from);
      setOf(client, to);
      if (!set?.delete(item)) return 0;
      settle(client, from, set);
      sadd(client, [to, item]);
      return 1;
    },
  },
  sunion: { arity: -2, run: show(union) },
  sinter: { arity: -2, run: show(inter) },
  sdiff: { arity: -2, run: show(diff) },
  sunionstore: { arity: -3, write: true, run: store(union) },
  sinterstore: { arity: -3, write: true, run: store(inter) },
  sdiffstore: { arity: -3, write: true, run: store(diff) },
  sintercard: { arity: -3, run: sintercard },
  sscan: {
    arity: -3,
    run(client, [key = '', cursor = '', ...rest]) {
      const { match, count } = scanOptions(rest);
      const { next, page } = scanPage([...(setOf(client, key) ?? [])], cursorOf(cursor), count);
      return [next, page.filter((item) => match?.test(item) ?? true)];
    },
  },
};
