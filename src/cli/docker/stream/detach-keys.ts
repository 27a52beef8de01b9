/** The keys that detach from a container where no others are chosen. */
const DEFAULT_KEYS = Uint8Array.of(16, 17);

const CONTROL: Readonly<Record<string, number>> = { '@': 0, '[': 27, '\\': 28, ']': 29, '^': 30, _: 31 };

/** Parses `ctrl-p,ctrl-q`; what cannot be read means the default. */
export function detachKeys(text: string): Uint8Array {
  const codes = text.split(',').map(code);
  return codes.includes(undefined) ? DEFAULT_KEYS : Uint8Array.from(codes as number[]);
}

function code(key: string): number | undefined {
  if (key.length === 1) return key.charCodeAt(0);
  const letter = /^ctrl-(.)$/.exec(key)?.[1];
  if (letter === undefined) return undefined;
  return /[a-z]/.test(letter) ? letter.charCodeAt(0) - 96 : CONTROL[letter];
}

/** Finds the sequence in what is typed; keys that might begin it are held back until it is clear. */
export class DetachFilter {
  #matched = 0;

  constructor(private readonly keys: Uint8Array) {}

  /** @returns what is to be sent, and whether the sequence is complete */
  push(bytes: Uint8Array): { bytes: Uint8Array; detached: boolean } {
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === this.keys[this.#matched]) {
        this.#matched++;
        if (this.#matched === this.keys.length) return { bytes: Uint8Array.from(out), detached: true };
        continue;
      }
      out.push(...this.keys.subarray(0, this.#matched));
      this.#matched = byte === this.keys[0] ? 1 : 0;
      if (this.#matched === 0) out.push(byte);
    }
    return { bytes: Uint8Array.from(out), detached: false };
  }
}
