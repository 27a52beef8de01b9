import { expect, test } from 'vitest';
import { parseCalendar } from './calendar.ts';
import { expandCommand, parseCommand } from './exec-service.ts';
import { spanText } from './systemctl-status.ts';
import { splitWords, timeSpan, UnitFile } from './unit-file.ts';
import { statusWords } from './wait-status.ts';

test('a drop-in adds to a list, and an empty value clears it', () => {
  const file = new UnitFile();
  file.add('[Service]\nExecStart=/bin/a \\\n  --one\n# no\nEnvironment=A=1\nEnvironment="B=2 3"\n');
  file.add('[Service]\nExecStart=\nExecStart=/bin/b\n');
  expect(file.all('Service', 'ExecStart')).toEqual(['/bin/b']);
  expect(file.all('Service', 'Environment')).toEqual(['A=1', '"B=2 3"']);
  expect(file.get('Service', 'Restart')).toBeUndefined();
});

test.each([
  ['5min 20s', 320_000],
  ['90', 90_000],
  ['100ms', 100],
  ['infinity', Number.POSITIVE_INFINITY],
  ['soon', undefined],
])('the span %s', (text, ms) => {
  expect(timeSpan(text)).toBe(ms);
});

test('words of a command, its prefix and its variables', () => {
  expect(splitWords('a "b c" \'d e\' f\\sg')).toEqual(['a', 'b c', 'd e', 'f g']);
  expect(parseCommand('-@/bin/sh name -c x')).toEqual({ ignore: true, path: '/bin/sh', argv: ['name', '-c', 'x'] });
  const env = new Map([['OPTS', '-a -b']]);
  expect(expandCommand(['x', '$OPTS', `\${OPTS}`, '$$1', '$NONE'], env)).toEqual(['x', '-a', '-b', '-a -b', '$1']);
});

// 2026-11-25 is a Wednesday.
test.each([
  ['hourly', '2026-11-25T17:00:00Z'],
  ['daily', '2026-11-26T00:00:00Z'],
  ['*-*-* 6,18:00', '2026-11-25T18:00:00Z'],
  ['Mon..Fri 08:30', '2026-11-26T08:30:00Z'],
  ['Sun *-*-* 00:00:00', '2026-11-29T00:00:00Z'],
  ['*:0/15', '2026-11-25T16:30:00Z'],
  ['2020-01-01', undefined],
])('the next %s', (text, next) => {
  const at = parseCalendar(text)!.next(Date.parse('2026-11-25T16:20:30Z') / 1000);
  expect(at === undefined ? undefined : new Date(at * 1000).toISOString().replace('.000', '')).toBe(next);
});

test('how spans and ends are said', () => {
  expect(spanText(7_500_000)).toBe('2h 5min');
  expect(spanText(45_200)).toBe('45s');
  expect(spanText(1_234, true)).toBe('1.234s');
  expect(statusWords(203 << 8)).toBe('code=exited, status=203/EXEC');
  expect(statusWords(9)).toBe('code=killed, status=9/KILL');
});
