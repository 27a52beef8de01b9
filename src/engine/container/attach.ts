import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { frame, MULTIPLEXED, RAW, STDERR, STDOUT } from '../../api/frames.ts';
import { encode } from '../../lib/utf8.ts';
import { type Wait, writeAll } from '../../libc/io.ts';
import type { Call } from '../server/call.ts';
import type { RawStream } from '../server/raw-stream.ts';
import type { Container } from './container.ts';
import { DetachKeys, parseDetachKeys } from './detach-keys.ts';
import { logEvent } from './log-event.ts';
import type { Attachment, Streams } from './streams.ts';

export interface AttachOptions {
  detachKeys?: string;
  logs?: boolean;
  stream?: boolean;
  stdin?: boolean;
  stdout?: boolean;
  stderr?: boolean;
}

const CHUNK = 32768;

/** Joins a client with the streams of a container. @throws ApiError */
export function* attachContainer(call: Call, c: Container, o: AttachOptions): Wait<void> {
  const { sys, daemon } = call;
  if (c.state.Paused)
    throw new ApiError('conflict', `container ${c.id} is paused, unpause the container before attach`);
  if (c.state.Restarting)
    throw new ApiError('conflict', `container ${c.id} is restarting, wait until the container is running`);
  const keys = parseDetachKeys(o.detachKeys);
  const streams = daemon.streamsOf(c);
  const attachment = o.stream ? streams.attach(o.stdout ?? false, o.stderr ?? false) : undefined;
  const type = c.config.Tty || !call.since('1.42') ? RAW : MULTIPLEXED;
  const raw = yield* call.hijack(type, RAW);
  logEvent(sys, daemon, c, 'attach');
  if (!attachment) return;
  const wantsInput = (o.stdin ?? false) && c.config.OpenStdin;
  let detached = false;
  if (wantsInput)
    copyInput(sys, raw, streams, {
      keys,
      closeAtEnd: c.config.StdinOnce && !c.config.Tty,
      isOver: () => attachment.channel.closed,
      onDetach: (own) => {
        detached = true;
        streams.detach(own, attachment);
      },
    });
  yield* copyOutput(call, raw, attachment, c.config.Tty);
  streams.detach(sys, attachment);
  raw.closeWrite(sys);
  if (detached) logEvent(sys, daemon, c, 'detach');
}

/** Carries output to the client until it ends, or until the client is gone. */
export function* copyOutput(call: Call, raw: RawStream, attachment: Attachment, tty: boolean): Wait<void> {
  const { sys, daemon } = call;
  yield* daemon.hangups.watch(sys, raw.fd, () => {
    raw.broken = true;
    attachment.channel.close(sys);
  });
  for (;;) {
    const piece = yield* attachment.channel.receive(sys);
    if (piece === undefined) break;
    const bytes = tty ? piece.bytes : frame(piece.stream === 'stderr' ? STDERR : STDOUT, piece.bytes);
    if (!(yield* raw.write(sys, bytes))) break;
  }
  yield* daemon.hangups.unwatch(sys, raw.fd);
}

export interface InputOptions {
  keys: readonly number[];
  /** The end of the client's input is the end of the process's. */
  closeAtEnd: boolean;
  /** Nobody waits for the process any more. */
  isOver(): boolean;
  onDetach(sys: Sys): void;
}

/** Carries the client's input to the process, in a thread of its own. */
export function copyInput(sys: Sys, raw: RawStream, streams: Streams, o: InputOptions): void {
  raw.readInThread(sys, function* (own) {
    const buffer = new Uint8Array(CHUNK);
    const detach = new DetachKeys(o.keys);
    for (;;) {
      const bytes = yield* raw.read(own, buffer);
      if (bytes === undefined) break;
      const { pass, detached } = detach.push(bytes);
      if (pass.length > 0 && !(yield* feed(own, streams, pass, o))) break;
      if (detached) {
        o.onDetach(own);
        return;
      }
    }
    if (o.closeAtEnd && (yield* ready(own, streams, o))) streams.closeStdin(own);
  });
}

/** Waits until the process has begun. @returns false where it never will */
function* ready(sys: Sys, streams: Streams, o: InputOptions): Wait<boolean> {
  while (streams.stdin < 0) {
    if (o.isOver()) return false;
    yield* streams.changed.wait(sys);
  }
  return true;
}

function* feed(sys: Sys, streams: Streams, bytes: Uint8Array, o: InputOptions): Wait<boolean> {
  if (!(yield* ready(sys, streams, o))) return false;
  return (yield* writeAll(sys, streams.stdin, bytes)) >= 0;
}

/** What an exec that failed tells its client. */
export const failureText = (message: string): Uint8Array => encode(`${message}\r\n`);
