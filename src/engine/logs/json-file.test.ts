import { expect, test } from 'vitest';
import { parseRow } from './json-file.ts';
import { fixedTime } from './read.ts';

const T = '"time":"2025-11-25T13:39:20.5Z"}';

test.each([
  [`{"log":"plain\\n","stream":"stdout",${T}`, { stream: 'stdout', text: 'plain\n' }],
  [`{"log":"no end","stream":"stderr",${T}`, { stream: 'stderr', text: 'no end' }],
  [`{"log":"a \\"b\\" \\u003cc\\u003e\\n","stream":"stdout",${T}`, { stream: 'stdout', text: 'a "b" <c>\n' }],
  [`{"log":"tail\\\\n","stream":"stdout",${T}`, { stream: 'stdout', text: 'tail\\n' }],
  [`{"log":"","stream":"stdout",${T}`, { stream: 'stdout', text: '' }],
  [`{"log":"\\n","stream":"stdout","attrs":{"a":"b"},${T}`, { text: '\n', attrs: { a: 'b' } }],
])('%s', (line, expected) => {
  expect(parseRow(line)).toMatchObject({ ...expected, time: '2025-11-25T13:39:20.5Z' });
});

test('a line that was cut off is none', () => {
  expect(parseRow('{"log":"half')).toBeUndefined();
  expect(parseRow('')).toBeUndefined();
});

test('times get all their digits', () => {
  expect(fixedTime('2025-11-25T13:39:20.5Z')).toBe('2025-11-25T13:39:20.500000000Z');
  expect(fixedTime('2025-11-25T13:39:20Z')).toBe('2025-11-25T13:39:20.000000000Z');
});
