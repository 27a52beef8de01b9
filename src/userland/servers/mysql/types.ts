/** A type of a column or an expression, by the word that MySQL has for it. */
export interface SqlType {
  base: string;
  /** Characters, bytes, digits, bits. */
  length?: number;
  /** Digits after the point; of times: of the second. */
  scale?: number;
  unsigned?: boolean;
  zerofill?: boolean;
  /** Of enum and set. */
  values?: string[];
  charset?: string;
}

export const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const WIDTHS: Readonly<Record<string, [signed: number, unsigned: number]>> = {
  tinyint: [4, 3],
  smallint: [6, 5],
  mediumint: [9, 8],
  int: [11, 10],
  bigint: [20, 20],
};

/** Least and largest value of an integer type. */
export function rangeOf(type: SqlType): [bigint, bigint] {
  const bits = { tinyint: 8n, smallint: 16n, mediumint: 24n, int: 32n, bigint: 64n }[type.base] ?? 64n;
  return type.unsigned ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

const TEXTS = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set', 'json'];
const BINARIES = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'geometry', 'point'];
const NUMBERS = [...INTEGERS, 'decimal', 'float', 'double', 'bit', 'year'];
export const isText = (type: SqlType): boolean => TEXTS.includes(type.base);
export const isBinary = (type: SqlType): boolean => BINARIES.includes(type.base);
export const isInteger = (type: SqlType): boolean => INTEGERS.includes(type.base) || type.base === 'year';
export const isNumber = (type: SqlType): boolean => NUMBERS.includes(type.base);
export const isReal = (type: SqlType): boolean => type.base === 'float' || type.base === 'double';
export const isTemporal = (type: SqlType): boolean => ['date', 'datetime', 'timestamp', 'time'].includes(type.base);

/** As DESCRIBE and SHOW CREATE TABLE say it. `widths`: integers with their display widths, as before 8.0.19 and in MariaDB. */
export function typeText(type: SqlType, widths: boolean): string {
  const { base, length, scale, unsigned, zerofill, values } = type;
  let text = base;
  const width = WIDTHS[base];
  if (width) {
    const shown = length ?? width[unsigned ? 1 : 0];
    if (widths || zerofill || (base === 'tinyint' && length === 1)) text += `(${shown})`;
  } else if (values) text += `(${values.map((v) => `'${v.replace(/'/g, "''")}'`).join(',')})`;
  else if (base === 'decimal') text += `(${length ?? 10},${scale ?? 0})`;
  else if (isReal(type)) text += length === undefined ? '' : `(${length},${scale ?? 0})`;
  else if (isTemporal(type)) text += scale ? `(${scale})` : '';
  else if (base === 'year') text += widths ? '(4)' : '';
  else if (length !== undefined && ['char', 'varchar', 'binary', 'varbinary', 'bit'].includes(base))
    text += `(${length})`;
  if (unsigned) text += ' unsigned';
  if (zerofill) text += ' zerofill';
  return text;
}

/** Affinity in SQLite, by which it compares. */
export function affinity(type: SqlType): string {
  if (isInteger(type) || type.base === 'bit') return 'INTEGER';
  if (type.base === 'decimal') return 'NUMERIC';
  if (isReal(type)) return 'REAL';
  return isBinary(type) ? 'BLOB' : 'TEXT';
}

export const T = {
  bigint: { base: 'bigint', length: 20 },
  int: { base: 'int', length: 11 },
  boolean: { base: 'bigint', length: 1 },
  double: { base: 'double' },
  text: { base: 'varchar', length: 255 },
  longtext: { base: 'longtext' },
  blob: { base: 'longblob' },
  date: { base: 'date' },
  datetime: { base: 'datetime' },
  time: { base: 'time' },
  json: { base: 'json' },
  null: { base: 'null' },
} as const satisfies Record<string, SqlType>;
