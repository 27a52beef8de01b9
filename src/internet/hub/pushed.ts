import type { Sys } from '../../abi/sys.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { passOn } from '../../libc/http-proxy.ts';
import type { SiteRequest, SiteResponse } from '../../libc/http-server.ts';
import { sleep, spawn, type Wait } from '../../libc/io.ts';
import { isDir } from '../../libc/paths.ts';
import { failure } from './answers.ts';

/** Where the registry behind Docker Hub keeps what people push. */
export const ROOT = '/var/lib/registry';
const PORT = 5000;
const TRIES = 50;

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
    const answer = yield* passOn(sys, fd, request, request.head.target, (headers) => {
      headers.delete('authorization');
      headers.set('X-Forwarded-Proto', 'https');
    });
    return 'kind' in answer ? failure(503, 'UNAVAILABLE', 'service unavailable') : answer;
  }
}
