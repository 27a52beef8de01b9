import type { Entry } from '../abi/sys.ts';
import { writeAll } from '../libc/io.ts';

/** The program behind an executable that nobody simulates: it says so in one line and exits with 127. */
export function missing(name: string): Entry {
  return function* (sys) {
    yield* writeAll(sys, 2, `${name}: this program is not simulated in Drydock\n`);
    return 127;
  };
}
