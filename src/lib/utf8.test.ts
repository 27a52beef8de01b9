import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLength, decode, encode, encodeInto, incompleteTail } from './utf8.ts';

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(encode(decode(bytes))).toEqual(bytes);
    }),
  );
});

test('any text comes back, and is what others make of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = encode(text);
      expect(decode(bytes)).toBe(text);
      expect(bytes.length).toBe(byteLength(text));
      expect(bytes).toEqual(new Uint8Array(Buffer.from(text)));
    }),
  );
});

test.each([
  ['overlong', [0xc0, 0x80]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ['cut off', [0xe2, 0x82]],
  ['a stray tail', [0x80]],
])('%s is kept byte by byte', (_, bytes) => {
  expect(decode(Uint8Array.from(bytes))).toBe(String.fromCharCode(...bytes.map((b) => 0xdc00 + b)));
});

test('a long text is decoded in pieces', () => {
  const text = 'aé日👍'.repeat(10_000);
  expect(decode(encode(text))).toBe(text);
});

test('writes at an offset', () => {
  const out = new Uint8Array(6);
  expect(encodeInto('é!', out, 2)).toBe(5);
  expect([...out]).toEqual([0, 0, 0xc3, 0xa9, 0x21, 0]);
});

test('a stream that is cut within a character is put together again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat(80), (text, cut) => {
      const bytes = encode(text);
      const first = bytes.subarray(0, cut);
      const tail = incompleteTail(first);
      const rest = bytes.subarray(first.length - tail);
      expect(decode(first, 0, first.length - tail) + decode(rest)).toBe(text);
    }),
  );
});
