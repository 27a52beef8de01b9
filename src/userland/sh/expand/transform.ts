import { fromByteText, toByteText } from './bytes.ts';
import type { Pattern } from './pattern.ts';

/** Does `change` on the bytes of `text` where the shell knows no multibyte characters. */
export function onBytes(text: string, bytes: boolean, change: (text: string) => string): string {
  return bytes ? fromByteText(change(toByteText(text))) : change(text);
}

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
export function trim(text: string, op: '#' | '##' | '%' | '%%', pattern: Pattern): string {
  if (op === '#' || op === '##') {
    const n = pattern.prefix(text, op === '##');
    return n <= 0 ? text : text.slice(n);
  }
  const n = pattern.suffix(text, op === '%%');
  return n <= 0 ? text : text.slice(0, text.length - n);
}

/**
 * `${x/p/r}` and its kin. In `replacement`, if `ampersand`, an `&` stands for what matched and a backslash quotes.
 * `emptyToo`: an empty text is replaced as well.
 */
export function replace(
  text: string,
  op: '/' | '//' | '/#' | '/%',
  pattern: Pattern,
  replacement: string,
  ampersand: boolean,
  emptyToo: boolean,
): string {
  const put = (matched: string): string =>
    ampersand && /[&\\]/.test(replacement)
      ? replacement.replace(/\\([&\\])|&/g, (_, quoted: string | undefined) => quoted ?? matched)
      : replacement;
  if (op === '/#') {
    if (text === '' && !(emptyToo && pattern.matches(''))) return text;
    const n = pattern.prefix(text, true);
    return n < 0 ? text : put(text.slice(0, n)) + text.slice(n);
  }
  if (op === '/%') {
    const n = pattern.suffix(text, true);
    return n < 0 ? text : text.slice(0, text.length - n) + put(text.slice(text.length - n));
  }
  if (text === '') return emptyToo && pattern.matches('') ? put('') : text;
  let out = '';
  let at = 0;
  while (at < text.length) {
    const found = pattern.search(text, at);
    if (!found || found[0] >= text.length) break;
    const [start, end] = found;
    // nothing is replaced where it matches: before the next character
    const next = end === start ? start + 1 : end;
    out += text.slice(at, start) + put(text.slice(start, end)) + text.slice(end, next);
    at = next;
    if (op === '/') break;
  }
  return out + text.slice(at);
}

export const asciiUpper = (text: string): string => text.replace(/[a-z]/g, (c) => c.toUpperCase());
export const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

/** `${x^p}`, `${x^^p}`, `${x,p}`, `${x,,p}`, `${x~p}`, `${x~~p}`. */
export function changeCase(
  text: string,
  op: '^' | '^^' | ',' | ',,' | '~' | '~~',
  pattern: Pattern | undefined,
  ascii = false,
): string {
  const upper = (c: string): string => (ascii ? asciiUpper(c) : c.toUpperCase());
  const lower = (c: string): string => (ascii ? asciiLower(c) : c.toLowerCase());
  const all = op.length === 2;
  let out = '';
  let first = true;
  for (const c of text) {
    if ((first || all) && (pattern === undefined || pattern.matches(c))) {
      if (op[0] === '^') out += upper(c);
      else if (op[0] === ',') out += lower(c);
      else out += c === upper(c) ? lower(c) : upper(c);
    } else out += c;
    first = false;
  }
  return out;
}

/** The text between quotes that a shell reads back as it is, as bash's `%q` and `declare -p` write it. */
export function singleQuote(text: string): string {
  if (text === "'") return "\\'";
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** As dash and ash quote what they show: quotes stand in double quotes. */
export function posixQuote(text: string): string {
  if (text === '') return "''";
  return text.replace(/([^']*)('*)/g, (_, plain: string, quotes: string) =>
    plain === '' && quotes === '' ? '' : `'${plain}'${quotes === '' ? '' : `"${quotes}"`}`,
  );
}

const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\x1b': '\\E',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
};

const CONTROL = /[\0-\x1f\x7f\udc80-\udcff]/;

/** `$'…'`. `bytes`: what is not ASCII is shown byte by byte. */
export function ansiQuote(text: string, bytes = false): string {
  let out = '';
  for (const c of bytes ? toByteText(text) : text) {
    const named = NAMED[c];
    if (named !== undefined) out += named;
    else if (c.length === 1 && (CONTROL.test(c) || (bytes && c > '~'))) {
      const code = c.charCodeAt(0);
      out += `\\${(code >= 0xdc00 ? code - 0xdc00 : code).toString(8).padStart(3, '0')}`;
    } else out += c;
  }
  return `$'${out}'`;
}

export const hasControl = (text: string, bytes = false): boolean =>
  CONTROL.test(text) || (bytes && /[^\0-~]/.test(text));

/** `${x@Q}` and `set`: quoted always, `$'…'` where control characters ask for it. */
export function quoteValue(text: string, bytes = false): string {
  return hasControl(text, bytes) ? ansiQuote(text, bytes) : singleQuote(text);
}

/** bash's `printf %q`. */
export function backslashQuote(text: string, bytes = false): string {
  if (text === '') return "''";
  if (hasControl(text, bytes)) return ansiQuote(text, bytes);
  return text.replace(/[^A-Za-z0-9_@%+=:,./\-\u0080-\u{10ffff}]/gu, (c, at: number) =>
    (c === '#' && at > 0) || (c === '~' && at > 0 && !/[=:]/.test(text[at - 1]!)) ? c : `\\${c}`,
  );
}

/** A value within double quotes, as `declare -p` shows it. */
export function doubleQuote(text: string, bytes = false): string {
  if (hasControl(text, bytes)) return ansiQuote(text, bytes);
  return `"${text.replace(/[$`"\\]/g, '\\$&')}"`;
}
