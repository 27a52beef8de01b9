import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { Channel, Condition } from '../../../libc/sync.ts';
import { BuildControl } from '../control.ts';
import type { RpcStatus } from '../rpc/peer.ts';
import type { GatewaySolveRequest, ReturnRequest } from './gateway-proto.ts';
import type { StatusLog } from './status.ts';

/** Builds that are over and still answer for their messages. */
const ENDED_MAX = 16;

/** What a frontend in the client asks of its build. */
export type GatewayQuestion =
  | { kind: 'solve'; request: GatewaySolveRequest }
  | { kind: 'evaluate'; ref: string }
  /** The id of the result as an image, for another build. */
  | { kind: 'image'; ref: string }
  | { kind: 'read'; ref: string; read: (sys: Sys, root: string) => Wait<Uint8Array> }
  | { kind: 'return'; request: ReturnRequest };

/** A question under way: the build answers in its own thread. */
export class Asked {
  #answer: Uint8Array | RpcStatus | undefined;
  readonly #settled = new Condition();

  constructor(readonly question: GatewayQuestion) {}

  settle(sys: Sys, answer: Uint8Array | RpcStatus): void {
    this.#answer ??= answer;
    this.#settled.notify(sys);
  }

  *answer(sys: Sys): Wait<Uint8Array | RpcStatus> {
    while (!this.#answer) yield* this.#settled.wait(sys);
    return this.#answer;
  }
}

/** A build that a client has begun. */
export class ActiveBuild {
  readonly questions = new Channel<Asked>();
  readonly control = new BuildControl();

  constructor(
    readonly ref: string,
    readonly log: StatusLog,
  ) {}

  /** Asks something that the build answers in its own thread. @returns undefined where it is over */
  *ask(sys: Sys, asked: Asked): Wait<Uint8Array | RpcStatus | undefined> {
    if (!(yield* this.questions.send(sys, asked))) return undefined;
    return yield* asked.answer(sys);
  }
}

/** The builds that are under way, and those that have just ended, by their references. */
export class ActiveBuilds {
  readonly #builds = new Map<string, ActiveBuild>();
  readonly #ended: string[] = [];
  readonly #changed = new Condition();

  add(sys: Sys, build: ActiveBuild): void {
    this.#builds.set(build.ref, build);
    this.#changed.notify(sys);
  }

  get(ref: string): ActiveBuild | undefined {
    return this.#builds.get(ref);
  }

  end(sys: Sys, build: ActiveBuild): void {
    build.log.end(sys);
    build.questions.close(sys);
    this.#ended.push(build.ref);
    if (this.#ended.length > ENDED_MAX) this.#builds.delete(this.#ended.shift()!);
  }

  /** A build that may be about to begin. @param timeout milliseconds */
  *find(sys: Sys, ref: string, timeout: number): Wait<ActiveBuild | undefined> {
    while (!this.#builds.has(ref)) if ((yield* this.#changed.wait(sys, timeout)) < 0) return undefined;
    return this.#builds.get(ref);
  }
}
