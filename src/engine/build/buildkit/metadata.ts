import type { Field } from '../../../lib/hpack.ts';
import { encode } from '../../../lib/utf8.ts';

/**
 * Fields of a call for lists of texts; where one is not plain ASCII all of the list are written as in a URL, which a field
 * of its own tells.
 * @see moby/buildkit session/filesync/filesync.go encodeOpts
 */
export function metadataOf(lists: Readonly<Record<string, readonly string[]>>): Field[] {
  const fields: Field[] = [];
  for (const [name, values] of Object.entries(lists)) {
    const plain = values.every((value) => /^[\x20-\x7e]*$/.test(value));
    for (const value of values) fields.push([name, plain ? value : queryEscape(value)]);
    if (!plain) fields.push([`${name}-encoded`, '1']);
  }
  return fields;
}

function queryEscape(text: string): string {
  let out = '';
  for (const byte of encode(text)) {
    const c = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(c)) out += c;
    else out += c === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
