import type { Library } from '../../../../abi/library.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from '../../../../abi/socket.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { type HashFactory, loadHash } from '../../../../lib/hash.ts';
import { fromHex } from '../../../../lib/hex.ts';
import { sha1 } from '../../../../lib/sha1.ts';
import { decode, encode } from '../../../../lib/utf8.ts';
import { connectTcp } from '../../../../libc/http-client.ts';
import { connect, library, readFile, type Wait } from '../../../../libc/io.ts';
import { resolve } from '../../../../libc/resolver.ts';
import { CLIENT, PacketReader, PacketStream, PacketWriter, STATUS } from '../wire/packet.ts';

const SHA256: Library<HashFactory> = { name: 'sha256', load: () => loadHash('sha256') };

/** What went wrong: a number of the client (2000 and up) or of the server. */
export class ClientError extends Error {
  constructor(
    readonly number: number,
    readonly state: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Field {
  name: string;
  table: string;
  db: string;
  original: string;
  type: number;
  flags: number;
  length: number;
  decimals: number;
  charset: number;
}

/** A statement's answer: rows, or a count. */
export interface Answer {
  fields: Field[] | undefined;
  rows: (string | undefined)[][];
  affected: number;
  insertId: number;
  warnings: number;
  info: string;
  /** More answers follow. */
  more: boolean;
}

export interface Target {
  host: string;
  port: number;
  socket: string;
  user: string;
  password: string;
  db: string;
  mariadb: boolean;
  protocol: '' | 'tcp' | 'socket';
  localInfile: boolean;
}

const CAPABILITIES =
  CLIENT.LONG_PASSWORD |
  CLIENT.LONG_FLAG |
  CLIENT.PROTOCOL_41 |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH |
  CLIENT.PLUGIN_AUTH_LENENC |
  CLIENT.LOCAL_FILES |
  CLIENT.DEPRECATE_EOF;

/** A connection to a server. */
export class MysqlConnection {
  readonly #sys: Sys;
  readonly target: Target;
  #stream!: PacketStream;
  #fd = -1;
  version = '';
  id = 0;
  status = 0;

  private constructor(sys: Sys, target: Target) {
    this.#sys = sys;
    this.target = target;
  }

  /** @throws ClientError */
  static *open(sys: Sys, target: Target): Wait<MysqlConnection> {
    const connection = new MysqlConnection(sys, target);
    connection.#fd = yield* connection.#dial();
    connection.#stream = new PacketStream(sys, connection.#fd);
    yield* connection.#login();
    return connection;
  }

  /** Over the socket: a host that is none, or localhost without a protocol. */
  get local(): boolean {
    const { protocol, host } = this.target;
    return protocol === 'socket' || (protocol === '' && (host === '' || host === 'localhost'));
  }

  *#dial(): Wait<number> {
    const sys = this.#sys;
    const { socket, port, mariadb } = this.target;
    if (this.local) {
      const fd = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
      const r = yield* connect(sys, fd, { family: AF_UNIX, path: socket });
      if (r >= 0) return fd;
      sys.close(fd);
      throw new ClientError(
        2002,
        'HY000',
        `Can't connect to local ${mariadb ? '' : 'MySQL '}server through socket '${socket}' (${-r})`,
      );
    }
    const host = this.target.host === '' ? '127.0.0.1' : this.target.host;
    const found = yield* resolve(sys, host);
    if (typeof found === 'string')
      throw new ClientError(2005, 'HY000', `Unknown ${mariadb ? '' : 'MySQL '}server host '${host}' (-2)`);
    let r = -111;
    for (const addr of found.addresses) {
      r = yield* connectTcp(sys, addr, port);
      if (r >= 0) return r;
    }
    if (mariadb) throw new ClientError(2002, 'HY000', `Can't connect to server on '${host}' (115)`);
    throw new ClientError(2003, 'HY000', `Can't connect to MySQL server on '${host}:${port}' (${-r})`);
  }

  *#read(): Wait<Uint8Array> {
    const packet = yield* this.#stream.read();
    if (!packet)
      throw new ClientError(
        2013,
        'HY000',
        this.target.mariadb ? 'Lost connection to server during query' : 'Lost connection to MySQL server during query',
      );
    if (packet[0] === 255) throw failure(packet);
    return packet;
  }

  *#login(): Wait<void> {
    const { user, password, db } = this.target;
    const first = yield* this.#stream.read();
    if (!first)
      throw new ClientError(
        2013,
        'HY000',
        `Lost connection to ${this.target.mariadb ? '' : 'MySQL '}server at 'reading initial communication packet', system error: 0`,
      );
    if (first[0] === 255) throw failure(first);
    const reader = new PacketReader(first);
    reader.int(1);
    this.version = reader.ended().replace(/^5\.5\.5-(?=.*MariaDB)/, '');
    this.id = reader.int(4);
    const scramble = new Uint8Array(20);
    scramble.set(reader.take(8));
    reader.take(1 + 2 + 1 + 2 + 2 + 1 + 10);
    scramble.set(reader.take(12), 8);
    reader.take(1);
    const plugin = reader.left > 0 ? reader.ended() : 'mysql_native_password';
    const capabilities = CAPABILITIES | (db === '' ? 0 : CLIENT.CONNECT_WITH_DB);
    const packet = new PacketWriter()
      .int(capabilities, 4)
      .int(16777216, 4)
      .int(45, 1)
      .bytes(new Uint8Array(23))
      .ended(user)
      .counted(yield* this.#proof(plugin, password, scramble));
    if (db !== '') packet.ended(db);
    this.#stream.put(packet.ended(plugin).done());
    yield* this.#stream.flush();
    yield* this.#finishLogin(password);
  }

  *#finishLogin(password: string): Wait<void> {
    for (;;) {
      const packet = yield* this.#read();
      if (packet[0] === 0) return;
      if (packet[0] === 254) {
        const reader = new PacketReader(packet);
        reader.int(1);
        const plugin = reader.ended();
        const proof = yield* this.#proof(plugin, password, reader.take(20).slice());
        this.#stream.put(proof);
        yield* this.#stream.flush();
      } else if (packet[0] === 1 && packet[1] === 4)
        throw new ClientError(
          2061,
          'HY000',
          "Authentication plugin 'caching_sha2_password' reported error: Authentication requires secure connection.",
        );
    }
  }

  *#proof(plugin: string, password: string, scramble: Uint8Array): Wait<Uint8Array> {
    if (password === '') return new Uint8Array();
    if (plugin === 'mysql_native_password') {
      const once = sha1(encode(password));
      return xor(once, sha1(joined(scramble, sha1(once))));
    }
    const sha256 = yield* library(this.#sys, SHA256);
    if (typeof sha256 === 'number') return new Uint8Array();
    const hash = (bytes: Uint8Array): Uint8Array => fromHex(sha256.hex(bytes))!;
    const once = hash(encode(password));
    return xor(once, hash(joined(hash(once), scramble)));
  }

  /** Sends a command and reads nothing. */
  *#send(command: number, body: string): Wait<void> {
    this.#stream.sequence = 0;
    this.#stream.put(joined(Uint8Array.of(command), encode(body)));
    if (!(yield* this.#stream.flush()))
      throw new ClientError(2006, 'HY000', this.target.mariadb ? 'Server has gone away' : 'MySQL server has gone away');
  }

  /** Begins a statement, or several. Read the answers by `answer`. */
  *query(sql: string): Wait<void> {
    yield* this.#send(3, sql);
  }

  /** All rows of one statement. @throws ClientError */
  *rows(sql: string): Wait<(string | undefined)[][]> {
    yield* this.query(sql);
    return (yield* this.answer()).rows;
  }

  *ping(): Wait<void> {
    yield* this.#send(14, '');
    yield* this.#read();
  }

  /** COM_STATISTICS. */
  *statistics(): Wait<string> {
    yield* this.#send(9, '');
    return decode(yield* this.#read());
  }

  *use(db: string): Wait<void> {
    yield* this.#send(2, db);
    yield* this.#read();
  }

  /** The next answer. @throws ClientError */
  *answer(): Wait<Answer> {
    const packet = yield* this.#read();
    const reader = new PacketReader(packet);
    if (packet[0] === 0) return this.#done(reader, undefined, []);
    if (packet[0] === 251) {
      yield* this.#sendFile(decode(packet.subarray(1)));
      return yield* this.answer();
    }
    const count = reader.length()!;
    const fields: Field[] = [];
    for (let i = 0; i < count; i++) fields.push(field(yield* this.#read()));
    const rows: (string | undefined)[][] = [];
    for (;;) {
      const row = yield* this.#read();
      const values = new PacketReader(row);
      if (row[0] === 254 && row.length < 0xffffff) return this.#done(values, fields, rows);
      rows.push(
        fields.map(() => {
          const bytes = values.counted();
          return bytes && decode(bytes);
        }),
      );
      if (this.#sys.tick()) yield;
    }
  }

  #done(reader: PacketReader, fields: Field[] | undefined, rows: (string | undefined)[][]): Answer {
    reader.int(1);
    const affected = reader.length() ?? 0;
    const insertId = reader.length() ?? 0;
    this.status = reader.int(2);
    const warnings = reader.int(2);
    const info = reader.left > 0 ? decode(reader.counted() ?? new Uint8Array()) : '';
    return { fields, rows, affected, insertId, warnings, info, more: (this.status & STATUS.MORE_RESULTS) !== 0 };
  }

  /** LOAD DATA LOCAL: the server asks for a file. */
  *#sendFile(path: string): Wait<void> {
    const bytes = this.target.localInfile ? yield* readFile(this.#sys, path) : -1;
    if (typeof bytes !== 'number')
      for (let at = 0; at < bytes.length; at += 65536) this.#stream.put(bytes.subarray(at, at + 65536));
    this.#stream.put(new Uint8Array());
    yield* this.#stream.flush();
    if (typeof bytes !== 'number') return;
    yield* this.#read();
    throw this.target.localInfile
      ? new ClientError(2, 'HY000', `File '${path}' not found (Errcode: ${-bytes} - No such file or directory)`)
      : new ClientError(2068, 'HY000', 'LOAD DATA LOCAL INFILE file request rejected due to restrictions on access.');
  }

  *close(): Wait<void> {
    if (this.#fd < 0) return;
    this.#stream.sequence = 0;
    this.#stream.put(Uint8Array.of(1));
    yield* this.#stream.flush();
    this.#sys.close(this.#fd);
    this.#fd = -1;
  }
}

const joined = (...parts: Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);

function failure(packet: Uint8Array): ClientError {
  const reader = new PacketReader(packet);
  reader.int(1);
  const number = reader.int(2);
  const text = decode(reader.rest());
  return text.startsWith('#')
    ? new ClientError(number, text.slice(1, 6), text.slice(6))
    : new ClientError(number, 'HY000', text);
}

function field(packet: Uint8Array): Field {
  const reader = new PacketReader(packet);
  const text = (): string => decode(reader.counted() ?? new Uint8Array());
  text();
  const [db, table] = [text(), text()];
  text();
  const [name, original] = [text(), text()];
  reader.length();
  return {
    db,
    table,
    name,
    original,
    charset: reader.int(2),
    length: reader.int(4),
    type: reader.int(1),
    flags: reader.int(2),
    decimals: reader.int(1),
  };
}
