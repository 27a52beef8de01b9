import { canonicalIp } from '../../lib/ip.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts, type Group, type Passwd } from '../../libc/accounts.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { hostsFile } from '../../libc/resolv-conf.ts';
import { resolve, reverseLookup } from '../../libc/resolver.ts';

const NOT_FOUND = 2;

type Database = (ctx: Context, keys: string[]) => Wait<number>;

const DATABASES: Readonly<Record<string, Database>> = {
  ahosts: (ctx, keys) => ahosts(ctx, keys, undefined),
  ahostsv4: (ctx, keys) => ahosts(ctx, keys, 'inet'),
  ahostsv6: (ctx, keys) => ahosts(ctx, keys, 'inet6'),
  group,
  hosts,
  passwd,
  protocols: (ctx, keys) =>
    table(ctx, keys, '/etc/protocols', (f) => `${f[0]!.padEnd(21)} ${[f[1], ...f.slice(2)].join(' ')}`),
  services: (ctx, keys) =>
    table(ctx, keys, '/etc/services', (f) => `${f[0]!.padEnd(21)} ${[f[1], ...f.slice(2)].join(' ')}`),
  shadow: (ctx, keys) => lines(ctx, keys, '/etc/shadow'),
};

export default program({
  name: 'getent',
  at: ['/usr/bin/getent'],
  spec: 'glibc 2.39 getent(1): ahosts, ahostsv4, ahostsv6, group, hosts, passwd, protocols, services, shadow',
  version: '(Ubuntu GLIBC 2.39-0ubuntu8.6) 2.39',
  soleHelp: 0,
  usage: '[OPTION...] database [key ...]',
  about: 'Get entries from administrative database.',
  options: {
    noIdn: { short: 'i', help: 'disable IDN encoding' },
    service: { short: 's', arg: 'CONFIG', help: 'Service configuration to be used' },
  },
  raw: true,
  *main(ctx) {
    const words = ctx.args.filter((word) => word !== '-i' && word !== '--no-idn');
    const [database, ...keys] = words;
    if (database === undefined) {
      yield* ctx.warn('wrong number of arguments');
      yield* ctx.stderr.write(hint(ctx));
      return 1;
    }
    const handler = DATABASES[database];
    if (!handler) {
      yield* ctx.stderr.write(`Unknown database: ${database}\n${hint(ctx)}`);
      return 1;
    }
    return yield* handler(ctx, keys);
  },
});

const hint = (ctx: Context): string => `Try \`${ctx.name} --help' or \`${ctx.name} --usage' for more information.\n`;

const passwdLine = (u: Passwd): string => [u.name, u.password, u.uid, u.gid, u.gecos, u.dir, u.shell].join(':');
const groupLine = (g: Group): string => [g.name, g.password, g.gid, g.members.join(',')].join(':');

function* passwd(ctx: Context, keys: string[]): Wait<number> {
  const users = yield* new Accounts(ctx.sys).users();
  return yield* pick(ctx, keys, users, passwdLine, (user, key) => user.name === key || String(user.uid) === key);
}

function* group(ctx: Context, keys: string[]): Wait<number> {
  const groups = yield* new Accounts(ctx.sys).groups();
  return yield* pick(ctx, keys, groups, groupLine, (entry, key) => entry.name === key || String(entry.gid) === key);
}

function* pick<T>(
  ctx: Context,
  keys: string[],
  all: readonly T[],
  text: (item: T) => string,
  is: (item: T, key: string) => boolean,
): Wait<number> {
  if (keys.length === 0) for (const item of all) yield* ctx.stdout.write(`${text(item)}\n`);
  let status = 0;
  for (const key of keys) {
    const found = all.find((item) => is(item, key));
    if (found) yield* ctx.stdout.write(`${text(found)}\n`);
    else status = NOT_FOUND;
  }
  return status;
}

function* hosts(ctx: Context, keys: string[]): Wait<number> {
  const write = (address: string, names: string): Wait<void> => ctx.stdout.write(`${address.padEnd(15)} ${names}\n`);
  if (keys.length === 0) {
    for (const { address, names } of yield* hostsFile(ctx.sys)) yield* write(address, names.join(' '));
    return 0;
  }
  let status = 0;
  for (const key of keys) {
    if (canonicalIp(key) !== undefined) {
      const name = yield* reverseLookup(ctx.sys, key);
      if (name === undefined) status = NOT_FOUND;
      else yield* write(key, name);
      continue;
    }
    // gethostbyname2: IPv6 first, IPv4 where there is none
    let found = yield* resolve(ctx.sys, key, { family: 'inet6' });
    if (typeof found === 'string') found = yield* resolve(ctx.sys, key, { family: 'inet' });
    if (typeof found === 'string') {
      status = NOT_FOUND;
      continue;
    }
    const names = found.canonical === key ? key : `${found.canonical} ${key}`;
    for (const address of found.addresses) yield* write(address, names);
  }
  return status;
}

function* ahosts(ctx: Context, keys: string[], family: 'inet' | 'inet6' | undefined): Wait<number> {
  let status = 0;
  for (const key of keys) {
    const found = yield* resolve(ctx.sys, key, family ? { family } : {});
    if (typeof found === 'string') {
      status = NOT_FOUND;
      continue;
    }
    for (const [i, address] of found.addresses.entries()) {
      yield* ctx.stdout.write(`${address.padEnd(15)} STREAM ${i === 0 ? found.canonical : ''}\n`);
      for (const type of ['DGRAM', 'RAW']) yield* ctx.stdout.write(`${address.padEnd(15)} ${type.padEnd(6)} \n`);
    }
  }
  return status;
}

function* lines(ctx: Context, keys: string[], path: string): Wait<number> {
  const bytes = yield* readFile(ctx.sys, path);
  const all =
    typeof bytes === 'number'
      ? []
      : decode(bytes)
          .split('\n')
          .filter((line) => line !== '');
  return yield* pick(
    ctx,
    keys,
    all,
    (line) => line,
    (line, key) => line.startsWith(`${key}:`),
  );
}

/** Files of names, numbers and aliases. A key may be a name, an alias or a number (`80`, `80/tcp`). */
function* table(ctx: Context, keys: string[], path: string, text: (fields: string[]) => string): Wait<number> {
  const bytes = yield* readFile(ctx.sys, path);
  const rows = (typeof bytes === 'number' ? '' : decode(bytes))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((fields) => fields.length >= 2);
  return yield* pick(ctx, keys, rows, text, (fields, key) => {
    const [name, protocol] = key.split('/');
    if (protocol !== undefined && !fields[1]!.endsWith(`/${protocol}`)) return false;
    return fields[0] === name || fields[1]!.split('/')[0] === name || fields.slice(2).includes(name!);
  });
}
