import { decode, encode } from './utf8.ts';

/** Tags of a package's header. @see the file format chapter of the RPM documentation */
export const RPM_TAGS = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  summary: 1004,
  description: 1005,
  buildTime: 1006,
  size: 1009,
  vendor: 1011,
  licence: 1014,
  group: 1016,
  url: 1020,
  arch: 1022,
  preIn: 1023,
  postIn: 1024,
  preUn: 1025,
  postUn: 1026,
  fileSizes: 1028,
  fileModes: 1030,
  fileLinks: 1036,
  provides: 1047,
  requires: 1049,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  payloadFormat: 1124,
  payloadCompressor: 1125,
} as const;

type Tag = keyof typeof RPM_TAGS;
type Value = string | readonly string[] | readonly number[];

/** The fields of a header: text, lists of text, lists of numbers. */
export type RpmHeader = Partial<Record<Tag, Value>>;

const MAGIC = [0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
const LEAD = 96;
const INT32 = 4;
const STRING = 6;
const BIN = 7;
const STRINGS = 8;
const RESERVED_SPACE = 1008;

interface Item {
  tag: number;
  type: number;
  count: number;
  bytes: Uint8Array;
}

function items(header: RpmHeader): Item[] {
  const out: Item[] = [];
  for (const [name, value] of Object.entries(header) as [Tag, Value][]) {
    const tag = RPM_TAGS[name];
    if (typeof value === 'string') out.push({ tag, type: STRING, count: 1, bytes: encode(`${value}\0`) });
    else if (value.length === 0) continue;
    else if (typeof value[0] === 'string')
      out.push({ tag, type: STRINGS, count: value.length, bytes: encode(value.map((one) => `${one}\0`).join('')) });
    else {
      const bytes = new Uint8Array(value.length * 4);
      const view = new DataView(bytes.buffer);
      for (const [at, number] of (value as readonly number[]).entries()) view.setUint32(at * 4, number);
      out.push({ tag, type: INT32, count: value.length, bytes });
    }
  }
  return out.sort((a, b) => a.tag - b.tag);
}

function writeHeader(list: readonly Item[]): Uint8Array {
  let size = 0;
  const offsets = list.map((item) => {
    if (item.type === INT32) size = (size + 3) & ~3;
    const at = size;
    size += item.bytes.length;
    return at;
  });
  const start = 16 + list.length * 16;
  const out = new Uint8Array(start + size);
  const view = new DataView(out.buffer);
  out.set(MAGIC);
  view.setUint32(8, list.length);
  view.setUint32(12, size);
  for (const [at, item] of list.entries()) {
    const entry = 16 + at * 16;
    view.setUint32(entry, item.tag);
    view.setUint32(entry + 4, item.type);
    view.setUint32(entry + 8, offsets[at]!);
    view.setUint32(entry + 12, item.count);
    out.set(item.bytes, start + offsets[at]!);
  }
  return out;
}

/** What stands before a package's own header: the lead, and a signature header with `reserved` bytes of room. */
export function rpmStart(reserved: number): Uint8Array {
  const lead = new Uint8Array(LEAD);
  lead.set([0xed, 0xab, 0xee, 0xdb, 3, 0]);
  lead.set(encode('package'), 10);
  lead[79] = 5;
  const signature = writeHeader([{ tag: RESERVED_SPACE, type: BIN, count: reserved, bytes: new Uint8Array(reserved) }]);
  const padded = (signature.length + 7) & ~7;
  const out = new Uint8Array(LEAD + padded);
  out.set(lead);
  out.set(signature, LEAD);
  return out;
}

/** A package's header as bytes. */
export const rpmHeader = (header: RpmHeader): Uint8Array => writeHeader(items(header));

/** Length of the header at an offset. @returns undefined where none begins there */
function headerLength(view: DataView, at: number): number | undefined {
  if (at + 16 > view.byteLength || view.getUint32(at) !== 0x8eade801) return undefined;
  return 16 + view.getUint32(at + 8) * 16 + view.getUint32(at + 12);
}

/** Reads a package. @returns its header and where the payload begins; undefined where it is none */
export function readRpm(bytes: Uint8Array): { header: RpmHeader; payload: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LEAD + 32 || view.getUint32(0) !== 0xedabeedb) return undefined;
  const signature = headerLength(view, LEAD);
  if (signature === undefined) return undefined;
  const at = (LEAD + signature + 7) & ~7;
  const length = headerLength(view, at);
  if (length === undefined || at + length > bytes.length) return undefined;
  return { header: readItems(bytes, view, at), payload: at + length };
}

function readItems(bytes: Uint8Array, view: DataView, at: number): RpmHeader {
  const names = new Map(Object.entries(RPM_TAGS).map(([name, tag]) => [tag as number, name as Tag]));
  const count = view.getUint32(at + 8);
  const store = at + 16 + count * 16;
  const header: RpmHeader = {};
  for (let n = 0; n < count; n++) {
    const entry = at + 16 + n * 16;
    const name = names.get(view.getUint32(entry));
    if (name === undefined) continue;
    const type = view.getUint32(entry + 4);
    const from = store + view.getUint32(entry + 8);
    const many = view.getUint32(entry + 12);
    if (type === INT32) {
      const numbers: number[] = [];
      for (let i = 0; i < many && from + i * 4 + 4 <= bytes.length; i++) numbers.push(view.getUint32(from + i * 4));
      header[name] = numbers;
    } else {
      const texts: string[] = [];
      let start = from;
      for (let i = 0; i < many; i++) {
        const end = bytes.indexOf(0, start);
        if (end < 0) break;
        texts.push(decode(bytes, start, end));
        start = end + 1;
      }
      header[name] = type === STRING ? (texts[0] ?? '') : texts;
    }
  }
  return header;
}

/** One field as text; '' where it is not there. */
export const rpmText = (header: RpmHeader, tag: Tag): string => {
  const value = header[tag];
  return typeof value === 'string' ? value : '';
};

/** A list of text. */
export const rpmTexts = (header: RpmHeader, tag: Tag): string[] => {
  const value = header[tag];
  return Array.isArray(value) ? value.map(String) : [];
};

/** A list of numbers. */
export const rpmNumbers = (header: RpmHeader, tag: Tag): number[] => {
  const value = header[tag];
  return Array.isArray(value) ? value.map(Number) : [];
};

/** Orders versions and releases segment by segment. @returns -1, 0 or 1 @see rpm-version(7) */
export function compareRpmVersions(a: string, b: string): number {
  const x = a.match(/\d+|[a-zA-Z]+|~/g) ?? [];
  const y = b.match(/\d+|[a-zA-Z]+|~/g) ?? [];
  for (let n = 0; n < Math.max(x.length, y.length); n++) {
    const [p, q] = [x[n], y[n]];
    if (p === q) continue;
    if (p === '~') return -1;
    if (q === '~') return 1;
    if (p === undefined) return -1;
    if (q === undefined) return 1;
    const [dp, dq] = [/\d/.test(p), /\d/.test(q)];
    if (dp !== dq) return dp ? 1 : -1;
    if (!dp) return p < q ? -1 : 1;
    const difference = Number(p) - Number(q);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
