import type { Entry } from '../abi/sys.ts';
import type { HashFactory } from '../lib/hash.ts';
import { dockerMain } from './docker/main.ts';

/** The program `docker`, given what it cannot make itself. */
export const makeDocker =
  ({ sha256 }: { sha256: HashFactory }): Entry =>
  (sys) =>
    dockerMain(sys, sha256);
