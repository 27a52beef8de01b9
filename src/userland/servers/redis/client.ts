import type { Sys } from '../../../abi/sys.ts';
import { type Wait, writeAll } from '../../../libc/io.ts';
import { fromBinary } from './bytes.ts';
import type { Database } from './database.ts';
import { encodeReply, type Reply } from './reply.ts';
import type { RedisServer } from './server.ts';

/** Somebody connected. */
export class Client {
  name = '';
  protocol: 2 | 3 = 2;
  index = 0;
  /** The password was given, or none is wanted. */
  trusted: boolean;
  /** Commands since MULTI; undefined outside of a transaction. */
  queue: string[][] | undefined;
  /** A queued command was refused: EXEC will be too. */
  spoiled = false;
  /** Watched keys and their versions. */
  readonly watched: { db: Database; key: string; version: number }[] = [];
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  /** The connection is to be closed after the answer. */
  leaving = false;
  lastCommand = '';
  readonly since: number;

  constructor(
    readonly server: RedisServer,
    readonly sys: Sys,
    readonly id: number,
    readonly fd: number,
    readonly address: string,
  ) {
    this.trusted = server.config.get('requirepass') === '';
    this.since = server.now();
  }

  get db(): Database {
    return this.server.databases[this.index]!;
  }

  get subscriptions(): number {
    return this.channels.size + this.patterns.size;
  }

  *send(reply: Reply): Wait<void> {
    const text = encodeReply(reply, this.protocol);
    if (text !== '') yield* writeAll(this.sys, this.fd, fromBinary(text));
  }

  /** True where no watched key changed. */
  get undisturbed(): boolean {
    return this.watched.every(({ db, key, version }) => db.version(key) === version);
  }

  /** Ends a transaction. */
  forget(): void {
    this.queue = undefined;
    this.spoiled = false;
    this.watched.length = 0;
  }
}
