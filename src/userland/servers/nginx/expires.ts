import { strftime } from '../../../lib/strftime.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';
import { parseTime } from './values.ts';

const STATUSES = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

/** Expires and Cache-Control as `expires` says. */
export function expiresFields(request: Request, reply: Reply, status: number): [string, string][] {
  const directive = request.scope.find('expires');
  if (!directive || !STATUSES.has(status)) return [];
  const modified = directive.args[0] === 'modified';
  const value = request.text(directive.args.at(-1)!);
  if (value === 'off') return [];
  if (value === 'epoch')
    return [
      ['Expires', 'Thu, 01 Jan 1970 00:00:01 GMT'],
      ['Cache-Control', 'no-cache'],
    ];
  if (value === 'max')
    return [
      ['Expires', 'Thu, 31 Dec 2037 23:55:55 GMT'],
      ['Cache-Control', 'max-age=315360000'],
    ];
  const ms = parseTime(value.replace(/^[@-]/, ''));
  if (ms === undefined) return [];
  const now = Math.floor(request.sys.now(0) / 1000);
  const date = (sec: number): string => strftime('%a, %d %b %Y %H:%M:%S GMT', sec);
  let at = now + (ms / 1000) * (value.startsWith('-') ? -1 : 1);
  if (modified && reply.lastModified !== undefined) at = reply.lastModified + ms / 1000;
  if (value.startsWith('@')) {
    const midnight = now - (now % 86400);
    at = midnight + ms / 1000;
    if (at <= now) at += 86400;
  }
  const age = at - now;
  return [
    ['Expires', date(at)],
    ['Cache-Control', age < 0 ? 'no-cache' : `max-age=${age}`],
  ];
}
