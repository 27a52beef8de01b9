import type { BuildStatus, BuildVertex } from '../../../api/build.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Output } from '../../../libc/stdio.ts';
import { statusName } from './build-bytes.ts';

/** A step that failed, with what it printed. */
export interface FailedStep {
  name: string;
  logs: string[];
}

/** Shows a build while it goes on. */
export interface BuildProgress {
  /** @param builder name and driver, where it is not the engine's own */
  begin(builder?: { Name: string; Driver: string }): Wait<void>;
  show(status: BuildStatus): Wait<void>;
  /** The build is over, one way or the other: what failed and the warnings are told. */
  end(warnings: readonly BuildWarning[]): Wait<void>;
}

/** What is to be said about a Dockerfile at the end. */
export interface BuildWarning {
  rule: string;
  detail: string;
  first: number;
}

/** The end of a display: the output of the step that failed, and the warnings. */
export function closingText(failed: FailedStep | undefined, warnings: readonly BuildWarning[]): string {
  const logs = (failed?.logs ?? []).map((line) => `${line}\n`).join('');
  const block = failed ? `------\n > ${failed.name}:\n${logs}------\n` : '';
  if (warnings.length === 0) return block;
  const n = warnings.length;
  const list = warnings.map((w) => ` - ${w.rule}: ${w.detail} (line ${w.first})\n`).join('');
  return `${block}\n \x1b[33m${n} warning${n === 1 ? '' : 's'} found (use docker --debug to expand):\n\x1b[0m${list}`;
}

interface Step {
  number: number;
  vertex: BuildVertex;
  /** The unfinished line of its output. */
  rest: string;
  logs: string[];
}

/** The error of a step that was ended because another failed. */
export const CANCELED = 'context canceled';

/** A status of less than this many seconds is shown without its time. */
const SHORT = 0.05;

/**
 * The plain display of a build: steps get numbers in the order in which they begin; whenever another step speaks, an empty
 * line and its name come first.
 * @see moby/buildkit util/progress/progressui/printer.go
 */
export class PlainProgress implements BuildProgress {
  readonly #steps = new Map<string, Step>();
  #current: Step | undefined;
  #failed: FailedStep | undefined;
  /** Something was printed already. */
  #begun = false;

  constructor(
    private readonly out: Output,
    /** Quiet builds say nothing. */
    private readonly quiet: boolean,
  ) {}

  *begin({ Name, Driver } = { Name: 'default', Driver: 'docker' }): Wait<void> {
    yield* this.#line(`#0 building with "${Name}" instance using ${Driver} driver`);
  }

  *show(status: BuildStatus): Wait<void> {
    for (const vertex of status.vertexes ?? []) if (vertex.started !== undefined) this.#know(vertex);
    for (const part of status.statuses ?? []) {
      const { vertex, started, completed } = part;
      const step = this.#steps.get(vertex);
      if (!step) continue;
      const seconds = started !== undefined && completed !== undefined ? (completed - started) / 1000 : 0;
      const time = seconds >= SHORT ? ` ${seconds.toFixed(1)}s` : '';
      yield* this.#say(step, `${statusName(part)}${time}${completed === undefined ? '' : ' done'}`);
    }
    for (const { vertex, data, at } of status.logs ?? []) {
      const step = this.#steps.get(vertex);
      if (step) yield* this.#logged(step, data, at);
    }
    for (const { vertex, message } of status.warnings ?? []) {
      const step = this.#steps.get(vertex);
      if (step) yield* this.#say(step, `WARN: ${message}`);
    }
    for (const vertex of status.vertexes ?? []) if (vertex.completed !== undefined) yield* this.#done(vertex);
    yield* this.out.flush();
  }

  *end(warnings: readonly BuildWarning[]): Wait<void> {
    if (!this.quiet) yield* this.out.write(closingText(this.#failed, warnings));
    yield* this.out.flush();
  }

  #know(vertex: BuildVertex): void {
    if (!this.#steps.has(vertex.id))
      this.#steps.set(vertex.id, { number: this.#steps.size + 1, vertex, rest: '', logs: [] });
  }

  *#logged(step: Step, data: string, at: number): Wait<void> {
    const seconds = ((at - (step.vertex.started ?? at)) / 1000).toFixed(3);
    const lines = (step.rest + data).split('\n');
    step.rest = lines.pop()!;
    for (const line of lines) {
      step.logs.push(`${seconds} ${line}`);
      yield* this.#say(step, `${seconds} ${line}`);
    }
  }

  *#done(vertex: BuildVertex): Wait<void> {
    const step = this.#steps.get(vertex.id);
    if (!step) return;
    if (step.rest !== '') yield* this.#logged(step, '\n', vertex.completed!);
    if (vertex.error !== undefined) {
      if (vertex.error === CANCELED) {
        yield* this.#say(step, 'CANCELED');
        return;
      }
      this.#failed ??= { name: vertex.name, logs: step.logs };
      yield* this.#say(step, `ERROR: ${vertex.error}`);
      return;
    }
    const seconds = (vertex.completed! - (vertex.started ?? vertex.completed!)) / 1000;
    yield* this.#say(step, vertex.cached ? 'CACHED' : `DONE ${seconds.toFixed(1)}s`);
  }

  *#say(step: Step, text: string): Wait<void> {
    if (this.#current !== step) {
      this.#current = step;
      if (this.#begun) yield* this.#line('');
      yield* this.#line(`#${step.number} ${step.vertex.name}`);
    }
    yield* this.#line(`#${step.number} ${text}`);
  }

  *#line(text: string): Wait<void> {
    this.#begun = true;
    if (!this.quiet) yield* this.out.write(`${text}\n`);
  }
}
