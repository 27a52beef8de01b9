import { CLOCK_REALTIME } from '../../../../abi/flags.ts';
import { dateOfSeconds, datetimeText } from '../../../../lib/mysql-date.ts';
import type { Wait } from '../../../../libc/io.ts';
import type { Context } from '../../../../libc/program.ts';
import type { OptionMap } from '../daemon/options.ts';
import type { MysqlConnection } from './connection.ts';
import { isMariadb } from './settings.ts';

/** Types whose values need no quotes. */
const NUMBERS = [0, 1, 2, 3, 4, 5, 8, 9, 13, 246];
const BLOBS = [249, 250, 251, 252];
/** Bytes of one INSERT, about. */
const STATEMENT = 900_000;

const named = (name: string): string => `\`${name.replace(/`/g, '``')}\``;
const MARKS: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\n': '\\n',
  '\r': '\\r',
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\x1a': '\\Z',
};
const quoted = (text: string): string => `'${text.replace(/[\0\n\r\\'"\x1a]/g, (c) => MARKS[c]!)}'`;

/** Writes a dump: statements that make databases and tables again. */
export class Dump {
  readonly #connection: MysqlConnection;
  readonly #options: OptionMap;
  readonly #write: (text: string) => Wait<void>;
  readonly #ctx: Context;

  constructor(ctx: Context, connection: MysqlConnection, options: OptionMap, write: (text: string) => Wait<void>) {
    this.#ctx = ctx;
    this.#connection = connection;
    this.#options = options;
    this.#write = write;
  }

  #on(name: string, fallback = false): boolean {
    const value = this.#options.get(name);
    if (value === undefined) return fallback && !this.#options.has('compact');
    return value !== 'false' && value !== '0';
  }

  get #comments(): boolean {
    return this.#on('comments', true);
  }

  *head(db: string): Wait<void> {
    const mariadb = isMariadb(this.#ctx);
    const { version, target } = this.#connection;
    const client = this.#ctx.sys.image.version || '8.0.43';
    if (this.#comments) {
      const first = mariadb
        ? `/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19  Distrib ${client}, for debian-linux-gnu (x86_64)`
        : `-- MySQL dump 10.13  Distrib ${client}, for Linux (x86_64)`;
      yield* this.#write(
        `${first}\n--\n-- Host: ${target.host || 'localhost'}    Database: ${db}\n-- ------------------------------------------------------\n-- Server version\t${version}\n\n`,
      );
    }
    if (this.#options.has('compact')) return;
    yield* this.#write(`/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!${mariadb ? '40101' : '50503'} SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
`);
  }

  *tail(): Wait<void> {
    if (!this.#options.has('compact'))
      yield* this.#write(`/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

`);
    const now = datetimeText(dateOfSeconds(Math.floor(this.#ctx.sys.now(CLOCK_REALTIME) / 1000)));
    if (this.#comments)
      yield* this.#write(`-- Dump completed${this.#on('dump-date', true) ? ` on ${now.replace(' 0', '  ')}` : ''}\n`);
  }

  /** A database. @param only these tables; [] all @param creates the database is made too */
  *database(db: string, only: readonly string[], creates: boolean): Wait<void> {
    yield* this.#connection.use(db);
    if (creates) {
      if (this.#comments) yield* this.#write(`\n--\n-- Current Database: ${named(db)}\n--\n`);
      if (this.#on('add-drop-database')) yield* this.#write(`\n/*!40000 DROP DATABASE IF EXISTS ${named(db)}*/;\n`);
      if (!this.#on('no-create-db')) {
        const [row] = yield* this.#connection.rows(`SHOW CREATE DATABASE IF NOT EXISTS ${named(db)}`);
        yield* this.#write(
          `\n${row![1]!.replace(/^CREATE DATABASE (?!\/\*!32312)/, 'CREATE DATABASE /*!32312 IF NOT EXISTS*/ ')};\n`,
        );
      }
      yield* this.#write(`\nUSE ${named(db)};\n`);
    }
    const ignored = (this.#options.get('ignore-table') ?? '').split(',');
    const all = yield* this.#connection.rows('SHOW FULL TABLES');
    const wanted = all.filter(
      ([name]) => (only.length === 0 || only.includes(name!)) && !ignored.includes(`${db}.${name}`),
    );
    for (const name of only) if (!all.some(([there]) => there === name)) throw new MissingTable(name);
    for (const [name, type] of wanted) if (type !== 'VIEW') yield* this.#table(name!);
    for (const [name, type] of wanted) if (type === 'VIEW' && !this.#on('no-create-info')) yield* this.#view(name!);
  }

  *#table(name: string): Wait<void> {
    if (!this.#on('no-create-info')) {
      const [row] = yield* this.#connection.rows(`SHOW CREATE TABLE ${named(name)}`);
      if (this.#comments) yield* this.#write(`\n--\n-- Table structure for table ${named(name)}\n--\n`);
      const drop = this.#on('add-drop-table', true) ? `\nDROP TABLE IF EXISTS ${named(name)};\n` : '\n';
      const plain = this.#options.has('compact');
      yield* this.#write(
        `${drop}/*!40101 SET @saved_cs_client     = @@character_set_client */;\n/*!50503 SET character_set_client = utf8mb4 */;\n${row![1]!};\n/*!40101 SET character_set_client = @saved_cs_client */;\n`.replace(
          plain ? /^\n/ : /^$/,
          '',
        ),
      );
    }
    if (!this.#on('no-data')) yield* this.#rows(name);
  }

  *#rows(name: string): Wait<void> {
    if (this.#comments) yield* this.#write(`\n--\n-- Dumping data for table ${named(name)}\n--\n`);
    const where = this.#options.get('where');
    if (this.#comments && where !== undefined) yield* this.#write(`-- WHERE:  ${where}\n`);
    const locks = this.#on('add-locks', true);
    const keys = this.#on('disable-keys', true);
    if (locks) yield* this.#write(`\nLOCK TABLES ${named(name)} WRITE;\n`);
    if (keys) yield* this.#write(`/*!40000 ALTER TABLE ${named(name)} DISABLE KEYS */;\n`);
    yield* this.#connection.query(
      `SELECT /*!40001 SQL_NO_CACHE */ * FROM ${named(name)}${where === undefined ? '' : ` WHERE ${where}`}`,
    );
    const { fields, rows } = yield* this.#connection.answer();
    const columns = this.#on('complete-insert') ? ` (${fields!.map((f) => named(f.name)).join(', ')})` : '';
    const verb = this.#on('replace')
      ? 'REPLACE INTO'
      : this.#on('insert-ignore')
        ? 'INSERT  IGNORE INTO'
        : 'INSERT INTO';
    const head = `${verb} ${named(name)}${columns} VALUES `;
    const mariadb = isMariadb(this.#ctx);
    const extended = this.#on('extended-insert', true) || this.#options.has('compact');
    let statement = '';
    for (const row of rows) {
      const values = `(${row.map((value, i) => this.#value(value, fields![i]!.type, fields![i]!.charset)).join(',')})`;
      if (!extended) yield* this.#write(`${head}${values};\n`);
      else if (statement === '') statement = `${mariadb ? `${head.trimEnd()}\n` : head}${values}`;
      else if (statement.length + values.length > STATEMENT) {
        yield* this.#write(`${statement};\n`);
        statement = `${mariadb ? `${head.trimEnd()}\n` : head}${values}`;
      } else statement += `${mariadb ? ',\n' : ','}${values}`;
    }
    if (statement !== '') yield* this.#write(`${statement};\n`);
    if (keys) yield* this.#write(`/*!40000 ALTER TABLE ${named(name)} ENABLE KEYS */;\n`);
    if (locks) yield* this.#write('UNLOCK TABLES;\n');
  }

  #value(value: string | undefined, type: number, charset: number): string {
    if (value === undefined) return 'NULL';
    if (NUMBERS.includes(type)) return value;
    if (BLOBS.includes(type) && charset === 63) {
      const hex = Array.from(value, (c) => {
        const code = c.charCodeAt(0);
        // a byte that is no UTF-8
        return code >= 0xdc80 && code <= 0xdcff ? (code - 0xdc00).toString(16) : undefined;
      });
      if (this.#on('hex-blob') || hex.some((h) => h !== undefined)) return value === '' ? "''" : `0x${bytesHex(value)}`;
      return `_binary ${quoted(value)}`;
    }
    return quoted(value);
  }

  *#view(name: string): Wait<void> {
    const [row] = yield* this.#connection.rows(`SHOW CREATE VIEW ${named(name)}`);
    if (this.#comments) yield* this.#write(`\n--\n-- Final view structure for view ${named(name)}\n--\n`);
    yield* this.#write(`\n/*!50001 DROP VIEW IF EXISTS ${named(name)}*/;\n/*!50001 ${row![1]} */;\n`);
  }
}

/** A table that was asked for is not there. */
export class MissingTable extends Error {}

function bytesHex(text: string): string {
  let out = '';
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) out += (code - 0xdc00).toString(16).toUpperCase();
    else if (code < 128) out += code.toString(16).padStart(2, '0').toUpperCase();
    else out += encodeURIComponent(c).replace(/%/g, '');
  }
  return out;
}
