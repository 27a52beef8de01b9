import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, sleep, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import memcached from './memcached.ts';

const PASSWD = 'root:x:0:0::/root:/bin/sh\nmemcache:x:11211:11211::/:/bin/false\n';

async function start(...args: string[]): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { memcached: memcached.entry },
    files: { '/etc/passwd': PASSWD, '/etc/group': '', '/etc/hosts': '127.0.0.1 localhost\n' },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.runOn(k.terminal(), '/bin/memcached', ['memcached', '-u', 'memcache', ...args], {});
  await k.settle();
  return k;
}

/** Sends pieces, the second ones `pause` ms later, and `quit`. @returns all that was answered */
async function talk(k: TestKernel, pieces: readonly string[], pause = 0): Promise<string> {
  let text = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', 11211);
    for (const [at, piece] of pieces.entries()) {
      if (at > 0) yield* sleep(sys, pause);
      yield* writeAll(sys, fd, piece);
    }
    yield* writeAll(sys, fd, 'quit\r\n');
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  return text;
}

test.each<[string, string, string]>([
  ['set and get', 'set a 5 0 3\r\nabc\r\nget a b\r\n', 'STORED\r\nVALUE a 5 3\r\nabc\r\nEND\r\n'],
  ['binary data', 'set a 0 0 4\r\n\r\nx\n\r\nget a\r\n', 'STORED\r\nVALUE a 0 4\r\n\r\nx\n\r\nEND\r\n'],
  ['noreply', 'set a 0 0 1 noreply\r\nx\r\ndelete a noreply\r\nget a\r\n', 'END\r\n'],
  [
    'conditions',
    'add a 0 0 1\r\n1\r\nadd a 0 0 1\r\n2\r\nreplace b 0 0 1\r\n3\r\nreplace a 0 0 1\r\n4\r\n',
    'STORED\r\nNOT_STORED\r\nNOT_STORED\r\nSTORED\r\n',
  ],
  [
    'append and prepend',
    'append a 0 0 1\r\n1\r\nset a 0 0 1\r\nb\r\nappend a 9 0 1\r\nc\r\nprepend a 0 0 1\r\na\r\nget a\r\n',
    'NOT_STORED\r\nSTORED\r\nSTORED\r\nSTORED\r\nVALUE a 0 3\r\nabc\r\nEND\r\n',
  ],
  [
    'check and set',
    'set a 0 0 1\r\n1\r\ngets a\r\ncas a 0 0 1 1\r\n2\r\ncas a 0 0 1 1\r\n3\r\ncas b 0 0 1 1\r\n4\r\n',
    'STORED\r\nVALUE a 0 1 1\r\n1\r\nEND\r\nSTORED\r\nEXISTS\r\nNOT_FOUND\r\n',
  ],
  [
    'numbers',
    'set n 0 0 2\r\n10\r\nincr n 5\r\ndecr n 8\r\nget n\r\ndecr n 99\r\nincr n -1\r\nincr m 1\r\nset n 0 0 1\r\nx\r\nincr n 1\r\n',
    'STORED\r\n15\r\n7\r\nVALUE n 0 2\r\n7 \r\nEND\r\n0\r\nCLIENT_ERROR invalid numeric delta argument\r\nNOT_FOUND\r\nSTORED\r\nCLIENT_ERROR cannot increment or decrement non-numeric value\r\n',
  ],
  ['a counter goes round', 'set n 0 0 20\r\n18446744073709551615\r\nincr n 1\r\n', 'STORED\r\n0\r\n'],
  [
    'bad input',
    'what\r\nget\r\nset a 0 0\r\nset a x 0 1\r\nset a 0 0 1\r\nlong\r\nget a\r\n',
    'ERROR\r\nERROR\r\nERROR\r\nCLIENT_ERROR bad command line format\r\nCLIENT_ERROR bad data chunk\r\nERROR\r\nEND\r\n',
  ],
  [
    'too large',
    `set a 0 0 1\r\n1\r\nset a 0 0 2000000\r\n${'x'.repeat(2_000_000)}\r\nget a\r\n`,
    'STORED\r\nSERVER_ERROR object too large for cache\r\nEND\r\n',
  ],
  [
    'the rest',
    'version\r\nflush_all\r\nverbosity 1\r\nmn\r\nstats nothing\r\n',
    'VERSION 1.6.39\r\nOK\r\nOK\r\nMN\r\nERROR\r\n',
  ],
])('%s', async (_, commands, answers) => {
  expect(await talk(await start(), [commands])).toBe(answers);
});

test('items end at their time, and touch gives them more', async () => {
  const k = await start();
  const answers = await talk(k, ['set a 0 2 1\r\n1\r\nset b 0 2 1\r\n2\r\ntouch b 100\r\n', 'get a b\r\n'], 3000);
  expect(answers).toBe('STORED\r\nSTORED\r\nTOUCHED\r\nVALUE b 0 1\r\n2\r\nEND\r\n');
});

test('what was used longest ago makes room', async () => {
  const k = await start('-m', '1');
  const big = (key: string): string => `set ${key} 0 0 400000\r\n${key.repeat(400_000)}\r\n`;
  const answers = await talk(k, [`${big('a')}${big('b')}get a\r\n${big('c')}gets b\r\nstats\r\n`]);
  expect(answers.replace(/(.)\1{9,}/g, '$1…')).toMatch(/^STORED\r\nSTORED\r\nVALUE a.*END\r\nSTORED\r\nEND\r\n/s);
  expect(answers).toContain('STAT evictions 1\r\n');
  expect(answers).toContain('STAT curr_items 2\r\n');
});

test('-M keeps what is there, -F and -A say what may be asked', async () => {
  const k = await start('-m', '1', '-M', '-F', '-A');
  const big = (key: string): string => `set ${key} 0 0 600000\r\n${key.repeat(600_000)}\r\n`;
  expect(await talk(k, [`${big('a')}${big('b')}flush_all\r\nshutdown\r\n`])).toBe(
    'STORED\r\nSERVER_ERROR out of memory storing object\r\nCLIENT_ERROR flush_all not allowed\r\n',
  );
  await k.settle();
  const again = await k.run('/bin/memcached', ['memcached', '-u', 'memcache', '-U', '1']);
  expect([again.status, again.stderr]).toEqual([64, 'memcached: UDP is not simulated\n']);
});

test('a line and data may come in pieces', async () => {
  expect(await talk(await start(), ['se', 't a 0 0 3\r', '\nab', 'c\r\nget', ' a\r\n'], 10)).toBe(
    'STORED\r\nVALUE a 0 3\r\nabc\r\nEND\r\n',
  );
});

test.each([
  [[], 64, `can't run as root without the -u switch\n`],
  [['-u', 'nobody'], 67, `can't find the user nobody to switch to\n`],
  [['-u', 'memcache', '-c', '0'], 64, 'Maximum connections must be greater than 0\n'],
  [['-Z'], 64, `memcached: invalid option -- 'Z'\nIllegal argument "?"\n`],
])('memcached %j does not start', async (args, status, words) => {
  const k = await start();
  const run = await k.run('/bin/memcached', ['memcached', ...args]);
  expect([run.status, run.stderr]).toEqual([status, words]);
});

test('a port that is taken', async () => {
  const k = await start();
  const second = await k.run('/bin/memcached', ['memcached', '-u', 'memcache']);
  expect([second.status, second.stderr]).toEqual([
    71,
    'bind(): Address already in use\nfailed to listen on TCP port 11211: Address already in use\n',
  ]);
});
