import type { Wait } from '../../../../libc/io.ts';
import type { Context } from '../../../../libc/program.ts';
import { askPassword } from '../../../accounts/ask-password.ts';
import {
  type Arguments,
  OPTION_FILES,
  type OptionMap,
  parseArguments,
  readOptionFile,
  type Understood,
} from '../daemon/options.ts';
import type { Target } from './connection.ts';

/** Options that all clients have. */
export const COMMON: Understood = {
  short: {
    h: 'host',
    P: 'port',
    S: 'socket',
    u: 'user',
    p: 'password',
    '?': 'help',
    V: 'version',
    v: 'verbose',
    C: 'compress',
    '#': 'debug',
  },
  valued: new Set([
    'host',
    'port',
    'socket',
    'user',
    'password',
    'protocol',
    'default-character-set',
    'defaults-file',
    'defaults-extra-file',
    'defaults-group-suffix',
    'login-path',
    'ssl-mode',
    'ssl-ca',
    'ssl-cert',
    'ssl-key',
    'plugin-dir',
    'default-auth',
    'connect-timeout',
    'max-allowed-packet',
    'net-buffer-length',
    'bind-address',
    'get-server-public-key',
    'debug',
  ]),
  flags: new Set([
    'help',
    'version',
    'verbose',
    'compress',
    'no-defaults',
    'ssl',
    'skip-ssl',
    'enable-cleartext-plugin',
    'get-server-public-key',
    'ssl-verify-server-cert',
    'print-defaults',
  ]),
  optional: new Set(['password', 'get-server-public-key', 'debug']),
};

export const widened = (more: Partial<Understood>): Understood => ({
  short: { ...COMMON.short, ...more.short },
  valued: new Set([...COMMON.valued, ...(more.valued ?? [])]),
  flags: new Set([...COMMON.flags, ...(more.flags ?? [])]),
  optional: new Set([...COMMON.optional!, ...(more.optional ?? [])]),
});

export const isMariadb = (ctx: Context): boolean => /mariadb/i.test(ctx.sys.image.version) || /mariadb/.test(ctx.name);

/** Reads option files and the command line. @param groups of the files, beside `client` */
export function* clientArguments(ctx: Context, understood: Understood, groups: readonly string[]): Wait<Arguments> {
  const options: OptionMap = new Map();
  const file = ctx.args
    .map((arg) => /^--defaults-(?:extra-)?file=(.*)$/.exec(arg)?.[1])
    .find((path) => path !== undefined);
  const only = ctx.args.some((arg) => arg.startsWith('--defaults-file='));
  if (!ctx.args.includes('--no-defaults')) {
    const home = ctx.env.get('HOME');
    const files = only
      ? [file!]
      : [...OPTION_FILES, ...(file === undefined ? [] : [file]), ...(home === undefined ? [] : [`${home}/.my.cnf`])];
    for (const path of files)
      yield* readOptionFile(
        ctx.sys,
        path,
        ['client', 'client-server', ...(isMariadb(ctx) ? ['client-mariadb'] : []), ...groups],
        options,
      );
  }
  const known = new Set([...understood.valued, ...understood.flags]);
  const problem = [...options.keys()].find((name) => !known.has(name) && !name.startsWith('loose-'));
  const parsed = parseArguments(ctx.args, understood, options);
  if (problem !== undefined) parsed.problem ??= `unknown variable '${problem}=${options.get(problem)}'`;
  return parsed;
}

/** Where to connect; asks for the password where `-p` has none. */
export function* targetOf(ctx: Context, options: OptionMap, db: string): Wait<Target> {
  const mariadb = isMariadb(ctx);
  let password = options.get('password');
  if (password === '\u0000') password = (yield* askPassword(ctx, 'Enter password: ')) ?? '';
  else if (password !== undefined && !mariadb && ctx.args.some((arg) => /^(-p.+|--password=.+)/.test(arg)))
    yield* ctx.stderr.write(
      `${ctx.name.replace(/^.*\//, '')}: [Warning] Using a password on the command line interface can be insecure.\n`,
    );
  const protocol = options.get('protocol')?.toLowerCase() ?? '';
  return {
    host: options.get('host') ?? ctx.env.get('MYSQL_HOST') ?? '',
    port: Number(options.get('port') ?? ctx.env.get('MYSQL_TCP_PORT') ?? 3306) || 3306,
    socket: options.get('socket') ?? (mariadb ? '/run/mysqld/mysqld.sock' : '/var/run/mysqld/mysqld.sock'),
    user: options.get('user') ?? ctx.env.get('USER') ?? (ctx.sys.credentials().euid === 0 ? 'root' : ''),
    password: password ?? ctx.env.get('MYSQL_PWD') ?? '',
    db,
    mariadb,
    protocol:
      protocol === 'tcp'
        ? 'tcp'
        : protocol === 'socket' || protocol === 'unix'
          ? 'socket'
          : options.has('port') && options.get('host') === undefined && mariadb
            ? 'tcp'
            : '',
    localInfile: /^(true|1|on)$/i.test(options.get('local-infile') ?? ''),
  };
}
