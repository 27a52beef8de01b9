import { BOOL, INT, many, mapOf, message, one, part, RAW, TEXT, type ValueOf } from '../../../lib/protobuf.ts';
import { RpcStatusMessage, WorkerRecord } from './control-proto.ts';
import { Stat } from './session-proto.ts';

/**
 * Messages of the service that a frontend in the client uses.
 * @see moby/buildkit frontend/gateway/pb/gateway.proto, util/apicaps/pb/caps.proto
 */
const ApiCap = message({
  ID: one(1, TEXT),
  Enabled: one(2, BOOL),
  Deprecated: one(3, BOOL),
  DisabledReasonMsg: one(5, TEXT),
});
export const PongResponse = message({
  FrontendAPICaps: many(1, ApiCap),
  LLBCaps: many(2, ApiCap),
  Workers: many(3, WorkerRecord),
});

/** @see moby/buildkit solver/pb/ops.proto */
const OpMetadata = message({ ignore_cache: one(1, BOOL) });
export const Definition = message({ def: many(1, RAW), metadata: mapOf(2, OpMetadata) });
const Input = message({ digest: one(1, TEXT), index: one(2, INT) });
const SourceOp = message({ identifier: one(1, TEXT) });
export const Op = message({ inputs: many(1, Input), source: part(3, SourceOp) });

const Ref = message({ id: one(1, TEXT), def: part(2, Definition) });
const RefMap = message({ refs: mapOf(1, Ref) });
const Result = message({ ref: part(3, Ref), refs: part(4, RefMap), metadata: mapOf(10, RAW) });
export type Result = ValueOf<typeof Result>;

export const GatewaySolveRequest = message({
  Definition: one(1, RAW),
  Frontend: one(2, TEXT),
  FrontendOpt: mapOf(3, TEXT),
  FrontendInputs: mapOf(13, Definition),
  Evaluate: one(14, BOOL),
});
export type GatewaySolveRequest = ValueOf<typeof GatewaySolveRequest>;
export const GatewaySolveResponse = message({ result: part(3, Result) });
export const ReturnRequest = message({ result: part(1, Result), error: part(2, RpcStatusMessage) });
export type ReturnRequest = ValueOf<typeof ReturnRequest>;

const FileRange = message({ Offset: one(1, INT), Length: one(2, INT) });
export const ReadFileRequest = message({ Ref: one(1, TEXT), FilePath: one(2, TEXT), Range: part(3, FileRange) });
export const ReadFileResponse = message({ Data: one(1, RAW) });
export const ReadDirRequest = message({ Ref: one(1, TEXT), DirPath: one(2, TEXT), IncludePattern: one(3, TEXT) });
export const ReadDirResponse = message({ entries: many(1, Stat) });
export const StatFileRequest = message({ Ref: one(1, TEXT), Path: one(2, TEXT) });
export const StatFileResponse = message({ stat: part(1, Stat) });
export const EvaluateRequest = message({ Ref: one(1, TEXT) });
