import { EAGAIN, EHOSTUNREACH, ENETUNREACH } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import type { DnsMessage, DnsRecord, DnsType } from '../../lib/dns.ts';
import { DNS_TYPES, dnsTypeName } from '../../lib/dns.ts';
import { type DnsReply, queryServer } from '../../libc/dns-client.ts';
import type { Wait } from '../../libc/io.ts';

export interface Asking {
  servers: readonly string[];
  port: number;
  /** Seconds. */
  timeout: number;
  tries: number;
  recursion: boolean;
}

/** An answer and who gave it. */
export interface Answered extends DnsReply {
  server: string;
}

/** Asks the servers in turn. `complain` hears of each one that did not answer. @returns undefined where none did */
export function* askServers(
  sys: Sys,
  asking: Asking,
  name: string,
  type: DnsType,
  complain: (server: string, errno: number) => Wait<void>,
): Wait<Answered | undefined> {
  const { port, timeout, recursion } = asking;
  for (let attempt = 0; attempt < asking.tries; attempt++) {
    for (const server of asking.servers) {
      const reply = yield* queryServer(sys, server, name, type, { port, timeout, recursion });
      if (typeof reply !== 'number') return { ...reply, server };
      yield* complain(server, reply);
    }
  }
  return undefined;
}

/** BIND's words for what went wrong on the way. */
export function networkWords(errno: number): string {
  if (errno === -EAGAIN) return 'timed out';
  if (errno === -ENETUNREACH) return 'network unreachable';
  return errno === -EHOSTUNREACH ? 'host unreachable' : 'connection refused';
}

/** The type that a user names (`mx`, `AAAA`). */
export function typeNamed(text: string): DnsType | undefined {
  const name = text.toUpperCase();
  return name in DNS_TYPES ? (name as DnsType) : undefined;
}

const NAMES: ReadonlySet<number> = new Set([DNS_TYPES.CNAME, DNS_TYPES.PTR, DNS_TYPES.NS, DNS_TYPES.MX, DNS_TYPES.SRV]);

/** A record's data as zone files have it: names end with a dot, texts stand in quotes. */
export function zoneData({ type, data }: DnsRecord): string {
  if (type === DNS_TYPES.TXT) return `"${data.replace(/["\\]/g, (c) => `\\${c}`)}"`;
  if (NAMES.has(type)) return `${data}.`;
  if (type !== DNS_TYPES.SOA) return data;
  const [primary, mailbox, ...numbers] = data.split(' ');
  return `${primary}. ${mailbox}. ${numbers.join(' ')}`;
}

/** `text` filled with tabs up to `column`; one space where it is that long already. */
export function tabsTo(text: string, column: number): string {
  if (text.length >= column) return `${text} `;
  return text + '\t'.repeat(Math.ceil((column - text.length) / 8));
}

/** A record as dig prints it. */
export function recordLine(record: DnsRecord): string {
  const name = tabsTo(`${record.name}.`, 24);
  return `${name}${record.ttl}\tIN\t${dnsTypeName(record.type)}\t${zoneData(record)}\n`;
}

export const flagsOf = (message: DnsMessage): string =>
  [
    message.response && 'qr',
    message.authoritative && 'aa',
    message.truncated && 'tc',
    message.recursionDesired && 'rd',
    message.recursionAvailable && 'ra',
  ]
    .filter((flag) => flag !== false)
    .join(' ');
