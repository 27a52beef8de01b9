import type { Wait } from '../../../../libc/io.ts';
import type { Context } from '../../../../libc/program.ts';
import type { MysqlConnection } from './connection.ts';

/** What `status` says of the connection and the server. */
export function* statusText(ctx: Context, connection: MysqlConnection, delimiter: string): Wait<string> {
  const { version, id, local, target } = connection;
  const { mariadb } = target;
  const [user, db, comment, server, client, database, joined] = (yield* connection.rows(
    'select user(), database(), @@version_comment, @@character_set_server, @@character_set_client, @@character_set_database, @@character_set_connection',
  ))[0]!;
  const statistics = yield* connection.statistics();
  const uptime = Number(/Uptime: (\d+)/.exec(statistics)?.[1] ?? 0);
  const parts = [Math.floor(uptime / 86400), Math.floor(uptime / 3600) % 24, Math.floor(uptime / 60) % 60, uptime % 60];
  const words = ['day', 'hour', 'min', 'sec'].flatMap((unit, i) =>
    parts[i]! > 0 || unit === 'sec' ? [`${parts[i]} ${unit}${parts[i] === 1 || unit.length === 3 ? '' : 's'}`] : [],
  );
  const place = local
    ? ['Localhost via UNIX socket', `UNIX socket:\t\t${target.socket}`]
    : [`${target.host} via TCP/IP`, `TCP port:\t\t${target.port}`];
  const lines = [
    '--------------',
    `${versionLine(ctx, mariadb)}\n`,
    `Connection id:\t\t${id}`,
    `Current database:\t${db ?? ''}`,
    `Current user:\t\t${user}`,
    'SSL:\t\t\tNot in use',
    'Current pager:\t\tstdout',
    "Using outfile:\t\t''",
    `Using delimiter:\t${delimiter}`,
    ...(mariadb ? ['Server:\t\t\tMariaDB'] : []),
    `Server version:\t\t${version} ${comment}`,
    'Protocol version:\t10',
    `Connection:\t\t${place[0]}`,
    `Server characterset:\t${server}`,
    `Db     characterset:\t${database}`,
    `Client characterset:\t${client}`,
    `Conn.  characterset:\t${joined}`,
    place[1]!,
    ...(mariadb ? [] : ['Binary data as:\t\tHexadecimal']),
    `Uptime:\t\t\t${words.join(' ')}\n`,
    statistics.replace(/^Uptime: \d+ +/, ''),
    '--------------\n\n',
  ];
  return lines.join('\n');
}

/** `--version`. */
export function versionLine(ctx: Context, mariadb: boolean): string {
  const name = ctx.name.replace(/^.*\//, '');
  const version = ctx.sys.image.version;
  if (mariadb)
    return `${name} from ${version || '11.8.3-MariaDB'}, client 15.2 for debian-linux-gnu (x86_64) using  EditLine wrapper`;
  return `${name}  Ver ${version || '8.0.43-0ubuntu0.24.04.1'} for Linux on x86_64 (${/ubuntu/.test(version) || version === '' ? '(Ubuntu)' : 'MySQL Community Server - GPL'})`;
}
