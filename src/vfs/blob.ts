/** A part of a catalogue blob, by the digest of the whole. */
export class BlobRef {
  readonly digest: string;
  /** Bytes from the blob's begin, or from that of what it unpacks to. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** The part is one of the archive that the blob unpacks to: what a file of a layer holds. */
  readonly unpacked: boolean;
  constructor(digest: string, offset: number, length: number, unpacked = false) {
    this.digest = digest;
    this.offset = offset;
    this.length = length;
    this.unpacked = unpacked;
  }

  /** The same from the same place, shorter. */
  cut(length: number): BlobRef {
    return new BlobRef(this.digest, this.offset, length, this.unpacked);
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
  /** As `read`, of what files hold in the archive that a layer's blob unpacks to. Absent: there are no layers. */
  readUnpacked?(digest: string, offset: number, length: number, waker: () => () => void): Uint8Array | number;
  /** Whether the whole blob is here, so that files may refer to it. */
  holds?(digest: string): boolean;
}
