import type {
  ContainerConfig,
  ContainerCreateBody,
  EndpointSettings,
  HostConfig,
  PortMap,
  RestartPolicy,
} from './container-config.ts';
import { endpoint } from './endpoint.ts';
import type { Filters } from './filters.ts';

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface HealthLog {
  /** RFC 3339 with nanoseconds. */
  Start: string;
  End: string;
  ExitCode: number;
  Output: string;
}

export interface Health {
  Status: 'none' | 'starting' | 'healthy' | 'unhealthy';
  FailingStreak: number;
  Log: HealthLog[] | null;
}

export interface ContainerState {
  Status: ContainerStatus;
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  /** RFC 3339 with nanoseconds; year 1 for never. */
  StartedAt: string;
  FinishedAt: string;
  Health?: Health;
}

export interface MountPoint {
  Type: string;
  Name?: string;
  Source: string;
  Destination: string;
  Driver?: string;
  Mode: string;
  RW: boolean;
  Propagation: string;
}

export interface NetworkSettings {
  Bridge: string;
  SandboxID: string;
  SandboxKey: string;
  Ports: PortMap;
  HairpinMode: boolean;
  LinkLocalIPv6Address: string;
  LinkLocalIPv6PrefixLen: number;
  SecondaryIPAddresses: null;
  SecondaryIPv6Addresses: null;
  EndpointID: string;
  Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  MacAddress: string;
  Networks: Record<string, EndpointSettings>;
}

export interface ContainerInspectResult {
  Id: string;
  Created: string;
  Path: string;
  Args: string[];
  State: ContainerState;
  Image: string;
  ResolvConfPath: string;
  HostnamePath: string;
  HostsPath: string;
  LogPath: string;
  Name: string;
  RestartCount: number;
  Driver: string;
  Platform: string;
  MountLabel: string;
  ProcessLabel: string;
  AppArmorProfile: string;
  ExecIDs: string[] | null;
  HostConfig: HostConfig;
  GraphDriver: { Data: Record<string, string> | null; Name: string };
  SizeRw?: number;
  SizeRootFs?: number;
  Mounts: MountPoint[];
  Config: ContainerConfig;
  NetworkSettings: NetworkSettings;
}

export interface PortSummary {
  IP?: string;
  PrivatePort: number;
  PublicPort?: number;
  Type: string;
}

export interface ContainerSummary {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  Command: string;
  /** Seconds since the Epoch. */
  Created: number;
  Ports: PortSummary[];
  SizeRw?: number;
  SizeRootFs?: number;
  Labels: Record<string, string>;
  State: ContainerStatus;
  Status: string;
  HostConfig: { NetworkMode: string };
  NetworkSettings: { Networks: Record<string, EndpointSettings> };
  Mounts: MountPoint[];
}

/** 0: changed, 1: added, 2: deleted. */
export interface Change {
  Path: string;
  Kind: 0 | 1 | 2;
}

export interface WaitAnswer {
  StatusCode: number;
  Error?: { Message: string };
}

export interface TopAnswer {
  Processes: string[][];
  Titles: string[];
}

/** X-Docker-Container-Path-Stat, as base64 of JSON. */
export interface PathStat {
  name: string;
  size: number;
  /** Go's os.FileMode. */
  mode: number;
  mtime: string;
  linkTarget: string;
}

export interface UpdateBody extends Partial<HostConfig> {
  RestartPolicy?: RestartPolicy;
}

interface Id {
  id: string;
}

export const ContainerList = endpoint<
  { all?: boolean; limit?: number; size?: boolean; filters?: Filters },
  ContainerSummary[]
>({
  method: 'GET',
  path: '/containers/json',
  since: '1.0',
  ok: 200,
  query: { all: 'bool', limit: 'int', size: 'bool', filters: 'json' },
});
export const ContainerCreate = endpoint<
  { name?: string; platform?: string },
  { Id: string; Warnings: string[] },
  ContainerCreateBody
>({
  method: 'POST',
  path: '/containers/create',
  since: '1.0',
  ok: 201,
  query: { name: 'string', platform: 'string' },
  body: 'json',
});
export const ContainerInspect = endpoint<Id & { size?: boolean }, ContainerInspectResult>({
  method: 'GET',
  path: '/containers/{id}/json',
  since: '1.0',
  ok: 200,
  query: { size: 'bool' },
});
export const ContainerTop = endpoint<Id & { ps_args?: string }, TopAnswer>({
  method: 'GET',
  path: '/containers/{id}/top',
  since: '1.0',
  ok: 200,
  query: { ps_args: 'string' },
});
/** Which entries of a log are wanted, and how. */
export interface LogOptions {
  follow?: boolean;
  stdout?: boolean;
  stderr?: boolean;
  since?: string;
  until?: string;
  timestamps?: boolean;
  tail?: string;
  details?: boolean;
}

export const ContainerLogs = endpoint<Id & LogOptions, void>({
  method: 'GET',
  path: '/containers/{id}/logs',
  since: '1.0',
  ok: 200,
  query: {
    follow: 'bool',
    stdout: 'bool',
    stderr: 'bool',
    since: 'string',
    until: 'string',
    timestamps: 'bool',
    tail: 'string',
    details: 'bool',
  },
  answer: 'stream',
});
export const ContainerChanges = endpoint<Id, Change[] | null>({
  method: 'GET',
  path: '/containers/{id}/changes',
  since: '1.0',
  ok: 200,
});
/** Checkpoints of a container, which only an experimental engine has. */
export const CHECKPOINTS = (
  [
    ['POST', '/containers/{id}/checkpoints'],
    ['GET', '/containers/{id}/checkpoints'],
    ['DELETE', '/containers/{id}/checkpoints/{checkpoint}'],
  ] as const
).map(([method, path]) => endpoint<Id, void>({ method, path, since: '1.25', ok: 200 }));
export const ContainerExport = endpoint<Id, void>({
  method: 'GET',
  path: '/containers/{id}/export',
  since: '1.0',
  ok: 200,
  answer: 'stream',
});
export const ContainerStats = endpoint<Id & { stream?: boolean; 'one-shot'?: boolean }, unknown>({
  method: 'GET',
  path: '/containers/{id}/stats',
  since: '1.17',
  ok: 200,
  query: { stream: 'bool', 'one-shot': 'bool' },
  answer: 'stream',
});
export const ContainerResize = endpoint<Id & { h?: string; w?: string }, void>({
  method: 'POST',
  path: '/containers/{id}/resize',
  since: '1.0',
  ok: 200,
  query: { h: 'string', w: 'string' },
  answer: 'empty',
});
export const ContainerStart = endpoint<
  Id & { detachKeys?: string; checkpoint?: string; 'checkpoint-dir'?: string },
  void
>({
  method: 'POST',
  path: '/containers/{id}/start',
  since: '1.0',
  ok: 204,
  query: { detachKeys: 'string', checkpoint: 'string', 'checkpoint-dir': 'string' },
});

/** An operation that stops a container: by which signal, and after how many seconds by force. */
const stopping = (verb: string) =>
  endpoint<Id & { signal?: string; t?: number }, void>({
    method: 'POST',
    path: `/containers/{id}/${verb}`,
    since: '1.0',
    ok: 204,
    query: { signal: 'string', t: 'int' },
  });

export const ContainerStop = stopping('stop');
export const ContainerRestart = stopping('restart');
export const ContainerKill = endpoint<Id & { signal?: string }, void>({
  method: 'POST',
  path: '/containers/{id}/kill',
  since: '1.0',
  ok: 204,
  query: { signal: 'string' },
});
export const ContainerUpdate = endpoint<Id, { Warnings: string[] | null }, UpdateBody>({
  method: 'POST',
  path: '/containers/{id}/update',
  since: '1.22',
  ok: 200,
  body: 'json',
});
export const ContainerRename = endpoint<Id & { name?: string }, void>({
  method: 'POST',
  path: '/containers/{id}/rename',
  since: '1.17',
  ok: 204,
  query: { name: 'string' },
});
export const ContainerPause = endpoint<Id, void>({
  method: 'POST',
  path: '/containers/{id}/pause',
  since: '1.0',
  ok: 204,
});
export const ContainerUnpause = endpoint<Id, void>({
  method: 'POST',
  path: '/containers/{id}/unpause',
  since: '1.0',
  ok: 204,
});
/** With which streams of a container a client is joined. */
export interface AttachOptions {
  detachKeys?: string;
  logs?: boolean;
  stream?: boolean;
  stdin?: boolean;
  stdout?: boolean;
  stderr?: boolean;
}

export const ContainerAttach = endpoint<Id & AttachOptions, void>({
  method: 'POST',
  path: '/containers/{id}/attach',
  since: '1.0',
  ok: 200,
  query: {
    detachKeys: 'string',
    logs: 'bool',
    stream: 'bool',
    stdin: 'bool',
    stdout: 'bool',
    stderr: 'bool',
  },
  answer: 'raw',
});
export const ContainerAttachWebsocket = endpoint<Id & AttachOptions, void>({
  method: 'GET',
  path: '/containers/{id}/attach/ws',
  since: '1.0',
  ok: 101,
  query: ContainerAttach.query,
  answer: 'raw',
});
export const ContainerWait = endpoint<Id & { condition?: string }, WaitAnswer>({
  method: 'POST',
  path: '/containers/{id}/wait',
  since: '1.0',
  ok: 200,
  query: { condition: 'string' },
});
export const ContainerRemove = endpoint<Id & { v?: boolean; force?: boolean; link?: boolean }, void>({
  method: 'DELETE',
  path: '/containers/{id...}',
  since: '1.0',
  ok: 204,
  query: { v: 'bool', force: 'bool', link: 'bool' },
});
export const ContainerArchiveInfo = endpoint<Id & { path?: string }, void>({
  method: 'HEAD',
  path: '/containers/{id}/archive',
  since: '1.20',
  ok: 200,
  query: { path: 'string' },
  answer: 'empty',
});
export const ContainerArchive = endpoint<Id & { path?: string }, void>({
  method: 'GET',
  path: '/containers/{id}/archive',
  since: '1.20',
  ok: 200,
  query: { path: 'string' },
  answer: 'stream',
});
export const ContainerPutArchive = endpoint<
  Id & { path?: string; noOverwriteDirNonDir?: boolean; copyUIDGID?: boolean },
  void
>({
  method: 'PUT',
  path: '/containers/{id}/archive',
  since: '1.20',
  ok: 200,
  query: { path: 'string', noOverwriteDirNonDir: 'bool', copyUIDGID: 'bool' },
  body: 'stream',
  answer: 'empty',
});
export const ContainerPrune = endpoint<
  { filters?: Filters },
  { ContainersDeleted: string[] | null; SpaceReclaimed: number }
>({
  method: 'POST',
  path: '/containers/prune',
  since: '1.25',
  ok: 200,
  query: { filters: 'json' },
});
