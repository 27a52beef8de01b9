import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { parseRfc3339 } from '../../../lib/go-time.ts';
import { GoSlice, GoStruct } from '../../../lib/go-value.ts';
import { humanDuration, humanSize } from '../../../lib/units.ts';
import { command } from '../command.ts';
import { CONTAINERS, type ContainerSummary, containerRow } from '../format/container.ts';
import { formatRows, type Listing, rowValue } from '../format/formatter.ts';
import { IMAGES, type ImageSummary, imageRows } from '../format/image.ts';
import { VOLUMES, type VolumeSummary, volumeRow } from '../format/resources.ts';

interface CacheRecord {
  ID: string;
  Type: string;
  Description: string;
  InUse: boolean;
  Shared: boolean;
  Size: number;
  CreatedAt: string;
  LastUsedAt: string | null;
  UsageCount: number;
}

interface Usage {
  LayersSize: number;
  Images: ImageSummary[] | null;
  Containers: (ContainerSummary & { SizeRw?: number })[] | null;
  Volumes: VolumeSummary[] | null;
  BuildCache: CacheRecord[] | null;
}

const SUMMARY: Listing = {
  headers: {
    Type: 'TYPE',
    TotalCount: 'TOTAL',
    Active: 'ACTIVE',
    Size: 'SIZE',
    Reclaimable: 'RECLAIMABLE',
  },
};
const CACHE: Listing = {
  headers: {
    ID: 'CACHE ID',
    Parent: 'PARENT',
    CacheType: 'CACHE TYPE',
    Size: 'SIZE',
    CreatedSince: 'CREATED',
    LastUsedSince: 'LAST USED',
    UsageCount: 'USAGE',
    Shared: 'SHARED',
    InUse: 'IN USE',
    Description: 'DESCRIPTION',
  },
};
const SUMMARY_TABLE = 'table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';
const RAW =
  'type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n';
const IMAGE_TABLE =
  'table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}';
const CONTAINER_TABLE =
  'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}';
const VOLUME_TABLE = 'table {{.Name}}\t{{.Links}}\t{{.Size}}';
const CACHE_TABLE =
  'table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}';

export default command(function* (cli, flags) {
  const client = yield* cli.client();
  const usage = yield* client.json<Usage>('GET', '/system/df');
  const given = flags.text('format');
  if (!flags.bool('verbose')) {
    const format = given === '' || given === 'table' ? SUMMARY_TABLE : given === 'raw' ? RAW : given;
    yield* cli.out.write(formatRows(format, SUMMARY, summaryRows(usage)));
    return 0;
  }
  const now = Math.floor(cli.sys.now(CLOCK_REALTIME) / 1000);
  const custom = given !== '' && given !== 'table';
  const images = imageRows(usage.Images ?? [], IMAGE_TABLE, { digests: false, truncate: !custom, now });
  const containers = (usage.Containers ?? []).map((c) =>
    containerRow({ ...c, SizeRootFs: 0 }, { truncate: true, now }),
  );
  const volumes = (usage.Volumes ?? []).map((v) => volumeRow(v));
  const cache = [...(usage.BuildCache ?? [])].sort(byLastUse);
  const size = cache.reduce((sum, c) => sum + (c.Shared ? 0 : c.Size), 0);
  if (custom) {
    const rows = {
      Images: images,
      Containers: containers,
      Volumes: volumes,
      BuildCache: cache.map((c) => cacheRow(c, now)),
    };
    // The template of a verbose listing is written as it is, without a line end of its own.
    yield* cli.out.write(formatRows(given, SUMMARY, [verboseValue(rows)]).slice(0, -1));
    return 0;
  }
  yield* cli.out.write(
    `Images space usage:\n\n${formatRows(IMAGE_TABLE, IMAGES, images)}\n` +
      `Containers space usage:\n\n${formatRows(CONTAINER_TABLE, CONTAINERS, containers)}\n` +
      `Local Volumes space usage:\n\n${formatRows(VOLUME_TABLE, VOLUMES, volumes)}\n` +
      `Build cache usage: ${humanSize(size)}\n\n${formatRows(
        CACHE_TABLE,
        CACHE,
        cache.map((c) => cacheRow(c, now)),
      )}`,
  );
  return 0;
});

/** Oldest use first; those never used before them; then by id. */
function byLastUse(a: CacheRecord, b: CacheRecord): number {
  const [x, y] = [a.LastUsedAt ?? '', b.LastUsedAt ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return a.ID < b.ID ? -1 : 1;
}

/** What a template of `system df -v` sees: the four lists. */
const verboseValue = (lists: Readonly<Record<string, readonly GoStruct[]>>): GoStruct =>
  new GoStruct(
    '*formatter.diskUsageContext',
    Object.fromEntries(Object.entries(lists).map(([name, rows]) => [name, new GoSlice('[]*formatter.context', rows)])),
  );

interface Summary {
  type: string;
  total: number;
  active: number;
  size: number;
  reclaimable: number;
  percent: boolean;
}

function summaryRows({ LayersSize, Images, Containers, Volumes, BuildCache }: Usage): GoStruct[] {
  const images = Images ?? [];
  const used = images.filter((i) => (i.Containers ?? 0) > 0);
  // What images in use keep is their own part of the layers, plus what they share.
  const usedSize = used.reduce((sum, i) => {
    if (i.Size < 0 || (i.SharedSize ?? -1) < 0) return sum;
    return sum + i.Size - (i.SharedSize ?? 0);
  }, 0);
  const containers = Containers ?? [];
  const running = containers.filter((c) => /running|paused|restarting/.test(c.State));
  const sum = (list: readonly { SizeRw?: number }[]): number => list.reduce((n, c) => n + (c.SizeRw ?? 0), 0);
  const volumes = Volumes ?? [];
  const volumeSize = (list: readonly VolumeSummary[]): number =>
    list.reduce((n, v) => n + Math.max(0, v.UsageData?.Size ?? 0), 0);
  const free = volumes.filter((v) => (v.UsageData?.RefCount ?? 0) === 0);
  const cache = BuildCache ?? [];
  const cacheSize = (list: readonly CacheRecord[]): number => list.reduce((n, c) => n + (c.Shared ? 0 : c.Size), 0);
  const rows: Summary[] = [
    {
      type: 'Images',
      total: images.length,
      active: used.length,
      size: LayersSize,
      reclaimable: LayersSize - usedSize,
      percent: true,
    },
    {
      type: 'Containers',
      total: containers.length,
      active: running.length,
      size: sum(containers),
      reclaimable: sum(containers) - sum(running),
      percent: true,
    },
    {
      type: 'Local Volumes',
      total: volumes.length,
      active: volumes.length - free.length,
      size: volumeSize(volumes),
      reclaimable: volumeSize(free),
      percent: true,
    },
    {
      type: 'Build Cache',
      total: cache.length,
      active: cache.filter((c) => c.InUse).length,
      size: cacheSize(cache),
      reclaimable: cacheSize(cache.filter((c) => !c.InUse)),
      percent: false,
    },
  ];
  return rows.map((r) =>
    rowValue({
      type: `*formatter.diskUsage${r.type.replace('Local ', '').replace('Build Cache', 'Builder')}Context`,
      methods: {
        Type: () => r.type,
        TotalCount: () => String(r.total),
        Active: () => String(r.active),
        Size: () => humanSize(r.size),
        Reclaimable: () =>
          r.percent && r.size > 0
            ? `${humanSize(r.reclaimable)} (${Math.trunc((r.reclaimable * 100) / r.size)}%)`
            : humanSize(r.reclaimable),
      },
    }),
  );
}

function cacheRow(record: CacheRecord, now: number): GoStruct {
  const ago = (time: string | null): string =>
    time === null ? '' : `${humanDuration(now - parseRfc3339(time).sec)} ago`;
  return rowValue({
    type: '*formatter.buildCacheContext',
    methods: {
      ID: () => `${record.ID.slice(0, 12)}${record.InUse ? '*' : ''}`,
      CacheType: () => record.Type,
      Size: () => humanSize(record.Size, 3),
      CreatedSince: () => ago(record.CreatedAt),
      LastUsedSince: () => ago(record.LastUsedAt),
      UsageCount: () => String(record.UsageCount),
      Shared: () => String(record.Shared),
      InUse: () => String(record.InUse),
      Description: () => record.Description,
    },
  });
}
