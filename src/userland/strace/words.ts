import * as errno from '../../abi/errno.ts';
import { SIGNAL_NAMES } from '../../abi/signal.ts';
import { encode } from '../../lib/utf8.ts';

/** Bits of a number as the names of a table, the rest in hexadecimal. */
export function flagText(value: number, names: readonly (readonly [number, string])[], zero = '0'): string {
  const out: string[] = [];
  let rest = value;
  for (const [bit, name] of names)
    if (bit !== 0 && (rest & bit) === bit) {
      out.push(name);
      rest &= ~bit;
    }
  if (rest !== 0) out.push(`0x${(rest >>> 0).toString(16)}`);
  return out.length === 0 ? zero : out.join('|');
}

const ESCAPES: Readonly<Record<number, string>> = {
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** A string in quotes, cut after `most` bytes. */
export function stringText(data: string | Uint8Array, most: number): string {
  const bytes = typeof data === 'string' ? encode(data) : data;
  let out = '';
  for (let i = 0; i < Math.min(bytes.length, most); i++) {
    const byte = bytes[i]!;
    const named = ESCAPES[byte];
    if (named !== undefined) out += named;
    else if (byte >= 32 && byte < 127) out += String.fromCharCode(byte);
    else {
      const next = bytes[i + 1];
      const digits = byte.toString(8);
      out += `\\${next !== undefined && next >= 48 && next <= 57 && i + 1 < most ? digits.padStart(3, '0') : digits}`;
    }
  }
  return `"${out}"${bytes.length > most ? '...' : ''}`;
}

export const signalText = (signal: number): string =>
  SIGNAL_NAMES[signal] === undefined ? String(signal) : `SIG${SIGNAL_NAMES[signal]}`;

const OPEN_FLAGS: readonly (readonly [number, string])[] = [
  [0o1, 'O_WRONLY'],
  [0o2, 'O_RDWR'],
  [0o100, 'O_CREAT'],
  [0o200, 'O_EXCL'],
  [0o400, 'O_NOCTTY'],
  [0o1000, 'O_TRUNC'],
  [0o2000, 'O_APPEND'],
  [0o4000, 'O_NONBLOCK'],
  [0o200000, 'O_DIRECTORY'],
  [0o400000, 'O_NOFOLLOW'],
  [0o2000000, 'O_CLOEXEC'],
  [0o10000000, 'O_PATH'],
];
export const openFlags = (flags: number): string =>
  (flags & 3) === 0 ? `O_RDONLY${flags === 0 ? '' : `|${flagText(flags, OPEN_FLAGS)}`}` : flagText(flags, OPEN_FLAGS);

export const octal = (mode: number): string => `0${(mode & 0o7777).toString(8)}`.replace(/^00+$/, '0');

const TYPES = new Map([
  [0o140000, 'S_IFSOCK'],
  [0o120000, 'S_IFLNK'],
  [0o100000, 'S_IFREG'],
  [0o060000, 'S_IFBLK'],
  [0o040000, 'S_IFDIR'],
  [0o020000, 'S_IFCHR'],
  [0o010000, 'S_IFIFO'],
]);
export const modeText = (mode: number): string =>
  `${TYPES.get(mode & 0o170000) ?? '0'}|${octal(mode).padStart(4, '0')}`;

const ERRNO_NAMES = new Map<number, string>(
  Object.entries(errno).flatMap(([name, value]) =>
    /^E[A-Z0-9]+$/.test(name) && typeof value === 'number' ? [[Number(value), name] as const] : [],
  ),
);
/** `ENOENT` for 2. */
export const errnoName = (value: number): string => ERRNO_NAMES.get(value) ?? `errno ${value}`;
