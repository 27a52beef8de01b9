import { encode } from '../../../lib/utf8.ts';
import type { Request } from './request.ts';
import { expand, type Template } from './template.ts';

/** A line of the access log. */
export function formatLine(format: { template: Template; escape: string }, request: Request): string {
  return expand(format.template, (name) => {
    const value = request.variable(name);
    if (format.escape === 'none') return value;
    if (format.escape === 'json') return JSON.stringify(value).slice(1, -1);
    return value === '' ? '-' : escapeBytes(value);
  });
}

/** Bytes that are no printable ASCII, quotes and backslashes become \xHH. */
function escapeBytes(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) && !/["\\]/.test(value)) return value;
  let out = '';
  for (const byte of encode(value))
    out +=
      byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte);
  return out;
}
