import type { MysqlError } from '../errors.ts';
import { type Dialect, Lexer, syntaxError, type Token } from './tokens.ts';

/** Words that are no names unless they are quoted. */
const RESERVED = new Set(
  `ADD ALL ALTER ANALYZE AND AS ASC BEFORE BETWEEN BIGINT BINARY BLOB BOTH BY CALL CASCADE CASE CHANGE CHAR CHARACTER CHECK COLLATE COLUMN
CONDITION CONSTRAINT CONTINUE CONVERT CREATE CROSS CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR DATABASE DATABASES DECIMAL
DECLARE DEFAULT DELAYED DELETE DESC DESCRIBE DISTINCT DISTINCTROW DIV DOUBLE DROP DUAL EACH ELSE ELSEIF ENCLOSED ESCAPED EXISTS EXIT EXPLAIN
FALSE FETCH FLOAT FOR FORCE FOREIGN FROM FULLTEXT GENERATED GRANT GROUP HAVING HIGH_PRIORITY IF IGNORE IN INDEX INFILE INNER INOUT INSERT INT
INTEGER INTERVAL INTO IS ITERATE JOIN KEY KEYS KILL LEADING LEAVE LEFT LIKE LIMIT LINEAR LINES LOAD LOCALTIME LOCALTIMESTAMP LOCK LONG LONGBLOB
LONGTEXT LOOP LOW_PRIORITY MATCH MEDIUMBLOB MEDIUMINT MEDIUMTEXT MOD NATURAL NOT NULL NUMERIC ON OPTIMIZE OPTION OPTIONALLY OR ORDER OUT OUTER
OUTFILE PARTITION PRECISION PRIMARY PROCEDURE PURGE RANGE READ REAL RECURSIVE REFERENCES REGEXP RELEASE RENAME REPEAT REPLACE REQUIRE RESTRICT
RETURN REVOKE RIGHT RLIKE SCHEMA SCHEMAS SELECT SEPARATOR SET SHOW SMALLINT SPATIAL SQL STARTING STRAIGHT_JOIN TABLE TERMINATED THEN TINYBLOB
TINYINT TINYTEXT TO TRAILING TRIGGER TRUE UNDO UNION UNIQUE UNLOCK UNSIGNED UPDATE USAGE USE USING UTC_DATE UTC_TIME UTC_TIMESTAMP VALUES
VARBINARY VARCHAR VARYING WHEN WHERE WHILE WITH WRITE XOR ZEROFILL EXCEPT INTERSECT WINDOW OVER`.split(/\s+/),
);

/** Goes over the tokens of one statement. */
export class Cursor {
  protected readonly tokens: Token[];
  protected at = 0;

  constructor(
    readonly sql: string,
    readonly dialect: Dialect,
  ) {
    this.tokens = new Lexer(sql, dialect).tokens;
  }

  get token(): Token {
    return this.tokens[this.at]!;
  }

  protected peek(ahead = 1): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  get done(): boolean {
    return this.token.kind === 'end' || this.isOperator(';');
  }

  protected fail(token = this.token): MysqlError {
    return syntaxError(this.sql, token.start, this.dialect.product);
  }

  protected isWord(...words: string[]): boolean {
    return this.token.kind === 'word' && words.includes(this.token.upper);
  }

  protected isOperator(text: string): boolean {
    return this.token.kind === 'operator' && this.token.text === text;
  }

  /** Takes these words where they come next. */
  protected accept(...words: string[]): boolean {
    for (const [i, word] of words.entries()) {
      const token = this.peek(i);
      if (token.kind !== 'word' || token.upper !== word) return false;
    }
    this.at += words.length;
    return true;
  }

  /** Takes one of these words. */
  protected acceptOne(...words: string[]): string | undefined {
    if (!this.isWord(...words)) return undefined;
    const { upper } = this.token;
    this.at++;
    return upper;
  }

  protected expect(...words: string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.fail();
  }

  protected acceptOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.at++;
    return true;
  }

  protected expectOperator(text: string): void {
    if (!this.acceptOperator(text)) throw this.fail();
  }

  protected isName(token = this.token): boolean {
    return token.kind === 'name' || (token.kind === 'word' && !RESERVED.has(token.upper));
  }

  /** A name. */
  protected name(): string {
    const { token } = this;
    if (!this.isName()) throw this.fail();
    this.at++;
    return token.text;
  }

  /** A name after a dot, which may be any word. */
  protected member(): string {
    const { token } = this;
    if (token.kind !== 'name' && token.kind !== 'word') throw this.fail();
    this.at++;
    return token.text;
  }

  protected text(): string {
    const { token } = this;
    if (token.kind !== 'text') throw this.fail();
    this.at++;
    return token.text;
  }

  /** A name or a text: an alias, a character set. */
  protected nameOrText(): string {
    return this.token.kind === 'text' ? this.text() : this.isWord('BINARY') ? this.member() : this.name();
  }

  protected number(): number {
    const { token } = this;
    if (token.kind !== 'number') throw this.fail();
    this.at++;
    return Number(token.text);
  }

  /** A list in parentheses. */
  protected parenthesised<T>(item: () => T): T[] {
    this.expectOperator('(');
    const list = this.list(item);
    this.expectOperator(')');
    return list;
  }

  protected list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptOperator(',')) items.push(item());
    return items;
  }

  /** The statement's text from one token to the one before this. */
  protected textFrom(start: Token): string {
    const last = this.tokens[this.at - 1]!;
    return this.sql.slice(start.start, last.end);
  }
}
