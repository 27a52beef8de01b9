import type { ScopeColumn } from '../translate/scope.ts';
import { isBinary, isNumber, isText, type SqlType } from '../types.ts';
import { PacketWriter } from './packet.ts';

/** Types of columns in the protocol. */
const TYPES: Readonly<Record<string, number>> = {
  decimal: 246,
  tinyint: 1,
  smallint: 2,
  int: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  bigint: 8,
  mediumint: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  bit: 16,
  json: 245,
  enum: 254,
  set: 254,
  tinytext: 252,
  text: 252,
  mediumtext: 252,
  longtext: 252,
  tinyblob: 252,
  blob: 252,
  mediumblob: 252,
  longblob: 252,
  varbinary: 253,
  varchar: 253,
  binary: 254,
  char: 254,
  geometry: 255,
  point: 255,
};
export const wireType = (type: SqlType): number => TYPES[type.base] ?? 253;

const SIZES: Readonly<Record<string, number>> = {
  tinyint: 4,
  smallint: 6,
  mediumint: 9,
  int: 11,
  bigint: 20,
  float: 12,
  double: 22,
  date: 10,
  time: 10,
  datetime: 19,
  timestamp: 19,
  year: 4,
  tinytext: 255,
  text: 65535,
  mediumtext: 16777215,
  longtext: 4294967295,
  tinyblob: 255,
  blob: 65535,
  mediumblob: 16777215,
  longblob: 4294967295,
  json: 4294967295,
};

const FLAGS = {
  notNull: 1,
  primary: 2,
  unique: 4,
  multiple: 8,
  blob: 16,
  unsigned: 32,
  zerofill: 64,
  binary: 128,
  enum: 256,
  autoIncrement: 512,
  set: 2048,
  numeric: 32768,
};

/** Bytes that a value of the column takes at most. */
function size(type: SqlType): number {
  if (type.values) return Math.max(...type.values.map((v) => v.length), 1) * 4;
  if (type.base === 'decimal') return (type.length ?? 10) + 2;
  const fixed = SIZES[type.base];
  if (fixed !== undefined) return type.base === 'bigint' || type.base === 'int' ? (type.length ?? fixed) : fixed;
  return isText(type) ? Math.min(4294967295, (type.length ?? 255) * 4) : (type.length ?? 255);
}

function flags({ type, notNull, key, autoIncrement }: ScopeColumn): number {
  let set = 0;
  if (notNull) set |= FLAGS.notNull;
  if (key === 'PRI') set |= FLAGS.primary;
  if (key === 'UNI') set |= FLAGS.unique;
  if (key === 'MUL') set |= FLAGS.multiple;
  if (/text|blob|json/.test(type.base)) set |= FLAGS.blob;
  if (type.unsigned) set |= FLAGS.unsigned;
  if (type.zerofill) set |= FLAGS.zerofill;
  if (isBinary(type) || isNumber(type) || !isText(type)) set |= FLAGS.binary;
  if (type.base === 'enum') set |= FLAGS.enum;
  if (type.base === 'set') set |= FLAGS.set;
  if (autoIncrement) set |= FLAGS.autoIncrement;
  return set;
}

/** Description of a column, protocol 4.1. @param withDefault for COM_FIELD_LIST */
export function columnPacket(column: ScopeColumn, charset: number, withDefault = false): Uint8Array {
  const { type } = column;
  const text = isText(type) && type.base !== 'json';
  const decimals =
    type.base === 'decimal'
      ? (type.scale ?? 0)
      : type.base === 'float' || type.base === 'double'
        ? (type.scale ?? 31)
        : text
          ? 0
          : (type.scale ?? 0);
  const packet = new PacketWriter()
    .counted('def')
    .counted(column.db)
    .counted(column.table)
    .counted(column.table)
    .counted(column.name)
    .counted(column.original)
    .length(12)
    .int(text ? charset : 63, 2)
    .int(size(type), 4)
    .int(wireType(type), 1)
    .int(flags(column), 2)
    .int(decimals, 1)
    .int(0, 2);
  if (withDefault) packet.int(251, 1);
  return packet.done();
}
