import { Unicode11Addon } from '@xterm/addon-unicode11';
import { expect, test } from 'vitest';
import { cutToWidth, textWidth, wcwidth } from './wcwidth.ts';

test('every code point is as wide as the terminal makes it', () => {
  let provider: { wcwidth(code: number): number } | undefined;
  const terminal = { unicode: { register: (p: { wcwidth(code: number): number }) => (provider = p) } };
  (new Unicode11Addon() as unknown as { activate(t: typeof terminal): void }).activate(terminal);
  const wrong: number[] = [];
  for (let code = 0; code < 0x110000; code++) if (wcwidth(code) !== provider!.wcwidth(code)) wrong.push(code);
  expect(wrong).toEqual([]);
});

test.each([
  ['日本', 4],
  ['👍', 2],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 6],
  ['\udc80', 1],
])('%s', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('a wide character is not cut in half', () => {
  expect(cutToWidth('a日b', 2)).toBe('a');
  expect(cutToWidth('a日b', 3)).toBe('a日');
});
