import { fromBase64, toBase64 } from '../../../lib/base64.ts';
import { crc32 } from '../../../lib/crc32.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { fromHex, toHex } from '../../../lib/hex.ts';
import { decimalText, doubleText, roundAway } from '../../../lib/mysql-number.ts';
import { sha1 } from '../../../lib/sha1.ts';
import { encode } from '../../../lib/utf8.ts';
import { failure, loose, MANY, number, type SqlFunction, strict, text, type Value } from './values.ts';

/** Characters that a function may make of a text. */
const LIMIT = 16 * 1024 * 1024;

const bytesOf = (value: Value): Uint8Array => (value instanceof Uint8Array ? value : encode(text(value)));

function pad(value: Value, length: Value, fill: Value): { chars: string[]; n: number; padding: string[] } | null {
  const n = number(length);
  if (n < 0 || n > LIMIT) return null;
  return { chars: [...text(value)], n, padding: [...text(fill)] };
}

const filled = (padding: readonly string[], n: number): string =>
  n <= 0 ? '' : Array.from({ length: n }, (_, i) => padding[i % padding.length]).join('');

/** Compiles a pattern of REGEXP; by default it does not look at case. */
function pattern(source: Value, mode: Value | undefined, flags = ''): RegExp {
  const modes = mode === undefined || mode === null ? 'i' : text(mode);
  const js = text(source)
    .replace(/\[\[:<:\]\]|\[\[:>:\]\]/g, '\\b')
    .replace(/\[:(\w+):\]/g, (_, name: string) => CLASSES[name] ?? '');
  try {
    return new RegExp(js, `${flags}u${modes.includes('c') ? '' : 'i'}${modes.includes('m') ? 'm' : ''}`);
  } catch {
    throw failure('ER_UNKNOWN_ERROR', `Got error 'Illegal argument to a regular expression.' from regexp`);
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}0-9',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
};

function soundex(word: string): string {
  const codes: Readonly<Record<string, string>> = {
    B: '1',
    F: '1',
    P: '1',
    V: '1',
    C: '2',
    G: '2',
    J: '2',
    K: '2',
    Q: '2',
    S: '2',
    X: '2',
    Z: '2',
    D: '3',
    T: '3',
    L: '4',
    M: '5',
    N: '5',
    R: '6',
  };
  const letters = word.toUpperCase().replace(/[^A-Z]/g, '');
  if (letters === '') return '';
  let out = letters[0]!;
  let last = codes[letters[0]!] ?? '';
  for (const letter of letters.slice(1)) {
    const code = codes[letter] ?? '';
    if (code !== '' && code !== last) out += code;
    if (!'HW'.includes(letter)) last = code;
  }
  return out.padEnd(4, '0');
}

function convert(value: Value, from: Value, to: Value): Value {
  const [a, b] = [Math.abs(number(from)), Math.abs(number(to))];
  if (a < 2 || a > 36 || b < 2 || b > 36) return null;
  const digits = /^\s*(-?)([0-9a-z]*)/i.exec(text(value))!;
  let total = 0n;
  for (const c of digits[2]!.toLowerCase()) {
    const n = Number.parseInt(c, 36);
    if (n >= a) break;
    total = total * BigInt(a) + BigInt(n);
  }
  if (digits[1] === '-') total = number(to) < 0 ? -total : (1n << 64n) - total;
  return total.toString(b).toUpperCase();
}

export interface Hashes {
  md5: HashFactory;
  sha224: HashFactory;
  sha256: HashFactory;
  sha384: HashFactory;
  sha512: HashFactory;
}

/** Functions of texts and bytes. */
export const textFunctions = (hashes: Hashes, random: () => number): Readonly<Record<string, SqlFunction>> => ({
  my_str: strict(2, (value, scale) => {
    if (typeof value !== 'number') return text(value);
    return number(scale!) < 0 ? doubleText(value) : decimalText(value, number(scale!));
  }),
  my_upper: strict(1, (s) => text(s!).toUpperCase()),
  my_lower: strict(1, (s) => text(s!).toLowerCase()),
  my_lpad: strict(3, (s, n, fill) => {
    const p = pad(s!, n!, fill!);
    return (
      p &&
      (p.chars.length >= p.n
        ? p.chars.slice(0, p.n).join('')
        : filled(p.padding, p.n - p.chars.length) + p.chars.join(''))
    );
  }),
  my_rpad: strict(3, (s, n, fill) => {
    const p = pad(s!, n!, fill!);
    return (
      p &&
      (p.chars.length >= p.n
        ? p.chars.slice(0, p.n).join('')
        : p.chars.join('') + filled(p.padding, p.n - p.chars.length))
    );
  }),
  my_repeat: strict(2, (s, n) => {
    const times = Math.max(0, Math.floor(number(n!)));
    return text(s!).length * times > LIMIT ? null : text(s!).repeat(times);
  }),
  my_reverse: strict(1, (s) => [...text(s!)].reverse().join('')),
  my_substr: strict([2, 3], (s, at, length) => {
    const chars = [...text(s!)];
    const from = number(at!);
    const start = from > 0 ? from - 1 : from < 0 ? chars.length + from : chars.length;
    if (start < 0) return '';
    return chars.slice(start, length === undefined ? undefined : start + Math.max(0, number(length))).join('');
  }),
  my_right: strict(2, (s, n) => {
    const chars = [...text(s!)];
    return chars.slice(Math.max(0, chars.length - Math.max(0, number(n!)))).join('');
  }),
  my_locate: strict(
    [2, 3],
    (part, s, at) =>
      text(s!)
        .toLowerCase()
        .indexOf(text(part!).toLowerCase(), Math.max(0, number(at ?? 1) - 1)) + 1,
  ),
  my_insert: strict(4, (s, at, length, other) => {
    const chars = [...text(s!)];
    const from = number(at!);
    if (from < 1 || from > chars.length) return text(s!);
    const n = number(length!);
    chars.splice(from - 1, n < 0 ? chars.length : n, text(other!));
    return chars.join('');
  }),
  my_find_in_set: strict(2, (s, list) => {
    const items = text(list!).toLowerCase().split(',');
    return text(list!) === '' ? 0 : items.indexOf(text(s!).toLowerCase()) + 1;
  }),
  my_substring_index: strict(3, (s, delimiter, count) => {
    const parts = text(s!).split(text(delimiter!));
    const n = number(count!);
    return (n >= 0 ? parts.slice(0, n) : parts.slice(n)).join(text(delimiter!));
  }),
  my_hex: strict(1, (v) =>
    typeof v === 'number' || typeof v === 'bigint'
      ? BigInt.asUintN(64, BigInt(Math.round(Number(v))))
          .toString(16)
          .toUpperCase()
      : toHex(bytesOf(v!)).toUpperCase(),
  ),
  my_unhex: strict(1, (s) => fromHex(text(s!).length % 2 ? `0${text(s!)}` : text(s!)) ?? null),
  my_ascii: strict(1, (s) => bytesOf(s!)[0] ?? 0),
  my_char: loose(MANY, (...codes) =>
    codes
      .filter((c) => c !== null)
      .map((c) => String.fromCharCode(number(c) & 0xff))
      .join(''),
  ),
  my_conv: strict(3, (v, from, to) => convert(v!, from!, to!)),
  my_md5: strict(1, (s) => hashes.md5.hex(bytesOf(s!))),
  my_sha1: strict(1, (s) => toHex(sha1(bytesOf(s!)))),
  my_sha2: strict(2, (s, bits) => {
    const factory = {
      0: hashes.sha256,
      224: hashes.sha224,
      256: hashes.sha256,
      384: hashes.sha384,
      512: hashes.sha512,
    }[number(bits!)];
    return factory ? factory.hex(bytesOf(s!)) : null;
  }),
  my_crc32: strict(1, (s) => crc32(bytesOf(s!)) >>> 0),
  my_to_base64: strict(1, (s) => toBase64(bytesOf(s!)).replace(/.{76}(?=.)/g, '$&\n')),
  my_from_base64: strict(1, (s) => fromBase64(text(s!).replace(/\s/g, '')) ?? null),
  my_soundex: strict(1, (s) => soundex(text(s!))),
  my_strcmp: strict(2, (a, b) => {
    const [x, y] = [text(a!).toLowerCase(), text(b!).toLowerCase()];
    return x < y ? -1 : x > y ? 1 : 0;
  }),
  my_regexp: strict([2, 3], (s, source, mode) => (pattern(source!, mode).test(text(s!)) ? 1 : 0)),
  my_regexp_replace: strict(3, (s, source, by) =>
    text(s!).replace(pattern(source!, undefined, 'g'), text(by!).replace(/\\(\d)/g, '$$$1')),
  ),
  my_regexp_substr: strict(2, (s, source) => pattern(source!, undefined).exec(text(s!))?.[0] ?? null),
  my_regexp_instr: strict(2, (s, source) => text(s!).search(pattern(source!, undefined)) + 1),
  my_bit_count: strict(
    1,
    (n) =>
      BigInt.asUintN(64, BigInt(Math.round(number(n!))))
        .toString(2)
        .replace(/0/g, '').length,
  ),
  my_round: strict(2, (x, digits) => roundAway(number(x!), number(digits!))),
  my_truncate: strict(2, (x, digits) => {
    const scale = 10 ** number(digits!);
    return Math.trunc(roundAway(number(x!) * scale, 6)) / scale;
  }),
  my_format: strict(2, (x, digits) => {
    const [whole, fraction] = decimalText(number(x!), Math.max(0, number(digits!))).split('.');
    return whole!.replace(/\B(?=(\d{3})+(?!\d))/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  }),
  my_rand: loose([0, 1], () => random()),
  my_inet_aton: strict(1, (s) => {
    const parts = text(s!).split('.').map(Number);
    return parts.length !== 4 || parts.some((p) => !(p >= 0 && p < 256))
      ? null
      : parts.reduce((n, p) => n * 256 + p, 0);
  }),
  my_inet_ntoa: strict(1, (n) => [24, 16, 8, 0].map((shift) => (number(n!) / 2 ** shift) & 255).join('.')),
  my_uuid: loose(0, () => {
    const hex = (n: number): string => Array.from({ length: n }, () => Math.floor(random() * 16).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-11f0-${'89ab'[Math.floor(random() * 4)]}${hex(3)}-0242ac110002`;
  }),
});
