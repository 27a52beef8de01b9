import { createServer, type Server } from 'node:net';
import type { ContainerSummary } from '../api/container.ts';
import type { Machine } from '../machine/index.ts';
import { carry } from './carry.ts';

/** Here, and where the port is asked for in the machine. */
const HOST = '127.0.0.1';
/** Events after which ports may have changed. */
const EVENTS = encodeURIComponent(JSON.stringify({ type: ['container'], event: ['start', 'die', 'destroy'] }));

/** Opens the TCP ports that containers publish on 127.0.0.1 of this computer, as long as they do. */
export function publishPorts(machine: Machine, socket: string): { close(): void } {
  const open = new Map<number, Server>();
  const show = async (): Promise<void> => {
    const containers = JSON.parse(await ask(machine, socket, '/containers/json')) as ContainerSummary[];
    const wanted = new Set<number>();
    for (const c of containers)
      for (const p of c.Ports) if (p.Type === 'tcp' && p.PublicPort !== undefined) wanted.add(p.PublicPort);
    for (const [port, server] of open) {
      if (wanted.has(port)) continue;
      server.close();
      open.delete(port);
    }
    for (const port of wanted) if (!open.has(port)) open.set(port, listen(machine, port));
  };
  const refresh = (): void => {
    show().catch((error: unknown) => process.stderr.write(`drydock: ports: ${String(error)}\n`));
  };
  const events = machine.kernel.connectUnix(socket);
  if (typeof events !== 'number') {
    events.onReadable = () => {
      let some = false;
      for (let bytes = events.read(65536); bytes instanceof Uint8Array && bytes.length > 0; bytes = events.read(65536))
        some = true;
      if (some) refresh();
    };
    events.write(Buffer.from(`GET /events?filters=${EVENTS} HTTP/1.0\r\nHost: docker\r\n\r\n`));
  }
  refresh();
  return {
    close() {
      if (typeof events !== 'number') events.destroy();
      for (const server of open.values()) server.close();
    },
  };
}

function listen(machine: Machine, port: number): Server {
  const server = createServer({ allowHalfOpen: true }, (client) =>
    carry(machine.kernel.connectTcp(HOST, port), client, false),
  );
  server.on('error', (error: Error) => process.stderr.write(`drydock: port ${port}: ${error.message}\n`));
  server.listen(port, HOST);
  return server;
}

/** The body of a GET to the engine. */
function ask(machine: Machine, socket: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = machine.kernel.connectUnix(socket);
    if (typeof stream === 'number') {
      reject(new Error('the engine does not answer'));
      return;
    }
    const pieces: Uint8Array[] = [];
    stream.onError = () => reject(new Error('the engine broke off'));
    stream.onReadable = () => {
      for (;;) {
        const bytes = stream.read(65536);
        if (bytes === undefined) return;
        if (typeof bytes === 'number' || bytes.length === 0) break;
        pieces.push(bytes.slice());
      }
      stream.destroy();
      const text = Buffer.concat(pieces).toString('utf8');
      resolve(text.slice(text.indexOf('\r\n\r\n') + 4));
    };
    stream.write(Buffer.from(`GET ${path} HTTP/1.0\r\nHost: docker\r\n\r\n`));
  });
}
