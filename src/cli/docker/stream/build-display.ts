import { CLOCK_MONOTONIC } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { BuildStatus, BuildVertex } from '../../../api/build.ts';
import { sleep, type Wait, writeAll } from '../../../libc/io.ts';
import { statusName } from './build-bytes.ts';
import { type BuildProgress, type BuildWarning, CANCELED, closingText, type FailedStep } from './build-progress.ts';

interface Line {
  text: string;
  seconds: number;
  state: 'running' | 'done' | 'failed';
}

interface Status {
  name: string;
  started: number | undefined;
  completed: number | undefined;
}

interface Step {
  vertex: BuildVertex;
  statuses: Map<string, Status>;
  /** What it printed, whole lines and the begin of the next. */
  output: string;
  logs: string[];
  warnings: string[];
}

/** Milliseconds between two pictures. */
const REFRESH = 150;
/** Lines of output that a running step shows. */
const TAIL = 6;
const BLUE = '\x1b[34m';
const RED = '\x1b[31m';
const DIM = '\x1b[2m';
const RESET = '\x1b[0m';

/**
 * The display of a build on a terminal: a line a step with its time, the last lines of what a running step prints, all
 * drawn anew several times a second.
 * @see moby/buildkit util/progress/progressui/display.go
 */
export class BuildDisplay implements BuildProgress {
  readonly #steps: Map<string, Step> = new Map();
  readonly #begun: number;
  #drawn = 0;
  #ended = false;
  #failed: FailedStep | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly size: { rows: number; cols: number },
  ) {
    this.#begun = sys.now(CLOCK_MONOTONIC);
  }

  *begin(): Wait<void> {
    yield* this.#draw(this.sys, false);
    this.sys.thread((own) => this.#refresh(own));
  }

  *#refresh(own: Sys): Generator<void, number, void> {
    for (;;) {
      yield* sleep(own, REFRESH);
      if (this.#ended) return 0;
      yield* this.#draw(own, false);
    }
  }

  *show(status: BuildStatus): Wait<void> {
    for (const vertex of status.vertexes ?? []) this.#know(vertex);
    for (const s of status.statuses ?? []) {
      this.#steps
        .get(s.vertex)
        ?.statuses.set(s.name, { name: statusName(s), started: s.started, completed: s.completed });
    }
    for (const { vertex, message } of status.warnings ?? []) this.#steps.get(vertex)?.warnings.push(message);
    for (const { vertex, data, at } of status.logs ?? []) {
      const step = this.#steps.get(vertex);
      if (step) log(step, data, at);
    }
  }

  #know(vertex: BuildVertex): void {
    const step = this.#steps.get(vertex.id);
    if (step) step.vertex = { ...step.vertex, ...vertex };
    else this.#steps.set(vertex.id, { vertex, statuses: new Map(), output: '', logs: [], warnings: [] });
    if (vertex.error === undefined || vertex.error === CANCELED) return;
    const { logs } = this.#steps.get(vertex.id)!;
    this.#failed ??= { name: this.#steps.get(vertex.id)!.vertex.name, logs };
  }

  /** The last picture stays. */
  *end(warnings: readonly BuildWarning[]): Wait<void> {
    if (this.#ended) return;
    this.#ended = true;
    yield* this.#draw(this.sys, true);
    yield* writeAll(this.sys, 2, closingText(this.#failed, warnings));
  }

  *#draw(sys: Sys, last: boolean): Wait<void> {
    const { cols, rows } = this.size;
    const now = sys.now(CLOCK_MONOTONIC) - this.#begun;
    const steps = [...this.#steps.values()];
    const done = steps.filter((s) => s.vertex.completed !== undefined).length;
    const head = `[+] Building ${(now / 1000).toFixed(1)}s (${done}/${Math.max(1, steps.length)})${last ? ' FINISHED' : ''}`;
    let lines = [`${align(head, 'docker:default', cols)}\n`];
    const body = steps.filter((s) => s.vertex.started !== undefined).flatMap((s) => stepLines(s, now, cols));
    // What does not fit on the screen could not be drawn over.
    lines = lines.concat(last ? body : body.slice(-Math.max(1, rows - 2)));
    const up = this.#drawn > 0 ? `${'\x1b[1A'.repeat(this.#drawn)}\x1b[0G` : '';
    const stale = Math.max(0, this.#drawn - lines.length);
    const blank = stale > 0 ? `${`${' '.repeat(cols)}\n`.repeat(stale)}\x1b[${stale}A\x1b[0G` : '';
    this.#drawn = lines.length;
    yield* writeAll(sys, 2, `${up}\x1b[?25l${lines.join('')}${blank}\x1b[?25h`);
  }
}

function log(step: Step, data: string, at: number): void {
  const seconds = ((at - (step.vertex.started ?? at)) / 1000).toFixed(3);
  const open = step.output.slice(step.output.lastIndexOf('\n') + 1);
  const lines = (open + data).split('\n');
  for (const line of lines.slice(0, -1)) step.logs.push(`${seconds} ${line}`);
  step.output += data;
}

/** The lines of a step: itself, its parts, and while it runs the end of its output. */
function stepLines({ vertex, statuses, output, warnings }: Step, now: number, cols: number): string[] {
  const time = (started: number | undefined, completed: number | undefined): number =>
    started === undefined ? 0 : ((completed ?? now) - started) / 1000;
  const mark =
    vertex.error === CANCELED ? 'CANCELED ' : vertex.error !== undefined ? 'ERROR ' : vertex.cached ? 'CACHED ' : '';
  const state = vertex.error !== undefined ? 'failed' : vertex.completed === undefined ? 'running' : 'done';
  const lines: Line[] = [{ text: mark + vertex.name, seconds: time(vertex.started, vertex.completed), state }];
  for (const s of statuses.values()) {
    lines.push({
      text: `=> ${s.name}`,
      seconds: time(s.started, s.completed),
      state: s.completed === undefined ? 'running' : 'done',
    });
  }
  for (const text of warnings) lines.push({ text: `WARN: ${text}`, seconds: 0, state: 'running' });
  const shown = lines.map((line) => lineText(line, cols));
  if (state === 'running') {
    const tail = output
      .split('\n')
      .filter((l) => l.trim() !== '')
      .slice(-TAIL);
    for (const text of tail) shown.push(`${DIM} => => # ${text.slice(0, cols - 10).padEnd(cols - 10)}\n${RESET}`);
  }
  return shown;
}

function lineText({ text, seconds, state }: Line, cols: number): string {
  const timer = ` ${(seconds < 0.05 ? 0 : seconds).toFixed(1)}s`;
  const left = cols - ' => '.length - timer.length - 2;
  const line = `${align(` => ${text.slice(0, left)}`, timer, cols)}\n`;
  if (state === 'running') return line;
  return `${state === 'failed' ? RED : BLUE}${line}${RESET}`;
}

/** `left` and `right` at the two sides of a line. */
const align = (left: string, right: string, cols: number): string => `${left.padEnd(cols - right.length - 2)} ${right}`;
