import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { SIGTERM } from '../../abi/signal.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { ZipWriter } from '../../lib/zip.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, readFile, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import java from './java.ts';

const MANIFEST =
  'Main-Class: org.springframework.boot.loader.JarLauncher\r\nStart-Class: com.example.hello.HelloApplication\r\nSpring-Boot-Version: 1.5.9.RELEASE\r\nImplementation-Version: 1.0\r\n\r\n';
const ROUTES = 'routes:\n  - path: /hi\n    body: Hello\n    handler: String hi()\n';
const YML = 'server:\n  port: 8099\nlogging:\n  path: ./log\n';

function jarOf(files: Record<string, string>): Uint8Array {
  const zip = new ZipWriter();
  const time = { year: 2018, month: 1, day: 1, hour: 0, minute: 0, second: 0 } as Parameters<ZipWriter['add']>[3];
  for (const [name, text] of Object.entries(files)) zip.add(name, encode(text), 0o100644, time, 6);
  return zip.finish();
}

const HELLO = jarOf({
  'META-INF/MANIFEST.MF': MANIFEST,
  'META-INF/drydock.yml': ROUTES,
  'BOOT-INF/classes/application.yml': YML,
});

const boot = (files: Record<string, string | Uint8Array> = {}): Promise<TestKernel> =>
  bootTestKernel({
    programs: { java: java.entry },
    files: {
      '/app/hello.jar': HELLO,
      '/app/other.jar': jarOf({ 'META-INF/MANIFEST.MF': 'Main-Class: a.B\n' }),
      ...files,
    },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });

async function ask(k: TestKernel, port: number, line: string, fields = ''): Promise<string> {
  let text = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', port);
    if (fd < 0) return 1;
    yield* writeAll(sys, fd, `${line} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n${fields}\r\n`);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  return text;
}

test('the version goes to standard error, that of two dashes to standard output', async () => {
  const k = await boot();
  const old = await k.run('/bin/java', ['java', '-version']);
  expect([old.status, old.stdout, old.stderr.split('\n')[0]]).toEqual([0, '', 'openjdk version "17.0.17" 2025-10-21']);
  expect((await k.run('/bin/java', ['java', '--version'])).stdout).toMatch(/^openjdk 17\.0\.17 2025/);
});

test('what it cannot run it says in one line', async () => {
  const k = await boot({ '/app/text.jar': 'no archive' });
  const say = async (...args: string[]): Promise<[number, string]> => {
    const { status, stderr } = await k.run('/bin/java', ['java', ...args], { cwd: '/app' });
    return [status, stderr];
  };
  expect(await say('-jar', 'none.jar')).toEqual([1, 'Error: Unable to access jarfile none.jar\n']);
  expect(await say('-jar', 'text.jar')).toEqual([1, 'Error: Invalid or corrupt jarfile text.jar\n']);
  expect(await say('-Xmx64m', '-jar', 'other.jar', 'x')).toEqual([
    127,
    'java: the program in other.jar is not simulated in Drydock\n',
  ]);
  expect(await say('-cp', '.', 'Hello')).toEqual([127, 'java: the class Hello is not simulated in Drydock\n']);
  expect((await say('-bogus'))[1]).toMatch(/^Unrecognized option: -bogus\nError: Could not create the Java/);
});

test('a Spring Boot program serves what its jar says, logs to a file and ends by SIGTERM', async () => {
  const k = await boot();
  const terminal = k.terminal();
  const ended = k.runOn(
    terminal,
    '/bin/java',
    ['java', '-Djava.security.egd=file:/dev/./urandom', '-jar', 'hello.jar'],
    {
      cwd: '/app',
    },
  );
  await terminal.expect(/Tomcat started on port\(s\): 8099 \(http\)[\s\S]*Started HelloApplication in [\d.]+ seconds/);
  expect(await ask(k, 8099, 'GET /hi')).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nHello$/);
  const missing = await ask(k, 8099, 'GET /no');
  expect(JSON.parse(missing.slice(missing.indexOf('\r\n\r\n') + 4))).toMatchObject({
    status: 404,
    error: 'Not Found',
    message: 'No message available',
    path: '/no',
  });
  expect(await ask(k, 8099, 'GET /no', 'Accept: text/html\r\n')).toContain('<h1>Whitelabel Error Page</h1>');
  expect(await ask(k, 8099, 'POST /hi')).toMatch(/^HTTP\/1\.1 405 /);
  await k.run(function* (sys) {
    for (let pid = 2; pid < 20; pid++) if (pid !== sys.getpid()) sys.kill(pid, SIGTERM);
    return 0;
  });
  expect(await ended).toBe(143);
  let log = '';
  await k.run(function* (sys) {
    const bytes = yield* readFile(sys, '/app/log/spring.log');
    log = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  expect(log).toMatch(/ INFO \d+ --- \[ {11}main\] com\.example\.hello\.HelloApplication {6} : Starting HelloApp/);
  expect(log).toContain('Unregistering JMX-exposed beans on shutdown');
});

test('an argument of the program is stronger than its files', async () => {
  const k = await boot();
  const terminal = k.terminal();
  void k.runOn(terminal, '/bin/java', ['java', '-jar', '/app/hello.jar', '--server.port=9000'], {
    env: { SERVER_PORT: '9001' },
  });
  await terminal.expect('Tomcat started on port(s): 9000 (http)');
  expect(await ask(k, 9000, 'GET /hi')).toContain('Hello');
});
