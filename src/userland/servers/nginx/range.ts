import { matchesTag, parseHttpDate } from './conditional.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

/** The one range that a request asks for; several at once are answered with the whole. @see RFC 9110 section 14 */
export function byteRange(request: Request, reply: Reply): { from: number; to: number } | 'unsatisfiable' | undefined {
  const header = request.headers.get('range');
  const { length } = reply;
  if (header === undefined || length === undefined || !/^bytes=/i.test(header)) return undefined;
  if (request.scope.value('max_ranges') === '0' || !isCurrent(request, reply)) return undefined;
  const ranges = header.slice(6).split(',');
  const found: { from: number; to: number }[] = [];
  for (const range of ranges) {
    const match = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(range);
    if (!match || (match[1] === '' && match[2] === '')) return 'unsatisfiable';
    const from = match[1] === '' ? Math.max(0, length - Number(match[2])) : Number(match[1]);
    const to = match[1] === '' || match[2] === '' ? length : Math.min(length, Number(match[2]) + 1);
    if (match[1] !== '' && match[2] !== '' && Number(match[2]) < Number(match[1])) return 'unsatisfiable';
    if (from < to) found.push({ from, to });
  }
  if (found.length === 0) return 'unsatisfiable';
  return found.length === 1 ? found[0] : undefined;
}

/** If-Range: a part only of what the client has the rest of. */
function isCurrent(request: Request, reply: Reply): boolean {
  const condition = request.headers.get('if-range');
  if (condition === undefined) return true;
  if (condition.includes('"')) return matchesTag(condition, reply.etag, false);
  return parseHttpDate(condition) === reply.lastModified;
}
