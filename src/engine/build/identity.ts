import type { Sys } from '../../abi/sys.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 25;

/** A name as BuildKit gives to records: 25 letters and digits. */
export function identity(sys: Sys): string {
  const bytes = new Uint8Array(LENGTH);
  sys.getrandom(bytes);
  return Array.from(bytes, (b) => LETTERS[b % LETTERS.length]!).join('');
}
