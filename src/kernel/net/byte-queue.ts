const BLOCK = 4096;
/** Pieces shorter than that are copied together into blocks. */
const SMALL = 2048;

interface Chunk {
  data: Uint8Array;
  start: number;
  end: number;
  /** The queue made `data` and may fill what is behind `end`. */
  own: boolean;
}

/** Bytes in order: a socket's buffer. Large pieces are kept as they come, small ones are put together. */
export class ByteQueue {
  #chunks: Chunk[] = [];
  length = 0;

  /** Appends `data`, which nobody may change afterwards. */
  push(data: Uint8Array): void {
    if (data.length === 0) return;
    this.length += data.length;
    if (data.length >= SMALL) {
      this.#chunks.push({ data, start: 0, end: data.length, own: false });
      return;
    }
    const last = this.#chunks[this.#chunks.length - 1];
    if (last?.own && last.end + data.length <= last.data.length) {
      last.data.set(data, last.end);
      last.end += data.length;
      return;
    }
    const block = new Uint8Array(this.#chunks.length === 0 ? Math.max(256, data.length) : BLOCK);
    block.set(data);
    this.#chunks.push({ data: block, start: 0, end: data.length, own: true });
  }

  /** Takes up to `buf.length` bytes. @returns how many */
  read(buf: Uint8Array): number {
    let at = 0;
    while (at < buf.length && this.length > 0) {
      const piece = this.peek(0, buf.length - at);
      buf.set(piece, at);
      at += piece.length;
      this.drop(piece.length);
    }
    return at;
  }

  /** Up to `max` bytes that lie together at `offset`; they stay. */
  peek(offset: number, max: number): Uint8Array {
    let skip = offset;
    for (const chunk of this.#chunks) {
      const size = chunk.end - chunk.start;
      if (skip < size) return chunk.data.subarray(chunk.start + skip, Math.min(chunk.end, chunk.start + skip + max));
      skip -= size;
    }
    return new Uint8Array(0);
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    let left = count;
    let gone = 0;
    this.length -= count;
    while (left > 0) {
      const chunk = this.#chunks[gone]!;
      const size = chunk.end - chunk.start;
      if (left < size) {
        chunk.start += left;
        break;
      }
      left -= size;
      gone++;
    }
    if (gone > 0) this.#chunks.splice(0, gone);
  }

  clear(): void {
    this.#chunks.length = 0;
    this.length = 0;
  }
}
