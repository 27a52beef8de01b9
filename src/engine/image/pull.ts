import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { Gunzip } from '../../lib/gzip.ts';
import { formatPlatform, type Platform, platformFits } from '../../lib/platform.ts';
import { familiarString, type Reference, tagNameOnly } from '../../lib/reference.ts';
import { decode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { DaemonLog } from '../log.ts';
import type { RegistrySettings } from '../settings/config.ts';
import type { Image, ImageStore } from './image-store.ts';
import type { Layer } from './layer-store.ts';
import { type Descriptor, type ImageConfig, type Index, isIndexType, type Manifest } from './oci.ts';
import type { Progress } from './progress.ts';
import { type Credentials, failureOf, pullFailure, RegistryClient } from './registry-client.ts';

export interface PullOptions {
  auth: Credentials;
  registries: RegistrySettings;
  /** Which image of a manifest list; undefined: the machine's own. */
  platform: Platform | undefined;
}

const MACHINE: Platform = { os: 'linux', architecture: 'amd64' };

const HUB = 'docker.io';

const shortId = (digest: string): string => digest.slice(7, 19);

/**
 * Pulls one reference: manifest list, manifest, configuration, layers; every digest is checked.
 * @returns the image
 * @throws ApiError with the engine's words
 */
export function* pull(
  sys: Sys,
  store: ImageStore,
  given: Reference,
  options: PullOptions,
  progress: Progress,
): Wait<Image> {
  const reference = tagNameOnly(given);
  return yield* fromFirst(sys, reference, options, function* (client) {
    const { image, fresh } = yield* pullOne(sys, store, client, reference, options.platform, progress);
    yield* sayStatus(progress, fresh, reference);
    return image;
  });
}

/** Lets the first registry work that can: the mirrors of Docker Hub in their order, then the reference's own. */
function* fromFirst<T>(
  sys: Sys,
  reference: Reference,
  { auth, registries }: PullOptions,
  work: (client: RegistryClient) => Wait<T>,
): Wait<T> {
  for (const mirror of reference.domain === HUB ? registries.mirrors : []) {
    const client = new RegistryClient(sys, reference, {}, registries.insecure, 'pull', mirror);
    try {
      yield* client.ping();
      return yield* work(client);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      yield* new DaemonLog().line(sys, 'warning', `Attempting next endpoint for pull after error: ${error.message}`);
    }
  }
  const client = new RegistryClient(sys, reference, auth, registries.insecure, 'pull');
  yield* client.ping();
  return yield* work(client);
}

/** Pulls all tags of a repository. @returns their images. @throws ApiError with the engine's words */
export function* pullAllTags(
  sys: Sys,
  store: ImageStore,
  repository: Reference,
  options: PullOptions,
  progress: Progress,
): Wait<Image[]> {
  return yield* fromFirst(sys, repository, options, function* (client) {
    const { domain, path } = repository;
    const images: Image[] = [];
    let fresh = false;
    for (const tag of yield* allTags(client)) {
      const pulled = yield* pullOne(sys, store, client, { domain, path, tag }, options.platform, progress);
      images.push(pulled.image);
      fresh ||= pulled.fresh;
    }
    yield* sayStatus(progress, fresh, repository);
    return images;
  });
}

function* sayStatus(progress: Progress, fresh: boolean, reference: Reference): Wait<void> {
  const status = fresh ? 'Downloaded newer image' : 'Image is up to date';
  yield* progress.say({ status: `Status: ${status} for ${familiarString(reference)}` });
}

function* allTags(client: RegistryClient): Wait<string[]> {
  const response = yield* client.call('GET', `/v2/${client.reference.path}/tags/list`);
  const bytes = yield* response.bytes();
  response.close();
  if (response.status !== 200) throw pullFailure(failureOf(response.status, bytes), client.reference);
  return [...((JSON.parse(decode(bytes)) as { tags?: string[] | null }).tags ?? [])];
}

/** @returns the image, and whether it was not here under this name */
function* pullOne(
  sys: Sys,
  store: ImageStore,
  client: RegistryClient,
  reference: Reference,
  platform: Platform | undefined,
  progress: Progress,
): Wait<{ image: Image; fresh: boolean }> {
  const tag = reference.digest ?? reference.tag!;
  const top = yield* fetchManifest(client, store, tag, reference);
  yield* progress.say({ status: `Pulling from ${reference.path}`, id: tag });
  let manifest = top.document as Manifest;
  if (isIndexType(top.mediaType)) {
    const chosen = choose(top.document as Index, platform);
    if (!chosen)
      throw new ApiError(
        'not-found',
        `no matching manifest for ${formatPlatform(platform ?? MACHINE)} in the manifest list entries`,
      );
    manifest = (yield* fetchManifest(client, store, chosen.digest, reference)).document as Manifest;
  }
  const present = store.byId(manifest.config.digest);
  const image = present ?? (yield* fetchImage(sys, client, store, manifest, reference, progress));
  const before =
    reference.tag === undefined
      ? undefined
      : yield* store.name(sys, image, { domain: reference.domain, path: reference.path, tag: reference.tag });
  yield* store.name(sys, image, { domain: reference.domain, path: reference.path, digest: top.digest });
  yield* progress.say({ status: `Digest: ${top.digest}` });
  return { image, fresh: !present || (reference.tag !== undefined && before !== image) };
}

function* fetchManifest(
  client: RegistryClient,
  store: ImageStore,
  tag: string,
  reference: Reference,
): Wait<{ document: unknown; mediaType: string; digest: string }> {
  const got = yield* client.manifest(tag);
  if ('status' in got) throw pullFailure(got, reference);
  const digest = `sha256:${store.sha256.hex(got.bytes)}`;
  if (tag.startsWith('sha256:') && tag !== digest)
    throw new ApiError('internal', `manifest verification failed for digest ${tag}`);
  const document = JSON.parse(decode(got.bytes)) as { mediaType?: string };
  return { document, mediaType: document.mediaType ?? got.mediaType, digest };
}

/** The manifest for a platform; the machine's own unless one is asked for. */
function choose(index: Index, wanted = MACHINE): Descriptor | undefined {
  return index.manifests.find((d) => d.platform !== undefined && platformFits(d.platform, wanted));
}

function* fetchImage(
  sys: Sys,
  client: RegistryClient,
  store: ImageStore,
  manifest: Manifest,
  reference: Reference,
  progress: Progress,
): Wait<Image> {
  for (const layer of manifest.layers) yield* progress.step(shortId(layer.digest), 'Pulling fs layer');
  const configBlob = yield* client.blob(manifest.config.digest);
  if (!('head' in configBlob)) throw pullFailure(configBlob, reference);
  const configBytes = yield* configBlob.bytes();
  configBlob.close();
  if (`sha256:${store.sha256.hex(configBytes)}` !== manifest.config.digest)
    throw new ApiError('internal', `image config verification failed for digest ${manifest.config.digest}`);
  const config = JSON.parse(decode(configBytes)) as ImageConfig;
  if (config.rootfs.diff_ids.length !== manifest.layers.length)
    throw new ApiError('internal', "layers from manifest don't match image configuration");
  let parent: Layer | undefined;
  const held: Layer[] = [];
  try {
    for (const [at, descriptor] of manifest.layers.entries()) {
      const diffId = config.rootfs.diff_ids[at]!;
      const known = store.layers.get(store.layers.chainId(parent, diffId));
      if (known) yield* progress.step(shortId(descriptor.digest), 'Already exists');
      parent = known ?? (yield* fetchLayer(sys, client, store, descriptor, diffId, parent, reference, progress));
      store.layers.hold(parent);
      held.push(parent);
      yield* store.origins.add(sys, diffId, descriptor.digest, reference);
    }
    return yield* store.add(sys, configBytes);
  } finally {
    for (const layer of held.reverse()) yield* store.layers.release(sys, layer);
  }
}

/** Downloads and unpacks one layer as its bytes come. */
function* fetchLayer(
  sys: Sys,
  client: RegistryClient,
  store: ImageStore,
  descriptor: Descriptor,
  diffId: string,
  parent: Layer | undefined,
  reference: Reference,
  progress: Progress,
): Wait<Layer> {
  const id = shortId(descriptor.digest);
  const response = yield* client.blob(descriptor.digest);
  if (!('head' in response)) throw pullFailure(response, reference);
  const hash = store.sha256.create();
  const gunzip = descriptor.mediaType.endsWith('gzip') ? new Gunzip() : undefined;
  const ready: Uint8Array[] = [];
  let current = 0;
  let downloaded = false;
  const layer = yield* store.layers.register(
    sys,
    parent,
    function* () {
      while (ready.length === 0) {
        if (downloaded) return undefined;
        const piece = yield* response.chunk();
        if (progress.gone) throw new ApiError('internal', 'context canceled');
        if (piece === undefined) {
          downloaded = true;
          gunzip?.finish();
          if (response.broken || gunzip?.error) throw new ApiError('internal', 'unexpected EOF');
          yield* progress.step(id, 'Verifying Checksum');
          if (`sha256:${hash.digestHex()}` !== descriptor.digest)
            throw new ApiError('internal', `filesystem layer verification failed for digest ${descriptor.digest}`);
          yield* progress.step(id, 'Download complete');
          continue;
        }
        hash.update(piece);
        current += piece.length;
        yield* progress.amount(id, 'Downloading', current, descriptor.size);
        if (gunzip) ready.push(...gunzip.push(piece));
        else ready.push(piece);
      }
      return ready.shift();
    },
    diffId,
    gunzip && descriptor.digest,
  );
  response.close();
  yield* progress.amount(id, 'Extracting', descriptor.size, descriptor.size);
  yield* progress.step(id, 'Pull complete');
  return layer;
}

/** The clock that progress is measured by. */
export const progressClock = (sys: Sys) => (): number => sys.now(CLOCK_MONOTONIC);
