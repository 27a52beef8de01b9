import { BOOL, INT, many, mapOf, message, one, part, RAW, TEXT, UINT, type ValueOf } from '../../../lib/protobuf.ts';

/**
 * Messages of BuildKit's control service.
 * @see moby/buildkit api/services/control/control.proto, api/types/worker.proto
 */
export const Timestamp = message({ seconds: one(1, INT), nanos: one(2, INT) });
export type Timestamp = ValueOf<typeof Timestamp>;

export const Platform = message({ Architecture: one(1, TEXT), OS: one(2, TEXT), Variant: one(3, TEXT) });

const Exporter = message({ Type: one(1, TEXT), Attrs: mapOf(2, TEXT) });
export type Exporter = ValueOf<typeof Exporter>;

const CacheOptionsEntry = message({ Type: one(1, TEXT), Attrs: mapOf(2, TEXT) });
const CacheOptions = message({ Exports: many(4, CacheOptionsEntry), Imports: many(5, CacheOptionsEntry) });

export const SolveRequest = message({
  Ref: one(1, TEXT),
  Definition: one(2, RAW),
  ExporterDeprecated: one(3, TEXT),
  ExporterAttrsDeprecated: mapOf(4, TEXT),
  Session: one(5, TEXT),
  Frontend: one(6, TEXT),
  FrontendAttrs: mapOf(7, TEXT),
  Cache: part(8, CacheOptions),
  Entitlements: many(9, TEXT),
  Internal: one(11, BOOL),
  Exporters: many(13, Exporter),
});
export type SolveRequest = ValueOf<typeof SolveRequest>;
export const SolveResponse = message({ ExporterResponse: mapOf(1, TEXT) });

export const StatusRequest = message({ Ref: one(1, TEXT) });

const Position = message({ line: one(1, INT), character: one(2, INT) });
export const Range = message({ start: part(1, Position), end: part(2, Position) });
export const SourceInfo = message({ filename: one(1, TEXT), data: one(2, RAW), language: one(4, TEXT) });

const Vertex = message({
  digest: one(1, TEXT),
  inputs: many(2, TEXT),
  name: one(3, TEXT),
  cached: one(4, BOOL),
  started: part(5, Timestamp),
  completed: part(6, Timestamp),
  error: one(7, TEXT),
});
const VertexStatus = message({
  ID: one(1, TEXT),
  vertex: one(2, TEXT),
  name: one(3, TEXT),
  current: one(4, INT),
  total: one(5, INT),
  timestamp: part(6, Timestamp),
  started: part(7, Timestamp),
  completed: part(8, Timestamp),
});
const VertexLog = message({
  vertex: one(1, TEXT),
  timestamp: part(2, Timestamp),
  stream: one(3, INT),
  msg: one(4, RAW),
});
const VertexWarning = message({
  vertex: one(1, TEXT),
  level: one(2, INT),
  short: one(3, RAW),
  detail: many(4, RAW),
  url: one(5, TEXT),
  info: part(6, SourceInfo),
  ranges: many(7, Range),
});
export const StatusResponse = message({
  vertexes: many(1, Vertex),
  statuses: many(2, VertexStatus),
  logs: many(3, VertexLog),
  warnings: many(4, VertexWarning),
});
export type StatusResponse = ValueOf<typeof StatusResponse>;

export const PruneRequest = message({
  filter: many(1, TEXT),
  all: one(2, BOOL),
  keepDuration: one(3, INT),
  reservedSpace: one(4, INT),
  maxUsedSpace: one(5, INT),
  minFreeSpace: one(6, INT),
});
export const DiskUsageRequest = message({ filter: many(1, TEXT) });
export const UsageRecord = message({
  ID: one(1, TEXT),
  Mutable: one(2, BOOL),
  InUse: one(3, BOOL),
  Size: one(4, INT),
  CreatedAt: part(6, Timestamp),
  LastUsedAt: part(7, Timestamp),
  UsageCount: one(8, INT),
  Description: one(9, TEXT),
  RecordType: one(10, TEXT),
  Shared: one(11, BOOL),
  Parents: many(12, TEXT),
});
export const DiskUsageResponse = message({ record: many(1, UsageRecord) });

const GCPolicy = message({
  all: one(1, BOOL),
  keepDuration: one(2, INT),
  reservedSpace: one(3, INT),
  filters: many(4, TEXT),
  maxUsedSpace: one(5, INT),
  minFreeSpace: one(6, INT),
});
const BuildkitVersion = message({
  package: one(1, TEXT),
  version: one(2, TEXT),
  revision: one(3, TEXT),
  dockerfileVersion: one(4, TEXT),
});
export const WorkerRecord = message({
  ID: one(1, TEXT),
  Labels: mapOf(2, TEXT),
  platforms: many(3, Platform),
  GCPolicy: many(4, GCPolicy),
  BuildkitVersion: part(5, BuildkitVersion),
});
export type WorkerRecord = ValueOf<typeof WorkerRecord>;
export const ListWorkersResponse = message({ record: many(1, WorkerRecord) });
export const InfoResponse = message({ buildkitVersion: part(1, BuildkitVersion) });

const AnyMessage = message({ type_url: one(1, TEXT), value: one(2, RAW) });
/** google.rpc.Status */
export const RpcStatusMessage = message({ code: one(1, INT), message: one(2, TEXT), details: many(3, AnyMessage) });

export const BuildHistoryRequest = message({
  ActiveOnly: one(1, BOOL),
  Ref: one(2, TEXT),
  EarlyExit: one(3, BOOL),
  Filter: many(4, TEXT),
  Limit: one(5, INT),
});
const Descriptor = message({
  media_type: one(1, TEXT),
  digest: one(2, TEXT),
  size: one(3, INT),
  annotations: mapOf(5, TEXT),
});
export const BuildHistoryRecord = message({
  Ref: one(1, TEXT),
  Frontend: one(2, TEXT),
  FrontendAttrs: mapOf(3, TEXT),
  Exporters: many(4, Exporter),
  error: part(5, RpcStatusMessage),
  CreatedAt: part(6, Timestamp),
  CompletedAt: part(7, Timestamp),
  logs: part(8, Descriptor),
  ExporterResponse: mapOf(9, TEXT),
  pinned: one(14, BOOL),
  numCachedSteps: one(15, INT),
  numTotalSteps: one(16, INT),
  numCompletedSteps: one(17, INT),
  numWarnings: one(19, INT),
});
export type BuildHistoryRecord = ValueOf<typeof BuildHistoryRecord>;
export const BuildHistoryEvent = message({ type: one(1, UINT), record: part(2, BuildHistoryRecord) });
export const UpdateBuildHistoryRequest = message({
  Ref: one(1, TEXT),
  Pinned: one(2, BOOL),
  Delete: one(3, BOOL),
  Finalize: one(4, BOOL),
});
