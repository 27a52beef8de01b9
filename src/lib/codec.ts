/**
 * A compressor or decompressor as a generator: it yields 'input' where it needs more bytes (undefined is the end), 'tick'
 * where a long computation may be interrupted, and pieces of its output; it returns what is wrong, if anything.
 */
export type Codec<E extends string> = Generator<'input' | 'tick' | Uint8Array, E | undefined, Uint8Array | undefined>;

/** Runs a codec over bytes that are all there. @returns the output, or what is wrong */
export function runCodec<E extends string>(codec: Codec<E>, bytes: Uint8Array): Uint8Array | E {
  const pieces: Uint8Array[] = [];
  let given = false;
  let step = codec.next();
  while (!step.done) {
    if (step.value === 'input') {
      step = codec.next(given ? undefined : bytes);
      given = true;
      continue;
    }
    if (step.value !== 'tick') pieces.push(step.value);
    step = codec.next();
  }
  if (step.value !== undefined) return step.value;
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The bytes that a codec reads, with those that it has not used yet in one piece. */
export class CodecInput {
  bytes = new Uint8Array(0);
  at = 0;
  ended = false;
  /** Bytes used before `bytes`. */
  private before = 0;

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** How many bytes were used so far. */
  get used(): number {
    return this.before + this.at;
  }

  /** Reads until `wanted` bytes are there or the input ends. @returns whether they are there */
  *need(wanted: number): Generator<'input', boolean, Uint8Array | undefined> {
    while (this.left < wanted && !this.ended) {
      const more = yield 'input';
      if (!more) {
        this.ended = true;
        break;
      }
      const rest = this.bytes.subarray(this.at);
      const joined = new Uint8Array(rest.length + more.length);
      joined.set(rest);
      joined.set(more, rest.length);
      this.before += this.at;
      this.bytes = joined;
      this.at = 0;
    }
    return this.left >= wanted;
  }
}
