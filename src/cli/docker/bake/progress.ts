import type { BuildStatus, BuildVertex } from '../../../api/build.ts';
import type { Wait } from '../../../libc/io.ts';
import type { BuildProgress } from '../stream/build-progress.ts';

/** The display of one target of several: its steps have the target's name, all share one picture. */
export class TargetProgress implements BuildProgress {
  /** Steps that have begun and not ended. */
  readonly #open = new Map<string, BuildVertex>();

  constructor(
    private readonly all: BuildProgress,
    private readonly target: string,
    /** Whether its name is shown. */
    private readonly named: boolean,
  ) {}

  *begin(): Wait<void> {}

  *show(status: BuildStatus): Wait<void> {
    const id = (vertex: string): string => `${this.target} ${vertex}`;
    const own: BuildStatus = {};
    if (status.vertexes) own.vertexes = status.vertexes.map((v) => ({ ...v, id: id(v.id), name: this.#name(v.name) }));
    if (status.statuses) own.statuses = status.statuses.map((s) => ({ ...s, vertex: id(s.vertex) }));
    if (status.logs) own.logs = status.logs.map((log) => ({ ...log, vertex: id(log.vertex) }));
    if (status.warnings) own.warnings = status.warnings.map((w) => ({ ...w, vertex: id(w.vertex) }));
    for (const vertex of own.vertexes ?? [])
      if (vertex.completed === undefined) this.#open.set(vertex.id, vertex);
      else this.#open.delete(vertex.id);
    yield* this.all.show(own);
  }

  /** Ends what goes on. @param at milliseconds since the build began */
  *breakOff(at: number, error: string): Wait<void> {
    const vertexes = [...this.#open.values()].map((vertex) => ({ ...vertex, completed: at, error }));
    this.#open.clear();
    if (vertexes.length > 0) yield* this.all.show({ vertexes });
  }

  #name(name: string): string {
    if (!this.named) return name;
    return name.startsWith('[') ? `[${this.target} ${name.slice(1)}` : `[${this.target}] ${name}`;
  }

  *end(): Wait<void> {}
}
