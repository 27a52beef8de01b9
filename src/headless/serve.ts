import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { Machine } from '../machine/index.ts';
import { carry } from './carry.ts';
import { publishPorts } from './publish.ts';
import { nodeWorld } from './world.ts';

const DOCKER_SOCKET = '/var/run/docker.sock';
/**
 * `drydock serve`: carries each connection of a unix socket, byte for byte, to the simulated docker.sock. Runs until a
 * signal.
 * @param publish published ports of containers are opened on 127.0.0.1 of this computer
 */
export async function serve(path: string, publish: boolean, verbose: boolean): Promise<number> {
  const machine = await Machine.boot(nodeWorld('real', verbose));
  if (!(await machine.socketAnswers(DOCKER_SOCKET))) {
    process.stderr.write('drydock: the engine does not answer\n');
    return 1;
  }
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    carry(machine.kernel.connectUnix(DOCKER_SOCKET), socket, true),
  );
  if (existsSync(path)) unlinkSync(path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const mask = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(mask);
  });
  chmodSync(path, 0o600);
  process.stderr.write(`drydock: the engine listens on ${path}\n`);
  const ports = publish ? publishPorts(machine, DOCKER_SOCKET) : undefined;
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  ports?.close();
  server.close();
  machine.kernel.shutdown();
  if (existsSync(path)) unlinkSync(path);
  return 0;
}
