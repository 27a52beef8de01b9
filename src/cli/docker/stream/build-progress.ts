import type { BuildStatus, BuildVertex } from '../../../api/build.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Output } from '../../../libc/stdio.ts';

/** A step that failed, with what it printed. */
export interface FailedStep {
  name: string;
  logs: string[];
}

/** Shows a build while it goes on. */
export interface BuildProgress {
  begin(): Wait<void>;
  show(status: BuildStatus): Wait<void>;
  /** The build is over, one way or the other. */
  end(): Wait<void>;
  /** The step that failed, if one did. */
  readonly failed: FailedStep | undefined;
}

interface Step {
  number: number;
  vertex: BuildVertex;
  /** The unfinished line of its output. */
  rest: string;
  logs: string[];
}

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
  failed: FailedStep | undefined;

  constructor(
    private readonly out: Output,
    /** Quiet builds only remember what failed. */
    private readonly quiet: boolean,
  ) {}

  *begin(): Wait<void> {
    yield* this.#line('#0 building with "default" instance using docker driver');
  }

  *show(status: BuildStatus): Wait<void> {
    for (const vertex of status.vertexes ?? []) if (vertex.started !== undefined) this.#know(vertex);
    for (const { vertex, name, started, completed } of status.statuses ?? []) {
      const step = this.#steps.get(vertex);
      if (!step) continue;
      const seconds = started !== undefined && completed !== undefined ? (completed - started) / 1000 : 0;
      const time = seconds >= SHORT ? ` ${seconds.toFixed(1)}s` : '';
      yield* this.#say(step, `${name}${time}${completed === undefined ? '' : ' done'}`);
    }
    for (const { vertex, data, at } of status.logs ?? []) {
      const step = this.#steps.get(vertex);
      if (step) yield* this.#logged(step, data, at);
    }
    for (const vertex of status.vertexes ?? []) if (vertex.completed !== undefined) yield* this.#done(vertex);
    yield* this.out.flush();
  }

  *end(): Wait<void> {
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
      this.failed = { name: vertex.name, logs: step.logs };
      yield* this.#say(step, `ERROR: ${vertex.error}`);
      return;
    }
    const seconds = (vertex.completed! - (vertex.started ?? vertex.completed!)) / 1000;
    yield* this.#say(step, vertex.cached ? 'CACHED' : `DONE ${seconds.toFixed(1)}s`);
  }

  *#say(step: Step, text: string): Wait<void> {
    if (this.#current !== step) {
      this.#current = step;
      yield* this.#line('');
      yield* this.#line(`#${step.number} ${step.vertex.name}`);
    }
    yield* this.#line(`#${step.number} ${text}`);
  }

  *#line(text: string): Wait<void> {
    if (!this.quiet) yield* this.out.write(`${text}\n`);
  }
}

/**
 * The lines of a source around those that are to blame.
 * @see moby/buildkit solver/errdefs/source.go
 */
export function excerpt(filename: string, text: string, first: number, last: number): string {
  const lines = text.split('\n');
  if (first < 1 || first > lines.length) return '';
  let start = first;
  let end = Math.min(last, lines.length);
  const pad = start === end ? 4 : 2;
  for (let p = 0; p < pad; p++) {
    if (start > 1) {
      start--;
      p++;
    }
    if (end !== lines.length) {
      end++;
      p++;
    }
  }
  const rule = '--------------------';
  const shown = lines.slice(start - 1, end).map((line, i) => {
    const n = start + i;
    return ` ${String(n).padStart(3)} | ${n >= first && n <= last ? '>>>' : '   '} ${line}`;
  });
  return [`${filename}:${first}`, rule, ...shown, rule, ''].join('\n');
}
