import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { BuildRecord } from '../../../api/build.ts';
import { formatRfc3339Nano } from '../../../lib/go-time.ts';
import { NOT_FOUND, OK, UNIMPLEMENTED } from '../../../lib/grpc.ts';
import { ProtobufError, type ValueOf } from '../../../lib/protobuf.ts';
import type { Wait } from '../../../libc/io.ts';
import { now, stamp } from '../../clock.ts';
import type { Daemon } from '../../daemon.ts';
import type { CacheRecord } from '../cache.ts';
import { CacheFilterError, cacheFilter } from '../cache-filter.ts';
import { collectGarbage } from '../collector.ts';
import { BuildRecords, Recorder } from '../records.ts';
import { RpcError, type RpcHandler, type RpcStatus, type RpcStream } from '../rpc/peer.ts';
import { ActiveBuild, type ActiveBuilds } from './builds.ts';
import {
  BuildHistoryRequest,
  DiskUsageRequest,
  DiskUsageResponse,
  InfoResponse,
  ListWorkersResponse,
  PruneRequest,
  SolveRequest,
  SolveResponse,
  StatusRequest,
  UpdateBuildHistoryRequest,
  UsageRecord,
} from './control-proto.ts';
import { failed } from './errors.ts';
import { gatewayCall } from './gateway.ts';
import { historyEvent, recordFilter } from './history.ts';
import type { Sessions } from './session.ts';
import { SolveCall } from './solve-call.ts';
import { StatusLog } from './status.ts';
import { timestamp } from './timestamps.ts';
import { workerRecord } from './worker.ts';

/** How long one call waits for another that belongs to it: milliseconds. */
const PATIENCE = 5000;
const CONTROL = '/moby.buildkit.v1.Control/';
const GATEWAY = '/moby.buildkit.v1.frontend.LLBBridge/';
const HEALTH = '/grpc.health.v1.Health/Check';
const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const DONE: RpcStatus = { code: OK, message: '' };
/** `status: SERVING` */
const SERVING = Uint8Array.of(0x08, 0x01);

/** BuildKit's services on one connection. @see moby/buildkit control/control.go */
export class ControlService {
  readonly #records: BuildRecords;

  constructor(
    readonly daemon: Daemon,
    readonly builds: ActiveBuilds,
    readonly sessions: Sessions,
  ) {
    this.#records = new BuildRecords(daemon.root);
  }

  /** Answers one call. */
  readonly handle: RpcHandler = (sys, stream) => this.#handle(sys, stream);

  *#handle(sys: Sys, stream: RpcStream): Wait<RpcStatus> {
    const request = (yield* stream.receive(sys)) ?? new Uint8Array(0);
    try {
      const { path } = stream;
      if (path.startsWith(GATEWAY)) {
        const worker = workerRecord(sys, this.daemon);
        const answer = yield* gatewayCall(sys, this.builds, worker, path.slice(GATEWAY.length), stream, request);
        if (answer) return yield* answered(sys, stream, answer);
      } else if (path.startsWith(CONTROL)) {
        const found = yield* this.#control(sys, path.slice(CONTROL.length), stream, request);
        if (found) return DONE;
      } else if (path === HEALTH) return yield* answered(sys, stream, SERVING);
      else if (path === TRACES) return yield* answered(sys, stream, new Uint8Array(0));
      const [, service = '', method = ''] = path.split('/');
      return { code: UNIMPLEMENTED, message: `unknown method ${method} for service ${service}` };
    } catch (error) {
      if (error instanceof ProtobufError)
        return { code: UNIMPLEMENTED, message: `grpc: error unmarshalling request: proto: ${error.message}` };
      if (error instanceof CacheFilterError) throw failed(error.message);
      if (!(error instanceof RpcError)) this.daemon.report(error);
      throw error;
    }
  }

  /** @returns whether there is such a call */
  *#control(sys: Sys, method: string, stream: RpcStream, request: Uint8Array): Wait<boolean> {
    switch (method) {
      case 'ListWorkers':
        yield* stream.send(sys, ListWorkersResponse.encode({ record: [workerRecord(sys, this.daemon)] }));
        return true;
      case 'Info':
        yield* stream.send(
          sys,
          InfoResponse.encode({ buildkitVersion: workerRecord(sys, this.daemon).BuildkitVersion }),
        );
        return true;
      case 'Solve':
        yield* stream.send(sys, yield* this.#solve(sys, stream, SolveRequest.decode(request)));
        return true;
      case 'Status':
        yield* this.#status(sys, stream, StatusRequest.decode(request).Ref);
        return true;
      case 'DiskUsage':
        yield* this.#diskUsage(sys, stream, DiskUsageRequest.decode(request).filter);
        return true;
      case 'Prune':
        yield* this.#prune(sys, stream, PruneRequest.decode(request));
        return true;
      case 'ListenBuildHistory':
        yield* this.#history(sys, stream, BuildHistoryRequest.decode(request));
        return true;
      case 'UpdateBuildHistory': {
        const { Ref, Delete } = UpdateBuildHistoryRequest.decode(request);
        if (Delete) yield* this.#records.remove(sys, Ref);
        yield* stream.send(sys, new Uint8Array(0));
        return true;
      }
      default:
        return false;
    }
  }

  *#solve(sys: Sys, stream: RpcStream, request: ValueOf<typeof SolveRequest>): Wait<Uint8Array> {
    const { daemon, builds } = this;
    if (builds.get(request.Ref)) throw failed(`job ID exists`);
    const begun = stamp(sys);
    const log = new StatusLog(daemon.sha256, request.Ref, sys.now(CLOCK_REALTIME));
    const build = new ActiveBuild(request.Ref, log);
    builds.add(sys, build);
    stream.onCancel(() => {
      build.control.cancel(sys);
      build.questions.close(sys);
    });
    let call: SolveCall | undefined;
    let problem: string | undefined;
    try {
      const session = yield* this.sessions.find(sys, request.Session, PATIENCE);
      if (!session) throw failed(`no active session for ${request.Session}: context deadline exceeded`);
      call = new SolveCall(sys, daemon, builds, build, request, session);
      yield* call.run();
      return SolveResponse.encode({ ExporterResponse: call.response });
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      if (!request.Internal && call) yield* this.#remember(sys, build, call, begun, problem);
      if (!request.Internal) yield* collectGarbage(sys, daemon);
      builds.end(sys, build);
    }
  }

  *#remember(sys: Sys, build: ActiveBuild, call: SolveCall, begun: string, problem: string | undefined): Wait<void> {
    const { attributes, response } = call;
    if (attributes.has('requestid')) return;
    const recorder = new Recorder();
    for (const status of build.log.statuses) recorder.note(status);
    const image = response.get('containerimage.digest');
    const record: BuildRecord = {
      Ref: build.ref,
      Name: attributes.get('target') ?? '',
      Context: attributes.get('vcs:localdir:context') ?? attributes.get('context') ?? '',
      Dockerfile: attributes.get('filename') ?? 'Dockerfile',
      Target: attributes.get('target') ?? '',
      Status: problem === undefined ? 'Completed' : build.control.cancelled ? 'Canceled' : 'Error',
      ...(problem === undefined ? {} : { Error: problem }),
      CreatedAt: begun,
      CompletedAt: stamp(sys),
      ...recorder.counts(),
      Materials: recorder.materials(),
      BuildArgs: Object.fromEntries(
        [...attributes].flatMap(([name, value]) => (name.startsWith('build-arg:') ? [[name.slice(10), value]] : [])),
      ),
      FrontendAttrs: Object.fromEntries(attributes),
      ExporterResponse: Object.fromEntries(response),
      Warnings: build.log.warnings,
      ...(image ? { Image: image } : {}),
    };
    yield* this.#records.add(sys, record, recorder.messages);
  }

  *#status(sys: Sys, stream: RpcStream, ref: string): Wait<void> {
    const { sec, nsec } = now(sys);
    stream.head(sys, [['buildkit-current-timestamp', formatRfc3339Nano(sec, nsec)]]);
    const send = (message: Uint8Array): Wait<boolean> => stream.send(sys, message);
    const active = this.builds.get(ref);
    const known = active ? undefined : (yield* this.#records.list(sys)).find((record) => record.Ref === ref);
    if (known) {
      const log = new StatusLog(this.daemon.sha256, ref, Date.parse(known.CreatedAt));
      for (const status of yield* this.#records.messages(sys, ref)) log.add(sys, status);
      log.end(sys);
      yield* log.follow(sys, send);
      return;
    }
    const build = active ?? (yield* this.builds.find(sys, ref, PATIENCE));
    if (!build) throw failed(`no such job ${ref}`, NOT_FOUND);
    yield* build.log.follow(sys, send);
  }

  *#diskUsage(sys: Sys, stream: RpcStream, filters: readonly string[]): Wait<void> {
    const wanted = cacheFilter(filters);
    const records = (yield* this.daemon.buildCache.records(sys)).filter(wanted);
    yield* stream.send(sys, DiskUsageResponse.encode({ record: records.map(usage) }));
  }

  *#prune(sys: Sys, stream: RpcStream, request: ValueOf<typeof PruneRequest>): Wait<void> {
    const { all, filter, keepDuration, reservedSpace, maxUsedSpace, minFreeSpace } = request;
    const matches = cacheFilter(filter);
    const since = sys.now(CLOCK_REALTIME) - keepDuration / 1e6;
    const wanted = (record: CacheRecord): boolean =>
      (all || !record.shared) && !record.inUse && Date.parse(record.lastUsed) <= since && matches(record);
    const space = { reservedSpace, maxUsedSpace, minFreeSpace };
    for (const record of yield* this.daemon.buildCache.prune(sys, wanted, space))
      yield* stream.send(sys, UsageRecord.encode(usage(record)));
  }

  *#history(sys: Sys, stream: RpcStream, request: ValueOf<typeof BuildHistoryRequest>): Wait<void> {
    const { sec, nsec } = now(sys);
    stream.head(sys, [['buildkit-current-timestamp', formatRfc3339Nano(sec, nsec)]]);
    if (request.ActiveOnly) return;
    const matches = recordFilter(request.Filter);
    const records = (yield* this.#records.list(sys)).filter(
      (record) => (request.Ref === '' || record.Ref === request.Ref) && matches(record),
    );
    for (const record of request.Limit > 0 ? records.slice(0, request.Limit) : records)
      yield* stream.send(sys, historyEvent(record));
  }
}

function* answered(sys: Sys, stream: RpcStream, message: Uint8Array): Wait<RpcStatus> {
  yield* stream.send(sys, message);
  return DONE;
}

const usage = (record: CacheRecord): ValueOf<typeof UsageRecord> => ({
  ID: record.id,
  Mutable: record.kind !== 'regular',
  InUse: record.inUse,
  Size: record.size,
  CreatedAt: timestamp(Date.parse(record.created)),
  LastUsedAt: timestamp(Date.parse(record.lastUsed)),
  UsageCount: record.used,
  Description: record.description,
  RecordType: record.kind,
  Shared: record.shared,
  Parents: [],
});
