import { request } from 'node:http';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ListWorkersResponse,
  RpcStatusMessage,
  SolveRequest,
  SolveResponse,
  StatusRequest,
  StatusResponse,
} from '../../src/engine/build/buildkit/control-proto.ts';
import {
  PACKET_DATA,
  PACKET_FIN,
  PACKET_REQ,
  PACKET_STAT,
  Packet,
  SecretRequest,
  SecretResponse,
} from '../../src/engine/build/buildkit/session-proto.ts';
import { decodeGrpcMessage, GrpcMessages, grpcMessage } from '../../src/lib/grpc.ts';
import { isBuilt, type ServedEngine, serveEngine } from './serve.ts';

// BuildKit's protocol as another implementation of HTTP/2 speaks it: Node's.

const SYNC = '/moby.filesync.v1.FileSync/DiffCopy';
const SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';

let engine: ServedEngine;

/** Upgrades a connection to HTTP/2. */
function upgrade(path: string, headers: Record<string, string | string[]> = {}): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath: engine.socket,
      path,
      method: 'POST',
      headers: { Connection: 'Upgrade', Upgrade: 'h2c', 'Content-Length': '0', ...headers },
    });
    asked.on('upgrade', (_, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.on('response', (response) => reject(new Error(`no upgrade: ${response.statusCode}`)));
    asked.on('error', reject);
    asked.end();
  });
}

interface Answer {
  messages: Uint8Array[];
  code: number;
  message: string;
  details: Uint8Array | undefined;
}

/** One call with one message. */
function call(client: ClientHttp2Session, path: string, message: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const reader = new GrpcMessages(1 << 24);
    const messages: Uint8Array[] = [];
    let last: IncomingHttpHeaders = {};
    stream.on('data', (bytes: Buffer) => {
      heard += bytes.toString('latin1');
      messages.push(...reader.push(bytes));
    });
    stream.on('response', (fields) => {
      last = fields;
    });
    stream.on('trailers', (fields) => {
      last = fields;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      const details = last['grpc-status-details-bin'];
      resolve({
        messages,
        code: Number(last['grpc-status']),
        message: decodeGrpcMessage(String(last['grpc-message'] ?? '')),
        details: typeof details === 'string' ? Buffer.from(details, 'base64') : undefined,
      });
    });
    stream.end(grpcMessage(message));
  });
}

/** A client's session: folders and secrets. */
function serveSession(folders: Record<string, Record<string, string>>, secrets: Record<string, string>): Http2Server {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const reader = new GrpcMessages(1 << 24);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    let status = '0';
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    stream.on('error', () => undefined);
    const send = (message: Uint8Array): void => void stream.write(grpcMessage(message));
    if (headers[':path'] === SECRET) {
      stream.on('data', (bytes: Buffer) => {
        for (const message of reader.push(bytes)) {
          const found = secrets[SecretRequest.decode(message).ID];
          if (found === undefined) status = '5';
          else send(SecretResponse.encode({ data: Buffer.from(found) }));
          stream.end();
        }
      });
      return;
    }
    const wanted = [headers.followpaths ?? []].flat().flatMap((field) => String(field).split(', '));
    const files = Object.entries(folders[String(headers['dir-name'])] ?? {}).filter(
      ([name]) => wanted.length === 0 || wanted.includes(name),
    );
    for (const [path, text] of files)
      send(
        Packet.encode({
          type: PACKET_STAT,
          stat: {
            path,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: text.length,
            modTime: 1_700_000_000_123_456_789n,
            linkname: '',
            devmajor: 0,
            devminor: 0,
            xattrs: new Map(),
          },
        }),
      );
    send(Packet.encode({ type: PACKET_STAT }));
    stream.on('data', (bytes: Buffer) => {
      for (const message of reader.push(bytes)) {
        const packet = Packet.decode(message);
        if (packet.type === PACKET_REQ) {
          send(Packet.encode({ type: PACKET_DATA, ID: packet.ID, data: Buffer.from(files[packet.ID]![1]) }));
          send(Packet.encode({ type: PACKET_DATA, ID: packet.ID }));
        } else if (packet.type === PACKET_FIN) {
          send(Packet.encode({ type: PACKET_FIN }));
          stream.end();
        }
      }
    });
  });
  return server;
}

/** Builds through the API. @returns the end of Solve, and what Status told */
async function solve(
  folders: Record<string, Record<string, string>>,
  attrs: Record<string, string> = {},
  secrets: Record<string, string> = {},
): Promise<Answer & { names: string[]; logs: string }> {
  const id = `session${Math.random().toString(36).slice(2)}`;
  const server = serveSession(folders, secrets);
  const socket = await upgrade('/session', {
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Grpc-Method': [SYNC, SECRET],
  });
  server.emit('connection', socket);
  const client = connect('http://localhost', { createConnection: () => clientSocket });
  const ref = `ref${id}`;
  const status = call(client, '/moby.buildkit.v1.Control/Status', StatusRequest.encode({ Ref: ref }));
  const end = await call(
    client,
    '/moby.buildkit.v1.Control/Solve',
    SolveRequest.encode({
      Ref: ref,
      Session: id,
      Frontend: 'dockerfile.v0',
      FrontendAttrs: new Map(Object.entries(attrs)),
      Exporters: [{ Type: 'moby', Attrs: new Map([['name', 'built:1']]) }],
    }),
  );
  const told = (await status).messages.map((message) => StatusResponse.decode(message));
  client.close();
  socket.destroy();
  const names = new Set(told.flatMap(({ vertexes }) => vertexes.map(({ name }) => name)));
  const logs = told.flatMap((message) => message.logs.map(({ msg }) => Buffer.from(msg).toString())).join('');
  return { ...end, names: [...names], logs };
}

let clientSocket: Duplex;

/** Waits until the engine has told something. */
async function waitFor(test: (text: string) => boolean): Promise<void> {
  while (!test(heard)) await new Promise((resolve) => setTimeout(resolve, 20));
}
/** What the engine has told of the build under way. */
let heard = '';

describe.skipIf(!isBuilt)('BuildKit over HTTP/2', () => {
  beforeAll(async () => {
    engine = await serveEngine();
    await new Promise<void>((resolve, reject) => {
      const pull = request(
        { socketPath: engine.socket, path: '/images/create?fromImage=busybox&tag=latest', method: 'POST' },
        (response) => response.resume().on('end', resolve),
      );
      pull.on('error', reject);
      pull.end();
    });
  });
  afterAll(() => engine?.stop());

  const build = async (...args: Parameters<typeof solve>) => {
    clientSocket = await upgrade('/grpc');
    return await solve(...args);
  };

  test('the worker says what it is', async () => {
    const socket = await upgrade('/grpc');
    const client = connect('http://localhost', { createConnection: () => socket });
    const { messages, code } = await call(client, '/moby.buildkit.v1.Control/ListWorkers', new Uint8Array(0));
    const missing = await call(client, '/moby.buildkit.v1.Control/Nosuch', new Uint8Array(0));
    client.close();
    expect(code).toBe(0);
    expect(ListWorkersResponse.decode(messages[0]!).record[0]?.platforms[0]).toMatchObject({ Architecture: 'amd64' });
    expect(missing).toMatchObject({ code: 12, message: 'unknown method Nosuch for service moby.buildkit.v1.Control' });
  });

  test('a build with a context, an argument and a secret', async () => {
    const dockerfile = [
      'FROM busybox',
      'ARG A',
      'COPY a /a',
      'RUN --mount=type=secret,id=s echo "$A $(cat /a) $(cat /run/secrets/s)"',
    ].join('\n');
    const folders = { dockerfile: { Dockerfile: dockerfile }, context: { a: 'file', b: 'not wanted' } };
    const end = await build(folders, { 'build-arg:A': 'arg' }, { s: 'secret' });
    expect(end).toMatchObject({ code: 0, message: '' });
    expect(end.logs).toBe('arg file secret\n');
    expect(end.names.slice(0, 3)).toEqual([
      '[internal] load build definition from Dockerfile',
      '[internal] load metadata for docker.io/library/busybox:latest',
      '[internal] load .dockerignore',
    ]);
    expect(end.names.at(-1)).toBe('exporting to image');
    const response = SolveResponse.decode(end.messages[0]!).ExporterResponse;
    expect(response.get('image.name')).toBe('docker.io/library/built:1');
    expect(response.get('containerimage.digest')).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('a step that fails: words, lines and the step', async () => {
    const end = await build({ dockerfile: { Dockerfile: 'FROM busybox\nRUN exit 3\n' }, context: {} });
    expect(end.message).toBe('process "/bin/sh -c exit 3" did not complete successfully: exit code: 3');
    const { details } = RpcStatusMessage.decode(end.details!);
    expect(details.map((detail) => detail.type_url)).toEqual([
      'github.com/moby/buildkit/errdefs.Source+json',
      'github.com/moby/buildkit/errdefs.Vertex+json',
    ]);
    expect(JSON.parse(Buffer.from(details[0]!.value).toString()).ranges).toEqual([
      { start: { line: 2 }, end: { line: 2 } },
    ]);
  });

  test.each([
    ['../x', 'invalid path: ../x'],
    ['a/b', 'invalid path: a/b'],
    ['/etc/x', 'invalid path: /etc/x'],
  ])('a session that sends %s gets nowhere', async (path, words) => {
    const folders = { dockerfile: { Dockerfile: 'FROM busybox\nCOPY . /c\n' }, context: { [path]: 'x' } };
    const end = await build(folders);
    expect(end.code).not.toBe(0);
    expect(end.message).toContain(words);
  });

  test('a large file comes whole, however small the windows are', async () => {
    const text = 'x'.repeat(3_000_000);
    const folders = {
      dockerfile: { Dockerfile: 'FROM busybox\nCOPY big /\nRUN wc -c /big\n' },
      context: { big: text },
    };
    const end = await build(folders);
    expect(end.logs).toBe('3000000 /big\n');
  });

  test('a client that goes ends its build', async () => {
    clientSocket = await upgrade('/grpc');
    const running = solve({ dockerfile: { Dockerfile: 'FROM busybox\nRUN sleep 1000\n' }, context: {} });
    await waitFor((text) => text.includes('RUN sleep'));
    clientSocket.destroy();
    // the calls have no end
    expect((await running).code).toBeNaN();
    const answer = await new Promise<string>((resolve) => {
      request({ socketPath: engine.socket, path: '/_ping' }, (r) => resolve(String(r.statusCode))).end();
    });
    expect(answer).toBe('200');
  });

  test('what is no HTTP/2 ends the connection', async () => {
    const socket = await upgrade('/grpc');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise<void>((resolve) => socket.on('close', resolve).resume());
  });
});
