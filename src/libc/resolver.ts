import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM } from '../abi/socket.ts';
import type { Flavour, Sys } from '../abi/sys.ts';
import { DNS_TYPES, type DnsMessage, type DnsType, reverseName } from '../lib/dns.ts';
import { canonicalIp, isIp6 } from '../lib/ip.ts';
import { queryServer } from './dns-client.ts';
import type { Wait } from './io.ts';
import { hostSources, hostsFile, type ResolverConfig, resolverConfig } from './resolv-conf.ts';

/** Why a name has no address: getaddrinfo(3)'s EAI_NONAME, EAI_NODATA, EAI_AGAIN. */
export type ResolveError = 'noname' | 'nodata' | 'again';

export interface Resolved {
  /** In the order in which they should be tried (RFC 6724 as far as it matters here). */
  addresses: string[];
  canonical: string;
}

export interface ResolveOptions {
  family?: 'inet' | 'inet6';
  /** Only addresses in text (AI_NUMERICHOST). */
  numeric?: boolean;
}

/** Words of gai_strerror(3); Go's programs print `no such host` and `server misbehaving`. */
const WORDS: Readonly<Record<Flavour, Readonly<Record<ResolveError, string>>>> = {
  glibc: {
    noname: 'Name or service not known',
    nodata: 'No address associated with hostname',
    again: 'Temporary failure in name resolution',
  },
  musl: { noname: 'Name does not resolve', nodata: 'Name has no usable address', again: 'Try again' },
  go: { noname: 'no such host', nodata: 'no such host', again: 'server misbehaving' },
};

/** What the C library says about a name that it could not resolve. */
export const gaiStrerror = (error: ResolveError, flavour: Flavour): string => WORDS[flavour][error];

/**
 * Finds the addresses of a host as getaddrinfo(3) does: text of an address, /etc/hosts, then the name servers of
 * /etc/resolv.conf with its search list.
 * @returns at least one address, or why there is none
 */
export function* resolve(sys: Sys, host: string, options: ResolveOptions = {}): Wait<Resolved | ResolveError> {
  const { family } = options;
  const literal = canonicalIp(host.replace(/%.*$/, ''));
  if (literal !== undefined) {
    if (family !== undefined && (family === 'inet6') !== isIp6(literal)) return 'nodata';
    return { addresses: [literal], canonical: host };
  }
  if (options.numeric || host === '' || host.length > 253 || /[\s/]/.test(host)) return 'noname';
  let error: ResolveError = 'noname';
  for (const source of yield* hostSources(sys)) {
    const found = source === 'files' ? yield* inHosts(sys, host, family) : yield* inDns(sys, host, family);
    if (typeof found !== 'string') return { ...found, addresses: yield* inOrder(sys, found.addresses) };
    error = found;
  }
  return error;
}

function* inHosts(sys: Sys, host: string, family: ResolveOptions['family']): Wait<Resolved | ResolveError> {
  const wanted = host.replace(/\.$/, '').toLowerCase();
  const entries = (yield* hostsFile(sys)).filter(
    (entry) =>
      entry.names.some((name) => name.toLowerCase() === wanted) &&
      (family === undefined || isIp6(entry.address) === (family === 'inet6')),
  );
  if (entries.length === 0) return 'noname';
  return { addresses: [...new Set(entries.map((entry) => entry.address))], canonical: entries[0]!.names[0]! };
}

function* inDns(sys: Sys, host: string, family: ResolveOptions['family']): Wait<Resolved | ResolveError> {
  const config = yield* resolverConfig(sys);
  const types: DnsType[] = family === 'inet' ? ['A'] : family === 'inet6' ? ['AAAA'] : ['A', 'AAAA'];
  let worst: ResolveError = 'noname';
  for (const name of candidates(host, config)) {
    const addresses: string[] = [];
    let canonical = name;
    let error: ResolveError = 'noname';
    for (const type of types) {
      const answer = yield* ask(sys, config, name, type);
      if (typeof answer === 'string') {
        if (error !== 'nodata') error = answer;
        continue;
      }
      const wanted = DNS_TYPES[type];
      const records = answer.answers.filter((record) => record.type === wanted);
      if (records.length === 0) error = 'nodata';
      else canonical = records[0]!.name;
      addresses.push(...records.map((record) => record.data));
    }
    if (addresses.length > 0) return { addresses, canonical };
    if (error === 'again') return 'again';
    if (error === 'nodata') worst = 'nodata';
  }
  return worst;
}

/** The names that are asked for, in order (resolv.conf(5), `search` and `ndots`). */
export function candidates(host: string, config: ResolverConfig): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)];
  const dots = host.split('.').length - 1;
  const searched = config.search.map((domain) => `${host}.${domain}`);
  return dots >= config.ndots ? [host, ...searched] : [...searched, host];
}

/** Asks the name servers in turn. @returns an answer (with or without records), 'noname', or 'again' where none answered */
export function* ask(
  sys: Sys,
  config: ResolverConfig,
  name: string,
  type: DnsType,
): Wait<DnsMessage | 'noname' | 'again'> {
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.nameservers) {
      const reply = yield* queryServer(sys, server, name, type, { timeout: config.timeout });
      if (typeof reply === 'number') continue;
      if (reply.message.rcode === 'NOERROR') return reply.message;
      if (reply.message.rcode === 'NXDOMAIN') return 'noname';
    }
  }
  return 'again';
}

/** Addresses that can be reached from here first, IPv6 before IPv4 among those. */
function* inOrder(sys: Sys, addresses: string[]): Wait<string[]> {
  if (addresses.length < 2 || !addresses.some(isIp6)) return addresses;
  const usable = new Map(addresses.map((address) => [address, hasRoute(sys, address)]));
  const rank = (address: string): number => (usable.get(address) ? 0 : 2) + (isIp6(address) ? 0 : 1);
  return addresses
    .map((address, i) => ({ address, i }))
    .sort((a, b) => rank(a.address) - rank(b.address) || a.i - b.i)
    .map((x) => x.address);
}

function hasRoute(sys: Sys, address: string): boolean {
  const family = isIp6(address) ? AF_INET6 : AF_INET;
  const fd = sys.socket(family, SOCK_DGRAM | SOCK_CLOEXEC);
  if (fd < 0) return false;
  const result = sys.connect(fd, { family, addr: address, port: 53 });
  sys.close(fd);
  return result >= 0;
}

/** The name of an address: /etc/hosts, then a PTR record. */
export function* reverseLookup(sys: Sys, address: string): Wait<string | undefined> {
  const entry = (yield* hostsFile(sys)).find((candidate) => candidate.address === address);
  if (entry) return entry.names[0];
  const answer = yield* ask(sys, yield* resolverConfig(sys), reverseName(address), 'PTR');
  if (typeof answer === 'string') return undefined;
  return answer.answers.find((record) => record.type === DNS_TYPES.PTR)?.data;
}
