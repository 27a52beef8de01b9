import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import less from './less.ts';
import more from './more.ts';

const text = Array.from({ length: 100 }, (_, i) => `line ${i + 1}\n`).join('');
const boot = () =>
  bootTestKernel({ programs: { less: less.entry, more: more.entry }, files: { '/tmp/../root/text': text } });

test('less: pages, ends, searches and quits', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 10, cols: 40 });
  const end = k.runOn(t, '/bin/less', ['less', '/root/text']);
  await t.expect('line 9');
  t.type(' ');
  await t.expect('line 18');
  t.type('G');
  await t.expect('line 100');
  await t.expect('(END)');
  t.type('g');
  await t.expect('line 1\x1b');
  t.type('/line 5.\r');
  await t.expect('\x1b[7mline 50\x1b[27m');
  t.type('n');
  await t.expect('\x1b[7mline 51\x1b[27m');
  t.type('/nowhere\r');
  await t.expect('Pattern not found');
  t.type('q');
  expect(await end).toBe(0);
  expect(k.panics).toEqual([]);
});

test('more: a screenful, a line, and the rest', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 10, cols: 40 });
  const end = k.runOn(t, '/bin/more', ['more', '/root/text']);
  await t.expect('line 9');
  await t.expect('--More--(7%)');
  t.type('\r');
  await t.expect('line 10');
  t.type('q');
  expect(await end).toBe(0);
  expect(t.screen()).not.toContain('line 12');
});

test('both copy where there is no terminal', async () => {
  const k = await boot();
  for (const name of ['less', 'more']) expect((await k.run(`/bin/${name}`, [name, '/root/text'])).stdout).toBe(text);
});
