import { decode } from '../../lib/utf8.ts';
import type { SiteRequest, SiteResponse } from '../../libc/http-server.ts';
import type { Wait } from '../../libc/io.ts';

/** Longest body that is said back, bytes. */
const BODY_MAX = 1024 * 1024;

const text = (body: string): SiteResponse => ({
  status: 200,
  headers: [['Content-Type', 'text/plain; charset=utf-8']],
  body: `${body}\n`,
});

const json = (value: unknown): SiteResponse => ({
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: `${JSON.stringify(value, null, 2)}\n`,
});

const addressOf = (request: SiteRequest): string => request.client.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

/** Sites that say from which address they were asked: `curl ifconfig.me`. */
export function addressSite(host: string, request: SiteRequest): SiteResponse {
  const ip = addressOf(request);
  if (host === 'ipinfo.io' && request.path === '/') return json({ ip, hostname: 'host', org: 'Drydock' });
  if (host === 'myip.ipip.net') return text(`当前 IP：${ip}  来自于：Drydock`);
  return text(ip);
}

/** httpbin.org: says back what it was asked, for `/get`, `/post`, `/ip`, `/headers`, `/status/N` and their like. */
export function* echoSite(host: string, request: SiteRequest): Wait<SiteResponse> {
  const { method } = request.head;
  const headers = Object.fromEntries([...request.head.headers].map(([name, value]) => [name, value]));
  const origin = addressOf(request);
  const status = /^\/status\/(\d{3})$/.exec(request.path)?.[1];
  if (status !== undefined) return { status: Number(status), body: '' };
  if (request.path === '/ip') return json({ origin });
  if (request.path === '/headers') return json({ headers });
  if (request.path === '/user-agent') return json({ 'user-agent': request.head.headers.get('user-agent') ?? null });
  if (!/^\/(get|post|put|patch|delete|anything.*)$/.test(request.path))
    return text('httpbin: /get /post /put /patch /delete /anything /ip /headers /user-agent /status/CODE');
  const wanted = request.path.slice(1).toUpperCase();
  if (!wanted.startsWith('ANYTHING') && wanted !== method)
    return { status: 405, headers: [['Allow', wanted]], body: '' };
  const bytes = method === 'GET' ? undefined : yield* request.body.bytes(BODY_MAX);
  return json({
    args: Object.fromEntries(request.query),
    ...(bytes && { data: decode(bytes) }),
    headers,
    method,
    origin,
    url: `http://${host}${request.head.target}`,
  });
}
