import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { Machine } from '../machine/index.ts';
import { nodeWorld } from './world.ts';

const DOCKER_SOCKET = '/var/run/docker.sock';
/**
 * How long what follows the head of a raw stream is held back, milliseconds. Some clients (docker-py) read the head through a
 * buffer and lose what comes with it; a real engine takes longer than this to start a process.
 */
const HEAD_GAP = 10;
/** A head is not longer than this. */
const HEAD_MAX = 2048;

/** `drydock serve`: carries each connection of a unix socket, byte for byte, to the simulated docker.sock. Runs until a signal. */
export async function serve(path: string, verbose: boolean): Promise<number> {
  const machine = await Machine.boot(nodeWorld('real', verbose));
  if (!(await machine.socketAnswers(DOCKER_SOCKET))) {
    process.stderr.write('drydock: the engine does not answer\n');
    return 1;
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => carry(machine, socket));
  if (existsSync(path)) unlinkSync(path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const mask = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(mask);
  });
  chmodSync(path, 0o600);
  process.stderr.write(`drydock: the engine listens on ${path}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  server.close();
  machine.kernel.shutdown();
  if (existsSync(path)) unlinkSync(path);
  return 0;
}

/** Length of the head where bytes begin with that of an answer after which the connection is a raw stream; else 0. */
function rawStreamHead(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.subarray(0, HEAD_MAX)).toString('latin1');
  const end = text.startsWith('HTTP/1.1 ') ? text.indexOf('\r\n\r\n') : -1;
  const head = text.slice(0, Math.max(0, end));
  return /application\/vnd\.docker\.\w+-stream/.test(head) && !/^transfer-encoding: chunked/im.test(head) ? end + 4 : 0;
}

function carry(machine: Machine, socket: Socket): void {
  const stream = machine.kernel.connectUnix(DOCKER_SOCKET);
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
      const head = rawStreamHead(bytes);
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
