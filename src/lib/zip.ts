import { crc32 } from './crc32.ts';
import { deflateRaw, inflateRaw } from './deflate.ts';
import { decode, encode } from './utf8.ts';

/** A member of a ZIP archive as its central directory has it. */
export interface ZipMember {
  name: string;
  /** 0: stored, 8: deflated. */
  method: number;
  crc: number;
  size: number;
  packed: number;
  /** Local time, as MS-DOS has it. */
  time: { year: number; month: number; day: number; hour: number; minute: number; second: number };
  /** Mode of a Unix file, 0 where the archive was made elsewhere. */
  mode: number;
  /** Where its local header begins. */
  offset: number;
}

/**
 * Reads the central directory.
 * @returns undefined where the bytes are no ZIP archive
 * @see APPNOTE.TXT 6.3, sections 4.3.12 and 4.3.16
 */
export function readZip(bytes: Uint8Array): ZipMember[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 65_558 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) return undefined;
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const members: ZipMember[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) return undefined;
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true)) as [
      number,
      number,
      number,
    ];
    const [time, date] = [view.getUint16(at + 12, true), view.getUint16(at + 14, true)];
    const unix = bytes[at + 5] === 3;
    members.push({
      name: decode(bytes, at + 46, at + 46 + nameLength),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      mode: unix ? view.getUint16(at + 40, true) : 0,
      offset: view.getUint32(at + 42, true),
      time: {
        year: 1980 + (date >> 9),
        month: (date >> 5) & 15,
        day: date & 31,
        hour: time >> 11,
        minute: (time >> 5) & 63,
        second: (time & 31) * 2,
      },
    });
    at += 46 + nameLength + extra + comment;
  }
  return members;
}

/** A member's content. @returns undefined where it is damaged or packed by a method that is not known */
export function zipContent(bytes: Uint8Array, member: ZipMember): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { offset } = member;
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) return undefined;
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const packed = bytes.subarray(start, start + member.packed);
  if (member.method !== 0 && member.method !== 8) return undefined;
  const content = member.method === 0 ? packed : inflateRaw(packed);
  return content && crc32(content) === member.crc ? content : undefined;
}

/** Makes an archive piece by piece. */
export class ZipWriter {
  private readonly pieces: Uint8Array[] = [];
  private readonly directory: Uint8Array[] = [];
  private offset = 0;

  /** Adds a member. @returns its size in the archive, and whether it was deflated */
  add(
    name: string,
    content: Uint8Array,
    mode: number,
    time: ZipMember['time'],
    level: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9,
  ): { packed: number; deflated: boolean } {
    const squeezed = level === 0 ? content : deflateRaw(content, level);
    const deflated = squeezed.length < content.length;
    const data = deflated ? squeezed : content;
    const path = encode(name);
    const header = new Uint8Array(30 + path.length);
    const local = new DataView(header.buffer);
    const common = new Uint8Array(26);
    const view = new DataView(common.buffer);
    view.setUint16(0, deflated ? 20 : 10, true);
    view.setUint16(4, deflated ? 8 : 0, true);
    view.setUint16(6, (time.hour << 11) | (time.minute << 5) | (time.second >> 1), true);
    view.setUint16(8, ((Math.max(1980, time.year) - 1980) << 9) | (time.month << 5) | time.day, true);
    view.setUint32(10, crc32(content), true);
    view.setUint32(14, data.length, true);
    view.setUint32(18, content.length, true);
    view.setUint16(22, path.length, true);
    local.setUint32(0, 0x04034b50, true);
    header.set(common, 4);
    header.set(path, 30);
    const entry = new Uint8Array(46 + path.length);
    const central = new DataView(entry.buffer);
    central.setUint32(0, 0x02014b50, true);
    central.setUint16(4, 0x031e, true);
    entry.set(common, 6);
    central.setUint32(38, ((mode << 16) | ((mode & 0o170000) === 0o040000 ? 16 : 0)) >>> 0, true);
    central.setUint32(42, this.offset, true);
    entry.set(path, 46);
    this.directory.push(entry);
    this.pieces.push(header, data);
    this.offset += header.length + data.length;
    return { packed: data.length, deflated };
  }

  /** The whole archive. */
  finish(): Uint8Array {
    const size = this.directory.reduce((n, entry) => n + entry.length, 0);
    const end = new Uint8Array(22);
    const view = new DataView(end.buffer);
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(8, this.directory.length, true);
    view.setUint16(10, this.directory.length, true);
    view.setUint32(12, size, true);
    view.setUint32(16, this.offset, true);
    const out = new Uint8Array(this.offset + size + 22);
    let at = 0;
    for (const piece of [...this.pieces, ...this.directory, end]) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }
}
