import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import cat from './cat.ts';
import vi from './vi.ts';

const TEXT = 'one two three\nfour\nfive six\n';

test.each([
  ['inserting', 'ihello \x1b:wq\r', 'hello one two three\nfour\nfive six\n'],
  ['appending lines', 'Gonew line\x1b:x\r', `${TEXT}new line\n`],
  ['deleting a line and undo', 'ddjdduZZ', 'four\nfive six\n'],
  ['deleting words and putting', 'dwjp:wq\r', 'two three\nfone our\nfive six\n'],
  ['changing a word', 'wcwTWO\x1b:wq\r', 'one TWO three\nfour\nfive six\n'],
  ['repeating', 'x..:wq\r', ' two three\nfour\nfive six\n'],
  ['yank and put', 'yyGp:wq\r', `${TEXT}one two three\n`],
  ['searching', '/six\rD:wq\r', 'one two three\nfour\nfive \n'],
  ['substituting', ':%s/o/0/g\r:wq\r', '0ne tw0 three\nf0ur\nfive six\n'],
  ['leaving without writing', 'dd:q\r:q!\r', TEXT],
  ['replacing, joining, case', 'rOJ~:wq\r', 'One two three four\nfive six\n'],
  ['arrows and backspace', 'A!\x1b[Bxy\x7f\x1b:wq\r', 'one two three!\nfourx\nfive six\n'],
  ['counts', '2dd:wq\r', 'five six\n'],
  ['finding in the line', 'fwdt :wq\r', 'one t three\nfour\nfive six\n'],
])('%s', async (_, keys, after) => {
  const k = await bootTestKernel({ programs: { vi: vi.entry, cat: cat.entry }, files: { '/tmp/f': TEXT } });
  const t = k.terminal();
  const end = k.runOn(t, '/bin/vi', ['vi', '/tmp/f']);
  await t.expect('3L');
  for (const key of keys.match(/\x1b\[[A-Z]|[\s\S]/g)!) {
    t.type(key);
    if (key === '\x1b') await new Promise((resolve) => setTimeout(resolve, 0));
    await k.settle();
    // a lone Esc is known by the pause after it
    if (key === '\x1b') await k.run('/bin/cat', ['cat']);
  }
  expect(await end).toBe(0);
  expect((await k.run('/bin/cat', ['cat', '/tmp/f'])).stdout).toBe(after);
  expect(k.panics).toEqual([]);
});
