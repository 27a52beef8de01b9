import type { Sys } from '../../../../abi/sys.ts';
import { type Wait, writeFile } from '../../../../libc/io.ts';
import type { Flavor } from '../server/flavor.ts';
import type { MysqlServer } from '../server/server.ts';
import type { Account } from '../server/users.ts';
import type { ErrorLog } from './log.ts';

/** Makes a new data directory. @param withPassword root gets one, which the log says */
export function* initialize(
  sys: Sys,
  server: MysqlServer,
  log: ErrorLog,
  flavor: Flavor,
  withPassword: boolean,
): Wait<number> {
  const all = [{ db: '*', table: '*', privileges: ['ALL'], option: true }];
  const account = (user: string, host: string, grants: Account['grants']): Account => ({
    user,
    host,
    plugin: flavor.plugin,
    secret: '',
    role: false,
    grants,
    roles: [],
  });
  const accounts = [account('root', 'localhost', all)];
  let password = '';
  if (withPassword) {
    const bytes = new Uint8Array(12);
    sys.getrandom(bytes);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!+,-./:;<=>?';
    password = Array.from(bytes, (b) => letters[b % letters.length]).join('');
    accounts[0]!.secret = server.users.secret(flavor.plugin, password);
  }
  if (flavor.mariadb)
    accounts.push({
      ...account('mariadb.sys', 'localhost', [
        { db: 'mysql', table: 'global_priv', privileges: ['SELECT', 'DELETE'], option: false },
      ]),
      secret: 'f'.repeat(40),
    });
  else
    for (const user of ['mysql.infoschema', 'mysql.session', 'mysql.sys'])
      if (user !== 'mysql.infoschema' || flavor.number >= 80000)
        accounts.push({
          ...account(user, 'localhost', [
            { db: '*', table: '*', privileges: user === 'mysql.infoschema' ? ['SELECT'] : [], option: false },
          ]),
          secret: 'f'.repeat(64),
        });
  yield* server.initialize(sys, accounts);
  const uuid = new Uint8Array(16);
  sys.getrandom(uuid);
  const hex = Array.from(uuid, (b) => b.toString(16).padStart(2, '0')).join('');
  if (!flavor.mariadb)
    yield* writeFile(
      sys,
      `${server.datadir}/auto.cnf`,
      `[auto]\nserver-uuid=${hex.slice(0, 8)}-${hex.slice(8, 12)}-11f0-${hex.slice(16, 20)}-${hex.slice(20)}\n`,
      0o640,
    );
  for (const name of ['mysql', 'sys', 'performance_schema']) sys.mkdir(`${server.datadir}/${name}`, 0o750);
  if (!flavor.mariadb) {
    if (password === '')
      yield* log.say(
        'Warning',
        'MY-010453',
        'root@localhost is created with an empty password ! Please consider switching off the --initialize-insecure option.',
        6,
      );
    else yield* log.say('Note', 'MY-010454', `A temporary password is generated for root@localhost: ${password}`, 6);
    if (flavor.number >= 80300) yield* log.say('System', 'MY-015018', 'MySQL Server Initialization - end.');
  }
  return 0;
}
