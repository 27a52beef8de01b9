import { O_RDONLY } from '../../../abi/flags.ts';
import type { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { formatHttpDate } from '../../../lib/go-time.ts';
import { byteRange, rangeFields } from '../../../libc/http-range.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import { open, type Wait } from '../../../libc/io.ts';
import { sendFile } from '../../../libc/send-file.ts';
import { parseHttpDate } from '../nginx/conditional.ts';

/**
 * A regular file as an answer: conditions on its entity tag and time, one range, HEAD.
 * @param st of the file @param type media type, undefined: none is said
 * @returns -errno where the file cannot be opened
 * @see RFC 9110 sections 13 and 14
 */
export function* serveFile(
  sys: Sys,
  { head }: SiteRequest,
  path: string,
  st: Stat,
  tag: string,
  type: string | undefined,
): Wait<SiteResponse | number> {
  const fields: (readonly [string, string])[] = [
    ['Accept-Ranges', 'bytes'],
    ['ETag', tag],
    ['Last-Modified', formatHttpDate(Math.floor(st.mtimeSec))],
  ];
  const match = head.headers.get('if-none-match');
  const since = head.headers.get('if-modified-since');
  const sinceSec = match === undefined && since !== undefined ? parseHttpDate(since) : undefined;
  const same =
    match !== undefined && (match === '*' || match.split(/\s*,\s*/).some((each) => bare(each) === bare(tag)));
  if (same || (sinceSec !== undefined && st.mtimeSec <= sinceSec)) return { status: 304, headers: fields };
  const range = byteRange(head.headers.get('range'), st.size);
  if (range === 'outside' || range === 'backward')
    return { status: 416, headers: [['Content-Range', `bytes */${st.size}`]], body: '' };
  const fd = yield* open(sys, path, O_RDONLY);
  if (fd < 0) return fd;
  const headers = [
    ...fields,
    ...(type === undefined ? [] : [['Content-Type', type] as const]),
    ...rangeFields(range, st.size),
  ];
  const status = range ? 206 : 200;
  if (head.method === 'HEAD') {
    sys.close(fd);
    return { status, headers };
  }
  const from = range?.from ?? 0;
  const length = range ? range.to - range.from + 1 : st.size;
  return { status, headers, body: (write) => sendFile(sys, fd, from, length, write) };
}

/** An entity tag without the mark of a weak one. */
const bare = (tag: string): string => tag.replace(/^W\//, '');
