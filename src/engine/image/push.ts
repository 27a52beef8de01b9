import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { Gzip } from '../../lib/gzip.ts';
import type { Hash } from '../../lib/hash.ts';
import { Headers } from '../../lib/http-headers.ts';
import { familiarName, familiarString, type Reference } from '../../lib/reference.ts';
import { encode } from '../../lib/utf8.ts';
import type { BodySource, HttpResponse } from '../../libc/http-client.ts';
import type { Wait } from '../../libc/io.ts';
import { type BlobOrigin, repositoryName } from './blob-origins.ts';
import type { Image, ImageStore } from './image-store.ts';
import type { Layer } from './layer-store.ts';
import { type Descriptor, DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST } from './oci.ts';
import type { Progress } from './progress.ts';
import { type Credentials, failureOf, RegistryClient, type RegistryFailure } from './registry-client.ts';

export interface PushOptions {
  auth: Credentials;
  /** Registries that plain HTTP is spoken with. */
  insecure: readonly string[];
}

const shortId = (digest: string): string => digest.slice(7, 19);

const isFailure = (status: number): boolean => status < 200 || status >= 300;

/** The error that a push ends with. @see moby distribution/errors.go, TranslatePushError */
function pushFailure({ status, code, message }: RegistryFailure): ApiError {
  if (status === 401 || code === 'UNAUTHORIZED' || code === 'DENIED')
    return new ApiError(
      'forbidden',
      code === 'DENIED' ? `denied: ${message}` : 'denied: requested access to the resource is denied',
    );
  if (code === 'UNKNOWN')
    return new ApiError('internal', message === '' ? `received unexpected HTTP status: ${status}` : message);
  return new ApiError('internal', `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`);
}

/** One push of images of one repository. */
class Push {
  readonly #client: RegistryClient;

  constructor(
    readonly sys: Sys,
    readonly store: ImageStore,
    readonly reference: Reference,
    options: PushOptions,
    readonly progress: Progress,
  ) {
    this.#client = new RegistryClient(sys, reference, options.auth, options.insecure, 'pull,push');
  }

  get #path(): string {
    return `/v2/${this.reference.path}`;
  }

  *#call(method: string, path: string, headers?: Headers, body?: Uint8Array | BodySource): Wait<HttpResponse> {
    return yield* this.#client.call(method, path, headers ?? new Headers(), body);
  }

  /** A call that must succeed. @returns its header fields. @throws ApiError */
  *#must(method: string, path: string, headers?: Headers, body?: Uint8Array | BodySource): Wait<Headers> {
    const response = yield* this.#call(method, path, headers, body);
    const bytes = yield* response.bytes();
    response.close();
    if (isFailure(response.status)) throw pushFailure(failureOf(response.status, bytes));
    return response.headers;
  }

  /** Sends one image under a tag. */
  *image(image: Image, tag: string): Wait<void> {
    const layers: Layer[] = [];
    for (let layer = image.topLayer; layer; layer = layer.parent) layers.push(layer);
    for (const layer of layers) yield* this.progress.step(shortId(layer.diffId), 'Preparing');
    yield* this.#client.ping();
    const sent = new Map<string, Descriptor>();
    for (const layer of layers) {
      const known = sent.get(layer.diffId) ?? (yield* this.#layer(layer));
      sent.set(layer.diffId, known);
    }
    const config: Descriptor = { mediaType: DOCKER_CONFIG, size: image.bytes.length, digest: image.id };
    if ((yield* this.#sizeOf(image.id)) === undefined) yield* this.#upload(bytesOf(image.bytes), () => image.id);
    const document = {
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config,
      layers: layers.toReversed().map(({ diffId }) => sent.get(diffId)!),
    };
    const manifest = encode(JSON.stringify(document, undefined, 3));
    const digest = `sha256:${this.store.sha256.hex(manifest)}`;
    yield* this.#must(
      'PUT',
      `${this.#path}/manifests/${tag}`,
      new Headers({ 'Content-Type': DOCKER_MANIFEST }),
      manifest,
    );
    const { domain, path } = this.reference;
    yield* this.store.name(this.sys, image, { domain, path, digest });
    yield* this.progress.say({ status: `${tag}: digest: ${digest} size: ${manifest.length}` });
    yield* this.progress.say({ progressDetail: {}, aux: { Tag: tag, Digest: digest, Size: manifest.length } });
  }

  /** Makes sure that the registry has a layer in the repository. */
  *#layer(layer: Layer): Wait<Descriptor> {
    const id = shortId(layer.diffId);
    const origins = (yield* this.store.origins.of(this.sys, layer.diffId)).toReversed();
    const here = repositoryName(this.reference);
    for (const origin of origins.filter((o) => o.SourceRepository === here)) {
      const size = yield* this.#sizeOf(origin.Digest);
      if (size !== undefined) return yield* this.#done(layer, 'Layer already exists', origin.Digest, size);
      yield* this.store.origins.remove(this.sys, layer.diffId, origin);
    }
    const mounted = yield* this.#mount(layer, origins);
    if (mounted) return mounted;
    for (const digest of new Set(origins.map((o) => o.Digest))) {
      const size = yield* this.#sizeOf(digest);
      if (size !== undefined) return yield* this.#done(layer, 'Layer already exists', digest, size);
    }
    const source = new LayerSource(this.sys, this.store, layer, (bytes) =>
      this.progress.amount(id, 'Pushing', Math.min(bytes, layer.size), layer.size),
    );
    yield* this.#upload(source, () => source.digest);
    return yield* this.#done(layer, 'Pushed', source.digest, source.sent);
  }

  *#done(layer: Layer, status: string, digest: string, size: number): Wait<Descriptor> {
    yield* this.progress.step(shortId(layer.diffId), status);
    yield* this.store.origins.add(this.sys, layer.diffId, digest, this.reference);
    return { mediaType: DOCKER_LAYER, size, digest };
  }

  /** Takes the layer over from another repository of the same registry. */
  *#mount(layer: Layer, origins: readonly BlobOrigin[]): Wait<Descriptor | undefined> {
    const domain = `${this.reference.domain}/`;
    for (const { Digest, SourceRepository } of origins) {
      const from = SourceRepository.slice(domain.length);
      if (!SourceRepository.startsWith(domain) || from === this.reference.path) continue;
      const query = `mount=${encodeURIComponent(Digest)}&from=${encodeURIComponent(from)}`;
      const response = yield* this.#call('POST', `${this.#path}/blobs/uploads/?${query}`);
      const bytes = yield* response.bytes();
      response.close();
      if (response.status === 201) {
        const size = (yield* this.#sizeOf(Digest)) ?? 0;
        return yield* this.#done(layer, `Mounted from ${from}`, Digest, size);
      }
      if (isFailure(response.status)) throw pushFailure(failureOf(response.status, bytes));
      yield* this.#give(response.headers);
    }
    return undefined;
  }

  /** Gives up an upload that a mount began. */
  *#give(headers: Headers): Wait<void> {
    const response = yield* this.#call('DELETE', pathOf(headers.get('location') ?? ''));
    yield* response.bytes();
    response.close();
  }

  /** Bytes of a blob that the repository has; undefined where it has not. @throws ApiError where it may not be asked */
  *#sizeOf(digest: string): Wait<number | undefined> {
    const response = yield* this.#call('HEAD', `${this.#path}/blobs/${digest}`);
    yield* response.bytes();
    response.close();
    if (response.status === 200) return Number(response.headers.get('content-length') ?? 0);
    if (response.status === 404) return undefined;
    throw pushFailure(failureOf(response.status, new Uint8Array(0)));
  }

  *#upload(source: BodySource, digest: () => string): Wait<void> {
    const begun = yield* this.#must('POST', `${this.#path}/blobs/uploads/`);
    const octets = new Headers({ 'Content-Type': 'application/octet-stream' });
    const written = yield* this.#must('PATCH', pathOf(begun.get('location') ?? ''), octets, source);
    const last = pathOf(written.get('location') ?? '');
    const joint = last.includes('?') ? '&' : '?';
    yield* this.#must('PUT', `${last}${joint}digest=${encodeURIComponent(digest())}`);
  }
}

/** Path and query of a Location. */
const pathOf = (location: string): string => location.replace(/^https?:\/\/[^/]+/, '');

function bytesOf(bytes: Uint8Array): BodySource {
  let sent = false;
  return {
    length: bytes.length,
    *next() {
      if (sent) return undefined;
      sent = true;
      return bytes;
    },
  };
}

/** A layer's archive, compressed as it is read: the archive is written by a generator that is run a step at a time. */
class LayerSource implements BodySource {
  /** Bytes that went out. */
  sent = 0;
  readonly #gzip = new Gzip();
  readonly #hash: Hash;
  readonly #ready: Uint8Array[] = [];
  readonly #archive: Wait<number>;
  #read = 0;
  #ended = false;
  #digest = '';

  constructor(
    readonly sys: Sys,
    store: ImageStore,
    layer: Layer,
    readonly report: (bytes: number) => Wait<void>,
  ) {
    this.#hash = store.sha256.create();
    this.#archive = store.layers.tar(sys, layer, (bytes) => this.#take(bytes));
  }

  *#take(bytes: Uint8Array): Wait<boolean> {
    this.#read += bytes.length;
    this.#ready.push(...this.#gzip.push(bytes).map((piece) => piece.slice()));
    if (this.#ready.length > 0) yield;
    return true;
  }

  *next(): Wait<Uint8Array | undefined> {
    while (this.#ready.length === 0 && !this.#ended) {
      const step = this.#archive.next();
      if (!step.done) {
        if (this.#ready.length === 0) yield;
        continue;
      }
      if (step.value < 0) throw new ApiError('internal', 'the layer could not be read');
      this.#ended = true;
      this.#ready.push(...this.#gzip.finish());
    }
    yield* this.report(this.#read);
    const piece = this.#ready.shift();
    if (piece) {
      this.#hash.update(piece);
      this.sent += piece.length;
    }
    return piece;
  }

  /** Digest of what went out; only when all did. */
  get digest(): string {
    this.#digest ||= `sha256:${this.#hash.digestHex()}`;
    return this.#digest;
  }
}

/**
 * Pushes the tag that a reference names, or all tags of its repository where it names none.
 * @throws ApiError with the engine's words
 * @see moby distribution/push_v2.go
 */
export function* push(
  sys: Sys,
  store: ImageStore,
  reference: Reference,
  options: PushOptions,
  progress: Progress,
): Wait<void> {
  yield* progress.say({ status: `The push refers to repository [${repositoryName(reference)}]` });
  const names = reference.tag === undefined ? store.tagsOf(familiarName(reference)) : [familiarString(reference)];
  const work = new Push(sys, store, reference, options, progress);
  const found = names.flatMap((name) => {
    const image = store.find(name);
    return image ? [{ image, tag: name.slice(name.lastIndexOf(':') + 1) }] : [];
  });
  if (found.length === 0) {
    if (store.tagsOf(familiarName(reference)).length > 0)
      throw new ApiError('not-found', `tag does not exist: ${familiarString(reference)}`);
    throw new ApiError('not-found', `An image does not exist locally with the tag: ${familiarName(reference)}`);
  }
  for (const { image, tag } of found) yield* work.image(image, tag);
}
