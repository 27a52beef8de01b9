import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { AuthBody } from '../../api/system.ts';
import { Headers } from '../../lib/http-headers.ts';
import type { Wait } from '../../libc/io.ts';
import { RegistryClient } from './registry-client.ts';

const HUB = 'docker.io';

/** The host of a server's address, as `docker login` sends it. */
function domainOf(address: string): string {
  const host = address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === '' || host === 'index.docker.io' || host === HUB ? HUB : host;
}

/**
 * Asks a registry whether a name and a password are good.
 * @throws ApiError with the engine's words where they are not, or the registry does not answer
 * @see moby registry/auth.go, loginV2
 */
export function* logIn(sys: Sys, given: AuthBody, insecure: readonly string[]): Wait<void> {
  const domain = domainOf(given.serveraddress ?? '');
  const auth = { username: given.username ?? '', password: given.password ?? '' };
  const client = new RegistryClient(sys, { domain, path: '' }, auth, insecure, '');
  const response = yield* client.call('GET', '/v2/', new Headers());
  yield* response.bytes();
  response.close();
  if (response.status === 200) return;
  const status = `${response.status} ${response.head.reason}`;
  throw new ApiError('unauthorized', `login attempt to ${client.url}/v2/ failed with status: ${status}`);
}
