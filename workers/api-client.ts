import { formatHead, HttpParser } from '../src/lib/http.ts';
import { Headers } from '../src/lib/http-headers.ts';
import type { ApiResponse, HostConnection, MachineHost, StreamSink } from '../src/machine/remote.ts';

const SOCKET = '/var/run/docker.sock';

/** Sends one request to the engine over its unix socket; the response comes to `sink`. @returns the connection */
export function send(host: MachineHost, method: string, path: string, body: unknown, sink: StreamSink): HostConnection {
  const parser = new HttpParser('response');
  parser.expect(method);
  let over = false;
  const finish = (error?: string) => {
    if (over) return;
    over = true;
    if (error === undefined) sink.end();
    else sink.end(error);
    connection.destroy();
  };
  const take = (events: ReturnType<HttpParser['push']>) => {
    for (const event of events) {
      if (over) return;
      if (event.type === 'head' && event.head.kind === 'response')
        sink.head(event.head.status, [...event.head.headers]);
      else if (event.type === 'data') sink.data(event.bytes.slice());
      else if (event.type === 'end') finish();
      else if (event.type === 'error') finish(event.message);
    }
  };
  const connection = host.connect(SOCKET, {
    data: (bytes) => take(parser.push(bytes)),
    end: () => take(parser.end()),
    close: (errno) => finish(errno === 0 ? 'the connection was closed' : `the connection failed (errno ${errno})`),
  });
  const content = body === undefined ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(body));
  const headers = new Headers([
    ['Host', 'docker'],
    ['User-Agent', 'Drydock-Page/1.0'],
    ['Connection', 'close'],
  ]);
  if (body !== undefined) {
    headers.append('Content-Type', 'application/json');
    headers.append('Content-Length', String(content.length));
  }
  connection.write(formatHead({ kind: 'request', method, target: `/v1.51${path}`, version: '1.1', headers }));
  if (content.length > 0) connection.write(content);
  return connection;
}

/** A request whose response is wanted whole. */
export function request(host: MachineHost, method: string, path: string, body?: unknown): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let status = 0;
    let headers: [string, string][] = [];
    send(host, method, path, body, {
      head: (code, fields) => {
        status = code;
        headers = fields;
      },
      data: (bytes) => void pieces.push(bytes),
      end: (error) => {
        if (error !== undefined) {
          reject(new Error(`${method} ${path}: ${error}`));
          return;
        }
        const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
        let at = 0;
        for (const piece of pieces) {
          whole.set(piece, at);
          at += piece.length;
        }
        resolve({ status, headers, body: whole });
      },
    });
  });
}
