import { clockText, dateText, datetimeText, parseDate, parseTime, timeText } from '../../../lib/mysql-date.ts';
import { roundAway } from '../../../lib/mysql-number.ts';
import { byteLength } from '../../../lib/utf8.ts';
import { jsonFunctions } from './json.ts';
import { failure, loose, number, type SqlFunction, text, type Value } from './values.ts';

/** A column as it takes values: parts of a text with `|` between: kind, name, and what the kind needs. */
interface Spec {
  kind: string;
  name: string;
  args: string[];
  /** Wrong values are errors; otherwise the nearest value is taken. */
  strict: boolean;
}

const SPECS = new Map<string, Spec>();

function specOf(written: string): Spec {
  let spec = SPECS.get(written);
  if (!spec) {
    const [kind, name, mode, ...args] = written.split('|');
    spec = { kind: kind!, name: name!, strict: mode === 's', args };
    if (SPECS.size > 2000) SPECS.clear();
    SPECS.set(written, spec);
  }
  return spec;
}

const shown = (value: Value): string => text(value).replace(/'/g, "\\'").slice(0, 64);
const wrong = (kind: string, value: Value, { name }: Spec, row: number): Error =>
  failure(
    'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
    `Incorrect ${kind} value: '${shown(value)}' for column '${name}' at row ${row}`,
  );

function integer(value: Value, spec: Spec, row: number): Value {
  const [least, most] = spec.args.map(BigInt) as [bigint, bigint];
  let n: bigint;
  if (typeof value === 'bigint') n = value;
  else if (typeof value === 'number') n = BigInt(roundAway(value, 0));
  else {
    const written = text(value).trim();
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written)) {
      if (spec.strict) {
        if (/^[+-]?\d/.test(written))
          throw failure('WARN_DATA_TRUNCATED', `Data truncated for column '${spec.name}' at row ${row}`);
        throw wrong('integer', value, spec, row);
      }
      n = BigInt(roundAway(number(written), 0));
    } else n = /^[+-]?\d+$/.test(written) ? BigInt(written) : BigInt(roundAway(Number(written), 0));
  }
  if (n < least || n > most) {
    if (spec.strict)
      throw failure('ER_WARN_DATA_OUT_OF_RANGE', `Out of range value for column '${spec.name}' at row ${row}`);
    n = n < least ? least : most;
  }
  const plain = Number(n);
  if (Number.isSafeInteger(plain)) return plain;
  return n > 0x7fffffffffffffffn ? plain : n;
}

function decimal(value: Value, spec: Spec, row: number): Value {
  const [digits, scale, unsigned] = spec.args.map(Number) as [number, number, number];
  if (
    typeof value !== 'number' &&
    typeof value !== 'bigint' &&
    spec.strict &&
    !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text(value))
  )
    throw wrong('decimal', value, spec, row);
  const n = roundAway(number(value), scale);
  const most = 10 ** (digits - scale) - 10 ** -scale;
  if (Math.abs(n) > most || (unsigned && n < 0)) {
    if (spec.strict)
      throw failure('ER_WARN_DATA_OUT_OF_RANGE', `Out of range value for column '${spec.name}' at row ${row}`);
    return unsigned && n < 0 ? 0 : Math.sign(n) * most;
  }
  return n;
}

function characters(value: Value, spec: Spec, row: number): Value {
  const limit = Number(spec.args[0]);
  const bytes = spec.args[1] === 'b';
  const written = value instanceof Uint8Array ? value : text(value);
  const size =
    written instanceof Uint8Array
      ? written.length
      : bytes
        ? byteLength(written)
        : written.length <= limit
          ? 0
          : [...written].length;
  if (size <= limit) return written;
  if (spec.strict) throw failure('ER_DATA_TOO_LONG', `Data too long for column '${spec.name}' at row ${row}`);
  return written instanceof Uint8Array ? written.slice(0, limit) : [...written].slice(0, limit).join('');
}

function listed(value: Value, spec: Spec, row: number): Value {
  const values = spec.args.map((arg) => decodeURIComponent(arg));
  if (typeof value === 'number') {
    const byNumber = spec.kind === 'enum' ? values[value - 1] : values.filter((_, i) => (value >> i) & 1).join(',');
    if (byNumber !== undefined) return byNumber;
  }
  const wanted = spec.kind === 'enum' ? [text(value)] : text(value) === '' ? [] : text(value).split(',');
  const found = wanted.map((w) => values.find((v) => v.toLowerCase() === w.toLowerCase()));
  if (found.includes(undefined)) {
    if (spec.strict) throw failure('WARN_DATA_TRUNCATED', `Data truncated for column '${spec.name}' at row ${row}`);
    return found.filter((f) => f !== undefined).join(',');
  }
  return spec.kind === 'enum' ? found[0]! : values.filter((v) => found.includes(v)).join(',');
}

function temporal(value: Value, spec: Spec, row: number): Value {
  const scale = Number(spec.args[0] ?? 0);
  const written = text(value);
  const bad = (): Value => {
    if (spec.strict)
      throw failure(
        'ER_TRUNCATED_WRONG_VALUE',
        `Incorrect ${spec.kind} value: '${shown(value)}' for column '${spec.name}' at row ${row}`,
      );
    return { date: '0000-00-00', datetime: '0000-00-00 00:00:00', time: '00:00:00' }[spec.kind]!;
  };
  if (spec.kind === 'time') {
    const date = /^\d{4}-/.test(written) ? parseDate(written) : undefined;
    if (date) return clockText(date, scale);
    const time = parseTime(written);
    return time === undefined ? bad() : timeText(time, scale);
  }
  const date = parseDate(written);
  if (!date) return bad();
  if (date.month === 0 && spec.strict) return bad();
  return spec.kind === 'date' ? dateText(date) : datetimeText(date, scale);
}

function stored(value: Value, written: Value, row: number): Value {
  if (value === null) return null;
  const spec = specOf(text(written));
  switch (spec.kind) {
    case 'integer':
      return integer(value, spec, row);
    case 'decimal':
      return decimal(value, spec, row);
    case 'double':
      if (typeof value !== 'number' && spec.strict && !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text(value)))
        throw wrong('double', value, spec, row);
      return number(value);
    case 'char':
      return characters(typeof value === 'string' ? value.replace(/ +$/, '') : value, spec, row);
    case 'text':
      return characters(value, spec, row);
    case 'enum':
    case 'set':
      return listed(value, spec, row);
    case 'date':
    case 'datetime':
    case 'time':
      return temporal(value, spec, row);
    case 'year': {
      const n = number(value);
      const year = text(value).length <= 2 && n < 100 ? n + (n < 70 ? 2000 : 1900) : n;
      if (year !== 0 && (year < 1901 || year > 2155))
        throw failure('ER_WARN_DATA_OUT_OF_RANGE', `Out of range value for column '${spec.name}' at row ${row}`);
      return year;
    }
    case 'json':
      try {
        return jsonFunctions.my_json!.call(value);
      } catch {
        throw failure(
          'ER_INVALID_JSON_TEXT',
          `Invalid JSON text: "Invalid value." at position 0 in value for column '${spec.name}'.`,
        );
      }
    default:
      return value;
  }
}

export const storeFunctions: Readonly<Record<string, SqlFunction>> = {
  my_store: loose(3, (value, spec, row) => stored(value!, spec!, number(row!))),
};
