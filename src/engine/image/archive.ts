import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { ProgressMessage } from '../../api/image.ts';
import { parseRfc3339 } from '../../lib/go-time.ts';
import { Gunzip } from '../../lib/gzip.ts';
import { parseReference, repositoryName } from '../../lib/reference.ts';
import { TarWriter, tarHeader } from '../../lib/tar.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { mkdirp, removeTree } from '../../libc/paths.ts';
import type { TarSink } from '../../libc/tar-tree.ts';
import { Untar, UntarError } from '../../libc/untar.ts';
import { randomBelow } from '../ids.ts';
import type { Image, ImageStore } from './image-store.ts';
import type { Layer } from './layer-store.ts';
import { type ImageConfig, OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from './oci.ts';

/** One image of an archive and the names that it is saved under. */
interface Saved {
  image: Image;
  /** `busybox:latest` */
  names: string[];
}

const blobName = (digest: string): string => `blobs/sha256/${digest.slice(7)}`;

/**
 * Writes images as `docker save` does since 25.0: an OCI image layout that also has the manifest.json of older engines.
 * @throws ApiError for a name that is none
 */
export function* saveImages(sys: Sys, store: ImageStore, names: readonly string[], sink: TarSink): Wait<void> {
  const saved = collect(store, names);
  const writer = new TarWriter();
  const now = Math.floor(sys.now(0) / 1000);
  let alive = true;
  const emit = function* (bytes: Uint8Array): Wait<void> {
    if (alive && bytes.length > 0) alive = yield* sink(bytes);
  };
  const put = function* (name: string, bytes: Uint8Array, mtimeSec = now): Wait<void> {
    yield* emit(writer.header(tarHeader({ name, type: 'file', mode: 0o644, size: bytes.length, mtimeSec })));
    yield* emit(writer.data(bytes));
  };
  for (const name of ['blobs/', 'blobs/sha256/'])
    yield* emit(writer.header(tarHeader({ name, type: 'dir', mode: 0o755, mtimeSec: now })));
  const done = new Set<string>();
  /** Bytes of the layers that are written, by diff id. */
  const sizes = new Map<string, number>();
  const manifestJson: unknown[] = [];
  const descriptors: unknown[] = [];
  for (const { image, names: tags } of saved) {
    const layers = chainOf(image);
    const created = image.config.created ? parseRfc3339(image.config.created).sec : now;
    const layerDescriptors: unknown[] = [];
    const sources: Record<string, unknown> = {};
    for (const layer of layers) {
      const size = sizes.get(layer.diffId) ?? (yield* layerLength(sys, store, layer));
      const descriptor = { mediaType: OCI_LAYER, size, digest: layer.diffId };
      layerDescriptors.push(descriptor);
      sources[layer.diffId] = descriptor;
      if (sizes.has(layer.diffId)) continue;
      sizes.set(layer.diffId, size);
      yield* emit(
        writer.header(tarHeader({ name: blobName(layer.diffId), type: 'file', mode: 0o644, size, mtimeSec: created })),
      );
      yield* store.layers.tar(sys, layer, function* (bytes) {
        yield* emit(writer.data(bytes));
        return alive;
      });
    }
    if (!done.has(image.id)) yield* put(blobName(image.id), image.bytes, created);
    done.add(image.id);
    const manifest = encode(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: OCI_CONFIG, digest: image.id, size: image.bytes.length },
        layers: layerDescriptors,
      }),
    );
    const digest = `sha256:${store.sha256.hex(manifest)}`;
    if (!done.has(digest)) yield* put(blobName(digest), manifest, created);
    done.add(digest);
    const base = { mediaType: OCI_MANIFEST, digest, size: manifest.length };
    if (tags.length === 0) descriptors.push(base);
    for (const tag of tags) {
      const reference = parseReference(tag);
      descriptors.push({
        ...base,
        annotations: {
          'io.containerd.image.name': `${repositoryName(reference)}:${reference.tag}`,
          'org.opencontainers.image.ref.name': reference.tag,
        },
      });
    }
    manifestJson.push({
      Config: blobName(image.id),
      RepoTags: tags.length > 0 ? tags : null,
      Layers: layers.map((layer) => blobName(layer.diffId)),
      LayerSources: sources,
    });
    if (!alive) return;
  }
  yield* put('index.json', encode(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: descriptors })));
  yield* put('manifest.json', encode(JSON.stringify(manifestJson)));
  yield* put('oci-layout', encode('{"imageLayoutVersion":"1.0.0"}'));
  const repositories = repositoriesOf(saved);
  if (repositories !== undefined) yield* put('repositories', encode(`${JSON.stringify(repositories)}\n`));
  yield* emit(writer.finish());
}

/** The images that names stand for. @throws ApiError where there is none */
export const savedImages = (store: ImageStore, names: readonly string[]): Image[] =>
  collect(store, names).map(({ image }) => image);

/** The images that names stand for, and their names: a repository without a tag means all its tags, an id no name. */
function collect(store: ImageStore, names: readonly string[]): Saved[] {
  const saved: Saved[] = [];
  const add = (image: Image, name?: string): void => {
    let entry = saved.find((s) => s.image === image);
    if (!entry) {
      entry = { image, names: [] };
      saved.push(entry);
    }
    if (name !== undefined && !entry.names.includes(name)) entry.names.push(name);
  };
  for (const text of names) {
    const hex = text.replace(/^sha256:/, '');
    const whole = store
      .all()
      .filter((image) => store.tags(image.id).some((tag) => tag.replace(/:[^/:]*$/, '') === text));
    if (!/:[^/]+$/.test(text) && whole.length > 0) {
      for (const image of whole)
        for (const tag of store.tags(image.id)) if (tag.replace(/:[^/:]*$/, '') === text) add(image, tag);
      continue;
    }
    const image = store.find(text);
    if (!image) throw new ApiError('not-found', `No such image: ${text}`);
    const tag = store.tags(image.id).find((t) => t === text);
    add(image, image.id.startsWith(`sha256:${hex}`) ? undefined : tag);
  }
  return saved;
}

function chainOf(image: Image): Layer[] {
  const layers: Layer[] = [];
  for (let layer = image.topLayer; layer; layer = layer.parent) layers.unshift(layer);
  return layers;
}

function* layerLength(sys: Sys, store: ImageStore, layer: Layer): Wait<number> {
  let length = 0;
  yield* store.layers.tar(sys, layer, function* (bytes) {
    length += bytes.length;
    return true;
  });
  return length;
}

function repositoriesOf(saved: readonly Saved[]): Record<string, Record<string, string>> | undefined {
  const out: Record<string, Record<string, string>> = {};
  for (const { image, names } of saved)
    for (const name of names) {
      const at = name.lastIndexOf(':');
      const top = image.topLayer?.diffId.slice(7) ?? '';
      (out[name.slice(0, at)] ??= {})[name.slice(at + 1)] = top;
    }
  return Object.keys(out).length > 0 ? out : undefined;
}

interface ManifestItem {
  Config: string;
  RepoTags: string[] | null;
  Layers: string[];
}

/**
 * Loads an archive of `docker save`, old or new, compressed or not. It is unpacked beside the images first.
 * @throws ApiError
 */
export function* loadImages(
  sys: Sys,
  store: ImageStore,
  root: string,
  next: () => Wait<Uint8Array | undefined>,
  say: (message: ProgressMessage) => Wait<void>,
): Wait<Image[]> {
  const dir = `${root}/tmp/docker-import-${randomBelow(sys, 2 ** 32)}`;
  mkdirp(sys, dir, 0o700);
  const images: Image[] = [];
  try {
    yield* unpackArchive(sys, dir, next);
    const manifest = yield* readFile(sys, `${dir}/manifest.json`);
    if (typeof manifest === 'number') throw missing(`${dir}/repositories`);
    for (const item of parseJson<ManifestItem[]>(manifest)) {
      const path = `${dir}/${safe(item.Config)}`;
      const bytes = yield* readFile(sys, path);
      if (typeof bytes === 'number') throw missing(path);
      const config = parseJson<ImageConfig>(bytes);
      if (item.Layers.length !== config.rootfs.diff_ids.length)
        throw new ApiError(
          'internal',
          `invalid manifest, layers length mismatch: expected ${config.rootfs.diff_ids.length}, got ${item.Layers.length}`,
        );
      let parent: Layer | undefined;
      for (const [at, path] of item.Layers.entries()) {
        const diffId = config.rootfs.diff_ids[at]!;
        const known = store.layers.get(store.layers.chainId(parent, diffId));
        parent = known ?? (yield* loadLayer(sys, store, `${dir}/${safe(path)}`, parent, diffId, say));
      }
      const image = yield* store.add(sys, bytes);
      images.push(image);
      for (const tag of item.RepoTags ?? []) {
        const reference = parseReference(tag);
        yield* store.name(sys, image, reference);
        yield* say({ stream: `Loaded image: ${tag}\n` });
      }
      if (!item.RepoTags?.length) yield* say({ stream: `Loaded image ID: ${image.id}\n` });
    }
  } catch (error) {
    if (error instanceof UntarError) throw new ApiError('internal', error.message);
    throw error;
  } finally {
    removeTree(sys, dir);
  }
  return images;
}

/** A file that an archive should have. Without manifest.json an archive counts as one of before 1.10, which has `repositories`. */
const missing = (path: string): ApiError => new ApiError('internal', `open ${path}: no such file or directory`);

/** @throws ApiError in the words of Go's decoder */
function parseJson<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(decode(bytes)) as T;
  } catch {
    throw new ApiError('internal', 'unexpected EOF');
  }
}

const safe = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');

function* loadLayer(
  sys: Sys,
  store: ImageStore,
  path: string,
  parent: Layer | undefined,
  diffId: string,
  say: (message: ProgressMessage) => Wait<void>,
): Wait<Layer> {
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number') throw missing(path);
  const id = diffId.slice(7, 19);
  const pieces = isGzip(bytes) ? gunzipAll(bytes) : [bytes];
  yield* say({
    status: 'Loading layer',
    progressDetail: { current: bytes.length, total: bytes.length },
    progress: '',
    id,
  });
  return yield* store.layers.register(
    sys,
    parent,
    function* () {
      return pieces.shift();
    },
    diffId,
  );
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function gunzipAll(bytes: Uint8Array): Uint8Array[] {
  const gunzip = new Gunzip();
  const pieces = gunzip.push(bytes);
  gunzip.finish();
  if (gunzip.error) throw new ApiError('internal', 'unexpected EOF');
  return pieces;
}

function* unpackArchive(sys: Sys, dir: string, next: () => Wait<Uint8Array | undefined>): Wait<void> {
  const untar = new Untar(sys, dir, { whiteouts: false });
  let gunzip: Gunzip | undefined;
  let first = true;
  for (let piece; (piece = yield* next()) !== undefined; ) {
    if (first && isGzip(piece)) gunzip = new Gunzip();
    first = false;
    for (const part of gunzip ? gunzip.push(piece) : [piece]) yield* untar.push(part);
    if (gunzip?.error) throw new UntarError('unexpected EOF');
  }
  yield* untar.finish();
}
