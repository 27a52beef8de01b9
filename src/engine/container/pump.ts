import { POLLIN } from '../../abi/flags.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { poll, read, type Wait } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';
import { now } from '../clock.ts';
import { LineSplitter } from '../logs/line-splitter.ts';
import type { Logger, StreamName } from '../logs/logger.ts';
import type { Streams } from './streams.ts';

/** Bytes that are read at once. */
export const PUMP_CHUNK = 32768;

/** Where output comes from. */
export interface Source {
  fd: number;
  stream: StreamName;
}

/** Where it goes. */
interface Sink {
  streams: Streams;
  logger: Logger | undefined;
  /** Told when the log has grown. */
  onLog: Condition;
}

/** Carries the output of a process to its log and to those who are attached, in a thread. */
export class Pumps {
  readonly #buffer: Uint8Array;
  #running = 0;
  readonly #ended: Condition = new Condition();

  /** @param buffer of PUMP_CHUNK bytes, which all pumps may share: what was read is copied before anybody else runs */
  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  /** Starts a thread that reads `sources` to their ends and closes them; two pipes in the order of writing. */
  start(sys: Sys, sources: readonly Source[], sink: Sink): void {
    this.#running++;
    const pumps = this;
    if (sources.length === 2) sys.pipeOrder(sources[0]!.fd, sources[1]!.fd);
    const tid = sys.thread(function* (own): Program {
      try {
        yield* pump(own, pumps.#buffer, sources, sink);
      } finally {
        pumps.#running--;
        pumps.#ended.notify(own);
      }
      return 0;
    });
    if (tid < 0) {
      this.#running--;
      for (const { fd } of sources) sys.close(fd);
    }
  }

  /** Waits until all output has been carried. */
  *drained(sys: Sys): Wait<void> {
    while (this.#running > 0) yield* this.#ended.wait(sys);
  }
}

function* pump(sys: Sys, buffer: Uint8Array, sources: readonly Source[], sink: Sink): Wait<void> {
  const open = sources.map((source) => ({ ...source, splitter: new LineSplitter() }));
  while (open.length > 0) {
    const index = yield* readable(sys, open);
    const { fd, stream, splitter } = open[index]!;
    const n = yield* read(sys, fd, buffer);
    if (n > 0) {
      const bytes = buffer.slice(0, n);
      yield* log(sys, sink, stream, sink.logger ? splitter.push(bytes) : []);
      yield* sink.streams.publish(sys, stream, bytes);
      continue;
    }
    yield* log(sys, sink, stream, splitter.end());
    sys.close(fd);
    open.splice(index, 1);
  }
}

/** Waits until one of them has something, or has ended. @returns which */
function* readable(sys: Sys, sources: readonly Source[]): Wait<number> {
  if (sources.length === 1) return 0;
  const fds = sources.map(({ fd }) => ({ fd, events: POLLIN, revents: 0 }));
  yield* poll(sys, fds, -1);
  return Math.max(
    0,
    fds.findIndex(({ revents }) => revents !== 0),
  );
}

function* log(sys: Sys, { logger, onLog }: Sink, stream: StreamName, lines: readonly string[]): Wait<void> {
  if (!logger || lines.length === 0) return;
  const { sec, nsec } = now(sys);
  yield* logger.write(
    sys,
    lines.map((text) => ({ stream, text, sec, nsec })),
  );
  onLog.notify(sys);
}
