import { decode } from '../../../lib/utf8.ts';

/** Escapes of one letter that all shells' readers of escapes share. */
export const LETTER_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
const SIMPLE: Readonly<Record<string, string>> = { ...LETTER_ESCAPES, "'": "'", '"': '"', '?': '?' };

/**
 * The text that `$'…'` stands for.
 * @param options `nulEnds`: a NUL ends the text, as in an argument; `plain`: without `\u`, `\U`, `\c`, and NULs are dropped (ash)
 * @see bash(1), QUOTING
 */
export function ansiC(source: string, options: { nulEnds: boolean; plain?: boolean }): string {
  const plain = options.plain === true;
  const bytes = new ByteRun();
  let out = '';
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (c !== '\\' || i + 1 >= source.length) {
      out += bytes.take() + c;
      continue;
    }
    const e = source[++i]!;
    const octal = /^[0-7]{1,3}/.exec(source.slice(i, i + 3));
    const hex = e === 'x' ? /^\{?[0-9A-Fa-f]{1,2}\}?/.exec(source.slice(i + 1, i + 5)) : null;
    const uni =
      !plain && (e === 'u' || e === 'U') ? /^[0-9A-Fa-f]+/.exec(source.slice(i + 1, i + (e === 'u' ? 5 : 9))) : null;
    if (octal) {
      const value = Number.parseInt(octal[0], 8) & 0xff;
      i += octal[0].length - 1;
      if (value === 0 && plain) continue;
      if (value === 0 && options.nulEnds) break;
      bytes.add(value);
    } else if (hex) {
      const value = Number.parseInt(hex[0].replace(/[{}]/g, ''), 16) & 0xff;
      i += hex[0].length;
      if (value === 0 && plain) continue;
      if (value === 0 && options.nulEnds) break;
      bytes.add(value);
    } else if (uni) {
      i += uni[0].length;
      const value = Number.parseInt(uni[0], 16);
      if (value === 0 && options.nulEnds) break;
      out += bytes.take() + (value <= 0x10ffff ? String.fromCodePoint(value) : '');
    } else if (!plain && e === 'c' && i + 1 < source.length) {
      i++;
      bytes.add(source.charCodeAt(i) & 0x1f);
    } else out += bytes.take() + (SIMPLE[e] ?? `\\${e}`);
  }
  return out + bytes.take();
}

/** Bytes given one by one (octal, hex) that make UTF-8 text together. */
export class ByteRun {
  #bytes: number[] = [];

  add(byte: number): void {
    this.#bytes.push(byte);
  }

  take(): string {
    if (this.#bytes.length === 0) return '';
    const text = decode(Uint8Array.from(this.#bytes));
    this.#bytes = [];
    return text;
  }
}
