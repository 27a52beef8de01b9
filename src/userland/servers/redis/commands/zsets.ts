import type { Client } from '../client.ts';
import { CommandError, type Commands, dataOf, floatOf, intOf, rangeOf, scanPage } from '../command.ts';
import { Double, doubleText, Failure, type Reply, SYNTAX } from '../reply.ts';
import { cursorOf, scanOptions } from './keys.ts';

type Scores = Map<string, number>;
type Scored = [item: string, score: number];

const scoresOf = ({ db }: Client, key: string): Scores | undefined => dataOf(db, key, 'zset');

/** Members by score, those of the same score by their bytes. */
const ordered = (scores: Scores | undefined): Scored[] =>
  [...(scores ?? [])].sort(([a, s], [b, t]) => (s === t ? (a < b ? -1 : 1) : s - t));

function made(client: Client, key: string): Scores {
  const there = scoresOf(client, key);
  if (there) return there;
  const data: Scores = new Map();
  client.db.set(key, { kind: 'zset', data });
  return data;
}

function settle({ db }: Client, key: string, scores: Scores): void {
  if (scores.size === 0) db.delete(key);
  else db.touch(key);
}

const NAN = new Failure('ERR resulting score is not a number (NaN)');

function zadd(client: Client, [key = '', ...rest]: readonly string[]): Reply {
  const flags = new Set<string>();
  let at = 0;
  for (; /^(nx|xx|gt|lt|ch|incr)$/i.test(rest[at] ?? ''); at++) flags.add(rest[at]!.toUpperCase());
  const pairs = rest.slice(at);
  if (pairs.length === 0 || pairs.length % 2 === 1) return SYNTAX;
  if (flags.has('NX') && flags.has('XX'))
    return new Failure('ERR XX and NX options at the same time are not compatible');
  if ((flags.has('NX') && (flags.has('GT') || flags.has('LT'))) || (flags.has('GT') && flags.has('LT')))
    return new Failure('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (flags.has('INCR') && pairs.length > 2)
    return new Failure('ERR INCR option supports a single increment-element pair');
  const given = pairs.flatMap((score, i) => (i % 2 === 0 ? [[pairs[i + 1]!, floatOf(score)] as Scored] : []));
  const scores = made(client, key);
  let [added, changed] = [0, 0];
  let result: number | undefined;
  for (const [item, value] of given) {
    const before = scores.get(item);
    const score = flags.has('INCR') ? (before ?? 0) + value : value;
    if (Number.isNaN(score)) throw new CommandError(NAN);
    const refused =
      before === undefined
        ? flags.has('XX')
        : flags.has('NX') || (flags.has('GT') && score <= before) || (flags.has('LT') && score >= before);
    if (refused) continue;
    if (before === undefined) added++;
    else if (before !== score) changed++;
    scores.set(item, score);
    result = score;
  }
  settle(client, key, scores);
  if (flags.has('INCR')) return result === undefined ? null : new Double(result);
  return flags.has('CH') ? added + changed : added;
}

interface Bound {
  value: number;
  open: boolean;
}

const BAD_BOUND = new Failure('ERR min or max is not a float');

const boundOf = (text: string): Bound => {
  const open = text.startsWith('(');
  return { value: floatOf(open ? text.slice(1) : text, BAD_BOUND), open };
};

function byScore(scores: Scores | undefined, min: string, max: string): Scored[] {
  const [low, high] = [boundOf(min), boundOf(max)];
  return ordered(scores).filter(
    ([, s]) => (low.open ? s > low.value : s >= low.value) && (high.open ? s < high.value : s <= high.value),
  );
}

function byLex(scores: Scores | undefined, min: string, max: string): Scored[] {
  for (const bound of [min, max])
    if (!/^([([]|[-+]$)/.test(bound)) throw new CommandError(new Failure('ERR min or max not valid string range item'));
  const above = (item: string): boolean =>
    min === '-' || (min !== '+' && (min[0] === '(' ? item > min.slice(1) : item >= min.slice(1)));
  const below = (item: string): boolean =>
    max === '+' || (max !== '-' && (max[0] === '(' ? item < max.slice(1) : item <= max.slice(1)));
  return ordered(scores).filter(([item]) => above(item) && below(item));
}

interface RangeQuery {
  by: 'index' | 'score' | 'lex';
  reverse: boolean;
  start: string;
  stop: string;
  limit: [offset: number, count: number] | undefined;
}

function select(scores: Scores | undefined, { by, reverse, start, stop, limit }: RangeQuery): Scored[] {
  if (by === 'index') {
    const all = ordered(scores);
    if (reverse) all.reverse();
    return all.slice(...rangeOf(intOf(start), intOf(stop), all.length));
  }
  const [min, max] = reverse ? [stop, start] : [start, stop];
  const found = by === 'score' ? byScore(scores, min, max) : byLex(scores, min, max);
  if (reverse) found.reverse();
  if (!limit) return found;
  const [offset, count] = limit;
  return offset < 0 ? [] : found.slice(offset, count < 0 ? undefined : offset + count);
}

/** Members alone or with their scores: pairs in RESP3, a flat list in RESP2. */
const shown = (client: Client, found: readonly Scored[], withScores: boolean): Reply => {
  if (!withScores) return found.map(([item]) => item);
  const pairs = found.map(([item, score]) => [item, new Double(score)]);
  return client.protocol === 3 ? pairs : pairs.flat();
};

function range(defaults: Partial<RangeQuery>, options: readonly string[]) {
  return (client: Client, [key = '', start = '', stop = '', ...rest]: readonly string[]): Reply => {
    const query: RangeQuery = { by: 'index', reverse: false, start, stop, limit: undefined, ...defaults };
    let withScores = false;
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i]!.toUpperCase();
      if (!options.includes(word)) return SYNTAX;
      if (word === 'WITHSCORES') withScores = true;
      else if (word === 'REV') query.reverse = true;
      else if (word === 'BYSCORE') query.by = 'score';
      else if (word === 'BYLEX') query.by = 'lex';
      else {
        if (i + 2 >= rest.length) return SYNTAX;
        query.limit = [intOf(rest[i + 1]!), intOf(rest[i + 2]!)];
        i += 2;
      }
    }
    if (query.limit && query.by === 'index')
      return new Failure('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
    return shown(client, select(scoresOf(client, key), query), withScores);
  };
}

function rank(reverse: boolean) {
  return (client: Client, [key = '', item = '', withScore]: readonly string[]): Reply => {
    const all = ordered(scoresOf(client, key));
    if (reverse) all.reverse();
    const at = all.findIndex(([name]) => name === item);
    if (at < 0) return null;
    return withScore === undefined ? at : [at, new Double(all[at]![1])];
  };
}

function pop(last: boolean) {
  return (client: Client, [key = '', count]: readonly string[]): Reply => {
    const scores = scoresOf(client, key);
    if (!scores) return [];
    const all = ordered(scores);
    if (last) all.reverse();
    const gone = all.slice(0, count === undefined ? 1 : Math.max(0, intOf(count)));
    for (const [item] of gone) scores.delete(item);
    settle(client, key, scores);
    return count === undefined ? gone.flatMap(([item, score]) => [item, new Double(score)]) : shown(client, gone, true);
  };
}

function removal(find: (scores: Scores | undefined, start: string, stop: string) => Scored[]) {
  return (client: Client, [key = '', start = '', stop = '']: readonly string[]): Reply => {
    const scores = scoresOf(client, key);
    const gone = find(scores, start, stop);
    if (!scores) return 0;
    for (const [item] of gone) scores.delete(item);
    settle(client, key, scores);
    return gone.length;
  };
}

/** ZUNIONSTORE and ZINTERSTORE: sets count as members of score 1. */
function combine(all: boolean) {
  return (client: Client, [to = '', number = '', ...rest]: readonly string[]): Reply => {
    const keys = rest.slice(0, intOf(number));
    const options = rest.slice(keys.length);
    let weights = keys.map(() => 1);
    let join = (a: number, b: number): number => a + b;
    for (let i = 0; i < options.length; ) {
      if (/^weights$/i.test(options[i]!)) {
        weights = options.slice(i + 1, i + 1 + keys.length).map((word) => floatOf(word));
        if (weights.length < keys.length) return SYNTAX;
        i += 1 + keys.length;
      } else if (/^aggregate$/i.test(options[i]!)) {
        const how = (options[i + 1] ?? '').toUpperCase();
        if (!['SUM', 'MIN', 'MAX'].includes(how)) return SYNTAX;
        if (how !== 'SUM') join = how === 'MIN' ? Math.min : Math.max;
        i += 2;
      } else return SYNTAX;
    }
    const sources = keys.map((key): Scores => {
      const value = client.db.get(key);
      return value?.kind === 'set'
        ? new Map([...value.data].map((item) => [item, 1]))
        : (scoresOf(client, key) ?? new Map());
    });
    const out: Scores = new Map();
    for (const [i, source] of sources.entries())
      for (const [item, score] of source) {
        if (all && !sources.every((other) => other.has(item))) continue;
        const weighted = score * weights[i]!;
        const before = out.get(item);
        out.set(item, before === undefined ? weighted : join(before, weighted));
      }
    if (out.size === 0) client.db.delete(to);
    else client.db.set(to, { kind: 'zset', data: out });
    return out.size;
  };
}

export const ZSETS: Commands = {
  zadd: { arity: -4, write: true, run: zadd },
  zincrby: {
    arity: 4,
    write: true,
    run: (client, [key = '', by = '', item = '']) => zadd(client, [key, 'INCR', by, item]),
  },
  zrem: {
    arity: -3,
    write: true,
    run(client, [key = '', ...items]) {
      const scores = scoresOf(client, key);
      if (!scores) return 0;
      const gone = items.filter((item) => scores.delete(item)).length;
      settle(client, key, scores);
      return gone;
    },
  },
  zscore: {
    arity: 3,
    run(client, [key = '', item = '']) {
      const score = scoresOf(client, key)?.get(item);
      return score === undefined ? null : new Double(score);
    },
  },
  zmscore: {
    arity: -3,
    run: (client, [key = '', ...items]) =>
      items.map((item) => {
        const score = scoresOf(client, key)?.get(item);
        return score === undefined ? null : new Double(score);
      }),
  },
  zcard: { arity: 2, run: (client, [key = '']) => scoresOf(client, key)?.size ?? 0 },
  zcount: {
    arity: 4,
    run: (client, [key = '', min = '', max = '']) => byScore(scoresOf(client, key), min, max).length,
  },
  zlexcount: {
    arity: 4,
    run: (client, [key = '', min = '', max = '']) => byLex(scoresOf(client, key), min, max).length,
  },
  zrange: { arity: -4, run: range({}, ['WITHSCORES', 'REV', 'BYSCORE', 'BYLEX', 'LIMIT']) },
  zrevrange: { arity: -4, run: range({ reverse: true }, ['WITHSCORES']) },
  zrangebyscore: { arity: -4, run: range({ by: 'score' }, ['WITHSCORES', 'LIMIT']) },
  zrevrangebyscore: { arity: -4, run: range({ by: 'score', reverse: true }, ['WITHSCORES', 'LIMIT']) },
  zrangebylex: { arity: -4, run: range({ by: 'lex' }, ['LIMIT']) },
  zrevrangebylex: { arity: -4, run: range({ by: 'lex', reverse: true }, ['LIMIT']) },
  zrank: { arity: -3, run: rank(false) },
  zrevrank: { arity: -3, run: rank(true) },
  zpopmin: { arity: -2, write: true, run: pop(false) },
  zpopmax: { arity: -2, write: true, run: pop(true) },
  zremrangebyscore: { arity: 4, write: true, run: removal(byScore) },
  zremrangebylex: { arity: 4, write: true, run: removal(byLex) },
  zremrangebyrank: {
    arity: 4,
    write: true,
    run: removal((scores, start, stop) => {
      const all = ordered(scores);
      return all.slice(...rangeOf(intOf(start), intOf(stop), all.length));
    }),
  },
  zunionstore: { arity: -4, write: true, run: combine(false) },
  zinterstore: { arity: -4, write: true, run: combine(true) },
  zscan: {
    arity: -3,
    run(client, [key = '', cursor = '', ...rest]) {
      const { match, count } = scanOptions(rest);
      const { next, page } = scanPage(ordered(scoresOf(client, key)), cursorOf(cursor), count);
      const found = page.filter(([item]) => match?.test(item) ?? true);
      return [next, found.flatMap(([item, score]) => [item, doubleText(score)])];
    },
  },
};
