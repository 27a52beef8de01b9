import type { Client } from '../client.ts';
import { type Commands, dataOf, intOf, rangeOf } from '../command.ts';
import { Failure, NO_KEY, OK, type Reply, SYNTAX } from '../reply.ts';

type End = 'left' | 'right';

const listOf = ({ db }: Client, key: string): string[] | undefined => dataOf(db, key, 'list');

/** The list is kept while it has items. */
function settle({ db }: Client, key: string, list: readonly string[]): void {
  if (list.length === 0) db.delete(key);
  else db.touch(key);
}

function pushTo(client: Client, key: string, items: readonly string[], end: End): number {
  let list = listOf(client, key);
  if (!list) {
    list = [];
    client.db.set(key, { kind: 'list', data: list });
  }
  for (const item of items) {
    if (end === 'left') list.unshift(item);
    else list.push(item);
  }
  client.db.touch(key);
  client.server.ready();
  return list.length;
}

export function popFrom(client: Client, key: string, end: End): string | undefined {
  const list = listOf(client, key);
  if (!list) return undefined;
  const item = end === 'left' ? list.shift() : list.pop();
  settle(client, key, list);
  return item;
}

const push =
  (end: End, onlyThere: boolean) =>
  (client: Client, [key = '', ...items]: readonly string[]): Reply =>
    onlyThere && !listOf(client, key) ? 0 : pushTo(client, key, items, end);

const pop =
  (end: End) =>
  (client: Client, [key = '', count]: readonly string[]): Reply => {
    if (count === undefined) return popFrom(client, key, end) ?? null;
    const wanted = intOf(count);
    if (wanted < 0) return new Failure('ERR value is out of range, must be positive');
    if (!listOf(client, key)) return null;
    const out: string[] = [];
    for (let item; out.length < wanted && (item = popFrom(client, key, end)) !== undefined; ) out.push(item);
    return out;
  };

/** LEFT or RIGHT. */
const endOf = (word: string): End | undefined =>
  /^left$/i.test(word) ? 'left' : /^right$/i.test(word) ? 'right' : undefined;

export function move(client: Client, from: string, to: string, fromEnd: End, toEnd: End): Reply {
  // a wrong kind at the destination must not lose the item
  listOf(client, to);
  const item = popFrom(client, from, fromEnd);
  if (item === undefined) return null;
  pushTo(client, to, [item], toEnd);
  return item;
}

export function lmove(client: Client, [from = '', to = '', a = '', b = '']: readonly string[]): Reply {
  const [fromEnd, toEnd] = [endOf(a), endOf(b)];
  return fromEnd && toEnd ? move(client, from, to, fromEnd, toEnd) : SYNTAX;
}

function lrem(client: Client, [key = '', count = '', item = '']: readonly string[]): Reply {
  const list = listOf(client, key);
  const wanted = intOf(count);
  if (!list) return 0;
  let left = wanted === 0 ? list.length : Math.abs(wanted);
  let removed = 0;
  const backwards = wanted < 0;
  for (let i = backwards ? list.length - 1 : 0; left > 0 && i >= 0 && i < list.length; ) {
    if (list[i] === item) {
      list.splice(i, 1);
      removed++;
      left--;
      if (backwards) i--;
    } else i += backwards ? -1 : 1;
  }
  settle(client, key, list);
  return removed;
}

function linsert(client: Client, [key = '', where = '', pivot = '', item = '']: readonly string[]): Reply {
  if (!/^(before|after)$/i.test(where)) return SYNTAX;
  const list = listOf(client, key);
  if (!list) return 0;
  const at = list.indexOf(pivot);
  if (at < 0) return -1;
  list.splice(/before/i.test(where) ? at : at + 1, 0, item);
  client.db.touch(key);
  return list.length;
}

function lpos(client: Client, [key = '', item = '', ...options]: readonly string[]): Reply {
  let [rank, count, most]: [number, number | undefined, number] = [1, undefined, 0];
  for (let i = 0; i < options.length; i += 2) {
    const value = intOf(options[i + 1] ?? '');
    if (/^rank$/i.test(options[i]!)) rank = value;
    else if (/^count$/i.test(options[i]!)) count = value;
    else if (/^maxlen$/i.test(options[i]!)) most = value;
    else return SYNTAX;
  }
  if (rank === 0)
    return new Failure(
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
    );
  const list = listOf(client, key) ?? [];
  const order = list.map((_, i) => (rank > 0 ? i : list.length - 1 - i)).slice(0, most === 0 ? list.length : most);
  const found = order.filter((i) => list[i] === item).slice(Math.abs(rank) - 1);
  if (count === undefined) return found[0] ?? null;
  return count === 0 ? found : found.slice(0, count);
}

export const LISTS: Commands = {
  lpush: { arity: -3, write: true, run: push('left', false) },
  rpush: { arity: -3, write: true, run: push('right', false) },
  lpushx: { arity: -3, write: true, run: push('left', true) },
  rpushx: { arity: -3, write: true, run: push('right', true) },
  lpop: { arity: -2, write: true, run: pop('left') },
  rpop: { arity: -2, write: true, run: pop('right') },
  llen: { arity: 2, run: (client, [key = '']) => listOf(client, key)?.length ?? 0 },
  lrange: {
    arity: 4,
    run(client, [key = '', start = '', stop = '']) {
      const list = listOf(client, key) ?? [];
      return list.slice(...rangeOf(intOf(start), intOf(stop), list.length));
    },
  },
  lindex: { arity: 3, run: (client, [key = '', at = '']) => listOf(client, key)?.at(intOf(at)) ?? null },
  lset: {
    arity: 4,
    write: true,
    run(client, [key = '', at = '', item = '']) {
      const list = listOf(client, key);
      if (!list) return NO_KEY;
      const index = intOf(at) < 0 ? intOf(at) + list.length : intOf(at);
      if (index < 0 || index >= list.length) return new Failure('ERR index out of range');
      list[index] = item;
      client.db.touch(key);
      return OK;
    },
  },
  lrem: { arity: 4, write: true, run: lrem },
  ltrim: {
    arity: 4,
    write: true,
    run(client, [key = '', start = '', stop = '']) {
      const list = listOf(client, key);
      if (!list) return OK;
      const kept = list.slice(...rangeOf(intOf(start), intOf(stop), list.length));
      list.splice(0, list.length, ...kept);
      settle(client, key, list);
      return OK;
    },
  },
  linsert: { arity: 5, write: true, run: linsert },
  rpoplpush: {
    arity: 3,
    write: true,
    run: (client, [from = '', to = '']) => move(client, from, to, 'right', 'left'),
  },
  lmove: { arity: 5, write: true, run: lmove },
  lpos: { arity: -3, run: lpos },
};
