import type { Sys } from '../../../abi/sys.ts';
import { FrameReader, STDERR, SYSTEM_ERROR } from '../../../api/frames.ts';
import { decode } from '../../../lib/utf8.ts';
import type { HttpConnection, HttpResponse } from '../../../libc/http-client.ts';
import { read, type Wait, writeAll } from '../../../libc/io.ts';
import { CliError } from '../errors.ts';
import { Background } from './background.ts';
import { DetachFilter } from './detach-keys.ts';
import { withRawTerminal } from './terminal.ts';

export interface StreamOptions {
  /** Whether the container has a terminal: then its output is one raw stream. */
  tty: boolean;
  stdin: boolean;
  /** Whether output is read at all. */
  output: boolean;
  /** Keys that detach, where it has a terminal. */
  keys: Uint8Array;
}

/** How a stream ended. */
export type StreamEnd = 'output' | 'detached';

/**
 * Connects our standard streams with an attached container until its output ends (or, without output, its input), or
 * the detach keys are typed. A terminal is raw meanwhile.
 */
export function* streamAttached(sys: Sys, response: HttpResponse, options: StreamOptions): Wait<StreamEnd> {
  if (options.stdin && options.tty && sys.isatty(0)) {
    return yield* withRawTerminal(sys, () => copy(sys, response, options));
  }
  return yield* copy(sys, response, options);
}

function* copy(sys: Sys, response: HttpResponse, options: StreamOptions): Wait<StreamEnd> {
  const { connection } = response;
  let detached = false;
  const early = response.upgraded ? connection.takeOver() : new Uint8Array(0);
  const input = options.stdin
    ? new Background(sys, function* (own) {
        detached = yield* sendInput(own, connection, options);
        // Ends the reading of output as well.
        if (detached) connection.abort();
      })
    : undefined;
  if (!options.output) {
    yield* input?.join(sys) ?? none();
    return detached ? 'detached' : 'output';
  }
  yield* receive(sys, response, early, options.tty);
  return detached ? 'detached' : 'output';
}

function* none(): Wait<void> {}

/** @returns whether the detach keys were typed */
function* sendInput(sys: Sys, connection: HttpConnection, { tty, keys }: StreamOptions): Wait<boolean> {
  const filter = tty ? new DetachFilter(keys) : undefined;
  const buf = new Uint8Array(32768);
  for (;;) {
    const n = yield* read(sys, 0, buf);
    if (n <= 0) break;
    const piece = buf.subarray(0, n);
    const { bytes, detached } = filter?.push(piece) ?? { bytes: piece, detached: false };
    if (bytes.length > 0 && (yield* writeAll(sys, connection.fd, bytes)) < 0) return false;
    if (detached) return true;
  }
  connection.closeWrite();
  return false;
}

function* receive(sys: Sys, response: HttpResponse, early: Uint8Array, tty: boolean): Wait<void> {
  const frames = new FrameReader();
  const buf = new Uint8Array(65536);
  const { connection } = response;
  for (let piece: Uint8Array | undefined = early; piece; ) {
    if (tty) yield* writeAll(sys, 1, piece);
    else yield* writeFrames(sys, frames, piece);
    if (response.upgraded) {
      const n = yield* read(sys, connection.fd, buf);
      piece = n > 0 ? buf.subarray(0, n) : undefined;
    } else piece = yield* response.chunk();
  }
}

/** Writes multiplexed output to where it belongs. @throws CliError for an error of the daemon within the stream */
export function* writeFrames(sys: Sys, frames: FrameReader, piece: Uint8Array): Wait<void> {
  for (const { stream, bytes } of frames.push(piece)) {
    if (stream === SYSTEM_ERROR) throw new CliError(`error from daemon in stream: ${decode(bytes)}`);
    yield* writeAll(sys, stream === STDERR ? 2 : 1, bytes);
  }
}
