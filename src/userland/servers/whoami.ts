import type { LinkInfo } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import type { SiteRequest, SiteResponse } from '../../libc/http-server.ts';
import type { Wait } from '../../libc/io.ts';

/** A request's head fields as Go's http.Header keeps them: canonical names in their alphabet's order, Host apart. */
function goFields(request: SiteRequest): [string, string[]][] {
  const fields = new Map<string, string[]>();
  for (const [name, value] of request.head.headers) {
    const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    if (canonical !== 'Host') fields.set(canonical, [...(fields.get(canonical) ?? []), value]);
  }
  return [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Addresses of all interfaces that are up, in their order. */
function addresses(sys: Sys): string[] {
  const links = sys.netlink({ type: 'link-list' });
  if (!Array.isArray(links)) return [];
  return (links as LinkInfo[]).flatMap((link) => link.addresses.map(({ address }) => address));
}

const TEXT: readonly [string, string] = ['Content-Type', 'text/plain; charset=utf-8'];

/** The state that /health gives and POST sets. */
export class Health {
  #status = 200;

  *answer(request: SiteRequest): Wait<SiteResponse> {
    if (request.head.method !== 'POST') return { status: this.#status };
    const bytes = yield* request.body.bytes(64);
    const status = Number(bytes ? decode(bytes).trim() : Number.NaN);
    if (!Number.isInteger(status)) return { status: 400, headers: [TEXT], body: 'invalid status\n' };
    this.#status = status;
    return { status: 200 };
  }
}

/** What traefik/whoami answers. @see traefik/whoami README, "Paths & Query Parameters" */
export function* whoami(sys: Sys, request: SiteRequest, name: string, health: Health): Wait<SiteResponse> {
  const { head, path, query } = request;
  const host = head.headers.get('host') ?? '';
  if (path === '/bench') return { status: 200, headers: [TEXT, ['Connection', 'keep-alive']], body: '1' };
  if (path === '/health') return yield* health.answer(request);
  if (path === '/data') return data(query);
  if (path === '/api') {
    const headers = Object.fromEntries(goFields(request));
    const answer = {
      hostname: sys.uname().nodename,
      ip: addresses(sys),
      headers,
      url: head.target,
      host,
      method: head.method,
    };
    const body = { ...answer, ...(name && { name }), remoteAddr: request.client };
    return { status: 200, headers: [['Content-Type', 'application/json']], body: `${JSON.stringify(body)}\n` };
  }
  const lines = [
    ...(name ? [`Name: ${name}`] : []),
    `Hostname: ${sys.uname().nodename}`,
    ...addresses(sys).map((address) => `IP: ${address}`),
    `RemoteAddr: ${request.client}`,
    `${head.method} ${head.target} HTTP/${head.version}`,
    `Host: ${host}`,
  ];
  const fields = goFields(request).flatMap(([field, values]) => values.map((value) => `${field}: ${value}`));
  const body = `${lines.join('\n')}\n${[...fields, '', ''].join('\r\n')}`;
  return { status: 200, headers: [TEXT], body };
}

/** Bytes of each unit of /data. */
const UNITS: Readonly<Record<string, number>> = { KB: 1 << 10, MB: 1 << 20, GB: 1 << 30 };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const PIECE = 26 * 1024;

/** GET /data?size=N&unit=KB: that many bytes between bars. */
function data(query: ReadonlyMap<string, string>): SiteResponse {
  const size = (Number(query.get('size') ?? 1) || 1) * (UNITS[(query.get('unit') ?? '').toUpperCase()] ?? 1);
  const piece = new Uint8Array(PIECE).map((_, i) => ALPHABET.charCodeAt(i % ALPHABET.length));
  return {
    status: 200,
    headers: [TEXT, ['Content-Length', String(size)]],
    *body(write) {
      for (let at = 0; at < size; at += PIECE) {
        const part = piece.slice(0, Math.min(PIECE, size - at));
        if (at === 0) part[0] = BAR;
        if (at + part.length === size) part[part.length - 1] = BAR;
        if ((yield* write(part)) < 0) return;
      }
    },
  };
}

const BAR = '|'.charCodeAt(0);
