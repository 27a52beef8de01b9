import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import type { Entry } from '../abi/sys.ts';
import { read, sleep, writeAll } from '../libc/io.ts';

const busy: Entry = function* (sys) {
  for (;;) if (sys.tick()) yield;
};

test('the real clock: a sleep takes its time, and the machine idles meanwhile', async () => {
  const k = await bootTestKernel({ config: { clock: 'real' } });
  const before = performance.now();
  const switches = k.kernel.switches;
  const r = await k.run(function* (sys) {
    yield* sleep(sys, 30);
    return 0;
  });
  expect(r.status).toBe(0);
  expect(performance.now() - before).toBeGreaterThan(29);
  expect(k.kernel.switches - switches).toBeLessThan(20);
});

test('with busy loops all around, echo is immediate and a program that reads a key answers', async () => {
  const k = await bootTestKernel({ config: { clock: 'real' } });
  void k.run(function* (sys) {
    for (let i = 0; i < 100; i++) sys.fork(busy);
    return 0;
  });
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    yield* read(sys, 0, new Uint8Array(10));
    yield* writeAll(sys, 1, 'got it');
    return 0;
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.type('x');
  expect(t.screen()).toBe('x');
  t.type('\r');
  await end;
  expect(t.screen()).toBe('x\r\ngot it');
  k.kernel.shutdown();
});
