import { expect, test } from 'vitest';
import { applicationArrow, withCtrl } from './keys.ts';

test.each([
  ['c', '\x03'],
  ['C', '\x03'],
  ['[', '\x1b'],
  [' ', '\0'],
  ['?', '\x7f'],
  ['1', '1'],
  ['船', '船'],
  ['ab', 'ab'],
])('Ctrl with %j', (text, wanted) => {
  expect(withCtrl(text)).toBe(wanted);
});

test('arrows follow the application cursor mode', () => {
  expect(applicationArrow('\x1b[A')).toBe('\x1bOA');
});
