import { decode, encode } from '../../../lib/utf8.ts';
import type { Item, Store } from './store.ts';

const KEY_MAX = 250;
/** A line that is longer without an end is no command. */
const LINE_MAX = 2048;
const EMPTY = new Uint8Array(0);

const BAD_LINE = 'CLIENT_ERROR bad command line format\r\n';
const NOT_NUMERIC = 'CLIENT_ERROR cannot increment or decrement non-numeric value\r\n';
const BAD_DELTA = 'CLIENT_ERROR invalid numeric delta argument\r\n';
const NO_ROOM = 'SERVER_ERROR out of memory storing object\r\n';
const TOO_LARGE = 'SERVER_ERROR object too large for cache\r\n';
const COUNTER = 2n ** 64n;

/** What the commands of all connections were, by the names of `stats`. */
export type Tally = Record<string, number>;

/** What a conversation needs of its server. */
export interface Service {
  store: Store;
  tally: Tally;
  /** Bytes that an item may have. */
  itemMax: number;
  version: string;
  /** Lines of `stats`, or of `stats WHAT`; undefined where there is no such thing. */
  stats(what: string): readonly (readonly [string, string])[] | undefined;
  /** `flush_all` is refused. */
  refusesFlush: boolean;
  /** Ends the server. @returns false where that may not be asked for */
  shutdown(): boolean;
  /** Sets how much is said on stderr. */
  verbosity(level: number): void;
}

interface Pending {
  verb: string;
  key: string;
  flags: number;
  seconds: number;
  length: number;
  cas: number;
  quiet: boolean;
  /** Bytes that are still to be read away, where the item would be too large; it takes no memory then. */
  unwanted: number | undefined;
}

/** One client's conversation in the text protocol. @see memcached's doc/protocol.txt */
export class Conversation {
  /** `quit`, or nothing that can be understood. */
  over = false;
  #input: Uint8Array = EMPTY;
  #pending: Pending | undefined;

  constructor(private readonly service: Service) {}

  /** Takes bytes of the client. @returns pieces to send, and the commands that were understood */
  push(bytes: Uint8Array): { out: Uint8Array[]; lines: string[] } {
    const out: Uint8Array[] = [];
    const lines: string[] = [];
    const joined = new Uint8Array(this.#input.length + bytes.length);
    joined.set(this.#input);
    joined.set(bytes, this.#input.length);
    let at = 0;
    while (!this.over) {
      if (this.#pending) {
        const { length, unwanted } = this.#pending;
        if (unwanted !== undefined) {
          const some = Math.min(unwanted, joined.length - at);
          at += some;
          this.#pending.unwanted = unwanted - some;
          if (some < unwanted) break;
          out.push(this.#stored(EMPTY, true));
          continue;
        }
        if (joined.length - at < length + 2) break;
        const data = joined.slice(at, at + length);
        const isWhole = joined[at + length] === 13 && joined[at + length + 1] === 10;
        at += length + 2;
        out.push(this.#stored(data, isWhole));
        continue;
      }
      const end = joined.indexOf(10, at);
      if (end < 0) {
        if (joined.length - at > LINE_MAX) {
          out.push(encode('ERROR\r\n'));
          this.over = true;
        }
        break;
      }
      const line = decode(joined.subarray(at, joined[end - 1] === 13 ? end - 1 : end));
      at = end + 1;
      lines.push(line);
      out.push(...this.#command(line));
    }
    this.#input = joined.slice(at);
    return { out: out.filter((piece) => piece.length > 0), lines };
  }

  #command(line: string): Uint8Array[] {
    const words = line.split(' ').filter((word) => word !== '');
    const verb = words[0] ?? '';
    const quiet = words.length > 1 && words.at(-1) === 'noreply';
    const text = this.#answer(verb, words, quiet);
    if (typeof text !== 'string') return text;
    return quiet ? [] : [encode(text)];
  }

  #answer(verb: string, words: readonly string[], quiet: boolean): string | Uint8Array[] {
    const { store, tally } = this.service;
    const count = words.length - (quiet ? 1 : 0);
    switch (verb) {
      case 'get':
      case 'gets':
        return this.#get(words.slice(1), verb === 'gets');
      case 'gat':
      case 'gats':
        return this.#getAndTouch(words, verb === 'gats');
      case 'set':
      case 'add':
      case 'replace':
      case 'append':
      case 'prepend':
      case 'cas':
        return this.#store(verb, words, quiet);
      case 'incr':
      case 'decr':
        return count === 3 ? this.#count(verb, words[1]!, words[2]!) : 'ERROR\r\n';
      case 'delete': {
        if (count < 2 || count > 3) return 'ERROR\r\n';
        if (count === 3 && words[2] !== '0')
          return 'CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n';
        const there = store.get(words[1]!) !== undefined && store.delete(words[1]!);
        add(tally, there ? 'delete_hits' : 'delete_misses');
        return there ? 'DELETED\r\n' : 'NOT_FOUND\r\n';
      }
      case 'touch':
        return count === 3 ? this.#touch(words[1]!, words[2]!) : 'ERROR\r\n';
      case 'stats':
        return this.#stats(words.slice(1));
      case 'flush_all': {
        if (count === 2 && !/^-?\d+$/.test(words[1]!)) return BAD_LINE;
        if (this.service.refusesFlush) return 'CLIENT_ERROR flush_all not allowed\r\n';
        add(tally, 'cmd_flush');
        store.flush(count === 2 ? Number(words[1]) : 0);
        return 'OK\r\n';
      }
      case 'cache_memlimit': {
        const megabytes = Number(words[1]);
        if (count !== 2 || !(megabytes >= 8))
          return count === 2 ? 'MEMLIMIT_TOO_SMALL cannot set maxbytes\r\n' : 'ERROR\r\n';
        store.limit = megabytes * 1024 * 1024;
        return 'OK\r\n';
      }
      case 'version':
        return `VERSION ${this.service.version}\r\n`;
      case 'verbosity':
        if (count < 2) return 'ERROR\r\n';
        this.service.verbosity(Number(words[1]) || 0);
        return 'OK\r\n';
      case 'shutdown':
        return this.service.shutdown() ? [] : 'ERROR: shutdown not enabled\r\n';
      case 'mn':
        return 'MN\r\n';
      case 'quit':
        this.over = true;
        return [];
      default:
        return 'ERROR\r\n';
    }
  }

  #get(keys: readonly string[], withCas: boolean): string | Uint8Array[] {
    const { store, tally } = this.service;
    if (keys.length === 0) return 'ERROR\r\n';
    if (keys.some((key) => key.length > KEY_MAX)) return BAD_LINE;
    const out: Uint8Array[] = [];
    for (const key of keys) {
      const item = store.get(key);
      add(tally, 'cmd_get');
      add(tally, item ? 'get_hits' : 'get_misses');
      if (item) out.push(...valueOf(key, item, withCas));
    }
    return [...out, encode('END\r\n')];
  }

  #getAndTouch(words: readonly string[], withCas: boolean): string | Uint8Array[] {
    const { store, tally } = this.service;
    const [, seconds, ...keys] = words;
    if (seconds === undefined || keys.length === 0) return 'ERROR\r\n';
    if (!/^-?\d+$/.test(seconds)) return 'CLIENT_ERROR invalid exptime argument\r\n';
    for (const key of keys) {
      const item = store.get(key);
      add(tally, 'cmd_touch');
      add(tally, item ? 'touch_hits' : 'touch_misses');
      if (item) item.ends = store.ends(Number(seconds));
    }
    return this.#get(keys, withCas);
  }

  #touch(key: string, seconds: string): string {
    const { store, tally } = this.service;
    if (!/^-?\d+$/.test(seconds)) return 'CLIENT_ERROR invalid exptime argument\r\n';
    const item = store.get(key);
    add(tally, 'cmd_touch');
    add(tally, item ? 'touch_hits' : 'touch_misses');
    if (!item) return 'NOT_FOUND\r\n';
    item.ends = store.ends(Number(seconds));
    return 'TOUCHED\r\n';
  }

  /** The line of a command that stores: its data follows. */
  #store(verb: string, words: readonly string[], quiet: boolean): string | Uint8Array[] {
    const [, key, ...numbers] = quiet ? words.slice(0, -1) : words;
    if (key === undefined || numbers.length !== (verb === 'cas' ? 4 : 3)) return 'ERROR\r\n';
    const [flags, seconds, length, cas = 0] = numbers.map(Number) as [number, number, number, number?];
    const isRight = numbers.every((text) => /^-?\d+$/.test(text)) && flags >= 0 && flags < 2 ** 32 && length >= 0;
    if (key.length > KEY_MAX || !isRight) return BAD_LINE;
    const unwanted = length > this.service.itemMax ? length + 2 : undefined;
    this.#pending = { verb, key, flags, seconds, length, cas, quiet, unwanted };
    if (unwanted === undefined) return [];
    // an old value must not stay where a new one was wished for
    this.service.store.delete(key);
    return [];
  }

  #stored(data: Uint8Array, isWhole: boolean): Uint8Array {
    const { verb, key, flags, seconds, cas, quiet, unwanted } = this.#pending!;
    this.#pending = undefined;
    const answer =
      unwanted !== undefined
        ? TOO_LARGE
        : isWhole
          ? this.#put(verb, key, flags, data, seconds, cas)
          : 'CLIENT_ERROR bad data chunk\r\n';
    return quiet ? EMPTY : encode(answer);
  }

  #put(verb: string, key: string, flags: number, data: Uint8Array, seconds: number, cas: number): string {
    const { store, tally } = this.service;
    const known = store.get(key);
    add(tally, 'cmd_set');
    if (verb === 'cas') {
      add(tally, !known ? 'cas_misses' : known.cas === cas ? 'cas_hits' : 'cas_badval');
      if (!known) return 'NOT_FOUND\r\n';
      if (known.cas !== cas) return 'EXISTS\r\n';
    }
    if (verb === 'add' ? known : verb === 'replace' || verb === 'append' || verb === 'prepend' ? !known : false)
      return 'NOT_STORED\r\n';
    if (known && (verb === 'append' || verb === 'prepend')) {
      const whole = new Uint8Array(known.data.length + data.length);
      whole.set(verb === 'append' ? known.data : data);
      whole.set(verb === 'append' ? data : known.data, whole.length - (verb === 'append' ? data : known.data).length);
      if (whole.length > this.service.itemMax) return TOO_LARGE;
      return store.set(key, known.flags, whole, known.ends) ? 'STORED\r\n' : NO_ROOM;
    }
    return store.set(key, flags, data, store.ends(seconds)) ? 'STORED\r\n' : NO_ROOM;
  }

  #count(verb: string, key: string, delta: string): string {
    const { store, tally } = this.service;
    if (key.length > KEY_MAX) return BAD_LINE;
    if (!/^\d{1,20}$/.test(delta)) return BAD_DELTA;
    const item = store.get(key);
    add(tally, `${verb}_${item ? 'hits' : 'misses'}`);
    if (!item) return 'NOT_FOUND\r\n';
    const text = decode(item.data).trimEnd();
    if (!/^\d{1,20}$/.test(text)) return NOT_NUMERIC;
    const [now, by] = [BigInt(text), BigInt(delta)];
    const next = verb === 'incr' ? (now + by) % COUNTER : now > by ? now - by : 0n;
    // a number that became shorter keeps its length: blanks follow it
    const padded = String(next).padEnd(verb === 'decr' ? item.data.length : 0);
    store.set(key, item.flags, encode(padded), item.ends);
    return `${next}\r\n`;
  }

  #stats([what = '']: readonly string[]): string {
    if (what === 'reset') {
      for (const name of Object.keys(this.service.tally)) this.service.tally[name] = 0;
      return 'RESET\r\n';
    }
    const rows = this.service.stats(what);
    return rows ? `${rows.map(([name, value]) => `STAT ${name} ${value}\r\n`).join('')}END\r\n` : 'ERROR\r\n';
  }
}

function add(tally: Tally, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1;
}

const valueOf = (key: string, item: Item, withCas: boolean): Uint8Array[] => [
  encode(`VALUE ${key} ${item.flags} ${item.data.length}${withCas ? ` ${item.cas}` : ''}\r\n`),
  item.data,
  encode('\r\n'),
];
