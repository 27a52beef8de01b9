import type { Platform } from '../lib/platform.ts';
import { endpoint } from './endpoint.ts';
import type { Filters } from './filters.ts';

/** One row of the list of images. */
export interface ImageSummary {
  /** How many containers use it; -1 where nobody counted. */
  Containers: number;
  /** Seconds since the Epoch. */
  Created: number;
  /** `sha256:…` */
  Id: string;
  Labels: Record<string, string> | null;
  ParentId: string;
  RepoDigests: string[];
  RepoTags: string[];
  /** Bytes that other images have too; -1 where nobody counted. */
  SharedSize: number;
  /** Bytes of all layers. */
  Size: number;
  /** The same as `Size`, for clients before 1.44. */
  VirtualSize?: number;
}

/** The part of an image's configuration that containers start with. */
export interface ImageContainerConfig {
  ArgsEscaped?: boolean;
  Cmd: string[] | null;
  Entrypoint: string[] | null;
  Env: string[] | null;
  ExposedPorts?: Record<string, Record<string, never>>;
  Healthcheck?: {
    Test?: string[];
    Interval?: number;
    Timeout?: number;
    StartPeriod?: number;
    StartInterval?: number;
    Retries?: number;
  };
  Labels: Record<string, string> | null;
  OnBuild: string[] | null;
  Shell?: string[];
  StopSignal?: string;
  User: string;
  Volumes: Record<string, Record<string, never>> | null;
  WorkingDir: string;
}

export interface ImageInspectResult {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Parent: string;
  Comment: string;
  Created?: string;
  DockerVersion: string;
  Author: string;
  Architecture: string;
  Variant?: string;
  Os: string;
  Size: number;
  GraphDriver: { Data: Record<string, string>; Name: string };
  RootFS: { Type: string; Layers?: string[] };
  Metadata: { LastTagTime: string };
  Config: ImageContainerConfig;
}

export interface ImageHistoryItem {
  Comment: string;
  /** Seconds since the Epoch. */
  Created: number;
  CreatedBy: string;
  /** `sha256:…`, or `<missing>` for a step that left no image. */
  Id: string;
  Size: number;
  Tags: string[] | null;
}

export type ImageDeleteItem = { Untagged: string } | { Deleted: string };

export const ImageList = endpoint<
  {
    all?: boolean;
    filters?: Filters;
    'shared-size'?: boolean;
    digests?: boolean;
    manifests?: boolean;
    /** Clients before 1.41 name a repository so. */
    filter?: string;
  },
  ImageSummary[]
>({
  method: 'GET',
  path: '/images/json',
  since: '1.21',
  ok: 200,
  query: {
    all: 'bool',
    filters: 'json',
    'shared-size': 'bool',
    digests: 'bool',
    manifests: 'bool',
    filter: 'string',
  },
});
/** Pulls (fromImage) or imports (fromSrc, the body); the answer is a stream of progress messages. */
export const ImageCreate = endpoint<
  {
    fromImage?: string;
    fromSrc?: string;
    repo?: string;
    tag?: string;
    message?: string;
    changes?: string[];
    platform?: string;
  },
  void
>({
  method: 'POST',
  path: '/images/create',
  since: '1.21',
  ok: 200,
  query: {
    fromImage: 'string',
    fromSrc: 'string',
    repo: 'string',
    tag: 'string',
    message: 'string',
    changes: 'list',
    platform: 'string',
  },
  body: 'stream',
  answer: 'stream',
});
export const ImageInspect = endpoint<{ name: string; platform?: Platform; manifests?: boolean }, ImageInspectResult>({
  method: 'GET',
  path: '/images/{name...}/json',
  since: '1.21',
  ok: 200,
  query: { platform: 'json', manifests: 'bool' },
});
export const ImageHistory = endpoint<{ name: string; platform?: Platform }, ImageHistoryItem[]>({
  method: 'GET',
  path: '/images/{name...}/history',
  since: '1.21',
  ok: 200,
  query: { platform: 'json' },
});
export const ImagePush = endpoint<{ name: string; tag?: string; platform?: string }, void>({
  method: 'POST',
  path: '/images/{name...}/push',
  since: '1.21',
  ok: 200,
  query: { tag: 'string', platform: 'string' },
  answer: 'stream',
});
export const ImageTag = endpoint<{ name: string; repo?: string; tag?: string }, void>({
  method: 'POST',
  path: '/images/{name...}/tag',
  since: '1.21',
  ok: 201,
  query: { repo: 'string', tag: 'string' },
  answer: 'empty',
});
export const ImageRemove = endpoint<
  { name: string; force?: boolean; noprune?: boolean; platforms?: string[] },
  ImageDeleteItem[]
>({
  method: 'DELETE',
  path: '/images/{name...}',
  since: '1.21',
  ok: 200,
  query: { force: 'bool', noprune: 'bool', platforms: 'list' },
});
export const ImagePrune = endpoint<
  { filters?: Filters },
  { ImagesDeleted: ImageDeleteItem[] | null; SpaceReclaimed: number }
>({
  method: 'POST',
  path: '/images/prune',
  since: '1.25',
  ok: 200,
  query: { filters: 'json' },
});
export const ImageSave = endpoint<{ name: string; platform?: string[] }, void>({
  method: 'GET',
  path: '/images/{name...}/get',
  since: '1.21',
  ok: 200,
  query: { platform: 'list' },
  answer: 'stream',
});
export const ImagesSave = endpoint<{ names?: string[]; platform?: string[] }, void>({
  method: 'GET',
  path: '/images/get',
  since: '1.21',
  ok: 200,
  query: { names: 'list', platform: 'list' },
  answer: 'stream',
});
export const ImageLoad = endpoint<{ quiet?: boolean; platform?: string[] }, void>({
  method: 'POST',
  path: '/images/load',
  since: '1.21',
  ok: 200,
  query: { quiet: 'bool', platform: 'list' },
  body: 'stream',
  answer: 'stream',
});
/** What a search of Docker Hub finds. */
export interface SearchResult {
  name: string;
  description: string;
  is_official: boolean;
  is_automated: boolean;
  star_count: number;
}
export const ImageSearch = endpoint<{ term?: string; limit?: string; filters?: Filters }, SearchResult[]>({
  method: 'GET',
  path: '/images/search',
  since: '1.21',
  ok: 200,
  query: { term: 'string', limit: 'string', filters: 'json' },
});
/** What a registry has under a name, without pulling it. */
export interface DistributionInspectResult {
  Descriptor: { mediaType: string; digest: string; size: number };
  Platforms: Platform[];
}
export const DistributionInspect = endpoint<{ name: string }, DistributionInspectResult>({
  method: 'GET',
  path: '/distribution/{name...}/json',
  since: '1.30',
  ok: 200,
});
/** One message of a progress stream (pull, push, load, import, build). */
export interface ProgressMessage {
  status?: string;
  id?: string;
  progress?: string;
  progressDetail?: { current?: number; total?: number };
  stream?: string;
  aux?: unknown;
  error?: string;
  errorDetail?: { code?: number; message: string };
}
