import { encode } from '../../../lib/utf8.ts';
import type { Reply } from './reply.ts';

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Time-out',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
};

/** What stands behind the number in the status line; nothing for one that nginx does not know. */
export const reasonOf = (status: number): string => REASONS[status] ?? '';

const TITLES: Readonly<Record<number, string>> = {
  301: '301 Moved Permanently',
  302: '302 Found',
  303: '303 See Other',
  307: '307 Temporary Redirect',
  308: '308 Permanent Redirect',
  401: '401 Authorization Required',
  408: '408 Request Time-out',
  494: '400 Request Header Or Cookie Too Large',
  497: '400 The plain HTTP request was sent to HTTPS port',
};

const NOTES: Readonly<Record<number, string>> = {
  494: '<center>Request Header Or Cookie Too Large</center>\r\n',
  497: '<center>The plain HTTP request was sent to HTTPS port</center>\r\n',
};

const PADDING = '<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(6);

/** Whether nginx has a page of its own for a status. */
export const hasPage = (status: number): boolean =>
  TITLES[status] !== undefined || (status >= 300 && REASONS[status] !== undefined && status !== 304);

/** nginx's own page for a status. @param server `nginx/1.27.4` @param padded for browsers that hide short pages */
export function builtinPage(status: number, server: string, padded: boolean): Uint8Array {
  const note = NOTES[status] ?? '';
  const title = TITLES[status] ?? `${status} ${REASONS[status]}`;
  const heading = note === '' ? title : '400 Bad Request';
  const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${note}<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n`;
  return encode(text + (padded && status >= 400 ? PADDING : ''));
}

/** A reply of bytes. */
export function bytesReply(
  status: number,
  contentType: string,
  body: Uint8Array,
  fields: [string, string][] = [],
): Reply {
  return { kind: 'reply', status, contentType, length: body.length, body, fields };
}
