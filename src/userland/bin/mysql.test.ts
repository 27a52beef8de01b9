import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { inlinePacks } from '../../../test/pack-bed.ts';
import { SIGKILL, SIGTERM } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { sleep, spawn } from '../../libc/io.ts';
import mysql from './mysql.ts';
import mysqladmin from './mysqladmin.ts';
import mysqld from './mysqld.ts';
import mysqldump from './mysqldump.ts';

/** A machine with a server that runs. */
async function server(): Promise<TestKernel & { sql(text: string, ...options: string[]): Promise<string> }> {
  const k = await bootTestKernel({
    packs: inlinePacks(),
    programs: { mysqld: mysqld.entry, mysql: mysql.entry, mysqladmin: mysqladmin.entry, mysqldump: mysqldump.entry },
    files: { '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n', '/var/lib/mysql/': '', '/var/run/mysqld/': '' },
  });
  expect((await k.run('/bin/mysqld', ['mysqld', '--initialize-insecure', '--user=root'])).status).toBe(0);
  await start(k);
  return {
    ...k,
    async sql(text, ...options) {
      const { stdout, stderr } = await k.run('/bin/mysql', ['mysql', '-uroot', ...options], { stdin: text });
      return stdout + stderr;
    },
  };
}

/** Starts the server beside, and waits until it answers. */
async function start(k: TestKernel): Promise<void> {
  await k.run(function* (sys: Sys) {
    yield* spawn(sys, '/bin/mysqld', ['mysqld', '--user=root'], [], { setsid: true });
    return 0;
  });
  await k.run('/bin/mysqladmin', ['mysqladmin', '--wait=30', '--silent', '-uroot', 'ping']);
}

test('a table is made, filled, asked and drawn', async () => {
  const { sql, panics } = await server();
  const out = await sql(
    `CREATE DATABASE shop; USE shop;
CREATE TABLE item (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, price DECIMAL(6,2), added DATETIME);
INSERT INTO item (name, price, added) VALUES ('pen', 1.5, '2024-01-02 03:04:05'), ('ink', 10, NULL);
SELECT * FROM item ORDER BY id;
SELECT COUNT(*), SUM(price), AVG(price), 7/2 FROM item;
SELECT name FROM item WHERE name = 'PEN'\\G
DESCRIBE item;
`,
    '-t',
  );
  expect(panics).toEqual([]);
  expect(out).toBe(`+----+------+-------+---------------------+
| id | name | price | added               |
+----+------+-------+---------------------+
|  1 | pen  |  1.50 | 2024-01-02 03:04:05 |
|  2 | ink  | 10.00 | NULL                |
+----+------+-------+---------------------+
+----------+------------+------------+--------+
| COUNT(*) | SUM(price) | AVG(price) | 7/2    |
+----------+------------+------------+--------+
|        2 |      11.50 |   5.750000 | 3.5000 |
+----------+------------+------------+--------+
*************************** 1. row ***************************
name: pen
+-------+--------------+------+-----+---------+----------------+
| Field | Type         | Null | Key | Default | Extra          |
+-------+--------------+------+-----+---------+----------------+
| id    | int          | NO   | PRI | NULL    | auto_increment |
| name  | varchar(20)  | NO   | UNI | NULL    |                |
| price | decimal(6,2) | YES  |     | NULL    |                |
| added | datetime     | YES  |     | NULL    |                |
+-------+--------------+------+-----+---------+----------------+
`);
});

const ERRORS = [
  [
    'selec 1',
    "ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'selec 1' at line 1\n",
  ],
  ['select * from nosuch.t', "ERROR 1049 (42000) at line 1: Unknown database 'nosuch'\n"],
  ['select * from sys.t', "ERROR 1146 (42S02) at line 1: Table 'sys.t' doesn't exist\n"],
  ['use nosuch', "ERROR 1049 (42000) at line 1: Unknown database 'nosuch'\n"],
  ['select nope', "ERROR 1054 (42S22) at line 1: Unknown column 'nope' in 'field list'\n"],
  ['create table t (a int)', 'ERROR 1046 (3D000) at line 1: No database selected\n'],
  ['drop database nosuch', "ERROR 1008 (HY000) at line 1: Can't drop database 'nosuch'; database doesn't exist\n"],
  ['set nosuch = 1', "ERROR 1193 (HY000) at line 1: Unknown system variable 'nosuch'\n"],
] as const;

test('errors have the numbers and the words of the real one', async () => {
  const { sql } = await server();
  const said = [];
  for (const [text] of ERRORS) said.push([text, await sql(text)]);
  expect(said).toEqual(ERRORS);
});

test('what a column does not take is an error with its number', async () => {
  const { sql } = await server();
  await sql(`create database d; use d;
create table parent (id int primary key);
create table t (id int primary key auto_increment, name varchar(3) not null, n tinyint, p int, unique key u (name), foreign key (p) references parent (id));
insert into t (name) values ('a');`);
  const errors = [];
  for (const values of ["'a',1,null", 'null,1,null', "'long',1,null", "'b',999,null", "'b','x',null", "'b',1,5"])
    errors.push(await sql(`insert into d.t (name, n, p) values (${values})`));
  expect(errors).toEqual([
    "ERROR 1062 (23000) at line 1: Duplicate entry 'a' for key 't.u'\n",
    "ERROR 1048 (23000) at line 1: Column 'name' cannot be null\n",
    "ERROR 1406 (22001) at line 1: Data too long for column 'name' at row 1\n",
    "ERROR 1264 (22003) at line 1: Out of range value for column 'n' at row 1\n",
    "ERROR 1366 (HY000) at line 1: Incorrect integer value: 'x' for column 'n' at row 1\n",
    'ERROR 1452 (23000) at line 1: Cannot add or update a child row: a foreign key constraint fails (`d`.`t`, CONSTRAINT `t_ibfk_1` FOREIGN KEY (`p`) REFERENCES `parent` (`id`))\n',
  ]);
});

test('what is selected is grouped, aggregated, or follows from a key', async () => {
  const { sql } = await server();
  await sql(
    'create database d; create table d.t (id int primary key, a int, b int); insert into d.t values (1, 1, 2);',
  );
  const tail = 'this is incompatible with sql_mode=only_full_group_by';
  expect([
    await sql('select a, b from d.t group by a'),
    await sql('select a, count(*) from d.t'),
    await sql('select id, a, b from d.t group by id'),
    await sql('select a + 1 as c, count(*) from d.t group by c'),
    await sql('select b, max(a) from d.t where b = 2'),
  ]).toEqual([
    `ERROR 1055 (42000) at line 1: Expression #2 of SELECT list is not in GROUP BY clause and contains nonaggregated column 'd.t.b' which is not functionally dependent on columns in GROUP BY clause; ${tail}\n`,
    `ERROR 1140 (42000) at line 1: In aggregated query without GROUP BY, expression #1 of SELECT list contains nonaggregated column 'd.t.a'; ${tail}\n`,
    'id\ta\tb\n1\t1\t2\n',
    'c\tcount(*)\n2\t1\n',
    'b\tmax(a)\n2\t1\n',
  ]);
});

test('what was committed is there after the server was killed; what was not is gone', async () => {
  const k = await server();
  await k.sql(
    'create database d; create table d.t (n int); insert into d.t values (1), (2); begin; insert into d.t values (3);',
  );
  await k.run(function* (sys: Sys) {
    for (let pid = 2; pid < 40; pid++) if (sys.kill(pid, 0) === 0) sys.kill(pid, SIGKILL);
    yield* sleep(sys, 100);
    return 0;
  });
  await start(k);
  expect(await k.sql('select * from d.t')).toBe('n\n1\n2\n');
});

test('users see what they may', async () => {
  const k = await server();
  await k.sql(
    "create database a; create database b; create table a.t (n int); create table b.t (n int); create user 'joe'@'%' identified by 'pw'; grant select on a.* to 'joe'@'%';",
  );
  const as = async (text: string, ...options: string[]) => {
    const { stdout, stderr, status } = await k.run('/bin/mysql', ['mysql', '-ujoe', ...options, '-e', text], {
      env: { MYSQL_PWD: 'pw' },
    });
    return [status, stdout + stderr];
  };
  expect(await as('show databases')).toEqual([0, 'Database\na\ninformation_schema\nperformance_schema\n']);
  expect(await as('select * from b.t')).toEqual([
    1,
    "ERROR 1142 (42000) at line 1: SELECT command denied to user 'joe'@'localhost' for table 't'\n",
  ]);
  expect(await as('insert into a.t values (1)')).toEqual([
    1,
    "ERROR 1142 (42000) at line 1: INSERT command denied to user 'joe'@'localhost' for table 't'\n",
  ]);
  const { stderr, status } = await k.run('/bin/mysql', ['mysql', '-ujoe'], { env: { MYSQL_PWD: 'wrong' } });
  expect([status, stderr]).toEqual([
    1,
    "ERROR 1045 (28000): Access denied for user 'joe'@'localhost' (using password: YES)\n",
  ]);
});

test('a dump makes the same again', async () => {
  const k = await server();
  await k.sql(
    "create database d; use d; create table t (id int primary key, s varchar(20), b blob); insert into t values (1, 'it''s\\n', x'00ff'), (2, null, 'z');",
  );
  const { stdout } = await k.run('/bin/mysqldump', ['mysqldump', '-uroot', 'd']);
  const again = await k.sql(`create database e; use e;\n${stdout}\nselect id, s, hex(b) from e.t;`);
  expect(again).toBe("id\ts\thex(b)\n1\tit's\\n\t00FF\n2\tNULL\t7A\n");
});

test('a session at a terminal', async () => {
  const k = await server();
  const terminal = k.terminal({ rows: 24, cols: 80 });
  const end = k.runOn(terminal, '/bin/mysql', ['mysql', '-uroot']);
  await terminal.expect('mysql> ');
  terminal.type('select 1 as one\r');
  await terminal.expect('    -> ');
  terminal.type(';\r');
  expect(await terminal.expect('mysql> ')).toContain(
    '| one |\r\n+-----+\r\n|   1 |\r\n+-----+\r\n1 row in set (0.00 sec)',
  );
  terminal.type('exit\r');
  await terminal.expect('Bye');
  expect(await end).toBe(0);
});

test('SIGTERM ends the server in order', async () => {
  const k = await server();
  await k.run(function* (sys: Sys) {
    for (let pid = 2; pid < 40; pid++) if (sys.kill(pid, 0) === 0 && pid !== sys.getpid()) sys.kill(pid, SIGTERM);
    yield* sleep(sys, 200);
    return 0;
  });
  const { stderr, status } = await k.run('/bin/mysql', ['mysql', '-uroot']);
  expect([status, stderr]).toEqual([
    1,
    "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)\n",
  ]);
});

test('Ctrl-C ends a statement, not the session', async () => {
  const k = await server();
  const terminal = k.terminal({ rows: 24, cols: 80 });
  const end = k.runOn(terminal, '/bin/mysql', ['mysql', '-uroot']);
  await terminal.expect('mysql> ');
  terminal.type('select sleep(1000);\r');
  await k.run(function* (sys: Sys) {
    yield* sleep(sys, 500);
    terminal.type('\x03');
    return 0;
  });
  const said = await terminal.expect('mysql> ');
  expect(said).toContain('-- query aborted\r\nERROR 1317 (70100): Query execution was interrupted');
  terminal.type('select 2;\rexit\r');
  await terminal.expect('Bye');
  expect(await end).toBe(0);
});
