import { BLOCKED, ETIMEDOUT } from '../../../abi/errno.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Client } from './client.ts';
import { type Command, CommandError, type Commands, floatOf, globOf } from './command.ts';
import { CONNECTION } from './commands/connection.ts';
import { HASHES } from './commands/hashes.ts';
import { KEYS } from './commands/keys.ts';
import { LISTS, lmove, move, popFrom } from './commands/lists.ts';
import { SERVER } from './commands/server.ts';
import { SETS } from './commands/sets.ts';
import { STRINGS } from './commands/strings.ts';
import { ZSETS } from './commands/zsets.ts';
import { Failure, QUEUED, type Reply } from './reply.ts';

export const COMMANDS: Commands = {
  ...CONNECTION,
  ...KEYS,
  ...STRINGS,
  ...LISTS,
  ...HASHES,
  ...SETS,
  ...ZSETS,
  ...SERVER,
};

/** What a server does besides its commands: handed in, so that commands stay plain functions. */
export interface Outside {
  /** A write was done: for the log of appended commands. */
  written(client: Client, words: readonly string[], reply: Reply): Wait<void>;
  save(background: boolean): Wait<Reply>;
  rewrite(): Wait<Reply>;
}

/** Commands that wait or write: run apart from the table. */
const APART: Readonly<Record<string, number>> = {
  exec: 1,
  publish: 3,
  save: 1,
  bgsave: -1,
  bgrewriteaof: 1,
  blpop: -3,
  brpop: -3,
  blmove: 6,
  brpoplpush: 4,
  command: -1,
  eval: -3,
  evalsha: -3,
  eval_ro: -3,
  evalsha_ro: -3,
  script: -2,
};

/** Allowed before a password, by name. */
const OPEN = ['auth', 'hello', 'quit', 'reset'];
const IN_SUBSCRIPTION = ['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ping', 'quit', 'reset'];
const UNQUEUED = ['exec', 'discard', 'multi', 'watch', 'quit', 'reset'];

const known = (name: string): Command | undefined => (Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined);
const arityOf = (name: string): number | undefined =>
  known(name)?.arity ?? (Object.hasOwn(APART, name) ? APART[name] : undefined);

const fitsArity = (arity: number, words: number): boolean => (arity < 0 ? words >= -arity : words === arity);

function unknown(name: string, args: readonly string[]): Failure {
  let begin = '';
  for (const arg of args) {
    if (begin.length >= 128) break;
    begin += `'${arg.slice(0, 128 - begin.length)}' `;
  }
  return new Failure(
    `ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${begin}`.replace(/[\r\n]/g, ' '),
  );
}

/** Answers one request of a client. */
export function* execute(client: Client, words: readonly string[], outside: Outside): Wait<Reply> {
  const [given = '', ...args] = words;
  const name = given.toLowerCase();
  const arity = arityOf(name);
  client.lastCommand = name;
  const refusal = refusalOf(client, name, given, words, arity);
  if (refusal) {
    if (client.queue) client.spoiled = true;
    return refusal;
  }
  if (client.queue && !UNQUEUED.includes(name)) {
    client.queue.push([...words]);
    return QUEUED;
  }
  const late = yield* client.server.scripts.turn(client, name);
  if (late) return late;
  client.server.commands++;
  return name === 'exec' ? yield* exec(client, outside) : yield* run(client, name, args, words, outside, true);
}

function refusalOf(
  client: Client,
  name: string,
  given: string,
  words: readonly string[],
  arity: number | undefined,
): Failure | undefined {
  if (!client.trusted && !OPEN.includes(name)) return new Failure('NOAUTH Authentication required.');
  if (arity === undefined) return unknown(given, words.slice(1));
  if (!fitsArity(arity, words.length)) return new Failure(`ERR wrong number of arguments for '${name}' command`);
  if (client.subscriptions > 0 && client.protocol === 2 && !IN_SUBSCRIPTION.includes(name))
    return new Failure(
      `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  return undefined;
}

function* exec(client: Client, outside: Outside): Wait<Reply> {
  const { queue } = client;
  if (!queue) return new Failure('ERR EXEC without MULTI');
  const [spoiled, undisturbed] = [client.spoiled, client.undisturbed];
  client.forget();
  if (spoiled) return new Failure('EXECABORT Transaction discarded because of previous errors.');
  if (!undisturbed) return null;
  const replies: Reply[] = [];
  for (const words of queue) {
    client.server.commands++;
    replies.push(yield* run(client, words[0]!.toLowerCase(), words.slice(1), words, outside, false));
  }
  return replies;
}

function* run(
  client: Client,
  name: string,
  args: readonly string[],
  words: readonly string[],
  outside: Outside,
  mayWait: boolean,
): Wait<Reply> {
  const { server } = client;
  try {
    const command = known(name);
    if (!command) return yield* apart(client, name, args, outside, mayWait);
    const reply = command.run(client, args);
    if (command.write && !(reply instanceof Failure)) {
      server.changed();
      server.bytes += words.reduce((sum, word) => sum + word.length, 0);
      yield* outside.written(client, words, reply);
    } else if (name === 'get') reply === null ? server.misses++ : server.hits++;
    return reply;
  } catch (error) {
    if (error instanceof CommandError) return error.reply;
    throw error;
  }
}

function* apart(
  client: Client,
  name: string,
  args: readonly string[],
  outside: Outside,
  mayWait: boolean,
): Wait<Reply> {
  const [first = '', second = ''] = args;
  switch (name) {
    case 'publish':
      return yield* client.server.publish(first, second, globOf);
    case 'save':
    case 'bgsave':
      return yield* outside.save(name === 'bgsave');
    case 'bgrewriteaof':
      return yield* outside.rewrite();
    case 'script':
      return client.server.scripts.command(client.sys, args);
    case 'eval':
    case 'evalsha':
    case 'eval_ro':
    case 'evalsha_ro':
      return yield* client.server.scripts.run(client, name, args, (words) => scripted(client, words, outside));
    case 'command':
      return /^count$/i.test(first) ? Object.keys(COMMANDS).length + Object.keys(APART).length : [];
    default:
      return yield* blocking(client, name, args, outside, mayWait);
  }
}

/** Commands that a script may not give. */
const UNSCRIPTED = [
  'eval',
  'evalsha',
  'script',
  'multi',
  'exec',
  'discard',
  'watch',
  'subscribe',
  'psubscribe',
  'save',
  'bgsave',
  'auth',
  'hello',
];

/** A command of a script. */
function* scripted(client: Client, words: readonly string[], outside: Outside): Wait<Reply> {
  const name = words[0]!.toLowerCase();
  const arity = arityOf(name);
  if (arity === undefined) return new Failure('ERR Unknown Redis command called from script');
  if (UNSCRIPTED.includes(name)) return new Failure('ERR This Redis command is not allowed from script');
  if (!fitsArity(arity, words.length)) return new Failure('ERR Wrong number of args calling Redis command from script');
  return yield* run(client, name, words.slice(1), words, outside, false);
}

/** Waits until a list has an item, or the time is over. */
function* blocking(
  client: Client,
  name: string,
  args: readonly string[],
  outside: Outside,
  mayWait: boolean,
): Wait<Reply> {
  const { server, sys } = client;
  const seconds = floatOf(args.at(-1)!, new Failure('ERR timeout is not a float or out of range'));
  if (seconds < 0) return new Failure('ERR timeout is negative');
  const end = seconds === 0 ? Number.POSITIVE_INFINITY : server.now() + seconds * 1000;
  for (;;) {
    const reply = attempt(client, name, args.slice(0, -1));
    if (reply !== undefined) {
      if (reply instanceof Failure) return reply;
      server.changed();
      yield* outside.written(client, plainForm(name, args, reply), reply);
      return Array.isArray(reply) || typeof reply === 'string' ? reply : null;
    }
    const left = end - server.now();
    if (!mayWait || left <= 0 || client.leaving) return null;
    const seen = server.pushed.value;
    let r: number;
    const timeout = Number.isFinite(left) ? left : undefined;
    while ((r = sys.futexWait(server.pushed, seen, timeout)) === BLOCKED) yield;
    if (r === -ETIMEDOUT) return null;
  }
}

/** @returns undefined where there is nothing yet */
function attempt(client: Client, name: string, args: readonly string[]): Reply {
  const [from = '', to = ''] = args;
  if (name === 'blmove') return lmove(client, args) ?? undefined;
  if (name === 'brpoplpush') return move(client, from, to, 'right', 'left') ?? undefined;
  for (const key of args) {
    const item = popFrom(client, key, name === 'blpop' ? 'left' : 'right');
    if (item !== undefined) return [key, item];
  }
  return undefined;
}

/** The command that does the same without waiting: what the log keeps. */
function plainForm(name: string, args: readonly string[], reply: Reply): string[] {
  if (name === 'blmove') return ['LMOVE', ...args.slice(0, 4)];
  if (name === 'brpoplpush') return ['RPOPLPUSH', ...args.slice(0, 2)];
  return [name === 'blpop' ? 'LPOP' : 'RPOP', (reply as readonly string[])[0]!];
}
