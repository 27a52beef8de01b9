import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackDecoder, HpackError, hpackEncode } from './hpack.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));

describe('hpack', () => {
  // RFC 7541, appendix C
  test('requests without and with Huffman coding', () => {
    for (const blocks of [
      [
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ],
      [
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ],
    ]) {
      const decoder = new HpackDecoder();
      const [first, second, third] = blocks.map((block) => decoder.decode(bytes(block)));
      expect(first).toEqual([
        [':method', 'GET'],
        [':scheme', 'http'],
        [':path', '/'],
        [':authority', 'www.example.com'],
      ]);
      expect(second?.at(-1)).toEqual(['cache-control', 'no-cache']);
      expect(third).toEqual([
        [':method', 'GET'],
        [':scheme', 'https'],
        [':path', '/index.html'],
        [':authority', 'www.example.com'],
        ['custom-key', 'custom-value'],
      ]);
    }
  });

  test('old entries go when the table is full', () => {
    const decoder = new HpackDecoder(256);
    decoder.decode(
      bytes(`4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54
             6e1768747470733a2f2f7777772e6578616d706c652e636f6d`),
    );
    expect(decoder.decode(bytes('4803333037c1c0bf'))).toEqual([
      [':status', '307'],
      ['cache-control', 'private'],
      ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
      ['location', 'https://www.example.com'],
    ]);
  });

  test.each([
    ['an entry that is not there', 'be'],
    ['a string that is cut off', '4003616263057061'],
    ['a number without an end', 'ffffffffffffff'],
    ['a larger table than allowed', '3fe2ff03'],
    ['a change of the table in the middle', '8220'],
    ['the end of string within one', '4084fffffffc0161'],
    ['padding of more than 7 bits', '4082ffff0161'],
  ])('refuses %s', (_, block) => {
    expect(() => new HpackDecoder().decode(bytes(block))).toThrow(HpackError);
  });

  test('a list that grows out of few bytes is refused', () => {
    const decoder = new HpackDecoder();
    decoder.decode(bytes(`40 01 61 7f a1 1e ${'62'.repeat(4000)}`));
    expect(() => decoder.decode(new Uint8Array(100).fill(0xbe))).toThrow('header list too large');
  });

  test('what is written is read again', () => {
    const text = fc.string({ maxLength: 40, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 8 }), (fields) => {
        expect(new HpackDecoder().decode(hpackEncode(fields))).toEqual(fields);
      }),
      { numRuns: 200 },
    );
  });

  test('any bytes are fields or an error', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 48 }), { maxLength: 4 }), (blocks) => {
        const decoder = new HpackDecoder();
        try {
          for (const block of blocks) decoder.decode(block);
        } catch (error) {
          expect(error).toBeInstanceOf(HpackError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
