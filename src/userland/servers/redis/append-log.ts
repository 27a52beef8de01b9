import { O_APPEND, O_CREAT, O_WRONLY } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { open, readFile, type Wait, writeAll, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import { fromBinary } from './bytes.ts';
import type { Client } from './client.ts';
import { readRdb, writeRdb } from './rdb.ts';
import { encodeReply, Members, type Reply } from './reply.ts';
import { Requests } from './requests.ts';
import type { RedisServer } from './server.ts';

/** Commands whose effect depends on the time: what is logged is the state that they left. */
const TIMED = ['setex', 'psetex', 'expire', 'pexpire', 'expireat', 'pexpireat', 'getex'];

/** The commands that do the same whenever they are run. */
function timeless(client: Client, words: readonly string[], reply: Reply): string[][] {
  const name = words[0]!.toLowerCase();
  const key = words[1] ?? '';
  if (name === 'spop') {
    const gone = reply instanceof Members ? (reply.items as string[]) : typeof reply === 'string' ? [reply] : [];
    return gone.length === 0 ? [] : [['SREM', key, ...gone]];
  }
  if (!TIMED.includes(name) && !(name === 'set' && words.length > 3)) return [[...words]];
  const value = client.db.get(key);
  if (!value) return [['DEL', key]];
  const at = client.db.expiry(key);
  return [
    ...(value.kind === 'string' ? [['SET', key, value.data]] : []),
    at === undefined ? ['PERSIST', key] : ['PEXPIREAT', key, String(at)],
  ];
}

/** The log of all writes, with a dump as its base. @see redis aof.c, "Multi Part AOF" */
export class AppendLog {
  #fd = -1;
  #sequence = 1;
  #selected = -1;

  constructor(readonly server: RedisServer) {}

  get #dir(): string {
    const { config } = this.server;
    return `${config.get('dir')}/${config.get('appenddirname')}`;
  }

  #name(kind: 'base.rdb' | 'incr.aof'): string {
    return `${this.server.config.get('appendfilename')}.${this.#sequence}.${kind}`;
  }

  get #manifest(): string {
    return `${this.#dir}/${this.server.config.get('appendfilename')}.manifest`;
  }

  get isOpen(): boolean {
    return this.#fd >= 0;
  }

  /** Begins a log whose base is the data as it is now. */
  *begin(sys: Sys): Wait<number> {
    this.close(sys);
    mkdirp(sys, this.#dir, 0o755);
    const base = yield* writeFile(sys, `${this.#dir}/${this.#name('base.rdb')}`, writeRdb(this.server), 0o644);
    if (base < 0) return base;
    const n = this.#sequence;
    const manifest = `file ${this.#name('base.rdb')} seq ${n} type b\nfile ${this.#name('incr.aof')} seq ${n} type i\n`;
    const written = yield* writeFile(sys, this.#manifest, manifest, 0o644);
    return written < 0 ? written : yield* this.#open(sys);
  }

  *#open(sys: Sys): Wait<number> {
    const path = `${this.#dir}/${this.#name('incr.aof')}`;
    this.#fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_APPEND, 0o644);
    this.#selected = -1;
    return this.#fd;
  }

  /** Writes the base anew, so that the log may be short again. */
  *rewrite(sys: Sys): Wait<number> {
    const old = [this.#name('base.rdb'), this.#name('incr.aof')];
    this.#sequence++;
    const r = yield* this.begin(sys);
    for (const name of r < 0 ? [] : old) sys.unlink(`${this.#dir}/${name}`);
    return r;
  }

  /**
   * Reads the log that is there. @param apply runs one command
   * @returns whether there was one
   */
  *load(sys: Sys, apply: (words: readonly string[]) => Wait<void>): Wait<boolean> {
    const manifest = yield* readFile(sys, this.#manifest);
    if (typeof manifest === 'number') return false;
    this.#sequence = Number(/ seq (\d+) type b/.exec(decode(manifest))?.[1] ?? 1);
    const base = yield* readFile(sys, `${this.#dir}/${this.#name('base.rdb')}`);
    if (typeof base !== 'number') readRdb(this.server, base);
    const log = yield* readFile(sys, `${this.#dir}/${this.#name('incr.aof')}`);
    if (typeof log !== 'number') {
      const requests = new Requests();
      requests.push(log);
      for (let words; (words = requests.next()); ) {
        if (words.length > 0) yield* apply(words);
        if (sys.tick()) yield;
      }
    }
    yield* this.#open(sys);
    return true;
  }

  *write(client: Client, words: readonly string[], reply: Reply): Wait<void> {
    if (this.#fd < 0) return;
    const commands = timeless(client, words, reply);
    if (client.index !== this.#selected) commands.unshift(['SELECT', String(client.index)]);
    this.#selected = client.index;
    yield* writeAll(client.sys, this.#fd, fromBinary(commands.map((each) => encodeReply(each, 2)).join('')));
  }

  close(sys: Sys): void {
    if (this.#fd >= 0) sys.close(this.#fd);
    this.#fd = -1;
  }
}
