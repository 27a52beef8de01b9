import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import cat from './cat.ts';
import nano from './nano.ts';

const boot = () =>
  bootTestKernel({ programs: { nano: nano.entry, cat: cat.entry }, files: { '/root/a': 'one\ntwo\nthree\n' } });

test('types, cuts, pastes, writes and leaves', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 24, cols: 80 });
  const end = k.runOn(t, '/bin/nano', ['nano', '/root/a']);
  await t.expect('[ Read 3 lines ]');
  t.type('hé \x7f!');
  await t.expect('hé!one');
  t.type('\x0b\x1b[B\x1b[B\x15');
  await t.expect('Modified');
  t.type('\x0f');
  await t.expect('File Name to Write: /root/a');
  t.type('\r');
  await t.expect('[ Wrote 3 lines ]');
  t.type('\x18');
  expect(await end).toBe(0);
  expect((await k.run('/bin/cat', ['cat', '/root/a'])).stdout).toBe('two\nthree\nhé!one\n');
  expect(k.panics).toEqual([]);
});

test('asks before a changed buffer is given up', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 24, cols: 80 });
  const end = k.runOn(t, '/bin/nano', ['nano', '/root/new']);
  await t.expect('[ New File ]');
  t.type('x\x18');
  await t.expect('Save modified buffer?');
  t.type('n');
  expect(await end).toBe(0);
  expect((await k.run('/bin/cat', ['cat', '/root/new'])).status).toBe(1);
});

test('searches', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 24, cols: 80 });
  const end = k.runOn(t, '/bin/nano', ['nano', '/root/a']);
  await t.expect('[ Read 3 lines ]');
  t.type('\x17');
  await t.expect('Search: ');
  t.type('thr\r\x03');
  await t.expect('[ line 3/4 (75%), col 1/6 ]');
  t.type('\x18');
  expect(await end).toBe(0);
});
