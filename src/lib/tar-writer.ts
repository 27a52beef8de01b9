import { BLOCK, padding, type TarHeader, type TarType } from './tar-header.ts';
import { byteLength, encode } from './utf8.ts';

const FLAGS: Readonly<Record<Exclude<TarType, 'unknown'>, string>> = {
  file: '0',
  link: '1',
  symlink: '2',
  char: '3',
  block: '4',
  dir: '5',
  fifo: '6',
};

/**
 * Writes a tar archive as Go's archive/tar does in the PAX format, which is what Docker uses: ustar blocks, and a PAX
 * header before those that need one (long or non-ASCII names, large numbers, fractions of seconds, xattrs). Files with
 * holes are written as PAX sparse 1.0. The same entries give the same bytes.
 *
 * Use: `header(h)`, then `data(bytes)` until the file (of a sparse file: its data segments) is through; the next
 * `header` or `finish` fills up the block.
 */
export class TarWriter {
  /** Bytes of data that the current entry still wants. */
  private left = 0;
  private pad = 0;

  /** @returns the bytes before the data of the entry; throws RangeError where the last entry got too little data, or sparse segments are not aligned */
  header(header: TarHeader): Uint8Array {
    const filled = this.endEntry();
    const entry = entryOf(header);
    const pieces = [filled];
    if (entry.records.size > 0) pieces.push(paxHeader(header, entry.records));
    pieces.push(ustarBlock(entry.header, FLAGS[header.type as keyof typeof FLAGS] ?? '0', entry.path), entry.map);
    this.left = entry.dataSize;
    this.pad = padding(entry.map.length + entry.dataSize);
    return concat(pieces);
  }

  /** Takes the next piece of the entry's data. @returns the same bytes; throws RangeError where it is too much */
  data(bytes: Uint8Array): Uint8Array {
    if (bytes.length > this.left) throw new RangeError('archive/tar: write too long');
    this.left -= bytes.length;
    return bytes;
  }

  /** Counts data that somebody else writes. @throws RangeError where it is too much */
  skip(length: number): void {
    if (length > this.left) throw new RangeError('archive/tar: write too long');
    this.left -= length;
  }

  /** @returns what fills up the block of the last entry, and the end of the archive */
  finish(): Uint8Array {
    return concat([this.endEntry(), new Uint8Array(2 * BLOCK)]);
  }

  private endEntry(): Uint8Array {
    if (this.left > 0) throw new RangeError(`archive/tar: missed writing ${this.left} bytes`);
    const fill = new Uint8Array(this.pad);
    this.pad = 0;
    return fill;
  }
}

interface Entry {
  /** What goes into the ustar block. */
  header: TarHeader;
  records: Map<string, Uint8Array>;
  /** Directory for ustar's prefix field, where the name is split and needs no PAX header. */
  path: string;
  /** The sparse map, which precedes the data. */
  map: Uint8Array;
  dataSize: number;
}

function entryOf(given: TarHeader): Entry {
  const header = { ...given };
  if (header.type === 'dir' && !header.name.endsWith('/')) header.name += '/';
  if (header.type !== 'file') header.size = 0;
  const records = new Map<string, Uint8Array>();
  const text = (key: string, value: string, room: number): void => {
    if (byteLength(value) > room || !/^[\x01-\x7f]*$/.test(value)) records.set(key, encode(value));
  };
  const number = (key: string, value: number, room: number): void => {
    if (value < 0 || value >= 8 ** (room - 1)) records.set(key, encode(String(value)));
  };
  let map = new Uint8Array(0);
  let dataSize = header.size;
  if (header.type === 'file' && header.sparse) {
    const segments = header.sparse.filter(([, length]) => length > 0);
    checkSegments(segments, header.size);
    map = sparseMap(segments, header.size);
    dataSize = segments.reduce((n, [, length]) => n + length, 0);
    records.set('GNU.sparse.major', encode('1'));
    records.set('GNU.sparse.minor', encode('0'));
    records.set('GNU.sparse.name', encode(header.name));
    records.set('GNU.sparse.realsize', encode(String(header.size)));
    header.name = sparseName(header.name);
    header.size = map.length + dataSize;
  }
  text('path', header.name, 100);
  text('linkpath', header.linkname, 100);
  text('uname', header.uname ?? '', 32);
  text('gname', header.gname ?? '', 32);
  number('uid', header.uid, 8);
  number('gid', header.gid, 8);
  number('size', header.size, 12);
  if (header.mtimeNsec !== 0 || header.mtimeSec < 0 || header.mtimeSec >= 8 ** 11) {
    records.set('mtime', encode(paxTime(header.mtimeSec, header.mtimeNsec)));
  }
  for (const [name, value] of header.xattrs ?? []) records.set(`SCHILY.xattr.${name}`, value);
  const split = records.size === 1 && records.has('path') ? splitPath(header.name) : undefined;
  if (split) {
    records.clear();
    header.name = split[1];
  }
  return { header, records, path: split?.[0] ?? '', map, dataSize };
}

/** A long ASCII name as ustar has it: up to 155 bytes of directory, and up to 100 of the rest. */
function splitPath(name: string): [string, string] | undefined {
  if (!/^[\x01-\x7f]*$/.test(name)) return undefined;
  let length = name.length;
  if (length > 156) length = 156;
  else if (name.endsWith('/')) length--;
  const slash = name.lastIndexOf('/', length - 1);
  const rest = name.length - slash - 1;
  if (slash <= 0 || rest > 100 || rest === 0 || slash > 155) return undefined;
  return [name.slice(0, slash), name.slice(slash + 1)];
}

function checkSegments(segments: readonly [number, number][], size: number): void {
  let end = 0;
  for (const [offset, length] of segments) {
    const aligned = length % BLOCK === 0 || offset + length === size;
    if (offset < end || offset + length > size || !aligned)
      throw new RangeError('archive/tar: invalid sparse segments');
    end = offset + length;
  }
}

/**
 * Widens data segments to whole blocks and joins those that touch: GNU tar reads each segment from a new block.
 * @param size length of the file; the last segment may end there
 */
export function alignSegments(segments: readonly (readonly [number, number])[], size: number): [number, number][] {
  const out: [number, number][] = [];
  for (const [offset, length] of segments) {
    if (length === 0) continue;
    const start = offset - (offset % BLOCK);
    const end = Math.min(size, offset + length + padding(offset + length));
    const last = out.at(-1);
    if (last && last[0] + last[1] >= start) last[1] = end - last[0];
    else out.push([start, end - start]);
  }
  return out;
}

/** `dir/GNUSparseFile.0/name`, as GNU tar names what an old reader would unpack with its map. */
function sparseName(name: string): string {
  const slash = name.lastIndexOf('/');
  return `${name.slice(0, slash + 1)}GNUSparseFile.0/${name.slice(slash + 1)}`;
}

function sparseMap(segments: readonly [number, number][], size: number): Uint8Array<ArrayBuffer> {
  const last = segments.at(-1);
  // A file that ends in a hole has an empty segment at its end, as GNU tar writes it.
  const all = !last || last[0] + last[1] < size ? [...segments, [size, 0] as const] : segments;
  const text = encode(`${all.length}\n${all.map(([offset, length]) => `${offset}\n${length}\n`).join('')}`);
  const out = new Uint8Array(text.length + padding(text.length));
  out.set(text);
  return out;
}

/** Seconds with a fraction as PAX has them, without trailing zeros. */
function paxTime(sec: number, nsec: number): string {
  if (nsec === 0) return String(sec);
  const negative = sec < 0;
  const whole = negative ? -(sec + 1) : sec;
  const fraction = negative ? 1e9 - nsec : nsec;
  return `${negative ? '-' : ''}${whole}.${String(fraction).padStart(9, '0')}`.replace(/0+$/, '');
}

function paxHeader(header: TarHeader, records: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const keys = [...records.keys()].sort((a, b) => (a < b ? -1 : 1));
  const body = concat(keys.map((key) => paxRecord(key, records.get(key)!)));
  const path = header.name.replace(/\/+$/, '');
  const slash = path.lastIndexOf('/');
  const name = ascii(`${path.slice(0, slash + 1)}PaxHeaders.0/${path.slice(slash + 1)}`).slice(0, 100);
  const block = ustarBlock(
    {
      name: name.replace(/\/+$/, ''),
      type: 'file',
      mode: 0,
      uid: 0,
      gid: 0,
      size: body.length,
      mtimeSec: 0,
      mtimeNsec: 0,
      linkname: '',
      devmajor: 0,
      devminor: 0,
    },
    'x',
  );
  return concat([block, body, new Uint8Array(padding(body.length))]);
}

/** `LENGTH key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const name = encode(key);
  const rest = name.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return concat([encode(`${length} `), name, encode('='), value, encode('\n')]);
}

/** What of a text is ASCII: an old reader gets at least that. */
const ascii = (text: string): string => text.replace(/[^\x01-\x7f]/g, '');

function ustarBlock(header: TarHeader, flag: string, path = ''): Uint8Array {
  const block = new Uint8Array(BLOCK);
  putText(block, 0, 100, header.name);
  putOctal(block, 100, 8, header.mode);
  putOctal(block, 108, 8, header.uid);
  putOctal(block, 116, 8, header.gid);
  putOctal(block, 124, 12, header.size);
  putOctal(block, 136, 12, header.mtimeSec);
  block[156] = flag.charCodeAt(0);
  putText(block, 157, 100, header.linkname);
  putText(block, 257, 8, 'ustar\x0000');
  putText(block, 265, 32, header.uname ?? '');
  putText(block, 297, 32, header.gname ?? '');
  // Go leaves the device numbers out of the block of a PAX header.
  if (flag !== 'x') {
    putOctal(block, 329, 8, header.devmajor);
    putOctal(block, 337, 8, header.devminor);
  }
  putText(block, 345, 155, path);
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const b of block) sum += b;
  putOctal(block, 148, 7, sum);
  return block;
}

function putText(block: Uint8Array, at: number, room: number, text: string): void {
  const plain = text.includes('\0') ? text : ascii(text);
  for (let i = 0; i < Math.min(room, plain.length); i++) block[at + i] = plain.charCodeAt(i);
  // Some readers take a cut name that ends in a slash for a directory.
  if (plain.length <= room || block[at + room - 1] !== 0x2f) return;
  let end = room;
  while (end > 0 && block[at + end - 1] === 0x2f) end--;
  block[at + end] = 0;
}

/** Octal digits and a NUL; a number that does not fit stands in the PAX header and is 0 here. */
function putOctal(block: Uint8Array, at: number, room: number, value: number): void {
  const fits = value >= 0 && value < 8 ** (room - 1);
  const digits = (fits ? value : 0).toString(8).padStart(room - 1, '0');
  for (let i = 0; i < digits.length; i++) block[at + i] = digits.charCodeAt(i);
  block[at + room - 1] = 0;
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
