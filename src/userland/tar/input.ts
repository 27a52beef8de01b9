import type { Codec } from '../../lib/codec.ts';
import { Gunzip, type GunzipError } from '../../lib/gzip.ts';
import type { Wait } from '../../libc/io.ts';
import type { Input } from '../../libc/stdio.ts';

/** Where an archive's bytes come from, unpacked. */
export interface ArchiveInput {
  /** @returns undefined at the end, or where `wrong` or `error` says why */
  next(): Wait<Uint8Array | undefined>;
  /** What is wrong with the packed bytes. */
  readonly wrong: string | undefined;
  /** errno of a failed read, 0 so far. */
  readonly error: number;
}

/** An archive that is not packed. */
export class PlainInput implements ArchiveInput {
  readonly wrong = undefined;
  constructor(private readonly input: Input) {}

  get error(): number {
    return this.input.error;
  }

  *next(): Wait<Uint8Array | undefined> {
    return yield* this.input.chunk();
  }
}

/** A gzipped one. */
export class GzipInput implements ArchiveInput {
  wrong: GunzipError | undefined;
  private readonly gunzip = new Gunzip();
  private readonly ready: Uint8Array[] = [];
  private ended = false;

  constructor(private readonly input: Input) {}

  get error(): number {
    return this.input.error;
  }

  *next(): Wait<Uint8Array | undefined> {
    while (this.ready.length === 0 && !this.ended) {
      const part = yield* this.input.chunk();
      if (part) this.ready.push(...this.gunzip.push(part));
      else this.gunzip.finish();
      this.wrong = this.gunzip.error;
      this.ended = part === undefined || this.wrong !== undefined;
      if (this.input.sys.tick()) yield;
    }
    return this.ready.shift();
  }
}

/** One that a codec unpacks. */
export class CodecInput implements ArchiveInput {
  wrong: string | undefined;
  private step: IteratorResult<'input' | 'tick' | Uint8Array, string | undefined>;

  constructor(
    private readonly input: Input,
    private readonly codec: Codec<string>,
  ) {
    this.step = codec.next();
  }

  get error(): number {
    return this.input.error;
  }

  *next(): Wait<Uint8Array | undefined> {
    for (;;) {
      if (this.step.done) {
        this.wrong = this.step.value;
        return undefined;
      }
      const { value } = this.step;
      if (value === 'input') this.step = this.codec.next((yield* this.input.chunk())?.slice());
      else this.step = this.codec.next();
      if (value === 'tick' && this.input.sys.tick()) yield;
      if (typeof value !== 'string') return value;
    }
  }
}
