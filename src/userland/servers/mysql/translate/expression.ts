import { dateText, datetimeText, parseDate } from '../../../../lib/mysql-date.ts';
import { quoted, textLiteral } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, OrderItem, Select, Window } from '../sql/ast.ts';
import { isInteger, isNumber, isReal, isTemporal, isText, type SqlType, T } from '../types.ts';
import type { Environment } from './environment.ts';
import { aggregateType, asText, common, type Piece, translateCall, wholeNumber } from './functions.ts';
import type { Scope } from './scope.ts';

/** Where an expression stands. */
export interface Place {
  scope: Scope;
  /** For messages: `field list`, `where clause`. */
  clause: string;
  /** Aliases of the select list that may be named here, with what they stand for. */
  aliases?: ReadonlyMap<string, Expr> | undefined;
}

/** Names of aggregates in SQLite, where they differ. */
const AGGREGATES: Readonly<Record<string, string>> = {
  ROW_NUMBER: 'row_number',
  JSON_ARRAYAGG: 'json_group_array',
  JSON_OBJECTAGG: 'json_group_object',
};
const SPREAD = ['STD', 'STDDEV', 'STDDEV_POP', 'STDDEV_SAMP', 'VARIANCE', 'VAR_POP', 'VAR_SAMP'];

/** Translates expressions of MySQL to SQLite's. */
export abstract class ExpressionTranslator {
  constructor(protected readonly env: Environment) {}

  abstract subselect(select: Select, scope: Scope): { sql: string; types: SqlType[] };

  translate(e: Expr, at: Place): Piece {
    switch (e.k) {
      case 'literal':
        return literal(e);
      case 'column':
        return this.#column(e, at);
      case 'star':
        return { sql: '*', type: T.null };
      case 'user':
        return this.env.userVariable(e.name);
      case 'system':
        return this.env.systemVariable(e.name);
      case 'parameter':
        return this.env.parameter(e.at);
      case 'unary':
        return this.#unary(e.op, e.e, at);
      case 'binary':
        return this.#binary(e, at);
      case 'call':
        return this.#call(e, at);
      case 'case':
        return this.#case(e, at);
      case 'in':
        return this.#in(e, at);
      case 'between': {
        const value = this.translate(e.e, at);
        const [low, high] = [e.low, e.high].map((bound) => matched(this.translate(bound, at), value.type));
        return truth(`(${value.sql} ${e.not ? 'NOT ' : ''}BETWEEN ${low!.sql} AND ${high!.sql})`);
      }
      case 'like': {
        const escape = e.escape ? this.translate(e.escape, at).sql : `'\\'`;
        return truth(
          `(${asText(this.translate(e.e, at))} ${e.not ? 'NOT ' : ''}LIKE ${asText(this.translate(e.pattern, at))} ESCAPE ${escape})`,
        );
      }
      case 'regexp': {
        const sql = `my_regexp(${asText(this.translate(e.e, at))}, ${asText(this.translate(e.pattern, at))})`;
        return truth(e.not ? `(NOT ${sql})` : sql);
      }
      case 'is':
        return this.#is(e, at);
      case 'exists':
        return { ...truth(`EXISTS (${this.subselect(e.select, at.scope).sql})`), notNull: true };
      case 'subquery': {
        const { sql, types } = this.subselect(e.select, at.scope);
        return { sql: `(${sql})`, type: types[0] ?? T.null };
      }
      case 'row':
        return { sql: `(${e.items.map((item) => this.translate(item, at).sql).join(', ')})`, type: T.null };
      case 'cast':
        return cast(this.translate(e.e, at), e.type);
      case 'match': {
        const text = e.columns.map((c) => `ifnull(${this.translate(c, at).sql}, '')`).join(` || ' ' || `);
        return {
          sql: `my_regexp(${text}, replace(trim(${this.translate(e.against, at).sql}), ' ', '|'))`,
          type: T.double,
        };
      }
      case 'collate': {
        const piece = this.translate(e.e, at);
        return {
          sql: `(${piece.sql} COLLATE ${/_bin$|_cs$|_as_cs/.test(e.collation) ? 'BINARY' : 'NOCASE'})`,
          type: piece.type,
        };
      }
      case 'assign':
        return this.#assign(e.name, this.translate(e.e, at));
      case 'default':
        throw new MysqlError('ER_PARSE_ERROR', 'You have an error in your SQL syntax near DEFAULT');
      case 'interval':
        throw new MysqlError('ER_PARSE_ERROR', 'You have an error in your SQL syntax near INTERVAL');
    }
  }

  /** The engine keeps the value while the statement runs. */
  #assign(name: string, { sql, type }: Piece): Piece {
    this.env.assign(name, type);
    return wholeNumber({ sql: `my_setvar(${textLiteral(name)}, ${sql})`, type });
  }

  #column(e: Extract<Expr, { k: 'column' }>, at: Place): Piece {
    const alias = e.table === undefined ? at.aliases?.get(e.name.toLowerCase()) : undefined;
    if (alias) {
      // an alias that hides no column: in HAVING and GROUP BY
      const { aliases: _, ...rest } = at;
      try {
        if (at.clause === 'group statement') return this.#named(e, at);
      } catch (error) {
        if (!(error instanceof MysqlError)) throw error;
      }
      return this.translate(alias, rest);
    }
    return this.#named(e, at);
  }

  #named(e: Extract<Expr, { k: 'column' }>, at: Place): Piece {
    const { source, column } = at.scope.find(e.name, e.table, e.db, at.clause);
    return {
      sql: `${quoted(source.sql ?? source.alias)}.${quoted(column.name)}`,
      type: column.type,
      ...(column.notNull && { notNull: true }),
    };
  }

  #unary(op: string, inner: Expr, at: Place): Piece {
    const e = this.translate(inner, at);
    const kept = e.notNull === true ? { notNull: true } : {};
    if (op === 'NOT' || op === '!') return { ...truth(`(NOT ${e.sql})`), ...kept };
    if (op === '~') return { sql: `(~${e.sql})`, type: { base: 'bigint', length: 20, unsigned: true } };
    if (op === 'BINARY') return { sql: `(${e.sql} COLLATE BINARY)`, type: e.type };
    return { sql: `(${op}${e.sql})`, type: isText(e.type) ? T.double : e.type, ...kept };
  }

  #binary({ op, left, right }: Extract<Expr, { k: 'binary' }>, at: Place): Piece {
    if (right.k === 'subquery' && right.compare) return this.#quantified(op, left, right.select, right.compare, at);
    const [a, b] = [this.translate(left, at), this.translate(right, at)];
    const piece = this.#operation(op, a, b);
    const notNull =
      (a.notNull === true && b.notNull === true && op !== '/' && op !== '%' && op !== 'DIV') || op === '<=>';
    return notNull ? { ...piece, notNull } : piece;
  }

  #operation(op: string, a: Piece, b: Piece): Piece {
    switch (op) {
      case 'AND':
      case 'OR':
        return truth(`(${a.sql} ${op} ${b.sql})`);
      case 'XOR':
        return truth(`((${a.sql} <> 0) <> (${b.sql} <> 0))`);
      case '<=>':
        return truth(`(${matched(a, b.type).sql} IS ${matched(b, a.type).sql})`);
      case '=':
      case '<>':
      case '!=':
      case '<':
      case '>':
      case '<=':
      case '>=':
        return compare(op, a, b);
      case '&':
      case '|':
      case '<<':
      case '>>':
        return { sql: `(${a.sql} ${op} ${b.sql})`, type: { base: 'bigint', length: 20, unsigned: true } };
      case '^':
        return { sql: `((${a.sql} | ${b.sql}) - (${a.sql} & ${b.sql}))`, type: T.bigint };
      default:
        return arithmetic(op, a, b);
    }
  }

  #quantified(op: string, left: Expr, select: Select, kind: 'ANY' | 'ALL', at: Place): Piece {
    const a = this.translate(left, at);
    const { sql } = this.subselect(select, at.scope);
    if (op === '=' && kind === 'ANY') return truth(`(${a.sql} IN (${sql}))`);
    if ((op === '<>' || op === '!=') && kind === 'ALL') return truth(`(${a.sql} NOT IN (${sql}))`);
    const test =
      kind === 'ANY'
        ? `EXISTS (SELECT 1 FROM q WHERE ${a.sql} ${op} v)`
        : `NOT EXISTS (SELECT 1 FROM q WHERE NOT (${a.sql} ${op} v))`;
    return truth(`(WITH q(v) AS (${sql}) SELECT ${test})`);
  }

  #case({ base, whens, otherwise }: Extract<Expr, { k: 'case' }>, at: Place): Piece {
    const value = base && this.translate(base, at);
    const results: Piece[] = [];
    const parts = whens.map(([when, then]) => {
      const condition = this.translate(when, at);
      const result = this.translate(then, at);
      results.push(result);
      return `WHEN ${value ? matched(condition, value.type).sql : condition.sql} THEN ${result.sql}`;
    });
    const last = otherwise && this.translate(otherwise, at);
    if (last) results.push(last);
    return {
      sql: `(CASE ${value?.sql ?? ''} ${parts.join(' ')} ${last ? `ELSE ${last.sql} ` : ''}END)`,
      type: common(results),
    };
  }

  #in(e: Extract<Expr, { k: 'in' }>, at: Place): Piece {
    const value = this.translate(e.e, at);
    const not = e.not ? 'NOT ' : '';
    if (e.select) return truth(`(${value.sql} ${not}IN (${this.subselect(e.select, at.scope).sql}))`);
    const rows = e.list!.some((item) => item.k === 'row');
    const list = e.list!.map((item) => matched(this.translate(item, at), value.type).sql).join(', ');
    return truth(`(${value.sql} ${not}IN (${rows ? `VALUES ${list}` : list}))`);
  }

  #is({ e, not, what }: Extract<Expr, { k: 'is' }>, at: Place): Piece {
    const { sql } = this.translate(e, at);
    if (what === 'NULL' || what === 'UNKNOWN')
      return { ...truth(`(${sql} IS ${not ? 'NOT ' : ''}NULL)`), notNull: true };
    const test = `(${sql} ${what === 'TRUE' ? '<>' : '='} 0)`;
    return truth(`(ifnull(${test}, 0) = ${not ? 0 : 1})`);
  }

  #call(e: Extract<Expr, { k: 'call' }>, at: Place): Piece {
    const { name } = e;
    if (name === 'DATE_ADD' || name === 'ADDDATE' || name === 'DATE_SUB' || name === 'SUBDATE')
      return this.#dateAdd(e, at);
    const args = e.args.map((arg) => this.translate(arg, at));
    const type = aggregateType(name, args);
    if (type && (type.base !== 'bigint' || e.star || args.length > 0 || e.over !== undefined))
      return this.#aggregate(e, args, type, at);
    switch (name) {
      case 'TRIM': {
        const [first, second] = args;
        const fn = e.keyword === 'LEADING' ? 'ltrim' : e.keyword === 'TRAILING' ? 'rtrim' : 'trim';
        return { sql: second ? `${fn}(${asText(second)}, ${first!.sql})` : `${fn}(${asText(first!)})`, type: T.text };
      }
      case 'EXTRACT':
        return wholeNumber({ sql: `my_part('${e.keyword}', ${args[0]!.sql})`, type: T.int });
      case 'TIMESTAMPDIFF':
        return wholeNumber({
          sql: `my_timestampdiff('${e.keyword}', ${args[0]!.sql}, ${args[1]!.sql})`,
          type: T.bigint,
        });
      case 'TIMESTAMPADD':
        return { sql: `my_date_add(${args[1]!.sql}, ${args[0]!.sql}, '${e.keyword}')`, type: T.datetime };
      case 'VALUES':
      case 'VALUE':
        // of ON DUPLICATE KEY UPDATE
        return e.args[0]?.k === 'column'
          ? { sql: `excluded.${quoted(e.args[0].name)}`, type: args[0]!.type }
          : args[0]!;
      case 'GROUPING':
        return { sql: '0', type: T.int };
    }
    const made = this.env.sessionFunction(name, args) ?? translateCall(name, args);
    if (made) return made;
    const where = this.env.db === undefined ? name.toLowerCase() : `${this.env.db}.${name.toLowerCase()}`;
    throw new MysqlError('ER_SP_DOES_NOT_EXIST', `FUNCTION ${where} does not exist`);
  }

  #dateAdd(e: Extract<Expr, { k: 'call' }>, at: Place): Piece {
    const date = this.translate(e.args[0]!, at);
    const second = e.args[1]!;
    const [amount, unit] = second.k === 'interval' ? [second.e, second.unit] : [second, 'DAY'];
    const fn = e.name === 'DATE_ADD' || e.name === 'ADDDATE' ? 'my_date_add' : 'my_date_sub';
    const sql = `${fn}(${date.sql}, ${this.translate(amount, at).sql}, '${unit}')`;
    const timed = /HOUR|MINUTE|SECOND/.test(unit);
    return { sql, type: date.type.base === 'date' && timed ? T.datetime : isTemporal(date.type) ? date.type : T.text };
  }

  #aggregate(e: Extract<Expr, { k: 'call' }>, args: readonly Piece[], type: SqlType, at: Place): Piece {
    const distinct = e.distinct ? 'DISTINCT ' : '';
    const over =
      e.over === undefined ? '' : ` OVER ${typeof e.over === 'string' ? quoted(e.over) : this.window(e.over, at)}`;
    const values = args.map(({ sql }) => sql);
    if (e.star) return { sql: `count(*)${over}`, type, notNull: true };
    if (e.name === 'COUNT' && args.length === 1)
      return { sql: `count(${distinct}${values[0]!})${over}`, type, notNull: true };
    if (e.name === 'COUNT' && args.length > 1)
      return { sql: `count(${distinct}${values.join(` || char(0) || `)})`, type };
    if (e.name === 'GROUP_CONCAT') return { sql: this.#groupConcat(e, args, at), type };
    if (/^(ROW_NUMBER|RANK|DENSE_RANK)$/.test(e.name))
      return { sql: `${e.name.toLowerCase()}()${over}`, type, notNull: true };
    if (SPREAD.includes(e.name)) return { sql: spread(e.name, values[0]!, over), type };
    if (e.name === 'BIT_OR' || e.name === 'BIT_AND' || e.name === 'BIT_XOR')
      throw new MysqlError('ER_NOT_SUPPORTED_YET', `This version of MySQL doesn't yet support '${e.name}'`);
    if (e.name === 'SUM' || e.name === 'AVG') {
      const value = isText(args[0]!.type) ? `my_number(${values[0]!})` : values[0]!;
      return { sql: `${e.name.toLowerCase()}(${distinct}${value})${over}`, type };
    }
    const fn = AGGREGATES[e.name] ?? e.name.toLowerCase();
    const inner =
      type.base === 'json' ? values.map((v, i) => (args[i]!.type.base === 'json' ? `json(${v})` : v)) : values;
    const sql = `${fn}(${distinct}${inner.join(', ')})${over}`;
    return { sql: type.base === 'json' ? `my_json(${sql})` : sql, type };
  }

  #groupConcat(e: Extract<Expr, { k: 'call' }>, args: readonly Piece[], at: Place): string {
    const value = args.length === 1 ? asText(args[0]!) : `(${args.map(asText).join(' || ')})`;
    const order = e.order ? ` ORDER BY ${this.order(e.order, at)}` : '';
    const separator = textLiteral(e.separator ?? ',');
    if (!e.distinct) return `group_concat(${value}, ${separator}${order})`;
    // SQLite takes no separator beside DISTINCT
    const sql = `group_concat(DISTINCT ${value}${order})`;
    return e.separator === undefined || e.separator === ',' ? sql : `replace(${sql}, ',', ${separator})`;
  }

  protected window(window: Window, at: Place): string {
    const parts: string[] = [];
    if (window.base !== undefined) parts.push(quoted(window.base));
    if (window.partition.length > 0)
      parts.push(`PARTITION BY ${window.partition.map((e) => this.translate(e, at).sql).join(', ')}`);
    if (window.order.length > 0) parts.push(`ORDER BY ${this.order(window.order, at)}`);
    if (window.frame !== undefined) parts.push(window.frame);
    return `(${parts.join(' ')})`;
  }

  order(items: readonly OrderItem[], at: Place): string {
    return items
      .map(({ e, descending }) => `${this.#orderKey(this.translate(e, at))}${descending ? ' DESC' : ''}`)
      .join(', ');
  }

  /** An enum is sorted by the place of its value. */
  #orderKey({ sql, type }: Piece): string {
    if (type.base !== 'enum' || !type.values) return sql;
    return `(CASE ${sql} ${type.values.map((v, i) => `WHEN ${textLiteral(v)} THEN ${i + 1}`).join(' ')} END)`;
  }
}

const truth = (sql: string): Piece => ({ sql, type: T.boolean });

/** Standard deviation and variance by sums. */
function spread(name: string, value: string, over: string): string {
  const n = `count(${value})${over}`;
  const mean = `avg(${value})${over}`;
  const variance = `(avg(1.0 * ${value} * ${value})${over} - ${mean} * ${mean})`;
  const sample = name.endsWith('SAMP') ? `(${variance} * ${n} / nullif(${n} - 1, 0))` : variance;
  return name.startsWith('STD') ? `sqrt(${sample})` : sample;
}

const literal = (e: Extract<Expr, { k: 'literal' }>): Piece => ({
  ...literalPiece(e),
  ...(e.type !== 'null' && { notNull: true }),
});

function literalPiece({ type, text }: Extract<Expr, { k: 'literal' }>): Piece {
  switch (type) {
    case 'null':
      return { sql: 'NULL', type: T.null };
    case 'boolean':
      return { sql: text === 'TRUE' ? '1' : '0', type: T.boolean };
    case 'integer': {
      const large = text.length > 18 && BigInt(text) > 0x7fffffffffffffffn;
      return {
        sql: large ? `${text}.0` : text.replace(/^0+(?=\d)/, ''),
        type: { base: text.length < 10 ? 'int' : 'bigint', length: text.length },
      };
    }
    case 'decimal':
      return {
        sql: text.startsWith('.') ? `0${text}` : text.endsWith('.') ? `${text}0` : text,
        type: { base: 'decimal', length: text.length - 1, scale: text.split('.')[1]?.length ?? 0 },
      };
    case 'double':
      return { sql: text, type: T.double };
    case 'hex':
      return { sql: `x'${text.length % 2 ? `0${text}` : text}'`, type: { base: 'varbinary', length: text.length / 2 } };
    case 'bits':
      return { sql: String(BigInt(`0b${text || '0'}`)), type: { base: 'bigint', length: text.length } };
    case 'date':
      return { sql: textLiteral(text), type: T.date };
    case 'time':
      return { sql: textLiteral(text), type: T.time };
    case 'timestamp':
      return { sql: textLiteral(text), type: T.datetime };
    default:
      return { sql: textLiteral(text), type: { base: 'varchar', length: text.length } };
  }
}

const LITERAL = /^'((?:[^']|'')*)'$/;

/** A value that is compared with one of `type`: a text that is a date is written as columns have it. */
export function matched(piece: Piece, type: SqlType): Piece {
  if (!isTemporal(type) || type.base === 'time') {
    // numbers compare as numbers with a text that is one
    const literal = isNumber(type) && isText(piece.type) ? LITERAL.exec(piece.sql) : null;
    return literal ? { sql: `my_number(${piece.sql})`, type: T.double } : piece;
  }
  const found = LITERAL.exec(piece.sql);
  const date = found && parseDate(found[1]!.replace(/''/g, "'"));
  if (date) {
    const text = type.base === 'date' && !date.timed ? dateText(date) : datetimeText(date, date.micro > 0 ? 6 : 0);
    return { sql: textLiteral(text), type };
  }
  if (piece.type.base === 'date' && type.base !== 'date') return { sql: `my_datetime(${piece.sql})`, type };
  return piece;
}

function compare(op: string, a: Piece, b: Piece): Piece {
  const [left, right] = [matched(a, b.type), matched(b, a.type)];
  // neither is a column: SQLite would look at case
  const both = LITERAL.test(left.sql) && LITERAL.test(right.sql);
  if (isNumber(a.type) && !isNumber(b.type) && isText(b.type) && !LITERAL.test(b.sql))
    return truth(`(${left.sql} ${op} my_number(${right.sql}))`);
  if (isNumber(b.type) && isText(a.type) && !LITERAL.test(a.sql))
    return truth(`(my_number(${left.sql}) ${op} ${right.sql})`);
  return truth(`(${left.sql}${both ? ' COLLATE NOCASE' : ''} ${op} ${right.sql})`);
}

function arithmetic(op: string, a: Piece, b: Piece): Piece {
  const number = ({ sql, type }: Piece): string => (isText(type) || isTemporal(type) ? `my_number(${sql})` : sql);
  const [x, y] = [number(a), number(b)];
  const [s, t] = [a.type.scale ?? 0, b.type.scale ?? 0];
  const real = isReal(a.type) || isReal(b.type) || isText(a.type) || isText(b.type);
  const whole = isInteger(a.type) && isInteger(b.type);
  const nothing = a.type.base === 'null' || b.type.base === 'null';
  if (op === 'DIV') return { sql: `CAST(1.0 * ${x} / ${y} AS INTEGER)`, type: T.bigint };
  if (op === '/')
    return { sql: `(1.0 * ${x} / ${y})`, type: real ? T.double : { base: 'decimal', length: 32, scale: s + 4 } };
  if (op === '%')
    return whole
      ? { sql: `(${x} % ${y})`, type: T.bigint }
      : { sql: `mod(${x}, ${y})`, type: real ? T.double : { base: 'decimal', length: 32, scale: Math.max(s, t) } };
  const sql = `(${x} ${op} ${y})`;
  if (real) return { sql, type: T.double };
  if (whole || nothing)
    return { sql, type: { ...T.bigint, ...(a.type.unsigned || b.type.unsigned ? { unsigned: true } : {}) } };
  return { sql, type: { base: 'decimal', length: 32, scale: op === '*' ? Math.min(30, s + t) : Math.max(s, t) } };
}

function cast(e: Piece, type: SqlType): Piece {
  switch (type.base) {
    case 'bigint': {
      // a text is cut at its point, a number is rounded
      const sql = isText(e.type) ? `CAST(${e.sql} AS INTEGER)` : `CAST(my_round(${e.sql}, 0) AS INTEGER)`;
      return { sql: isInteger(e.type) ? e.sql : sql, type };
    }
    case 'decimal':
      return { sql: `my_round(${e.sql}, ${type.scale ?? 0})`, type };
    case 'double':
    case 'float':
      return { sql: `my_number(${e.sql})`, type };
    case 'varchar':
    case 'text': {
      const text = `CAST(${asText(e)} AS TEXT)`;
      return {
        sql: type.length === undefined ? text : `my_substr(${text}, 1, ${type.length})`,
        type: { ...type, length: type.length ?? e.type.length ?? 255 },
      };
    }
    case 'binary':
    case 'varbinary':
      return { sql: `CAST(${asText(e)} AS BLOB)`, type };
    case 'date':
      return { sql: `my_date(${e.sql})`, type };
    case 'datetime':
    case 'timestamp':
      return { sql: `my_datetime(${e.sql})`, type };
    case 'time':
      return { sql: `my_time(${e.sql})`, type };
    case 'json':
      return { sql: isText(e.type) ? `my_json(${e.sql})` : `my_json_value(${e.sql}, '-')`, type };
    case 'year':
      return { sql: `CAST(${e.sql} AS INTEGER)`, type };
    default:
      return { sql: e.sql, type };
  }
}
