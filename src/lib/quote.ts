/** Whether Go's strconv.IsPrint holds: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export const isPrint = (char: string): boolean => /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char);

/** Go's strconv.Quote: a double-quoted literal; bytes that are no UTF-8 (U+DC80..U+DCFF here) as `\xNN`. */
export function quote(text: string): string {
  return quoteWith(text, '"', false);
}

/** Go's strconv.QuoteToASCII. */
export function quoteToAscii(text: string): string {
  return quoteWith(text, '"', true);
}

/** Go's strconv.QuoteRune for one character. */
export function quoteRune(char: string): string {
  return quoteWith(char, "'", false);
}

const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function quoteWith(text: string, mark: string, ascii: boolean): string {
  let out = mark;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === mark || char === '\\') out += `\\${char}`;
    else if (code >= 0x20 && code < 0x7f) out += char;
    else if (SHORT[char]) out += SHORT[char];
    else if (code < 0x80) out += `\\x${hex(code, 2)}`;
    else if (code >= 0xdc80 && code <= 0xdcff) out += `\\x${hex(code - 0xdc00, 2)}`;
    else if (!ascii && isPrint(char)) out += char;
    else out += code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  }
  return out + mark;
}

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');

const UNESCAPE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Go's strconv.Unquote of a `"…"`, `` `…` `` or `'…'` literal.
 * @returns undefined where Go says "invalid syntax". Bytes above 0x7f of `\x` and octal escapes are kept as U+DC80..U+DCFF.
 */
export function unquote(literal: string): string | undefined {
  const mark = literal[0];
  if (literal.length < 2 || mark !== literal.at(-1)) return undefined;
  const inner = literal.slice(1, -1);
  if (mark === '`') return inner.includes('`') ? undefined : inner.replaceAll('\r', '');
  if (mark !== '"' && mark !== "'") return undefined;
  let out = '';
  let count = 0;
  for (let i = 0; i < inner.length; count++) {
    const c = inner[i]!;
    if (c === mark || c === '\n') return undefined;
    if (c !== '\\') {
      const char = String.fromCodePoint(inner.codePointAt(i)!);
      out += char;
      i += char.length;
      continue;
    }
    const found = unescapeAt(inner, i, mark);
    if (!found) return undefined;
    out += found[0];
    i = found[1];
  }
  return mark === "'" && count !== 1 ? undefined : out;
}

/** The character of the escape at `at` and the index after it. */
function unescapeAt(text: string, at: number, mark: string): [string, number] | undefined {
  const c = text[at + 1];
  if (c === undefined) return undefined;
  if (UNESCAPE[c]) return [UNESCAPE[c], at + 2];
  if (c === mark) return [c, at + 2];
  const width = c === 'x' ? 2 : c === 'u' ? 4 : c === 'U' ? 8 : 0;
  if (width > 0) {
    const digits = text.slice(at + 2, at + 2 + width);
    if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const code = Number.parseInt(digits, 16);
    if (c === 'x') return [byteChar(code), at + 4];
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
    return [String.fromCodePoint(code), at + 2 + width];
  }
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1, at + 4));
  if (!octal || Number.parseInt(octal[0], 8) > 255) return undefined;
  return [byteChar(Number.parseInt(octal[0], 8)), at + 4];
}

const byteChar = (code: number): string => String.fromCharCode(code < 0x80 ? code : 0xdc00 + code);
