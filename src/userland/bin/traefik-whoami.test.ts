import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import jwilder from './jwilder-whoami.ts';
import whoami from './traefik-whoami.ts';

async function boot(argv: readonly string[], env: Record<string, string> = {}): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { whoami: whoami.entry, 'jwilder-whoami': jwilder.entry },
    *setUp(sys) {
      sys.sethostname('box');
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.runOn(k.terminal(), `/bin/${argv[0]}`, argv, { env });
  await k.settle();
  return k;
}

async function ask(k: TestKernel, port: number, line: string, rest = '\r\n'): Promise<string> {
  let text = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', port);
    yield* writeAll(sys, fd, `${line} HTTP/1.1\r\nHost: here\r\nconnection: close\r\n${rest}`);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  return text;
}

const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

test('the answer tells host, addresses and request', async () => {
  const k = await boot(['whoami', '--name', 'me']);
  const text = bodyOf(await ask(k, 80, 'GET /x?y=1', 'x-b: 2\r\nX-B: 3\r\n\r\n'));
  expect(text.replace(/127\.0\.0\.1:\d+/, 'CLIENT')).toBe(
    'Name: me\nHostname: box\nIP: 127.0.0.1\nIP: ::1\nRemoteAddr: CLIENT\nGET /x?y=1 HTTP/1.1\nHost: here\nConnection: close\r\nX-B: 2\r\nX-B: 3\r\n\r\n',
  );
  const api = JSON.parse(bodyOf(await ask(k, 80, 'GET /api'))) as { hostname: string; headers: object };
  expect([api.hostname, api.headers]).toEqual(['box', { Connection: ['close'] }]);
  expect(bodyOf(await ask(k, 80, 'GET /data?size=5'))).toBe('|BCD|');
});

test('its health is what was posted', async () => {
  const k = await boot(['whoami', '-port=8000']);
  expect(await ask(k, 8000, 'GET /health')).toMatch(/^HTTP\/1.1 200 /);
  await ask(k, 8000, 'POST /health', 'Content-Length: 3\r\n\r\n503');
  expect(await ask(k, 8000, 'GET /health')).toMatch(/^HTTP\/1.1 503 /);
});

test('the other one says its name', async () => {
  const k = await boot(['jwilder-whoami'], { PORT: '8000' });
  expect(bodyOf(await ask(k, 8000, 'GET /'))).toBe("I'm box\n");
});
