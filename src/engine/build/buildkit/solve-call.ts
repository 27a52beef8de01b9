import type { Sys } from '../../../abi/sys.ts';
import { UNIMPLEMENTED, UNKNOWN } from '../../../lib/grpc.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Daemon } from '../../daemon.ts';
import { BuildError } from '../context.ts';
import { buildHost } from '../host.ts';
import { identity } from '../identity.ts';
import { BuildJob, isBuildProblem } from '../job.ts';
import { RpcError, type RpcStatus } from '../rpc/peer.ts';
import { readAttributes } from './attributes.ts';
import type { ActiveBuild, ActiveBuilds, Asked, GatewayQuestion } from './builds.ts';
import { callResult } from './call-results.ts';
import { RpcStatusMessage, type SolveRequest } from './control-proto.ts';
import { failed, failureStatus } from './errors.ts';
import { exporterOf } from './exporters.ts';
import { GatewaySolveResponse, type Result, type ReturnRequest } from './gateway-proto.ts';
import { definitionOf, inputImages } from './inputs.ts';
import type { Session } from './session.ts';
import { SessionSource } from './session-source.ts';

const FRONTEND = 'dockerfile.v0';

/** One Solve: what a client's frontend asks is answered, then the result is made and exported. */
export class SolveCall {
  readonly #jobs = new Map<string, BuildJob>();
  /** What the client is told of the result. */
  readonly response = new Map<string, string>();
  /** Attributes of the frontend, wherever they came from. */
  attributes: ReadonlyMap<string, string>;

  constructor(
    readonly sys: Sys,
    readonly daemon: Daemon,
    readonly builds: ActiveBuilds,
    readonly build: ActiveBuild,
    readonly request: SolveRequest,
    readonly session: Session,
  ) {
    this.attributes = request.FrontendAttrs;
  }

  /** @throws RpcError */
  *run(): Wait<void> {
    const { request } = this;
    try {
      this.#check();
      const result =
        request.Frontend === ''
          ? yield* this.#answerClient()
          : yield* this.#frontend(request.FrontendAttrs, false, new Map());
      yield* this.#export(result);
    } finally {
      for (const job of this.#jobs.values()) job.close();
    }
  }

  #check(): void {
    const { request } = this;
    if (request.Definition.length > 0) throw failed('definitions of single steps are not simulated', UNIMPLEMENTED);
    if (request.Frontend !== '' && request.Frontend !== FRONTEND) throw failed(`unknown frontend: ${request.Frontend}`);
    for (const { Type } of request.Cache?.Exports ?? [])
      if (Type !== 'inline') throw failed(`unknown cache exporter: ${JSON.stringify(Type)}`);
    try {
      for (const exporter of this.#exporters()) exporterOf(exporter);
    } catch (error) {
      throw error instanceof BuildError ? failed(error.message) : error;
    }
  }

  #exporters(): SolveRequest['Exporters'] {
    const { Exporters, ExporterDeprecated, ExporterAttrsDeprecated } = this.request;
    if (Exporters.length > 0 || ExporterDeprecated === '') return Exporters;
    return [{ Type: ExporterDeprecated, Attrs: ExporterAttrsDeprecated }];
  }

  /** Answers a frontend that runs in the client, until it gives its result. @throws RpcError */
  *#answerClient(): Wait<Result | undefined> {
    const { sys, build } = this;
    for (;;) {
      const asked = yield* build.questions.receive(sys);
      if (!asked || build.control.cancelled) {
        asked?.settle(sys, { code: UNKNOWN, message: 'context canceled' });
        throw failed('context canceled');
      }
      const { question } = asked;
      if (question.kind === 'return') {
        asked.settle(sys, new Uint8Array(0));
        return returned(question.request);
      }
      yield* this.#answer(asked, question);
    }
  }

  *#answer(asked: Asked, question: Exclude<GatewayQuestion, { kind: 'return' }>): Wait<void> {
    const { sys } = this;
    try {
      if (question.kind === 'solve') {
        const { Frontend, FrontendOpt, FrontendInputs, Definition, Evaluate } = question.request;
        if (Frontend !== FRONTEND || Definition.length > 0)
          throw failed(
            Frontend === '' ? 'definitions of single steps are not simulated' : `unknown frontend: ${Frontend}`,
            UNIMPLEMENTED,
          );
        const images = yield* inputImages(sys, this.builds, FrontendInputs);
        const result = yield* this.#frontend(FrontendOpt, Evaluate, images);
        asked.settle(sys, GatewaySolveResponse.encode({ result }));
        return;
      }
      const job = this.#jobs.get(question.ref);
      if (!job) throw failed(`no such ref: ${question.ref}`);
      yield* this.#solve(job);
      if (question.kind === 'image') {
        asked.settle(sys, encode((yield* job.image([], true)).id));
        return;
      }
      let bytes = new Uint8Array(0);
      if (question.kind === 'read')
        yield* job.tree(function* (root) {
          bytes = (yield* question.read(sys, root)) as Uint8Array<ArrayBuffer>;
        });
      asked.settle(sys, bytes);
    } catch (error) {
      const status: RpcStatus =
        error instanceof RpcError
          ? error.status
          : { code: UNKNOWN, message: error instanceof Error ? error.message : String(error) };
      asked.settle(sys, status);
      if (!(error instanceof RpcError) && !isBuildProblem(error)) this.daemon.report(error);
    }
  }

  /** Reads a Dockerfile. @throws RpcError */
  *#frontend(
    attributes: ReadonlyMap<string, string>,
    evaluate: boolean,
    images: ReadonlyMap<string, string>,
  ): Wait<Result> {
    const { sys, build, daemon, request } = this;
    this.attributes = attributes;
    const { control, log } = build;
    const { options, folders } = this.#options(attributes, images);
    if (request.Cache?.Exports.some(({ Type }) => Type === 'inline')) options.inlineCache = true;
    const observer = {
      *status(status: Parameters<typeof log.add>[1]) {
        log.add(sys, status);
      },
    };
    const job = new BuildJob(
      sys,
      { host: buildHost(daemon), cache: daemon.buildCache, options, observer, control },
      (dir) => new SessionSource(dir, this.session, folders),
    );
    log.source = () => job.dockerfile;
    const ref = identity(sys);
    this.#jobs.set(ref, job);
    const metadata = new Map<string, Uint8Array>();
    try {
      const answer = yield* job.prepare();
      if (answer) return { ref: undefined, refs: undefined, metadata: callResult(answer, job.dockerfile) };
    } catch (error) {
      const answer = yield* this.#failure(job, error);
      return { ref: undefined, refs: undefined, metadata: answer };
    }
    if (evaluate) yield* this.#solve(job);
    return { ref: { id: ref, def: definitionOf(daemon.sha256, build.ref, ref) }, refs: undefined, metadata };
  }

  #options(
    attributes: ReadonlyMap<string, string>,
    images: ReadonlyMap<string, string>,
  ): ReturnType<typeof readAttributes> {
    try {
      return readAttributes(attributes, this.request.Entitlements, images);
    } catch (error) {
      if (isBuildProblem(error)) throw failed(error.message);
      throw error;
    }
  }

  /** @returns the answer that a failure may be. @throws RpcError */
  *#failure(job: BuildJob, error: unknown): Wait<Map<string, Uint8Array>> {
    if (error instanceof RpcError) error = new BuildError(error.message);
    if (!isBuildProblem(error)) throw error;
    const end = yield* job.failure(error);
    if (end.kind === 'success') return callResult(end.answer!, job.dockerfile);
    const message = this.build.control.cancelled && end.vertex === undefined ? 'context canceled' : end.message;
    throw new RpcError(failureStatus({ ...end, message }, this.build.log));
  }

  *#solve(job: BuildJob): Wait<void> {
    try {
      yield* job.solve();
    } catch (error) {
      yield* this.#failure(job, error);
    }
  }

  *#export(result: Result | undefined): Wait<void> {
    const ids = [result?.ref?.id, ...[...(result?.refs?.refs.values() ?? [])].map(({ id }) => id)];
    const id = ids.find((found) => found);
    if (id === undefined) return;
    const job = this.#jobs.get(id);
    if (!job) throw failed(`no such ref: ${id}`);
    yield* this.#solve(job);
    const { sys, daemon, session, response } = this;
    for (const [index, exporter] of this.#exporters().entries())
      try {
        yield* exporterOf(exporter)(sys, { daemon, job, session, index, attrs: exporter.Attrs, response });
      } catch (error) {
        yield* this.#failure(job, error);
      }
  }
}

/** @throws RpcError for an error that the client's frontend gave */
function returned({ result, error }: ReturnRequest): Result | undefined {
  if (!error) return result;
  const { code, message, details } = error;
  throw new RpcError({ code: code || UNKNOWN, message, details: RpcStatusMessage.encode({ code, message, details }) });
}
