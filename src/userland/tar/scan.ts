import type { Sys } from '../../abi/sys.ts';
import { type TarHeader, TarReader } from '../../lib/tar.ts';
import { read, type Wait } from '../../libc/io.ts';

const BLOCK = 512;

/** A member of an archive and where it lies there, with the headers that belong to it. */
export interface Member {
  header: TarHeader;
  start: number;
  end: number;
}

/** What an archive holds. */
export interface Scanned {
  members: Member[];
  /** Where its end mark begins. */
  end: number;
}

/** Reads an archive that is not packed from its begin. @returns what is wrong where it is none */
export function* scanArchive(sys: Sys, fd: number): Wait<Scanned | string> {
  const reader = new TarReader();
  const buf = new Uint8Array(BLOCK * 128);
  const members: Member[] = [];
  let start = 0;
  let at = 0;
  let header: TarHeader | undefined;
  for (;;) {
    let n = 0;
    while (n < buf.length) {
      const more = yield* read(sys, fd, buf.subarray(n));
      if (more <= 0) break;
      n += more;
    }
    if (n < BLOCK) return { members, end: start };
    for (let i = 0; i + BLOCK <= n; i += BLOCK) {
      at += BLOCK;
      for (const event of reader.push(buf.subarray(i, i + BLOCK))) {
        if (event.type === 'header') header = event.header;
        else if (event.type === 'end-entry' && header) {
          members.push({ header, start, end: at });
          start = at;
        } else if (event.type === 'end') return { members, end: start };
        else if (event.type === 'error') return event.message;
      }
      if (sys.tick()) yield;
    }
  }
}
