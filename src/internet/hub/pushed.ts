import type { Sys } from '../../abi/sys.ts';
import { Headers } from '../../lib/http-headers.ts';
import { connectTcp, HttpConnection } from '../../libc/http-client.ts';
import type { SiteRequest, SiteResponse } from '../../libc/http-server.ts';
import { sleep, spawn, type Wait } from '../../libc/io.ts';
import { isDir } from '../../libc/paths.ts';
import { failure } from './answers.ts';

/** Where the registry behind Docker Hub keeps what people push. */
export const ROOT = '/var/lib/registry';
const PORT = 5000;
const TRIES = 50;

/** Fields that belong to one hop. */
const HOP = ['connection', 'keep-alive', 'transfer-encoding', 'authorization', 'expect'];

/** What people pushed: a registry of its own on this host, started when it is first needed. */
export class Pushed {
  #started = false;

  has(sys: Sys, name: string): boolean {
    return isDir(sys, `${ROOT}/docker/registry/v2/repositories/${name}`);
  }

  *#connect(sys: Sys): Wait<number> {
    if (!this.#started) {
      this.#started = true;
      yield* spawn(sys, '/bin/registry', ['registry', 'serve', '/etc/registry.yml'], []);
    }
    for (let i = 0; ; i++) {
      const fd = yield* connectTcp(sys, '127.0.0.1', PORT);
      if (fd >= 0 || i === TRIES) return fd;
      yield* sleep(sys, 20);
    }
  }

  /** Passes a request on and its answer back, both as they come. */
  *pass(sys: Sys, request: SiteRequest): Wait<SiteResponse> {
    const fd = yield* this.#connect(sys);
    if (fd < 0) return failure(503, 'UNAVAILABLE', 'service unavailable');
    const connection = new HttpConnection(sys, fd);
    const { head, body } = request;
    const length = head.headers.get('content-length');
    const headers = new Headers([...head.headers].filter(([name]) => !HOP.includes(name.toLowerCase())));
    headers.set('X-Forwarded-Proto', 'https');
    const carries = length !== undefined || head.headers.has('transfer-encoding');
    const source = { ...(length !== undefined && { length: Number(length) }), next: () => body.next() };
    const answer = yield* connection.request({
      method: head.method,
      target: head.target,
      headers,
      ...(carries && { body: source }),
    });
    if (answer.kind === 'failure') {
      connection.close();
      return failure(503, 'UNAVAILABLE', 'service unavailable');
    }
    const kept = [...answer.headers].filter(([name]) => !HOP.includes(name.toLowerCase()));
    if (head.method === 'HEAD' || answer.status === 204 || answer.status === 304) {
      connection.close();
      return { status: answer.status, headers: kept };
    }
    return {
      status: answer.status,
      headers: kept,
      *body(write) {
        for (let piece; (piece = yield* answer.chunk()) !== undefined; ) if ((yield* write(piece)) < 0) break;
        connection.close();
      },
    };
  }
}
