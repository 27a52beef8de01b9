import { localeQuote, quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

/** Styles of --quoting-style. */
export const QUOTING_STYLES: readonly string[] = [
  'literal',
  'shell',
  'shell-always',
  'shell-escape',
  'shell-escape-always',
  'c',
  'c-maybe',
  'escape',
  'locale',
  'clocale',
];

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
  '\b': '\\b',
  '\x07': '\\a',
  '\\': '\\\\',
};

/** A name with C's escapes for what is not printable. */
function escaped(name: string, also: string): string {
  return [...name]
    .map((c) => {
      if (ESCAPES[c] !== undefined) return ESCAPES[c];
      if (also.includes(c)) return `\\${c}`;
      const code = c.charCodeAt(0);
      return code < 32 || code === 127 || (code >= 0xdc80 && code <= 0xdcff)
        ? `\\${(code & 0xff).toString(8).padStart(3, '0')}`
        : c;
    })
    .join('');
}

/** A name as ls shows it in a style. */
export function quoteName(name: string, style: string): string {
  switch (style) {
    case 'literal':
      return name;
    case 'c':
      return `"${escaped(name, '"')}"`;
    case 'c-maybe':
      return escaped(name, '"') === name ? name : `"${escaped(name, '"')}"`;
    case 'escape':
      return escaped(name, ' ');
    case 'locale':
    case 'clocale':
      return localeQuote(name);
    case 'shell':
    case 'shell-always': {
      const plain = name.replace(/[\0-\x1f\x7f]/g, ' ');
      const quoted = name.includes("'") && !/["$`\\!]/.test(name) ? `"${name}"` : `'${name.replaceAll("'", "'\\''")}'`;
      return style === 'shell' && quoteIfNeeded(plain) === plain ? name : quoted;
    }
    case 'shell-escape-always':
      return shellQuote(name);
    default:
      return quoteIfNeeded(name);
  }
}
