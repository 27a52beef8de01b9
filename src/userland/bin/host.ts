import { DNS_TYPES, type DnsRecord, type DnsType, dnsTypeName, reverseName } from '../../lib/dns.ts';
import { canonicalIp } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { resolverConfig } from '../../libc/resolv-conf.ts';
import { candidates, resolve } from '../../libc/resolver.ts';
import { type Asking, askServers, networkWords, typeNamed, zoneData } from '../dns/ask.ts';

const RCODE_NUMBERS: Readonly<Record<string, number>> = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

export default program({
  name: 'host',
  at: ['/usr/bin/host'],
  spec: 'BIND 9.18 host(1) over UDP; without -v, -l, -C',
  usage:
    '[-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]',
  about: 'Look up a host name or address.',
  options: {
    four: { short: '4', long: false, help: 'use IPv4 query transport only' },
    six: { short: '6', long: false, help: 'use IPv6 query transport only' },
    all: { short: 'a', long: false, help: 'is equivalent to -v -t ANY' },
    port: { short: 'p', long: false, arg: 'port', help: 'specifies the port on the server to query' },
    norecurse: { short: 'r', long: false, help: 'disables recursive processing' },
    retries: { short: 'R', long: false, arg: 'number', help: 'specifies number of retries for UDP packets' },
    type: { short: 't', long: false, arg: 'type', help: 'specifies the query type' },
    wait: { short: 'W', long: false, arg: 'time', help: 'specifies how long to wait for a reply' },
    forever: { short: 'w', long: false, help: 'specifies to wait forever for a reply' },
  },
  *main(ctx) {
    const [name, server] = ctx.args;
    const { opts, sys } = ctx;
    if (name === undefined) return yield* ctx.usage();
    const config = yield* resolverConfig(sys);
    let servers = config.nameservers;
    if (server !== undefined) {
      const found = yield* resolve(sys, server);
      if (typeof found === 'string') return yield* ctx.die(`couldn't get address for '${server}': not found`);
      servers = found.addresses.slice(0, 1);
    }
    const asking: Asking = {
      servers,
      port: Number(opts.port ?? 53),
      timeout: Number(opts.wait ?? 5),
      tries: opts.retries === undefined ? 2 : Number(opts.retries) + 1,
      recursion: !opts.norecurse,
    };
    const asked = opts.type === undefined ? undefined : typeNamed(opts.type);
    if (opts.type !== undefined && asked === undefined) return yield* ctx.die(`invalid type: ${opts.type}`, 2);
    const address = canonicalIp(name);
    const names = address === undefined ? candidates(name, config) : [reverseName(address)];
    const types: DnsType[] = asked
      ? [asked]
      : opts.all
        ? ['ANY']
        : address === undefined
          ? ['A', 'AAAA', 'MX']
          : ['PTR'];
    const head =
      server === undefined
        ? ''
        : `Using domain server:\nName: ${server}\nAddress: ${servers[0]}#${asking.port}\nAliases: \n\n`;
    return yield* lookUp(ctx, asking, names, types, { head, reverse: address !== undefined, asked });
  },
});

interface View {
  head: string;
  reverse: boolean;
  asked: DnsType | undefined;
}

function* lookUp(ctx: Context, asking: Asking, names: string[], types: DnsType[], view: View): Wait<number> {
  const { stdout } = ctx;
  let failure = '';
  for (const name of names) {
    let found = false;
    for (const [i, type] of types.entries()) {
      const reply = yield* askServers(ctx.sys, asking, name, type, function* (server, errno) {
        yield* stdout.write(`;; communications error to ${server}#${asking.port}: ${networkWords(errno)}\n`);
      });
      if (!reply) {
        yield* stdout.write(';; no servers could be reached\n');
        return 1;
      }
      const { rcode, answers } = reply.message;
      if (rcode !== 'NOERROR') {
        failure = `Host ${name}${view.reverse ? '.' : ''} not found: ${RCODE_NUMBERS[rcode]}(${rcode})\n`;
        break;
      }
      if (!found) yield* stdout.write(view.head);
      found = true;
      // after the first answer, aliases are known
      for (const record of answers)
        if (i === 0 || record.type !== DNS_TYPES.CNAME) yield* stdout.write(sentence(record));
      if (answers.length === 0 && view.asked) yield* stdout.write(`${name} has no ${view.asked} record\n`);
    }
    if (found) return 0;
  }
  yield* stdout.write(view.head + failure);
  return 1;
}

/** A record in words. */
function sentence(record: DnsRecord): string {
  const { name, type } = record;
  const data = zoneData(record);
  if (type === DNS_TYPES.A) return `${name} has address ${data}\n`;
  if (type === DNS_TYPES.AAAA) return `${name} has IPv6 address ${data}\n`;
  if (type === DNS_TYPES.CNAME) return `${name} is an alias for ${data}\n`;
  if (type === DNS_TYPES.PTR) return `${name} domain name pointer ${data}\n`;
  if (type === DNS_TYPES.MX) return `${name} mail is handled by ${data}\n`;
  if (type === DNS_TYPES.NS) return `${name} name server ${data}\n`;
  if (type === DNS_TYPES.TXT) return `${name} descriptive text ${data}\n`;
  return `${name} has ${dnsTypeName(type)} record ${data}\n`;
}
