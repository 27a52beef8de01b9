import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Headers } from '../../lib/http-headers.ts';
import { familiarName, familiarString, type Reference } from '../../lib/reference.ts';
import type { BodySource, HttpResponse } from '../../libc/http-client.ts';
import type { Wait } from '../../libc/io.ts';
import { request as ask, Registry, RegistryError, type RegistryFailure, type Target } from '../../libc/registry.ts';

export { type Credentials, failureOf, type RegistryFailure, readAuth } from '../../libc/registry.ts';

/** Runs what speaks to a registry; its failures become answers of the API. @throws ApiError */
function* asApiErrors<T>(body: Wait<T>): Wait<T> {
  try {
    return yield* body;
  } catch (error) {
    if (error instanceof RegistryError) throw new ApiError(error.kind, error.message);
    throw error;
  }
}

/** A registry as the engine speaks to it: what goes wrong is an ApiError. */
export class RegistryClient extends Registry {
  override ping(): Wait<void> {
    return asApiErrors(super.ping());
  }

  override call(method: string, path: string, headers?: Headers, body?: Uint8Array | BodySource): Wait<HttpResponse> {
    return asApiErrors(super.call(method, path, headers, body));
  }
}

/** One request to any host. @throws ApiError */
export const request = (
  sys: Sys,
  target: Target,
  method: string,
  path: string,
  headers: Headers,
  body: Uint8Array | BodySource | undefined,
  url: string,
): Wait<HttpResponse> => asApiErrors(ask(sys, target, method, path, headers, body, url));

/** The error that a pull ends with. @see moby distribution/errors.go */
export function pullFailure(failure: RegistryFailure, reference: Reference): ApiError {
  if (failure.status === 401 || failure.status === 403 || failure.code === 'NAME_UNKNOWN')
    return new ApiError(
      'not-found',
      `pull access denied for ${familiarName(reference)}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    );
  if (failure.code === 'MANIFEST_UNKNOWN' || failure.status === 404)
    return new ApiError(
      'not-found',
      `manifest for ${familiarString(reference)} not found: manifest unknown: ${failure.message}`,
    );
  if (failure.status === 429) return new ApiError('internal', `toomanyrequests: ${failure.message}`);
  return new ApiError('internal', `${failure.code.toLowerCase().replaceAll('_', ' ')}: ${failure.message}`);
}
