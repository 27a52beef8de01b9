import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { BLOCKED } from '../abi/errno.ts';
import type { Entry, Sys } from '../abi/sys.ts';
import { shellStatus, WaitResult } from '../abi/wait.ts';
import { decode } from '../lib/utf8.ts';
import { readAll, spawn, waitpid, writeAll } from '../libc/io.ts';

const echo: Entry = function* (sys) {
  yield* writeAll(sys, 1, `${sys.argv.slice(1).join(' ')}\n`);
  return 0;
};
const cat: Entry = function* (sys) {
  const all = yield* readAll(sys, 0);
  if (typeof all === 'number') return 1;
  yield* writeAll(sys, 1, all);
  return 0;
};

test('a program writes, reads and ends with its status', async () => {
  const k = await bootTestKernel({ programs: { echo, cat } });
  expect(await k.run('/bin/echo', ['echo', 'hello', 'there'])).toMatchObject({ status: 0, stdout: 'hello there\n' });
  const long = 'x'.repeat(200_000);
  expect((await k.run('/bin/cat', ['cat'], { stdin: long })).stdout.length).toBe(long.length);
  expect(
    (
      await k.run(function* () {
        return 3;
      })
    ).status,
  ).toBe(3);
  expect(k.panics).toEqual([]);
});

test('a pipeline through fork, pipe, spawn and wait', async () => {
  const k = await bootTestKernel({ programs: { echo, cat } });
  const r = await k.run(function* (sys: Sys) {
    const ends = [0, 0];
    sys.pipe2(ends, 0o2000000);
    const pid = yield* spawn(sys, '/bin/echo', ['echo', 'through'], [], { dup2: [[ends[1]!, 1]] });
    sys.close(ends[1]!);
    const all = yield* readAll(sys, ends[0]!);
    const out = new WaitResult();
    const waited = yield* waitpid(sys, pid, 0, out);
    yield* writeAll(
      sys,
      1,
      `${typeof all === 'number' ? all : decode(all)}${waited === pid} ${shellStatus(out.status)}\n`,
    );
    return 0;
  });
  expect(r).toMatchObject({ status: 0, stdout: 'through\ntrue 0\n', stderr: '' });
});

test('sleep takes no time on the virtual clock', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const before = sys.now(1);
    while (sys.sleep(60_000) === BLOCKED) yield;
    yield* writeAll(sys, 1, String(Math.round((sys.now(1) - before) / 1000)));
    return 0;
  });
  expect(r.stdout).toBe('60');
});
