/** Every kind of failure that the Engine API reports, and its HTTP status (moby daemon/server/httpstatus). */
export const STATUS = {
  'not-modified': 304,
  'invalid-parameter': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
} as const;

export type ErrorKind = keyof typeof STATUS;

/** A failure of the API: the engine throws it, the server turns it into a response, the client makes it from one. */
export class ApiError extends Error {
  readonly kind: ErrorKind;
  /** HTTP status, where it is not that of the kind. */
  readonly status: number;

  constructor(kind: ErrorKind, message: string, status: number = STATUS[kind]) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** The kind that a response's status stands for; `internal` for one that is not in the table. */
export function kindOfStatus(status: number): ErrorKind {
  for (const kind of Object.keys(STATUS) as ErrorKind[]) if (STATUS[kind] === status) return kind;
  return status >= 400 && status < 500 ? 'invalid-parameter' : 'internal';
}
