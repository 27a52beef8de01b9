/** How a query parameter is written: `bool` as 1, `list` repeated, `json` as a JSON text. */
export type QueryKind = 'string' | 'bool' | 'int' | 'list' | 'json';

/** What the request's body is. */
export type BodyForm = 'none' | 'json' | 'stream';

/** What the answer's body is; `raw`: the connection becomes a stream both ways. */
export type AnswerForm = 'json' | 'text' | 'empty' | 'stream' | 'raw';

/** An operation of the Engine API, declared once: served and called from the same constant. */
export interface Endpoint<Params, Result, Body> {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With names in braces; `{name...}` takes slashes too. Without the version. */
  readonly path: string;
  /** Version of the API that brought it. */
  readonly since: string;
  /** Status of success. */
  readonly ok: number;
  readonly query: Readonly<Record<string, QueryKind>>;
  readonly body: BodyForm;
  readonly answer: AnswerForm;
  /** Only for the types: never there. */
  readonly types?: { params: Params; result: Result; body: Body };
}

interface Declaration {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  since: string;
  ok: number;
  query?: Readonly<Record<string, QueryKind>>;
  body?: BodyForm;
  answer?: AnswerForm;
}

/** Declares an operation. `Params` are the names of the path and of the query together. */
export function endpoint<Params, Result, Body = undefined>(d: Declaration): Endpoint<Params, Result, Body> {
  return {
    method: d.method,
    path: d.path,
    since: d.since,
    ok: d.ok,
    query: d.query ?? {},
    body: d.body ?? 'none',
    answer: d.answer ?? (d.ok === 204 ? 'empty' : 'json'),
  };
}

/** The API's version, and the oldest that is still spoken. */
export const API_VERSION = '1.51';
export const MIN_API_VERSION = '1.24';

/** Compares versions like `1.9` and `1.51`. @returns negative, 0 or positive */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
