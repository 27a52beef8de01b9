import { ApiError } from '../../api/errors.ts';
import {
  DistributionInspect,
  type DistributionInspectResult,
  ImageSearch,
  type SearchResult,
} from '../../api/image.ts';
import { Headers } from '../../lib/http-headers.ts';
import type { Platform } from '../../lib/platform.ts';
import { tagNameOnly } from '../../lib/reference.ts';
import { decode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { checkFilterNames } from '../container/filters.ts';
import type { Call } from '../server/call.ts';
import { isTrue, readInt } from '../server/params.ts';
import { type Route, serve } from '../server/serve.ts';
import { requireReference } from './image-store.ts';
import { type ImageConfig, type Index, isIndexType, type Manifest } from './oci.ts';
import { pullFailure, RegistryClient, readAuth, request } from './registry-client.ts';

const SEARCH_HOST = 'index.docker.io';
const SEARCH_FILTERS = new Set(['is-automated', 'is-official', 'stars']);
const SEARCH_MAX = 100;
const SEARCH_USUAL = 25;

/** What is asked of registries without pulling anything. */
export const distributionRoutes: Route[] = [serve(DistributionInspect, inspectRemote), serve(ImageSearch, search)];

/** The descriptor of a name in its registry, and the platforms that it is for. @throws ApiError */
function* inspectRemote(call: Call, { name }: { name: string }): Wait<DistributionInspectResult> {
  const { sys, daemon } = call;
  const given = requireReference(name);
  const reference = tagNameOnly(given);
  const auth = readAuth(call.header('x-registry-auth'));
  const client = new RegistryClient(sys, reference, auth, daemon.registries.insecure, 'pull');
  yield* client.ping();
  const got = yield* client.manifest(reference.digest ?? reference.tag!);
  if ('status' in got) throw remoteFailure(pullFailure(got, reference), got.status);
  const document = JSON.parse(decode(got.bytes)) as (Index | Manifest) & { mediaType?: string };
  const mediaType = document.mediaType ?? got.mediaType;
  const descriptor = { mediaType, digest: `sha256:${daemon.sha256.hex(got.bytes)}`, size: got.bytes.length };
  if (isIndexType(mediaType))
    return { Descriptor: descriptor, Platforms: (document as Index).manifests.flatMap((m) => m.platform ?? []) };
  const blob = yield* client.blob((document as Manifest).config.digest);
  if (!('head' in blob)) throw pullFailure(blob, reference);
  const config = JSON.parse(decode(yield* blob.bytes())) as ImageConfig;
  blob.close();
  const platform: Platform = {
    architecture: config.architecture,
    os: config.os,
    ...(config.variant ? { variant: config.variant } : {}),
  };
  return { Descriptor: descriptor, Platforms: [platform] };
}

/** Clients tell "you may not" from "it is not there" by the status. */
function remoteFailure(error: ApiError, status: number): ApiError {
  return status === 401 || status === 403 ? new ApiError('forbidden', error.message) : error;
}

/** Searches Docker Hub. @throws ApiError */
function* search(
  call: Call,
  { term = '', limit = '', filters = {} }: { term?: string; limit?: string; filters?: Record<string, string[]> },
): Wait<SearchResult[]> {
  const count = limit === '' ? SEARCH_USUAL : readInt(limit) || SEARCH_USUAL;
  if (count < 1 || count > SEARCH_MAX)
    throw new ApiError('invalid-parameter', `limit ${count} is outside the range of [1, ${SEARCH_MAX}]`);
  checkFilterNames(filters, SEARCH_FILTERS);
  const stars = filters.stars?.[0] === undefined ? 0 : Number(filters.stars[0]);
  if (!Number.isInteger(stars)) throw new ApiError('invalid-parameter', `invalid filter 'stars=${filters.stars![0]}'`);
  const official = flag(filters, 'is-official');
  // nothing is made automatically any more
  if (flag(filters, 'is-automated') === true) return [];
  const path = `/v1/search?q=${encodeURIComponent(term).replaceAll('%20', '+')}&n=${count}`;
  const target = { scheme: 'https', host: SEARCH_HOST, insecure: false } as const;
  const url = `https://${SEARCH_HOST}${path}`;
  const response = yield* request(call.sys, target, 'GET', path, new Headers(), undefined, url);
  const text = yield* response.text();
  response.close();
  if (response.status !== 200) throw new ApiError('internal', `Unexpected status code ${response.status}`);
  const { results = [] } = JSON.parse(text) as { results?: SearchResult[] };
  return results
    .filter((r) => r.star_count >= stars && (official === undefined || r.is_official === official))
    .map((r) => ({ ...r, is_automated: false }));
}

function flag(filters: Record<string, string[]>, name: string): boolean | undefined {
  const value = filters[name]?.[0];
  if (value === undefined) return undefined;
  if (!/^(1|0|true|false)$/.test(value)) throw new ApiError('invalid-parameter', `invalid filter '${name}=[${value}]'`);
  return isTrue(value);
}
