import type { Sys } from '../../abi/sys.ts';
import type { AttachOptions } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { frame, MULTIPLEXED, RAW, STDERR, STDOUT } from '../../api/frames.ts';
import { encode } from '../../lib/utf8.ts';
import { type Wait, writeAll } from '../../libc/io.ts';
import type { StreamName } from '../logs/logger.ts';
import { logReader } from '../logs/open.ts';
import type { LogReader } from '../logs/read.ts';
import type { Call } from '../server/call.ts';
import type { ClientStream } from '../server/raw-stream.ts';
import { openWebsocket } from '../server/websocket.ts';
import type { Container } from './container.ts';
import { DetachKeys, parseDetachKeys } from './detach-keys.ts';
import { logEvent } from './log-event.ts';
import type { Attachment, Streams } from './streams.ts';

const CHUNK = 32768;

/** Joins a client with the streams of a container. @param reference as the client named it. @throws ApiError */
export function* attachContainer(call: Call, c: Container, reference: string, o: AttachOptions): Wait<void> {
  const session = prepare(c, reference, o);
  const type = c.config.Tty || !call.since('1.42') ? RAW : MULTIPLEXED;
  yield* join(call, c, session, yield* call.hijack(type, RAW, true), c.config.Tty);
}

/** As `attachContainer`, over a WebSocket: nothing says which stream output is of. @throws ApiError */
export function* attachWebsocket(call: Call, c: Container, reference: string, o: AttachOptions): Wait<void> {
  const session = prepare(c, reference, o);
  const socket = yield* openWebsocket(call);
  if (socket) yield* join(call, c, session, socket, true);
}

/** What a client gets and gives; checked before the connection is its own. */
interface Session {
  keys: readonly number[];
  options: AttachOptions;
  log: LogReader | undefined;
}

function prepare(c: Container, reference: string, o: AttachOptions): Session {
  if (c.state.Paused)
    throw new ApiError('conflict', `container ${reference} is paused, unpause the container before attach`);
  if (c.state.Restarting)
    throw new ApiError('conflict', `container ${reference} is restarting, wait until the container is running`);
  const all = { tail: -1, since: undefined, until: undefined };
  const log = o.logs ? logReader(c, { ...all, stdout: o.stdout ?? false, stderr: o.stderr ?? false }) : undefined;
  return { keys: parseDetachKeys(o.detachKeys), options: o, log };
}

function* join(call: Call, c: Container, session: Session, client: ClientStream, plain: boolean): Wait<void> {
  const { sys, daemon } = call;
  const { options: o, log } = session;
  const streams = daemon.streamsOf(c);
  const attachment = o.stream ? streams.attach(o.stdout ?? false, o.stderr ?? false) : undefined;
  logEvent(sys, daemon, c, 'attach');
  if (log) {
    yield* log.start(sys, function* (rows) {
      for (const row of rows)
        if (!(yield* client.write(sys, framed(row.stream, encode(row.text), plain)))) return false;
      return true;
    });
    log.close(sys);
  }
  if (!attachment) {
    yield* client.closeWrite(sys);
    return;
  }
  let detached = false;
  if (o.stdin && c.config.OpenStdin)
    copyInput(sys, client, streams, {
      keys: session.keys,
      closeAtEnd: c.config.StdinOnce && !c.config.Tty,
      isOver: () => attachment.channel.closed,
      onDetach: (own) => {
        detached = true;
        streams.detach(own, attachment);
      },
    });
  yield* copyOutput(call, client, attachment, plain);
  streams.detach(sys, attachment);
  yield* client.closeWrite(sys);
  if (detached) logEvent(sys, daemon, c, 'detach');
}

const framed = (stream: StreamName, bytes: Uint8Array, plain: boolean): Uint8Array =>
  plain ? bytes : frame(stream === 'stderr' ? STDERR : STDOUT, bytes);

/** Carries output to the client until it ends, or until the client is gone. */
export function* copyOutput(call: Call, raw: ClientStream, attachment: Attachment, plain: boolean): Wait<void> {
  const { sys, daemon } = call;
  yield* daemon.hangups.watch(sys, raw.fd, () => {
    raw.broken = true;
    attachment.channel.close(sys);
  });
  for (;;) {
    const piece = yield* attachment.channel.receive(sys);
    if (piece === undefined) break;
    if (!(yield* raw.write(sys, framed(piece.stream, piece.bytes, plain)))) break;
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
export function copyInput(sys: Sys, raw: ClientStream, streams: Streams, o: InputOptions): void {
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
