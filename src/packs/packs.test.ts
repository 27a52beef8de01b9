import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { inlinePacks } from '../../test/pack-bed.ts';
import { ENOENT } from '../abi/errno.ts';
import type { PackValue } from '../abi/pack.ts';
import type { Sys } from '../abi/sys.ts';
import { Pack, PackError } from '../libc/pack.ts';

const MB = 1024 * 1024;
type Record = { readonly [key: string]: PackValue };

test('SQLite answers, and says what it wrote only at a commit', async () => {
  const packs = inlinePacks();
  const k = await bootTestKernel({ packs });
  const seen: unknown[] = [];
  const { status } = await k.run(function* (sys: Sys) {
    const pack = new Pack('sqlite', 64 * MB);
    const connection = yield* pack.call(sys, { op: 'open', file: 'a.db' });
    function* sql(text: string, params: PackValue[] = []) {
      return (yield* pack.call(sys, { op: 'run', connection, sql: text, params })) as Record;
    }
    const changed = (answer: Record) => (answer.changes as Record[]).length > 0;
    seen.push(changed(yield* sql('CREATE TABLE t(a INTEGER PRIMARY KEY, b)')));
    seen.push(changed(yield* sql('BEGIN; INSERT INTO t(b) VALUES (?)', ['x'])));
    seen.push(changed(yield* sql("INSERT INTO t(b) VALUES (1.5), (9007199254740993), (x'00ff'), (NULL)")));
    seen.push(changed(yield* sql('COMMIT')));
    seen.push((yield* sql('SELECT b FROM t')).rows);
    seen.push((yield* sql('SELEC 1')).error);
    pack.close(sys);
    return 0;
  });
  expect(k.panics).toEqual([]);
  expect(status).toBe(0);
  expect(seen).toEqual([
    true,
    false,
    false,
    true,
    [['x'], [{ real: 1.5 }], [9007199254740993n], [new Uint8Array([0, 255])], [null]],
    { code: 1, message: 'near "SELEC": syntax error' },
  ]);
  expect(packs.ended).toEqual(['sqlite']);
});

test('what SQLite wrote is the file: it opens again with all that was committed', async () => {
  const k = await bootTestKernel({ packs: inlinePacks() });
  let rows: PackValue;
  await k.run(function* (sys: Sys) {
    const first = new Pack('sqlite', 64 * MB);
    const file = new Uint8Array(4 * MB);
    let size = 0;
    const a = yield* first.call(sys, { op: 'open', file: 'f' });
    for (const sql of ['CREATE TABLE t(n)', 'INSERT INTO t VALUES (1), (2)', 'BEGIN; INSERT INTO t VALUES (3)']) {
      const answer = (yield* first.call(sys, { op: 'run', connection: a, sql })) as Record;
      for (const { offset, bytes } of answer.changes as unknown as { offset: number; bytes: Uint8Array }[]) {
        file.set(bytes, offset);
        size = Math.max(size, offset + bytes.length);
      }
    }
    first.close(sys);
    const second = new Pack('sqlite', 64 * MB);
    const b = yield* second.call(sys, { op: 'open', file: 'f', bytes: file.subarray(0, size) });
    const answer = (yield* second.call(sys, { op: 'run', connection: b, sql: 'SELECT sum(n) FROM t' })) as Record;
    rows = answer.rows;
    return 0;
  });
  expect(k.panics).toEqual([]);
  expect(rows).toEqual([[3]]);
});

test('two connections see each other and lock', async () => {
  const k = await bootTestKernel({ packs: inlinePacks() });
  const seen: unknown[] = [];
  await k.run(function* (sys: Sys) {
    const pack = new Pack('sqlite', 64 * MB);
    const a = yield* pack.call(sys, { op: 'open', file: 'f' });
    const b = yield* pack.call(sys, { op: 'connect', file: 'f' });
    function* sql(connection: PackValue, text: string) {
      return (yield* pack.call(sys, { op: 'run', connection, sql: text })) as Record;
    }
    yield* sql(a, 'CREATE TABLE t(n); INSERT INTO t VALUES (1)');
    yield* sql(a, 'BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
    seen.push((yield* sql(b, 'SELECT count(*) FROM t')).rows, (yield* sql(b, 'INSERT INTO t VALUES (3)')).error);
    yield* sql(a, 'COMMIT');
    seen.push((yield* sql(b, 'SELECT count(*) FROM t')).rows);
    return 0;
  });
  expect(seen).toEqual([[[1]], { code: 5, message: 'database is locked' }, [[2]]]);
});

test('a pack dies with its process, is charged to it, and one that is not there is ENOENT', async () => {
  const packs = inlinePacks();
  const k = await bootTestKernel({ packs });
  const seen: unknown[] = [];
  await k.run(function* (sys: Sys) {
    const pack = new Pack('sqlite', 64 * MB);
    const before = sys.sysinfo().freeram;
    yield* pack.call(sys, { op: 'open', file: 'f' });
    seen.push(sys.packOpen('none', MB), before - sys.sysinfo().freeram >= 8 * MB);
    try {
      yield* pack.call(sys, { op: 'nonsense' });
    } catch (error) {
      seen.push(error instanceof PackError && error.message);
    }
    return 0;
  });
  expect(seen).toEqual([-ENOENT, true, 'sqlite: unknown request nonsense']);
  expect(packs.ended).toEqual(['sqlite']);
});

test('SQLite takes no more memory than it may', async () => {
  const k = await bootTestKernel({ packs: inlinePacks() });
  let error: unknown;
  await k.run(function* (sys: Sys) {
    const pack = new Pack('sqlite', 32 * MB);
    const connection = yield* pack.call(sys, { op: 'open', file: 'f' });
    const answer = (yield* pack.call(sys, {
      op: 'run',
      connection,
      sql: 'SELECT length(zeroblob(100000000) || zeroblob(100000000))',
    })) as Record;
    error = answer.error;
    return 0;
  });
  expect(error).toEqual({ code: 7, message: 'out of memory' });
});

test('JavaScript keeps its context, asks the program, and is interrupted', async () => {
  const k = await bootTestKernel({ packs: inlinePacks() });
  const seen: unknown[] = [];
  await k.run(function* (sys: Sys) {
    const pack = new Pack('javascript', 64 * MB);
    const context = yield* pack.call(sys, { op: 'context' });
    const asked: unknown[] = [];
    function* answers(_: Sys, call: PackValue) {
      asked.push(call);
      yield;
      return (call as Record).name === 'bad' ? { error: 'no such thing' } : { value: { rows: [1, 2] } };
    }
    for (const code of [
      'let n = 20; n + 1',
      'host("find", "c", {a: 1}).rows.length + n',
      'try { host("bad") } catch (e) { e.message }',
      '(async () => { await 0; return "later" })()',
    ])
      seen.push(yield* pack.call(sys, { op: 'eval', context, code }, answers));
    // the limit is reached at once: what does not end is interrupted
    seen.push(yield* pack.call(sys, { op: 'eval', context, code: 'for (;;);', time: 0 }));
    seen.push(asked);
    return 0;
  });
  expect(k.panics).toEqual([]);
  expect(seen).toMatchObject([
    { value: 21 },
    { value: 22 },
    { value: 'no such thing' },
    { value: 'later' },
    { error: { name: 'InternalError', message: 'interrupted' } },
    [
      { name: 'find', args: ['c', { a: 1 }] },
      { name: 'bad', args: [] },
    ],
  ]);
});

test('Lua asks the program, and an answer may be an error', async () => {
  const k = await bootTestKernel({ packs: inlinePacks() });
  const seen: unknown[] = [];
  await k.run(function* (sys: Sys) {
    const pack = new Pack('lua', 64 * MB);
    function* answers(_: Sys, call: PackValue) {
      const { args } = call as unknown as { args: PackValue[] };
      yield;
      return args[0] === 'bad' ? { error: 'ERR no' } : { values: [`${String(args[0])}!`] };
    }
    for (const code of ['return 1 + 1, host("a")', 'return pcall(host, "bad")', 'return {1, {2}}', 'retur'])
      seen.push(yield* pack.call(sys, { op: 'run', code }, answers));
    return 0;
  });
  expect(k.panics).toEqual([]);
  expect(seen).toMatchObject([
    { values: [2, 'a!'] },
    { values: [false, 'ERR no'] },
    { values: [[1, [2]]] },
    { error: '[string "script"]:1: syntax error near <eof>' },
  ]);
});
