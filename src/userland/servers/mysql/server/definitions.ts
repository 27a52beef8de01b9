import {
  type Column,
  columnOf,
  type ForeignKey,
  type Index,
  primaryKey,
  quoted,
  storedName,
  type Table,
} from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { ColumnDef, Expr, IndexPart, Reference, TableItem } from '../sql/ast.ts';
import { parseExpression } from '../sql/parse.ts';
import type { Dialect } from '../sql/tokens.ts';
import { Scope } from '../translate/scope.ts';
import { type SelectTranslator, sourceOf } from '../translate/select.ts';
import { affinity, isBinary, isInteger, isText, rangeOf } from '../types.ts';

/** Words of a default or check as SHOW CREATE TABLE prints them. */
function defaultOf(e: Expr, column: ColumnDef): Pick<Column, 'default' | 'defaultIsExpression'> {
  if (e.k === 'literal') {
    if (e.type === 'null') return {};
    if (e.type === 'boolean') return { default: e.text === 'TRUE' ? '1' : '0' };
    if (column.type.base === 'decimal' && /^-?\d*\.?\d*$/.test(e.text))
      return { default: Number(e.text).toFixed(column.type.scale ?? 0) };
    return { default: e.text };
  }
  if (e.k === 'unary' && e.op === '-' && e.e.k === 'literal') return { default: `-${e.e.text}` };
  if (e.k === 'call' && /^(NOW|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)$/.test(e.name)) {
    const scale = column.type.scale;
    return { default: scale ? `CURRENT_TIMESTAMP(${scale})` : 'CURRENT_TIMESTAMP', defaultIsExpression: true };
  }
  return { default: written(e), defaultIsExpression: true };
}

/** An expression in words again, as far as defaults have them. */
function written(e: Expr): string {
  if (e.k === 'literal') return e.type === 'text' ? `'${e.text}'` : e.text;
  if (e.k === 'call') return `${e.name.toLowerCase()}(${e.args.map(written).join(',')})`;
  if (e.k === 'binary') return `(${written(e.left)} ${e.op} ${written(e.right)})`;
  if (e.k === 'interval') return `interval ${written(e.e)} ${e.unit.toLowerCase()}`;
  return 'NULL';
}

function columnFrom(def: ColumnDef, table: Table): Column {
  const { type } = def;
  const column: Column = { name: def.name, type, notNull: def.notNull || def.primary };
  if (type.base === 'timestamp' && !def.nullable && def.notNull) column.notNull = true;
  if (def.default) Object.assign(column, defaultOf(def.default, def));
  if (def.autoIncrement) [column.autoIncrement, column.notNull] = [true, true];
  if (def.onUpdate) column.onUpdate = true;
  if (def.comment !== '') column.comment = def.comment;
  if (isText(type))
    column.collation =
      def.collation ??
      (type.charset && type.charset !== table.charset ? `${type.charset}_general_ci` : table.collation);
  if (def.generated) column.generated = { text: def.generated.text, stored: def.generated.stored };
  if (def.default?.k === 'literal' && def.default.type === 'null' && column.notNull)
    throw new MysqlError('ER_INVALID_DEFAULT', `Invalid default value for '${def.name}'`);
  if (
    column.default !== undefined &&
    !column.defaultIsExpression &&
    isInteger(type) &&
    !/^-?\d+(\.\d+)?$/.test(column.default)
  )
    throw new MysqlError('ER_INVALID_DEFAULT', `Invalid default value for '${def.name}'`);
  return column;
}

const freeName = (table: Table, wanted: string): string => {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}_${n}`;
    if (!table.indexes.some((index) => index.name.toLowerCase() === name.toLowerCase())) return name;
  }
};

export function addIndex(
  table: Table,
  kind: Index['kind'],
  name: string | undefined,
  parts: readonly IndexPart[],
): Index {
  for (const { column } of parts)
    if (!columnOf(table, column))
      throw new MysqlError('ER_KEY_COLUMN_DOES_NOT_EXITS', `Key column '${column}' doesn't exist in table`);
  if (kind === 'PRIMARY') {
    if (primaryKey(table)) throw new MysqlError('ER_MULTIPLE_PRI_KEY', 'Multiple primary key defined');
    for (const { column } of parts) columnOf(table, column)!.notNull = true;
  }
  if (name !== undefined && table.indexes.some((index) => index.name.toLowerCase() === name.toLowerCase()))
    throw new MysqlError('ER_DUP_KEYNAME', `Duplicate key name '${name}'`);
  const index: Index = {
    name: kind === 'PRIMARY' ? 'PRIMARY' : (name ?? freeName(table, parts[0]!.column)),
    kind,
    parts: parts.map(({ column, length, descending }) => ({
      column: columnOf(table, column)!.name,
      ...(length !== undefined && { length }),
      ...(descending && { descending }),
    })),
  };
  if (kind === 'PRIMARY') table.indexes.unshift(index);
  else table.indexes.push(index);
  return index;
}

export function addForeignKey(
  table: Table,
  name: string | undefined,
  columns: readonly string[],
  reference: Reference,
): ForeignKey {
  const used = table.foreignKeys.map((key) => Number(/_ibfk_(\d+)$/.exec(key.name)?.[1] ?? 0));
  const key: ForeignKey = {
    name: name ?? `${table.name}_ibfk_${Math.max(0, ...used) + 1}`,
    columns: columns.map((column) => {
      const found = columnOf(table, column);
      if (!found) throw new MysqlError('ER_KEY_COLUMN_DOES_NOT_EXITS', `Key column '${column}' doesn't exist in table`);
      return found.name;
    }),
    db: reference.db ?? table.db,
    table: reference.table,
    refColumns: reference.columns,
    onDelete: reference.onDelete,
    onUpdate: reference.onUpdate,
  };
  table.foreignKeys.push(key);
  const covered = table.indexes.some(({ parts }) =>
    columns.every((column, i) => parts[i]?.column.toLowerCase() === column.toLowerCase()),
  );
  if (!covered)
    table.indexes.push({
      name: freeName(table, name ?? columns[0]!),
      kind: 'INDEX',
      parts: key.columns.map((column) => ({ column })),
    });
  return key;
}

/** Adds a column, an index, a key or a check to a table that is being defined. */
export function addItem(table: Table, item: TableItem, at = table.columns.length): void {
  switch (item.k) {
    case 'column': {
      const def = item.column;
      if (columnOf(table, def.name)) throw new MysqlError('ER_DUP_FIELDNAME', `Duplicate column name '${def.name}'`);
      table.columns.splice(at, 0, columnFrom(def, table));
      const parts = [{ column: def.name, descending: false }];
      if (def.primary) addIndex(table, 'PRIMARY', undefined, parts);
      if (def.unique) addIndex(table, 'UNIQUE', undefined, parts);
      if (def.check)
        table.checks.push({
          name: def.check.name ?? `${table.name}_chk_${table.checks.length + 1}`,
          text: def.check.text,
        });
      return;
    }
    case 'index':
      addIndex(table, item.kind, item.name, item.parts);
      return;
    case 'foreign':
      addForeignKey(table, item.name, item.columns, item.reference);
      return;
    case 'check':
      table.checks.push({ name: item.name ?? `${table.name}_chk_${table.checks.length + 1}`, text: item.text });
  }
}

/** Replaces a column by another definition, in its place or a new one. */
export function replaceColumn(table: Table, old: string, def: ColumnDef): void {
  const at = table.columns.findIndex(({ name }) => name.toLowerCase() === old.toLowerCase());
  if (at < 0) throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${old}' in '${table.name}'`);
  const wasPrimary = primaryKey(table)?.parts.some(({ column }) => column.toLowerCase() === old.toLowerCase());
  const column = columnFrom(def, table);
  if (wasPrimary) column.notNull = true;
  table.columns[at] = column;
  renameParts(table, old, def.name);
  const parts = [{ column: def.name, descending: false }];
  if (def.primary && !wasPrimary) addIndex(table, 'PRIMARY', undefined, parts);
  if (def.unique) addIndex(table, 'UNIQUE', undefined, parts);
}

export function renameParts(table: Table, from: string, to: string): void {
  for (const { parts } of table.indexes)
    for (const part of parts) if (part.column.toLowerCase() === from.toLowerCase()) part.column = to;
  for (const key of table.foreignKeys)
    key.columns = key.columns.map((column) => (column.toLowerCase() === from.toLowerCase() ? to : column));
}

/** A table has one column that counts at most, and it is the first of a key. @throws MysqlError */
export function checkTable(table: Table): void {
  if (table.columns.length === 0)
    throw new MysqlError('ER_TABLE_MUST_HAVE_COLUMNS', 'A table must have at least 1 column');
  const counting = table.columns.filter(({ autoIncrement }) => autoIncrement);
  const keyed = counting[0] && table.indexes.some(({ parts }) => parts[0]!.column === counting[0]!.name);
  if (counting.length > 1 || (counting[0] && !keyed))
    throw new MysqlError(
      'ER_WRONG_AUTO_KEY',
      'Incorrect table definition; there can be only one auto column and it must be defined as a key',
    );
}

/** The column that SQLite counts by itself. */
export function countedBySqlite(table: Table): Column | undefined {
  const primary = primaryKey(table);
  if (primary?.parts.length !== 1) return undefined;
  const column = columnOf(table, primary.parts[0]!.column)!;
  return column.autoIncrement ? column : undefined;
}

/** How SQLite compares a column's texts. */
function collation(column: Column): string {
  if (!isText(column.type)) return '';
  return /_bin$|_cs$/.test(column.collation ?? '') || column.type.base === 'json' ? '' : ' COLLATE NOCASE';
}

/** CREATE TABLE and the indexes for SQLite. @param name stored name, where it is not the table's own */
export function createSql(
  table: Table,
  translator: SelectTranslator,
  dialect: Dialect,
  name = storedName(table.db, table.name),
): string[] {
  const counted = countedBySqlite(table);
  const scope = new Scope(undefined);
  scope.add({ ...sourceOf(table, table.name), sql: '' });
  const own = (text: string): string =>
    translator.translate(parseExpression(text, dialect), { scope, clause: 'expression' }).sql.replaceAll('"".', '');
  const parts = table.columns.map((column) => {
    if (column === counted) return `${quoted(column.name)} INTEGER PRIMARY KEY AUTOINCREMENT`;
    const generated = column.generated
      ? ` AS (${own(column.generated.text)}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`
      : '';
    return `${quoted(column.name)} ${affinity(column.type)}${collation(column)}${column.notNull ? ' NOT NULL' : ''}${generated}`;
  });
  const list = (columns: readonly string[]): string => columns.map(quoted).join(', ');
  const primary = primaryKey(table);
  if (primary && !counted) parts.push(`PRIMARY KEY (${list(primary.parts.map(({ column }) => column))})`);
  for (const check of table.checks) parts.push(`CONSTRAINT ${quoted(check.name)} CHECK (${own(check.text)})`);
  for (const key of table.foreignKeys)
    parts.push(
      `CONSTRAINT ${quoted(key.name)} FOREIGN KEY (${list(key.columns)}) REFERENCES ${storedName(key.db, key.table)} (${list(key.refColumns)})${key.onDelete ? ` ON DELETE ${key.onDelete}` : ''}${key.onUpdate ? ` ON UPDATE ${key.onUpdate}` : ''}`,
    );
  return [`CREATE ${table.temporary ? 'TEMP ' : ''}TABLE ${name} (${parts.join(', ')})`];
}

export const indexName = (table: Table, index: Index): string => quoted(`${table.db}.${table.name}.${index.name}`);

export function indexSql(table: Table): string[] {
  return table.indexes
    .filter(({ kind }) => kind === 'UNIQUE' || kind === 'INDEX')
    .map((index) => {
      const parts = index.parts
        .map(({ column, descending }) => `${quoted(column)}${descending ? ' DESC' : ''}`)
        .join(', ');
      const name = `${table.temporary ? 'temp.' : ''}${indexName(table, index)}`;
      return `CREATE ${index.kind === 'UNIQUE' ? 'UNIQUE ' : ''}INDEX ${name} ON ${storedName(table.db, table.name)} (${parts})`;
    });
}

/** How a column takes values: the second argument of my_store. */
export function storeSpec(column: Column, strict: boolean): string {
  const { type } = column;
  const head = (kind: string): string => `${kind}|${column.name.replace(/[|']/g, '')}|${strict ? 's' : 'n'}`;
  const large: Readonly<Record<string, number>> = {
    tinytext: 255,
    text: 65535,
    mediumtext: 16777215,
    longtext: 4294967295,
    tinyblob: 255,
    blob: 65535,
    mediumblob: 16777215,
    longblob: 4294967295,
  };
  if (type.base === 'year') return head('year');
  if (isInteger(type)) return `${head('integer')}|${rangeOf(type).join('|')}`;
  if (type.base === 'bit') return `${head('integer')}|0|${(1n << BigInt(type.length ?? 1)) - 1n}`;
  if (type.base === 'decimal')
    return `${head('decimal')}|${type.length ?? 10}|${type.scale ?? 0}|${type.unsigned ? 1 : 0}`;
  if (type.base === 'double' || type.base === 'float') return head('double');
  if (type.values)
    return `${head(type.base)}|${type.values.map((v) => encodeURIComponent(v).replace(/'/g, '%27')).join('|')}`;
  if (large[type.base] !== undefined) return `${head('text')}|${large[type.base]}|b`;
  if (type.base === 'char') return `${head('char')}|${type.length ?? 1}`;
  if (type.base === 'json') return head('json');
  if (isText(type)) return `${head('text')}|${type.length ?? 255}`;
  if (isBinary(type)) return `${head('text')}|${type.length ?? 65535}|b`;
  return `${head(type.base === 'timestamp' ? 'datetime' : type.base)}|${type.scale ?? 0}`;
}
