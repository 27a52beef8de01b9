import { ApiError } from '../../api/errors.ts';
import type { Filters } from '../../api/filters.ts';
import type { ImageHistoryItem, ImageInspectResult, ImageSummary } from '../../api/image.ts';
import { parseDuration } from '../../lib/go-duration.ts';
import { BadPattern, goMatch } from '../../lib/go-match.ts';
import { parseRfc3339 } from '../../lib/go-time.ts';
import type { Image, ImageStore } from './image-store.ts';
import type { Layer } from './layer-store.ts';

const KNOWN = new Set(['dangling', 'label', 'before', 'since', 'reference', 'until']);
const ZERO = '0001-01-01T00:00:00Z';

/** Seconds since the Epoch at which an image was made. */
export function createdAt(image: Image): number {
  const text = image.config.created;
  if (!text) return 0;
  const t = parseRfc3339(text);
  return t.sec + t.nsec / 1e9;
}

/** A yes or no among the filters. @throws ApiError */
export function flagFilter(filters: Filters, name: string): boolean | undefined {
  const values = filters[name];
  if (values === undefined || values.length === 0) return undefined;
  const value = values[0]!.toLowerCase();
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new ApiError('invalid-parameter', `invalid filter '${name}=[${values.join(' ')}]'`);
}

/** The list of images, newest first. @throws ApiError for filters that are none */
export function listImages(
  store: ImageStore,
  filters: Filters,
  now: number,
  containers: (id: string) => number,
  options: { all: boolean; shared: boolean },
): ImageSummary[] {
  for (const name of Object.keys(filters))
    if (!KNOWN.has(name)) throw new ApiError('invalid-parameter', `invalid filter '${name}'`);
  const dangling = flagFilter(filters, 'dangling');
  const edge = (name: 'before' | 'since', pick: (a: number, b: number) => number): number | undefined => {
    let out: number | undefined;
    for (const text of filters[name] ?? []) {
      const at = createdAt(store.get(text));
      out = out === undefined ? at : pick(out, at);
    }
    return out;
  };
  const before = edge('before', Math.min);
  const since = edge('since', Math.max);
  const until = filters.until?.[0] === undefined ? undefined : pointInTime(filters.until[0], now);
  const rows: ImageSummary[] = [];
  for (const image of store.all()) {
    const created = createdAt(image);
    if (before !== undefined && created >= before) continue;
    if (since !== undefined && created <= since) continue;
    if (until !== undefined && created >= until) continue;
    if (!labelsFit(image, filters.label ?? [])) continue;
    let tags = store.tags(image.id);
    let digests = store.digests(image.id);
    if (filters.reference) {
      const fits = (name: string): boolean => filters.reference!.some((pattern) => referenceFits(pattern, name));
      tags = tags.filter(fits);
      digests = digests.filter(fits);
      if (tags.length === 0 && digests.length === 0) continue;
    }
    const isDangling = tags.length === 0 && digests.length === 0;
    if (dangling !== undefined && dangling !== (tags.length === 0)) continue;
    if (isDangling && store.children(image.id).length > 0 && !options.all) continue;
    rows.push({
      Containers: containers(image.id),
      Created: Math.floor(created),
      Id: image.id,
      Labels: image.config.config?.Labels ?? null,
      ParentId: image.parent ?? '',
      RepoDigests: digests,
      RepoTags: tags,
      SharedSize: options.shared ? sharedSize(store, image) : -1,
      Size: image.size,
    });
  }
  const exact = new Map(store.all().map((image) => [image.id, createdAt(image)]));
  return rows.sort((a, b) => exact.get(b.Id)! - exact.get(a.Id)!);
}

/** `until`: a time, or a duration before now. @throws ApiError */
export function pointInTime(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  try {
    return now - parseDuration(text) / 1e9;
  } catch {
    // no duration: a time
  }
  try {
    return parseRfc3339(text).sec;
  } catch {
    throw new ApiError('internal', `failed to parse value as time or duration: "${text}"`);
  }
}

export function labelsFit(image: Image, wanted: readonly string[]): boolean {
  const labels = image.config.config?.Labels ?? {};
  return wanted.every((text) => {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    return key in labels && (equals < 0 || labels[key] === text.slice(equals + 1));
  });
}

/** The `reference` filter: a pattern against the name with and without its tag, as path.Match. */
function referenceFits(pattern: string, name: string): boolean {
  const bare = name.replace(/(@sha256:[0-9a-f]+|:[^/:]+)$/, '');
  try {
    return goMatch(pattern, name) || goMatch(pattern, bare);
  } catch (error) {
    if (error instanceof BadPattern) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}

function sharedSize(store: ImageStore, image: Image): number {
  let shared = 0;
  for (let layer: Layer | undefined = image.topLayer; layer; layer = layer.parent) {
    const mine = layer;
    const others = store.all().filter((other) => other !== image && hasLayer(other, mine)).length;
    if (others > 0) shared += layer.size;
  }
  return shared;
}

function hasLayer(image: Image, wanted: Layer): boolean {
  for (let layer: Layer | undefined = image.topLayer; layer; layer = layer.parent) if (layer === wanted) return true;
  return false;
}

/** GET /images/{name}/json. */
export function inspectImage(
  store: ImageStore,
  image: Image,
  layerDir: (cacheId: string) => string,
  lowers: string[],
): ImageInspectResult {
  const { config } = image;
  const data: Record<string, string> = {};
  if (image.topLayer) {
    const dir = layerDir(image.topLayer.cacheId);
    if (lowers.length > 0) data.LowerDir = lowers.join(':');
    data.MergedDir = `${dir}/merged`;
    data.UpperDir = `${dir}/diff`;
    data.WorkDir = `${dir}/work`;
  }
  const c = config.config ?? {};
  return {
    Id: image.id,
    RepoTags: store.tags(image.id),
    RepoDigests: store.digests(image.id),
    Parent: image.parent ?? '',
    Comment: config.comment ?? config.history?.at(-1)?.comment ?? '',
    ...(config.created === undefined ? {} : { Created: config.created }),
    DockerVersion: config.docker_version ?? '',
    Author: config.author ?? '',
    Architecture: config.architecture,
    ...(config.variant ? { Variant: config.variant } : {}),
    Os: config.os,
    Size: image.size,
    GraphDriver: { Data: data, Name: 'overlay2' },
    RootFS: {
      Type: config.rootfs.type,
      ...(config.rootfs.diff_ids.length > 0 ? { Layers: config.rootfs.diff_ids } : {}),
    },
    Metadata: { LastTagTime: image.lastTagTime || ZERO },
    Config: {
      ...(c.ArgsEscaped ? { ArgsEscaped: true } : {}),
      Cmd: c.Cmd ?? null,
      Entrypoint: c.Entrypoint ?? null,
      Env: c.Env ?? null,
      ...(c.ExposedPorts ? { ExposedPorts: c.ExposedPorts } : {}),
      ...(c.Healthcheck ? { Healthcheck: c.Healthcheck } : {}),
      Labels: c.Labels ?? null,
      OnBuild: c.OnBuild ?? null,
      ...(c.Shell ? { Shell: c.Shell } : {}),
      ...(c.StopSignal ? { StopSignal: c.StopSignal } : {}),
      User: c.User ?? '',
      Volumes: c.Volumes ?? null,
      WorkingDir: c.WorkingDir ?? '',
    },
  };
}

/** GET /images/{name}/history: newest first. */
export function imageHistory(store: ImageStore, image: Image): ImageHistoryItem[] {
  const layers: Layer[] = [];
  for (let layer = image.topLayer; layer; layer = layer.parent) layers.unshift(layer);
  const items: ImageHistoryItem[] = [];
  let at = 0;
  for (const entry of image.config.history ?? []) {
    const size = entry.empty_layer ? 0 : (layers[at++]?.size ?? 0);
    const created = entry.created ? parseRfc3339(entry.created).sec : 0;
    items.unshift({
      Comment: entry.comment ?? '',
      Created: created,
      CreatedBy: entry.created_by ?? '',
      Id: '<missing>',
      Size: size,
      Tags: null,
    });
  }
  let owner: Image | undefined = image;
  for (const item of items) {
    if (!owner) break;
    item.Id = owner.id;
    const tags = store.tags(owner.id);
    item.Tags = tags.length > 0 ? tags : null;
    owner = owner.parent === undefined ? undefined : store.byId(owner.parent);
  }
  return items;
}
