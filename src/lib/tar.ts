import { BLOCK, padding, type TarHeader, type TarType } from './tar-header.ts';
import { decode } from './utf8.ts';

export { type TarHeader, type TarType, tarHeader } from './tar-header.ts';
export { alignSegments, TarWriter } from './tar-writer.ts';

export type TarEvent =
  | { type: 'header'; header: TarHeader }
  /**
   * Data at `offset` of the file, which is at `at` of the archive; what lies between the pieces of a sparse file is a hole.
   * A view: valid until the next push.
   */
  | { type: 'data'; bytes: Uint8Array; offset: number; at: number }
  /** The entry of the last header is complete. */
  | { type: 'end-entry' }
  /** The end marker of the archive; whatever follows is ignored. */
  | { type: 'end' }
  /** The archive is damaged; nothing follows. The text is Go's. */
  | { type: 'error'; message: string };

const INVALID = 'archive/tar: invalid tar header';
const TRUNCATED = 'unexpected EOF';
/** Longest PAX header, name or sparse map that is accepted. */
const META_MAX = 1024 * 1024;

const TYPES: Readonly<Record<string, TarType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'dir',
  '6': 'fifo',
};

type State = 'header' | 'meta' | 'sparse-block' | 'sparse-map' | 'data' | 'skip' | 'done';

/**
 * Reads a tar archive from bytes that come in any pieces: V7, ustar, PAX (global headers too), GNU long names, base-256
 * numbers, sparse files of the old GNU format and of PAX 0.0, 0.1 and 1.0. Never throws.
 * @see pax(1), "Basic Tar Format" of the GNU tar manual
 */
export class TarReader {
  private state: State = 'header';
  private held: Uint8Array = new Uint8Array(0);
  /** Bytes of the archive that were used. */
  private used = 0;
  private left = 0;
  private pad = 0;
  private zeroBlock = false;
  private metaFlag = '';
  private globals = new Map<string, Uint8Array>();
  private locals = new Map<string, Uint8Array>();
  private longName: string | undefined;
  private longLink: string | undefined;
  private header: TarHeader | undefined;
  private segments: [number, number][] = [];
  private segment = 0;
  private within = 0;

  /** Takes the next bytes of the archive. */
  push(bytes: Uint8Array): TarEvent[] {
    const events: TarEvent[] = [];
    let rest = this.held.length > 0 ? join(this.held, bytes) : bytes;
    this.held = new Uint8Array(0);
    while (this.state !== 'done') {
      const used = this.step(rest, events);
      if (used === undefined) {
        this.held = new Uint8Array(rest);
        break;
      }
      this.used += used;
      rest = rest.subarray(used);
    }
    return events;
  }

  /** The input is over: an error where an entry is not complete. */
  end(): TarEvent[] {
    if (this.state === 'done') return [];
    const inOrder = this.state === 'header' && this.held.length === 0;
    this.state = 'done';
    return [inOrder ? { type: 'end' } : { type: 'error', message: TRUNCATED }];
  }

  /** @returns how many bytes were used, or undefined where more are needed */
  private step(bytes: Uint8Array, events: TarEvent[]): number | undefined {
    switch (this.state) {
      case 'header':
        return bytes.length < BLOCK ? undefined : this.readHeader(bytes.subarray(0, BLOCK), events);
      case 'meta': {
        const whole = this.left + this.pad;
        if (bytes.length < whole) return undefined;
        this.readMeta(bytes.subarray(0, this.left), events);
        return whole;
      }
      case 'sparse-block':
        return bytes.length < BLOCK ? undefined : this.readSparseBlock(bytes.subarray(0, BLOCK), events);
      case 'sparse-map':
        return this.readSparseMap(bytes, events);
      case 'data':
        return this.readData(bytes, events);
      default: {
        if (bytes.length === 0) return undefined;
        const n = Math.min(this.left, bytes.length);
        this.left -= n;
        if (this.left === 0) this.state = 'header';
        return n;
      }
    }
  }

  private fail(events: TarEvent[], message = INVALID): number {
    this.state = 'done';
    events.push({ type: 'error', message });
    return 0;
  }

  private readHeader(block: Uint8Array, events: TarEvent[]): number {
    if (block.every((b) => b === 0)) {
      if (this.zeroBlock) {
        this.state = 'done';
        events.push({ type: 'end' });
      }
      this.zeroBlock = true;
      return BLOCK;
    }
    if (this.zeroBlock || !checksumFits(block)) return this.fail(events);
    const flag = String.fromCharCode(block[156]!);
    if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
      const size = readNumber(block, 124, 12);
      if (size === undefined || size > META_MAX) return this.fail(events);
      this.metaFlag = flag;
      this.left = size;
      this.pad = padding(size);
      this.state = 'meta';
      return BLOCK;
    }
    const header = this.parse(block, flag);
    if (!header) return this.fail(events);
    this.begin(header, flag, block, events);
    return BLOCK;
  }

  private readMeta(bytes: Uint8Array, events: TarEvent[]): void {
    this.state = 'header';
    if (this.metaFlag === 'L') this.longName = cString(bytes);
    else if (this.metaFlag === 'K') this.longLink = cString(bytes);
    else {
      const records = parseRecords(bytes);
      if (!records) this.fail(events);
      else if (this.metaFlag === 'x') this.locals = records;
      else for (const [key, value] of records) this.globals.set(key, value);
    }
  }

  private parse(block: Uint8Array, flag: string): TarHeader | undefined {
    const magic = decode(block, 257, 263);
    const isUstar = magic === 'ustar\0';
    const isGnu = magic === 'ustar ';
    const numbers = [100, 108, 116].map((at) => readNumber(block, at, 8));
    const size = readNumber(block, 124, 12);
    const mtime = readNumber(block, 136, 12);
    const device = isUstar || isGnu ? [readNumber(block, 329, 8), readNumber(block, 337, 8)] : [0, 0];
    const [mode, uid, gid] = numbers;
    if (mode === undefined || uid === undefined || gid === undefined || size === undefined || size < 0)
      return undefined;
    let name = field(block, 0, 100);
    const prefix = isUstar ? field(block, 345, 155) : '';
    if (prefix) name = `${prefix}/${name}`;
    const header: TarHeader = {
      name: this.longName ?? name,
      type: TYPES[flag] ?? 'unknown',
      mode: mode & 0o7777,
      uid,
      gid,
      size,
      mtimeSec: mtime ?? 0,
      mtimeNsec: 0,
      linkname: this.longLink ?? field(block, 157, 100),
      devmajor: device[0] ?? 0,
      devminor: device[1] ?? 0,
    };
    if (isUstar || isGnu) {
      header.uname = field(block, 265, 32);
      header.gname = field(block, 297, 32);
    }
    this.longName = this.longLink = undefined;
    return header;
  }

  /** Applies the PAX records and goes on to the data of the entry. */
  private begin(header: TarHeader, flag: string, block: Uint8Array, events: TarEvent[]): void {
    const records = new Map([...this.globals, ...this.locals]);
    this.locals = new Map();
    if (!applyRecords(header, records)) {
      this.fail(events);
      return;
    }
    // Archives from before ustar have no type for directories.
    if (flag === '\0' && header.name.endsWith('/')) header.type = 'dir';
    this.header = header;
    const stored = header.type === 'file' || header.type === 'unknown' ? header.size : 0;
    this.left = stored;
    this.pad = padding(stored);
    this.segments = [[0, header.size]];
    if (flag === 'S') {
      this.segments = [];
      const real = readNumber(block, 483, 12);
      if (real === undefined || !this.takeSegments(block, 386, 4)) {
        this.fail(events);
        return;
      }
      header.size = real;
      if (block[482] === 0) this.startData(events);
      else this.state = 'sparse-block';
      return;
    }
    const sparse = header.type === 'file' ? paxSparse(records, header) : undefined;
    if (sparse === 'invalid') {
      this.fail(events);
      return;
    }
    if (sparse === 'map') {
      this.state = 'sparse-map';
      return;
    }
    if (header.type !== 'file') {
      header.size = 0;
      events.push({ type: 'header', header }, { type: 'end-entry' });
      this.left += this.pad;
      this.state = this.left > 0 ? 'skip' : 'header';
      return;
    }
    if (sparse) this.segments = sparse;
    this.startData(events, sparse !== undefined);
  }

  private takeSegments(block: Uint8Array, at: number, count: number): boolean {
    for (let i = 0; i < count; i++) {
      if (block[at + i * 24] === 0) break;
      const offset = readNumber(block, at + i * 24, 12);
      const length = readNumber(block, at + i * 24 + 12, 12);
      if (offset === undefined || length === undefined) return false;
      this.segments.push([offset, length]);
    }
    return this.segments.length * 24 <= META_MAX;
  }

  private readSparseBlock(block: Uint8Array, events: TarEvent[]): number {
    if (!this.takeSegments(block, 0, 21)) return this.fail(events);
    if (block[504] === 0) this.startData(events);
    return BLOCK;
  }

  /** The map of PAX sparse 1.0 at the head of the data: decimal lines, filled up to a block. */
  private readSparseMap(bytes: Uint8Array, events: TarEvent[]): number | undefined {
    let at = 0;
    const limit = Math.min(bytes.length, this.left);
    const next = (): number | undefined => {
      const end = bytes.indexOf(10, at);
      if (end < 0 || end >= limit) return undefined;
      const text = decode(bytes, at, end);
      at = end + 1;
      return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    };
    const numbers: number[] = [];
    const count = next();
    for (let i = 0; count !== undefined && i < count * 2; i++) {
      const n = next();
      if (n === undefined) break;
      numbers.push(n);
      if (Number.isNaN(n)) return this.fail(events);
    }
    if (count !== undefined && Number.isNaN(count)) return this.fail(events);
    const used = at + padding(at);
    if (count === undefined || numbers.length < count * 2 || used > limit) {
      return limit === this.left || limit > META_MAX ? this.fail(events) : undefined;
    }
    this.segments = [];
    for (let i = 0; i < numbers.length; i += 2) this.segments.push([numbers[i]!, numbers[i + 1]!]);
    this.left -= used;
    this.startData(events);
    return used;
  }

  private startData(events: TarEvent[], sparse = true): void {
    const header = this.header!;
    if (sparse) {
      let end = 0;
      for (const [offset, length] of this.segments) {
        if (offset < end || offset + length > header.size) {
          this.fail(events);
          return;
        }
        end = offset + length;
      }
      this.segments = this.segments.filter(([, length]) => length > 0);
      if (this.segments.reduce((n, [, length]) => n + length, 0) > this.left) {
        this.fail(events);
        return;
      }
      header.sparse = this.segments.map(([o, l]) => [o, l]);
    }
    events.push({ type: 'header', header });
    this.segment = 0;
    this.within = 0;
    this.state = 'data';
    if (this.left === 0) this.endData(events);
  }

  private readData(bytes: Uint8Array, events: TarEvent[]): number | undefined {
    if (bytes.length === 0) return undefined;
    const current = this.segments[this.segment];
    if (!current) {
      const n = Math.min(this.left, bytes.length);
      this.left -= n;
      if (this.left === 0) this.endData(events);
      return n;
    }
    const n = Math.min(current[1] - this.within, this.left, bytes.length);
    events.push({ type: 'data', bytes: bytes.subarray(0, n), offset: current[0] + this.within, at: this.used });
    this.within += n;
    this.left -= n;
    if (this.within === current[1]) {
      this.segment++;
      this.within = 0;
    }
    if (this.left === 0) this.endData(events);
    return n;
  }

  private endData(events: TarEvent[]): void {
    events.push({ type: 'end-entry' });
    this.left = this.pad;
    this.state = this.pad > 0 ? 'skip' : 'header';
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decode(bytes, 0, end < 0 ? bytes.length : end);
}

const field = (block: Uint8Array, at: number, room: number): string => cString(block.subarray(at, at + room));

/** The sum of all bytes, with the sum itself as blanks; old programs summed signed bytes. */
function checksumFits(block: Uint8Array): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const b = i >= 148 && i < 156 ? 0x20 : block[i]!;
    unsigned += b;
    signed += b < 128 ? b : b - 256;
  }
  const sum = readNumber(block, 148, 8);
  return sum === unsigned || sum === signed;
}

/** Octal, or base 256 with the top bit set. @returns undefined where it is neither */
function readNumber(block: Uint8Array, at: number, room: number): number | undefined {
  const first = block[at]!;
  if (first & 0x80) {
    let value = first & 0x40 ? first - 0x100 : first & 0x3f;
    for (let i = 1; i < room; i++) value = value * 256 + block[at + i]!;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = field(block, at, room).replace(/^[ \0]+|[ \0]+$/g, '');
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function parseRecords(bytes: Uint8Array): Map<string, Uint8Array> | undefined {
  const records = new Map<string, Uint8Array>();
  const sparse: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0) return undefined;
    const digits = decode(bytes, at, space);
    const length = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (length < 5 || end > bytes.length || bytes[end - 1] !== 10) return undefined;
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) return undefined;
    const key = decode(bytes, space + 1, equals);
    const value = new Uint8Array(bytes.subarray(equals + 1, end - 1));
    if (key === '' || key.includes('\0')) return undefined;
    // Version 0.0 of sparse files repeats these two keys; they become the map of version 0.1.
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') sparse.push(decode(value));
    else records.set(key, value);
    at = end;
  }
  if (sparse.length > 0)
    records.set(
      'GNU.sparse.map',
      Uint8Array.from(sparse.join(','), (c) => c.charCodeAt(0)),
    );
  return records;
}

const XATTR = 'SCHILY.xattr.';

/** @returns false where a record has no valid value */
function applyRecords(header: TarHeader, records: ReadonlyMap<string, Uint8Array>): boolean {
  for (const [key, bytes] of records) {
    const value = decode(bytes);
    if (key.startsWith(XATTR)) {
      header.xattrs ??= new Map();
      header.xattrs.set(key.slice(XATTR.length), bytes);
      continue;
    }
    if (value === '') continue;
    switch (key) {
      case 'path':
        header.name = value;
        break;
      case 'linkpath':
        header.linkname = value;
        break;
      case 'uname':
      case 'gname':
        header[key] = value;
        break;
      case 'uid':
      case 'gid':
      case 'size':
        if (!/^-?\d{1,15}$/.test(value)) return false;
        header[key] = Number(value);
        if (key === 'size' && header.size < 0) return false;
        break;
      case 'mtime': {
        const time = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value);
        if (!time) return false;
        setTime(header, time[1] === '-', Number(time[2]), Number((time[3] ?? '').slice(0, 9).padEnd(9, '0')));
        break;
      }
    }
  }
  return true;
}

function setTime(header: TarHeader, negative: boolean, sec: number, nsec: number): void {
  header.mtimeSec = negative ? -sec : sec;
  header.mtimeNsec = nsec;
  if (!negative || nsec === 0) return;
  header.mtimeSec -= 1;
  header.mtimeNsec = 1e9 - nsec;
}

/** Where PAX records say that a file is sparse: its segments (0.0, 0.1), or that its data begins with a map (1.0). */
function paxSparse(
  records: ReadonlyMap<string, Uint8Array>,
  header: TarHeader,
): [number, number][] | 'map' | 'invalid' | undefined {
  const get = (key: string): string | undefined => {
    const value = records.get(`GNU.sparse.${key}`);
    return value && decode(value);
  };
  const isOne = get('major') === '1' && get('minor') === '0';
  const map = get('map');
  if (!isOne && map === undefined) return undefined;
  const size = get('realsize') ?? get('size');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) return 'invalid';
  if (size !== undefined) header.size = Number(size);
  header.name = get('name') ?? header.name;
  if (isOne) return 'map';
  if (map === '') return [];
  const numbers = map!.split(',');
  if (numbers.length % 2 !== 0 || !numbers.every((n) => /^\d{1,15}$/.test(n))) return 'invalid';
  const segments: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 2) segments.push([Number(numbers[i]), Number(numbers[i + 1])]);
  return segments;
}
