import type { Sys } from '../abi/sys.ts';
import { read, type Wait } from './io.ts';

const PIECE = 65_536;

/** Writes a part of an open file as the body of an answer, a piece at a time, and closes the file. */
export function* sendFile(
  sys: Sys,
  fd: number,
  from: number,
  length: number,
  write: (bytes: Uint8Array) => Wait<number>,
): Wait<void> {
  sys.lseek(fd, from, 0);
  const buf = new Uint8Array(PIECE);
  for (let left = length; left > 0; ) {
    const n = yield* read(sys, fd, buf.subarray(0, Math.min(left, PIECE)));
    if (n <= 0 || (yield* write(buf.subarray(0, n))) < 0) break;
    left -= n;
  }
  sys.close(fd);
}
