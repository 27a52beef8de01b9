import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { inlinePacks } from '../../../test/pack-bed.ts';
import sqlite3 from './sqlite3.ts';

async function shell() {
  const k = await bootTestKernel({ packs: inlinePacks(), programs: { sqlite3: sqlite3.entry } });
  return async (input: string, ...args: string[]) => {
    const { stdout, stderr, status } = await k.run('/bin/sqlite3', ['sqlite3', ...args], { stdin: input, cwd: '/tmp' });
    expect(k.panics).toEqual([]);
    return { out: stdout, err: stderr, status };
  };
}

const TABLE =
  "create table t(a integer primary key, b text, c real);\ninsert into t values(1,'x',1.5),(2,NULL,2.0),(3,'it''s',1e20);\n";

// Outputs of sqlite3 3.40.1.
test.each([
  ['list', "1|x|1.5\n2||2.0\n3|it's|1.0e+20\n"],
  ['column', "a  b     c      \n-  ----  -------\n1  x     1.5    \n2        2.0    \n3  it's  1.0e+20\n"],
  ['csv', '1,x,1.5\r\n2,,2.0\r\n3,"it\'s",1.0e+20\r\n'],
  ['json', '[{"a":1,"b":"x","c":1.5},\n{"a":2,"b":null,"c":2.0},\n{"a":3,"b":"it\'s","c":1.0e+20}]\n'],
  [
    'box',
    "┌───┬──────┬─────────┐\n│ a │  b   │    c    │\n├───┼──────┼─────────┤\n│ 1 │ x    │ 1.5     │\n│ 2 │      │ 2.0     │\n│ 3 │ it's │ 1.0e+20 │\n└───┴──────┴─────────┘\n",
  ],
  [
    'markdown',
    "| a |  b   |    c    |\n|---|------|---------|\n| 1 | x    | 1.5     |\n| 2 |      | 2.0     |\n| 3 | it's | 1.0e+20 |\n",
  ],
  [
    'insert',
    'INSERT INTO "table" VALUES(1,\'x\',1.5);\nINSERT INTO "table" VALUES(2,NULL,2.0);\nINSERT INTO "table" VALUES(3,\'it\'\'s\',1.0e+20);\n',
  ],
  [
    'line',
    "    a = 1\n    b = x\n    c = 1.5\n\n    a = 2\n    b = \n    c = 2.0\n\n    a = 3\n    b = it's\n    c = 1.0e+20\n",
  ],
])('.mode %s', async (mode, expected) => {
  const run = await shell();
  expect(await run(`${TABLE}.mode ${mode}\nselect * from t;\n`)).toEqual({ out: expected, err: '', status: 0 });
});

test('a database is a file, and its schema and dump are told', async () => {
  const run = await shell();
  await run(`${TABLE}create view v as select a from t; create index i on t(b);`, 's.db');
  expect((await run('', 's.db', '.tables')).out).toBe('t  v\n');
  expect((await run('', 's.db', '.schema')).out).toBe(
    'CREATE TABLE t(a integer primary key, b text, c real);\nCREATE VIEW v as select a from t\n/* v(a) */;\nCREATE INDEX i on t(b);\n',
  );
  const { out } = await run('', 's.db', '.dump');
  await run(out, 'again.db');
  expect(await run('select * from t;', 'again.db')).toEqual(await run('select * from t;', 's.db'));
});

test.each([
  ['selec 1', 1, 'Error: in prepare, near "selec": syntax error\n  selec 1\n  ^--- error here\n'],
  [
    'select nosuch from t',
    1,
    'Error: in prepare, no such column: nosuch\n  select nosuch from t\n         ^--- error here\n',
  ],
  ['insert into t values(1,1,1)', 19, 'Error: stepping, UNIQUE constraint failed: t.a (19)\n'],
])('%s', async (sql, status, err) => {
  const run = await shell();
  await run(TABLE, 's.db');
  expect(await run('', 's.db', sql)).toEqual({ out: '', err, status });
});

test('a line of input is named where it is wrong', async () => {
  const run = await shell();
  expect(await run(`${TABLE}selec 1;\nselect\n1\n;\n.nosuch\n`)).toEqual({
    out: '1\n',
    err: 'Parse error near line 3: near "selec": syntax error\n  selec 1;\n  ^--- error here\nError: unknown command or invalid arguments:  "nosuch". Enter ".help" for help\n',
    status: 1,
  });
});
