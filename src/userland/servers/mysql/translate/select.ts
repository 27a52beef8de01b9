import { keyOf, quoted, storedName, type Table } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, Select, SelectCore, SelectItem, TableRef } from '../sql/ast.ts';
import { type SqlType, T } from '../types.ts';
import { ExpressionTranslator, type Place } from './expression.ts';
import { checkGrouping } from './full-group.ts';
import { common, type Piece } from './functions.ts';
import { Scope, type ScopeColumn, type Source } from './scope.ts';

/** A SELECT for SQLite, and what its columns are. */
export interface Translated {
  sql: string;
  columns: ScopeColumn[];
}

interface Item {
  e: Expr;
  name: string;
  piece: Piece;
  column: ScopeColumn;
}

const plain = (name: string, type: SqlType, notNull = false): ScopeColumn => ({
  name,
  type,
  table: '',
  db: '',
  original: '',
  notNull,
  key: '',
  autoIncrement: false,
});

/** The columns of a table as a statement sees them. */
export function sourceOf(table: Table, alias: string): Source {
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: column.type,
    table: table.name,
    db: table.db,
    original: column.name,
    notNull: column.notNull,
    key: keyOf(table, column),
    autoIncrement: column.autoIncrement === true,
  }));
  return { alias, db: table.db, columns, hidden: new Set() };
}

/** Translates SELECT. */
export class SelectTranslator extends ExpressionTranslator {
  /** Tables of information_schema that have to be filled before the statement runs. */
  readonly virtual: Set<string> = new Set();
  readonly #ctes: Map<string, ScopeColumn[]>[] = [];

  override subselect(select: Select, scope: Scope): { sql: string; types: SqlType[] } {
    const { sql, columns } = this.select(select, scope);
    return { sql, types: columns.map(({ type }) => type) };
  }

  select(select: Select, outer?: Scope): Translated {
    const ctes = new Map<string, ScopeColumn[]>();
    this.#ctes.push(ctes);
    try {
      const head = this.#with(select, ctes, outer);
      const translated = this.#compound(select, outer);
      return { sql: head + translated.sql, columns: translated.columns };
    } finally {
      this.#ctes.pop();
    }
  }

  #with({ ctes, recursive }: Select, known: Map<string, ScopeColumn[]>, outer: Scope | undefined): string {
    if (ctes.length === 0) return '';
    const parts = ctes.map(({ name, columns, select }) => {
      if (recursive) {
        // the first part says what the columns are
        const first: Select = { ...select, parts: select.parts.slice(0, 1), operators: [], order: [] };
        const { columns: seen } = this.select(first, outer);
        known.set(
          name.toLowerCase(),
          seen.map((column, i) => ({ ...column, name: columns?.[i] ?? column.name })),
        );
      }
      const body = this.select(select, outer);
      const named = body.columns.map((column, i) => ({
        ...column,
        name: columns?.[i] ?? column.name,
        notNull: column.notNull && !recursive,
      }));
      known.set(name.toLowerCase(), named);
      return `${quoted(name)}(${named.map((column) => quoted(column.name)).join(', ')}) AS (${body.sql})`;
    });
    return `WITH ${recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `;
  }

  #compound(select: Select, outer: Scope | undefined): Translated {
    if (select.parts.length === 1) return this.#core(select.parts[0]!, outer, select);
    const parts = select.parts.map((part) => this.#core(part, outer, undefined));
    const [first] = parts;
    if (parts.some(({ columns }) => columns.length !== first!.columns.length))
      throw new MysqlError(
        'ER_WRONG_NUMBER_OF_COLUMNS_IN_SELECT',
        'The used SELECT statements have a different number of columns',
      );
    const columns = first!.columns.map((column, i) =>
      plain(
        column.name,
        common(parts.map((part) => ({ sql: '', type: part.columns[i]!.type }))),
        parts.every((part) => part.columns[i]!.notNull),
      ),
    );
    let sql = parts[0]!.sql;
    for (const [i, operator] of select.operators.entries())
      sql += ` ${operator === 'EXCEPT ALL' || operator === 'INTERSECT ALL' ? operator.slice(0, -4) : operator} ${parts[i + 1]!.sql}`;
    const order = select.order.map(({ e, descending }) => {
      const at =
        e.k === 'literal'
          ? Number(e.text)
          : columns.findIndex(({ name }) => e.k === 'column' && name.toLowerCase() === e.name.toLowerCase()) + 1;
      if (at < 1 || at > columns.length)
        throw new MysqlError(
          'ER_BAD_FIELD_ERROR',
          `Unknown column '${e.k === 'column' ? e.name : at}' in 'order clause'`,
        );
      return `${at}${descending ? ' DESC' : ''}`;
    });
    if (order.length > 0) sql += ` ORDER BY ${order.join(', ')}`;
    return { sql: sql + this.#limit(select), columns };
  }

  #limit({ limit, offset }: Select): string {
    if (!limit) return '';
    const place = { scope: new Scope(undefined), clause: 'limit clause' };
    return ` LIMIT ${this.translate(limit, place).sql}${offset ? ` OFFSET ${this.translate(offset, place).sql}` : ''}`;
  }

  #core(core: SelectCore, outer: Scope | undefined, tail: Select | undefined): Translated {
    if (core.values) return this.#values(core.values, outer);
    const scope = new Scope(outer);
    const from = core.from ? ` FROM ${this.from(core.from, scope)}` : '';
    const place = (clause: string, aliases?: Map<string, Expr>): Place => ({ scope, clause, aliases });
    if (core.from === undefined && core.items.some(({ e }) => e.k === 'star'))
      throw new MysqlError('ER_NO_TABLES_USED', 'No tables used');
    const items = core.items.flatMap((item) => this.#item(item, scope, place('field list')));
    if (this.env.fullGroup) checkGrouping(core, scope);
    const aliases = new Map<string, Expr>();
    for (const { e, alias } of core.items) if (alias !== undefined) aliases.set(alias.toLowerCase(), e);
    let sql = `SELECT ${core.distinct ? 'DISTINCT ' : ''}${items.map(({ piece, name }) => `${piece.sql} AS ${quoted(name)}`).join(', ')}${from}`;
    if (core.where) sql += ` WHERE ${this.translate(core.where, place('where clause')).sql}`;
    if (core.group.length > 0)
      sql += ` GROUP BY ${core.group.map((e) => this.#groupKey(e, items, place('group statement', aliases))).join(', ')}`;
    if (core.having) {
      if (core.group.length === 0 && !this.#aggregates(core))
        sql += `${core.where ? ' AND ' : ' WHERE '}${this.translate(core.having, place('having clause', aliases)).sql}`;
      else sql += ` HAVING ${this.translate(core.having, place('having clause', aliases)).sql}`;
    }
    if (core.windows.length > 0)
      sql += ` WINDOW ${core.windows.map(([name, window]) => `${quoted(name)} AS ${this.window(window, place('window'))}`).join(', ')}`;
    if (tail && tail.order.length > 0)
      sql += ` ORDER BY ${tail.order.map((item) => this.#orderKey(item.e, items, place('order clause', aliases), core) + (item.descending ? ' DESC' : '')).join(', ')}`;
    if (tail) sql += this.#limit(tail);
    return { sql, columns: items.map(({ column }) => column) };
  }

  #aggregates(core: SelectCore): boolean {
    return core.items.some(({ e }) => e.k === 'call' && /^(COUNT|SUM|AVG|MIN|MAX|GROUP_CONCAT)$/.test(e.name));
  }

  #values(rows: readonly Expr[][], outer: Scope | undefined): Translated {
    const place = { scope: new Scope(outer), clause: 'field list' };
    const pieces = rows.map((row) => row.map((e) => this.translate(e, place)));
    const columns = pieces[0]!.map((_, i) => plain(`column_${i}`, common(pieces.map((row) => row[i]!))));
    const [first, ...rest] = pieces.map((row) => row.map(({ sql }) => sql));
    const head = `SELECT ${first!.map((sql, i) => `${sql} AS "column_${i}"`).join(', ')}`;
    return { sql: [head, ...rest.map((row) => `SELECT ${row.join(', ')}`)].join(' UNION ALL '), columns };
  }

  #groupKey(e: Expr, items: readonly Item[], place: Place): string {
    if (e.k === 'literal' && e.type === 'integer') {
      const item = items[Number(e.text) - 1];
      if (!item) throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${e.text}' in 'group statement'`);
      return item.piece.sql;
    }
    return this.translate(e, place).sql;
  }

  #orderKey(e: Expr, items: readonly Item[], place: Place, core: SelectCore): string {
    if (e.k === 'literal' && e.type === 'integer') {
      if (!items[Number(e.text) - 1])
        throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${e.text}' in 'order clause'`);
      return e.text;
    }
    if (core.distinct && e.k === 'column') {
      const at = items.findIndex((item) => item.name.toLowerCase() === e.name.toLowerCase());
      if (at >= 0) return String(at + 1);
    }
    return this.order([{ e, descending: false }], place);
  }

  #item(item: SelectItem, scope: Scope, place: Place): Item[] {
    const { e } = item;
    if (e.k === 'star') return this.#star(e, scope);
    const piece = this.translate(e, place);
    const name = item.alias ?? (e.k === 'column' ? this.#shown(e, scope) : item.text);
    const column =
      e.k === 'column'
        ? { ...scope.find(e.name, e.table, e.db, 'field list').column, name }
        : plain(name, piece.type, piece.notNull === true);
    return [{ e, name, piece, column }];
  }

  /** A column is called as the statement writes it; MySQL's own tables have their names in capitals. */
  #shown(e: Extract<Expr, { k: 'column' }>, scope: Scope): string {
    const { column } = scope.find(e.name, e.table, e.db, 'field list');
    return column.db === 'information_schema' && !this.env.mariadb ? column.name : e.name;
  }

  #star(e: Extract<Expr, { k: 'star' }>, scope: Scope): Item[] {
    const sources = e.table === undefined ? scope.sources : [scope.source(e.table, e.db)];
    return sources.flatMap((source) =>
      source.columns
        .filter(({ name }) => e.table !== undefined || !source.hidden.has(name.toLowerCase()))
        .map((column) => ({
          e: { k: 'column', table: source.alias, name: column.name } as const,
          name: column.name,
          piece: { sql: `${quoted(source.alias)}.${quoted(column.name)}`, type: column.type },
          column,
        })),
    );
  }

  /** FROM, and what it brings into scope. */
  from(ref: TableRef, scope: Scope): string {
    if (ref.k === 'table') return this.#table(ref, scope);
    if (ref.k === 'derived') {
      if (ref.alias === '')
        throw new MysqlError('ER_DERIVED_MUST_HAVE_ALIAS', 'Every derived table must have its own alias');
      const { sql, columns } = this.select(ref.select, scope.outer);
      const named = columns.map((column, i) => ({ ...column, name: ref.columns?.[i] ?? column.name, db: '' }));
      for (const [i, column] of named.entries())
        if (named.findIndex(({ name }) => name.toLowerCase() === column.name.toLowerCase()) !== i)
          throw new MysqlError('ER_DUP_FIELDNAME', `Duplicate column name '${column.name}'`);
      scope.add({ alias: ref.alias, db: '', columns: named, hidden: new Set() });
      if (!ref.columns) return `(${sql}) AS ${quoted(ref.alias)}`;
      return `(SELECT ${columns.map((c, i) => `${quoted(c.name)} AS ${quoted(named[i]!.name)}`).join(', ')} FROM (${sql})) AS ${quoted(ref.alias)}`;
    }
    return this.#join(ref, scope);
  }

  #table(ref: Extract<TableRef, { k: 'table' }>, scope: Scope): string {
    const alias = ref.alias ?? ref.name;
    if (ref.db === undefined)
      for (const ctes of [...this.#ctes].reverse()) {
        const columns = ctes.get(ref.name.toLowerCase());
        if (!columns) continue;
        scope.add({ alias, db: '', columns, hidden: new Set() });
        return `${quoted(ref.name)} AS ${quoted(alias)}`;
      }
    const table = this.env.table(ref.db, ref.name);
    if (table.db === 'information_schema' || table.db === 'performance_schema' || table.db === 'sys')
      this.virtual.add(`${table.db}.${table.name}`);
    scope.add(sourceOf(table, alias));
    return `${storedName(table.db, table.name)} AS ${quoted(alias)}`;
  }

  #join(ref: Extract<TableRef, { k: 'join' }>, scope: Scope): string {
    const before = scope.sources.length;
    const left = this.from(ref.left, scope);
    const middle = scope.sources.length;
    const right = this.from(ref.right, scope);
    const optional = /LEFT/.test(ref.kind)
      ? scope.sources.slice(middle)
      : ref.kind === 'RIGHT'
        ? scope.sources.slice(before, middle)
        : [];
    for (const source of optional) source.columns = source.columns.map((column) => ({ ...column, notNull: false }));
    const kind = ref.kind.startsWith('NATURAL') ? ref.kind.slice(8).trim() : ref.kind;
    const using = ref.kind.startsWith('NATURAL')
      ? shared(scope.sources.slice(before, middle), scope.sources.slice(middle))
      : ref.using;
    const word = kind === 'LEFT' ? 'LEFT JOIN' : kind === 'RIGHT' ? 'RIGHT JOIN' : 'JOIN';
    const inner = ref.right.k === 'join' ? `(${right})` : right;
    if (using && using.length > 0) {
      const conditions = using.map((name) => {
        const [a] = holding(scope.sources.slice(before, middle), name);
        const [b] = holding(scope.sources.slice(middle), name);
        if (!a || !b) throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${name}' in 'from clause'`);
        (kind === 'RIGHT' ? a : b).hidden.add(name.toLowerCase());
        return `${quoted(a.alias)}.${quoted(name)} = ${quoted(b.alias)}.${quoted(name)}`;
      });
      return `${left} ${word} ${inner} ON ${conditions.join(' AND ')}`;
    }
    if (!ref.on) return `${left} JOIN ${inner}`;
    return `${left} ${word} ${inner} ON ${this.translate(ref.on, { scope, clause: 'on clause' }).sql}`;
  }
}

const holding = (sources: readonly Source[], name: string): Source[] =>
  sources.filter(
    ({ columns, hidden }) =>
      !hidden.has(name.toLowerCase()) && columns.some((c) => c.name.toLowerCase() === name.toLowerCase()),
  );

const shared = (left: readonly Source[], right: readonly Source[]): string[] =>
  left.flatMap(({ columns }) => columns.map(({ name }) => name)).filter((name) => holding(right, name).length > 0);

/** A type for what has none. */
export const known = (type: SqlType): SqlType => (type.base === 'null' ? T.text : type);
