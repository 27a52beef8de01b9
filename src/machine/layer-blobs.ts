import { BLOCKED, EIO } from '../abi/errno.ts';
import type { HashFactory } from '../lib/hash.ts';
import type { BlobSource } from '../vfs/index.ts';
import { LayerFiles } from './layer-files.ts';

/** What layers are read with. */
export interface LayerWorld {
  blobs: BlobSource;
  gunzip(bytes: Uint8Array): Promise<Uint8Array>;
  gunzipNow?(bytes: Uint8Array): Uint8Array;
  settle?<T>(promise: Promise<T>): Promise<T>;
}

/** Bytes of unpacked layers that are held at most; the one that was read last is, whatever its size. */
const HELD = 16 * 1024 * 1024;

const LAYER = /^sha256:[0-9a-f]{64}$/;

/**
 * The blobs of a machine: what outside has of them, and what its disk keeps. Files of layers are read through it: a layer is
 * unpacked when the first of its files is read, and may be forgotten later.
 */
export class LayerBlobs implements BlobSource {
  readonly #world: LayerWorld;
  /** Whole blobs as they are stored, that files refer to: they are what their digests say. */
  readonly #packed = new Map<string, Uint8Array>();
  /** Blobs that outside gave something of. */
  readonly #seen = new Set<string>();
  /** Content of layers, that which was read last at the end. */
  readonly #unpacked = new Map<string, LayerFiles>();
  /** Layers that are being unpacked, and who waits for them. */
  readonly #coming = new Map<string, Set<() => void>>();
  readonly #damaged = new Set<string>();
  /** Is called while a layer is unpacked outside: a virtual clock stands still until what it returned is called. */
  hold: () => () => void = () => () => {};

  /** Checks what comes from outside; until it is there nothing new is referred to. */
  sha256: HashFactory | undefined;

  constructor(world: LayerWorld) {
    this.#world = world;
  }

  /** Takes a blob that a disk was kept with. */
  keep(digest: string, bytes: Uint8Array): void {
    this.#packed.set(digest, bytes);
  }

  /** A blob that files refer to, as it is stored. */
  packed(digest: string): Uint8Array | undefined {
    return this.#packed.get(digest);
  }

  read(digest: string, offset: number, length: number, waker: () => () => void): Uint8Array | number {
    const packed = this.#packed.get(digest);
    if (packed) return packed.subarray(offset, Math.min(packed.length, offset + length));
    const got = this.#world.blobs.read(digest, offset, length, waker);
    if (typeof got !== 'number') this.#seen.add(digest);
    return got;
  }

  /** Only what outside gave before is looked for: nobody is asked for a blob of somebody else's making. */
  holds(digest: string): boolean {
    if (!LAYER.test(digest) || this.#damaged.has(digest)) return false;
    if (this.#packed.has(digest)) return true;
    if (!this.#seen.has(digest) || !this.sha256) return false;
    return typeof this.#whole(digest, () => () => {}) !== 'number';
  }

  readUnpacked(digest: string, offset: number, length: number, waker: () => () => void): Uint8Array | number {
    const files = this.#unpacked.get(digest);
    if (files) {
      this.#unpacked.delete(digest);
      this.#unpacked.set(digest, files);
      return files.read(offset, length) ?? -EIO;
    }
    if (this.#damaged.has(digest)) return -EIO;
    const coming = this.#coming.get(digest);
    if (coming) {
      coming.add(waker());
      return BLOCKED;
    }
    const packed = this.#whole(digest, waker);
    if (typeof packed === 'number') return packed;
    const { gunzipNow } = this.#world;
    if (!gunzipNow) {
      this.#coming.set(digest, new Set([waker()]));
      this.#unpack(digest, packed);
      return BLOCKED;
    }
    try {
      this.#take(digest, gunzipNow(packed));
    } catch {
      this.#damaged.add(digest);
      return -EIO;
    }
    return this.readUnpacked(digest, offset, length, waker);
  }

  #unpack(digest: string, packed: Uint8Array): void {
    const world = this.#world;
    const release = this.hold();
    const archive = world.gunzip(packed);
    const done = (): void => {
      const waiting = this.#coming.get(digest) ?? [];
      this.#coming.delete(digest);
      for (const wake of waiting) wake();
      release();
    };
    (world.settle?.(archive) ?? archive)
      .then(
        (bytes) => this.#take(digest, bytes),
        () => void this.#damaged.add(digest),
      )
      .then(done);
  }

  #take(digest: string, archive: Uint8Array): void {
    this.#unpacked.set(digest, LayerFiles.of(archive));
    let held = 0;
    for (const { cost } of this.#unpacked.values()) held += cost;
    for (const [other, { cost }] of this.#unpacked) {
      if (held <= HELD || other === digest) break;
      this.#unpacked.delete(other);
      held -= cost;
    }
  }

  /** All of a blob. @returns BLOCKED or -errno where outside does not have it now, or something else under its name */
  #whole(digest: string, waker: () => () => void): Uint8Array | number {
    const known = this.#packed.get(digest);
    if (known) return known;
    const pieces: Uint8Array[] = [];
    for (let at = 0; ; ) {
      const piece = this.#world.blobs.read(digest, at, 2 ** 30, waker);
      if (piece === BLOCKED || (typeof piece === 'number' && at === 0)) return piece;
      if (typeof piece === 'number' || piece.length === 0) break;
      pieces.push(piece);
      at += piece.length;
    }
    const whole = pieces.length === 1 ? pieces[0]! : joined(pieces);
    if (!this.sha256) return whole;
    if (digest !== `sha256:${this.sha256.hex(whole)}`) return -EIO;
    this.#packed.set(digest, whole);
    return whole;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
