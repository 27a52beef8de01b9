import { odCharacter } from './types.ts';

/** A unit of a format of hexdump -e: `times/bytes "text"`. */
export interface HexUnit {
  times: number;
  /** Bytes that one time takes; 0 for text and offsets alone. */
  bytes: number;
  pieces: readonly (string | Conversion)[];
}
export type HexFormat = readonly HexUnit[];

interface Conversion {
  flags: string;
  width: number;
  precision: number | undefined;
  kind: string;
  bytes: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};

/** Reads a format string. @returns the format, or what is wrong */
export function readFormat(text: string): HexFormat | string {
  const units: HexUnit[] = [];
  const pattern = /\s*(?:(\d*)\/(\d+)|(\d+))?\s*"((?:[^"\\]|\\.)*)"/y;
  let rest = 0;
  while (/\S/.test(text.slice(rest))) {
    pattern.lastIndex = rest;
    const m = pattern.exec(text);
    if (!m) return `bad format {${text}}`;
    rest = pattern.lastIndex;
    const given = m[2] === undefined ? undefined : Number(m[2]);
    const pieces = readPieces(m[4]!, given);
    if (typeof pieces === 'string') return pieces;
    const bytes = given ?? pieces.reduce((n, piece) => n + (typeof piece === 'string' ? 0 : piece.bytes), 0);
    units.push({ times: Number(m[1] || m[3] || 1), bytes, pieces });
  }
  return units;
}

function readPieces(text: string, given: number | undefined): (string | Conversion)[] | string {
  const plain = text.replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c);
  const out: (string | Conversion)[] = [];
  const pattern = /%([-+ 0#]*)(\d*)(?:\.(\d+))?(_a[dox]|_A[dox]|_[cpu]|[cdiouxXeEfgGs])|%%|%/g;
  let at = 0;
  for (const m of plain.matchAll(pattern)) {
    if (m.index > at) out.push(plain.slice(at, m.index));
    at = m.index + m[0].length;
    if (m[0] === '%%') out.push('%');
    else if (m[4] === undefined) return `bad conversion character %${plain[m.index + 1] ?? ''}`;
    else {
      const kind = m[4];
      const own = /^_[aA]/.test(kind) ? 0 : /^(_|c$)/.test(kind) ? 1 : /^[eEfgG]/.test(kind) ? 8 : 4;
      out.push({
        flags: m[1]!,
        width: Number(m[2] || 0),
        precision: m[3] === undefined ? undefined : Number(m[3]),
        kind,
        bytes: own === 0 ? 0 : (given ?? (kind === 's' ? Number(m[3] ?? 1) : own)),
      });
    }
  }
  if (at < plain.length) out.push(plain.slice(at));
  return out;
}

/** Bytes of a line of the format. */
export const formatSize = (format: HexFormat): number => format.reduce((n, unit) => n + unit.times * unit.bytes, 0);

/** One time of a unit at `at` of the block; data beyond `length` are blanks. The last time drops blanks at its end. */
export function showUnit(
  unit: HexUnit,
  block: Uint8Array,
  at: number,
  length: number,
  offset: number,
  last: boolean,
): string {
  let out = '';
  let here = at;
  for (const [i, piece] of unit.pieces.entries()) {
    if (typeof piece === 'string') {
      const trailing = last && unit.times > 1 && i === unit.pieces.length - 1 && i > 0;
      out += trailing ? piece.replace(/\s+$/, '') : piece;
      continue;
    }
    const missing = piece.bytes > 0 && here >= length;
    const text = missing ? '' : show(piece, block, here, offset);
    const width = missing ? Math.max(piece.width, piece.precision ?? 0, piece.kind === '_p' ? 0 : 0) : piece.width;
    const fill = piece.flags.includes('0') && !missing ? '0' : ' ';
    out += piece.flags.includes('-') ? text.padEnd(width) : text.padStart(width, fill);
    here += piece.bytes;
  }
  return out;
}

function show(piece: Conversion, block: Uint8Array, at: number, offset: number): string {
  const byte = block[at] ?? 0;
  const digits = (value: bigint, radix: number): string => value.toString(radix).padStart(piece.precision ?? 0, '0');
  switch (piece.kind) {
    case '_ad':
    case '_Ad':
      return digits(BigInt(offset + at), 10);
    case '_ao':
    case '_Ao':
      return digits(BigInt(offset + at), 8);
    case '_ax':
    case '_Ax':
      return digits(BigInt(offset + at), 16);
    case '_p':
    case 'c':
      return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.';
    case '_c':
    case '_u':
      return odCharacter(byte);
    case 's': {
      let text = '';
      for (let i = 0; i < piece.bytes && block[at + i] !== 0; i++) text += String.fromCharCode(block[at + i]!);
      return text;
    }
  }
  let value = 0n;
  for (let i = piece.bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(block[at + i] ?? 0);
  switch (piece.kind) {
    case 'd':
    case 'i':
      return digits(BigInt.asIntN(piece.bytes * 8, value), 10);
    case 'o':
      return digits(value, 8);
    case 'u':
      return digits(value, 10);
    case 'x':
      return (piece.flags.includes('#') ? '0x' : '') + digits(value, 16);
    case 'X':
      return (piece.flags.includes('#') ? '0X' : '') + digits(value, 16).toUpperCase();
    default: {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigUint64(0, value, true);
      const n = piece.bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
      return piece.kind === 'f' ? n.toFixed(piece.precision ?? 6) : n.toExponential(piece.precision ?? 6);
    }
  }
}
