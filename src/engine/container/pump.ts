import type { Program, Sys } from '../../abi/sys.ts';
import { read, type Wait } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';
import { now } from '../clock.ts';
import { LineSplitter } from '../logs/line-splitter.ts';
import type { Logger, StreamName } from '../logs/logger.ts';
import type { Streams } from './streams.ts';

/** Bytes that are read at once. */
export const PUMP_CHUNK = 32768;

/** Carries the output of a process to its log and to those who are attached: a thread for each descriptor. */
export class Pumps {
  readonly #buffer: Uint8Array;
  #running = 0;
  readonly #ended: Condition = new Condition();

  /** @param buffer of PUMP_CHUNK bytes, which all pumps may share: what was read is copied before anybody else runs */
  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  /** Starts a thread that reads `fd` to its end and closes it. */
  start(
    sys: Sys,
    fd: number,
    stream: StreamName,
    streams: Streams,
    logger: Logger | undefined,
    onLog: Condition,
  ): void {
    this.#running++;
    const pumps = this;
    const tid = sys.thread(function* (own): Program {
      try {
        yield* pump(own, pumps.#buffer, fd, stream, streams, logger, onLog);
      } finally {
        pumps.#running--;
        pumps.#ended.notify(own);
      }
      return 0;
    });
    if (tid < 0) {
      this.#running--;
      sys.close(fd);
    }
  }

  /** Waits until all output has been carried. */
  *drained(sys: Sys): Wait<void> {
    while (this.#running > 0) yield* this.#ended.wait(sys);
  }
}

function* pump(
  sys: Sys,
  buffer: Uint8Array,
  fd: number,
  stream: StreamName,
  streams: Streams,
  logger: Logger | undefined,
  onLog: Condition,
): Wait<void> {
  const splitter = new LineSplitter();
  for (;;) {
    const n = yield* read(sys, fd, buffer);
    if (n <= 0) break;
    const bytes = buffer.slice(0, n);
    if (logger) yield* log(sys, logger, stream, splitter.push(bytes), onLog);
    yield* streams.publish(sys, stream, bytes);
  }
  if (logger) yield* log(sys, logger, stream, splitter.end(), onLog);
  sys.close(fd);
}

function* log(sys: Sys, logger: Logger, stream: StreamName, lines: readonly string[], onLog: Condition): Wait<void> {
  if (lines.length === 0) return;
  const { sec, nsec } = now(sys);
  yield* logger.write(
    sys,
    lines.map((text) => ({ stream, text, sec, nsec })),
  );
  onLog.notify(sys);
}
