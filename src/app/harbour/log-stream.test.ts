import { expect, test } from 'vitest';
import type { LogLine } from '../../ui/detail/detail.ts';
import { logLines } from './log-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const frame = (stream: number, text: string) => {
  const body = bytes(text);
  const out = new Uint8Array(8 + body.length);
  out[0] = stream;
  new DataView(out.buffer).setUint32(4, body.length);
  out.set(body, 8);
  return out;
};
const collect = (tty: boolean) => {
  const lines: LogLine[] = [];
  return { lines, take: logLines(tty, (more) => void lines.push(...more)) };
};

test('frames are cut into lines however they come', () => {
  const { lines, take } = collect(false);
  const all = [
    ...frame(1, '2026-11-23T14:02:25.9Z a 船\n2026-11-23T14:02:26Z b'),
    ...frame(2, '2026-11-23T14:02:27Z e\n'),
    ...frame(1, ' c\n'),
  ];
  for (const byte of all) take(Uint8Array.of(byte));
  expect(lines).toEqual([
    { stream: 'stdout', time: '2026-11-23T14:02:25.9Z', text: 'a 船' },
    { stream: 'stderr', time: '2026-11-23T14:02:27Z', text: 'e' },
    { stream: 'stdout', time: '2026-11-23T14:02:26Z', text: 'b c' },
  ]);
});

test('a terminal’s stream is plain, and its escape sequences are left out', () => {
  const { lines, take } = collect(true);
  take(bytes('2026-11-23T14:02:25Z \x1b[31mred\x1b[0m\x1b]0;t\x07\r\n'));
  expect(lines).toEqual([{ stream: 'stdout', time: '2026-11-23T14:02:25Z', text: 'red' }]);
});
