/**
 * IP addresses as text. An address is kept in its canonical text (inet_ntop(3), RFC 5952), so that `===` compares and
 * maps work; arithmetic goes through bytes.
 */

/** @returns 4 or 16 bytes, undefined where `text` is no address (IPv4: four decimal parts; IPv6: RFC 4291 text) */
export function ipBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? v6Bytes(text) : v4Bytes(text);
}

function v4Bytes(text: string): Uint8Array | undefined {
  const out = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 46;
    if (c === 46) {
      if (value < 0 || part > 3) return undefined;
      out[part++] = value;
      value = -1;
    } else if (c >= 48 && c <= 57) {
      value = (value < 0 ? 0 : value * 10) + c - 48;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return part === 4 ? out : undefined;
}

function v6Bytes(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = v6Groups(halves[0]!);
  const tail = halves.length === 2 ? v6Groups(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const out = new Uint8Array(16);
  groups.forEach((group, i) => {
    out[2 * i] = group >> 8;
    out[2 * i + 1] = group & 255;
  });
  return out;
}

function v6Groups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = v4Bytes(part);
      if (!v4) return undefined;
      groups.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Canonical text of 4 or 16 bytes. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! << 8) | bytes[i + 1]!);
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) return `::ffff:${ipText(bytes.subarray(12))}`;
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
  }
  const hex = groups.map((g) => g.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`;
}

/** The canonical text of an address. @returns undefined where it is none */
export function canonicalIp(text: string): string | undefined {
  const bytes = ipBytes(text);
  return bytes && ipText(bytes);
}

export const isIp6 = (address: string): boolean => address.includes(':');

/** An IPv4 address as an unsigned 32-bit number; the text must be valid. */
export function ip4Number(text: string): number {
  const b = v4Bytes(text);
  return b ? ((b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!) >>> 0 : 0;
}

export const ip4Text = (n: number): string => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;

/** `::ffff:10.0.0.1` → `10.0.0.1`; anything else as it is. */
export function unmapIp(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

export const mapIp = (v4: string): string => `::ffff:${v4}`;

/** True where the first `prefix` bits of both are equal (and the families). */
export function samePrefix(a: Uint8Array, b: Uint8Array, prefix: number): boolean {
  if (a.length !== b.length) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || (a[whole]! ^ b[whole]!) >> (8 - rest) === 0;
}

/** The network's address: bits after `prefix` cleared. */
export function networkOf(address: string, prefix: number): string {
  const bytes = ipBytes(address);
  if (!bytes) return address;
  for (let i = 0; i < bytes.length; i++) {
    const keep = Math.max(0, Math.min(8, prefix - 8 * i));
    bytes[i] = bytes[i]! & (0xff00 >> keep);
  }
  return ipText(bytes);
}

/** The last address of an IPv4 network. */
export function broadcastOf(address: string, prefix: number): string {
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
  return ip4Text((ip4Number(address) | ~mask) >>> 0);
}

/** `10.0.0.0/8`. @returns undefined where it is no CIDR; a missing length is all bits */
export function parseCidr(text: string): { address: string; prefix: number } | undefined {
  const slash = text.indexOf('/');
  const address = canonicalIp(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = isIp6(address) ? 128 : 32;
  if (slash < 0) return { address, prefix: bits };
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  return { address, prefix: Number(length) };
}

/** True where `address` lies in `network`/`prefix`. */
export function inNetwork(address: string, network: string, prefix: number): boolean {
  const a = ipBytes(address);
  const n = ipBytes(network);
  return a !== undefined && n !== undefined && samePrefix(a, n, prefix);
}

/** `255.255.0.0` of 16. */
export const maskText = (prefix: number): string => ip4Text(prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
