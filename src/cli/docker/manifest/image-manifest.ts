import { fromBase64, toBase64 } from '../../../lib/base64.ts';
import { Headers } from '../../../lib/http-headers.ts';
import {
  formatReference,
  InvalidReference,
  parseReference,
  type Reference,
  tagNameOnly,
} from '../../../lib/reference.ts';
import { decode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { Registry, RegistryError } from '../../../libc/registry.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { type Descriptor, isList, type ManifestDocument } from '../registry/manifests.ts';
import { HUB } from '../registry-auth.ts';

const AGENT = 'Docker-Client/28.5.2 (linux)';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** What is known of one image's manifest: a file of ~/.docker/manifests, and what `inspect -v` prints. */
export interface ImageManifest {
  Ref: string;
  Descriptor: Descriptor & { platform?: Platform };
  /** The manifest's bytes in base64. */
  Raw: string;
  SchemaV2Manifest?: ManifestDocument;
  OCIManifest?: ManifestDocument;
}

export interface Platform {
  architecture: string;
  os: string;
  'os.version'?: string;
  'os.features'?: string[];
  variant?: string;
}

/** A platform with its fields in their order. */
export const orderedPlatform = (p: Platform): Platform => ({
  architecture: p.architecture,
  os: p.os,
  ...(p['os.version'] ? { 'os.version': p['os.version'] } : {}),
  ...(p['os.features'] && p['os.features'].length > 0 ? { 'os.features': p['os.features'] } : {}),
  ...(p.variant ? { variant: p.variant } : {}),
});

/** @throws CliError for a name that is none */
export function manifestReference(text: string): Reference {
  try {
    return tagNameOnly(parseReference(text));
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(error.message);
    throw error;
  }
}

export const rawBytes = (manifest: ImageManifest): Uint8Array => fromBase64(manifest.Raw) ?? new Uint8Array(0);

const noSuch = (reference: Reference): CliError => new CliError(`no such manifest: ${formatReference(reference)}`);

/** A repository as `docker manifest` reaches it. Without --insecure nothing is said in the clear. */
export class ManifestRepository {
  readonly #registry: Registry;

  constructor(
    readonly cli: Cli,
    readonly reference: Reference,
    readonly insecure: boolean,
    actions: string,
  ) {
    const { domain } = reference;
    const auth = cli.config.auth(domain === 'docker.io' ? HUB : domain);
    this.#registry = new Registry(cli.sys, reference, auth, insecure ? [domain] : [], actions, undefined, AGENT);
  }

  /** Fetches one image's manifest, or those of a list. @throws CliError */
  *fetch(): Wait<ImageManifest | ImageManifest[]> {
    const { reference } = this;
    const { bytes, mediaType } = yield* this.#manifest(reference.digest ?? reference.tag!);
    if (!isList(mediaType)) return yield* this.#image(formatReference(reference), bytes, mediaType);
    const out: ImageManifest[] = [];
    const { manifests = [] } = JSON.parse(decode(bytes)) as ManifestDocument;
    for (const { digest, platform } of manifests) {
      const one = yield* this.#manifest(digest);
      const image = yield* this.#image(`${formatReference(reference)}@${digest}`, one.bytes, one.mediaType);
      if (platform) image.Descriptor.platform = orderedPlatform(platform);
      out.push(image);
    }
    return out;
  }

  *#manifest(name: string): Wait<{ bytes: Uint8Array; mediaType: string }> {
    yield* this.#open();
    const got = yield* this.#registry.manifest(name);
    if (!('status' in got)) return got;
    if (got.status === 404 || got.status === 401 || got.status === 403) throw noSuch(this.reference);
    throw new CliError(`${got.code.toLowerCase().replaceAll('_', ' ')}: ${got.message}`);
  }

  /** @throws CliError where there is no registry, or none that is to be spoken to */
  *#open(): Wait<void> {
    try {
      yield* this.#registry.ping();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (error.message.includes('server gave HTTP response to HTTPS client')) throw noSuch(this.reference);
      throw new CliError(error.message);
    }
    if (!this.insecure && this.#registry.url.startsWith('http:')) throw noSuch(this.reference);
  }

  *#image(ref: string, bytes: Uint8Array, mediaType: string): Wait<ImageManifest> {
    const document = JSON.parse(decode(bytes)) as ManifestDocument;
    const type = document.mediaType ?? mediaType;
    if (!document.config) throw new CliError(`${ref} is not a manifest`);
    const blob = yield* this.#registry.blob(document.config.digest);
    if (!('head' in blob)) throw new CliError(`${blob.code.toLowerCase().replaceAll('_', ' ')}: ${blob.message}`);
    const config = JSON.parse(decode(yield* blob.bytes())) as Platform;
    blob.close();
    const platform = orderedPlatform(config);
    return {
      Ref: ref,
      Descriptor: { mediaType: type, digest: `sha256:${this.cli.sha256.hex(bytes)}`, size: bytes.length, platform },
      Raw: toBase64(bytes),
      ...(type === OCI_MANIFEST ? { OCIManifest: document } : { SchemaV2Manifest: document }),
    };
  }

  /** Lets a blob of another repository be in this one. @throws CliError */
  *mount(digest: string, from: string): Wait<void> {
    yield* this.#open();
    const { path } = this.reference;
    const query = `mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`;
    const response = yield* this.#registry.call('POST', `/v2/${path}/blobs/uploads/?${query}`, new Headers());
    yield* response.bytes();
    response.close();
    if (response.status === 201) return;
    const { domain } = this.reference;
    throw new CliError(`error mounting ${domain}/${from}@${digest} to ${formatReference(this.reference)}`);
  }

  /** Stores a manifest. @throws CliError */
  *put(name: string, bytes: Uint8Array, mediaType: string): Wait<void> {
    yield* this.#open();
    const headers = new Headers([['Content-Type', mediaType]]);
    const response = yield* this.#registry.call('PUT', `/v2/${this.reference.path}/manifests/${name}`, headers, bytes);
    const text = yield* response.text();
    response.close();
    if (response.status === 201) return;
    throw new CliError(`failed to put manifest ${formatReference(this.reference)}: ${refusal(text, response.status)}`);
  }
}

function refusal(text: string, status: number): string {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: { code: string; message: string }[] };
    if (errors[0]) return `${errors[0].code.toLowerCase().replaceAll('_', ' ')}: ${errors[0].message}`;
  } catch {
    // no document of errors
  }
  return `unexpected status ${status}`;
}

/** The list of some images, as it is shown and pushed. */
export function manifestList(images: readonly ImageManifest[]): { bytes: string; mediaType: string } {
  const oci = images[0]?.Descriptor.mediaType === OCI_MANIFEST;
  const mediaType = oci
    ? 'application/vnd.oci.image.index.v1+json'
    : 'application/vnd.docker.distribution.manifest.list.v2+json';
  const manifests = images.map(({ Descriptor: d }) => ({
    mediaType: d.mediaType || DOCKER_MANIFEST,
    size: d.size,
    digest: d.digest,
    platform: d.platform,
  }));
  return { bytes: JSON.stringify({ schemaVersion: 2, mediaType, manifests }, null, 3), mediaType };
}
