import { isElf, readElf } from '../../lib/elf.ts';
import { decode } from '../../lib/utf8.ts';

export interface Description {
  text: string;
  mime: string;
  encoding: string;
}

const binary = (text: string, mime: string): Description => ({ text, mime, encoding: 'binary' });

/** Beginnings of files, in the order in which they are tried. */
const MAGIC: readonly (readonly [at: number, bytes: string, text: string, mime: string])[] = [
  [0, '\x89PNG\r\n\x1a\n', 'PNG image data', 'image/png'],
  [0, '\xff\xd8\xff', 'JPEG image data', 'image/jpeg'],
  [0, 'GIF87a', 'GIF image data, version 87a', 'image/gif'],
  [0, 'GIF89a', 'GIF image data, version 89a', 'image/gif'],
  [0, '%PDF-', 'PDF document', 'application/pdf'],
  [0, 'PK\x05\x06', 'Zip archive data (empty)', 'application/zip'],
  [0, 'PK\x03\x04', 'Zip archive data, at least v2.0 to extract, compression method=deflate', 'application/zip'],
  [0, '\xfd7zXZ\0', 'XZ compressed data, checksum CRC64', 'application/x-xz'],
  [0, '\x28\xb5\x2f\xfd', 'Zstandard compressed data (v0.8+), Dictionary ID: None', 'application/zstd'],
  [0, 'BZh', 'bzip2 compressed data, block size = 900k', 'application/x-bzip2'],
  [0, 'SQLite format 3\0', 'SQLite 3.x database', 'application/vnd.sqlite3'],
  [0, '!<arch>\ndebian', 'Debian binary package (format 2.0)', 'application/vnd.debian.binary-package'],
  [257, 'ustar  \0', 'POSIX tar archive (GNU)', 'application/x-tar'],
  [257, 'ustar\0', 'POSIX tar archive', 'application/x-tar'],
  [0, 'wOF2', 'Web Open Font Format (Version 2)', 'font/woff2'],
];

/** What a file is, by its first bytes. */
export function describeBytes(bytes: Uint8Array): Description {
  if (isElf(bytes)) return elf(bytes);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return binary(gzip(bytes), 'application/gzip');
  for (const [at, magic, text, mime] of MAGIC)
    if ([...magic].every((c, i) => bytes[at + i] === c.charCodeAt(0))) {
      if (mime === 'image/png') return binary(`${text}, ${png(bytes)}`, mime);
      return binary(text, mime);
    }
  return textKind(bytes);
}

function elf(bytes: Uint8Array): Description {
  const own = readElf(bytes);
  const linked =
    own?.flavour === 'go' || own?.program === 'busybox'
      ? 'statically linked'
      : `dynamically linked, interpreter ${own?.flavour === 'musl' ? '/lib/ld-musl-x86_64.so.1' : '/lib64/ld-linux-x86-64.so.2, for GNU/Linux 3.2.0'}`;
  const kind = own?.flavour === 'go' ? 'executable' : 'pie executable';
  return binary(
    `ELF 64-bit LSB ${kind}, x86-64, version 1 (SYSV), ${linked}, stripped`,
    own?.flavour === 'go' ? 'application/x-executable' : 'application/x-pie-executable',
  );
}

function gzip(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = 'gzip compressed data';
  if (bytes[3]! & 8) {
    const end = bytes.indexOf(0, 10);
    text += `, was "${decode(bytes, 10, end < 0 ? bytes.length : end)}"`;
  }
  const time = view.getUint32(4, true);
  if (time > 0)
    text += `, last modified: ${new Date(time * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, (_, w, d, m, y, t) => `${w} ${m} ${String(Number(d)).padStart(2)} ${t} ${y}`)}`;
  if (bytes[8] === 2) text += ', max compression';
  if (bytes[8] === 4) text += ', max speed';
  text += `, from ${bytes[9] === 3 ? 'Unix' : bytes[9] === 0 ? 'FAT filesystem (MS-DOS, OS/2, NT)' : 'Unix'}`;
  const size = bytes.length < 65536 ? view.getUint32(bytes.length - 4, true) : undefined;
  return size === undefined ? text : `${text}, original size modulo 2^32 ${size}`;
}

function png(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const colour = { 0: 'grayscale', 2: 'RGB', 3: 'colormap', 4: 'gray+alpha', 6: 'RGBA' }[bytes[25]!] ?? 'unknown';
  return `${view.getUint32(16)} x ${view.getUint32(20)}, ${bytes[24]}-bit${colour === 'colormap' ? ' colormap' : `/color ${colour}`}, non-interlaced`;
}

const SCRIPTS: Readonly<Record<string, readonly [string, string]>> = {
  sh: ['POSIX shell script', 'text/x-shellscript'],
  dash: ['a /bin/dash script', 'text/x-shellscript'],
  bash: ['Bourne-Again shell script', 'text/x-shellscript'],
  python: ['Python script', 'text/x-script.python'],
  python3: ['Python script', 'text/x-script.python'],
  node: ['Node.js script executable', 'application/javascript'],
  perl: ['Perl script text executable', 'text/x-perl'],
};

function textKind(bytes: Uint8Array): Description {
  if (bytes.some((b) => b < 7 || (b > 13 && b < 32 && b !== 27) || b === 127))
    return binary('data', 'application/octet-stream');
  const text = decode(bytes);
  const ascii = !/[^\x00-\x7f]/.test(text);
  const broken = /[\udc80-\udcff]/.test(text.slice(0, -4)) && !/[\ud800-\udbff][\udc00-\udfff]/.test(text);
  const encoding = ascii ? 'us-ascii' : broken ? 'iso-8859-1' : 'utf-8';
  const charset = ascii ? 'ASCII' : broken ? 'ISO-8859' : 'Unicode text, UTF-8';
  const crlf = (text.match(/\r\n/g) ?? []).length;
  const lf = (text.match(/\n/g) ?? []).length - crlf;
  const longest = Math.max(...text.split('\n').map((line) => line.length));
  const notes = [
    ...(longest > 300 ? [`with very long lines (${longest})`] : []),
    ...(crlf > 0
      ? [`with ${lf > 0 ? 'CRLF, LF' : 'CRLF'} line terminators`]
      : lf === 0
        ? ['with no line terminators']
        : []),
    ...(text.includes('\x1b') ? ['with escape sequences'] : []),
  ];
  const tail = notes.length > 0 ? `, ${notes.join(', ')}` : '';
  const plain = `${charset} text${tail}`
    .replace('UTF-8 text text', 'UTF-8 text')
    .replace('Unicode text, UTF-8 text', 'Unicode text, UTF-8 text');
  const script = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text);
  if (script) {
    const base = script[1]!.slice(script[1]!.lastIndexOf('/') + 1);
    const known = SCRIPTS[base === 'env' ? (script[2] ?? '') : base];
    const name = known?.[0] ?? `a ${script[1]} script`;
    return {
      text: name.endsWith('executable')
        ? `${name}, ${plain}`
        : `${name}, ${plain.replace(/ text(?=,|$)/, ' text executable')}`,
      mime: known?.[1] ?? 'text/plain',
      encoding,
    };
  }
  if (/^\s*[[{]/.test(text) && isJson(text)) return { text: 'JSON text data', mime: 'application/json', encoding };
  if (/^\s*<!doctype html|^\s*<html/i.test(text))
    return { text: `HTML document, ${plain}`, mime: 'text/html', encoding };
  if (/^<\?xml /.test(text)) return { text: `XML 1.0 document, ${plain}`, mime: 'text/xml', encoding };
  return { text: plain, mime: 'text/plain', encoding };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
