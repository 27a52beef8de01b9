import type { Sys } from '../../abi/sys.ts';
import { Gunzip } from '../../lib/gzip.ts';
import type { Wait } from '../../libc/io.ts';
import { Untar, UntarError } from '../../libc/untar.ts';

/** Unpacks the archive of a request, which may be gzipped. @throws UntarError */
export function* unpackContext(sys: Sys, dir: string, next: () => Wait<Uint8Array | undefined>): Wait<void> {
  const untar = new Untar(sys, dir, { whiteouts: false });
  let gunzip: Gunzip | undefined;
  let first = true;
  for (let piece; (piece = yield* next()) !== undefined; ) {
    if (first && piece[0] === 0x1f && piece[1] === 0x8b) gunzip = new Gunzip();
    first = false;
    for (const part of gunzip ? gunzip.push(piece) : [piece]) yield* untar.push(part);
    if (gunzip?.error) throw new UntarError('unexpected EOF');
  }
  yield* untar.finish();
}
