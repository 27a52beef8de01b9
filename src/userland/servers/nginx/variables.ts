import { strftime } from '../../../lib/strftime.ts';
import type { Zone } from '../../../lib/timezone.ts';
import { realPath } from '../../../libc/real-path.ts';
import { documentRoot, filePath } from './file-path.ts';
import type { Request } from './request.ts';
import { versionOf } from './version.ts';

/** Numbers that workers share: stub_status shows them. */
export interface Counters {
  accepted: number;
  handled: number;
  requests: number;
  active: number;
  reading: number;
  writing: number;
  waiting: number;
}

export interface VariableContext {
  hostname: string;
  zone: Zone;
  counters: Counters;
}

type Value = (r: Request, c: VariableContext) => string;

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

const VALUES: Readonly<Record<string, Value>> = {
  args: (r) => r.args,
  query_string: (r) => r.args,
  is_args: (r) => (r.args === '' ? '' : '?'),
  uri: (r) => r.uri,
  document_uri: (r) => r.uri,
  request_uri: (r) => r.target.replace(/^https?:\/\/[^/?]*/i, ''),
  request: (r) => r.head.line,
  request_method: (r) => r.method,
  request_body: (r) => String.fromCharCode(...r.body.subarray(0, 65536)),
  request_length: (r) => String(r.headLength + r.body.length),
  request_time: (r) => seconds(r.sys.now(0) - r.began),
  request_id: (r) => requestId(r),
  request_filename: (r) => filePath(r),
  request_completion: () => 'OK',
  document_root: (r) => documentRoot(r),
  realpath_root: (r) => {
    const real = realPath(r.sys, documentRoot(r), 'existing');
    return typeof real === 'string' ? real : '';
  },
  host: (r) => r.host,
  hostname: (_, c) => c.hostname,
  https: (r) => (r.client.ssl ? 'on' : ''),
  scheme: (r) => (r.client.ssl ? 'https' : 'http'),
  remote_addr: (r) => r.client.addr,
  realip_remote_addr: (r) => r.client.peerAddr,
  binary_remote_addr: (r) => r.client.addr,
  remote_port: (r) => String(r.client.port),
  remote_user: (r) => r.user,
  server_addr: (r) => r.client.localAddr,
  server_port: (r) => String(r.client.localPort),
  server_name: (r) => r.server.name,
  server_protocol: (r) => `HTTP/${r.head.version}`,
  status: (r) => String(r.status).padStart(3, '0'),
  body_bytes_sent: (r) => String(r.bodyBytes),
  bytes_sent: (r) => String(r.bytesSent),
  content_length: (r) => r.headers.get('content-length') ?? '',
  content_type: (r) => r.headers.get('content-type') ?? '',
  msec: (r) => seconds(r.sys.now(0)),
  time_local: (r, c) => strftime('%d/%b/%Y:%H:%M:%S %z', Math.floor(r.sys.now(0) / 1000), 0, c.zone),
  time_iso8601: (r, c) => strftime('%Y-%m-%dT%H:%M:%S%:z', Math.floor(r.sys.now(0) / 1000), 0, c.zone),
  nginx_version: (r) => versionOf(r.sys.image),
  pid: (r) => String(r.sys.getpid()),
  connection: (r) => String(r.client.number),
  connection_requests: (r) => String(r.client.requests),
  connection_time: (r) => seconds(r.sys.now(0) - r.began),
  pipe: () => '.',
  limit_rate: () => '0',
  proxy_add_x_forwarded_for: (r) => [...r.headers.getAll('x-forwarded-for'), r.client.addr].join(', '),
  upstream_addr: (r) => r.upstream.addresses.join(', '),
  upstream_status: (r) => r.upstream.statuses.join(', '),
  upstream_response_time: (r) => r.upstream.times.join(', '),
  upstream_header_time: (r) => r.upstream.times.join(', '),
  upstream_connect_time: (r) => r.upstream.times.map(() => '0.000').join(', '),
  connections_active: (_, c) => String(c.counters.active),
  connections_reading: (_, c) => String(c.counters.reading),
  connections_writing: (_, c) => String(c.counters.writing),
  connections_waiting: (_, c) => String(c.counters.waiting),
};

function requestId(r: Request): string {
  const known = r.set.get(' request_id');
  if (known) return known;
  const bytes = new Uint8Array(16);
  r.sys.getrandom(bytes);
  r.set.set(' request_id', hex(bytes));
  return hex(bytes);
}

const headerName = (rest: string): string => rest.replaceAll('_', '-');

/** The value of a built-in variable; '' where it has none. */
export function variableValue(request: Request, name: string, context: VariableContext): string {
  const own = VALUES[name];
  if (own) return own(request, context);
  const [, kind, rest] = /^(arg|http|cookie|sent_http|upstream_http)_(.+)$/.exec(name) ?? [];
  if (kind === 'arg') return argument(request.args, rest!);
  if (kind === 'http') return request.headers.getAll(headerName(rest!)).join(rest === 'cookie' ? '; ' : ', ');
  if (kind === 'cookie') return cookie(request.headers.getAll('cookie').join('; '), rest!);
  if (kind === 'sent_http') return request.sent.getAll(headerName(rest!)).join(', ');
  if (kind === 'upstream_http') return request.upstream.headers?.get(headerName(rest!)) ?? '';
  return '';
}

function argument(args: string, name: string): string {
  for (const pair of args.split('&')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).toLowerCase() === name.toLowerCase()) return pair.slice(equals + 1);
  }
  return '';
}

function cookie(line: string, name: string): string {
  for (const pair of line.split(/;\s*/)) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1);
  }
  return '';
}
