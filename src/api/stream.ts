/** A call that may have to wait: a generator that yields while it does. */
export type Wait<T> = Generator<void, T, void>;

/** Bytes both ways: a connected socket. Its calls may throw an Error whose message says why. */
export interface ByteStream {
  /** The next bytes; undefined at the end. The array is valid until the next read. */
  read(): Wait<Uint8Array | undefined>;
  write(bytes: Uint8Array): Wait<void>;
  /** No more will be written; reading goes on. */
  closeWrite(): void;
  close(): void;
}
