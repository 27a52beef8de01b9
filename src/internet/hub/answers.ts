import type { SiteResponse } from '../../libc/http-server.ts';

export const JSON_TYPE: readonly [string, string] = ['Content-Type', 'application/json'];
export const VERSION: readonly [string, string] = ['Docker-Distribution-Api-Version', 'registry/2.0'];

export const json = (value: unknown, status = 200): SiteResponse => ({
  status,
  headers: [JSON_TYPE],
  body: JSON.stringify(value),
});

export const notFound = (text: string): SiteResponse => ({
  status: 404,
  headers: [['Content-Type', 'text/plain; charset=utf-8']],
  body: `${text}\n`,
});

/** The error document of the distribution API. */
export function failure(status: number, code: string, message: string, detail?: unknown): SiteResponse {
  return {
    status,
    headers: [JSON_TYPE, VERSION],
    body: `${JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })}\n`,
  };
}
