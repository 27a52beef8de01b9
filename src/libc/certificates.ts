import { secondsOf } from '../lib/civil-time.ts';
import { type DerValue, objectIdOf, parseDer, parsePem } from '../lib/der.ts';
import { decode } from '../lib/utf8.ts';
import type { Certificate } from './tls.ts';

const COMMON_NAME = '2.5.4.3';
const ALT_NAMES = '2.5.29.17';
const UTC_TIME = 0x17;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** The common name of a distinguished name; all its values where it has none. */
function nameOf(value: DerValue): string {
  const pairs = value.children.flatMap((set) => set.children);
  const common = pairs.find((pair) => objectIdOf(pair.children[0]!.bytes) === COMMON_NAME);
  return common ? decode(common.children[1]!.bytes) : pairs.map((pair) => decode(pair.children[1]!.bytes)).join(', ');
}

/** Seconds since the Epoch of a UTCTime or a GeneralizedTime. @see RFC 5280 section 4.1.2.5 */
function timeOf({ tag, bytes }: DerValue): number {
  const text = decode(bytes);
  const short = tag === UTC_TIME;
  const year = short ? Number(text.slice(0, 2)) : Number(text.slice(0, 4));
  const rest =
    text
      .slice(short ? 2 : 4)
      .match(/\d\d/g)
      ?.map(Number) ?? [];
  const [month = 1, day = 1, hour = 0, minute = 0, second = 0] = rest;
  return secondsOf(short ? year + (year < 50 ? 2000 : 1900) : year, month, day, hour, minute, second);
}

function altNames(extensions: DerValue | undefined): string[] {
  const found = extensions?.children.find((each) => objectIdOf(each.children[0]!.bytes) === ALT_NAMES);
  const list = found && parseDer(found.children.at(-1)!.bytes);
  return (list?.children ?? []).flatMap(({ tag, bytes }) => {
    if (tag === DNS_NAME) return [decode(bytes)];
    return tag === IP_ADDRESS && bytes.length === 4 ? [bytes.join('.')] : [];
  });
}

/** The certificates of a PEM text, as far as a connection asks for them; what is none of them is left out. @see RFC 5280 */
export function certificatesIn(text: string): Certificate[] {
  return parsePem(text).flatMap(({ label, bytes }) => {
    const tbs = label === 'CERTIFICATE' ? parseDer(bytes)?.children[0] : undefined;
    if (!tbs) return [];
    const parts = tbs.children.filter((part, i) => i > 0 || part.tag !== 0xa0);
    const [, , issuer, validity, subject] = parts;
    if (!issuer || !validity || !subject || validity.children.length < 2) return [];
    const extensions = parts.find((part) => part.tag === 0xa3)?.children[0];
    return [
      {
        subject: nameOf(subject),
        issuer: nameOf(issuer),
        names: altNames(extensions),
        notBefore: timeOf(validity.children[0]!),
        notAfter: timeOf(validity.children[1]!),
      },
    ];
  });
}
