import { Headers } from './http-headers.ts';
import { encode } from './utf8.ts';

export interface RequestHead {
  kind: 'request';
  method: string;
  /** As it stands in the request line: `/v1.51/info?x=1`, `http://host/path`, `host:port`, `*`. */
  target: string;
  /** `1.1` or `1.0` */
  version: string;
  headers: Headers;
}

export interface ResponseHead {
  kind: 'response';
  status: number;
  reason: string;
  version: string;
  headers: Headers;
}

export type HttpHead = RequestHead | ResponseHead;

/** How the end of a body is known. `close`: it ends with the connection (responses only). */
export type BodyKind = 'none' | 'length' | 'chunked' | 'close';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A head that is refused, and what a server answers. */
export interface Malformed {
  status: number;
  error: string;
}

const malformed = (error: string, status = 400): Malformed => ({ status, error });

/** Parses the text of a head, up to its empty line. */
export function parseHead(kind: 'request' | 'response', text: string): HttpHead | Malformed {
  const lines = text.split('\n').map((l) => (l.endsWith('\r') ? l.slice(0, -1) : l));
  const headers = parseFields(lines.slice(1));
  const first = lines[0]!;
  if (kind === 'response') {
    const match = /^HTTP\/(\d)\.(\d) (\d{3})(?: (.*))?$/.exec(first);
    if (!match) return malformed(`malformed HTTP response "${first}"`);
    if (match[1] !== '1') return malformed(`malformed HTTP version "HTTP/${match[1]}.${match[2]}"`);
    if ('error' in headers) return headers;
    const version = `${match[1]}.${match[2]}`;
    return { kind, status: Number(match[3]), reason: match[4] ?? '', version, headers };
  }
  const match = /^(\S+) (\S+) HTTP\/(\d)\.(\d)$/.exec(first);
  if (!match) return malformed(`malformed HTTP request "${first}"`);
  const [, method, target, major, minor] = match;
  if (!TOKEN.test(method!)) return malformed(`invalid method "${method}"`);
  if (major !== '1') return malformed('unsupported protocol version', 505);
  if ('error' in headers) return headers;
  const hosts = headers.getAll('host').length;
  if (hosts > 1) return malformed('too many Host headers');
  if (hosts === 0 && minor !== '0') return malformed('missing required Host header');
  return { kind, method: method!, target: target!, version: `${major}.${minor}`, headers };
}

function parseFields(lines: string[]): Headers | Malformed {
  const fields: [string, string][] = [];
  for (const line of lines) {
    if (line === '') continue;
    if (line[0] === ' ' || line[0] === '\t') {
      const last = fields.at(-1);
      if (!last) return malformed(`malformed MIME header: missing colon: "${line}"`);
      last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) return malformed(`malformed MIME header: missing colon: "${line}"`);
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (!TOKEN.test(name)) return malformed(`malformed MIME header line: ${line}`);
    if (/[\0\r]/.test(value)) return malformed('invalid header value');
    fields.push([name, value]);
  }
  return new Headers(fields);
}

/** How the body is delimited (RFC 9112 section 6.3); a message with both lengths is refused. */
export function frame(head: HttpHead, method: string): { body: BodyKind; length: number } | Malformed {
  const { headers } = head;
  const codings = headers.getAll('transfer-encoding');
  const lengths = headers.getAll('content-length').flatMap((v) => v.split(',').map((s) => s.trim()));
  const none: { body: BodyKind; length: number } = { body: 'none', length: 0 };
  if (codings.length > 0 && lengths.length > 0) return malformed('both Transfer-Encoding and Content-Length');
  if (lengths.some((v) => !/^\d{1,15}$/.test(v))) return malformed(`bad Content-Length "${lengths.join(', ')}"`);
  if (new Set(lengths).size > 1) return malformed('message cannot contain multiple Content-Length headers');
  if (codings.length > 0 && (codings.length > 1 || codings[0]!.toLowerCase() !== 'chunked')) {
    return malformed(`unsupported transfer encoding: "${codings.join(', ')}"`, 501);
  }
  if (head.kind === 'response') {
    const { status } = head;
    if (method === 'HEAD' || (status >= 100 && status < 200) || status === 204 || status === 304) return none;
    if (method === 'CONNECT' && status >= 200 && status < 300) return none;
  }
  if (codings.length > 0) return { body: 'chunked', length: 0 };
  if (lengths.length > 0) {
    const length = Number(lengths[0]);
    return length === 0 ? none : { body: 'length', length };
  }
  return head.kind === 'response' ? { body: 'close', length: 0 } : none;
}

/** Whether a message of this head leaves the connection open (RFC 9112 section 9.3). */
export function keepsAlive(head: HttpHead): boolean {
  if (head.headers.hasToken('connection', 'close')) return false;
  return head.version !== '1.0' || head.headers.hasToken('connection', 'keep-alive');
}

/** The bytes of a head, with the empty line. Line ends within values become spaces: nobody can smuggle a field. */
export function formatHead(head: HttpHead): Uint8Array {
  const first =
    head.kind === 'request'
      ? `${head.method} ${head.target} HTTP/${head.version}`
      : `HTTP/${head.version} ${String(head.status).padStart(3, '0')} ${head.reason}`;
  let text = `${first.replace(/[\r\n]/g, ' ')}\r\n`;
  for (const [name, value] of head.headers) text += `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`;
  return encode(`${text}\r\n`);
}

/** The reason phrase of a status, as Go's http.StatusText has it; empty for an unknown one. */
export const statusText = (status: number): string => REASONS[status] ?? '';

const REASONS: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  422: 'Unprocessable Entity',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};
