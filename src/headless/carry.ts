import type { Socket } from 'node:net';
import type { HostStream } from '../machine/index.ts';

/**
 * How long what follows the head of a raw stream is held back, milliseconds. Some clients (docker-py) read the head through a
 * buffer and lose what comes with it; a real engine takes longer than this to start a process.
 */
const HEAD_GAP = 10;
/** A head is not longer than this. */
const HEAD_MAX = 2048;

/** Length of the head where bytes begin with that of an answer after which the connection is a raw stream; else 0. */
function rawStreamHead(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.subarray(0, HEAD_MAX)).toString('latin1');
  const end = text.startsWith('HTTP/1.1 ') ? text.indexOf('\r\n\r\n') : -1;
  const head = text.slice(0, Math.max(0, end));
  return /application\/vnd\.docker\.\w+-stream/.test(head) && !/^transfer-encoding: chunked/im.test(head) ? end + 4 : 0;
}

/**
 * Carries bytes both ways between a socket of this computer and a stream of the machine, until both are over.
 * @param stream or the -errno of its connect
 * @param http the stream speaks HTTP of the engine: what follows the head of a raw stream is held back a moment
 */
export function carry(stream: HostStream | number, socket: Socket, http: boolean): void {
  if (typeof stream === 'number') {
    socket.destroy();
    return;
  }
  const queue: Buffer[] = [];
  let ending = false;
  let ended = false;
  let over = false;
  /** What follows a raw stream's head waits. */
  let held = false;
  const up = (): void => {
    while (queue.length > 0) {
      const head = queue[0]!;
      const n = stream.write(head);
      if (n < 0) {
        finish();
        return;
      }
      if (n < head.length) {
        queue[0] = head.subarray(n);
        socket.pause();
        return;
      }
      queue.shift();
    }
    socket.resume();
    if (!ending || ended) return;
    ended = true;
    stream.end();
  };
  const down = (): void => {
    for (;;) {
      if (held || socket.writableNeedDrain) return;
      const bytes = stream.read(65536);
      if (bytes === undefined) return;
      if (typeof bytes === 'number') {
        finish();
        return;
      }
      if (bytes.length === 0) {
        socket.end();
        // the other side takes nothing any more either: it closed, and did not only end its output
        if (ending || stream.write(new Uint8Array(0)) < 0) finish();
        return;
      }
      const head = http ? rawStreamHead(bytes) : 0;
      if (head === 0) {
        socket.write(bytes);
        continue;
      }
      socket.write(bytes.subarray(0, head));
      held = true;
      setTimeout(() => {
        held = false;
        if (over) return;
        if (head < bytes.length) socket.write(bytes.subarray(head));
        down();
      }, HEAD_GAP);
    }
  };
  const finish = (): void => {
    if (over) return;
    over = true;
    stream.destroy();
    socket.destroySoon();
  };
  stream.onReadable = down;
  stream.onWritable = up;
  stream.onError = finish;
  socket.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    up();
  });
  socket.on('drain', down);
  socket.on('end', () => {
    ending = true;
    up();
  });
  socket.on('error', finish);
  socket.on('close', finish);
  down();
}
