import type { SiteResponse } from '../../../libc/http-server.ts';

/** What a registry refuses with: status and words by code. @see distribution registry/api/errcode/register.go */
const CODES = {
  UNKNOWN: [500, 'unknown error'],
  UNSUPPORTED: [405, 'The operation is unsupported.'],
  UNAUTHORIZED: [401, 'authentication required'],
  DENIED: [403, 'requested access to the resource is denied'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  SIZE_INVALID: [400, 'provided length did not match content length'],
  RANGE_INVALID: [416, 'invalid content range'],
  NAME_INVALID: [400, 'invalid repository name'],
  TAG_INVALID: [400, 'manifest tag did not match URI'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_BLOB_UNKNOWN: [400, 'blob unknown to registry'],
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  BLOB_UPLOAD_INVALID: [404, 'blob upload invalid'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
} as const;

export type ErrorCode = keyof typeof CODES;

/** One entry of an error document. */
export interface Problem {
  code: ErrorCode;
  message?: string;
  detail?: unknown;
}

/** A request that the registry refuses. */
export class RegistryError extends Error {
  readonly problems: readonly Problem[];

  constructor(...problems: Problem[]) {
    super(problems[0]!.code);
    this.problems = problems;
  }

  get status(): number {
    return CODES[this.problems[0]!.code][0];
  }
}

/** One problem that has no more to say than its code (and a detail). */
export const refuse = (code: ErrorCode, detail?: unknown): RegistryError =>
  new RegistryError({ code, ...(detail === undefined ? {} : { detail }) });

/** The words of a problem. */
export const messageOf = ({ code, message }: Problem): string => message ?? CODES[code][1];

/** The error document of the distribution API. */
export function errorResponse(
  error: RegistryError,
  headers: readonly (readonly [string, string])[] = [],
): SiteResponse {
  const errors = error.problems.map((problem) => ({
    code: problem.code,
    message: messageOf(problem),
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
  }));
  return {
    status: error.status,
    headers: [['Content-Type', 'application/json; charset=utf-8'], ...headers],
    body: `${JSON.stringify({ errors })}\n`,
  };
}
