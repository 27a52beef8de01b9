/** Chunks that are written together: one record of the database. */
export interface Segment {
  ids: Float64Array;
  lengths: Uint32Array;
  data: Uint8Array;
}

interface Chunk {
  id: number;
  data: Uint8Array;
}

/** Bytes of a segment: the size at which a database writes and reads fastest (measured, 1 MiB). */
export const SEGMENT = 1024 * 1024;

/** Packs chunks into segments of at most SEGMENT bytes; a larger chunk has one of its own. */
export function packSegments(chunks: readonly Chunk[]): Segment[] {
  const segments: Segment[] = [];
  let group: Chunk[] = [];
  let size = 0;
  const close = () => {
    if (group.length > 0) segments.push(join(group, size));
    group = [];
    size = 0;
  };
  for (const chunk of chunks) {
    if (size + chunk.data.length > SEGMENT) close();
    group.push(chunk);
    size += chunk.data.length;
  }
  close();
  return segments;
}

function join(chunks: readonly Chunk[], size: number): Segment {
  const segment = {
    ids: Float64Array.from(chunks, (chunk) => chunk.id),
    lengths: Uint32Array.from(chunks, (chunk) => chunk.data.length),
    data: new Uint8Array(size),
  };
  let at = 0;
  for (const { data } of chunks) {
    segment.data.set(data, at);
    at += data.length;
  }
  return segment;
}

/** The chunks of a segment, as views of its bytes. */
export function* unpackSegment(segment: Segment): Generator<Chunk> {
  let at = 0;
  for (let i = 0; i < segment.ids.length; i++) {
    const length = segment.lengths[i]!;
    yield { id: segment.ids[i]!, data: segment.data.subarray(at, at + length) };
    at += length;
  }
}

/** Which chunks stand in which segment, and how many of them are still wanted. */
export class SegmentIndex {
  readonly #where = new Map<number, { key: number; length: number }>();
  readonly #live = new Map<number, { count: number; bytes: number; size: number }>();
  /** Dropped chunks that still stand in a segment, by segment. */
  readonly #dead = new Map<number, number[]>();
  deadBytes = 0;
  chunkBytes = 0;

  add(key: number, segment: Segment): void {
    let bytes = 0;
    for (let i = 0; i < segment.ids.length; i++) {
      const length = segment.lengths[i]!;
      this.#where.set(segment.ids[i]!, { key, length });
      bytes += length;
    }
    this.#live.set(key, { count: segment.ids.length, bytes, size: bytes });
    this.chunkBytes += bytes;
  }

  /** @returns keys of segments that hold nothing wanted any more */
  drop(ids: Iterable<number>): number[] {
    const empty: number[] = [];
    for (const id of ids) {
      const place = this.#where.get(id);
      const live = place && this.#live.get(place.key);
      if (!place || !live) continue;
      this.#where.delete(id);
      live.count--;
      live.bytes -= place.length;
      this.chunkBytes -= place.length;
      this.deadBytes += place.length;
      this.#dead.set(place.key, [...(this.#dead.get(place.key) ?? []), id]);
      if (live.count > 0) continue;
      this.deadBytes -= live.size;
      this.#live.delete(place.key);
      this.#dead.delete(place.key);
      empty.push(place.key);
    }
    return empty;
  }

  /** Dropped chunks that still stand in segments. */
  get standing(): number[] {
    return [...this.#dead.values()].flat();
  }

  /** Segments whose wanted bytes are few: worth being written together. */
  sparse(): number[] {
    return [...this.#live].filter(([, live]) => live.bytes < SEGMENT / 4).map(([key]) => key);
  }

  /** Whether a chunk is wanted and stands in that segment. */
  holds(id: number, key: number): boolean {
    return this.#where.get(id)?.key === key;
  }

  /** Forgets a segment whose chunks were written elsewhere. */
  forget(key: number): void {
    const live = this.#live.get(key);
    if (!live) return;
    this.deadBytes -= live.size - live.bytes;
    this.chunkBytes -= live.bytes;
    this.#live.delete(key);
    this.#dead.delete(key);
  }

  clear(): void {
    this.#where.clear();
    this.#live.clear();
    this.#dead.clear();
    this.deadBytes = 0;
    this.chunkBytes = 0;
  }
}
