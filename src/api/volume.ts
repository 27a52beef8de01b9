import { endpoint } from './endpoint.ts';
import type { Filters } from './filters.ts';

export interface Volume {
  /** RFC 3339 with seconds, UTC. */
  CreatedAt: string;
  Driver: string;
  Labels: Record<string, string> | null;
  Mountpoint: string;
  Name: string;
  Options: Record<string, string> | null;
  Scope: string;
  /** Only in /system/df; bytes, and containers that use it. */
  UsageData?: { RefCount: number; Size: number };
}

export interface VolumeCreateBody {
  Name?: string;
  Driver?: string;
  DriverOpts?: Record<string, string> | null;
  Labels?: Record<string, string> | null;
}

export const VolumeList = endpoint<{ filters?: Filters }, { Volumes: Volume[]; Warnings: string[] | null }>({
  method: 'GET',
  path: '/volumes',
  since: '1.21',
  ok: 200,
  query: { filters: 'json' },
});
export const VolumeCreate = endpoint<Record<string, never>, Volume, VolumeCreateBody>({
  method: 'POST',
  path: '/volumes/create',
  since: '1.21',
  ok: 201,
  body: 'json',
});
export const VolumeInspect = endpoint<{ name: string }, Volume>({
  method: 'GET',
  path: '/volumes/{name}',
  since: '1.21',
  ok: 200,
});
export const VolumeRemove = endpoint<{ name: string; force?: boolean }, void>({
  method: 'DELETE',
  path: '/volumes/{name}',
  since: '1.21',
  ok: 204,
  query: { force: 'bool' },
});
export const VolumeUpdate = endpoint<{ name: string; version?: string }, void>({
  method: 'PUT',
  path: '/volumes/{name}',
  since: '1.42',
  ok: 200,
  query: { version: 'string' },
  answer: 'empty',
});
export const VolumePrune = endpoint<{ filters?: Filters }, { VolumesDeleted: string[]; SpaceReclaimed: number }>({
  method: 'POST',
  path: '/volumes/prune',
  since: '1.25',
  ok: 200,
  query: { filters: 'json' },
});
