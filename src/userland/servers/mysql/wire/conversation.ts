import type { Sys } from '../../../../abi/sys.ts';
import { decode } from '../../../../lib/utf8.ts';
import type { Wait } from '../../../../libc/io.ts';
import { MysqlError } from '../errors.ts';
import { execute, use } from '../server/execute.ts';
import { type Cell, type Done, ok, type Result } from '../server/result.ts';
import type { MysqlServer } from '../server/server.ts';
import { Session } from '../server/session.ts';
import { StatementParser } from '../sql/statements.ts';
import type { ScopeColumn } from '../translate/scope.ts';
import { sourceOf } from '../translate/select.ts';
import { binaryRow, readParameter } from './binary.ts';
import { columnPacket } from './columns.ts';
import { CLIENT, PacketReader, PacketStream, PacketWriter, STATUS } from './packet.ts';

/** Commands of the protocol. */
const COM = {
  QUIT: 1,
  INIT_DB: 2,
  QUERY: 3,
  FIELD_LIST: 4,
  CREATE_DB: 5,
  DROP_DB: 6,
  REFRESH: 7,
  SHUTDOWN: 8,
  STATISTICS: 9,
  PROCESS_INFO: 10,
  PROCESS_KILL: 12,
  DEBUG: 13,
  PING: 14,
  CHANGE_USER: 17,
  STMT_PREPARE: 22,
  STMT_EXECUTE: 23,
  STMT_LONG_DATA: 24,
  STMT_CLOSE: 25,
  STMT_RESET: 26,
  SET_OPTION: 27,
  STMT_FETCH: 28,
  RESET_CONNECTION: 31,
};

const OFFERED =
  CLIENT.LONG_PASSWORD |
  CLIENT.FOUND_ROWS |
  CLIENT.LONG_FLAG |
  CLIENT.CONNECT_WITH_DB |
  CLIENT.LOCAL_FILES |
  CLIENT.PROTOCOL_41 |
  CLIENT.INTERACTIVE |
  CLIENT.TRANSACTIONS |
  CLIENT.SECURE_CONNECTION |
  CLIENT.MULTI_STATEMENTS |
  CLIENT.MULTI_RESULTS |
  CLIENT.PS_MULTI_RESULTS |
  CLIENT.PLUGIN_AUTH |
  CLIENT.CONNECT_ATTRS |
  CLIENT.PLUGIN_AUTH_LENENC |
  CLIENT.DEPRECATE_EOF;

/** utf8mb4's number in the protocol. */
const UTF8 = 45;

export interface Peer {
  host: string;
  /** 0: over the unix socket. */
  port: number;
}

/** One client's connection to the server. */
export class Conversation {
  readonly #server: MysqlServer;
  readonly #sys: Sys;
  readonly #stream: PacketStream;
  readonly #peer: Peer;
  #capabilities = 0;
  #session: Session | undefined;
  #statements = 0;

  constructor(server: MysqlServer, sys: Sys, fd: number, peer: Peer) {
    this.#server = server;
    this.#sys = sys;
    this.#stream = new PacketStream(sys, fd);
    this.#peer = peer;
  }

  /** Until the client leaves. */
  *run(): Wait<void> {
    const session = yield* this.#login();
    if (!session) return;
    this.#session = session;
    this.#server.sessions.set(session.id, session);
    try {
      for (;;) {
        session.doing = { command: 'Sleep', since: this.#server.now(), info: undefined, state: '' };
        const packet = yield* this.#stream.read();
        if (!packet || session.closed || packet[0] === COM.QUIT) break;
        session.interrupted = false;
        if (!(yield* this.#serve(session, packet))) break;
        if (session.closed) break;
      }
    } finally {
      yield* session.close();
    }
  }

  *#login(): Wait<Session | undefined> {
    const { flavor } = this.#server;
    const id = ++this.#server.lastId;
    const scramble = new Uint8Array(20);
    this.#sys.getrandom(scramble);
    for (const [i, byte] of scramble.entries()) scramble[i] = 33 + (byte % 94);
    if (this.#server.sessions.size >= Number(this.#server.globals.get('max_connections'))) {
      yield* this.#fail(new MysqlError('ER_CON_COUNT_ERROR', 'Too many connections'));
      return undefined;
    }
    const version = flavor.mariadb ? `5.5.5-${flavor.version}` : flavor.version;
    const greeting = new PacketWriter()
      .int(10, 1)
      .ended(version)
      .int(id, 4)
      .bytes(scramble.subarray(0, 8))
      .int(0, 1)
      .int(OFFERED & 0xffff, 2)
      .int(flavor.number >= 80000 && !flavor.mariadb ? 255 : UTF8, 1)
      .int(STATUS.AUTOCOMMIT, 2)
      .int(OFFERED >>> 16, 2)
      .int(21, 1)
      .bytes(new Uint8Array(10))
      .bytes(scramble.subarray(8))
      .int(0, 1)
      .ended(flavor.plugin);
    this.#stream.put(greeting.done());
    if (!(yield* this.#stream.flush())) return undefined;
    const packet = yield* this.#stream.read();
    if (!packet) return undefined;
    const reader = new PacketReader(packet);
    this.#capabilities = reader.int(4);
    reader.take(28);
    const user = reader.ended();
    const response =
      (this.#capabilities & CLIENT.PLUGIN_AUTH_LENENC) !== 0
        ? (reader.counted() ?? new Uint8Array())
        : reader.take(reader.int(1));
    const db = (this.#capabilities & CLIENT.CONNECT_WITH_DB) !== 0 ? reader.ended() : '';
    const plugin = (this.#capabilities & CLIENT.PLUGIN_AUTH) !== 0 ? reader.ended() : 'mysql_native_password';
    return yield* this.#authenticate(id, user, db, plugin, response, scramble);
  }

  *#authenticate(
    id: number,
    user: string,
    db: string,
    plugin: string,
    given: Uint8Array,
    scramble: Uint8Array,
  ): Wait<Session | undefined> {
    const { users, openToAll, flavor } = this.#server;
    const { host, port } = this.#peer;
    const account =
      users.match(user, host) ??
      (openToAll ? { user, host, plugin: flavor.plugin, secret: '', role: false, grants: [], roles: [] } : undefined);
    let response = given;
    const local =
      port === 0 && account !== undefined && (account.plugin === 'unix_socket' || account.plugin === 'auth_socket');
    if (account && !local && account.plugin !== plugin && !openToAll) {
      // AuthSwitchRequest
      this.#stream.put(new PacketWriter().int(254, 1).ended(account.plugin).bytes(scramble).int(0, 1).done());
      yield* this.#stream.flush();
      const packet = yield* this.#stream.read();
      if (!packet) return undefined;
      response = packet;
    }
    const proved = account !== undefined && (openToAll || local || users.proves(account, scramble, response));
    if (!proved) {
      if (account === undefined && !users.accounts.some((a) => a.host === '%' || a.host === host))
        yield* this.#fail(
          new MysqlError(
            'ER_HOST_NOT_PRIVILEGED',
            `Host '${host}' is not allowed to connect to this ${flavor.product} server`,
          ),
        );
      else
        yield* this.#fail(
          new MysqlError(
            'ER_ACCESS_DENIED_ERROR',
            `Access denied for user '${user}'@'${host}' (using password: ${given.length > 1 || (given.length === 1 && given[0] !== 0) ? 'YES' : 'NO'})`,
          ),
        );
      return undefined;
    }
    if (account.plugin === 'caching_sha2_password' && account.secret !== '' && !local)
      this.#stream.put(Uint8Array.of(1, 3));
    const session = new Session(this.#server, this.#sys, id, account, user === '' ? account.user : user, host, port);
    try {
      if (db !== '') use(session, db);
    } catch (error) {
      if (!(error instanceof MysqlError)) throw error;
      yield* this.#fail(error);
      return undefined;
    }
    this.#session = session;
    this.#put(ok());
    return (yield* this.#stream.flush()) ? session : undefined;
  }

  get #status(): number {
    const session = this.#session;
    return (session?.inTransaction ? STATUS.IN_TRANS : 0) | (session?.autocommit === false ? 0 : STATUS.AUTOCOMMIT);
  }

  #put(result: Done, more = false): void {
    const packet = new PacketWriter()
      .int(0, 1)
      .length(result.affected)
      .length(result.insertId)
      .int(this.#status | (more ? STATUS.MORE_RESULTS : 0), 2)
      .int(this.#session?.warnings.length ?? 0, 2);
    if (result.info !== '') packet.counted(result.info);
    this.#stream.put(packet.done());
  }

  *#fail(error: MysqlError): Wait<void> {
    const packet = new PacketWriter().int(255, 1).int(error.number, 2);
    packet.text(`#${error.state}`);
    this.#stream.put(packet.text(error.message).done());
    yield* this.#stream.flush();
  }

  /** End of columns (`always`), or of rows. */
  #end(more: boolean): void {
    const status = this.#status | (more ? STATUS.MORE_RESULTS : 0);
    const warnings = this.#session?.warnings.length ?? 0;
    if ((this.#capabilities & CLIENT.DEPRECATE_EOF) !== 0)
      this.#stream.put(new PacketWriter().int(254, 1).length(0).length(0).int(status, 2).int(warnings, 2).done());
    else this.#stream.put(new PacketWriter().int(254, 1).int(warnings, 2).int(status, 2).done());
  }

  #columns(columns: readonly ScopeColumn[]): void {
    for (const column of columns) this.#stream.put(columnPacket(column, UTF8));
    if ((this.#capabilities & CLIENT.DEPRECATE_EOF) === 0) this.#end(false);
  }

  /** Sends a result; rows as the engine gives them. @returns whether the client is there */
  *#answer(result: Result, more: boolean, binary: boolean): Wait<boolean> {
    if (result.k === 'local-infile') return yield* this.#localFile(result, more);
    if (result.k === 'ok') {
      this.#put(result, more);
      return true;
    }
    const { columns } = result;
    this.#stream.put(new PacketWriter().length(columns.length).done());
    this.#columns(columns);
    for (let rows: Cell[][] | undefined = result.rows; rows; rows = result.more ? yield* result.more() : undefined)
      for (const row of rows) {
        this.#stream.put(binary ? binaryRow(row, columns) : textRow(row));
        if (this.#stream.full && !(yield* this.#stream.flush())) return false;
        if (this.#sys.tick()) yield;
      }
    this.#end(more);
    return true;
  }

  *#localFile(result: Extract<Result, { k: 'local-infile' }>, more: boolean): Wait<boolean> {
    if ((this.#capabilities & CLIENT.LOCAL_FILES) === 0) {
      yield* this.#fail(
        new MysqlError(
          'ER_UNKNOWN_ERROR',
          'Loading local data is disabled; this must be enabled on both the client and server sides',
        ),
      );
      return true;
    }
    this.#stream.put(new PacketWriter().int(251, 1).text(result.file).done());
    if (!(yield* this.#stream.flush())) return false;
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = yield* this.#stream.read();
      if (!part) return false;
      if (part.length === 0) break;
      parts.push(part);
    }
    const content = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const part of parts) {
      content.set(part, at);
      at += part.length;
    }
    return yield* this.#answer(yield* result.load(content), more, false);
  }

  /** Does one command. @returns whether the conversation goes on */
  *#serve(session: Session, packet: Uint8Array): Wait<boolean> {
    const command = packet[0]!;
    const body = packet.subarray(1);
    try {
      const there = yield* this.#command(session, command, body);
      return there && (yield* this.#stream.flush());
    } catch (error) {
      if (!(error instanceof MysqlError)) throw error;
      yield* this.#fail(error);
      return true;
    }
  }

  *#command(session: Session, command: number, body: Uint8Array): Wait<boolean> {
    session.doing = { command: 'Query', since: this.#server.now(), info: undefined, state: '' };
    switch (command) {
      case COM.PING:
      case COM.REFRESH:
      case COM.DEBUG:
      case COM.RESET_CONNECTION:
        if (command === COM.RESET_CONNECTION) yield* session.rollback();
        this.#put(ok());
        return true;
      case COM.SET_OPTION:
        this.#end(false);
        return true;
      case COM.INIT_DB:
        use(session, decode(body));
        this.#put(ok());
        return true;
      case COM.QUERY:
        return yield* this.#query(session, decode(body));
      case COM.CREATE_DB:
        return yield* this.#query(session, `CREATE DATABASE \`${decode(body)}\``);
      case COM.DROP_DB:
        return yield* this.#query(session, `DROP DATABASE \`${decode(body)}\``);
      case COM.FIELD_LIST:
        return this.#fields(session, new PacketReader(body).ended());
      case COM.STATISTICS:
        this.#stream.put(new PacketWriter().text(this.#statistics()).done());
        return true;
      case COM.PROCESS_INFO:
        return yield* this.#query(session, 'SHOW PROCESSLIST');
      case COM.PROCESS_KILL:
        return yield* this.#query(session, `KILL ${new PacketReader(body).int(4)}`);
      case COM.SHUTDOWN:
        return yield* this.#query(session, 'SHUTDOWN');
      case COM.STMT_PREPARE:
        return yield* this.#prepare(session, decode(body));
      case COM.STMT_EXECUTE:
        return yield* this.#executePrepared(session, body);
      case COM.STMT_CLOSE:
        session.prepared.delete(new PacketReader(body).int(4));
        return true;
      case COM.STMT_RESET:
        this.#put(ok());
        return true;
      default:
        throw new MysqlError('ER_UNKNOWN_COM_ERROR', 'Unknown command');
    }
  }

  #statistics(): string {
    const { uptime, sessions, questions } = this.#server;
    const open = [...this.#server.catalog.databases.values()].reduce((n, { tables }) => n + tables.size, 0);
    return `Uptime: ${uptime}  Threads: ${sessions.size}  Questions: ${questions}  Slow queries: 0  Opens: ${open}  Flush tables: 3  Open tables: ${open}  Queries per second avg: ${(questions / Math.max(1, uptime)).toFixed(3)}`;
  }

  /** One statement, or several with `;` between. */
  *#query(session: Session, text: string): Wait<boolean> {
    let rest = text;
    session.doing.info = text;
    if (/^\s*$/.test(rest)) throw new MysqlError('ER_EMPTY_QUERY', 'Query was empty');
    for (;;) {
      const parser = new StatementParser(rest, session.dialect);
      if (parser.done) {
        const nothing = parser.rest;
        if (nothing >= rest.length || rest.slice(nothing).trim() === '') {
          if (rest === text && /^\s*;/.test(rest)) throw new MysqlError('ER_EMPTY_QUERY', 'Query was empty');
          this.#put(ok());
          return true;
        }
      }
      const statement = parser.statement();
      const after = parser.rest;
      const following = rest.slice(after);
      const more = following.trim() !== '';
      if (more && (this.#capabilities & CLIENT.MULTI_STATEMENTS) === 0)
        throw new StatementParser(following, session.dialect).failHere();
      if (parser.assigned.size > 0) yield* session.beginAssigned(parser.assigned);
      const result = yield* execute(session, statement);
      if (!(yield* this.#answer(result, more, false))) return false;
      if (parser.assigned.size > 0) yield* session.endAssigned();
      if (!more) return true;
      rest = following;
    }
  }

  #fields(session: Session, name: string): boolean {
    const table = session.table(undefined, name);
    for (const column of sourceOf(table, table.name).columns) this.#stream.put(columnPacket(column, UTF8, true));
    this.#end(false);
    return true;
  }

  *#prepare(session: Session, sql: string): Wait<boolean> {
    const parser = new StatementParser(sql, session.dialect);
    const statement = parser.statement();
    const id = ++this.#statements;
    session.prepared.set(id, { sql, statement, parameters: parser.parameters });
    session.parameters = [];
    const columns = statement.k === 'select' ? session.translator().select(statement.select).columns : [];
    this.#stream.put(
      new PacketWriter()
        .int(0, 1)
        .int(id, 4)
        .int(columns.length, 2)
        .int(parser.parameters, 2)
        .int(0, 1)
        .int(0, 2)
        .done(),
    );
    const parameter: ScopeColumn = {
      name: '?',
      type: { base: 'varchar', length: 255 },
      table: '',
      db: '',
      original: '',
      notNull: false,
      key: '',
      autoIncrement: false,
    };
    if (parser.parameters > 0) this.#columns(new Array<ScopeColumn>(parser.parameters).fill(parameter));
    if (columns.length > 0) this.#columns(columns);
    return true;
  }

  *#executePrepared(session: Session, body: Uint8Array): Wait<boolean> {
    const reader = new PacketReader(body);
    const id = reader.int(4);
    const prepared = session.prepared.get(id);
    if (!prepared)
      throw new MysqlError(
        'ER_UNKNOWN_STMT_HANDLER',
        `Unknown prepared statement handler (${id}) given to mysqld_stmt_execute`,
      );
    reader.take(5);
    const { parameters } = prepared;
    session.parameters = [];
    if (parameters > 0) {
      const nulls = reader.take((parameters + 7) >> 3);
      if (reader.int(1) === 1) prepared.types = Array.from({ length: parameters }, () => reader.int(2));
      for (let i = 0; i < parameters; i++)
        session.parameters.push(
          (nulls[i >> 3]! >> (i & 7)) & 1
            ? { sql: 'NULL', type: { base: 'null' } }
            : readParameter(reader, prepared.types?.[i] ?? 253),
        );
    }
    session.doing.command = 'Execute';
    session.doing.info = prepared.sql;
    return yield* this.#answer(yield* execute(session, prepared.statement), false, true);
  }
}

function textRow(row: readonly Cell[]): Uint8Array {
  const packet = new PacketWriter();
  for (const cell of row) {
    if (cell === undefined) packet.int(251, 1);
    else packet.counted(cell);
  }
  return packet.done();
}
