import type { Sys } from '../../../abi/sys.ts';
import { canonicalIp, isIp6 } from '../../../lib/ip.ts';
import type { Wait } from '../../../libc/io.ts';
import { resolve } from '../../../libc/resolver.ts';
import { type Directive, failAt } from './config-file.ts';

/** Where a server listens. */
export interface Listen {
  family: 'inet' | 'inet6' | 'unix';
  /** Address, or the path of a unix socket. */
  addr: string;
  port: number;
  isDefault: boolean;
  ssl: boolean;
  v6only: boolean;
  at: Directive;
}

/** How messages name it: `0.0.0.0:80`, `[::]:80`, `unix:/run/x.sock`. */
export function listenName(listen: Pick<Listen, 'family' | 'addr' | 'port'>): string {
  if (listen.family === 'unix') return `unix:${listen.addr}`;
  return `${listen.family === 'inet6' ? `[${listen.addr}]` : listen.addr}:${listen.port}`;
}

const OPTION =
  /^(default_server|default|ssl|http2|reuseport|deferred|bind|proxy_protocol|quic|spdy|(backlog|rcvbuf|sndbuf|fastopen|setfib|so_keepalive|accept_filter)=.*)$/;

/** @throws ConfigError */
export function* parseListen(sys: Sys, at: Directive): Wait<Listen> {
  const [where, ...options] = at.args as [string, ...string[]];
  const base = { isDefault: false, ssl: false, v6only: true, at };
  for (const option of options) {
    if (option === 'default_server' || option === 'default') base.isDefault = true;
    else if (option === 'ssl') base.ssl = true;
    else if (option === 'ipv6only=off') base.v6only = false;
    else if (option !== 'ipv6only=on' && !OPTION.test(option)) throw failAt(at, `invalid parameter "${option}"`);
  }
  if (where.startsWith('unix:')) return { ...base, family: 'unix', addr: where.slice(5), port: 0 };
  const parts = /^(?:(\[[^\]]*\]|[^:[\]]*):)?(\d+)$|^(\[[^\]]*\]|[^:[\]]+)$/.exec(where);
  if (!parts) {
    const what = /^(\[[^\]]*\]|[^:[\]]*):[^:]*$/.test(where) ? 'invalid port' : 'invalid host';
    throw failAt(at, `${what} in "${where}" of the "listen" directive`);
  }
  const port = Number(parts[2] ?? 80);
  if (port < 1 || port > 65535) throw failAt(at, `invalid port in "${where}" of the "listen" directive`);
  const host = (parts[1] ?? parts[3] ?? '').replace(/^\[|\]$/g, '');
  if (host === '' || host === '*') return { ...base, family: 'inet', addr: '0.0.0.0', port };
  const literal = canonicalIp(host);
  if (literal !== undefined) return { ...base, family: isIp6(literal) ? 'inet6' : 'inet', addr: literal, port };
  const found = yield* resolve(sys, host, { family: 'inet' });
  if (typeof found === 'string') throw failAt(at, `host not found in "${where}" of the "listen" directive`);
  return { ...base, family: 'inet', addr: found.addresses[0]!, port };
}
