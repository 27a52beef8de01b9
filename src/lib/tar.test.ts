import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64 } from './base64.ts';
import { gunzip } from './gzip.ts';
import { alignSegments, type TarEvent, type TarHeader, TarReader, TarWriter, tarHeader } from './tar.ts';
import { encode } from './utf8.ts';

interface Entry {
  header: TarHeader;
  data: Uint8Array;
}

function write(entries: readonly Entry[]): Uint8Array {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  for (const { header, data } of entries) {
    pieces.push(writer.header(header));
    for (const [offset, length] of header.sparse ?? [[0, data.length] as const]) {
      pieces.push(writer.data(data.subarray(offset, offset + length)));
    }
  }
  pieces.push(writer.finish());
  return new Uint8Array(Buffer.concat(pieces));
}

function read(archive: Uint8Array, pieceSize = archive.length): { entries: Entry[]; last: TarEvent | undefined } {
  const reader = new TarReader();
  const entries: Entry[] = [];
  let last: TarEvent | undefined;
  const take = (events: TarEvent[]): void => {
    for (const event of events) {
      last = event;
      if (event.type === 'header') entries.push({ header: event.header, data: new Uint8Array(event.header.size) });
      else if (event.type === 'data') entries.at(-1)!.data.set(event.bytes, event.offset);
    }
  };
  for (let i = 0; i < archive.length; i += pieceSize) take(reader.push(archive.slice(i, i + pieceSize)));
  take(reader.end());
  return { entries, last };
}

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constant('é'.repeat(70)),
  fc.constant('x'.repeat(300)),
);
const name = text.map((t) => t.replace(/[\0/]/g, '_'));
const header = fc.record({
  name: fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
  type: fc.constantFrom(
    'file' as const,
    'dir' as const,
    'symlink' as const,
    'link' as const,
    'char' as const,
    'fifo' as const,
  ),
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.nat(70000), fc.constant(3_000_000)),
  gid: fc.nat(70000),
  uname: fc.constantFrom('', 'root'),
  gname: fc.constantFrom('', 'würfel'),
  mtimeSec: fc.oneof(fc.nat(2_000_000_000), fc.constant(-5)),
  mtimeNsec: fc.oneof(fc.constant(0), fc.nat(999_999_999)),
  linkname: fc.oneof(fc.constant(''), name),
  devmajor: fc.nat(255),
  devminor: fc.nat(255),
  xattrs: fc.option(fc.uint8Array({ maxLength: 30 }), { nil: undefined }),
});
const entry = fc.tuple(header, fc.uint8Array({ maxLength: 1500 })).map(([h, bytes]): Entry => {
  const { xattrs, ...rest } = h;
  const data = h.type === 'file' ? bytes : new Uint8Array(0);
  const whole: TarHeader = { ...rest, name: h.type === 'dir' ? `${h.name}/` : h.name, size: data.length };
  if (xattrs) whole.xattrs = new Map([['security.capability', xattrs]]);
  return { header: whole, data };
});

test('what is written is read back, in any pieces', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), fc.integer({ min: 1, max: 2000 }), (entries, size) => {
      const archive = write(entries);
      expect(archive.length % 512).toBe(0);
      expect(read(archive, size)).toEqual({ entries, last: { type: 'end' } });
    }),
    { numRuns: 60 },
  );
});

test('files with holes', () => {
  const data = new Uint8Array(100_000);
  data.set(encode('begin'), 0);
  data.set(encode('middle'), 50_000);
  const sparse = alignSegments(
    [
      [0, 5],
      [50_000, 6],
    ],
    100_000,
  );
  const entries = [
    { header: { ...tarHeader({ name: 'dir/s', type: 'file', size: 100_000 }), uname: '', gname: '', sparse }, data },
  ];
  const archive = write(entries);
  expect(archive.length).toBeLessThan(6000);
  for (const size of [100, 512, archive.length])
    expect(read(archive, size)).toEqual({ entries, last: { type: 'end' } });
});

test('a plain entry is one ustar block, as Go writes it', () => {
  const block = new TarWriter().header(tarHeader({ name: 'etc', type: 'dir', mtimeSec: 1700000000 }));
  const field = (at: number, length: number): string => Buffer.from(block.subarray(at, at + length)).toString('latin1');
  expect(block.length).toBe(512);
  expect([
    field(0, 5),
    field(100, 8),
    field(124, 12),
    field(136, 12),
    field(156, 1),
    field(257, 8),
    field(329, 16),
  ]).toEqual(['etc/\0', '0000755\0', '00000000000\0', '14524770400\0', '5', 'ustar\x0000', '0000000\x000000000\0']);
  expect(field(148, 8)).toMatch(/^[0-7]{6}\0 $/);
});

test('a long name is split, or gets a PAX header', () => {
  const text = (name: string): string =>
    Buffer.from(new TarWriter().header(tarHeader({ name, type: 'file' }))).toString('latin1');
  const split = text(`${'d'.repeat(90)}/${'f'.repeat(90)}`);
  expect([split.length, split.slice(0, 91), split.slice(345, 436)]).toEqual([
    512,
    `${'f'.repeat(90)}\0`,
    `${'d'.repeat(90)}\0`,
  ]);
  const long = `${'d'.repeat(90)}/${'f'.repeat(120)}`;
  const whole = text(long);
  expect(whole.length).toBe(3 * 512);
  expect(whole.slice(0, 100)).toBe(`${'d'.repeat(90)}/PaxHeader`);
  expect(whole.slice(512, 512 + 221)).toBe(`221 path=${long}\n`);
});

test('damage and early ends', () => {
  const archive = write([{ header: tarHeader({ name: 'a', type: 'file', size: 3 }), data: encode('abc') }]);
  const broken = archive.slice();
  broken[0] = 0x62;
  expect(read(broken).last).toEqual({ type: 'error', message: 'archive/tar: invalid tar header' });
  expect(read(archive.slice(0, 514)).last).toEqual({ type: 'error', message: 'unexpected EOF' });
  expect(read(archive.slice(0, 1024)).last).toEqual({ type: 'end' });
  expect(read(new Uint8Array(0)).last).toEqual({ type: 'end' });
});

test('too much or too little data is refused', () => {
  const writer = new TarWriter();
  writer.header(tarHeader({ name: 'a', type: 'file', size: 3 }));
  expect(() => writer.data(encode('abcd'))).toThrow('archive/tar: write too long');
  expect(() => writer.finish()).toThrow('archive/tar: missed writing 3 bytes');
});

test('garbage never throws or hangs', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 2 }), fc.nat(), fc.nat(255), (entries, at, value) => {
      const archive = write(entries).slice();
      const i = at % archive.length;
      // A change with the checksum put right reaches the parser behind it.
      archive[i] = value;
      if (i < 512) {
        archive.fill(0x20, 148, 156);
        const sum = archive.subarray(0, 512).reduce((a, b) => a + b, 0);
        archive.set(encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
      }
      const reader = new TarReader();
      reader.push(archive);
      reader.end();
    }),
    { numRuns: 200 },
  );
});

/** The build context that the docker CLI 28.2 (Go 1.24) sent: long names, links, umlauts, a date before 1970. */
const RECORDED = [
  'H4sIAAAAAAACA+2YzU7CQBSFZ+1TzAsI907nJy7YGePGaHyDkRbbUMC0JelruXfHiznURKQoUWEGmt5vM6SbMjk95/5cL8bTpJhkecK8AQ4tZX',
  'M62icAKoYqcodWiO45ohCGcWABWJaVLdxfOcYlv16uI9w83t/xclzYapxeMKJv2ADvcHaQRqmf/Q/Rtv/BSJDk/xCkGbm+z6S2iE/vf2jVfxAS',
  'GUdL/vdNHib/wRjze/3BfS2u/xOkv3cebH2b2DgpygEM88X8Oc/mUw/6f6P7p/5iMxt8PEc02vm/7lL97yioJV9L/mKrdDQ7S6hB8Zn/fix/WP',
  '5HWgjX/4sQXxfl/yb/F3nsS/99+e8KQCv/waCm/A+BAD6rslkyuoyc/fBKAFDe9ghPlt/x/979785vow3tf4JQLp+GQea/v83/EAnGFekfRP/Y',
  'G8P/6d+UItI/BJMDOF7+i239pZKy6/nv11hHu35N3V6v2Zr/BlVdnWT+w/b+r6n/NP8F2P8Z3qz+Vm+r17X8FAf9wpPlD6v/rv9XSPNfkOuT4Q',
  'mCIHrJOxhMbnwALAAA',
].join('');

test('a recorded archive of Go is written again byte for byte', () => {
  const archive = gunzip(fromBase64(RECORDED)!);
  if (typeof archive === 'string') throw new Error(archive);
  expect(archive.length).toBe(11264);
  expect(Buffer.from(write(read(archive).entries)).equals(Buffer.from(archive))).toBe(true);
});
