import type { Sys } from '../../abi/sys.ts';
import type { Codec } from '../../lib/codec.ts';
import { read, type Wait, writeAll } from '../../libc/io.ts';

/** How a file went through a codec. */
export interface Pumped<E extends string> {
  /** What the codec says is wrong. */
  wrong: E | undefined;
  /** -errno of a read or write that failed, 0 otherwise. */
  readError: number;
  writeError: number;
  /** Bytes in and out. */
  taken: number;
  given: number;
}

/**
 * Sends what `from` gives through a codec to `to`.
 * @param to -1: nothing is written
 * @param before bytes of the input that were read already
 */
export function* pump<E extends string>(
  sys: Sys,
  codec: Codec<E>,
  from: number,
  to: number,
  before = new Uint8Array(0),
): Wait<Pumped<E>> {
  const done: Pumped<E> = { wrong: undefined, readError: 0, writeError: 0, taken: 0, given: 0 };
  const buf = new Uint8Array(65536);
  let first = before;
  let step = codec.next();
  while (!step.done) {
    if (step.value === 'input') {
      if (first.length > 0) {
        done.taken += first.length;
        step = codec.next(first);
        first = new Uint8Array(0);
        continue;
      }
      const n = yield* read(sys, from, buf);
      if (n < 0) done.readError = n;
      if (n > 0) done.taken += n;
      step = codec.next(n > 0 ? buf.slice(0, n) : undefined);
      continue;
    }
    if (step.value === 'tick') {
      if (sys.tick()) yield;
    } else if (step.value.length > 0) {
      done.given += step.value.length;
      const r = to < 0 ? 0 : yield* writeAll(sys, to, step.value);
      if (r < 0) {
        done.writeError = r;
        return done;
      }
    }
    step = codec.next();
  }
  done.wrong = step.value;
  return done;
}
