import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOOL, INT, INT64, many, mapOf, message, one, ProtobufError, part, RAW, TEXT, UINT } from './protobuf.ts';

const Stat = message({ path: one(1, TEXT), mode: one(2, UINT), size: one(5, INT), time: one(6, INT64) });
const All = message({
  name: one(1, TEXT),
  stat: part(2, Stat),
  list: many(3, TEXT),
  map: mapOf(4, TEXT),
  stats: many(5, Stat),
  data: one(6, RAW),
  flag: one(7, BOOL),
  byName: mapOf(8, Stat),
});
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

describe('protobuf', () => {
  test.each([
    ['a text', { name: 'testing' }, '0a0774657374696e67'],
    ['a number of two bytes', { stat: { path: '', mode: 150, size: 0, time: 0n } }, '1203109601'],
    ['a negative number', { stat: { path: '', mode: 0, size: -1, time: 0n } }, '120b28ffffffffffffffffff01'],
    ['a list, empty texts too', { list: ['a', ''] }, '1a01611a00'],
    ['a map; a value of zero is not written', { map: new Map([['k', '']]) }, '22030a016b'],
    ['a flag', { flag: true }, '3801'],
    ['zeros are nothing', { name: '', flag: false, data: new Uint8Array(0), list: [] }, ''],
  ])('%s', (_, value, wire) => {
    expect(hex(All.encode(value))).toBe(wire);
    expect(All.decode(bytes(wire))).toMatchObject(value);
  });

  test('nanoseconds are exact where they are asked for', () => {
    const time = 1795635349541278709n;
    expect(Stat.decode(Stat.encode({ time })).time).toBe(time);
    expect(Stat.decode(Stat.encode({ time: -time })).time).toBe(-time);
  });

  test('fields that nobody knows, and known ones of another wire type, are passed over', () => {
    expect(All.decode(bytes('985101' + '0801' + 'a10f0102030405060708' + '0a0161')).name).toBe('a');
  });

  test.each([
    ['a text that is cut off', '0a0774'],
    ['a number without an end', '3880808080808080808080'],
    ['a number that breaks off', '38ff'],
    ['a length beyond everything', '0affffffffffffffffff01'],
    ['groups', '0b'],
    ['field 0', '0001'],
  ])('refuses %s', (_, wire) => {
    expect(() => All.decode(bytes(wire))).toThrow(ProtobufError);
  });

  test('any bytes are a message or an error, and a message comes back as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (input) => {
        try {
          const first = All.decode(input);
          expect(All.decode(All.encode(first))).toEqual(first);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
