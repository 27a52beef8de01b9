import { decode } from '../../../lib/utf8.ts';

/** Path and arguments of a target. */
export function splitUri(target: string): { path: string; args: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, args: '' } : { path: target.slice(0, mark), args: target.slice(mark + 1) };
}

/**
 * The URI of a request: escapes decoded, `.` and `..` resolved, slashes merged.
 * @returns undefined where it goes above the root or has a bad escape: 400
 */
export function normalizePath(raw: string, mergeSlashes = true): string | undefined {
  const decoded = percentDecoded(raw.replace(/#.*$/, ''));
  if (decoded === undefined || decoded[0] !== '/' || decoded.includes('\0')) return undefined;
  const merged = mergeSlashes ? decoded.replace(/\/{2,}/g, '/') : decoded;
  if (!/\/\.\.?(\/|$)/.test(merged)) return merged;
  const parts = merged.split('/').slice(1);
  const out: string[] = [];
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '..') {
      if (out.pop() === undefined) return undefined;
      if (last) out.push('');
    } else if (part === '.') {
      if (last) out.push('');
    } else out.push(part);
  }
  return `/${out.join('/')}`;
}

/** Decodes %XX. @returns undefined for an escape that is none */
export function percentDecoded(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  return text.replace(/(%[0-9a-fA-F]{2})+/g, (run) =>
    decode(Uint8Array.from(run.slice(1).split('%'), (hex) => Number.parseInt(hex, 16))),
  );
}

/** Encodes what may not stand in a URI's path, as nginx does for Location and for upstreams. */
export const escapePath = (path: string): string => path.replace(/[^\x21-\x7e]|[%?#"<>\\^`{|}]/gu, escapeCharacter);

/** Encodes a path segment of a link in a listing. */
export const escapeSegment = (name: string): string =>
  name.replace(/[^\x21-\x7e]|[%?#"<>\\^`{|}:/]/gu, escapeCharacter);

function escapeCharacter(character: string): string {
  try {
    return encodeURIComponent(character);
  } catch {
    return hexOf(character);
  }
}

const hexOf = (character: string): string =>
  `%${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of an HTML page. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => ENTITIES[c]!);
