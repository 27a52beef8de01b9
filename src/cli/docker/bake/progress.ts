import type { BuildStatus } from '../../../api/build.ts';
import type { Wait } from '../../../libc/io.ts';
import type { BuildProgress, BuildWarning } from '../stream/build-progress.ts';

/** The display of one target of several: its steps have the target's name, all share one picture. */
export class TargetProgress implements BuildProgress {
  readonly warnings: BuildWarning[] = [];

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
    yield* this.all.show(own);
  }

  #name(name: string): string {
    if (!this.named) return name;
    return name.startsWith('[') ? `[${this.target} ${name.slice(1)}` : `[${this.target}] ${name}`;
  }

  *end(warnings: readonly BuildWarning[]): Wait<void> {
    this.warnings.push(...warnings);
  }
}
