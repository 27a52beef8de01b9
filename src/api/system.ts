import type { ContainerSummary } from './container.ts';
import { endpoint } from './endpoint.ts';
import type { Filters } from './filters.ts';
import type { ImageSummary } from './image.ts';
import type { Volume } from './volume.ts';

export interface VersionAnswer {
  Platform: { Name: string };
  Components: { Name: string; Version: string; Details: Record<string, string> }[];
  Version: string;
  ApiVersion: string;
  MinAPIVersion: string;
  GitCommit: string;
  GoVersion: string;
  Os: string;
  Arch: string;
  KernelVersion: string;
  BuildTime: string;
}

/** /info: some ninety fields, of which these are read by name in this program. */
export interface InfoAnswer {
  ID: string;
  Containers: number;
  ContainersRunning: number;
  ContainersPaused: number;
  ContainersStopped: number;
  Images: number;
  Name: string;
  ServerVersion: string;
  OSType: string;
  Architecture: string;
  NCPU: number;
  /** Bytes. */
  MemTotal: number;
  [field: string]: unknown;
}

/** What happened. */
export interface EventMessage {
  status?: string;
  id?: string;
  from?: string;
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  scope: string;
  /** Seconds since the Epoch. */
  time: number;
  /** Nanoseconds since the Epoch: more than a double holds, so it is text in this program and a number in JSON. */
  timeNano: string;
}

/** Disk usage. */
export interface DiskUsage {
  LayersSize: number;
  Images: ImageSummary[] | null;
  Containers: ContainerSummary[] | null;
  Volumes: Volume[] | null;
  BuildCache: BuildCacheRecord[] | null;
}

/** A record of the build cache. */
export interface BuildCacheRecord {
  ID: string;
  /** `regular`, `source.local`, `exec.cachemount`. */
  Type: string;
  Description: string;
  InUse: boolean;
  /** An image has it as well. */
  Shared: boolean;
  Size: number;
  /** RFC 3339. */
  CreatedAt: string;
  LastUsedAt: string;
  UsageCount: number;
}

export interface AuthBody {
  username?: string;
  password?: string;
  serveraddress?: string;
  identitytoken?: string;
}

type None = Record<string, never>;

export const Ping = endpoint<None, string>({ method: 'GET', path: '/_ping', since: '1.0', ok: 200, answer: 'text' });
export const PingHead = endpoint<None, void>({
  method: 'HEAD',
  path: '/_ping',
  since: '1.40',
  ok: 200,
  answer: 'empty',
});
export const SystemVersion = endpoint<None, VersionAnswer>({ method: 'GET', path: '/version', since: '1.0', ok: 200 });
export const SystemInfo = endpoint<None, InfoAnswer>({ method: 'GET', path: '/info', since: '1.0', ok: 200 });
export const SystemEvents = endpoint<{ since?: string; until?: string; filters?: Filters }, void>({
  method: 'GET',
  path: '/events',
  since: '1.0',
  ok: 200,
  query: { since: 'string', until: 'string', filters: 'json' },
  answer: 'stream',
});
export const SystemDiskUsage = endpoint<{ type?: string[] }, DiskUsage>({
  method: 'GET',
  path: '/system/df',
  since: '1.25',
  ok: 200,
  query: { type: 'list' },
});
export const SystemAuth = endpoint<None, { Status: string; IdentityToken: string }, AuthBody>({
  method: 'POST',
  path: '/auth',
  since: '1.0',
  ok: 200,
  body: 'json',
});
