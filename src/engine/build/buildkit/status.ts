import type { Sys } from '../../../abi/sys.ts';
import type { BuildStatus } from '../../../api/build.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { Condition } from '../../../libc/sync.ts';
import { RULES, type RuleName, ruleUrl } from '../lint-rules.ts';
import { StatusResponse, type Timestamp } from './control-proto.ts';
import { timestamp } from './timestamps.ts';

/** Messages that a build keeps for who asks later. */
const KEPT_MAX = 20_000;

/** What a build tells of itself, as BuildKit's clients read it: kept from its beginning, given to each who asks. */
export class StatusLog {
  readonly #messages: Uint8Array[] = [];
  readonly #statuses: BuildStatus[] = [];
  readonly #digests = new Map<string, string>();
  readonly #changed = new Condition();
  #dropped = 0;
  #ended = false;
  /** Warnings so far. */
  warnings = 0;
  /** The Dockerfile that warnings are about. */
  source: () => { filename: string; text: string } = () => ({ filename: 'Dockerfile', text: '' });

  constructor(
    readonly sha256: HashFactory,
    /** Tells builds apart. */
    readonly ref: string,
    /** When the build began: milliseconds since the Epoch. */
    readonly begun: number,
  ) {}

  digest(vertex: string): string {
    let digest = this.#digests.get(vertex);
    if (digest === undefined) {
      digest = `sha256:${this.sha256.hex(encode(`${this.ref} ${vertex}`))}`;
      this.#digests.set(vertex, digest);
    }
    return digest;
  }

  #time(ms: number | undefined): Timestamp | undefined {
    return ms === undefined ? undefined : timestamp(this.begun + ms);
  }

  add(sys: Sys, status: BuildStatus): void {
    if (this.#statuses.length < KEPT_MAX) this.#statuses.push(status);
    this.#push(sys, {
      vertexes: (status.vertexes ?? []).map((vertex) => ({
        digest: this.digest(vertex.id),
        inputs: [],
        name: vertex.name,
        cached: vertex.cached ?? false,
        started: this.#time(vertex.started),
        completed: this.#time(vertex.completed),
        error: vertex.error ?? '',
      })),
      statuses: (status.statuses ?? []).map((part) => ({
        ID: part.name,
        vertex: this.digest(part.vertex),
        name: part.current === undefined ? '' : (part.name.split(' ')[0] ?? ''),
        current: part.current ?? 0,
        total: part.total ?? 0,
        timestamp: this.#time(part.completed ?? part.started),
        started: this.#time(part.started),
        completed: this.#time(part.completed),
      })),
      logs: (status.logs ?? []).map((log) => ({
        vertex: this.digest(log.vertex),
        timestamp: this.#time(log.at),
        stream: log.stream,
        msg: encode(log.data),
      })),
      warnings: (status.warnings ?? []).map((warning) => this.#warning(warning)),
    });
  }

  #warning({
    vertex,
    message,
    rule,
    first,
    last,
  }: NonNullable<BuildStatus['warnings']>[number]): StatusResponse['warnings'][number] {
    const at = (line: number): { line: number; character: number } => ({ line, character: 0 });
    const { filename, text } = this.source();
    this.warnings++;
    return {
      vertex: this.digest(vertex),
      level: 1,
      short: encode(message),
      detail: [encode(RULES[rule as RuleName].description)],
      url: ruleUrl(rule as RuleName),
      info: { filename, data: encode(text), language: 'Dockerfile' },
      ranges: [{ start: at(first), end: at(last) }],
    };
  }

  #push(sys: Sys, message: StatusResponse): void {
    this.#messages.push(StatusResponse.encode(message));
    if (this.#messages.length > KEPT_MAX) {
      this.#messages.shift();
      this.#dropped++;
    }
    this.#changed.notify(sys);
  }

  /** Nothing more comes. */
  end(sys: Sys): void {
    this.#ended = true;
    this.#changed.notify(sys);
  }

  /** Gives every message, those that are still to come too. @param take says no where it wants no more */
  *follow(sys: Sys, take: (message: Uint8Array) => Wait<boolean>): Wait<void> {
    for (let next = 0; ; ) {
      const message = this.#messages[Math.max(0, next - this.#dropped)];
      if (message) {
        next = Math.max(next, this.#dropped) + 1;
        if (!(yield* take(message))) return;
      } else if (this.#ended) return;
      else yield* this.#changed.wait(sys);
    }
  }

  /** All that was told, for who remembers the build. */
  get statuses(): readonly BuildStatus[] {
    return this.#statuses;
  }
}
