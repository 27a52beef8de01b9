import { ApiError } from '../../api/errors.ts';

/** ctrl-p, ctrl-q */
const DEFAULT_KEYS: readonly number[] = [16, 17];
const CONTROL = '@abcdefghijklmnopqrstuvwxyz[\\]^_';

/** Reads `ctrl-a,x`. '' is the usual sequence. @throws ApiError for what is none */
export function parseDetachKeys(text: string | undefined): readonly number[] {
  if (text === undefined || text === '') return DEFAULT_KEYS;
  return text.split(',').map((key) => {
    if (key.length === 1) return key.charCodeAt(0);
    const letter = /^ctrl-(.)$/.exec(key)?.[1]?.toLowerCase();
    const code = letter === undefined ? -1 : CONTROL.indexOf(letter);
    if (code < 0) throw new ApiError('invalid-parameter', `Invalid detach keys (${text}) provided`);
    return code;
  });
}

/** Finds the sequence in what is typed; what might be its beginning is kept back. */
export class DetachKeys {
  readonly #keys: readonly number[];
  #seen = 0;

  constructor(keys: readonly number[]) {
    this.#keys = keys;
  }

  /** @returns what goes to the process, and whether the whole sequence came */
  push(bytes: Uint8Array): { pass: Uint8Array; detached: boolean } {
    if (this.#seen === 0 && !bytes.includes(this.#keys[0]!)) return { pass: bytes, detached: false };
    const pass: number[] = [];
    for (const b of bytes) {
      if (b === this.#keys[this.#seen]) {
        this.#seen++;
        if (this.#seen === this.#keys.length) {
          this.#seen = 0;
          return { pass: Uint8Array.from(pass), detached: true };
        }
        continue;
      }
      pass.push(...this.#keys.slice(0, this.#seen));
      this.#seen = b === this.#keys[0] ? 1 : 0;
      if (this.#seen === 0) pass.push(b);
    }
    return { pass: Uint8Array.from(pass), detached: false };
  }
}
