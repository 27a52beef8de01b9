import type { Regex } from '../../lib/regex/regex.ts';

/**
 * The fields of a text: by blanks (`' '`), by each character (`''`), by one character, by a regular expression.
 * @param paragraph a newline separates as well (RS is empty)
 */
export function splitFields(
  text: string,
  fs: string | Regex,
  paragraph: boolean,
  compile: (source: string) => Regex,
): string[] {
  if (text === '') return [];
  if (fs === ' ') {
    const out: string[] = [];
    let i = 0;
    const n = text.length;
    while (i < n) {
      let c = text.charCodeAt(i);
      if (c === 32 || c === 9 || c === 10) {
        i++;
        continue;
      }
      const start = i;
      do c = text.charCodeAt(++i);
      while (i < n && c !== 32 && c !== 9 && c !== 10);
      out.push(text.slice(start, i));
    }
    return out;
  }
  if (typeof fs === 'string') {
    if (fs === '') return [...text];
    if (fs.length === 1 && fs !== '\\')
      return paragraph && fs !== '\n'
        ? text.split(new RegExp(`[${fs === '^' || fs === ']' ? `\\${fs}` : fs}\\n]`))
        : text.split(fs);
    if (fs === '\\|') return text.split('|');
  }
  const regex = typeof fs === 'string' ? compile(paragraph ? `(${fs})|\n` : fs) : fs;
  const out: string[] = [];
  let at = 0;
  let from = 0;
  while (from <= text.length) {
    const m = regex.exec(text, from);
    if (!m) break;
    if (m[1] === m[0]) {
      from = m[0]! + 1;
      continue;
    }
    out.push(text.slice(at, m[0]));
    at = m[1]!;
    from = at;
  }
  out.push(text.slice(at));
  return out;
}
