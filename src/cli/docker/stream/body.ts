import type { Sys } from '../../../abi/sys.ts';
import type { BodySource } from '../../../libc/http-client.ts';
import { read } from '../../../libc/io.ts';

const PIECE = 65536;

/** What is left to read of a descriptor, as the body of a request. */
export function fileBody(sys: Sys, fd: number): BodySource {
  const buf = new Uint8Array(PIECE);
  return {
    *next() {
      const n = yield* read(sys, fd, buf);
      return n <= 0 ? undefined : buf.slice(0, n);
    },
  };
}
