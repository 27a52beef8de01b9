import type { Client } from '../client.ts';
import { bigOf, CommandError, type Commands, dataOf, floatOf, intOf, isInt64, rangeOf } from '../command.ts';
import { doubleText, Failure, OK, type Reply, SYNTAX } from '../reply.ts';

const OVERFLOW = new Failure('ERR increment or decrement would overflow');
/** Longest string, bytes. */
const STRING_MAX = 512 * 1024 * 1024;

const stringOf = ({ db }: Client, key: string): string | undefined => dataOf(db, key, 'string');

function put({ db }: Client, key: string, data: string, keep = false): void {
  db.set(key, { kind: 'string', data }, keep);
}

/** Adds to a whole number. @throws CommandError */
function add(client: Client, key: string, by: bigint): Reply {
  const sum = bigOf(stringOf(client, key) ?? '0') + by;
  if (!isInt64(sum)) throw new CommandError(OVERFLOW);
  put(client, key, String(sum), true);
  return sum;
}

const badExpiry = (name: string): Failure => new Failure(`ERR invalid expire time in '${name}' command`);

/** The time that an option like EX 10 says, in ms since the Epoch. @throws CommandError */
function expiryOf(client: Client, unit: string, text: string, name: string): number {
  const value = intOf(text);
  if (value <= 0) throw new CommandError(badExpiry(name));
  const ms = unit.startsWith('EX') ? value * 1000 : value;
  return unit.endsWith('AT') ? ms : client.server.now() + ms;
}

const UNITS = ['EX', 'PX', 'EXAT', 'PXAT'];

function set(client: Client, [key = '', data = '', ...options]: readonly string[]): Reply {
  let expires: number | undefined;
  let [keep, get, only] = [false, false, ''];
  for (let i = 0; i < options.length; i++) {
    const option = options[i]!.toUpperCase();
    if (UNITS.includes(option) && expires === undefined && !keep && i + 1 < options.length)
      expires = expiryOf(client, option, options[++i]!, 'set');
    else if (option === 'KEEPTTL' && expires === undefined) keep = true;
    else if (option === 'GET') get = true;
    else if ((option === 'NX' || option === 'XX') && only === '') only = option;
    else return SYNTAX;
  }
  const before = get ? (stringOf(client, key) ?? null) : null;
  const there = client.db.get(key) !== undefined;
  if ((only === 'NX' && there) || (only === 'XX' && !there)) return get ? before : null;
  put(client, key, data, keep);
  if (expires !== undefined) client.db.expire(key, expires);
  return get ? before : OK;
}

function setWithExpiry(unit: string, name: string) {
  return (client: Client, [key = '', time = '', data = '']: readonly string[]): Reply => {
    const expires = expiryOf(client, unit, time, name);
    put(client, key, data);
    client.db.expire(key, expires);
    return OK;
  };
}

function getex(client: Client, [key = '', ...options]: readonly string[]): Reply {
  const data = stringOf(client, key);
  const option = options[0]?.toUpperCase();
  if (option === 'PERSIST' && options.length === 1) client.db.expire(key, undefined);
  else if (option !== undefined && UNITS.includes(option) && options.length === 2)
    client.db.expire(key, expiryOf(client, option, options[1]!, 'getex'));
  else if (option !== undefined) return SYNTAX;
  return data ?? null;
}

function setrange(client: Client, [key = '', at = '', piece = '']: readonly string[]): Reply {
  const offset = intOf(at);
  if (offset < 0) return new Failure('ERR offset is out of range');
  if (offset + piece.length > STRING_MAX)
    return new Failure('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  const before = stringOf(client, key) ?? '';
  if (piece === '') return before.length;
  const padded = before.padEnd(offset, '\0');
  const data = padded.slice(0, offset) + piece + padded.slice(offset + piece.length);
  put(client, key, data, true);
  return data.length;
}

function getrange(client: Client, [key = '', start = '', stop = '']: readonly string[]): Reply {
  const data = stringOf(client, key) ?? '';
  const [from, to] = rangeOf(intOf(start), intOf(stop), data.length);
  return data.slice(from, to);
}

function offsetOf(text: string): number {
  const offset = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (offset < 0 || offset >= STRING_MAX * 8)
    throw new CommandError(new Failure('ERR bit offset is not an integer or out of range'));
  return offset;
}

const bitAt = (data: string, offset: number): number => ((data.charCodeAt(offset >> 3) || 0) >> (7 - (offset & 7))) & 1;

function setbit(client: Client, [key = '', at = '', bit = '']: readonly string[]): Reply {
  const offset = offsetOf(at);
  if (bit !== '0' && bit !== '1') return new Failure('ERR bit is not an integer or out of range');
  const data = (stringOf(client, key) ?? '').padEnd((offset >> 3) + 1, '\0');
  const mask = 128 >> (offset & 7);
  const byte = data.charCodeAt(offset >> 3);
  const changed = String.fromCharCode(bit === '1' ? byte | mask : byte & ~mask);
  put(client, key, data.slice(0, offset >> 3) + changed + data.slice((offset >> 3) + 1), true);
  return bitAt(data, offset);
}

function bitcount(client: Client, [key = '', start, stop, unit = 'BYTE']: readonly string[]): Reply {
  const data = stringOf(client, key) ?? '';
  if ((start === undefined) !== (stop === undefined) || !/^(BYTE|BIT)$/i.test(unit)) return SYNTAX;
  const length = /bit/i.test(unit) ? data.length * 8 : data.length;
  const [from, to] = start === undefined ? [0, length] : rangeOf(intOf(start), intOf(stop!), length);
  const scale = /bit/i.test(unit) ? 1 : 8;
  let count = 0;
  for (let i = from * scale; i < to * scale; i++) count += bitAt(data, i);
  return count;
}

function pairsOf(args: readonly string[]): [string, string][] {
  return args.flatMap((key, i) => (i % 2 === 0 ? [[key, args[i + 1]!] as [string, string]] : []));
}

const oddPairs = (name: string): Failure => new Failure(`ERR wrong number of arguments for '${name}' command`);

export const STRINGS: Commands = {
  set: { arity: -3, write: true, run: set },
  get: { arity: 2, run: (client, [key = '']) => stringOf(client, key) ?? null },
  getset: {
    arity: 3,
    write: true,
    run(client, [key = '', data = '']) {
      const before = stringOf(client, key) ?? null;
      put(client, key, data);
      return before;
    },
  },
  getdel: {
    arity: 2,
    write: true,
    run(client, [key = '']) {
      const before = stringOf(client, key) ?? null;
      client.db.delete(key);
      return before;
    },
  },
  getex: { arity: -2, write: true, run: getex },
  setnx: {
    arity: 3,
    write: true,
    run(client, [key = '', data = '']) {
      if (client.db.get(key)) return 0;
      put(client, key, data);
      return 1;
    },
  },
  setex: { arity: 4, write: true, run: setWithExpiry('EX', 'setex') },
  psetex: { arity: 4, write: true, run: setWithExpiry('PX', 'psetex') },
  mget: {
    arity: -2,
    run: ({ db }, keys) =>
      keys.map((key) => {
        const value = db.get(key);
        return value?.kind === 'string' ? value.data : null;
      }),
  },
  mset: {
    arity: -3,
    write: true,
    run(client, args) {
      if (args.length % 2 === 1) return oddPairs('mset');
      for (const [key, data] of pairsOf(args)) put(client, key, data);
      return OK;
    },
  },
  msetnx: {
    arity: -3,
    write: true,
    run(client, args) {
      if (args.length % 2 === 1) return oddPairs('msetnx');
      if (pairsOf(args).some(([key]) => client.db.get(key))) return 0;
      for (const [key, data] of pairsOf(args)) put(client, key, data);
      return 1;
    },
  },
  incr: { arity: 2, write: true, run: (client, [key = '']) => add(client, key, 1n) },
  decr: { arity: 2, write: true, run: (client, [key = '']) => add(client, key, -1n) },
  incrby: { arity: 3, write: true, run: (client, [key = '', by = '']) => add(client, key, bigOf(by)) },
  decrby: { arity: 3, write: true, run: (client, [key = '', by = '']) => add(client, key, -bigOf(by)) },
  incrbyfloat: {
    arity: 3,
    write: true,
    run(client, [key = '', by = '']) {
      const sum = floatOf(stringOf(client, key) ?? '0') + floatOf(by);
      if (!Number.isFinite(sum)) return new Failure('ERR increment would produce NaN or Infinity');
      const data = doubleText(Number(sum.toPrecision(17)));
      put(client, key, data, true);
      return data;
    },
  },
  append: {
    arity: 3,
    write: true,
    run(client, [key = '', piece = '']) {
      const data = (stringOf(client, key) ?? '') + piece;
      put(client, key, data, true);
      return data.length;
    },
  },
  strlen: { arity: 2, run: (client, [key = '']) => (stringOf(client, key) ?? '').length },
  getrange: { arity: 4, run: getrange },
  substr: { arity: 4, run: getrange },
  setrange: { arity: 4, write: true, run: setrange },
  setbit: { arity: 4, write: true, run: setbit },
  getbit: { arity: 3, run: (client, [key = '', at = '']) => bitAt(stringOf(client, key) ?? '', offsetOf(at)) },
  bitcount: { arity: -2, run: bitcount },
};
