import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** Every text with its path; functions are called with figures and words. */
function* texts(value: unknown, path = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'function') yield [path, String(value(...Array(value.length).fill(2)))];
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) yield* texts(child, `${path}.${key}`);
}

test.each([
  ['en', en],
  ['zh', zh],
] as const)('%s says no thing twice over: no exclamation marks, no "oops"', (_, messages) => {
  for (const [path, text] of texts(messages)) expect(text, path).not.toMatch(/[!！]|oops|simply|您/i);
});

test('Chinese has a blank between its own script and Latin or digits', () => {
  for (const [path, text] of texts(zh))
    expect(text, path).not.toMatch(/[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/);
});
