import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { EIO } from '../abi/errno.ts';
import type { Library } from '../abi/library.ts';
import { library } from '../libc/io.ts';

test('two processes wait for one loading; later calls have it at once', async () => {
  const k = await bootTestKernel();
  let loads = 0;
  const words: Library<{ word: string }> = {
    name: 'words',
    load: async () => {
      loads++;
      return { word: 'here' };
    },
  };
  const seen: unknown[] = [];
  const use = k.run(function* (sys) {
    const child = sys.fork(function* (sys) {
      const held = yield* library(sys, words);
      seen.push(typeof held === 'number' ? held : held.word);
      return 0;
    });
    const held = yield* library(sys, words);
    seen.push(typeof held === 'number' ? held : held.word);
    expect(child).toBeGreaterThan(0);
    expect(sys.dlopen(words)).toBe(held);
    return 0;
  });
  expect((await use).status).toBe(0);
  await k.settle();
  expect([seen, loads]).toEqual([['here', 'here'], 1]);
});

test('one that cannot be loaded is -EIO, and is tried again', async () => {
  const k = await bootTestKernel();
  let loads = 0;
  const broken: Library<{ word: string }> = {
    name: 'broken',
    load: async () => {
      if (++loads === 1) throw new Error('no way');
      return { word: 'at last' };
    },
  };
  const seen: unknown[] = [];
  await k.run(function* (sys) {
    for (let i = 0; i < 2; i++) seen.push(yield* library(sys, broken));
    return 0;
  });
  expect(seen).toEqual([-EIO, { word: 'at last' }]);
  expect(k.panics.join()).toContain('loading of broken');
});
