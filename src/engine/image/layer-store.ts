import { O_CLOEXEC, O_RDONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { gunzip, gzip } from '../../lib/gzip.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { isPlainTar } from '../../lib/plain-tar.ts';
import type { TarHeader } from '../../lib/tar.ts';
import { readTarSplit, type TarPart, TarSplitter, tarSplitText } from '../../lib/tar-split.ts';
import { encode } from '../../lib/utf8.ts';
import { open, read, readFile, type Wait } from '../../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../../libc/paths.ts';
import { type TarSink, tarTree } from '../../libc/tar-tree.ts';
import { Untar } from '../../libc/untar.ts';
import { readText, writeNew } from '../disk.ts';
import { randomHex } from '../ids.ts';
import { resolveIn } from '../runtime/scope.ts';

/** What the layer store needs of the graph driver (engine/snapshot). */
export interface LayerDriver {
  /** Makes the directory of a layer above `parent`. */
  create(sys: Sys, id: string, parent?: string): Wait<void>;
  diffPath(id: string): string;
  /** The layer is complete: it may be a parent from now on. */
  commit(sys: Sys, id: string): Wait<void>;
  remove(sys: Sys, id: string): Wait<void>;
}

/** A layer of an image: read only, shared by all images that have it. */
export interface Layer {
  readonly chainId: string;
  readonly diffId: string;
  readonly parent: Layer | undefined;
  /** Its directory below overlay2. */
  readonly cacheId: string;
  /** Bytes of its files. */
  readonly size: number;
  /** Images and build steps that hold it, and layers above. */
  references: number;
}

const SPLIT = 'tar-split.json.gz';
const PIECE = 65536;

const digestDir = (chainId: string): string => chainId.slice('sha256:'.length);

/** All layers, as files of image/overlay2/layerdb/sha256. @see moby layer/filestore.go */
export class LayerStore {
  readonly #layers = new Map<string, Layer>();
  readonly #dir: string;

  constructor(
    root: string,
    readonly driver: LayerDriver,
    readonly sha256: HashFactory,
  ) {
    this.#dir = `${root}/image/overlay2/layerdb`;
  }

  /** Reads what the disk has; what is not complete is removed. */
  *load(sys: Sys): Wait<void> {
    mkdirp(sys, `${this.#dir}/sha256`, 0o700);
    mkdirp(sys, `${this.#dir}/tmp`, 0o700);
    for (const name of namesIn(sys, `${this.#dir}/tmp`)) removeTree(sys, `${this.#dir}/tmp/${name}`);
    const found = new Map<string, { diffId: string; cacheId: string; size: number; parent: string | undefined }>();
    for (const name of namesIn(sys, `${this.#dir}/sha256`)) {
      const dir = `${this.#dir}/sha256/${name}`;
      const diffId = yield* readText(sys, `${dir}/diff`);
      const cacheId = yield* readText(sys, `${dir}/cache-id`);
      const size = yield* readText(sys, `${dir}/size`);
      if (!diffId || !cacheId || size === undefined) continue;
      found.set(`sha256:${name}`, {
        diffId,
        cacheId,
        size: Number(size),
        parent: (yield* readText(sys, `${dir}/parent`)) || undefined,
      });
    }
    const add = (chainId: string): Layer | undefined => {
      const known = this.#layers.get(chainId);
      if (known) return known;
      const record = found.get(chainId);
      if (!record) return undefined;
      const parent = record.parent === undefined ? undefined : add(record.parent);
      if (record.parent !== undefined && !parent) return undefined;
      return this.#add({
        chainId,
        diffId: record.diffId,
        cacheId: record.cacheId,
        size: record.size,
        parent,
        references: 0,
      });
    };
    for (const chainId of found.keys()) add(chainId);
  }

  #add(layer: Layer): Layer {
    this.#layers.set(layer.chainId, layer);
    if (layer.parent) layer.parent.references++;
    return layer;
  }

  get(chainId: string): Layer | undefined {
    return this.#layers.get(chainId);
  }

  all(): Iterable<Layer> {
    return this.#layers.values();
  }

  chainId(parent: Layer | undefined, diffId: string): string {
    return parent ? `sha256:${this.sha256.hex(encode(`${parent.chainId} ${diffId}`))}` : diffId;
  }

  /**
   * Registers a layer from an archive that comes in pieces.
   * @param next the next bytes of the tar stream (not compressed); undefined at the end
   * @param expected the diffId that it must have
   * @param blob digest of what the archive comes packed in
   * @throws UntarError; Error where the digest differs
   */
  *register(
    sys: Sys,
    parent: Layer | undefined,
    next: () => Wait<Uint8Array | undefined>,
    expected?: string,
    blob?: string,
  ): Wait<Layer> {
    const cacheId = randomHex(sys, 32);
    yield* this.driver.create(sys, cacheId, parent?.cacheId);
    const headers: TarHeader[] = [];
    const untar = new Untar(sys, this.driver.diffPath(cacheId), {
      whiteouts: true,
      blob,
      onHeader: (header) => void headers.push(header),
    });
    const split = new TarSplitter();
    const hash = this.sha256.create();
    try {
      for (let piece; (piece = yield* next()) !== undefined; ) {
        hash.update(piece);
        split.push(piece);
        yield* untar.push(piece);
      }
      yield* untar.finish();
      split.end();
    } catch (error) {
      yield* this.driver.remove(sys, cacheId);
      throw error;
    }
    const diffId = `sha256:${hash.digestHex()}`;
    if (expected !== undefined && diffId !== expected) {
      yield* this.driver.remove(sys, cacheId);
      throw new Error(`layers from manifest don't match image configuration`);
    }
    const made = isPlainTar(split, headers) || split.lost ? undefined : gzip(tarSplitText(split, headers));
    return yield* this.adopt(sys, parent, cacheId, diffId, untar.size, made);
  }

  /**
   * Takes a directory of the driver that is complete as a layer; one that is there already is used instead.
   * @param split how its archive is put together from its files, where that is not as we write archives
   */
  *adopt(
    sys: Sys,
    parent: Layer | undefined,
    cacheId: string,
    diffId: string,
    size: number,
    split?: Uint8Array,
  ): Wait<Layer> {
    const chainId = this.chainId(parent, diffId);
    const known = this.#layers.get(chainId);
    if (known) {
      yield* this.driver.remove(sys, cacheId);
      return known;
    }
    yield* this.driver.commit(sys, cacheId);
    const temporary = `${this.#dir}/tmp/write-set-${digestDir(chainId).slice(0, 9)}${sys.gettid()}`;
    mkdirp(sys, temporary, 0o755);
    yield* writeNew(sys, `${temporary}/diff`, diffId, 0o644);
    yield* writeNew(sys, `${temporary}/cache-id`, cacheId, 0o644);
    yield* writeNew(sys, `${temporary}/size`, String(size), 0o644);
    if (parent) yield* writeNew(sys, `${temporary}/parent`, parent.chainId, 0o644);
    if (split) yield* writeNew(sys, `${temporary}/${SPLIT}`, split, 0o644);
    sys.rename(temporary, `${this.#dir}/sha256/${digestDir(chainId)}`);
    return this.#add({ chainId, diffId, cacheId, parent, size, references: 0 });
  }

  hold(layer: Layer): void {
    layer.references++;
  }

  /** Lets a layer go; those that nobody holds any more are removed, from the top down. @returns their chain ids */
  *release(sys: Sys, layer: Layer): Wait<string[]> {
    layer.references--;
    const removed: string[] = [];
    for (let at: Layer | undefined = layer; at && at.references <= 0; ) {
      this.#layers.delete(at.chainId);
      removeTree(sys, `${this.#dir}/sha256/${digestDir(at.chainId)}`);
      yield* this.driver.remove(sys, at.cacheId);
      removed.push(at.chainId);
      if (at.parent) at.parent.references--;
      at = at.parent;
    }
    return removed;
  }

  /** Removes layers that nobody holds: what a power cut left behind. */
  *collect(sys: Sys): Wait<void> {
    for (const layer of [...this.#layers.values()]) {
      if (layer.references > 0 || !this.#layers.has(layer.chainId)) continue;
      layer.references = 1;
      yield* this.release(sys, layer);
    }
  }

  /** Writes a layer's archive: the very bytes that its diffId is the digest of. @returns 0 or more, or -errno */
  *tar(sys: Sys, layer: Layer, sink: TarSink): Wait<number> {
    const packed = yield* readFile(sys, `${this.#dir}/sha256/${digestDir(layer.chainId)}/${SPLIT}`);
    const text = typeof packed === 'number' ? undefined : gunzip(packed);
    const parts = text === undefined || typeof text === 'string' ? undefined : readTarSplit(text);
    const root = this.driver.diffPath(layer.cacheId);
    if (parts) return yield* joinTar(sys, root, parts, sink);
    return yield* tarTree(sys, root, { prefix: '', layer: true }, sink);
  }

  /**
   * Makes a layer of a driver's directory as it is now (a build step, a commit): hashes its archive.
   * @throws Error where it cannot be read
   */
  *seal(sys: Sys, parent: Layer | undefined, cacheId: string): Wait<Layer> {
    const hash = this.sha256.create();
    const size = yield* tarTree(sys, this.driver.diffPath(cacheId), { prefix: '', layer: true }, function* (bytes) {
      hash.update(bytes);
      return true;
    });
    if (size < 0) throw new Error(`cannot read layer ${cacheId}`);
    return yield* this.adopt(sys, parent, cacheId, `sha256:${hash.digestHex()}`, size);
  }
}

function namesIn(sys: Sys, dir: string): string[] {
  const names = listDir(sys, dir);
  return typeof names === 'number' ? [] : names;
}

/** Puts an archive together from what was kept of it and the files of `root`. @returns 0, or -errno */
function* joinTar(sys: Sys, root: string, parts: readonly TarPart[], sink: TarSink): Wait<number> {
  const buffer = new Uint8Array(PIECE);
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      if (!(yield* sink(part))) return 0;
      continue;
    }
    const fd = yield* open(sys, resolveIn(sys, root, part.name), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fd;
    for (let left = part.size; left > 0; ) {
      const n = yield* read(sys, fd, buffer.subarray(0, Math.min(left, PIECE)));
      if (n <= 0) break;
      left -= n;
      if (!(yield* sink(buffer.subarray(0, n)))) break;
    }
    sys.close(fd);
  }
  return 0;
}
