import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { crc32 } from './crc32.ts';
import { loadHash } from './hash.ts';
import { fromHex, toHex } from './hex.ts';
import { loadSha256 } from './sha256.ts';
import { encode } from './utf8.ts';

test('SHA-256 of the standard examples', async () => {
  const sha256 = await loadSha256();
  expect(sha256.hex(encode('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256.hex(encode(''))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('several hashes at a time do not disturb each other', async () => {
  const sha256 = await loadSha256();
  const a = sha256.create();
  const b = sha256.create();
  a.update(encode('a'));
  b.update(encode('x'));
  a.update(encode('bc'));
  const other = b.digestHex();
  expect(a.digestHex()).toBe(sha256.hex(encode('abc')));
  expect(other).toBe(sha256.hex(encode('x')));
});

test.each([
  ['md5', '900150983cd24fb0d6963f7d28e17f72'],
  ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
] as const)('%s', async (name, expected) => {
  expect((await loadHash(name)).hex(encode('abc'))).toBe(expected);
});

test('CRC-32 in pieces', () => {
  expect(crc32(encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(encode('6789'), crc32(encode('12345')))).toBe(0xcbf43926);
});

test('base64 and hex come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.boolean(), fc.boolean(), (bytes, url, padding) => {
      expect(fromBase64(toBase64(bytes, { url, padding }))).toEqual(bytes);
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
  );
  expect(fromBase64('a')).toBeUndefined();
  expect(fromBase64('ab*c')).toBeUndefined();
  expect(fromHex('abc')).toBeUndefined();
});
