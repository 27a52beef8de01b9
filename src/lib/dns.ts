import { ipBytes, ipText } from './ip.ts';

/** Messages of the domain name system (RFC 1035, 3596; EDNS(0) of RFC 6891 only as a size). */

export const DNS_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  ANY: 255,
} as const;
export type DnsType = keyof typeof DNS_TYPES;

export const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'] as const;
export type Rcode = (typeof RCODES)[number];

export interface DnsQuestion {
  /** Without the final dot; '' is the root. */
  name: string;
  type: number;
}

/** A resource record. `data` is in presentation form: an address, a name, `10 mail.example`, a text, or hex for what is not known. */
export interface DnsRecord {
  name: string;
  type: number;
  /** Seconds. */
  ttl: number;
  data: string;
}

export interface DnsMessage {
  id: number;
  response: boolean;
  /** AA, TC, RD, RA. */
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  rcode: Rcode;
  questions: DnsQuestion[];
  answers: DnsRecord[];
  authority: DnsRecord[];
  additional: DnsRecord[];
  /** Size of datagrams that the sender takes (an OPT record), 0: none. */
  udpSize: number;
}

export const dnsTypeName = (type: number): string =>
  Object.entries(DNS_TYPES).find(([, n]) => n === type)?.[0] ?? `TYPE${type}`;

/** A query for one name. */
export function dnsQuery(id: number, name: string, type: DnsType, udpSize = 1232): DnsMessage {
  return {
    id,
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    rcode: 'NOERROR',
    questions: [{ name, type: DNS_TYPES[type] }],
    answers: [],
    authority: [],
    additional: [],
    udpSize,
  };
}

/** An answer to `query`. */
export function dnsAnswer(
  query: DnsMessage,
  rcode: Rcode,
  answers: DnsRecord[] = [],
  authoritative = false,
): DnsMessage {
  return {
    ...query,
    response: true,
    authoritative,
    truncated: false,
    recursionAvailable: true,
    rcode,
    answers,
    authority: [],
    additional: [],
    udpSize: query.udpSize > 0 ? 1232 : 0,
  };
}

/** The name under which addresses are found backwards: `2.0.17.172.in-addr.arpa`. */
export function reverseName(address: string): string {
  const bytes = [...(ipBytes(address) ?? [])];
  if (bytes.length === 4) return `${bytes.reverse().join('.')}.in-addr.arpa`;
  const digits = bytes.flatMap((b) => [b >> 4, b & 15]).reverse();
  return `${digits.map((d) => d.toString(16)).join('.')}.ip6.arpa`;
}

class Writer {
  readonly bytes: number[] = [];
  readonly #names = new Map<string, number>();

  u16(value: number): void {
    this.bytes.push((value >> 8) & 255, value & 255);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  /** A name, with a pointer to where its end stands already. */
  name(name: string): void {
    let rest = name;
    while (rest !== '') {
      const at = this.#names.get(rest.toLowerCase());
      if (at !== undefined) {
        this.u16(0xc000 | at);
        return;
      }
      if (this.bytes.length < 0x3fff) this.#names.set(rest.toLowerCase(), this.bytes.length);
      const dot = rest.indexOf('.');
      const label = dot < 0 ? rest : rest.slice(0, dot);
      this.bytes.push(Math.min(63, label.length));
      for (const c of label.slice(0, 63)) this.bytes.push(c.charCodeAt(0) & 255);
      rest = dot < 0 ? '' : rest.slice(dot + 1);
    }
    this.bytes.push(0);
  }

  record(record: DnsRecord): void {
    this.name(record.name);
    this.u16(record.type);
    this.u16(1);
    this.u32(record.ttl);
    const at = this.bytes.length;
    this.u16(0);
    this.#data(record);
    const length = this.bytes.length - at - 2;
    this.bytes[at] = length >> 8;
    this.bytes[at + 1] = length & 255;
  }

  #data({ type, data }: DnsRecord): void {
    if (type === DNS_TYPES.A || type === DNS_TYPES.AAAA) this.bytes.push(...(ipBytes(data) ?? []));
    else if (type === DNS_TYPES.CNAME || type === DNS_TYPES.PTR || type === DNS_TYPES.NS) this.name(bare(data));
    else if (type === DNS_TYPES.TXT) this.#text(data);
    else {
      const fields = data.split(' ');
      if (type === DNS_TYPES.MX || type === DNS_TYPES.SRV) {
        for (const n of fields.slice(0, -1)) this.u16(Number(n));
        this.name(bare(fields.at(-1)!));
      } else if (type === DNS_TYPES.SOA) {
        this.name(bare(fields[0]!));
        this.name(bare(fields[1] ?? ''));
        for (let i = 2; i < 7; i++) this.u32(Number(fields[i] ?? 0));
      } else for (const pair of data.match(/../g) ?? []) this.bytes.push(Number.parseInt(pair, 16));
    }
  }

  #text(data: string): void {
    for (let i = 0; i === 0 || i < data.length; i += 255) {
      const part = data.slice(i, i + 255);
      this.bytes.push(part.length);
      for (const c of part) this.bytes.push(c.charCodeAt(0) & 255);
    }
  }
}

const bare = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name);

/** The message as bytes. */
export function encodeDns(message: DnsMessage): Uint8Array {
  const out = new Writer();
  const bits =
    (message.response ? 0x8000 : 0) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    RCODES.indexOf(message.rcode);
  out.u16(message.id);
  out.u16(bits);
  out.u16(message.questions.length);
  out.u16(message.answers.length);
  out.u16(message.authority.length);
  out.u16(message.additional.length + (message.udpSize > 0 ? 1 : 0));
  for (const question of message.questions) {
    out.name(question.name);
    out.u16(question.type);
    out.u16(1);
  }
  for (const record of [...message.answers, ...message.authority, ...message.additional]) out.record(record);
  if (message.udpSize > 0) {
    out.bytes.push(0);
    out.u16(DNS_TYPES.OPT);
    out.u16(message.udpSize);
    out.u32(0);
    out.u16(0);
  }
  return Uint8Array.from(out.bytes);
}

class Reader {
  at = 0;
  failed = false;

  constructor(readonly bytes: Uint8Array) {}

  u8(): number {
    if (this.at >= this.bytes.length) this.failed = true;
    return this.bytes[this.at++] ?? 0;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  name(): string {
    const labels: string[] = [];
    let back = -1;
    for (let jumps = 0; jumps < 64 && !this.failed; ) {
      const length = this.u8();
      if (length === 0) break;
      if ((length & 0xc0) === 0xc0) {
        const to = ((length & 0x3f) << 8) | this.u8();
        if (back < 0) back = this.at;
        this.at = to;
        jumps++;
        continue;
      }
      let label = '';
      for (let i = 0; i < length; i++) label += String.fromCharCode(this.u8());
      labels.push(label);
    }
    if (back >= 0) this.at = back;
    return labels.join('.');
  }

  record(): DnsRecord & { class: number } {
    const name = this.name();
    const type = this.u16();
    const klass = this.u16();
    const ttl = this.u32();
    const end = this.u16() + this.at;
    const data = this.#data(type, end);
    if (end > this.bytes.length) this.failed = true;
    this.at = end;
    return { name, type, ttl, data, class: klass };
  }

  #data(type: number, end: number): string {
    if (type === DNS_TYPES.A || type === DNS_TYPES.AAAA) return ipText(this.bytes.subarray(this.at, end));
    if (type === DNS_TYPES.CNAME || type === DNS_TYPES.PTR || type === DNS_TYPES.NS) return this.name();
    if (type === DNS_TYPES.MX) return `${this.u16()} ${this.name()}`;
    if (type === DNS_TYPES.SRV) return `${this.u16()} ${this.u16()} ${this.u16()} ${this.name()}`;
    if (type === DNS_TYPES.SOA) {
      const names = `${this.name()} ${this.name()}`;
      return `${names} ${this.u32()} ${this.u32()} ${this.u32()} ${this.u32()} ${this.u32()}`;
    }
    let out = '';
    if (type === DNS_TYPES.TXT) {
      while (this.at < end && !this.failed)
        for (let left = this.u8(); left > 0; left--) out += String.fromCharCode(this.u8());
      return out;
    }
    while (this.at < end && !this.failed) out += this.u8().toString(16).padStart(2, '0');
    return out;
  }
}

/** @returns undefined where the bytes are no message */
export function decodeDns(bytes: Uint8Array): DnsMessage | undefined {
  const input = new Reader(bytes);
  const id = input.u16();
  const bits = input.u16();
  const counts = [input.u16(), input.u16(), input.u16(), input.u16()];
  const message: DnsMessage = {
    id,
    response: (bits & 0x8000) !== 0,
    authoritative: (bits & 0x0400) !== 0,
    truncated: (bits & 0x0200) !== 0,
    recursionDesired: (bits & 0x0100) !== 0,
    recursionAvailable: (bits & 0x0080) !== 0,
    rcode: RCODES[bits & 15] ?? 'SERVFAIL',
    questions: [],
    answers: [],
    authority: [],
    additional: [],
    udpSize: 0,
  };
  for (let i = 0; i < counts[0]! && !input.failed; i++) {
    const name = input.name();
    message.questions.push({ name, type: input.u16() });
    input.u16();
  }
  for (const [section, list] of [message.answers, message.authority, message.additional].entries()) {
    for (let i = 0; i < counts[section + 1]! && !input.failed; i++) {
      const { class: klass, ...record } = input.record();
      if (record.type === DNS_TYPES.OPT) message.udpSize = klass;
      else list.push(record);
    }
  }
  return input.failed ? undefined : message;
}
