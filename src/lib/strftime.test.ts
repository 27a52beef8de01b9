import { expect, test } from 'vitest';
import { strftime } from './strftime.ts';
import { parsePosixZone, zoneByName } from './timezone.ts';

test.each([
  ['%Y-%m-%d %H:%M:%S', '2023-11-14 22:13:20'],
  ['%a %b %e %T %Z %Y', 'Tue Nov 14 22:13:20 UTC 2023'],
  ['%s.%N %3N', '1700000000.012000000 012'],
  ['%-d/%_m/%05d|%10A|%^a', '14/11/00014|   Tuesday|TUE'],
  ['%j %U %W %V %G %u %w', '318 46 46 46 2023 2 2'],
  ['%I:%M %p %l %k %P %#p', '10:13 PM 10 22 pm pm'],
  ['%z %:z %::z %:::z', '+0000 +00:00 +00:00:00 +00'],
  ['%D %F %R %r %c', '11/14/23 2023-11-14 22:13 10:13:20 PM Tue Nov 14 22:13:20 2023'],
  ['100%% %Q %', '100% %Q %'],
])('%s', (format, expected) => {
  expect(strftime(format, 1700000000, 12_000_000)).toBe(expected);
});

test('zones and summer time', () => {
  const berlin = zoneByName('Europe/Berlin')!;
  expect(strftime('%F %T %Z %z', 1700000000, 0, berlin)).toBe('2023-11-14 23:13:20 CET +0100');
  expect(strftime('%F %T %Z', 1690000000, 0, berlin)).toBe('2023-07-22 06:26:40 CEST');
  expect([1679792399, 1679792400].map((s) => berlin.at(s).abbreviation)).toEqual(['CET', 'CEST']);
  expect([1698541199, 1698541200].map((s) => berlin.at(s).abbreviation)).toEqual(['CEST', 'CET']);
  expect(zoneByName('Australia/Sydney')!.at(1700000000).abbreviation).toBe('AEDT');
  expect(strftime('%T%z', 0, 0, parsePosixZone('<+0530>-5:30'))).toBe('05:30:00+0530');
  expect(zoneByName('Nowhere/City')).toBeUndefined();
});
