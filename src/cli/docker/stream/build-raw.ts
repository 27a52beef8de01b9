import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { BuildStatus, BuildVertex } from '../../../api/build.ts';
import { toBase64 } from '../../../lib/base64.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Output } from '../../../libc/stdio.ts';
import type { BuildProgress } from './build-progress.ts';

/** `--progress rawjson`: each message of the build as a line of JSON. @see moby/buildkit client/graph.go SolveStatus */
export class RawProgress implements BuildProgress {
  #begun = 0;
  readonly #digests = new Map<string, string>();

  constructor(
    private readonly sys: Sys,
    private readonly out: Output,
    private readonly sha256: HashFactory,
  ) {}

  *begin(): Wait<void> {
    this.#begun = this.sys.now(CLOCK_REALTIME);
  }

  *show(status: BuildStatus): Wait<void> {
    const message: Record<string, unknown> = {};
    if (status.vertexes) message.vertexes = status.vertexes.map((vertex) => this.#vertex(vertex));
    if (status.statuses)
      message.statuses = status.statuses.map((s) => ({
        id: s.name,
        vertex: this.#digests.get(s.vertex),
        name: s.current === undefined ? s.name : s.name.split(' ')[0],
        current: s.current ?? 0,
        timestamp: this.#time(s.completed ?? s.started ?? 0),
        ...(s.started === undefined ? {} : { started: this.#time(s.started) }),
        ...(s.completed === undefined ? {} : { completed: this.#time(s.completed) }),
      }));
    if (status.logs)
      message.logs = status.logs.map((log) => ({
        vertex: this.#digests.get(log.vertex),
        stream: log.stream,
        data: toBase64(encode(log.data)),
        timestamp: this.#time(log.at),
      }));
    if (status.warnings)
      message.warnings = status.warnings.map((warning) => ({
        vertex: this.#digests.get(warning.vertex),
        level: 1,
        short: toBase64(encode(warning.message)),
      }));
    yield* this.out.write(`${JSON.stringify(message)}\n`);
    yield* this.out.flush();
  }

  #vertex({ id, name, started, completed, cached, error }: BuildVertex): Record<string, unknown> {
    const digest = this.#digests.get(id) ?? `sha256:${this.sha256.hex(encode(`${id} ${name}`))}`;
    this.#digests.set(id, digest);
    return {
      digest,
      name,
      ...(started === undefined ? {} : { started: this.#time(started) }),
      ...(completed === undefined ? {} : { completed: this.#time(completed) }),
      ...(cached ? { cached } : {}),
      ...(error === undefined ? {} : { error }),
    };
  }

  #time(ms: number): string {
    return new Date(this.#begun + ms).toISOString();
  }

  *end(): Wait<void> {
    yield* this.out.flush();
  }
}
