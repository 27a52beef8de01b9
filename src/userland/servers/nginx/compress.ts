import { gzip } from '../../../lib/gzip.ts';
import { joinBytes, type Wait } from '../../../libc/io.ts';
import type { BodyWriter, Reply } from './reply.ts';
import type { Request } from './request.ts';

const STATUSES = new Set([200, 403, 404]);

/** What gzip makes of a reply: the body compressed where the configuration and the client want it. */
export function compress(request: Request, reply: Reply, partial: boolean): Reply {
  const { scope } = request;
  if (!scope.flag('gzip', false) || partial || !STATUSES.has(reply.status)) return reply;
  if (reply.fields.some(([name]) => name.toLowerCase() === 'content-encoding')) return reply;
  const type = (reply.contentType ?? '').split(';')[0]!.trim();
  const types = [...(scope.find('gzip_types')?.args ?? []), 'text/html'];
  if (!types.includes('*') && !types.includes(type)) return reply;
  if (reply.length !== undefined && reply.length < Number(scope.value('gzip_min_length') ?? 20)) return reply;
  const vary: [string, string][] = scope.flag('gzip_vary', false) ? [['Vary', 'Accept-Encoding']] : [];
  if (!accepts(request)) return { ...reply, fields: [...vary, ...reply.fields] };
  const { length, body } = reply;
  const { ranges: _, ...rest } = reply;
  return {
    ...rest,
    length: undefined,
    fields: [...vary, ['Content-Encoding', 'gzip'], ...reply.fields],
    ...(reply.etag !== undefined && { etag: `W/${reply.etag.replace(/^W\//, '')}` }),
    *body(write): Wait<void> {
      const pieces: Uint8Array[] = [];
      if (body instanceof Uint8Array) pieces.push(body);
      else yield* body(collect(pieces), 0, length ?? 0);
      yield* write(gzip(joinBytes(pieces)));
    },
  };
}

const collect = (pieces: Uint8Array[]): BodyWriter =>
  function* (bytes): Wait<number> {
    pieces.push(bytes.slice());
    return 0;
  };

/** Whether the client takes gzip; through a proxy (Via) only where gzip_proxied says so. */
function accepts(request: Request): boolean {
  if (request.head.version === '1.0' && request.scope.value('gzip_http_version') !== '1.0') return false;
  const proxied = request.scope.find('gzip_proxied')?.args ?? ['off'];
  if (request.headers.has('via') && proxied.includes('off')) return false;
  return request.headers
    .getAll('accept-encoding')
    .some((value) => value.split(',').some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part)));
}
