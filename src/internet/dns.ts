import { EAGAIN } from '../abi/errno.ts';
import { AF_INET, type Datagram, SOCK_DGRAM } from '../abi/socket.ts';
import type { Entry, Sys } from '../abi/sys.ts';
import {
  DNS_TYPES,
  type DnsMessage,
  type DnsRecord,
  type DnsType,
  decodeDns,
  dnsAnswer,
  encodeDns,
  reverseName,
} from '../lib/dns.ts';
import { decode } from '../lib/utf8.ts';
import { recvfrom, sendto } from '../libc/datagram.ts';
import { readFile, type Wait } from '../libc/io.ts';

const ZONE_FILE = '/srv/dns/zone';
const PORT = 53;
const TTL = 300;
const LONGEST_CHAIN = 8;

/** Records by lower-case name. A name of which the first label is `*` stands for all below it. */
export type Zone = ReadonlyMap<string, readonly DnsRecord[]>;

/**
 * Reads lines `NAME [TTL] TYPE DATA`; `#` begins a comment. Addresses are also found backwards, unless the file says
 * otherwise.
 */
export function parseZone(text: string): Zone {
  const zone = new Map<string, DnsRecord[]>();
  const add = (name: string, type: number, ttl: number, data: string): void => {
    const key = name.toLowerCase();
    const list = zone.get(key);
    const record = { name, type, ttl, data };
    if (list) list.push(record);
    else zone.set(key, [record]);
  };
  for (const line of text.split('\n')) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const name = words.shift();
    const ttl = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : TTL;
    const type = DNS_TYPES[words.shift() as DnsType];
    if (name && type !== undefined) add(name, type, ttl, words.join(' '));
  }
  for (const { name, type, data } of [...zone.values()].flat()) {
    if ((type !== DNS_TYPES.A && type !== DNS_TYPES.AAAA) || name.startsWith('*')) continue;
    if (!zone.has(reverseName(data))) add(reverseName(data), DNS_TYPES.PTR, TTL, name);
  }
  return zone;
}

/** The answer to a query out of a zone: everything there is no record of does not exist. */
export function answerFrom(zone: Zone, query: DnsMessage): DnsMessage {
  const question = query.questions[0];
  if (!question) return dnsAnswer(query, 'FORMERR');
  const answers: DnsRecord[] = [];
  let name = question.name;
  for (let hops = 0; hops < LONGEST_CHAIN; hops++) {
    const known = recordsOf(zone, name);
    if (!known) return dnsAnswer(query, answers.length > 0 ? 'NOERROR' : 'NXDOMAIN', answers);
    const wanted = known.filter((r) => r.type === question.type || question.type === DNS_TYPES.ANY);
    answers.push(...wanted.map((record) => ({ ...record, name })));
    const alias = known.find((r) => r.type === DNS_TYPES.CNAME);
    if (wanted.length > 0 || !alias) break;
    answers.push({ ...alias, name });
    name = alias.data;
  }
  return dnsAnswer(query, 'NOERROR', answers);
}

function recordsOf(zone: Zone, name: string): readonly DnsRecord[] | undefined {
  const wanted = name.toLowerCase();
  const exact = zone.get(wanted);
  if (exact) return exact;
  for (let dot = wanted.indexOf('.'); dot >= 0; dot = wanted.indexOf('.', dot + 1)) {
    const wild = zone.get(`*${wanted.slice(dot)}`);
    if (wild) return wild;
  }
  // a name that only has others below it exists, without records
  for (const other of zone.keys()) if (other.endsWith(`.${wanted}`)) return [];
  return undefined;
}

/** The name server of the virtual internet: answers from /srv/dns/zone on UDP port 53 of all addresses. */
export const dns: Entry = function* (sys) {
  const bytes = yield* readFile(sys, ZONE_FILE);
  const zone = parseZone(typeof bytes === 'number' ? '' : decode(bytes));
  const fd = sys.socket(AF_INET, SOCK_DGRAM);
  if (fd < 0 || sys.bind(fd, { family: AF_INET, addr: '', port: PORT }) < 0) return 1;
  yield* serve(sys, fd, zone);
  return 0;
};

function* serve(sys: Sys, fd: number, zone: Zone): Wait<void> {
  const buf = new Uint8Array(4096);
  for (;;) {
    const out: Datagram = { from: undefined, ttl: 0 };
    const n = yield* recvfrom(sys, fd, buf, out);
    if (n === -EAGAIN) continue;
    if (n < 0) return;
    const query = decodeDns(buf.subarray(0, n));
    if (!query || query.response || !out.from) continue;
    yield* sendto(sys, fd, encodeDns(answerFrom(zone, query)), out.from);
  }
}
