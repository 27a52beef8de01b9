import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { Copier } from './copier.ts';

/** Fills a new folder with a copy of a tree, owners and permissions as they are. */
export function* copyTreeInto(sys: Sys, from: string, dir: string): Wait<void> {
  const rules = { owner: undefined, mode: undefined, include: () => true, unpack: false };
  yield* new Copier(sys, dir, rules).source(from, '/', true);
}
