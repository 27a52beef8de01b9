import { BLOCKED } from '../../../abi/errno.ts';
import type { PackValue } from '../../../abi/pack.ts';
import type { Futex, Sys } from '../../../abi/sys.ts';
import { toHex } from '../../../lib/hex.ts';
import { sha1 } from '../../../lib/sha1.ts';
import type { Wait } from '../../../libc/io.ts';
import { Pack, PackEnded } from '../../../libc/pack.ts';
import { fromBinary } from './bytes.ts';
import type { Client } from './client.ts';
import { intOf } from './command.ts';
import { Failure, OK, type Reply, Simple } from './reply.ts';

/** Bytes that Lua may take. */
const MEMORY = 64 * 1024 * 1024;
/** After this time others are told that a script runs; milliseconds (busy-reply-threshold). */
const PATIENCE = 5000;
const BUSY = new Failure('BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.');

/** What scripts see as `redis`, on top of the pack's `host`. */
const LIBRARY = `
redis = {}
local host, error, type, tostring = host, error, type, tostring
function redis.pcall(...) return host('call', ...) end
function redis.call(...)
  local reply = host('call', ...)
  if type(reply) == 'table' and reply.err then error(reply.err, 0) end
  return reply
end
function redis.error_reply(text) return { err = text:match('^%S+ ') and text or 'ERR ' .. text } end
function redis.status_reply(text) return { ok = text } end
function redis.sha1hex(text) return host('sha1', tostring(text)) end
function redis.log() end
function redis.setresp() end
function redis.replicate_commands() return true end
redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING = 0, 1, 2, 3
unpack = table.unpack
cjson = { encode = function(value) return host('encode', value) end, decode = function(text) return host('decode', text) end }
os, io, package, require, dofile, loadfile, debug = nil, nil, nil, nil, nil, nil, nil
KEYS, ARGV = {}, {}
setmetatable(_G, {
  __newindex = function() error('Attempt to modify a readonly table', 2) end,
  __index = function(_, name) error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2) end,
})
`;

/** Does a command of a script. */
export type Call = (words: readonly string[]) => Wait<Reply>;

/** The scripts of a server, and the one that runs: meanwhile nobody else is served. */
export class Scripts {
  readonly #known: Map<string, string> = new Map();
  readonly #pack = new Pack('lua', MEMORY);
  #started = 0;
  #running: Client | undefined;
  #killed = false;
  readonly #done: Futex = { value: 0 };

  /** Waits while somebody else's script runs. @returns what to say to who waited too long */
  *turn(client: Client, name: string): Wait<Failure | undefined> {
    if (name === 'script' || name === 'shutdown') return undefined;
    const end = client.server.now() + PATIENCE;
    while (this.#running && this.#running !== client) {
      const left = end - client.server.now();
      if (left <= 0) return BUSY;
      const seen = this.#done.value;
      while (client.sys.futexWait(this.#done, seen, left) === BLOCKED) yield;
    }
    return undefined;
  }

  /** SCRIPT. */
  command(sys: Sys, args: readonly string[]): Reply {
    const [verb = '', ...rest] = args;
    switch (verb.toLowerCase()) {
      case 'load':
        return this.#remember(rest[0] ?? '');
      case 'exists':
        return rest.map((sha) => (this.#known.has(sha.toLowerCase()) ? 1 : 0));
      case 'flush':
        this.#known.clear();
        return OK;
      case 'kill':
        if (!this.#running) return new Failure('NOTBUSY No scripts in execution right now.');
        this.#killed = true;
        this.#pack.close(sys);
        return OK;
      default:
        return new Failure(`ERR unknown subcommand '${verb}'. Try SCRIPT HELP.`);
    }
  }

  #remember(script: string): string {
    const sha = hashOf(script);
    this.#known.set(sha, script);
    return sha;
  }

  /** EVAL and EVALSHA. @throws CommandError */
  *run(client: Client, name: string, args: readonly string[], call: Call): Wait<Reply> {
    const [given = '', count = '', ...rest] = args;
    const keys = intOf(count);
    if (keys < 0) return new Failure("ERR Number of keys can't be negative");
    if (keys > rest.length) return new Failure("ERR Number of keys can't be greater than number of args");
    const script = name.startsWith('evalsha') ? this.#known.get(given.toLowerCase()) : given;
    if (script === undefined) return new Failure('NOSCRIPT No matching script. Please use EVAL.');
    const sha = this.#remember(script);
    this.#running = client;
    this.#killed = false;
    try {
      return yield* this.#evaluate(client.sys, script, sha, rest.slice(0, keys), rest.slice(keys), call);
    } catch (error) {
      if (!(error instanceof PackEnded)) throw error;
      return new Failure(
        this.#killed
          ? `ERR Error running script (call to f_${sha}): @user_script:1: Script killed by user with SCRIPT KILL.`
          : 'ERR the engine of scripts cannot be had now',
      );
    } finally {
      this.#running = undefined;
      this.#done.value++;
      client.sys.futexWake(this.#done, Number.MAX_SAFE_INTEGER);
    }
  }

  *#evaluate(
    sys: Sys,
    script: string,
    sha: string,
    keys: readonly string[],
    argv: readonly string[],
    call: Call,
  ): Wait<Reply> {
    const answers = function* (_: Sys, value: PackValue): Wait<PackValue> {
      return yield* answer((value as { args: PackValue[] }).args, keys, argv, call);
    };
    const run = (code: string, name: string) => this.#pack.call(sys, { op: 'run', code, name }, answers);
    if (!this.#pack.running || this.#pack.starts !== this.#started) {
      yield* run(LIBRARY, '@library');
      this.#started = this.#pack.starts;
    }
    yield* run(`KEYS, ARGV = host('keys')`, '@keys');
    const done = (yield* run(script, '@user_script')) as { values?: PackValue[]; error?: string };
    if (done.error === undefined) return replyOf(done.values?.[0]);
    const text = done.error.replace(/\nstack traceback:[\s\S]*$/, '');
    if (/^user_script:\d+: .* near |^user_script:\d+: .*expected/.test(text))
      return new Failure(`ERR Error compiling script (new function): ${text}`);
    const line = /^user_script:(\d+):/.exec(text)?.[1] ?? '1';
    return new Failure(`${/^[A-Z]+ /.test(text) ? '' : 'ERR '}${text} script: ${sha}, on @user_script:${line}.`);
  }
}

const hashOf = (text: string): string => toHex(sha1(fromBinary(text)));

/** What the library asks. */
function* answer(
  args: readonly PackValue[],
  keys: readonly string[],
  argv: readonly string[],
  call: Call,
): Wait<PackValue> {
  const [what, ...rest] = args;
  switch (what) {
    case 'keys':
      return { values: [[...keys], [...argv]] };
    case 'sha1':
      return { values: [hashOf(String(rest[0]))] };
    case 'encode':
      return { values: [JSON.stringify(rest[0] ?? null)] };
    case 'decode':
      try {
        return { values: [JSON.parse(String(rest[0])) as PackValue] };
      } catch {
        return { error: 'Expected value but found invalid token at character 1' };
      }
    default: {
      const words = rest.map((word) => (typeof word === 'number' ? numberText(word) : String(word)));
      if (words.length === 0) return { error: 'ERR Please specify at least one argument for this redis lib call' };
      return { values: [luaOf(yield* call(words))] };
    }
  }
}

const numberText = (n: number): string => (Number.isInteger(n) ? String(n) : String(Number(n.toPrecision(17))));

/** A reply as Lua sees it: an error and a status are tables, nothing is false. */
function luaOf(reply: Reply): PackValue {
  if (reply === null || reply === undefined) return false;
  if (reply instanceof Failure) return { err: reply.text };
  if (reply instanceof Simple) return { ok: reply.text };
  if (typeof reply === 'number' || typeof reply === 'string') return reply;
  if (typeof reply === 'bigint') return Number(reply);
  if (Array.isArray(reply)) return reply.map(luaOf);
  return String(reply);
}

/** What a script returned as a reply: numbers lose their fraction, a list ends at the first nil. */
function replyOf(value: PackValue): Reply {
  if (value === null || value === undefined || value === false) return null;
  if (value === true) return 1;
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const end = value.findIndex((item) => item === null || item === undefined);
    return (end < 0 ? value : value.slice(0, end)).map(replyOf);
  }
  if (typeof value === 'object' && !(value instanceof Uint8Array)) {
    const { ok, err } = value as { ok?: string; err?: string };
    if (typeof ok === 'string') return new Simple(ok);
    if (typeof err === 'string') return new Failure(err);
    // a list with holes
    const items: Reply[] = [];
    for (let i = 1; String(i) in value; i++) items.push(replyOf((value as { [key: string]: PackValue })[i]));
    return items;
  }
  return String(value);
}
