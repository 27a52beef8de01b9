import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import { ofContainers } from '../servers/traefik/dynamic.ts';
import { parseRule } from '../servers/traefik/rule.ts';
import traefik from './traefik.ts';
import whoami from './traefik-whoami.ts';

test('labels become routers, services and middlewares', () => {
  const complaints: string[] = [];
  const seen = {
    name: 'shop-1',
    serviceName: 'shop',
    labels: {
      'traefik.http.routers.shop.rule': 'Host(`shop.localhost`)',
      'traefik.http.routers.shop.middlewares': 'strip',
      'traefik.http.middlewares.strip.stripprefix.prefixes': '/a,/b',
      'traefik.http.services.shop.loadbalancer.server.port': '3000',
    },
    addresses: new Map([['web', '172.18.0.3']]),
    port: 80,
  };
  const options = { exposedByDefault: true, defaultRule: 'Host(`{{ normalize .Name }}`)', network: '' };
  const plain = { ...seen, name: 'other', serviceName: 'other', labels: {} };
  const off = { ...plain, serviceName: 'off', labels: { 'traefik.enable': 'false' } };
  const found = ofContainers([seen, plain, off], options, (text) => void complaints.push(text));
  expect(complaints).toEqual([]);
  expect([...found.routers.keys()]).toEqual(['shop@docker', 'other@docker']);
  expect(found.routers.get('shop@docker')).toMatchObject({ service: 'shop', middlewares: ['strip@docker'] });
  expect(found.routers.get('other@docker')?.rule).toBe('Host(`other`)');
  expect(found.services.get('shop@docker')?.loadBalancer.servers).toEqual([{ url: 'http://172.18.0.3:3000' }]);
  expect(found.middlewares.get('strip@docker')).toEqual({ stripPrefix: { prefixes: ['/a', '/b'] } });
});

test('a rule that cannot be read says why', () => {
  expect(() => parseRule('Bogus(`x`)')).toThrow('unsupported function: Bogus');
  expect(() => parseRule('Host(`a`) Host(`b`)')).toThrow('unexpected text');
});

async function get(k: TestKernel, port: number, path: string, host: string): Promise<string> {
  let text = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', port);
    if (fd < 0) return 1;
    yield* writeAll(sys, fd, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  return text;
}

const DYNAMIC = `http:
  routers:
    who: {rule: "Host(\`who.local\`) && PathPrefix(\`/api\`)", service: who, middlewares: [strip]}
    dead: {rule: "Host(\`dead.local\`)", service: dead}
  middlewares:
    strip: {stripPrefix: {prefixes: [/api]}}
  services:
    who: {loadBalancer: {servers: [{url: "http://127.0.0.1:9000"}]}}
    dead: {loadBalancer: {servers: [{url: "http://127.0.0.1:9"}]}}
`;

test('requests go where a file says; the API tells of it', async () => {
  const k = await bootTestKernel({
    programs: { traefik: traefik.entry, whoami: whoami.entry },
    files: { '/etc/dynamic.yml': DYNAMIC },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.runOn(k.terminal(), '/bin/whoami', ['whoami', '-port=9000']);
  const terminal = k.terminal();
  const flags = ['--api.insecure=true', '--providers.file.filename=/etc/dynamic.yml', '--entrypoints.web.address=:80'];
  void k.runOn(terminal, '/bin/traefik', ['traefik', ...flags, '--accesslog=true', '--providers.file.watch=false']);
  await k.settle();
  const answer = await get(k, 80, '/api/x', 'who.local');
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*GET \/x HTTP\/1\.1\r?\n[\s\S]*X-Forwarded-Prefix: \/api/);
  expect(await get(k, 80, '/x', 'who.local')).toMatch(/^HTTP\/1\.1 404 [\s\S]*404 page not found\n$/);
  expect(await get(k, 80, '/', 'dead.local')).toMatch(/^HTTP\/1\.1 502 [\s\S]*Bad Gateway$/);
  const routers = await get(k, 8080, '/api/http/routers', 'x');
  expect(routers).toContain('"name":"who@file"');
  expect(await get(k, 8080, '/dashboard/', 'x')).toContain('who@file');
  expect(terminal.screen()).toContain('"GET /api/x HTTP/1.1" 200');
});

test('an option that nobody knows ends it', async () => {
  const k = await bootTestKernel({ programs: { traefik: traefik.entry } });
  const { status, stderr } = await k.run('/bin/traefik', ['traefik', '--bogus=1']);
  expect([status, stderr]).toEqual([
    1,
    'command traefik error: failed to decode configuration from flags: field not found, node: bogus\n',
  ]);
});
