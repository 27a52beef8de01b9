import { MysqlError } from '../errors.ts';
import type { Expr, SelectCore } from '../sql/ast.ts';
import type { Scope, ScopeColumn } from './scope.ts';

const AGGREGATES =
  /^(COUNT|SUM|AVG|MIN|MAX|GROUP_CONCAT|STD|STDDEV\w*|VAR\w*|BIT_(AND|OR|XOR)|JSON_(ARRAY|OBJECT)AGG|ANY_VALUE)$/;

/** The parts of an expression that are expressions of the same query. */
function parts(e: Expr): Expr[] {
  switch (e.k) {
    case 'unary':
    case 'cast':
    case 'collate':
    case 'is':
    case 'assign':
      return [e.e];
    case 'binary':
      return [e.left, e.right];
    case 'call':
      return e.args;
    case 'case':
      return [...(e.base ? [e.base] : []), ...e.whens.flat(), ...(e.otherwise ? [e.otherwise] : [])];
    case 'in':
      return [e.e, ...(e.list ?? [])];
    case 'between':
      return [e.e, e.low, e.high];
    case 'like':
    case 'regexp':
      return [e.e, e.pattern];
    case 'row':
      return e.items;
    default:
      return [];
  }
}

const aggregates = (e: Expr): boolean =>
  (e.k === 'call' && e.over === undefined && AGGREGATES.test(e.name)) || parts(e).some(aggregates);

/** Columns that stand outside of aggregates. */
function* bare(e: Expr): Generator<Extract<Expr, { k: 'column' }>> {
  if (e.k === 'column') yield e;
  else if (e.k === 'call' && AGGREGATES.test(e.name) && e.over === undefined) return;
  else for (const part of parts(e)) yield* bare(part);
}

/** Columns that WHERE makes equal to one value. */
function* fixed(e: Expr | undefined): Generator<string> {
  if (e?.k !== 'binary') return;
  if (e.op === 'AND') {
    yield* fixed(e.left);
    yield* fixed(e.right);
  } else if (e.op === '=') {
    if (e.left.k === 'column' && e.right.k !== 'column') yield e.left.name.toLowerCase();
    if (e.right.k === 'column' && e.left.k !== 'column') yield e.right.name.toLowerCase();
  }
}

/**
 * ONLY_FULL_GROUP_BY: what a query of one table selects is grouped, aggregated, or follows from a key that is grouped. Queries
 * of several tables are not looked at: what follows from what is more there than this knows.
 * @throws MysqlError
 */
export function checkGrouping(core: SelectCore, scope: Scope): void {
  if (core.from?.k !== 'table' || (core.group.length === 0 && !core.items.some(({ e }) => aggregates(e)))) return;
  const { columns } = scope.sources[0]!;
  const at = (e: Expr): Expr => {
    if (e.k === 'literal' && e.type === 'integer') return core.items[Number(e.text) - 1]?.e ?? e;
    if (e.k !== 'column' || columns.some(({ name }) => name.toLowerCase() === e.name.toLowerCase())) return e;
    return core.items.find(({ alias }) => alias?.toLowerCase() === e.name.toLowerCase())?.e ?? e;
  };
  const grouped = core.group.map(at);
  const names = new Set([
    ...grouped.flatMap((e) => (e.k === 'column' ? [e.name.toLowerCase()] : [])),
    ...fixed(core.where),
  ]);
  const primary = columns.filter(({ key }) => key === 'PRI').map(({ name }) => name.toLowerCase());
  if (primary.length > 0 && primary.every((name) => names.has(name))) return;
  if (columns.some(({ name, key, notNull }) => key === 'UNI' && notNull && names.has(name.toLowerCase()))) return;
  const same = new Set(grouped.map((e) => JSON.stringify(e)));
  for (const [i, { e }] of core.items.entries()) {
    if (same.has(JSON.stringify(e))) continue;
    const wanted: readonly { name: string }[] = e.k === 'star' ? columns : [...bare(e)];
    const loose = wanted.find(({ name }) => !names.has(name.toLowerCase()));
    const column = loose && columns.find(({ name }) => name.toLowerCase() === loose.name.toLowerCase());
    if (column) throw complaint(core, i + 1, column);
  }
}

function complaint(core: SelectCore, at: number, { db, table, original, name }: ScopeColumn): MysqlError {
  const column = db === '' ? name : `${db}.${table}.${original}`;
  const tail = 'this is incompatible with sql_mode=only_full_group_by';
  if (core.group.length === 0)
    return new MysqlError(
      'ER_MIX_OF_GROUP_FUNC_AND_FIELDS',
      `In aggregated query without GROUP BY, expression #${at} of SELECT list contains nonaggregated column '${column}'; ${tail}`,
    );
  return new MysqlError(
    'ER_WRONG_FIELD_WITH_GROUP',
    `Expression #${at} of SELECT list is not in GROUP BY clause and contains nonaggregated column '${column}' which is not functionally dependent on columns in GROUP BY clause; ${tail}`,
  );
}
