import { BLOCKED, EINVAL, EOPNOTSUPP, EXDEV } from '../abi/errno.ts';
import type { Sys } from '../abi/sys.ts';
import { read, type Wait, writeAll } from './io.ts';

/** Copies what is left of `from` to `to`: by sharing chunks where both are regular files, else byte by byte. @returns 0 or -errno */
export function* copyContents(sys: Sys, from: number, to: number): Wait<number> {
  let shared = false;
  for (;;) {
    const n = sys.copyFileRange(from, to, 16 * 1024 * 1024);
    if (n === BLOCKED) {
      yield;
      continue;
    }
    if (n === 0) {
      if (shared) return 0;
      break;
    }
    if (n < 0) {
      if (!shared && (n === -EINVAL || n === -EXDEV || n === -EOPNOTSUPP)) break;
      return n;
    }
    shared = true;
    if (sys.tick()) yield;
  }
  const buf = new Uint8Array(65536);
  for (;;) {
    const n = yield* read(sys, from, buf);
    if (n <= 0) return n;
    const r = yield* writeAll(sys, to, buf.subarray(0, n));
    if (r < 0) return r;
    if (sys.tick()) yield;
  }
}
