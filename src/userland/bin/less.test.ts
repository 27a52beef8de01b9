import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import less from './less.ts';
import more from './more.ts';
import top from './top.ts';

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join('');
const boot = () =>
  bootTestKernel({ programs: { less: less.entry, more: more.entry, top: top.entry }, files: { '/tmp/f': LINES } });

test('less moves and searches', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 10, cols: 40 });
  const end = k.runOn(t, '/bin/less', ['less', '/tmp/f']);
  await t.expect('line 9');
  t.type(' ');
  await t.expect('line 18');
  t.type('G');
  await t.expect('line 40');
  await t.expect('(END)');
  t.type('g');
  await t.expect('line 1\x1b[K');
  t.type('/e 22\r');
  await t.expect('lin\x1b[7me 22\x1b[27m');
  t.type('q');
  expect(await end).toBe(0);
});

test('less that is no terminal copies', async () => {
  const k = await boot();
  expect((await k.run('/bin/less', ['less', '/tmp/f'])).stdout).toBe(LINES);
  expect((await k.run('/bin/less', ['less', '/tmp/nofile'])).stderr).toBe('/tmp/nofile: No such file or directory\n');
});

test('more waits after each screen', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 10, cols: 40 });
  const end = k.runOn(t, '/bin/more', ['more', '/tmp/f']);
  await t.expect('line 9\r\n\x1b[7m--More--(20%)');
  t.type('\r');
  await t.expect('line 10');
  t.type(' ');
  await t.expect('line 19');
  t.type('q');
  expect(await end).toBe(0);
});

test('top shows a screen until q', async () => {
  const k = await boot();
  const t = k.terminal({ rows: 10, cols: 90 });
  const end = k.runOn(t, '/bin/top', ['top']);
  await t.expect('PID USER');
  await t.expect('top');
  t.type('q');
  expect(await end).toBe(0);
});
