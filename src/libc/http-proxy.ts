import type { Sys } from '../abi/sys.ts';
import { Headers } from '../lib/http-headers.ts';
import { HttpConnection, type HttpFailure } from './http-client.ts';
import type { SiteRequest, SiteResponse } from './http-server.ts';
import type { Wait } from './io.ts';

/** Fields that belong to one hop. @see RFC 9110 section 7.6.1 */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'expect']);

const passed = (headers: Headers): Headers =>
  new Headers([...headers].filter(([name]) => !HOP.has(name.toLowerCase())));

/**
 * Passes a request on to another server, and its answer back, both as they come.
 * @param fd a connection to that server, which is closed at the end
 * @param target path and query there
 * @param change sets and removes fields of the request
 */
export function* passOn(
  sys: Sys,
  fd: number,
  { head, body }: SiteRequest,
  target: string,
  change: (headers: Headers) => void,
): Wait<SiteResponse | HttpFailure> {
  const connection = new HttpConnection(sys, fd);
  const length = head.headers.get('content-length');
  const headers = passed(head.headers);
  change(headers);
  const carries = length !== undefined || head.headers.has('transfer-encoding');
  const source = { ...(length !== undefined && { length: Number(length) }), next: () => body.next() };
  const answer = yield* connection.request({ method: head.method, target, headers, ...(carries && { body: source }) });
  if (answer.kind === 'failure') {
    connection.close();
    return answer;
  }
  const { status } = answer;
  const kept = [...passed(answer.headers)];
  if (head.method === 'HEAD' || status === 204 || status === 304) {
    connection.close();
    return { status, headers: kept };
  }
  return {
    status,
    headers: kept,
    *body(write) {
      for (let piece; (piece = yield* answer.chunk()) !== undefined; ) if ((yield* write(piece)) < 0) break;
      connection.close();
    },
  };
}
