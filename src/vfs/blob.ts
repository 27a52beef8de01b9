/** A part of a catalogue blob, by the digest of the whole. */
export class BlobRef {
  readonly digest: string;
  /** Bytes from the blob's begin. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  constructor(digest: string, offset: number, length: number) {
    this.digest = digest;
    this.offset = offset;
    this.length = length;
  }
}

/** The only way to the bytes of images. */
export interface BlobSource {
  /**
   * Bytes of a blob, from `offset`: at least one, at most `length`.
   * @param waker where the bytes are not here yet: ask it for a function, call that when they are, and return BLOCKED
   * @returns the bytes (not to be changed), BLOCKED, or -errno (-EIO: there is no such blob)
   */
  read(digest: string, offset: number, length: number, waker: () => () => void): Uint8Array | number;
}
