import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { inlinePacks } from '../../../test/pack-bed.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import redisCli from './redis-cli.ts';
import redisServer from './redis-server.ts';

async function machine(files: Record<string, string> = {}): Promise<TestKernel> {
  return await bootTestKernel({
    packs: inlinePacks(),
    programs: { 'redis-server': redisServer.entry, 'redis-cli': redisCli.entry },
    files: { '/data/': '', '/etc/hosts': '127.0.0.1 localhost\n', ...files },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
}

async function start(k: TestKernel, ...args: string[]): Promise<void> {
  void k.runOn(k.terminal(), '/bin/redis-server', ['redis-server', '--save', '', ...args], { cwd: '/data' });
  await k.settle();
}

/** Answers to commands, a line each, as redis-cli shows them on a terminal. */
async function talk(k: TestKernel, commands: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await k.run('/bin/redis-cli', ['redis-cli', '--no-raw', ...args], { stdin: commands });
  return stderr + stdout;
}

// Answers of redis-server 7.2 with redis-cli 7.2.
test.each([
  [
    'strings',
    'set a 1\nget a\ngetset a 2\nappend a 3\nstrlen a\ngetrange a 0 -1\nsetrange a 4 x\nget a',
    'OK\n"1"\n"1"\n(integer) 2\n(integer) 2\n"23"\n(integer) 5\n"23\\x00\\x00x"\n',
  ],
  [
    'scripts',
    `eval "return {KEYS[1],ARGV[1],2.9,true,false,nil,3}" 1 k v
eval "return redis.call('set',KEYS[1],ARGV[1])" 1 k x
eval "return redis.call('incr','k')" 0
eval "return redis.pcall('incr','k')" 0
eval "return nosuch.x" 0
eval "error('boom')" 0
eval "return redis.call('nope')" 0
eval "local n=0 for i=1,10 do n=n+redis.call('incr','c') end return n" 0
eval "return {ok='FINE'}" 0
eval "return 1" 5
eval "x=1" 0
evalsha abc 0
script load "return 5"
evalsha 4ca238f611c9d0ae4e9a75a5dbac22aedc379801 0
script kill`,
    `1) "k"
2) "v"
3) (integer) 2
4) (integer) 1
5) (nil)
OK
(error) ERR value is not an integer or out of range script: 1f71dc1cd0b838440b29a02b9ecb8480e01af28a, on @user_script:1.
(error) ERR value is not an integer or out of range
(error) ERR user_script:1: Script attempted to access nonexistent global variable 'nosuch' script: 42dc45c3bdb4ebb96d4a67ea2ffd7cb381821db1, on @user_script:1.
(error) ERR user_script:1: boom script: 82903a0434f1503e152f89c03c9acd881a0e8150, on @user_script:1.
(error) ERR Unknown Redis command called from script script: f01f0776df71cc5b400c2268135aa7f30dce2e53, on @user_script:1.
(integer) 55
FINE
(error) ERR Number of keys can't be greater than number of args
(error) ERR user_script:1: Attempt to modify a readonly table script: 7caf6056913504f0508c65faf2dc3f94ff65bcfd, on @user_script:1.
(error) NOSCRIPT No matching script. Please use EVAL.
"4ca238f611c9d0ae4e9a75a5dbac22aedc379801"
(integer) 5
(error) NOTBUSY No scripts in execution right now.
`,
  ],
  ['nothing', 'get none\nttl none\ntype none\nlrange none 0 -1', '(nil)\n(integer) -2\nnone\n(empty array)\n'],
  [
    'numbers',
    'incr n\nincrby n 9223372036854775806\nincr n\nset n x\nincr n\nincrbyfloat f 0.1\nincrbyfloat f 1e3',
    '(integer) 1\n(integer) 9223372036854775807\n(error) ERR increment or decrement would overflow\nOK\n(error) ERR value is not an integer or out of range\n"0.1"\n"1000.1"\n',
  ],
  [
    'conditions',
    'set k v nx\nset k w nx\nset k w xx get\nget k\nset k v ex 0\nset k v ex 10 px 3',
    'OK\n(nil)\n"v"\n"w"\n(error) ERR invalid expire time in \'set\' command\n(error) ERR syntax error\n',
  ],
  [
    'lists',
    'rpush l a b c d\nlpop l\nrpop l 2\nlindex l -1\nlinsert l before b z\nlrange l 0 -1\nlpush l b\nlrem l -1 b\nlrange l 0 -1\nltrim l 5 9\nexists l',
    '(integer) 4\n"a"\n1) "d"\n2) "c"\n"b"\n(integer) 2\n1) "z"\n2) "b"\n(integer) 3\n(integer) 1\n1) "b"\n2) "z"\nOK\n(integer) 0\n',
  ],
  [
    'hashes',
    'hset h a 1 b 2\nhset h a 3\nhgetall h\nhincrby h b 5\nhmget h a x\nhdel h a b\nexists h\nhset h a',
    '(integer) 2\n(integer) 0\n1) "a"\n2) "3"\n3) "b"\n4) "2"\n(integer) 7\n1) "3"\n2) (nil)\n(integer) 2\n(integer) 0\n(error) ERR wrong number of arguments for \'hset\' command\n',
  ],
  [
    'sets',
    'sadd s a b c\nsadd t b c d\nsinter s t\nsdiff s t\nsunionstore u s t\nscard u\nsismember u z\nsmove s t a\nsmembers s',
    '(integer) 3\n(integer) 3\n1) "b"\n2) "c"\n1) "a"\n(integer) 4\n(integer) 4\n(integer) 0\n(integer) 1\n1) "b"\n2) "c"\n',
  ],
  [
    'sorted sets',
    'zadd z 2 b 1 a 3 c\nzadd z gt ch 1 b 9 c\nzrange z 0 -1 withscores\nzrevrange z 0 0\nzrangebyscore z (1 +inf\nzrank z c\nzincrby z 1.5 a\nzpopmin z\nzcount z -inf 5',
    '(integer) 3\n(integer) 1\n1) "a"\n2) "1"\n3) "b"\n4) "2"\n5) "c"\n6) "9"\n1) "c"\n1) "b"\n2) "c"\n(integer) 2\n"2.5"\n1) "b"\n2) "2"\n(integer) 1\n',
  ],
  [
    'wrong kinds',
    'set a 1\nlpush a x\nzadd a nan x',
    'OK\n(error) WRONGTYPE Operation against a key holding the wrong kind of value\n(error) ERR value is not a valid float\n',
  ],
  [
    'transactions',
    'multi\nincr a\nincr a\nexec\nmulti\nfoo\nexec\nexec\nmulti\nset a x\ndiscard\nget a',
    'OK\nQUEUED\nQUEUED\n1) (integer) 1\n2) (integer) 2\nOK\n(error) ERR unknown command \'foo\', with args beginning with: \n(error) EXECABORT Transaction discarded because of previous errors.\n(error) ERR EXEC without MULTI\nOK\nQUEUED\nOK\n"2"\n',
  ],
  [
    'databases',
    'set a 1\nselect 1\nget a\nset b 2\nmove b 0\nselect 0\ndbsize\nselect 99\nflushall\ndbsize',
    'OK\nOK\n(nil)\nOK\n(integer) 1\nOK\n(integer) 2\n(error) ERR DB index is out of range\nOK\n(integer) 0\n',
  ],
  [
    'keys',
    'mset user:1 a user:2 b x c\nkeys user:*\nscan 0 match x count 100\nrename x y\nrename x y\nobject encoding y\ndel y user:1\ncopy user:2 z\nget z',
    'OK\n1) "user:1"\n2) "user:2"\n1) "0"\n2) 1) "x"\nOK\n(error) ERR no such key\n"embstr"\n(integer) 2\n(integer) 1\n"b"\n',
  ],
  [
    'settings',
    'config get maxmem*\nconfig set maxmemory 1mb\nconfig get maxmemory\nconfig set port 1\nconfig set nonsense 1',
    '1) "maxmemory"\n2) "0"\n3) "maxmemory-policy"\n4) "noeviction"\nOK\n1) "maxmemory"\n2) "1048576"\n(error) ERR CONFIG SET failed (possibly related to argument \'port\') - can\'t set immutable config\n(error) ERR Unknown option or number of arguments for CONFIG SET - \'nonsense\'\n',
  ],
  [
    'bits',
    'setbit b 7 1\ngetbit b 7\nget b\nbitcount b\nsetbit b 1 2',
    '(integer) 0\n(integer) 1\n"\\x01"\n(integer) 1\n(error) ERR bit is not an integer or out of range\n',
  ],
])('%s', async (_, commands, answers) => {
  const k = await machine();
  await start(k);
  expect(await talk(k, commands)).toBe(answers);
});

test('what expires is gone when its time is over', async () => {
  const k = await machine();
  await start(k);
  expect(await talk(k, 'set a 1 px 1500\nttl a\nset b 1\nexpire b 100 gt\nexpire b -1\nexists b')).toBe(
    'OK\n(integer) 2\nOK\n(integer) 0\n(integer) 1\n(integer) 0\n',
  );
  const wait = await k.run('/bin/redis-cli', ['redis-cli', '-r', '2', '-i', '2', 'exists', 'a']);
  expect(wait.stdout).toBe('1\n0\n');
});

test('data survives: saved at the end, or logged at every write', async () => {
  for (const args of [[], ['--appendonly', 'yes']]) {
    const k = await machine();
    await start(k, ...args);
    await talk(
      k,
      'set a 1\nlpush l x y\nhset h f v\nsadd s m\nzadd z 1.5 q\nset t 1 ex 100\nspop s\nselect 3\nset other 1',
    );
    if (args.length === 0) await talk(k, 'shutdown save');
    else
      await k
        .run(function* (sys) {
          sys.kill(-1, 9);
          return 0;
        })
        .catch(() => {});
    await k.settle();
    await start(k, ...args, '--port', '6380');
    expect(
      await talk(k, 'get a\nlrange l 0 -1\nhgetall h\nscard s\nzscore z q\nttl t\nselect 3\nget other', '-p', '6380'),
    ).toBe('"1"\n1) "y"\n2) "x"\n1) "f"\n2) "v"\n(integer) 0\n"1.5"\n(integer) 100\nOK\n"1"\n');
  }
});

test('who waits for an item gets it, and messages reach who subscribed', async () => {
  const k = await machine();
  await start(k);
  const waiting = k.terminal();
  void k.runOn(waiting, '/bin/redis-cli', ['redis-cli', 'blpop', 'q', '0']);
  await k.settle();
  await talk(k, 'rpush q job');
  await k.settle();
  expect(waiting.screen().replaceAll('\r', '')).toBe('1) "q"\n2) "job"\n');
  expect((await k.run('/bin/redis-cli', ['redis-cli', '--no-raw', 'blpop', 'q', '1'])).stdout).toBe('(nil)\n');
  const t = k.terminal();
  void k.runOn(t, '/bin/redis-cli', ['redis-cli', 'psubscribe', 'n*']);
  await k.settle();
  expect(await talk(k, 'publish news hello\npublish other x')).toBe('(integer) 1\n(integer) 0\n');
  await k.settle();
  expect(t.screen().replaceAll('\r', '')).toContain('1) "pmessage"\n2) "n*"\n3) "news"\n4) "hello"\n');
});

test('what is written over takes no memory', async () => {
  const k = await machine();
  await start(k);
  await talk(k, `set a ${'x'.repeat(2000)}\n`.repeat(500));
  const { stdout } = await k.run('/bin/redis-cli', ['redis-cli', 'info', 'memory']);
  const used = Number(/used_memory:(\d+)/.exec(stdout)?.[1]);
  expect(used).toBeGreaterThan(1_048_576 + 2000);
  expect(used).toBeLessThan(1_048_576 + 100_000);
});

test('a password is asked for', async () => {
  const k = await machine();
  await start(k, '--requirepass', 'secret');
  expect(await talk(k, 'get a')).toBe('(error) NOAUTH Authentication required.\n');
  expect(await talk(k, 'get a', '-a', 'secret', '--no-auth-warning')).toBe('(nil)\n');
  expect(await talk(k, 'get a', '-u', 'redis://:wrong@localhost', '--no-auth-warning')).toBe(
    'AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n(error) NOAUTH Authentication required.\n',
  );
});

test.each([
  ['PING\r\n', '+PONG\r\n'],
  ['*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\n', '+PONG\r\n$3\r\na\r\n\r\n'],
  ['*x\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ['*1\r\n:4\r\n', "-ERR Protocol error: expected '$', got ':'\r\n"],
  ['HELLO 3\r\nHSET h a 1\r\nHGETALL h\r\nGET none\r\n', ':1\r\n%1\r\n$1\r\na\r\n$1\r\n1\r\n_\r\n'],
  ['SET a "x y\\n"\r\nGET a\r\n', '+OK\r\n$4\r\nx y\n\r\n'],
])('the protocol: %j', async (sent, end) => {
  const k = await machine();
  await start(k);
  let got = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', 6379);
    yield* writeAll(sys, fd, `${sent}QUIT\r\n`);
    const bytes = yield* readAll(sys, fd);
    got = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  expect(got.replace(/\+OK\r\n$/, '').endsWith(end)).toBe(true);
});
