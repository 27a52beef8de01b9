import { EPERM } from '../../abi/errno.ts';
import type { LinkInfo } from '../../abi/netlink.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { gaiStrerror, type Resolved, type ResolveError, resolve, reverseLookup } from '../../libc/resolver.ts';

const ALIASES = ['domainname', 'dnsdomainname', 'nisdomainname', 'ypdomainname'];

export default program({
  name: 'hostname',
  at: [
    '/usr/bin/hostname',
    '/usr/bin/dnsdomainname',
    '/usr/bin/domainname',
    '/usr/bin/nisdomainname',
    '/usr/bin/ypdomainname',
  ],
  spec: 'Debian hostname 3.23 hostname(1), dnsdomainname, domainname',
  version: '3.23',
  usage:
    '[-b] {hostname|-F file}         set host name (from file)\n       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name\n       hostname                                 display host name',
  about: "Show or set the system's host name.",
  options: {
    alias: { short: 'a', busybox: false, help: 'alias names' },
    allFqdns: { short: 'A', busybox: false, help: 'all long host names (FQDNs)' },
    boot: { short: 'b', busybox: false, help: 'set default hostname if none available' },
    domain: { short: 'd', help: 'DNS domain name' },
    fqdn: { short: 'f', help: 'long host name (FQDN)' },
    long: { busybox: false, help: 'long host name (FQDN)' },
    file: { short: 'F', arg: 'file', help: 'read host name or NIS domain name from given file' },
    ipAddress: { short: 'i', help: 'addresses for the host name' },
    allIpAddresses: { short: 'I', busybox: false, help: 'all addresses for the host' },
    short: { short: 's', help: 'short host name' },
    yp: { short: 'y', busybox: false, help: 'NIS/YP domain name' },
    nis: { busybox: false, help: 'NIS/YP domain name' },
  },
  busybox: {
    at: '/bin/hostname',
    usage: '[-sidf] [HOSTNAME | -F FILE]',
    help: "Show or set hostname or DNS domain name\n\n\t-s\tShort\n\t-i\tAddresses for the hostname\n\t-d\tDNS domain name\n\t-f\tFully qualified domain name\n\t-F FILE\tUse FILE's content as hostname\n",
  },
  *main(ctx) {
    const { opts, args, sys, stdout } = ctx;
    const called = (sys.argv[0] ?? '').replace(/.*\//, '');
    const host = sys.uname().nodename;
    if (ALIASES.includes(called) && called !== 'dnsdomainname') {
      if (args[0] !== undefined) return yield* set(ctx, args[0], 'domain');
      yield* stdout.write(`${sys.uname().domainname}\n`);
      return 0;
    }
    if (opts.file !== undefined) {
      const bytes = yield* readFile(sys, opts.file);
      if (typeof bytes === 'number') return yield* ctx.die(`${opts.file}: ${ctx.strerror(bytes)}`);
      const name = decode(bytes)
        .split('\n')
        .map((line) => line.replace(/#.*/, '').trim())
        .find((line) => line !== '');
      return yield* set(ctx, name ?? '', 'host');
    }
    if (args[0] !== undefined) return yield* set(ctx, args[0], 'host');
    if (opts.yp || opts.nis) {
      yield* stdout.write(`${sys.uname().domainname}\n`);
      return 0;
    }
    if (opts.allIpAddresses) {
      yield* stdout.write(
        `${allAddresses(ctx)
          .map((address) => `${address} `)
          .join('')}\n`,
      );
      return 0;
    }
    if (opts.allFqdns) return yield* allNames(ctx);
    if (opts.short) {
      yield* stdout.write(`${host.replace(/\..*/, '')}\n`);
      return 0;
    }
    if (!(opts.domain || opts.fqdn || opts.long || opts.ipAddress || opts.alias || called === 'dnsdomainname')) {
      yield* stdout.write(`${host}\n`);
      return 0;
    }
    return yield* lookUp(ctx, host, called === 'dnsdomainname');
  },
});

type Options = { domain: boolean; fqdn: boolean; long: boolean; ipAddress: boolean; alias: boolean };

function* lookUp(ctx: Context, host: string, domainOnly: boolean): Wait<number> {
  const { stdout } = ctx;
  const opts = ctx.opts as unknown as Options;
  const found: Resolved | ResolveError = yield* resolve(ctx.sys, host);
  if (typeof found === 'string') {
    if (ctx.form === 'busybox') {
      if (opts.fqdn) yield* stdout.write(`${host}\n`);
      if (!opts.ipAddress) return 0;
      return yield* ctx.die(`${host}: ${gaiStrerror(found, ctx.sys.image.flavour)}`);
    }
    return yield* ctx.die(gaiStrerror(found, ctx.sys.image.flavour));
  }
  const name = found.canonical;
  if (opts.ipAddress) yield* stdout.write(`${found.addresses.join(' ')}\n`);
  else if (opts.alias) yield* stdout.write(name === host ? '\n' : `${host}\n`);
  else if (opts.domain || domainOnly) {
    const dot = name.indexOf('.');
    if (dot >= 0) yield* stdout.write(`${name.slice(dot + 1)}\n`);
  } else yield* stdout.write(`${name}\n`);
  return 0;
}

/** Addresses of all devices but the loopback and link-local ones. */
function allAddresses(ctx: Context): string[] {
  const links = ctx.sys.netlink({ type: 'link-list' }) as LinkInfo[];
  return links.flatMap((link) =>
    link.kind === 'loopback' ? [] : link.addresses.filter((a) => a.scope === 'global').map((a) => a.address),
  );
}

function* allNames(ctx: Context): Wait<number> {
  const names: string[] = [];
  for (const address of allAddresses(ctx)) {
    const name = yield* reverseLookup(ctx.sys, address);
    if (name !== undefined) names.push(`${name} `);
  }
  yield* ctx.stdout.write(`${names.join('')}\n`);
  return 0;
}

function* set(ctx: Context, name: string, which: 'host' | 'domain'): Wait<number> {
  const { sys } = ctx;
  const result = which === 'host' ? sys.sethostname(name) : sys.setdomainname(name);
  if (result >= 0) return 0;
  if (ctx.form === 'busybox') return yield* ctx.die(`sethostname: ${ctx.strerror(result)}`);
  if (result === -EPERM) return yield* ctx.die('you must be root to change the host name');
  return yield* ctx.die('the specified hostname is invalid');
}
