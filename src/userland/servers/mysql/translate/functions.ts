import { MysqlError } from '../errors.ts';
import { isInteger, isReal, isText, type SqlType, T } from '../types.ts';

/** A piece of SQL for SQLite, with its type in MySQL. */
export interface Piece {
  sql: string;
  type: SqlType;
  /** It is never NULL. */
  notNull?: boolean;
}

type Make = (args: readonly Piece[]) => Piece;

const sqls = (args: readonly Piece[]): string[] => args.map(({ sql }) => sql);
/** A text that MySQL makes of a value: a decimal keeps its digits. */
export const asText = ({ sql, type }: Piece): string =>
  type.base === 'decimal' ? `my_str(${sql}, ${type.scale ?? 0})` : isReal(type) ? `my_str(${sql}, -1)` : sql;

const call =
  (name: string, type: SqlType): Make =>
  (args) => ({ sql: `${name}(${sqls(args).join(', ')})`, type });
const textual =
  (name: string, type: SqlType = T.text): Make =>
  (args) => ({ sql: `${name}(${args.map(asText).join(', ')})`, type });
const part =
  (unit: string): Make =>
  ([e]) => ({ sql: `my_part('${unit}', ${e!.sql})`, type: T.int });

/** The type that holds the values of all. */
export function common(pieces: readonly Piece[]): SqlType {
  const types = pieces.map(({ type }) => type).filter(({ base }) => base !== 'null');
  const [first] = types;
  if (!first) return T.null;
  if (types.every(({ base }) => base === first.base))
    return {
      ...first,
      length: Math.max(...types.map((t) => t.length ?? 0)) || first.length!,
      scale: Math.max(...types.map((t) => t.scale ?? 0)),
    };
  if (types.every(isInteger)) return T.bigint;
  if (types.some(isText))
    return {
      base: types.some(({ base }) => base.endsWith('text')) ? 'longtext' : 'varchar',
      length: Math.max(...types.map((t) => t.length ?? 0), 1),
    };
  if (types.some(isReal)) return T.double;
  if (types.every((t) => isInteger(t) || t.base === 'decimal'))
    return { base: 'decimal', length: 32, scale: Math.max(...types.map((t) => t.scale ?? 0)) };
  if (types.every(({ base }) => ['date', 'datetime', 'timestamp'].includes(base))) return T.datetime;
  return T.text;
}

const numeric = ({ type, sql }: Piece): Piece =>
  isText(type) ? { sql: `my_number(${sql})`, type: T.double } : { sql, type };

const rounded =
  (name: string): Make =>
  ([e, digits]) => {
    const x = numeric(e!);
    const d = digits ? Number(digits.sql) : 0;
    const scale = Number.isInteger(d) ? Math.max(0, d) : (x.type.scale ?? 0);
    const sql = `${name}(${x.sql}, ${digits?.sql ?? 0})`;
    if (isInteger(x.type)) return { sql: d < 0 ? `CAST(${sql} AS INTEGER)` : x.sql, type: T.bigint };
    if (x.type.base === 'decimal')
      return { sql, type: { base: 'decimal', length: 32, scale: Math.min(scale, x.type.scale ?? 0) } };
    return { sql, type: T.double };
  };

const whole =
  (name: string): Make =>
  ([e]) => {
    const x = numeric(e!);
    return isReal(x.type)
      ? { sql: `${name}(${x.sql})`, type: T.double }
      : { sql: `CAST(${name}(${x.sql}) AS INTEGER)`, type: T.bigint };
  };

const json =
  (name: string): Make =>
  ([document, ...pairs]) => ({
    sql: `${name}(${[document!.sql, `'${marks(pairs.filter((_, i) => i % 2 === 1))}'`, ...sqls(pairs)].join(', ')})`,
    type: T.json,
  });
/** For each value of a JSON function, whether it is JSON or a truth value already. */
const marks = (values: readonly Piece[]): string =>
  values
    .map(({ type }) => (type.base === 'json' ? 'j' : type.base === 'bigint' && type.length === 1 ? 'b' : '-'))
    .join('');

const FUNCTIONS: Readonly<Record<string, [arity: string, make: Make]>> = {
  ABS: ['1', ([e]) => ({ sql: `abs(${numeric(e!).sql})`, type: numeric(e!).type })],
  ACOS: ['1', call('acos', T.double)],
  ASIN: ['1', call('asin', T.double)],
  ATAN: ['1-2', (a) => call(a.length > 1 ? 'atan2' : 'atan', T.double)(a)],
  ATAN2: ['2', call('atan2', T.double)],
  COS: ['1', call('cos', T.double)],
  SIN: ['1', call('sin', T.double)],
  TAN: ['1', call('tan', T.double)],
  COT: ['1', ([e]) => ({ sql: `(1.0/tan(${e!.sql}))`, type: T.double })],
  PI: ['0', () => ({ sql: '3.141592653589793', type: { base: 'double', scale: 6 } })],
  DEGREES: ['1', call('degrees', T.double)],
  RADIANS: ['1', call('radians', T.double)],
  EXP: ['1', call('exp', T.double)],
  LN: ['1', call('ln', T.double)],
  LOG: ['1-2', (a) => call(a.length > 1 ? 'log' : 'ln', T.double)(a)],
  LOG2: ['1', call('log2', T.double)],
  LOG10: ['1', call('log10', T.double)],
  POW: ['2', call('pow', T.double)],
  POWER: ['2', call('pow', T.double)],
  SQRT: ['1', call('sqrt', T.double)],
  SIGN: ['1', call('sign', T.int)],
  CEIL: ['1', whole('ceil')],
  CEILING: ['1', whole('ceil')],
  FLOOR: ['1', whole('floor')],
  ROUND: ['1-2', rounded('my_round')],
  TRUNCATE: ['2', rounded('my_truncate')],
  RAND: ['0-1', () => ({ sql: 'my_rand()', type: T.double })],
  MOD: [
    '2',
    ([a, b]) =>
      isInteger(a!.type) && isInteger(b!.type)
        ? { sql: `(${a!.sql} % ${b!.sql})`, type: T.bigint }
        : { sql: `mod(${a!.sql}, ${b!.sql})`, type: common([a!, b!]) },
  ],
  CRC32: ['1', textual('my_crc32', T.bigint)],
  CONV: ['3', call('my_conv', T.text)],
  BIN: ['1', ([e]) => ({ sql: `my_conv(${e!.sql}, 10, 2)`, type: T.text })],
  OCT: ['1', ([e]) => ({ sql: `my_conv(${e!.sql}, 10, 8)`, type: T.text })],
  BIT_COUNT: ['1', call('my_bit_count', T.bigint)],
  GREATEST: ['2-', (a) => ({ sql: `max(${sqls(a).join(', ')})`, type: common(a) })],
  LEAST: ['2-', (a) => ({ sql: `min(${sqls(a).join(', ')})`, type: common(a) })],
  IF: ['3', ([c, a, b]) => ({ sql: `iif(${c!.sql}, ${a!.sql}, ${b!.sql})`, type: common([a!, b!]) })],
  IFNULL: ['2', (a) => ({ sql: `ifnull(${sqls(a).join(', ')})`, type: common(a) })],
  NVL: ['2', (a) => ({ sql: `ifnull(${sqls(a).join(', ')})`, type: common(a) })],
  NULLIF: ['2', (a) => ({ sql: `nullif(${sqls(a).join(', ')})`, type: a[0]!.type })],
  COALESCE: ['1-', (a) => (a.length === 1 ? a[0]! : { sql: `coalesce(${sqls(a).join(', ')})`, type: common(a) })],
  ISNULL: ['1', ([e]) => ({ sql: `(${e!.sql} IS NULL)`, type: T.boolean })],
  INTERVAL: [
    '2-',
    ([e, ...steps]) => ({
      sql: `(CASE WHEN ${e!.sql} IS NULL THEN -1 ${[...steps].map((s, i) => `WHEN ${e!.sql} < ${s.sql} THEN ${i}`).join(' ')} ELSE ${steps.length} END)`,
      type: T.int,
    }),
  ],
  CONCAT: [
    '1-',
    (a) => ({
      sql: `(${a.map(asText).join(' || ')}${a.length === 1 ? " || ''" : ''})`,
      type: {
        base: a.some(({ type }) => type.base.endsWith('text')) ? 'longtext' : 'varchar',
        length: a.reduce((n, { type }) => n + (type.length ?? 11), 0),
      },
    }),
  ],
  CONCAT_WS: ['2-', textual('concat_ws')],
  LENGTH: ['1', textual('octet_length', T.int)],
  OCTET_LENGTH: ['1', textual('octet_length', T.int)],
  BIT_LENGTH: ['1', ([e]) => ({ sql: `(8 * octet_length(${asText(e!)}))`, type: T.int })],
  CHAR_LENGTH: ['1', textual('length', T.int)],
  CHARACTER_LENGTH: ['1', textual('length', T.int)],
  UPPER: ['1', textual('my_upper')],
  UCASE: ['1', textual('my_upper')],
  LOWER: ['1', textual('my_lower')],
  LCASE: ['1', textual('my_lower')],
  LTRIM: ['1', textual('ltrim')],
  RTRIM: ['1', textual('rtrim')],
  LEFT: ['2', ([s, n]) => ({ sql: `my_substr(${asText(s!)}, 1, ${n!.sql})`, type: T.text })],
  RIGHT: ['2', textual('my_right')],
  SUBSTRING: ['2-3', textual('my_substr')],
  SUBSTR: ['2-3', textual('my_substr')],
  MID: ['3', textual('my_substr')],
  SUBSTRING_INDEX: ['3', textual('my_substring_index')],
  REPLACE: ['3', textual('replace')],
  LPAD: ['3', textual('my_lpad')],
  RPAD: ['3', textual('my_rpad')],
  REPEAT: ['2', textual('my_repeat', T.longtext)],
  REVERSE: ['1', textual('my_reverse')],
  SPACE: ['1', ([n]) => ({ sql: `my_repeat(' ', ${n!.sql})`, type: T.text })],
  INSTR: ['2', ([s, p]) => ({ sql: `my_locate(${asText(p!)}, ${asText(s!)})`, type: T.int })],
  LOCATE: ['2-3', textual('my_locate', T.int)],
  INSERT: ['4', textual('my_insert')],
  FIND_IN_SET: ['2', textual('my_find_in_set', T.int)],
  STRCMP: ['2', textual('my_strcmp', T.int)],
  FORMAT: ['2-3', ([x, d]) => ({ sql: `my_format(${x!.sql}, ${d!.sql})`, type: T.text })],
  ASCII: ['1', textual('my_ascii', T.int)],
  ORD: ['1', textual('my_ascii', T.int)],
  CHAR: ['1-', call('my_char', T.text)],
  HEX: ['1', call('my_hex', T.text)],
  UNHEX: ['1', textual('my_unhex', T.blob)],
  TO_BASE64: ['1', textual('my_to_base64', T.longtext)],
  FROM_BASE64: ['1', textual('my_from_base64', T.blob)],
  QUOTE: ['1', ([s]) => ({ sql: `quote(${asText(s!)})`, type: T.text })],
  SOUNDEX: ['1', textual('my_soundex')],
  ELT: [
    '2-',
    ([n, ...a]) => ({
      sql: `(CASE ${n!.sql} ${a.map((e, i) => `WHEN ${i + 1} THEN ${e.sql}`).join(' ')} END)`,
      type: common(a),
    }),
  ],
  FIELD: [
    '2-',
    ([e, ...a]) => ({
      sql: `(CASE ${e!.sql} ${a.map((v, i) => `WHEN ${v.sql} THEN ${i + 1}`).join(' ')} ELSE 0 END)`,
      type: T.int,
    }),
  ],
  MD5: ['1', textual('my_md5', { base: 'varchar', length: 32 })],
  SHA1: ['1', textual('my_sha1', { base: 'varchar', length: 40 })],
  SHA: ['1', textual('my_sha1', { base: 'varchar', length: 40 })],
  SHA2: ['2', textual('my_sha2', { base: 'varchar', length: 128 })],
  UUID: ['0', () => ({ sql: 'my_uuid()', type: { base: 'varchar', length: 36 } })],
  REGEXP_LIKE: ['2-3', textual('my_regexp', T.boolean)],
  REGEXP_REPLACE: ['3', textual('my_regexp_replace', T.longtext)],
  REGEXP_SUBSTR: ['2', textual('my_regexp_substr', T.longtext)],
  REGEXP_INSTR: ['2', textual('my_regexp_instr', T.int)],
  INET_ATON: ['1', textual('my_inet_aton', T.bigint)],
  INET_NTOA: ['1', call('my_inet_ntoa', T.text)],
  NOW: ['0-1', call('my_now', T.datetime)],
  CURRENT_TIMESTAMP: ['0-1', call('my_now', T.datetime)],
  LOCALTIME: ['0-1', call('my_now', T.datetime)],
  LOCALTIMESTAMP: ['0-1', call('my_now', T.datetime)],
  SYSDATE: ['0-1', call('my_now', T.datetime)],
  UTC_TIMESTAMP: ['0-1', call('my_now', T.datetime)],
  CURDATE: ['0', () => ({ sql: 'my_date(my_now())', type: T.date })],
  CURRENT_DATE: ['0', () => ({ sql: 'my_date(my_now())', type: T.date })],
  UTC_DATE: ['0', () => ({ sql: 'my_date(my_now())', type: T.date })],
  CURTIME: ['0-1', () => ({ sql: 'my_time(my_now())', type: T.time })],
  CURRENT_TIME: ['0-1', () => ({ sql: 'my_time(my_now())', type: T.time })],
  UTC_TIME: ['0-1', () => ({ sql: 'my_time(my_now())', type: T.time })],
  DATE: ['1', call('my_date', T.date)],
  TIME: ['1', call('my_time', T.time)],
  TIMESTAMP: [
    '1-2',
    (a) => ({
      sql: a.length > 1 ? `my_addtime(my_datetime(${a[0]!.sql}), ${a[1]!.sql})` : `my_datetime(${a[0]!.sql})`,
      type: T.datetime,
    }),
  ],
  YEAR: ['1', part('YEAR')],
  QUARTER: ['1', part('QUARTER')],
  MONTH: ['1', part('MONTH')],
  DAY: ['1', part('DAY')],
  DAYOFMONTH: ['1', part('DAY')],
  HOUR: ['1', part('HOUR')],
  MINUTE: ['1', part('MINUTE')],
  SECOND: ['1', part('SECOND')],
  MICROSECOND: ['1', part('MICROSECOND')],
  DAYOFWEEK: ['1', part('DAYOFWEEK')],
  WEEKDAY: ['1', part('WEEKDAY')],
  DAYOFYEAR: ['1', part('DAYOFYEAR')],
  TO_DAYS: ['1', part('TO_DAYS')],
  WEEK: ['1-2', ([d, m]) => ({ sql: `my_week(${d!.sql}, ${m?.sql ?? 0})`, type: T.int })],
  WEEKOFYEAR: ['1', ([d]) => ({ sql: `my_week(${d!.sql}, 3)`, type: T.int })],
  YEARWEEK: ['1-2', ([d, m]) => ({ sql: `my_yearweek(${d!.sql}, ${m?.sql ?? 0})`, type: T.int })],
  DAYNAME: ['1', call('my_dayname', T.text)],
  MONTHNAME: ['1', call('my_monthname', T.text)],
  LAST_DAY: ['1', call('my_last_day', T.date)],
  DATE_FORMAT: ['2', call('my_date_format', T.text)],
  TIME_FORMAT: ['2', call('my_time_format', T.text)],
  STR_TO_DATE: [
    '2',
    ([s, f]) => ({
      sql: `my_str_to_date(${s!.sql}, ${f!.sql})`,
      type: /%[HhIklTisr]/.test(f!.sql) ? (/%[YymdcMb]/.test(f!.sql) ? T.datetime : T.time) : T.date,
    }),
  ],
  DATEDIFF: ['2', call('my_datediff', T.int)],
  TIMEDIFF: ['2', call('my_timediff', T.time)],
  ADDTIME: ['2', (a) => ({ sql: `my_addtime(${sqls(a).join(', ')})`, type: a[0]!.type })],
  SUBTIME: ['2', (a) => ({ sql: `my_subtime(${sqls(a).join(', ')})`, type: a[0]!.type })],
  UNIX_TIMESTAMP: ['0-1', call('my_unix_timestamp', T.bigint)],
  FROM_UNIXTIME: [
    '1-2',
    ([n, f]) =>
      f
        ? { sql: `my_date_format(my_from_unixtime(${n!.sql}), ${f.sql})`, type: T.text }
        : { sql: `my_from_unixtime(${n!.sql})`, type: T.datetime },
  ],
  FROM_DAYS: ['1', call('my_from_days', T.date)],
  MAKEDATE: ['2', call('my_makedate', T.date)],
  MAKETIME: ['3', call('my_maketime', T.time)],
  SEC_TO_TIME: ['1', call('my_sec_to_time', T.time)],
  TIME_TO_SEC: ['1', call('my_time_to_sec', T.bigint)],
  CONVERT_TZ: ['3', call('my_convert_tz', T.datetime)],
  JSON_EXTRACT: ['2-', call('my_json_extract', T.json)],
  JSON_UNQUOTE: ['1', call('my_json_unquote', T.longtext)],
  JSON_VALUE: ['2', ([d, p]) => ({ sql: `my_json_unquote(my_json_extract(${d!.sql}, ${p!.sql}))`, type: T.longtext })],
  JSON_VALID: ['1', call('my_json_valid', T.boolean)],
  JSON_KEYS: ['1-2', call('my_json_keys', T.json)],
  JSON_LENGTH: ['1-2', call('my_json_length', T.int)],
  JSON_TYPE: ['1', call('my_json_type', T.text)],
  JSON_CONTAINS: ['2-3', call('my_json_contains', T.boolean)],
  JSON_REMOVE: ['2-', call('my_json_remove', T.json)],
  JSON_PRETTY: ['1', call('my_json_pretty', T.longtext)],
  JSON_SEARCH: ['3', call('my_json_search', T.json)],
  JSON_QUOTE: ['1', ([s]) => ({ sql: `my_json_value(${s!.sql}, '-')`, type: T.longtext })],
  JSON_SET: ['3-', json('my_json_set')],
  JSON_INSERT: ['3-', json('my_json_insert')],
  JSON_REPLACE: ['3-', json('my_json_replace')],
  JSON_ARRAY: ['0-', (a) => ({ sql: `my_json_array(${[`'${marks(a)}'`, ...sqls(a)].join(', ')})`, type: T.json })],
  JSON_OBJECT: [
    '0-',
    (a) => ({
      sql: `my_json_object(${[`'${marks(a.filter((_, i) => i % 2 === 1))}'`, ...sqls(a)].join(', ')})`,
      type: T.json,
    }),
  ],
  ANY_VALUE: ['1', ([e]) => e!],
  BENCHMARK: ['2', () => ({ sql: '0', type: T.int })],
  COERCIBILITY: ['1', () => ({ sql: '4', type: T.int })],
  CHARSET: ['1', () => ({ sql: "'utf8mb4'", type: T.text })],
  COLLATION: ['1', () => ({ sql: "'utf8mb4_0900_ai_ci'", type: T.text })],
  GET_LOCK: ['2', () => ({ sql: '1', type: T.int })],
  RELEASE_LOCK: ['1', () => ({ sql: '1', type: T.int })],
};

/** Translates a call of a function that gives one value a row. @returns undefined: there is none of that name */
export function translateCall(name: string, args: readonly Piece[]): Piece | undefined {
  const found = FUNCTIONS[name];
  if (!found) return undefined;
  const [arity, make] = found;
  const [least, most] = arity.includes('-') ? arity.split('-') : [arity, arity];
  if (args.length < Number(least) || args.length > (most === '' ? 1000 : Number(most)))
    throw new MysqlError(
      'ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT',
      `Incorrect parameter count in the call to native function '${name}'`,
    );
  const made = wholeNumber(make(args));
  const notNull =
    name === 'IFNULL' || name === 'COALESCE'
      ? args.some((arg) => arg.notNull)
      : name === 'IF'
        ? args.slice(1).every((arg) => arg.notNull)
        : !MAYBE_NULL.test(name) && args.every((arg) => arg.notNull);
  return { ...made, ...(notNull && { notNull }) };
}

/** The engine's own functions give real numbers: a whole one is made of it, so that it has no point as a text. */
export const wholeNumber = (piece: Piece): Piece =>
  isInteger(piece.type) && piece.sql.startsWith('my_') ? { ...piece, sql: `CAST(${piece.sql} AS INTEGER)` } : piece;

/** Functions that may give NULL whatever they get. */
const MAYBE_NULL =
  /^(NULLIF|ELT|STR_TO_DATE|DATE|DATE_FORMAT|TIME_FORMAT|DATEDIFF|TIMEDIFF|ADDTIME|SUBTIME|LAST_DAY|MAKEDATE|MAKETIME|FROM_|CONVERT_TZ|JSON_|UNHEX|CONV|DAYNAME|MONTHNAME|YEAR|MONTH|DAY|HOUR|MINUTE|SECOND|QUARTER|WEEK|TO_DAYS|INET_|LN|LOG|SQRT|MOD|ACOS|ASIN|LPAD|RPAD|REPEAT|SHA2|REGEXP_|TIMESTAMP)/;

/** Aggregates and window functions. @returns undefined: it is none */
export function aggregateType(name: string, args: readonly Piece[]): SqlType | undefined {
  const type: SqlType = args[0]?.type ?? T.null;
  switch (name) {
    case 'COUNT':
    case 'ROW_NUMBER':
    case 'RANK':
    case 'DENSE_RANK':
    case 'NTILE':
    case 'BIT_AND':
    case 'BIT_OR':
    case 'BIT_XOR':
      return T.bigint;
    case 'SUM':
      return isReal(type) || isText(type) ? T.double : { base: 'decimal', length: 32, scale: type.scale ?? 0 };
    case 'AVG':
      return isReal(type) || isText(type) ? T.double : { base: 'decimal', length: 14, scale: (type.scale ?? 0) + 4 };
    case 'MIN':
    case 'MAX':
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
    case 'NTH_VALUE':
    case 'LAG':
    case 'LEAD':
      return type;
    case 'GROUP_CONCAT':
      return { base: 'text', length: 1024 };
    case 'STD':
    case 'STDDEV':
    case 'STDDEV_POP':
    case 'STDDEV_SAMP':
    case 'VARIANCE':
    case 'VAR_POP':
    case 'VAR_SAMP':
    case 'PERCENT_RANK':
    case 'CUME_DIST':
      return T.double;
    case 'JSON_ARRAYAGG':
    case 'JSON_OBJECTAGG':
      return T.json;
    default:
      return undefined;
  }
}
