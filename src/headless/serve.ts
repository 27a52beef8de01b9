import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { Machine } from '../machine/index.ts';
import { nodeWorld } from './world.ts';

const DOCKER_SOCKET = '/var/run/docker.sock';

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
      if (socket.writableNeedDrain) return;
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
      socket.write(bytes);
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
