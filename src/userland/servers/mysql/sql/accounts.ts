import type { Statement, UserName, UserSpec } from './ast.ts';
import { DefinitionParser } from './definitions.ts';

/** Privileges that are more than one word. */
const LONG = [
  ['ALL', 'PRIVILEGES'],
  ['ALTER', 'ROUTINE'],
  ['CREATE', 'ROUTINE'],
  ['CREATE', 'TABLESPACE'],
  ['CREATE', 'TEMPORARY', 'TABLES'],
  ['CREATE', 'USER'],
  ['CREATE', 'VIEW'],
  ['CREATE', 'ROLE'],
  ['DROP', 'ROLE'],
  ['GRANT', 'OPTION'],
  ['LOCK', 'TABLES'],
  ['REPLICATION', 'CLIENT'],
  ['REPLICATION', 'SLAVE'],
  ['SHOW', 'DATABASES'],
  ['SHOW', 'VIEW'],
  ['BINLOG', 'MONITOR'],
];

/** Reads statements about users and privileges. */
export abstract class AccountParser extends DefinitionParser {
  protected userName(): UserName {
    if (this.accept('CURRENT_USER')) {
      if (this.acceptOperator('(')) this.expectOperator(')');
      return { user: '', host: 'CURRENT_USER' };
    }
    const user = this.nameOrText();
    const { token } = this;
    // 'a'@'b' is read as a variable: @'b'
    if (token.kind === 'user') {
      this.at++;
      return { user, host: token.text === '' ? '%' : token.text };
    }
    if (!this.acceptOperator('@')) return { user, host: '%' };
    return { user, host: this.nameOrText() };
  }

  #spec(): UserSpec {
    const spec: UserSpec = { name: this.userName() };
    if (!this.acceptOne('IDENTIFIED')) return spec;
    if (this.acceptOne('WITH', 'VIA')) {
      spec.plugin = this.nameOrText();
      if (this.accept('BY')) spec.password = this.text();
      else if (this.acceptOne('AS', 'USING')) {
        if (this.accept('PASSWORD')) spec.password = this.parenthesised(() => this.text())[0]!;
        else spec.hash = this.text();
      }
      if (this.accept('OR')) {
        const other = this.nameOrText();
        spec.plugin = other;
        if (this.acceptOne('USING', 'AS')) spec.hash = this.text();
      }
      return spec;
    }
    this.expect('BY');
    if (this.accept('PASSWORD')) spec.hash = this.text();
    else if (this.accept('RANDOM')) this.expect('PASSWORD');
    else spec.password = this.text();
    return spec;
  }

  /** What may follow the users: limits, TLS, expiry; it is read and has no effect. */
  #userOptions(): void {
    while (!this.done) {
      if (
        this.acceptOne(
          'REQUIRE',
          'WITH',
          'PASSWORD',
          'ACCOUNT',
          'DEFAULT',
          'COMMENT',
          'ATTRIBUTE',
          'FAILED_LOGIN_ATTEMPTS',
          'PASSWORD_LOCK_TIME',
        )
      ) {
        while (!this.done && !this.isOperator(',')) this.at++;
        continue;
      }
      throw this.fail();
    }
  }

  protected createUser(role: boolean): Statement {
    const ifNotExists = this.accept('IF', 'NOT', 'EXISTS');
    const users = this.list(() => this.#spec());
    this.#userOptions();
    return { k: 'create-user', users, ifNotExists, role };
  }

  protected alterUser(): Statement {
    const ifExists = this.accept('IF', 'EXISTS');
    const users = this.list(() => this.#spec());
    this.#userOptions();
    return { k: 'alter-user', users, ifExists };
  }

  protected dropUser(role: boolean): Statement {
    const ifExists = this.accept('IF', 'EXISTS');
    return { k: 'drop-user', users: this.list(() => this.userName()), ifExists, role };
  }

  protected renameUser(): Statement {
    const pairs = this.list((): [UserName, UserName] => {
      const from = this.userName();
      this.expect('TO');
      return [from, this.userName()];
    });
    return { k: 'rename-user', pairs };
  }

  #privilege(): string {
    for (const words of LONG) if (this.accept(...words)) return words.join(' ').replace('ALL PRIVILEGES', 'ALL');
    const { token } = this;
    const word = token.kind === 'text' ? this.userName().user : this.member();
    const name = token.kind === 'word' ? word.toUpperCase() : word;
    if (this.isOperator('(')) return `${name} (${this.parenthesised(() => this.name()).join(', ')})`;
    return name;
  }

  protected grant(): Statement {
    const privileges = this.list(() => this.#privilege());
    const roles = !this.isWord('ON');
    const { db, table } = roles ? { db: '', table: '' } : this.#level();
    this.expect('TO');
    const users = this.list(() => this.#spec());
    let option = false;
    while (!this.done) {
      if (this.accept('WITH', 'GRANT', 'OPTION')) option = true;
      else if (this.accept('WITH', 'ADMIN', 'OPTION') || this.accept('REQUIRE')) this.acceptOne('NONE', 'SSL');
      else throw this.fail();
    }
    return { k: 'grant', privileges, db, table, users, option, roles };
  }

  #level(): { db: string; table: string } {
    this.expect('ON');
    this.acceptOne('TABLE', 'FUNCTION', 'PROCEDURE');
    if (this.acceptOperator('*')) {
      if (!this.acceptOperator('.')) return { db: '', table: '*' };
      this.expectOperator('*');
      return { db: '*', table: '*' };
    }
    const first = this.nameOrText();
    if (!this.acceptOperator('.')) return { db: '', table: first };
    return { db: first, table: this.acceptOperator('*') ? '*' : this.member() };
  }

  protected revoke(): Statement {
    this.accept('IF', 'EXISTS');
    const privileges = this.list(() => this.#privilege());
    const all = privileges.includes('ALL') && privileges.includes('GRANT OPTION');
    const roles = !all && !this.isWord('ON');
    const { db, table } = all || roles ? { db: '*', table: '*' } : this.#level();
    this.expect('FROM');
    return { k: 'revoke', privileges, db, table, users: this.list(() => this.userName()), all, roles };
  }

  protected setPassword(): Statement {
    const user = this.accept('FOR') ? this.userName() : undefined;
    this.acceptOperator('=');
    const password = this.accept('PASSWORD') ? this.parenthesised(() => this.text())[0]! : this.text();
    return { k: 'set-password', ...(user && { user }), password };
  }
}
