import { expect, test } from 'vitest';
import { classRanges, classTest, collatingElement } from './char-class.ts';

const NAMES = 'alpha digit alnum upper lower space blank punct print graph cntrl xdigit'.split(' ');

test.each(NAMES)('the ranges of %s are what its test says', (name) => {
  const ranges = classRanges(name, 0x24ff)!;
  const passes = classTest(name)!;
  const wrong: number[] = [];
  for (let c = 0; c <= 0x24ff; c++) {
    const within = ranges.some((low, i) => i % 2 === 0 && low <= c && c <= ranges[i + 1]!);
    if (within !== passes(c)) wrong.push(c);
  }
  expect(wrong).toEqual([]);
});

test('some characters', () => {
  const classes = (code: number): string[] => NAMES.filter((n) => classTest(n)!(code));
  expect(classes(0xe9)).toEqual(['alpha', 'alnum', 'lower', 'print', 'graph']);
  expect(classes(0x5f)).toEqual(['punct', 'print', 'graph']);
  expect(classes(0x09)).toEqual(['space', 'blank', 'cntrl']);
  expect(classes(0xdc80)).toEqual([]);
  expect([classTest('foo'), classTest('word'), classRanges('foo', 10)]).toEqual([undefined, undefined, undefined]);
  expect(classRanges('word', 127)).toContain(95);
});

test('collating elements', () => {
  expect([collatingElement('a'), collatingElement('hyphen'), collatingElement('xx')]).toEqual([0x61, 0x2d, undefined]);
});
