import type { BuildCacheRecord, DiskUsage } from '../../../api/system.ts';
import type { GoStruct } from '../../../lib/go-value.ts';
import { humanDuration, humanSize } from '../../../lib/units.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { type Listing, rowValue } from '../format/formatter.ts';
import { timeText } from '../format/resources.ts';
import { isMutable } from './cache-filter.ts';

/** The build cache's records. */
export function* cacheRecords(cli: Cli): Wait<BuildCacheRecord[]> {
  const client = yield* cli.client();
  const usage = yield* client.json<DiskUsage>('GET', '/system/df', { query: { type: 'build-cache' } });
  return usage.BuildCache ?? [];
}

export const cacheListing: Listing = {
  headers: {
    ID: 'ID',
    Reclaimable: 'RECLAIMABLE',
    Size: 'SIZE',
    LastUsedAt: 'LAST ACCESSED',
    CreatedAt: 'CREATED AT',
    Description: 'DESCRIPTION',
    Type: 'TYPE',
    Shared: 'SHARED',
    Mutable: 'MUTABLE',
    UsageCount: 'USAGE COUNT',
    Parents: 'PARENTS',
  },
};

const TABLE = 'table {{.ID}}\t{{.Reclaimable}}\t{{.Size}}\t{{.LastUsedAt}}';

export function cacheFormat(text: string): string {
  if (text === '' || text === 'table') return TABLE;
  return text === 'raw' ? '{{json .}}' : text;
}

/** `2 minutes ago` */
export const agoText = (rfc3339: string, nowMs: number): string =>
  `${humanDuration(Math.max(0, nowMs - Date.parse(rfc3339)) / 1000)} ago`;

/** A record for templates; in a table stars mark what is mutable and what is shared. */
export function cacheRow(record: BuildCacheRecord, nowMs: number, table: boolean): GoStruct {
  const star = (is: boolean): string => (table && is ? '*' : '');
  return rowValue({
    type: '*commands.diskusageContext',
    methods: {
      ID: () => record.ID + star(isMutable(record)),
      Parents: () => [],
      CreatedAt: () => timeText(record.CreatedAt),
      Mutable: () => isMutable(record),
      Reclaimable: () => !record.InUse,
      Shared: () => record.Shared,
      Size: () => humanSize(record.Size, 4) + star(record.Shared),
      Description: () => record.Description,
      UsageCount: () => record.UsageCount,
      LastUsedAt: () => agoText(record.LastUsedAt, nowMs),
      Type: () => record.Type,
    },
  });
}

/** What `du --verbose` says of a record. */
export function verboseText(record: BuildCacheRecord, nowMs: number): string {
  const rows: [string, string][] = [
    ['ID', record.ID],
    ['Created at', timeText(record.CreatedAt)],
    ['Mutable', String(isMutable(record))],
    ['Reclaimable', String(!record.InUse)],
    ['Shared', String(record.Shared)],
    ['Size', humanSize(record.Size, 4)],
    ['Description', record.Description],
    ['Usage count', String(record.UsageCount)],
    ['Last used', agoText(record.LastUsedAt, nowMs)],
    ['Type', record.Type],
  ];
  return `${rows.map(([name, value]) => `${`${name}:`.padEnd(13)} ${value}\n`).join('')}\n`;
}
