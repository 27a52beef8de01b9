import { expect, test } from 'vitest';
import { readCpio, writeCpio } from './cpio.ts';
import { compareRpmVersions, readRpm, rpmHeader, rpmNumbers, rpmStart, rpmText, rpmTexts } from './rpm.ts';
import { encode } from './utf8.ts';

test.each([
  ['1.0', '1.0', 0],
  ['1.0', '2.0', -1],
  ['2.0.1a', '2.0.1', 1],
  ['5.5p1', '5.5p10', -1],
  ['10xyz', '10.1xyz', -1],
  ['1.0~rc1', '1.0', -1],
  ['20101121', '20101122', -1],
] as const)('versions %s and %s', (a, b, order) => {
  expect(compareRpmVersions(a, b)).toBe(order);
});

test('a package that is written is read again, whatever room its signature has', () => {
  const header = rpmHeader({ name: 'hello', epoch: [3], requires: ['glibc', 'bash'], baseNames: ['a', 'b'] });
  for (const room of [0, 5, 70_000]) {
    const start = rpmStart(room);
    const bytes = new Uint8Array(start.length + header.length + 3);
    bytes.set(start);
    bytes.set(header, start.length);
    const read = readRpm(bytes)!;
    expect(read.payload).toBe(start.length + header.length);
    expect(rpmText(read.header, 'name')).toBe('hello');
    expect(rpmNumbers(read.header, 'epoch')).toEqual([3]);
    expect(rpmTexts(read.header, 'requires')).toEqual(['glibc', 'bash']);
  }
  expect(readRpm(encode('no package'))).toBeUndefined();
});

test('cpio archives', () => {
  const entries = [
    { name: './a', mode: 0o100644, data: encode('hello') },
    { name: './dir', mode: 0o040755, data: new Uint8Array(0) },
  ];
  expect(readCpio(writeCpio(entries))).toEqual(entries);
  expect(readCpio(encode('rubbish'))).toEqual([]);
});
