import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { Headers } from '../../lib/http-headers.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import type { Progress } from './progress.ts';
import { request } from './registry-client.ts';

/**
 * Opens what is to be imported from an address; one without a scheme is of http.
 * @returns what gives its bytes, undefined at their end
 * @throws ApiError in the words of Go's net/http
 */
export function* download(
  sys: Sys,
  daemon: Daemon,
  from: string,
  progress: Progress,
): Wait<() => Wait<Uint8Array | undefined>> {
  const url = /^\w+:\/\//.test(from) ? from : from === '' ? 'http:' : `http://${from}`;
  const parts = /^(\w+):(?:\/\/([^/]+)(\/.*)?)?$/.exec(url);
  const [, scheme = '', host, path = '/'] = parts ?? [];
  if (scheme !== 'http' && scheme !== 'https')
    throw new ApiError('internal', `Get "${url}": unsupported protocol scheme "${scheme}"`);
  if (!host) throw new ApiError('internal', `Get "${url}": http: no Host in request URL`);
  const target = { scheme, host, insecure: daemon.registries.insecure.includes(host) } as const;
  const response = yield* request(sys, target, 'GET', path, new Headers(), undefined, url);
  if (response.status >= 400) {
    const text = yield* response.text();
    response.close();
    throw new ApiError(
      response.status === 404 ? 'not-found' : 'invalid-parameter',
      `failed to GET ${url} with status ${response.status} ${response.head.reason}: ${text.trim()}`,
    );
  }
  yield* progress.say({ status: `Downloading from ${url}` });
  return () => response.chunk();
}
