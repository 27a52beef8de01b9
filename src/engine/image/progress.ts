import type { ProgressMessage } from '../../api/image.ts';
import type { Wait } from '../../libc/io.ts';
import type { AnswerStream } from '../server/call.ts';

/** Sends progress messages to the client, downloads not more often than one in 100 ms of the machine's clock. */
export class Progress {
  #last = new Map<string, number>();

  constructor(
    readonly stream: AnswerStream,
    readonly now: () => number,
  ) {}

  *say(message: ProgressMessage): Wait<void> {
    yield* this.stream.json(message);
  }

  /** A step of one layer: `Pulling fs layer`, `Download complete`. */
  *step(id: string, status: string): Wait<void> {
    yield* this.stream.json({ status, progressDetail: {}, id });
  }

  /** How far an action with a known length is. */
  *amount(id: string, status: string, current: number, total: number): Wait<void> {
    const key = `${id} ${status}`;
    const now = this.now();
    if (current < total && now - (this.#last.get(key) ?? -1000) < 100) return;
    this.#last.set(key, now);
    yield* this.stream.json({ status, progressDetail: { current, total }, progress: bar(current, total), id });
  }

  get gone(): boolean {
    return this.stream.gone;
  }
}

/** `[=====>      ]  1.2MB/3.4MB`, as jsonmessage draws it for a terminal of unknown width. */
function bar(current: number, total: number): string {
  const done = total <= 0 ? 0 : Math.min(50, Math.floor((current / total) * 50));
  const rest = Math.max(0, 50 - done - 1);
  return `[${'='.repeat(done)}>${' '.repeat(rest)}]  ${size(current)}/${size(total)}`;
}

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${String(Number(value.toPrecision(4)))}${units[unit]}`.padStart(7);
}
