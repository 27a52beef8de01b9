import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { EAGAIN, EINVAL } from '../../abi/errno.ts';
import { O_NONBLOCK, POLLIN } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { writeAll } from '../../libc/io.ts';

/** What reading an end at most `length` bytes gives. */
function take(sys: Sys, fd: number, length: number): string | number {
  const buffer = new Uint8Array(length);
  const n = sys.read(fd, buffer);
  return n < 0 ? n : decode(buffer.subarray(0, n));
}

async function results(body: (sys: Sys, a: [number, number], b: [number, number]) => unknown[]): Promise<unknown> {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const a: [number, number] = [0, 0];
    const b: [number, number] = [0, 0];
    sys.pipe2(a, O_NONBLOCK);
    sys.pipe2(b, O_NONBLOCK);
    yield* writeAll(sys, 1, JSON.stringify(body(sys, a, b)));
    return 0;
  });
  expect(k.panics).toEqual([]);
  return JSON.parse(r.stdout);
}

test('two pipes are read in the order of writing', async () => {
  const shown = await results((sys, a, b) => {
    const out: unknown[] = [sys.pipeOrder(a[0], b[1])];
    sys.write(a[1], encode('a1'));
    sys.write(a[1], encode('a2'));
    sys.write(b[1], encode('b1'));
    sys.write(a[1], encode('a3'));
    const fds = [a, b].map(([fd]) => ({ fd, events: POLLIN, revents: 0 }));
    sys.poll(fds, 0);
    out.push(
      fds.map((f) => f.revents),
      sys.fionread(b[0]),
    );
    out.push(take(sys, b[0], 9), take(sys, a[0], 1), take(sys, b[0], 9), take(sys, a[0], 9), take(sys, a[0], 9));
    out.push(take(sys, b[0], 9), take(sys, a[0], 9));
    return out;
  });
  expect(shown).toEqual([0, [POLLIN, 0], 0, -EAGAIN, 'a', -EAGAIN, '1a2', -EAGAIN, 'b1', 'a3']);
});

test('an end of file waits for what was written before to the other; a reader that is gone holds nobody up', async () => {
  const shown = await results((sys, a, b) => {
    sys.pipeOrder(a[0], b[0]);
    sys.write(a[1], encode('a'));
    sys.write(b[1], encode('b'));
    sys.close(b[1]);
    const out: unknown[] = [take(sys, b[0], 9)];
    sys.close(a[0]);
    out.push(take(sys, b[0], 9), take(sys, b[0], 9));
    return out;
  });
  expect(shown).toEqual([-EAGAIN, 'b', '']);
});

test('only empty pipes of no other order are taken', async () => {
  const shown = await results((sys, a, b) => {
    sys.write(a[1], encode('a'));
    const out: unknown[] = [sys.pipeOrder(a[0], b[0])];
    take(sys, a[0], 9);
    out.push(sys.pipeOrder(a[0], b[0]), sys.pipeOrder(a[0], b[0]), sys.pipeOrder(1, b[0]));
    return out;
  });
  expect(shown).toEqual([-EINVAL, 0, -EINVAL, -EINVAL]);
});
