import { AccountParser } from './accounts.ts';
import type { Expr, Statement } from './ast.ts';

type Show = Extract<Statement, { k: 'show' }>;

/** Reads SET and SHOW. */
export abstract class SessionParser extends AccountParser {
  protected set(): Statement {
    this.expect('SET');
    if (this.accept('NAMES')) {
      const charset = this.isWord('DEFAULT') ? this.member() : this.nameOrText();
      const collation = this.accept('COLLATE') ? this.nameOrText() : undefined;
      return { k: 'set-names', charset: charset.toLowerCase(), ...(collation !== undefined && { collation }) };
    }
    if (this.accept('CHARACTER', 'SET') || this.accept('CHARSET'))
      return { k: 'set-names', charset: this.nameOrText().toLowerCase() };
    if (this.accept('PASSWORD')) return this.setPassword();
    const from = this.at;
    this.acceptOne('GLOBAL', 'SESSION', 'LOCAL');
    if (this.accept('TRANSACTION')) {
      while (!this.done) this.at++;
      return { k: 'set-transaction' };
    }
    if (this.acceptOne('ROLE', 'RESOURCE')) {
      while (!this.done) this.at++;
      return { k: 'nothing' };
    }
    if (this.accept('DEFAULT', 'ROLE')) {
      while (!this.done) this.at++;
      return { k: 'nothing' };
    }
    this.at = from;
    return { k: 'set', sets: this.list(() => this.#setting()) };
  }

  #setting(): { scope: string; name: string; value: Expr | string } {
    const { token } = this;
    let scope = 'session';
    let name: string;
    if (token.kind === 'user') {
      this.at++;
      [scope, name] = ['user', token.text.toLowerCase()];
    } else if (token.kind === 'system') {
      this.at++;
      const [first, ...rest] = token.text.toLowerCase().split('.');
      [scope, name] = rest.length > 0 ? [first!, rest.join('.')] : ['session', first!];
    } else {
      scope = this.acceptOne('GLOBAL', 'SESSION', 'LOCAL', 'PERSIST', 'PERSIST_ONLY')?.toLowerCase() ?? 'session';
      name = this.name().toLowerCase();
      while (this.acceptOperator('.')) name += `.${this.member().toLowerCase()}`;
    }
    if (!this.acceptOperator('=')) this.expectOperator(':=');
    // SET x = ON, SET sql_mode = ANSI: words
    const next = this.peek();
    if (scope !== 'user' && this.token.kind === 'word' && (next.kind === 'end' || [',', ';'].includes(next.text)))
      return { scope, name, value: this.member() };
    return { scope, name, value: this.expression() };
  }

  protected show(): Statement {
    this.expect('SHOW');
    const show: Show = { k: 'show', what: '', full: false, scope: 'session' };
    for (;;) {
      const word = this.acceptOne('FULL', 'EXTENDED', 'GLOBAL', 'SESSION', 'LOCAL', 'STORAGE');
      if (!word) break;
      if (word === 'FULL') show.full = true;
      if (word === 'GLOBAL') show.scope = 'global';
    }
    const what = this.member().toUpperCase();
    show.what =
      what === 'SCHEMAS'
        ? 'DATABASES'
        : what === 'FIELDS'
          ? 'COLUMNS'
          : what === 'INDEXES' || what === 'KEYS'
            ? 'INDEX'
            : what;
    if (what === 'CREATE') return this.#showCreate(show);
    if (what === 'CHARACTER') this.expect('SET');
    if (
      what === 'TABLE' ||
      what === 'MASTER' ||
      what === 'REPLICA' ||
      what === 'SLAVE' ||
      what === 'PROCEDURE' ||
      what === 'FUNCTION' ||
      what === 'ENGINE' ||
      what === 'BINARY'
    ) {
      while (this.isWord('INNODB')) this.at++;
      show.what = `${what} ${this.member().toUpperCase()}`;
    }
    if (what === 'COUNT') {
      while (!this.done) show.what += this.tokens[this.at++]!.upper;
      return show;
    }
    if (what === 'GRANTS' && this.accept('FOR')) show.user = this.userName();
    if (what === 'LIMIT') throw this.fail();
    if (['COLUMNS', 'INDEX'].includes(show.what) && (this.accept('FROM') || this.accept('IN')))
      show.table = this.tableName();
    if (this.accept('FROM') || this.accept('IN')) show.db = this.name();
    if (show.table && show.db !== undefined) show.table = { db: show.db, name: show.table.name };
    if (this.accept('LIKE')) show.like = this.text();
    else if (this.accept('WHERE')) show.where = this.expression();
    if (this.accept('LIMIT')) {
      show.limit = this.number();
      if (this.acceptOperator(',')) show.limit = this.number();
    }
    return show;
  }

  #showCreate(show: Show): Statement {
    const kind = this.member().toUpperCase();
    show.what = `CREATE ${kind === 'SCHEMA' ? 'DATABASE' : kind}`;
    if (kind === 'DATABASE' || kind === 'SCHEMA') {
      this.accept('IF', 'NOT', 'EXISTS');
      show.name = this.member();
    } else if (kind === 'USER') show.user = this.userName();
    else show.table = this.tableName();
    return show;
  }
}
