import { parseDate, parseTime } from '../../../../lib/mysql-date.ts';
import { decode } from '../../../../lib/utf8.ts';
import { textLiteral } from '../catalog.ts';
import type { Cell } from '../server/result.ts';
import type { Piece } from '../translate/functions.ts';
import type { ScopeColumn } from '../translate/scope.ts';
import { type SqlType, T } from '../types.ts';
import { wireType } from './columns.ts';
import { type PacketReader, PacketWriter } from './packet.ts';

const real = (n: number, width: 4 | 8): Uint8Array => {
  const view = new DataView(new ArrayBuffer(width));
  if (width === 4) view.setFloat32(0, n, true);
  else view.setFloat64(0, n, true);
  return new Uint8Array(view.buffer);
};

function value(packet: PacketWriter, cell: string | Uint8Array, type: SqlType): void {
  const text = typeof cell === 'string' ? cell : '';
  switch (wireType(type)) {
    case 1:
      packet.int(BigInt(text), 1);
      return;
    case 2:
    case 13:
      packet.int(BigInt(text), 2);
      return;
    case 3:
    case 9:
      packet.int(BigInt(text), 4);
      return;
    case 8:
      packet.int(BigInt(text.replace(/\..*$/, '')), 8);
      return;
    case 4:
      packet.bytes(real(Number(text), 4));
      return;
    case 5:
      packet.bytes(real(Number(text), 8));
      return;
    case 7:
    case 10:
    case 12:
      dateValue(packet, text);
      return;
    case 11: {
      const seconds = parseTime(text) ?? 0;
      const whole = Math.floor(Math.abs(seconds));
      const micro = Math.round((Math.abs(seconds) - whole) * 1e6);
      if (whole === 0 && micro === 0) packet.int(0, 1);
      else
        packet
          .int(micro ? 12 : 8, 1)
          .int(seconds < 0 ? 1 : 0, 1)
          .int(Math.floor(whole / 86400), 4)
          .int(Math.floor(whole / 3600) % 24, 1)
          .int(Math.floor(whole / 60) % 60, 1)
          .int(whole % 60, 1);
      if (micro) packet.int(micro, 4);
      return;
    }
    default:
      packet.counted(cell);
  }
}

function dateValue(packet: PacketWriter, text: string): void {
  const d = parseDate(text);
  if (!d) {
    packet.int(0, 1);
    return;
  }
  const timed = d.hour !== 0 || d.minute !== 0 || d.second !== 0 || d.micro !== 0;
  packet
    .int(d.micro ? 11 : timed ? 7 : 4, 1)
    .int(d.year, 2)
    .int(d.month, 1)
    .int(d.day, 1);
  if (timed) packet.int(d.hour, 1).int(d.minute, 1).int(d.second, 1);
  if (d.micro) packet.int(d.micro, 4);
}

/** A row of a prepared statement's result. */
export function binaryRow(row: readonly Cell[], columns: readonly ScopeColumn[]): Uint8Array {
  const packet = new PacketWriter().int(0, 1);
  const nulls = new Uint8Array((columns.length + 9) >> 3);
  for (const [i, cell] of row.entries()) if (cell === undefined) nulls[(i + 2) >> 3]! |= 1 << ((i + 2) & 7);
  packet.bytes(nulls);
  for (const [i, cell] of row.entries()) if (cell !== undefined) value(packet, cell, columns[i]!.type);
  return packet.done();
}

/** One parameter of a prepared statement. */
export function readParameter(reader: PacketReader, type: number): Piece {
  const unsigned = (type & 0x8000) !== 0;
  const integer = (width: number): Piece => {
    const n = reader.int(width);
    const top = 256 ** width;
    return { sql: String(!unsigned && n >= top / 2 ? n - top : n), type: T.bigint };
  };
  switch (type & 0xff) {
    case 6:
      return { sql: 'NULL', type: T.null };
    case 1:
      return integer(1);
    case 2:
    case 13:
      return integer(2);
    case 3:
    case 9:
      return integer(4);
    case 8:
      return { sql: String(reader.big(!unsigned)), type: T.bigint };
    case 4:
    case 5: {
      const width = (type & 0xff) === 4 ? 4 : 8;
      const bytes = reader.take(width);
      const view = new DataView(bytes.slice().buffer);
      return { sql: String(width === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)), type: T.double };
    }
    case 7:
    case 10:
    case 12:
      return readDate(reader);
    case 11:
      return readTime(reader);
    case 249:
    case 250:
    case 251:
    case 252: {
      const bytes = reader.counted() ?? new Uint8Array();
      return isPlain(bytes)
        ? { sql: textLiteral(decode(bytes)), type: T.text }
        : { sql: `x'${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}'`, type: T.blob };
    }
    default:
      return { sql: textLiteral(decode(reader.counted() ?? new Uint8Array())), type: T.text };
  }
}

/** It is text, not bytes. */
function isPlain(bytes: Uint8Array): boolean {
  return !/[\u0000-\u0008\udc80-\udcff]/.test(decode(bytes));
}

const two = (n: number): string => String(n).padStart(2, '0');

function readDate(reader: PacketReader): Piece {
  const length = reader.int(1);
  const part = length >= 4 ? [reader.int(2), reader.int(1), reader.int(1)] : [0, 0, 0];
  const clock = length >= 7 ? [reader.int(1), reader.int(1), reader.int(1)] : undefined;
  const micro = length >= 11 ? reader.int(4) : 0;
  const date = `${String(part[0]).padStart(4, '0')}-${two(part[1]!)}-${two(part[2]!)}`;
  const fraction = micro ? `.${String(micro).padStart(6, '0')}` : '';
  return {
    sql: textLiteral(clock ? `${date} ${clock.map(two).join(':')}${fraction}` : date),
    type: clock ? T.datetime : T.date,
  };
}

function readTime(reader: PacketReader): Piece {
  const length = reader.int(1);
  if (length === 0) return { sql: "'00:00:00'", type: T.time };
  const [negative, days, h, m, s] = [reader.int(1), reader.int(4), reader.int(1), reader.int(1), reader.int(1)];
  if (length >= 12) reader.int(4);
  return { sql: textLiteral(`${negative ? '-' : ''}${two(days * 24 + h)}:${two(m)}:${two(s)}`), type: T.time };
}
