import { CLOCK_REALTIME } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { goJson } from '../../../../lib/go-json.ts';
import { statusText } from '../../../../lib/http.ts';
import { strftime } from '../../../../lib/strftime.ts';
import type { Zone } from '../../../../lib/timezone.ts';
import type { SiteRequest, SiteResponse } from '../../../../libc/http-server.ts';
import type { Route } from './settings.ts';

/** Answers by the routes of a program; what none of them takes gets the error that BasicErrorController makes. */
export function springAnswer(
  sys: Sys,
  request: SiteRequest,
  routes: readonly Route[],
  context: string,
  zone: Zone,
): SiteResponse {
  const { method } = request.head;
  const inside = request.path === context || request.path.startsWith(`${context}/`);
  const path = inside ? request.path.slice(context.length) || '/' : undefined;
  if (path === undefined) return { status: 404, headers: [['Content-Type', 'text/html;charset=utf-8']], body: '' };
  const here = routes.filter((route) => route.path === path || `${route.path}/` === path);
  const route = here.find((each) => each.method === method || (each.method === 'GET' && method === 'HEAD'));
  if (route) return { status: 200, headers: [['Content-Type', route.type]], body: route.body };
  const allowed = here.map((each) => each.method).join(', ');
  if (method === 'OPTIONS' && here.length > 0)
    return { status: 200, headers: [['Allow', `${allowed},HEAD,OPTIONS`.replaceAll(', ', ',')]] };
  if (here.length === 0) return failure(sys, request, 404, 'No message available', zone);
  const answer = failure(sys, request, 405, `Request method '${method}' not supported`, zone, {
    exception: 'org.springframework.web.HttpRequestMethodNotSupportedException',
  });
  return { ...answer, headers: [['Allow', allowed], ...(answer.headers ?? [])] };
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#39;');

function failure(
  sys: Sys,
  request: SiteRequest,
  status: number,
  message: string,
  zone: Zone,
  more: Record<string, string> = {},
): SiteResponse {
  const now = sys.now(CLOCK_REALTIME);
  const error = statusText(status);
  if (!(request.head.headers.get('accept') ?? '').includes('text/html')) {
    const body = { timestamp: Math.floor(now), status, error, ...more, message, path: request.path };
    return {
      status,
      headers: [['Content-Type', 'application/json;charset=UTF-8']],
      body: goJson(body, { escapeHtml: false }),
    };
  }
  const created = strftime('%a %b %d %H:%M:%S %Z %Y', Math.floor(now / 1000), 0, zone);
  const body = `<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so you are seeing this as a fallback.</p><div id='created'>${created}</div><div>There was an unexpected error (type=${error}, status=${status}).</div><div>${escape(message)}</div></body></html>`;
  const headers = [
    ['Content-Type', 'text/html;charset=UTF-8'],
    ['Content-Language', 'en'],
  ] as const;
  return { status, headers, body };
}
