import type { Client } from './client.ts';
import type { Database, Kind, Value } from './database.ts';
import { type Failure, NOT_FLOAT, NOT_INTEGER, type Reply, WRONG_TYPE } from './reply.ts';

export interface Command {
  /** Number of words, the name among them; negative: at least so many. */
  arity: number;
  /** Changes data: it is logged, and counts for the next save. */
  write?: true;
  /** May be given before a password was, or inside of a subscription. */
  always?: true;
  run(client: Client, args: readonly string[]): Reply;
}

export type Commands = Readonly<Record<string, Command>>;

/** A refusal that a command throws from below. */
export class CommandError extends Error {
  constructor(readonly reply: Failure) {
    super(reply.text);
  }
}

type DataOf<K extends Kind> = Extract<Value, { kind: K }>['data'];

/** The data of a key, if it is of this kind; undefined where there is no such key. @throws CommandError for another kind */
export function dataOf<K extends Kind>(db: Database, key: string, kind: K): DataOf<K> | undefined {
  const value = db.get(key);
  if (!value) return undefined;
  if (value.kind !== kind) throw new CommandError(WRONG_TYPE);
  return value.data as DataOf<K> | undefined;
}

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** A 64-bit whole number. @throws CommandError */
export function bigOf(text: string): bigint {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) throw new CommandError(NOT_INTEGER);
  const value = BigInt(text);
  if (value < MIN || value > MAX) throw new CommandError(NOT_INTEGER);
  return value;
}

export const isInt64 = (value: bigint): boolean => value >= MIN && value <= MAX;

/** A whole number that is used as a count or an index. @throws CommandError */
export const intOf = (text: string): number => Number(bigOf(text));

/** A number with a fraction; `inf` and `-inf` too. @throws CommandError */
export function floatOf(text: string, refusal: Failure = NOT_FLOAT): number {
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new CommandError(refusal);
  return Number(text);
}

/** Start and end of a range with negative indexes, as half-open bounds within `length`. */
export function rangeOf(start: number, stop: number, length: number): [from: number, to: number] {
  const from = Math.max(0, start < 0 ? start + length : start);
  const to = Math.min(length - 1, stop < 0 ? stop + length : stop);
  return from > to ? [0, 0] : [from, to + 1];
}

/** A glob of KEYS, SCAN and PSUBSCRIBE. @see redis util.c, stringmatchlen */
export function globOf(pattern: string): RegExp {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '*') out += '[^]*';
    else if (c === '?') out += '[^]';
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 1);
      const inner = end < 0 ? pattern.slice(i + 1) : pattern.slice(i + 1, end);
      out += `[${inner.replace(/[\\\]]/g, '\\$&')}]`;
      i = end < 0 ? pattern.length : end;
    } else {
      const literal = c === '\\' && i + 1 < pattern.length ? pattern[++i]! : c;
      out += literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    }
  }
  return new RegExp(`^${out}$`);
}

/** The options MATCH, COUNT and TYPE of the SCAN family. @throws CommandError */
export interface ScanOptions {
  match: RegExp | undefined;
  count: number;
  type: string | undefined;
}

/** One page of a list by a cursor that is a position. @returns the next cursor and the page */
export function scanPage<T>(items: readonly T[], cursor: number, count: number): { next: string; page: T[] } {
  const page = items.slice(cursor, cursor + count);
  const end = cursor + page.length;
  return { next: end >= items.length ? '0' : String(end), page };
}
