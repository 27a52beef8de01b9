import { expect, test } from 'vitest';
import { alignColumns } from './tab-writer.ts';

test.each([
  [
    'columns are as wide as their widest cell and the padding',
    'A\tB\nlong cell here\tx\n',
    'A                B\nlong cell here   x\n',
  ],
  ['a narrow column has the least width', 'A\tB\n1\t2\n', 'A         B\n1         2\n'],
  [
    'what stands after the last tab is in no column',
    'a\tb\nvery long last words\n',
    'a         b\nvery long last words\n',
  ],
  ['an empty last cell leaves the padding', 'SIZE\tC\n1MB\t\n', 'SIZE      C\n1MB       \n'],
  ['characters count, not bytes', 'é…\tx\n', 'é…        x\n'],
])('%s', (_, text, aligned) => {
  expect(alignColumns(text, 10, 3)).toBe(aligned);
});
