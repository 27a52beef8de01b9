import { decode } from '../../../lib/utf8.ts';
import type { SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Call } from './call.ts';
import { type Problem, RegistryError, refuse } from './errors.ts';
import { isDigest } from './storage.ts';

const SCHEMA2 = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Largest manifest, bytes. */
const MANIFEST_MAX = 4 * 1024 * 1024;

interface Descriptor {
  digest?: string;
  mediaType?: string;
  urls?: string[];
  platform?: { architecture?: string; os?: string };
}

interface Document {
  mediaType?: string;
  artifactType?: string;
  annotations?: Record<string, string>;
  /** The manifest that this one says something about. */
  subject?: Descriptor;
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
}

/** The media type that a stored manifest is of. */
function typeOf(document: Document): string {
  return document.mediaType ?? (document.manifests ? INDEX : OCI);
}

/** The detail of Go's JSON errors: where the text stopped to be JSON. */
function parseDocument(bytes: Uint8Array): Document | undefined {
  try {
    const value = JSON.parse(decode(bytes)) as unknown;
    return typeof value === 'object' && value !== null ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}

/** The digest that the reference stands for. @throws RegistryError */
function* digestOf(call: Call): Wait<string> {
  if (isDigest(call.reference)) return call.reference;
  const digest = yield* call.registry.storage.resolveTag(call.sys, call.name, call.reference);
  if (digest === undefined)
    throw refuse(
      'MANIFEST_UNKNOWN',
      call.registry.major >= 3 ? `unknown tag=${call.reference}` : { Tag: call.reference },
    );
  return digest;
}

/** Reads a manifest that the repository has. @throws RegistryError */
function* load(call: Call, digest: string): Wait<{ bytes: Uint8Array; document: Document }> {
  const { sys, registry, name } = call;
  const known = registry.storage.hasRevision(sys, name, digest) || registry.storage.hasLayer(sys, name, digest);
  const bytes = known ? yield* registry.storage.readBlob(sys, digest) : undefined;
  if (!bytes)
    throw refuse(
      'MANIFEST_UNKNOWN',
      registry.major >= 3 ? `unknown manifest name=${name} revision=${digest}` : { Name: name, Revision: digest },
    );
  const document = parseDocument(bytes);
  if (!document) throw refuse('UNKNOWN', { Offset: 1 });
  return { bytes, document };
}

/** GET and HEAD of a manifest by tag or digest, in a form that the client takes. */
export function* getManifest(call: Call): Wait<SiteResponse> {
  const { head } = call.request;
  const accepted = new Set(
    head.headers.getAll('accept').flatMap((field) => field.split(',').map((type) => type.split(';')[0]!.trim())),
  );
  let digest = yield* digestOf(call);
  if (head.headers.getAll('if-none-match').some((tag) => tag === digest || tag === `"${digest}"`))
    return { status: 304 };
  let { bytes, document } = yield* load(call, digest);
  let type = typeOf(document);
  if (type === OCI && !accepted.has(OCI))
    throw unknown('OCI manifest found, but accept header does not support OCI manifests');
  if (type === INDEX && !accepted.has(INDEX))
    throw unknown('OCI index found, but accept header does not support OCI indexes');
  if (type === LIST && !accepted.has(LIST) && !isDigest(call.reference)) {
    const own = document.manifests?.find((m) => m.platform?.architecture === 'amd64' && m.platform.os === 'linux');
    if (!own?.digest) throw refuse('MANIFEST_UNKNOWN');
    digest = own.digest;
    ({ bytes, document } = yield* load(call, digest));
    type = typeOf(document);
  }
  if (type === SCHEMA2 && !accepted.has(SCHEMA2) && !isDigest(call.reference)) throw refuse('MANIFEST_INVALID', {});
  return {
    status: 200,
    headers: [
      ['Content-Length', String(bytes.length)],
      ['Content-Type', type],
      ['Docker-Content-Digest', digest],
      ['Etag', `"${digest}"`],
    ],
    body: bytes,
  };
}

const unknown = (message: string): RegistryError => new RegistryError({ code: 'MANIFEST_UNKNOWN', message });

/** PUT: checks a manifest, stores it, and lets the tag stand for it. */
export function* putManifest(call: Call): Wait<SiteResponse> {
  const { sys, registry, name, reference } = call;
  const bytes = yield* call.request.body.bytes(MANIFEST_MAX);
  if (!bytes) throw refuse('MANIFEST_INVALID', 'image manifest PUT: payload too large');
  const type = call.request.head.headers.get('content-type') ?? '';
  const document = parseDocument(bytes);
  if (!document) throw refuse('MANIFEST_INVALID', { Offset: Math.max(1, bytes.length) });
  if (![SCHEMA2, LIST, OCI, INDEX].includes(type) || (document.mediaType ?? type) !== type)
    throw refuse('MANIFEST_INVALID', {});
  const digest = `sha256:${registry.hash.hex(bytes)}`;
  if (reference.includes(':') && reference !== digest) throw refuse('DIGEST_INVALID');
  const missing = unknownReferences(call, document);
  if (missing.length > 0) throw new RegistryError(...missing);
  yield* registry.storage.putRevision(sys, name, digest, bytes);
  if (!isDigest(reference)) yield* registry.storage.tag(sys, name, reference, digest);
  return {
    status: 201,
    headers: [
      ['Docker-Content-Digest', digest],
      ['Location', `${call.origin}/v2/${name}/manifests/${digest}`],
      ...(registry.major >= 3 && document.subject?.digest ? [['OCI-Subject', document.subject.digest] as const] : []),
    ],
  };
}

/** What a manifest names and the repository has not. */
function unknownReferences(call: Call, document: Document): Problem[] {
  const { sys, registry, name } = call;
  const { storage } = registry;
  const lacking = (d: Descriptor, has: (digest: string) => boolean): Problem[] =>
    isDigest(d.digest ?? '') && has(d.digest!) ? [] : [{ code: 'MANIFEST_BLOB_UNKNOWN', detail: d.digest ?? '' }];
  if (document.manifests)
    return document.manifests.flatMap((d) => lacking(d, (digest) => storage.hasRevision(sys, name, digest)));
  const blobs = [...(document.config ? [document.config] : []), ...(document.layers ?? [])];
  return blobs
    .filter((d) => !d.urls?.length)
    .flatMap((d) => lacking(d, (digest) => storage.hasLayer(sys, name, digest)));
}

/** DELETE: of a revision and the tags that stand for it; of a tag alone since version 3. */
export function* deleteManifest(call: Call): Wait<SiteResponse> {
  const { sys, registry, name, reference } = call;
  const { storage } = registry;
  if (!registry.config.deletes) throw refuse('UNSUPPORTED');
  if (!isDigest(reference)) {
    if (registry.major < 3) throw refuse('DIGEST_INVALID');
    if (!storage.untag(sys, name, reference)) throw refuse('MANIFEST_UNKNOWN', `unknown tag=${reference}`);
    return { status: 202 };
  }
  if (!storage.hasRevision(sys, name, reference)) throw refuse('MANIFEST_UNKNOWN');
  storage.unlinkRevision(sys, name, reference);
  for (const tag of storage.listTags(sys, name) ?? [])
    if ((yield* storage.resolveTag(sys, name, tag)) === reference) storage.untag(sys, name, tag);
  return { status: 202 };
}

/** GET of what says something about a manifest: an index of their descriptors. @see OCI distribution-spec v1.1, "Listing Referrers" */
export function* getReferrers(call: Call): Wait<SiteResponse> {
  const { sys, registry, name, reference } = call;
  const wanted = call.request.query.get('artifactType');
  const manifests: object[] = [];
  for (const digest of registry.storage.listRevisions(sys, name)) {
    const bytes = yield* registry.storage.readBlob(sys, digest);
    const document = bytes && parseDocument(bytes);
    if (!bytes || document?.subject?.digest !== reference) continue;
    const artifactType = document.artifactType ?? document.config?.mediaType;
    if (wanted && artifactType !== wanted) continue;
    const { annotations } = document;
    manifests.push({ mediaType: typeOf(document), digest, size: bytes.length, artifactType, annotations });
  }
  const filtered: readonly (readonly [string, string])[] = wanted ? [['OCI-Filters-Applied', 'artifactType']] : [];
  return {
    status: 200,
    headers: [['Content-Type', INDEX], ...filtered],
    body: JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }),
  };
}
