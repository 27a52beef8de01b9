import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The folder with cases that are not part of this repository: DRYDOCK_CASES, else a sibling folder `shared`.
 * @returns undefined where there is none: tests that need it print `not run: no case folder` and skip
 */
export function externalCases(): string | undefined {
  const folder = process.env.DRYDOCK_CASES ?? fileURLToPath(new URL('../../shared', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
