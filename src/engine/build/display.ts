import type { BuildStatus } from '../../api/build.ts';
import type { Wait } from '../../libc/io.ts';
import type { Warning } from './lint.ts';

/** Who sees how a build goes on. */
export interface BuildObserver {
  status(status: BuildStatus): Wait<void>;
}

/** Reports the steps of a build; times are milliseconds since it began. */
export class Display {
  #count = 0;
  readonly #open = new Map<string, { name: string; started: number }>();
  /** The step that failed first. */
  failed: string | undefined;

  constructor(
    readonly observer: BuildObserver,
    readonly now: () => number,
  ) {}

  /** @returns the step's id */
  *begin(name: string, started = this.now()): Wait<string> {
    const id = `v${++this.#count}`;
    this.#open.set(id, { name, started });
    yield* this.observer.status({ vertexes: [{ id, name, started }] });
    return id;
  }

  *end(id: string, how: { cached?: boolean; error?: string } = {}): Wait<void> {
    const known = this.#open.get(id);
    if (!known) return;
    this.#open.delete(id);
    if (how.error !== undefined) this.failed ??= id;
    yield* this.observer.status({
      vertexes: [
        {
          id,
          ...known,
          completed: this.now(),
          ...(how.cached ? { cached: true as const } : {}),
          ...(how.error === undefined ? {} : { error: how.error }),
        },
      ],
    });
  }

  /** A step that is over at once. */
  *note(name: string, how: { cached?: boolean; error?: string } = {}): Wait<void> {
    yield* this.end(yield* this.begin(name), how);
  }

  *status(vertex: string, name: string, done: boolean): Wait<void> {
    const started = this.#open.get(vertex)?.started ?? this.now();
    yield* this.observer.status({ statuses: [{ vertex, name, started, ...(done ? { completed: this.now() } : {}) }] });
  }

  /** How much of something has come: `transferring context:` */
  *transfer(vertex: string, name: string, current: number, done: boolean, started?: number): Wait<void> {
    const begun = started ?? this.#open.get(vertex)?.started ?? this.now();
    const completed = done ? { completed: this.now() } : {};
    yield* this.observer.status({ statuses: [{ vertex, name, started: begun, current, ...completed }] });
  }

  *log(vertex: string, stream: 1 | 2, data: string): Wait<void> {
    yield* this.observer.status({ logs: [{ vertex, stream, data, at: this.now() }] });
  }

  *warn(vertex: string, warning: Warning): Wait<void> {
    const { rule, detail, first, last } = warning;
    const message = `${rule}: ${detail} (line ${first})`;
    yield* this.observer.status({ warnings: [{ vertex, message, rule, first, last }] });
  }
}
