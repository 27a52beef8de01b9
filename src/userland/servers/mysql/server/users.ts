import type { HashFactory } from '../../../../lib/hash.ts';
import { fromHex, toHex } from '../../../../lib/hex.ts';
import { sha1 } from '../../../../lib/sha1.ts';
import { encode } from '../../../../lib/utf8.ts';
import { MysqlError } from '../errors.ts';
import type { UserName } from '../sql/ast.ts';

export interface Grant {
  /** `*` or a database, which may be a pattern. */
  db: string;
  /** `*` or a table. */
  table: string;
  privileges: string[];
  option: boolean;
}

/** A user, or a role. */
export interface Account {
  user: string;
  host: string;
  plugin: string;
  /** SHA1(SHA1(password)) or SHA256(SHA256(password)) in hexadecimal; '': no password. */
  secret: string;
  role: boolean;
  grants: Grant[];
  roles: string[];
}

/** Privileges on everything, in the order in which SHOW GRANTS has them. */
export const STATIC =
  'SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,RELOAD,SHUTDOWN,PROCESS,FILE,REFERENCES,INDEX,ALTER,SHOW DATABASES,SUPER,CREATE TEMPORARY TABLES,LOCK TABLES,EXECUTE,REPLICATION SLAVE,REPLICATION CLIENT,CREATE VIEW,SHOW VIEW,CREATE ROUTINE,ALTER ROUTINE,CREATE USER,EVENT,TRIGGER,CREATE TABLESPACE,CREATE ROLE,DROP ROLE'.split(
    ',',
  );

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);
const concat = (...parts: Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
};

/** A host that a pattern of accounts (`%`, `172.17.%`) takes. */
function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '%' || pattern.toLowerCase() === host.toLowerCase()) return true;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/%/g, '.*')
    .replace(/_/g, '.');
  return new RegExp(`^${source}$`, 'i').test(host);
}

const databaseMatches = (pattern: string, db: string): boolean =>
  pattern === '*' || pattern === db || hostMatches(pattern.replace(/\\_/g, '_'), db);

/** The users of a server and what they may do. */
export class Users {
  readonly accounts: Account[] = [];

  constructor(readonly sha256: HashFactory) {}

  find({ user, host }: UserName): Account | undefined {
    return this.accounts.find((account) => account.user === user && account.host.toLowerCase() === host.toLowerCase());
  }

  /** Who somebody from `host` is: the account whose host is most exact, one with a name before one for all. */
  match(user: string, host: string): Account | undefined {
    const rank = (account: Account): number =>
      (account.host === '%' ? 0 : account.host.includes('%') ? 1 : 2) * 2 + (account.user === '' ? 0 : 1);
    return this.accounts
      .filter(
        (account) => !account.role && (account.user === user || account.user === '') && hostMatches(account.host, host),
      )
      .sort((a, b) => rank(b) - rank(a))[0];
  }

  /** What is kept of a password. */
  secret(plugin: string, password: string): string {
    if (password === '') return '';
    if (plugin === 'caching_sha2_password' || plugin === 'sha256_password')
      return this.#sha(this.#hash(encode(password)));
    return toHex(sha1(sha1(encode(password))));
  }

  #hash(bytes: Uint8Array): Uint8Array {
    return fromHex(this.sha256.hex(bytes))!;
  }

  #sha(bytes: Uint8Array): string {
    return this.sha256.hex(bytes);
  }

  /** Does what a client sent prove that it knows the password? */
  proves(account: Account, scramble: Uint8Array, response: Uint8Array): boolean {
    if (account.secret === '') return response.length === 0 || (response.length === 1 && response[0] === 0);
    const secret = fromHex(account.secret)!;
    if (account.plugin === 'mysql_native_password') {
      if (response.length !== 20) return false;
      return same(sha1(xor(response, sha1(concat(scramble, secret)))), secret);
    }
    if (response.length !== 32) return false;
    return same(this.#hash(xor(response, this.#hash(concat(secret, scramble)))), secret);
  }

  /** May the account do that there? Roles count as if they were granted. */
  may(account: Account, privilege: string, db: string, table: string): boolean {
    if (db === 'information_schema' && privilege === 'SELECT') return true;
    if (db === 'performance_schema' && privilege === 'SELECT' && account.user === 'root') return true;
    const all = [
      account,
      ...account.roles
        .map((role) => this.accounts.find(({ role: is, user }) => is && user === role))
        .filter((role) => role !== undefined),
    ];
    return all.some(({ grants }) =>
      grants.some(
        (grant) =>
          (grant.privileges.includes('ALL') ||
            grant.privileges.some((p) => p === privilege || p.startsWith(`${privilege} (`))) &&
          databaseMatches(grant.db, db) &&
          (grant.table === '*' || grant.table === table || (table === '' && privilege === 'SELECT')),
      ),
    );
  }

  /** It has any privilege there. */
  sees(account: Account, db: string): boolean {
    if (db === 'information_schema') return true;
    if (db === 'performance_schema') return true;
    return account.grants.some(
      (grant) => grant.privileges.some((p) => p !== 'USAGE') && (grant.db === '*' || databaseMatches(grant.db, db)),
    );
  }

  /** Adds privileges. */
  grant(account: Account, db: string, table: string, privileges: readonly string[], option: boolean): void {
    let grant = account.grants.find((g) => g.db === db && g.table === table);
    if (!grant) account.grants.push((grant = { db, table, privileges: [], option: false }));
    if (privileges.includes('ALL')) grant.privileges = ['ALL'];
    else
      for (const p of privileges)
        if (!grant.privileges.includes('ALL') && !grant.privileges.includes(p)) grant.privileges.push(p);
    grant.option ||= option || privileges.includes('GRANT OPTION');
    grant.privileges = grant.privileges.filter((p) => p !== 'GRANT OPTION');
  }

  revoke(account: Account, db: string, table: string, privileges: readonly string[]): void {
    const grant = account.grants.find((g) => g.db === db && g.table === table);
    if (!grant)
      throw new MysqlError(
        'ER_NONEXISTING_GRANT',
        `There is no such grant defined for user '${account.user}' on host '${account.host}'`,
      );
    if (privileges.includes('ALL')) grant.privileges = [];
    else {
      if (grant.privileges.includes('ALL'))
        grant.privileges = STATIC.filter(
          (p) =>
            db === '*' ||
            !/^(RELOAD|SHUTDOWN|PROCESS|FILE|SHOW DATABASES|SUPER|REPLICATION|CREATE USER|CREATE TABLESPACE|CREATE ROLE|DROP ROLE)/.test(
              p,
            ),
        );
      grant.privileges = grant.privileges.filter((p) => !privileges.includes(p));
    }
    if (privileges.includes('GRANT OPTION')) grant.option = false;
    if (grant.privileges.length === 0) account.grants.splice(account.grants.indexOf(grant), 1);
  }
}
