import { BLOCKED } from '../../../../abi/errno.ts';
import { CLOCK_REALTIME, O_CREAT, O_RDWR } from '../../../../abi/flags.ts';
import type { PackValue } from '../../../../abi/pack.ts';
import type { Futex, Sys } from '../../../../abi/sys.ts';
import { futexWait, open, readFile, type Wait } from '../../../../libc/io.ts';
import { Pack, PackEnded } from '../../../../libc/pack.ts';

/** What SQLite says is wrong. */
export class SqlFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** SQLITE_BUSY: somebody else writes. */
export const BUSY = 5;

export interface Rows {
  columns: string[];
  rows: PackValue[][];
  /** More rows wait there; 0: none. */
  cursor: number;
  affected: number;
  /** Number of the row that was inserted last. */
  lastRow: number;
}

/** Bytes that the engine may take. */
const MEMORY = 512 * 1024 * 1024;

interface Change {
  offset: number;
  bytes?: Uint8Array;
  length?: number;
}

/**
 * The data of a server: SQLite in a pack, its file on the disk. What a statement commits is in the file before anybody
 * hears that it was done.
 */
export class Store {
  readonly #pack = new Pack('sqlite', MEMORY);
  readonly #path: string;
  readonly #dialect: string;
  #fd = -1;
  #started = 0;
  readonly #turn: Futex = { value: 0 };

  /** @param dialect whose functions connections have */
  constructor(path: string, dialect: string) {
    this.#path = path;
    this.#dialect = dialect;
  }

  /** A new connection. @throws PackEnded */
  *connect(sys: Sys): Wait<Connection> {
    return yield* this.#alone(sys, () => this.#connect(sys));
  }

  *#connect(sys: Sys): Wait<Connection> {
    if (!this.#pack.running || this.#pack.starts !== this.#started) {
      if (this.#fd < 0) this.#fd = yield* open(sys, this.#path, O_RDWR | O_CREAT, 0o640);
      if (this.#fd < 0) throw new PackEnded(`${this.#path}: ${this.#fd}`);
      const content = yield* readFile(sys, this.#path);
      const seed = new Uint8Array(4);
      sys.getrandom(seed);
      const first = yield* this.#pack.call(sys, {
        op: 'open',
        file: 'data',
        functions: this.#dialect,
        seed: new DataView(seed.buffer).getUint32(0),
        ...(typeof content !== 'number' && content.length > 0 ? { bytes: content } : {}),
      });
      this.#started = this.#pack.starts;
      return new Connection(this, Number(first), this.#started);
    }
    return new Connection(this, Number(yield* this.#pack.call(sys, { op: 'connect', file: 'data' })), this.#started);
  }

  /** It ended since that start: what the connection knew is gone. */
  isStale(start: number): boolean {
    return !this.#pack.running || this.#pack.starts !== start;
  }

  /** A request is under way. */
  get busy(): boolean {
    return this.#pack.busy;
  }

  /** Ends what runs; what was not committed is lost. */
  abort(sys: Sys): void {
    this.#pack.close(sys);
  }

  /** A request, and what it wrote. @throws SqlFailure, PackEnded */
  *request(sys: Sys, request: { readonly [key: string]: PackValue }): Wait<PackValue> {
    return yield* this.#alone(sys, () => this.#request(sys, request));
  }

  *#request(sys: Sys, request: { readonly [key: string]: PackValue }): Wait<PackValue> {
    const answer = yield* this.#pack.call(sys, { ...request, now: sys.now(CLOCK_REALTIME) });
    if (answer === null || typeof answer !== 'object' || !('changes' in answer)) return answer;
    yield* this.#keep(sys, answer.changes as unknown as Change[]);
    const { error } = answer as { error?: { code: number; message: string } };
    if (error) throw new SqlFailure(error.code, error.message);
    return answer;
  }

  *#keep(sys: Sys, changes: readonly Change[]): Wait<void> {
    for (const { offset, bytes, length } of changes) {
      if (length !== undefined) sys.ftruncate(this.#fd, length);
      else if (bytes) yield* writeAt(sys, this.#fd, bytes, offset);
    }
  }

  /** One request at a time, with what it writes: the file's pages come in the order of the commits. */
  *#alone<T>(sys: Sys, act: () => Wait<T>): Wait<T> {
    while (this.#turn.value !== 0) yield* futexWait(sys, this.#turn, 1);
    this.#turn.value = 1;
    try {
      return yield* act();
    } finally {
      this.#turn.value = 0;
      sys.futexWake(this.#turn, 1);
    }
  }
}

function* writeAt(sys: Sys, fd: number, bytes: Uint8Array, offset: number): Wait<void> {
  for (let at = 0; at < bytes.length; ) {
    const n = sys.pwrite(fd, bytes.subarray(at), offset + at);
    if (n > 0) at += n;
    else if (n < 0 && n !== BLOCKED) throw new SqlFailure(10, 'disk I/O error');
    else yield;
  }
}

/** A connection of one session. */
export class Connection {
  readonly #store: Store;
  readonly #id: number;
  readonly #start: number;

  constructor(store: Store, id: number, start: number) {
    this.#store = store;
    this.#id = id;
    this.#start = start;
  }

  get stale(): boolean {
    return this.#store.isStale(this.#start);
  }

  /** Runs SQL of SQLite. @throws SqlFailure, PackEnded */
  *run(sys: Sys, sql: string, rows = 1000): Wait<Rows> {
    if (this.stale) throw new PackEnded('the engine ended');
    return (yield* this.#store.request(sys, { op: 'run', connection: this.#id, sql, rows })) as unknown as Rows;
  }

  /** All rows. */
  *all(sys: Sys, sql: string): Wait<PackValue[][]> {
    const first = yield* this.run(sys, sql);
    const out = first.rows;
    for (let { cursor } = first; cursor !== 0; ) {
      const more = yield* this.more(sys, cursor);
      out.push(...more.rows);
      cursor = more.cursor;
    }
    return out;
  }

  *more(sys: Sys, cursor: number): Wait<Rows> {
    return (yield* this.#store.request(sys, { op: 'fetch', cursor })) as unknown as Rows;
  }

  *end(sys: Sys, cursor: number): Wait<void> {
    if (cursor !== 0 && !this.stale) yield* this.#store.request(sys, { op: 'end', cursor });
  }

  *close(sys: Sys): Wait<void> {
    if (!this.stale) yield* this.#store.request(sys, { op: 'close', connection: this.#id });
  }
}
