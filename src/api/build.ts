import { endpoint } from './endpoint.ts';

/** What BuildKit's clients can ask beside the classic parameters. */
export interface BuildDetails {
  /** What the build is remembered by, and how it was called. */
  record?: { ref: string; name: string; context: string };
  /** Contexts by name: `docker-image://REF`, or `local` for a folder that is sent along. */
  contexts?: Record<string, string>;
  noCacheFilter?: string[];
  allow?: string[];
  /** Images to read as caches. */
  cacheFrom?: string[];
  /** The image is to be readable as a cache. */
  inlineCache?: boolean;
  /** `image`, `tar` (the files come back), `none`. */
  output?: 'image' | 'tar' | 'none';
  /** `lint`, `outline`, `targets`, `subrequests.describe`: an answer instead of a build. */
  call?: string;
}

/** Parameters of a build. */
export interface BuildParams {
  t?: string[];
  dockerfile?: string;
  buildargs?: Record<string, string | null>;
  labels?: Record<string, string>;
  cachefrom?: string[];
  nocache?: boolean;
  pull?: string;
  target?: string;
  q?: boolean;
  rm?: string;
  forcerm?: boolean;
  networkmode?: string;
  platform?: string;
  remote?: string;
  extrahosts?: string[];
  shmsize?: string;
  ulimits?: { Name: string; Soft: number; Hard: number }[];
  cgroupparent?: string;
  memory?: string;
  memswap?: string;
  cpushares?: string;
  cpuperiod?: string;
  cpuquota?: string;
  cpusetcpus?: string;
  cpusetmems?: string;
  squash?: boolean;
  version?: string;
  /** JSON of BuildDetails. */
  details?: BuildDetails;
}

/** Builds an image from a context archive. The answer is a stream of messages; with version 2, of BuildKit's status. */
export const ImageBuild = endpoint<BuildParams, void>({
  method: 'POST',
  path: '/build',
  since: '1.21',
  ok: 200,
  query: {
    t: 'list',
    dockerfile: 'string',
    buildargs: 'json',
    labels: 'json',
    cachefrom: 'json',
    nocache: 'bool',
    pull: 'string',
    target: 'string',
    q: 'bool',
    rm: 'string',
    forcerm: 'bool',
    networkmode: 'string',
    platform: 'string',
    remote: 'string',
    extrahosts: 'list',
    shmsize: 'string',
    ulimits: 'json',
    cgroupparent: 'string',
    memory: 'string',
    memswap: 'string',
    cpushares: 'string',
    cpuperiod: 'string',
    cpuquota: 'string',
    cpusetcpus: 'string',
    cpusetmems: 'string',
    squash: 'bool',
    version: 'string',
    details: 'json',
  },
  body: 'stream',
  answer: 'stream',
});

/** Ends a build by the id that its request had; the engine of today knows none. */
export const BuildCancel = endpoint<{ id?: string }, void>({
  method: 'POST',
  path: '/build/cancel',
  since: '1.39',
  ok: 200,
  query: { id: 'string' },
  answer: 'empty',
});

/** The connection becomes one of HTTP/2 on which the client calls BuildKit's services. */
export const BuildGrpc = endpoint<Record<string, never>, void>({
  method: 'POST',
  path: '/grpc',
  since: '1.39',
  ok: 101,
  answer: 'raw',
});

/** The connection becomes one of HTTP/2 on which the engine calls the client's services. */
export const BuildSession = endpoint<Record<string, never>, void>({
  method: 'POST',
  path: '/session',
  since: '1.39',
  ok: 101,
  answer: 'raw',
});

export const BuildPrune = endpoint<
  {
    all?: boolean;
    filters?: Record<string, string[]>;
    'reserved-space'?: string;
    'keep-storage'?: string;
    'max-used-space'?: string;
    'min-free-space'?: string;
  },
  { CachesDeleted: string[] | null; SpaceReclaimed: number }
>({
  method: 'POST',
  path: '/build/prune',
  since: '1.31',
  ok: 200,
  query: {
    all: 'bool',
    filters: 'json',
    'reserved-space': 'string',
    'keep-storage': 'string',
    'max-used-space': 'string',
    'min-free-space': 'string',
  },
});

/** A step of a build, as BuildKit's clients see it. Times: milliseconds since the build began. */
export interface BuildVertex {
  id: string;
  name: string;
  started?: number;
  completed?: number;
  cached?: true;
  error?: string;
}

export interface BuildStatus {
  vertexes?: BuildVertex[];
  statuses?: { vertex: string; name: string; started?: number; completed?: number; current?: number; total?: number }[];
  logs?: { vertex: string; stream: 1 | 2; data: string; at: number }[];
  warnings?: { vertex: string; message: string; rule: string; first: number; last: number }[];
}

/** Where in a file something is. */
interface BuildLocation {
  ranges: { start: { line: number }; end: { line: number } }[];
}

/** Warnings about a Dockerfile, and why it cannot be built. */
export interface BuildLint {
  kind: 'lint';
  warnings: { ruleName: string; description: string; url: string; detail: string; location: BuildLocation }[];
  /** Lines from 1; 0 where it is about none. */
  buildError?: { message: string; first: number; last: number };
}

/** Arguments and secrets of a target. */
export interface BuildOutline {
  kind: 'outline';
  name?: string;
  description?: string;
  args: { name: string; description?: string; value?: string; location: BuildLocation }[];
  secrets: { name: string; required?: boolean; location: BuildLocation }[];
}

/** The stages of a Dockerfile. */
export interface BuildTargets {
  kind: 'targets';
  targets: { name?: string; default?: boolean; description?: string; base?: string; location: BuildLocation }[];
}

/** What can be asked. */
export interface BuildRequests {
  kind: 'requests';
  requests: { name: string; version: string; description: string }[];
}

/** An answer of `--call`. */
export type BuildAnswer = BuildLint | BuildOutline | BuildTargets | BuildRequests;

/** The end of a build with version 2, besides an error. */
export interface BuildResult {
  /** `sha256:…` of an image. */
  image?: string;
  answer?: BuildAnswer;
  filename: string;
  /** The Dockerfile. */
  text: string;
  warnings: { rule: string; detail: string; first: number; last: number }[];
  /** What failed: lines to show, and the step. */
  failed?: { first: number; last: number; vertex?: string };
}

/** What the engine remembers of a build. */
export interface BuildRecord {
  Ref: string;
  Name: string;
  Context: string;
  Dockerfile: string;
  Target: string;
  Status: 'Running' | 'Completed' | 'Error' | 'Canceled';
  Error?: string;
  /** RFC 3339. */
  CreatedAt: string;
  CompletedAt: string;
  TotalSteps: number;
  CompletedSteps: number;
  CachedSteps: number;
  /** Images that it began with. */
  Materials: { URI: string; Digest: string }[];
  BuildArgs: Record<string, string>;
  /** `sha256:…` of what it gave. */
  Image?: string;
  /** What the client's frontend was given and told, where it spoke BuildKit's protocol. */
  FrontendAttrs?: Record<string, string>;
  ExporterResponse?: Record<string, string>;
  Warnings?: number;
}

/** Rules by which the build cache is kept small: what a builder's inspection shows. Bytes; milliseconds. */
export const BuildPolicies = endpoint<Record<string, never>, BuildPolicy[]>({
  method: 'GET',
  path: '/build/policies',
  since: '1.51',
  ok: 200,
});

export interface BuildPolicy {
  all: boolean;
  keepDuration: number;
  filters: readonly string[];
  reservedSpace: number;
  maxUsedSpace: number;
  minFreeSpace: number;
}

/** Records of builds, the newest first. */
export const BuildRecords = endpoint<Record<string, never>, BuildRecord[]>({
  method: 'GET',
  path: '/build/history',
  since: '1.51',
  ok: 200,
});

/** The messages of a build, as they were sent. */
export const BuildRecordMessages = endpoint<{ ref: string }, BuildStatus[]>({
  method: 'GET',
  path: '/build/history/{ref}/messages',
  since: '1.51',
  ok: 200,
});

/** Forgets a build. */
export const BuildRecordRemove = endpoint<{ ref: string }, void>({
  method: 'DELETE',
  path: '/build/history/{ref}',
  since: '1.51',
  ok: 204,
  answer: 'empty',
});
