import type { Sys } from '../../abi/sys.ts';
import type { ContainerSummary } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import type { BuildCacheRecord, DiskUsage } from '../../api/system.ts';
import type { Volume } from '../../api/volume.ts';
import type { Wait } from '../../libc/io.ts';
import type { CacheRecord } from '../build/cache.ts';
import { now } from '../clock.ts';
import { listContainers } from '../container/list.ts';
import type { Daemon } from '../daemon.ts';
import { listImages } from '../image/list.ts';
import { directorySize } from '../snapshot/changes.ts';

const TYPES = ['container', 'image', 'volume', 'build-cache'];

/** What GET /system/df says. @param types which of its parts; undefined: all. @throws ApiError */
export function* diskUsage(sys: Sys, daemon: Daemon, types: string[] | undefined): Wait<DiskUsage> {
  for (const type of types ?? [])
    if (!TYPES.includes(type)) throw new ApiError('invalid-parameter', `unknown object type: ${type}`);
  const wants = (type: string): boolean => types === undefined || types.length === 0 || types.includes(type);
  const images = daemon.imageStore.all();
  const layers = new Map<string, number>();
  for (const image of images)
    for (let layer = image.topLayer; layer; layer = layer.parent) layers.set(layer.chainId, layer.size);
  const count = (id: string): number => daemon.containers.using(id).length;
  return {
    LayersSize: wants('image') ? [...layers.values()].reduce((sum, size) => sum + size, 0) : 0,
    Images: wants('image')
      ? listImages(daemon.imageStore, {}, now(sys).sec, count, { all: false, sharedSize: true } as never)
      : null,
    Containers: wants('container') ? yield* containers(sys, daemon) : null,
    Volumes: wants('volume') ? yield* volumes(sys, daemon) : null,
    BuildCache: wants('build-cache') ? (yield* daemon.buildCache.records(sys)).map(shownRecord) : null,
  };
}

/** A record of the build cache as the API has it. */
const shownRecord = (record: CacheRecord): BuildCacheRecord => ({
  ID: record.id,
  Type: record.kind,
  Description: record.description,
  InUse: record.inUse,
  Shared: record.shared,
  Size: record.size,
  CreatedAt: record.created,
  LastUsedAt: record.lastUsed,
  UsageCount: record.used,
});

const containers = (sys: Sys, daemon: Daemon): Wait<ContainerSummary[]> =>
  listContainers(sys, daemon, { all: true, size: true });

function* volumes(sys: Sys, daemon: Daemon): Wait<Volume[]> {
  const out: Volume[] = [];
  for (const v of daemon.volumes.all())
    out.push({
      ...daemon.volumes.shown(v),
      UsageData: { RefCount: v.users.size, Size: yield* directorySize(sys, daemon.volumes.mountpoint(v)) },
    });
  return out;
}
