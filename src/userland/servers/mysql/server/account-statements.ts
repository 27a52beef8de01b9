import type { Wait } from '../../../../libc/io.ts';
import { MysqlError } from '../errors.ts';
import type { Statement, UserName, UserSpec } from '../sql/ast.ts';
import { ok, type Result } from './result.ts';
import type { Session } from './session.ts';
import { type Account, STATIC } from './users.ts';

type Of<K extends Statement['k']> = Extract<Statement, { k: K }>;

const shown = ({ user, host }: UserName): string => `'${user}'@'${host}'`;
const failed = (what: string, users: readonly UserName[]): MysqlError =>
  new MysqlError('ER_CANNOT_USER', `Operation ${what} failed for ${users.map(shown).join(',')}`);

/** Changes of users need a privilege on everything. @throws MysqlError */
function needs(session: Session, privilege: string): void {
  const { users, openToAll } = session.server;
  if (openToAll || users.may(session.account, privilege, '*', '')) return;
  throw new MysqlError(
    'ER_SPECIFIC_ACCESS_DENIED_ERROR',
    `Access denied; you need (at least one of) the ${privilege} privilege(s) for this operation`,
  );
}

function* keep(session: Session, accounts: readonly Account[]): Wait<void> {
  yield* session.define(accounts.map((account) => session.server.accountSql(account)));
}

function authenticate(session: Session, account: Account, spec: UserSpec): void {
  const { users, flavor } = session.server;
  if (spec.plugin !== undefined) {
    if (
      !/^(mysql_native_password|caching_sha2_password|sha256_password|unix_socket|auth_socket|ed25519)$/.test(
        spec.plugin,
      )
    )
      throw new MysqlError('ER_PLUGIN_IS_NOT_LOADED', `Plugin '${spec.plugin}' is not loaded`);
    if (spec.plugin === 'mysql_native_password' && flavor.number >= 90000 && !flavor.mariadb)
      throw new MysqlError('ER_PLUGIN_IS_NOT_LOADED', `Plugin 'mysql_native_password' is not loaded`);
    account.plugin = spec.plugin;
  }
  if (spec.password !== undefined) account.secret = users.secret(account.plugin, spec.password);
  else if (spec.hash !== undefined) account.secret = spec.hash.replace(/^\*/, '').toLowerCase();
}

export function* createUser(session: Session, s: Of<'create-user'>): Wait<Result> {
  needs(session, 'CREATE USER');
  const { users, flavor } = session.server;
  const there = s.users.filter(({ name }) => users.find(name)).map(({ name }) => name);
  if (there.length > 0 && !s.ifNotExists) throw failed(s.role ? 'CREATE ROLE' : 'CREATE USER', there);
  for (const name of there) session.note('Note', 3163, `Authorization ID ${shown(name)} already exists.`);
  const added: Account[] = [];
  for (const spec of s.users) {
    if (users.find(spec.name)) continue;
    const account: Account = {
      ...spec.name,
      plugin: flavor.plugin,
      secret: '',
      role: s.role,
      grants: [{ db: '*', table: '*', privileges: [], option: false }],
      roles: [],
    };
    authenticate(session, account, spec);
    users.accounts.push(account);
    added.push(account);
  }
  yield* keep(session, added);
  return ok();
}

export function* alterUser(session: Session, s: Of<'alter-user'>): Wait<Result> {
  const { users } = session.server;
  const changed: Account[] = [];
  for (const spec of s.users) {
    const account = spec.name.host === 'CURRENT_USER' ? session.account : users.find(spec.name);
    if (!account) {
      if (!s.ifExists) throw failed('ALTER USER', [spec.name]);
      continue;
    }
    if (account !== session.account) needs(session, 'CREATE USER');
    authenticate(session, account, spec);
    changed.push(account);
  }
  yield* keep(session, changed);
  return ok();
}

export function* setPassword(session: Session, s: Of<'set-password'>): Wait<Result> {
  const account = s.user ? session.server.users.find(s.user) : session.account;
  if (!account) throw new MysqlError('ER_PASSWORD_NO_MATCH', "Can't find any matching row in the user table");
  if (account !== session.account) needs(session, 'CREATE USER');
  account.secret = session.server.users.secret(account.plugin, s.password);
  yield* keep(session, [account]);
  return ok();
}

export function* dropUser(session: Session, s: Of<'drop-user'>): Wait<Result> {
  needs(session, 'CREATE USER');
  const { server } = session;
  const missing = s.users.filter((name) => !server.users.find(name));
  if (missing.length > 0 && !s.ifExists) throw failed(s.role ? 'DROP ROLE' : 'DROP USER', missing);
  for (const name of missing) session.note('Note', 3162, `Authorization ID ${shown(name)} does not exist.`);
  const statements: string[] = [];
  for (const name of s.users) {
    const account = server.users.find(name);
    if (!account) continue;
    server.users.accounts.splice(server.users.accounts.indexOf(account), 1);
    statements.push(server.keepSql('account', account.host, account.user, undefined));
  }
  yield* session.define(statements);
  return ok();
}

export function* renameUser(session: Session, s: Of<'rename-user'>): Wait<Result> {
  needs(session, 'CREATE USER');
  const { server } = session;
  const statements: string[] = [];
  for (const [from, to] of s.pairs) {
    const account = server.users.find(from);
    if (!account || server.users.find(to)) throw failed('RENAME USER', [from]);
    statements.push(server.keepSql('account', account.host, account.user, undefined));
    Object.assign(account, to);
    statements.push(server.accountSql(account));
  }
  yield* session.define(statements);
  return ok();
}

export function* grant(session: Session, s: Of<'grant'>): Wait<Result> {
  const { server } = session;
  const db = s.db === '' && !s.roles ? session.database(undefined) : s.db;
  const own = session.account.grants.some((g) => g.option && (g.db === '*' || g.db === db));
  if (!server.openToAll && !own) {
    if (db === '*')
      throw new MysqlError(
        'ER_ACCESS_DENIED_ERROR',
        `Access denied for user '${session.user}'@'${session.account.host}' (using password: YES)`,
      );
    throw new MysqlError(
      'ER_DBACCESS_DENIED_ERROR',
      `Access denied for user '${session.user}'@'${session.account.host}' to database '${db}'`,
    );
  }
  const changed: Account[] = [];
  for (const spec of s.users) {
    let account = server.users.find(spec.name);
    if (!account) {
      // before 8.0, and in MariaDB with a password, GRANT makes users
      const makes = server.flavor.number < 80000 || (server.flavor.mariadb && spec.password !== undefined);
      if (!makes)
        throw server.flavor.mariadb
          ? new MysqlError('ER_PASSWORD_NO_MATCH', "Can't find any matching row in the user table")
          : new MysqlError('ER_CANT_CREATE_USER_WITH_GRANT', 'You are not allowed to create a user with GRANT');
      account = {
        ...spec.name,
        plugin: server.flavor.plugin,
        secret: '',
        role: false,
        grants: [{ db: '*', table: '*', privileges: [], option: false }],
        roles: [],
      };
      server.users.accounts.push(account);
    }
    authenticate(session, account, spec);
    if (s.roles) account.roles.push(...s.privileges.filter((role) => !account.roles.includes(role)));
    else {
      if (s.table !== '*' && !server.catalog.find(db, s.table) && !s.privileges.includes('CREATE'))
        throw new MysqlError('ER_NO_SUCH_TABLE', `Table '${db}.${s.table}' doesn't exist`);
      server.users.grant(
        account,
        db,
        s.table,
        s.privileges.filter((p) => p !== 'USAGE'),
        s.option,
      );
    }
    changed.push(account);
  }
  yield* keep(session, changed);
  return ok();
}

export function* revoke(session: Session, s: Of<'revoke'>): Wait<Result> {
  const { users } = session.server;
  const db = s.db === '' ? session.database(undefined) : s.db;
  const changed: Account[] = [];
  for (const name of s.users) {
    const account = users.find(name);
    if (!account)
      throw new MysqlError(
        'ER_NONEXISTING_GRANT',
        `There is no such grant defined for user '${name.user}' on host '${name.host}'`,
      );
    if (s.roles) account.roles = account.roles.filter((role) => !s.privileges.includes(role));
    else if (s.all) account.grants = [{ db: '*', table: '*', privileges: [], option: false }];
    else users.revoke(account, db, s.table, s.privileges);
    changed.push(account);
  }
  yield* keep(session, changed);
  return ok();
}

/** SHOW GRANTS, a line each. */
export function grantLines(session: Session, account: Account): string[] {
  const modern = session.server.flavor.number >= 80000;
  const quote = session.mariadb || modern ? '`' : "'";
  const who = `${quote}${account.user}${quote}@${quote}${account.host}${quote}`;
  const identified =
    session.mariadb && account.secret !== '' ? ` IDENTIFIED BY PASSWORD '*${account.secret.toUpperCase()}'` : '';
  const lines = [...account.grants]
    .sort((a, b) => Number(b.db === '*') - Number(a.db === '*'))
    .map(({ db, table, privileges, option }) => {
      const level = db === '*' ? '*.*' : `\`${db}\`.${table === '*' ? '*' : `\`${table}\``}`;
      const ordered = STATIC.filter((p) => privileges.includes(p)).concat(
        privileges.filter((p) => !STATIC.includes(p) && p !== 'ALL'),
      );
      // 8.0 says each privilege on everything
      const list =
        privileges.length === 0
          ? 'USAGE'
          : privileges.includes('ALL')
            ? db === '*' && modern && !session.mariadb
              ? STATIC.join(', ')
              : 'ALL PRIVILEGES'
            : ordered.join(', ');
      return `GRANT ${list} ON ${level} TO ${who}${db === '*' ? identified : ''}${option ? ' WITH GRANT OPTION' : ''}`;
    });
  if (account.roles.length > 0)
    lines.push(`GRANT ${account.roles.map((role) => `\`${role}\`@\`%\``).join(',')} TO ${who}`);
  return lines;
}

/** SHOW CREATE USER. */
export function userLine(session: Session, account: Account): string {
  const who = `\`${account.user}\`@\`${account.host}\``;
  if (session.mariadb)
    return `CREATE USER ${who}${account.secret === '' ? '' : ` IDENTIFIED BY PASSWORD '*${account.secret.toUpperCase()}'`}`;
  const as =
    account.secret === ''
      ? ''
      : ` AS '${account.plugin === 'mysql_native_password' ? `*${account.secret.toUpperCase()}` : `$A$005$${account.secret}`}'`;
  return `CREATE USER ${who} IDENTIFIED WITH '${account.plugin}'${as} REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT PASSWORD REUSE INTERVAL DEFAULT PASSWORD REQUIRE CURRENT DEFAULT`;
}
