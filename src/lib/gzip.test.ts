import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gunzip, Gzip, gunzip, gzip } from './gzip.ts';
import { encode } from './utf8.ts';

const text = encode('hello hello hello '.repeat(5000));

test('what is packed is unpacked, here and elsewhere', () => {
  expect(gunzip(gzip(text))).toEqual(text);
  expect(new Uint8Array(gunzipSync(gzip(text, { name: 'a.txt', mtime: 5 })))).toEqual(text);
});

test('the same bytes however they are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(5000), (bytes, cut) => {
      const stream = new Gzip();
      const pieces = [...stream.push(bytes.subarray(0, cut)), ...stream.push(bytes.subarray(cut)), ...stream.finish()];
      expect(Buffer.concat(pieces).equals(Buffer.from(gzip(bytes)))).toBe(true);
    }),
  );
});

test('members one after another, in any pieces', () => {
  const both = Buffer.concat([gzip(encode('one ')), gzip(encode('two')), Buffer.alloc(20)]);
  for (const size of [1, 2, 7, both.length]) {
    const stream = new Gunzip();
    const out: Uint8Array[] = [];
    for (let i = 0; i < both.length; i += size) out.push(...stream.push(both.subarray(i, i + size)));
    stream.finish();
    expect([Buffer.concat(out).toString(), stream.error, stream.trailingGarbage]).toEqual([
      'one two',
      undefined,
      false,
    ]);
  }
});

test('damage is found', () => {
  const good = gzip(text);
  const badCrc = good.slice();
  badCrc[good.length - 8]! ^= 1;
  const badLength = good.slice();
  badLength[good.length - 4]! ^= 1;
  expect(gunzip(badCrc)).toBe('crc');
  expect(gunzip(badLength)).toBe('length');
  expect(gunzip(good.slice(0, -3))).toBe('truncated');
  expect(gunzip(encode('plain text'))).toBe('not-gzip');
  expect(gunzip(new Uint8Array(0))).toBe('truncated');
  expect(gunzip(Buffer.concat([good, encode('junk')]))).toEqual(text);
});

test('garbage never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      gunzip(bytes);
      gunzip(Buffer.concat([Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), bytes]));
    }),
  );
});
