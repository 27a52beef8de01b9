import { expect, test } from 'vitest';
import { OutputQueue } from './output-queue.ts';

function screen() {
  const written: number[] = [];
  const waiting: (() => void)[] = [];
  let acknowledged = 0;
  const queue = new OutputQueue(
    (bytes, shown) => {
      written.push(bytes.length);
      waiting.push(shown);
    },
    (bytes) => {
      acknowledged += bytes;
    },
  );
  return { queue, written, show: () => waiting.shift()?.(), acknowledged: () => acknowledged };
}

test('the screen gets one step at a time, and each byte is acknowledged once', () => {
  const { queue, written, show, acknowledged } = screen();
  queue.push(new Uint8Array(40_000));
  queue.push(new Uint8Array(10));
  expect(written).toEqual([16_384]);
  show();
  expect(acknowledged()).toBe(16_384);
  show();
  show();
  show();
  expect(written.reduce((a, b) => a + b)).toBe(40_010);
  expect(acknowledged()).toBe(40_010);
});

test('small pieces go together', () => {
  const { queue, written, show } = screen();
  for (let i = 0; i < 100; i++) queue.push(new Uint8Array(20));
  show();
  expect(written).toEqual([20, 1980]);
});

test('a flush drops what waits, acknowledges it, and lets new output through', () => {
  const { queue, written, show, acknowledged } = screen();
  queue.push(new Uint8Array(100_000));
  queue.flush();
  expect(acknowledged()).toBe(100_000 - 16_384);
  queue.push(new Uint8Array(5));
  show();
  show();
  expect(written).toEqual([16_384, 5]);
  expect(acknowledged()).toBe(100_005);
});
