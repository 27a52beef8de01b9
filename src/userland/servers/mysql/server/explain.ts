import type { Wait } from '../../../../libc/io.ts';
import type { Statement } from '../sql/ast.ts';
import type { SqlType } from '../types.ts';
import { type Cell, type Result, resultColumn, table } from './result.ts';
import type { Session } from './session.ts';

const BIG: SqlType = { base: 'bigint', length: 20 };

/** EXPLAIN, by what the tables and their keys are. */
export function* explain(session: Session, s: Extract<Statement, { k: 'explain' }>): Wait<Result> {
  if (s.statement.k !== 'select')
    return table(
      [
        'id',
        'select_type',
        'table',
        'partitions',
        'type',
        'possible_keys',
        'key',
        'key_len',
        'ref',
        'rows',
        'filtered',
        'Extra',
      ],
      [
        [
          '1',
          s.statement.k.toUpperCase(),
          undefined,
          undefined,
          'ALL',
          undefined,
          undefined,
          undefined,
          undefined,
          '1',
          '100.00',
          undefined,
        ],
      ],
    );
  const { sql } = yield* session.prepare(s.statement.select);
  const { rows } = yield* session.run(`EXPLAIN QUERY PLAN ${sql}`);
  const lines: Cell[][] = [];
  for (const row of rows) {
    const detail = String(row[3]);
    const found =
      /^(SCAN|SEARCH) (\S+)(?: USING (?:(?:COVERING )?INDEX (.+?)|(INTEGER PRIMARY KEY)|AUTOMATIC.*?)(?: \((.*)\))?)?(?: LEFT-JOIN)?$/.exec(
        detail,
      );
    if (!found) continue;
    const [, how, alias, index, primary, condition] = found;
    const key = primary
      ? 'PRIMARY'
      : index
          ?.split('.')
          .at(-1)
          ?.replace(/^sqlite_autoindex.*$/, 'PRIMARY');
    const exact = condition !== undefined && /=/.test(condition) && !/[<>]/.test(condition);
    const type = how === 'SCAN' ? (key ? 'index' : 'ALL') : exact ? (key === 'PRIMARY' ? 'const' : 'ref') : 'range';
    lines.push([
      '1',
      'SIMPLE',
      alias,
      undefined,
      type,
      how === 'SEARCH' ? key : undefined,
      key,
      key && '4',
      type === 'const' || type === 'ref' ? 'const' : undefined,
      String(type === 'const' ? 1 : 2),
      '100.00',
      /COVERING/.test(detail) ? 'Using index' : how === 'SCAN' && /WHERE/.test(sql) ? 'Using where' : undefined,
    ]);
  }
  if (lines.length === 0) lines.push(['1', 'SIMPLE', ...new Array<Cell>(9).fill(undefined), 'No tables used']);
  if (s.format === 'TREE') return table(['EXPLAIN'], [[rows.map((row) => `-> ${String(row[3])}\n`).join('')]]);
  const old = session.mariadb;
  const names = [
    'id',
    'select_type',
    'table',
    'partitions',
    'type',
    'possible_keys',
    'key',
    'key_len',
    'ref',
    'rows',
    'filtered',
    'Extra',
  ];
  const keep = (_: unknown, i: number): boolean => !old || (i !== 3 && i !== 10);
  return {
    k: 'rows',
    columns: names
      .filter(keep)
      .map((name) => resultColumn(name, name === 'id' || (name === 'rows' && !old) ? BIG : undefined)),
    rows: lines.map((line) => line.filter(keep)),
  };
}
