import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Futex, Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Client } from './client.ts';
import { CommandError } from './command.ts';
import { Database } from './database.ts';
import { Failure, Push } from './reply.ts';
import { Scripts } from './scripts.ts';

/** Settings that a machine without a configuration file begins with. @see redis.conf */
export const DEFAULTS: Readonly<Record<string, string>> = {
  appendfilename: 'appendonly.aof',
  appenddirname: 'appendonlydir',
  appendfsync: 'everysec',
  appendonly: 'no',
  bind: '* -::*',
  daemonize: 'no',
  databases: '16',
  dbfilename: 'dump.rdb',
  dir: '.',
  logfile: '',
  loglevel: 'notice',
  maxclients: '10000',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  pidfile: '',
  port: '6379',
  'protected-mode': 'yes',
  requirepass: '',
  save: '3600 1 300 100 60 10000',
  timeout: '0',
  'tcp-backlog': '511',
  'tcp-keepalive': '300',
};

/** What all connections of one server share. */
export class RedisServer {
  readonly databases: Database[];
  readonly clients = new Map<number, Client>();
  readonly runId: string;
  readonly begun: number;
  readonly scripts = new Scripts();
  /** Wakes those who wait for an item in a list. */
  readonly pushed: Futex = { value: 0 };
  /** Wakes who looks after saving. */
  readonly dirtied: Futex = { value: 0 };
  dirty = 0;
  /** About what the data takes, bytes: measured now and then, with what was written since. */
  bytes = 0;
  lastSave: number;
  lastId = 0;
  commands = 0;
  hits = 0;
  misses = 0;
  expired = 0;
  /** SHUTDOWN was asked for: whether the data is saved before. */
  ending: { save: boolean } | undefined;

  constructor(
    readonly sys: Sys,
    readonly config: Map<string, string>,
    readonly version: string,
  ) {
    const count = Number(config.get('databases') ?? 16);
    this.databases = Array.from(
      { length: count },
      () =>
        new Database(
          () => this.now(),
          () => void this.expired++,
        ),
    );
    const bytes = new Uint8Array(20);
    sys.getrandom(bytes);
    this.runId = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
    this.begun = sys.now(CLOCK_MONOTONIC);
    this.lastSave = Math.floor(this.now() / 1000);
  }

  /** Milliseconds since the Epoch, whole. */
  now(): number {
    return Math.floor(this.sys.now(CLOCK_REALTIME));
  }

  /** Measures what the data takes. */
  measure(): void {
    this.bytes = this.databases.reduce((sum, db) => sum + db.measure(), 0);
  }

  /** Seconds since the start. */
  get uptime(): number {
    return Math.floor((this.sys.now(CLOCK_MONOTONIC) - this.begun) / 1000);
  }

  /** @throws CommandError */
  database(index: number): Database {
    const db = this.databases[index];
    if (!db) throw new CommandError(new Failure('ERR DB index is out of range'));
    return db;
  }

  /** A random whole number below `limit`. */
  random(limit: number): number {
    const bytes = new Uint8Array(4);
    this.sys.getrandom(bytes);
    return limit === 0 ? 0 : (((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0) % limit;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.random(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  /** An item was put into a list. */
  ready(): void {
    this.pushed.value++;
    this.sys.futexWake(this.pushed, Number.MAX_SAFE_INTEGER);
  }

  /** Data changed. */
  changed(): void {
    this.dirty++;
    this.dirtied.value++;
    this.sys.futexWake(this.dirtied, 1);
  }

  /** Sends a message to who subscribed. @returns how many got it */
  *publish(channel: string, message: string, globs: (pattern: string) => RegExp): Wait<number> {
    let count = 0;
    for (const client of [...this.clients.values()]) {
      if (client.channels.has(channel)) {
        count++;
        yield* client.send(new Push(['message', channel, message]));
      }
      for (const pattern of client.patterns) {
        if (!globs(pattern).test(channel)) continue;
        count++;
        yield* client.send(new Push(['pmessage', pattern, channel, message]));
      }
    }
    return count;
  }
}
