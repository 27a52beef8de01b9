import { secondsOf } from '../../../lib/civil-time.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Seconds of an HTTP date. @returns undefined where it is none @see RFC 9110 section 5.6.7 */
export function parseHttpDate(text: string): number | undefined {
  const match = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text.trim());
  if (!match) return undefined;
  const month = MONTHS.indexOf(match[2]!) + 1;
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((i) => Number(match[i]));
  return month === 0 ? undefined : secondsOf(year!, month, day!, hour, minute, second);
}

/** Whether a list of entity tags holds this one. */
export function matchesTag(list: string, etag: string | undefined, weak: boolean): boolean {
  if (list.trim() === '*') return true;
  if (etag === undefined) return false;
  const plain = (tag: string): string => (weak ? tag.replace(/^W\//, '') : tag);
  return list.split(',').some((tag) => plain(tag.trim()) === plain(etag));
}

/** The conditions of a request on a file. @returns 304 or 412, or undefined: send it */
export function conditional(request: Request, reply: Reply): number | undefined {
  if (reply.status !== 200 || reply.lastModified === undefined) return undefined;
  const { headers } = request;
  const match = headers.get('if-match');
  if (match !== undefined && !matchesTag(match, reply.etag, false)) return 412;
  const unmodified = headers.get('if-unmodified-since');
  if (match === undefined && unmodified !== undefined && reply.lastModified > (parseHttpDate(unmodified) ?? 0))
    return 412;
  const none = headers.get('if-none-match');
  const since = headers.get('if-modified-since');
  if (none === undefined && since === undefined) return undefined;
  if (since !== undefined && none === undefined) return isUnmodified(request, reply, since) ? 304 : undefined;
  if (!matchesTag(none!, reply.etag, true)) return undefined;
  return since === undefined || isUnmodified(request, reply, since) ? 304 : undefined;
}

function isUnmodified(request: Request, reply: Reply, since: string): boolean {
  const how = request.scope.value('if_modified_since') ?? 'exact';
  const sec = parseHttpDate(since);
  if (how === 'off' || sec === undefined) return false;
  return how === 'before' ? reply.lastModified! <= sec : reply.lastModified === sec;
}
