import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { HashFactory } from '../../lib/hash.ts';
import {
  familiarName,
  familiarString,
  InvalidReference,
  parseReference,
  type Reference,
  tagNameOnly,
} from '../../lib/reference.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../../libc/paths.ts';
import { stamp } from '../clock.ts';
import { readJson, readText, writeAtomic } from '../disk.ts';
import { BlobOrigins } from './blob-origins.ts';
import type { Layer, LayerStore } from './layer-store.ts';
import { chainIds, type ImageConfig } from './oci.ts';

/** An image: its configuration and its top layer. */
export interface Image {
  /** `sha256:…`, the digest of the configuration's bytes. */
  readonly id: string;
  readonly config: ImageConfig;
  readonly bytes: Uint8Array;
  readonly topLayer: Layer | undefined;
  /** Bytes of all its layers. */
  readonly size: number;
  /** Image that the classic builder made it from. */
  parent: string | undefined;
  /** RFC 3339; the zero time where it was never tagged. */
  lastTagTime: string;
}

const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Names and what they stand for, as repositories.json has them: by repository, then by reference (with tag or digest). */
type Repositories = Record<string, Record<string, string>>;

/** All images and their names, as files of image/overlay2. @see moby image/store.go, reference/store.go */
export class ImageStore {
  readonly #images = new Map<string, Image>();
  #repositories: Repositories = {};
  /** Names of each image, in the order they were given. */
  readonly #names = new Map<string, Set<string>>();
  readonly #dir: string;
  readonly origins: BlobOrigins;

  constructor(
    root: string,
    readonly layers: LayerStore,
    readonly sha256: HashFactory,
  ) {
    this.#dir = `${root}/image/overlay2`;
    this.origins = new BlobOrigins(`${this.#dir}/distribution`);
  }

  /** Reads what the disk has; an image whose layers are not all there is dropped. */
  *load(sys: Sys): Wait<void> {
    yield* this.layers.load(sys);
    mkdirp(sys, `${this.#dir}/imagedb/content/sha256`, 0o700);
    mkdirp(sys, `${this.#dir}/imagedb/metadata/sha256`, 0o700);
    mkdirp(sys, `${this.#dir}/distribution`, 0o700);
    const names = listDir(sys, `${this.#dir}/imagedb/content/sha256`);
    for (const name of typeof names === 'number' ? [] : names) {
      const bytes = yield* readFile(sys, `${this.#dir}/imagedb/content/sha256/${name}`);
      if (typeof bytes === 'number' || this.sha256.hex(bytes) !== name) continue;
      const meta = `${this.#dir}/imagedb/metadata/sha256/${name}`;
      const image = this.#make(
        bytes,
        (yield* readText(sys, `${meta}/parent`)) || undefined,
        (yield* readText(sys, `${meta}/lastUpdated`)) ?? ZERO_TIME,
      );
      if (image) this.#remember(image);
    }
    const stored = yield* readJson<{ Repositories?: Repositories }>(sys, `${this.#dir}/repositories.json`);
    this.#repositories = stored?.Repositories ?? {};
    for (const [repository, references] of Object.entries(this.#repositories))
      for (const [name, id] of Object.entries(references)) {
        if (this.#images.has(id)) this.#namesOf(id).add(name);
        else delete this.#repositories[repository]![name];
      }
  }

  #make(bytes: Uint8Array, parent: string | undefined, lastTagTime: string): Image | undefined {
    const config = JSON.parse(decode(bytes)) as ImageConfig;
    const chain = chainIds(config.rootfs.diff_ids, (text) => this.sha256.hex(encodeText(text)));
    const top = chain.at(-1);
    const topLayer = top === undefined ? undefined : this.layers.get(top);
    if (top !== undefined && !topLayer) return undefined;
    let size = 0;
    for (let layer = topLayer; layer; layer = layer.parent) size += layer.size;
    return { id: `sha256:${this.sha256.hex(bytes)}`, config, bytes, topLayer, size, parent, lastTagTime };
  }

  #remember(image: Image): void {
    this.#images.set(image.id, image);
    if (image.topLayer) this.layers.hold(image.topLayer);
  }

  #namesOf(id: string): Set<string> {
    let names = this.#names.get(id);
    if (!names) {
      names = new Set();
      this.#names.set(id, names);
    }
    return names;
  }

  /** Adds an image whose layers are all registered. The same bytes are the same image. @throws Error where a layer is missing */
  *add(sys: Sys, bytes: Uint8Array, parent?: string): Wait<Image> {
    const id = `sha256:${this.sha256.hex(bytes)}`;
    const known = this.#images.get(id);
    if (known) return known;
    const image = this.#make(bytes, parent, ZERO_TIME);
    if (!image) throw new Error('layer does not exist');
    yield* writeAtomic(sys, `${this.#dir}/imagedb/content/sha256/${id.slice(7)}`, bytes, 0o600);
    if (parent !== undefined) yield* this.#metadata(sys, id, 'parent', parent);
    this.#remember(image);
    return image;
  }

  *#metadata(sys: Sys, id: string, name: string, text: string): Wait<void> {
    const dir = `${this.#dir}/imagedb/metadata/sha256/${id.slice(7)}`;
    mkdirp(sys, dir, 0o755);
    yield* writeAtomic(sys, `${dir}/${name}`, text, 0o600);
  }

  byId(id: string): Image | undefined {
    return this.#images.get(id);
  }

  all(): Image[] {
    return [...this.#images.values()];
  }

  /** Names of an image with tags, as users know them, sorted. */
  tags(id: string): string[] {
    return [...(this.#names.get(id) ?? [])].filter((name) => !name.includes('@')).sort();
  }

  digests(id: string): string[] {
    return [...(this.#names.get(id) ?? [])].filter((name) => name.includes('@')).sort();
  }

  children(id: string): Image[] {
    return this.all().filter((image) => image.parent === id);
  }

  /**
   * Finds an image by name, id or a prefix of its id.
   * @throws ApiError: no such image, or a text that cannot be a reference
   */
  get(text: string): Image {
    const image = this.find(text);
    if (image) return image;
    throw noSuchImage(text);
  }

  find(text: string): Image | undefined {
    const id = this.#images.get(text) ?? this.#images.get(`sha256:${text}`);
    if (id) return id;
    const reference = readReference(text);
    if (reference) {
      const named = this.byReference(reference);
      if (named) return named;
    }
    return this.#byPrefix(text);
  }

  #byPrefix(text: string): Image | undefined {
    const prefix = text.replace(/^sha256:/, '');
    if (!/^[0-9a-f]{1,64}$/.test(prefix)) return undefined;
    let found: Image | undefined;
    for (const image of this.#images.values()) {
      if (!image.id.startsWith(`sha256:${prefix}`)) continue;
      if (found) return undefined;
      found = image;
    }
    return found;
  }

  /** The image that a name stands for (with its tag, `latest` if it has none, or its digest). */
  byReference(reference: Reference): Image | undefined {
    const full = tagNameOnly(reference);
    const references = this.#repositories[familiarName(full)];
    if (!references) return undefined;
    if (full.digest !== undefined) {
      const id = references[familiarString({ domain: full.domain, path: full.path, digest: full.digest })];
      if (id !== undefined) return this.#images.get(id);
      const byId = this.#images.get(full.digest);
      return byId && Object.values(references).includes(byId.id) ? byId : undefined;
    }
    const id = references[familiarString(full)];
    return id === undefined ? undefined : this.#images.get(id);
  }

  /** Full names of a repository's tags, in their alphabet's order. */
  tagsOf(repository: string): string[] {
    const names = Object.keys(this.#repositories[repository] ?? {});
    return names.filter((name) => !name.includes('@')).sort();
  }

  /** Gives an image a name (a tag, or the digest it was pulled by). @returns the image that had the name before */
  *name(sys: Sys, image: Image, reference: Reference): Wait<Image | undefined> {
    const full = tagNameOnly(reference);
    const repository = familiarName(full);
    const name = familiarString(full);
    const references = (this.#repositories[repository] ??= {});
    const before = references[name];
    if (before === image.id) return image;
    if (before !== undefined) this.#names.get(before)?.delete(name);
    references[name] = image.id;
    this.#namesOf(image.id).add(name);
    yield* this.#save(sys);
    if (full.digest === undefined) {
      image.lastTagTime = stamp(sys);
      yield* this.#metadata(sys, image.id, 'lastUpdated', image.lastTagTime);
    }
    return before === undefined ? undefined : this.#images.get(before);
  }

  /** Takes a name away. @returns whether there was one */
  *unname(sys: Sys, name: string): Wait<boolean> {
    const repository = name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
    const references = this.#repositories[repository];
    const id = references?.[name];
    if (!references || id === undefined) return false;
    delete references[name];
    if (Object.keys(references).length === 0) delete this.#repositories[repository];
    this.#names.get(id)?.delete(name);
    yield* this.#save(sys);
    return true;
  }

  *#save(sys: Sys): Wait<void> {
    yield* writeAtomic(
      sys,
      `${this.#dir}/repositories.json`,
      JSON.stringify({ Repositories: this.#repositories }),
      0o600,
    );
  }

  /** Removes an image and the layers that nobody else has. @returns what went: the image and its layers */
  *delete(sys: Sys, image: Image): Wait<string[]> {
    this.#images.delete(image.id);
    this.#names.delete(image.id);
    const hex = image.id.slice(7);
    sys.unlink(`${this.#dir}/imagedb/content/sha256/${hex}`);
    removeTree(sys, `${this.#dir}/imagedb/metadata/sha256/${hex}`);
    for (const child of this.children(image.id)) child.parent = undefined;
    return [image.id, ...(image.topLayer ? yield* this.layers.release(sys, image.topLayer) : [])];
  }
}

const encodeText = (text: string): Uint8Array => {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
};

function readReference(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReference) return undefined;
    throw error;
  }
}

/** `No such image: nosuch:latest`: the name as the engine understood it. */
export function noSuchImage(text: string): ApiError {
  const reference = readReference(text);
  if (!reference && !/^(sha256:)?[0-9a-f]+$/.test(text)) {
    const problem = requireProblem(text);
    if (problem !== undefined) return new ApiError('not-found', problem);
  }
  return new ApiError('not-found', `No such image: ${reference ? familiarString(tagNameOnly(reference)) : text}`);
}

/** Why a text cannot be a reference. */
function requireProblem(text: string): string | undefined {
  try {
    parseReference(text);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidReference) return error.message;
    throw error;
  }
}

/** Reads a reference that a client gave. @throws ApiError */
export function requireReference(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReference) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}
