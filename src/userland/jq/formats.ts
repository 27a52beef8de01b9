import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { JqError, type Json, toText, typeOf } from './values.ts';

const text = (value: Json): string => (typeof value === 'string' ? value : toText(value));

/** `@base64`, `@csv` and so on. @throws JqError */
export function formatText(name: string, value: Json): string {
  switch (name) {
    case '@text':
      return text(value);
    case '@json':
      return toText(value);
    case '@base64':
      return toBase64(encode(text(value)));
    case '@base64d': {
      const bytes = fromBase64(text(value));
      if (!bytes) throw new JqError(`${typeOf(value)} (${toText(value)}) is not valid base64 data`);
      return decode(bytes);
    }
    case '@html':
      return text(value).replace(
        /[<>&'"]/g,
        (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[c]!,
      );
    case '@uri':
      return encodeURIComponent(text(value)).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    case '@sh':
      return (Array.isArray(value) ? value : [value])
        .map((item) => (typeof item === 'string' ? `'${item.replaceAll("'", "'\\''")}'` : toText(item)))
        .join(' ');
    case '@csv':
    case '@tsv': {
      if (!Array.isArray(value))
        throw new JqError(
          `${typeOf(value)} (${toText(value)}) cannot be ${name.slice(1)}-formatted, only array can be`,
        );
      return value
        .map((item) => {
          if (item === null) return '';
          if (typeof item !== 'string') return toText(item);
          if (name === '@csv') return `"${item.replaceAll('"', '""')}"`;
          return item.replace(/[\\\t\n\r]/g, (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c]!);
        })
        .join(name === '@csv' ? ',' : '\t');
    }
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`);
  }
}
