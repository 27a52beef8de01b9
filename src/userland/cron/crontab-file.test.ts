import { expect, test } from 'vitest';
import { isDue, parseCrontab } from './crontab-file.ts';

const at = (text: string): number => Date.parse(text) / 1000;

// 2026-11-25 is a Wednesday.
test.each([
  ['* * * * * x', '2026-11-25T10:00:00Z', true],
  ['*/15 * * * * x', '2026-11-25T10:45:00Z', true],
  ['*/15 * * * * x', '2026-11-25T10:46:00Z', false],
  ['0 9-17 * * mon-fri x', '2026-11-25T17:00:00Z', true],
  ['0 9-17 * * 1-5 x', '2026-11-28T12:00:00Z', false],
  // two days: one of them is enough
  ['0 0 1 * 3 x', '2026-11-25T00:00:00Z', true],
  ['0 0 1 * 7 x', '2026-11-29T00:00:00Z', true],
  ['@daily x', '2026-11-25T00:00:00Z', true],
])('%s at %s', (line, moment, due) => {
  expect(isDue(parseCrontab(line, false).jobs[0]!, at(moment), 0)).toBe(due);
});

test('assignments, users and what is wrong', () => {
  const { jobs, problems } = parseCrontab('# jobs\nA="b c"\n5 4 * * * root echo hi\n61 * * * * root x\n', true);
  expect(jobs).toMatchObject([{ user: 'root', command: 'echo hi' }]);
  expect(jobs[0]!.env.get('A')).toBe('b c');
  expect(problems).toEqual([{ line: 4, message: 'bad minute' }]);
});
