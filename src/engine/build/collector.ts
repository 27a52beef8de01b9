import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { StatFs } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { parseDuration } from '../../lib/go-duration.ts';
import { GoError } from '../../lib/go-value.ts';
import { ramInBytes } from '../../lib/units.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import type { CacheRecord } from './cache.ts';
import { CacheFilterError, cacheFilter } from './cache-filter.ts';
import type { KeepOptions } from './keep-bytes.ts';

/** A rule by which the build cache is kept small. */
export interface GcPolicy extends KeepOptions {
  /** Internal records too. */
  all: boolean;
  /** Milliseconds; 0: no matter. */
  keepDuration: number;
  /** Conditions: any of them, each with all of its parts. */
  filters: readonly string[];
}

/** What daemon.json may say: `builder.gc`. */
interface GcSettings {
  enabled?: boolean;
  defaultKeepStorage?: string;
  defaultReservedSpace?: string;
  defaultMaxUsedSpace?: string;
  defaultMinFreeSpace?: string;
  policy?: {
    all?: boolean;
    keepDuration?: string;
    keepStorage?: string;
    reservedSpace?: string;
    maxUsedSpace?: string;
    minFreeSpace?: string;
    filter?: string[];
  }[];
}

const HOUR = 3_600_000;
/** Between two collections: milliseconds. */
const PAUSE = 60_000;
const NANOSECONDS = 1e6;
const GIB = 2 ** 30;
/** Per cent of the space for all that easily fetched data may take for a while: e π φ, as moby has it. */
const TEMPORARY = 13.817580227176492;
const TEMPORARY_MIN = 512e6;
const TEMPORARY_FILTER = 'type==source.local,type==exec.cachemount,type==source.git.checkout';

/** A share of the disk as the builder rounds it. */
const share = (total: number, percent: number): number => (Math.floor((total * percent) / 100 / GIB) + 1) * 1e9;

/**
 * The rules that hold: those of daemon.json, else the usual ones for the disk's size.
 * @see moby builder/builder-next/worker/gc.go, builder/builder-next/controller.go getGCPolicy
 */
export function gcPolicies(sys: Sys, daemon: Daemon): GcPolicy[] {
  try {
    const policies = readPolicies(sys, daemon);
    for (const { filters } of policies) cacheFilter(filters);
    return policies;
  } catch (error) {
    // what cannot be read is no rule
    if (error instanceof GoError || error instanceof CacheFilterError) return [];
    throw error;
  }
}

function readPolicies(sys: Sys, daemon: Daemon): GcPolicy[] {
  const settings = daemon.config.builderGc as GcSettings;
  if (settings.enabled === false) return [];
  const disk = new StatFs();
  sys.statfs(daemon.root, disk);
  const total = disk.blocks * disk.bsize;
  const reserved = settings.defaultReservedSpace ?? settings.defaultKeepStorage;
  const own = reserved ?? settings.defaultMaxUsedSpace ?? settings.defaultMinFreeSpace;
  const space: KeepOptions =
    own === undefined
      ? { reservedSpace: share(total, 10), maxUsedSpace: share(total, 80), minFreeSpace: share(total, 20) }
      : {
          reservedSpace: bytes(reserved),
          maxUsedSpace: bytes(settings.defaultMaxUsedSpace),
          minFreeSpace: bytes(settings.defaultMinFreeSpace),
        };
  if (settings.policy)
    return settings.policy.map((rule) => ({
      all: rule.all ?? false,
      keepDuration: rule.keepDuration === undefined ? 0 : parseDuration(rule.keepDuration) / NANOSECONDS,
      filters: (rule.filter ?? []).map((text) => text.replace(/^([^=!~]+)=([^=])/, '$1==$2')),
      reservedSpace: bytes(rule.reservedSpace ?? rule.keepStorage) || space.reservedSpace,
      maxUsedSpace: bytes(rule.maxUsedSpace),
      minFreeSpace: bytes(rule.minFreeSpace),
    }));
  const temporary = Math.max(TEMPORARY_MIN, Math.round((space.reservedSpace / 100) * TEMPORARY));
  const rule = { all: false, keepDuration: 0, filters: [], ...space };
  return [
    {
      ...rule,
      keepDuration: 48 * HOUR,
      filters: [TEMPORARY_FILTER],
      reservedSpace: 0,
      maxUsedSpace: temporary,
      minFreeSpace: 0,
    },
    { ...rule, keepDuration: 60 * 24 * HOUR },
    rule,
    { ...rule, all: true },
  ];
}

const bytes = (text: string | undefined): number => (text ? ramInBytes(text) : 0);

/** Makes the build cache as small as the rules ask for, at most once a minute. */
export function* collectGarbage(sys: Sys, daemon: Daemon): Wait<void> {
  const now = sys.now(CLOCK_REALTIME);
  const { buildCache } = daemon;
  if (now - buildCache.collectedAt < PAUSE) return;
  buildCache.collectedAt = now;
  for (const { all, keepDuration, filters, ...space } of gcPolicies(sys, daemon)) {
    const fits = cacheFilter(filters);
    const wanted = (record: CacheRecord): boolean =>
      (all || !record.shared) && !record.inUse && now - Date.parse(record.lastUsed) >= keepDuration && fits(record);
    yield* buildCache.prune(sys, wanted, space);
  }
}
