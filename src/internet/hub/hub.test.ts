import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import type { Entry } from '../../abi/sys.ts';
import { toBase64 } from '../../lib/base64.ts';
import { loadSha256 } from '../../lib/sha256.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { tlsConnect } from '../../libc/tls.ts';
import { inetd } from '../inetd.ts';
import { makeHub } from './hub.ts';

const MANIFEST = '{"schemaVersion":2}';
const sha256 = await loadSha256();
const DIGEST = `sha256:${sha256.hex(encode(MANIFEST))}`;
const INDEX = {
  repositories: {
    'library/tool': { tags: { latest: DIGEST }, description: 'A tool.', stars: 7 },
    'quay.io/someone/tool': { tags: { latest: DIGEST }, description: 'A tool of others.', stars: 0 },
    'library/other': { tags: { latest: DIGEST }, description: 'Something else.', stars: 9 },
  },
  manifests: { [DIGEST]: { mediaType: 'application/vnd.oci.image.manifest.v1+json', size: MANIFEST.length } },
  blobs: {},
};

async function boot(): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { hub: makeHub({ sha256 }) as Entry },
    files: { '/srv/hub/index.json': JSON.stringify(INDEX), [`/srv/hub/${DIGEST.replace(':', '/')}`]: MANIFEST },
    *setUp(sys) {
      sys.netlink({ type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.run(inetd('/bin/hub', [80, 443])).catch(() => {});
  await k.settle();
  return k;
}

/** One request over the simulated TLS. @returns status and body */
async function ask(
  k: TestKernel,
  host: string,
  line: string,
  fields: readonly string[] = [],
  body = '',
): Promise<{ status: number; head: string; body: string }> {
  let text = '';
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields, ...length].join('\r\n');
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', 443);
    yield* tlsConnect(sys, fd, host);
    yield* writeAll(sys, fd, `${head}\r\n\r\n${body}`);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  const end = text.indexOf('\r\n\r\n');
  return { status: Number(text.split(' ')[1]), head: text.slice(0, end), body: text.slice(end + 4) };
}

const REGISTRY = 'registry-1.docker.io';
const basic = (pair: string): string => `Authorization: Basic ${toBase64(encode(pair))}`;

async function token(k: TestKernel, scope: string, fields: readonly string[] = []): Promise<string> {
  const { body } = await ask(k, 'auth.docker.io', `GET /token?service=registry.docker.io&scope=${scope}`, fields);
  return `Authorization: Bearer ${(JSON.parse(body) as { token: string }).token}`;
}

test('pulling needs a token, which everybody gets for what is there', async () => {
  const k = await boot();
  const refused = await ask(k, REGISTRY, 'GET /v2/library/tool/manifests/latest');
  expect(refused.status).toBe(401);
  expect(refused.head).toContain(
    'Www-Authenticate: Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/tool:pull"',
  );
  const pull = await token(k, 'repository:library/tool:pull');
  expect((await ask(k, REGISTRY, 'GET /v2/library/tool/manifests/latest', [pull])).body).toBe(MANIFEST);
  expect((await ask(k, REGISTRY, 'GET /v2/library/other/manifests/latest', [pull])).status).toBe(401);
  expect((await ask(k, REGISTRY, 'GET /v2/library/tool/manifests/9', [pull])).status).toBe(404);
  expect((await ask(k, REGISTRY, 'POST /v2/library/tool/blobs/uploads/', [pull])).status).toBe(401);
  // a token that somebody made up, or changed
  const [head, claims] = pull.split('.');
  expect((await ask(k, REGISTRY, 'GET /v2/library/tool/manifests/latest', [`${head}.${claims}.AAAA`])).status).toBe(
    401,
  );
});

test('pushing is for who signed up, below the own name', async () => {
  const k = await boot();
  const form = 'email=a%40b.c&username=ada1&password=secret+word';
  const type = 'Content-Type: application/x-www-form-urlencoded';
  expect((await ask(k, 'hub.docker.com', 'POST /signup', [type], form)).status).toBe(201);
  expect((await ask(k, 'hub.docker.com', 'POST /signup', [type], form)).status).toBe(400);
  expect((await ask(k, 'auth.docker.io', 'GET /token', [basic('ada1:wrong')])).status).toBe(401);
  const login = JSON.stringify({ username: 'ada1', password: 'secret word' });
  const json = 'Content-Type: application/json';
  expect((await ask(k, 'hub.docker.com', 'POST /v2/users/login', [json], login)).status).toBe(200);
  const me = basic('ada1:secret word');
  const access = (field: string): unknown => {
    const part = field.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(part)) as { access: unknown }).access;
  };
  expect(access(await token(k, 'repository:ada1/x:pull,push', [me]))).toEqual([
    { type: 'repository', name: 'ada1/x', actions: ['pull', 'push'] },
  ]);
  expect(access(await token(k, 'repository:eve1/x:pull,push', [me]))).toEqual([]);
  expect(access(await token(k, 'repository:library/tool:pull,push', [me]))).toEqual([
    { type: 'repository', name: 'library/tool', actions: ['pull'] },
  ]);
});

test('the search knows names and descriptions, the most liked first', async () => {
  const k = await boot();
  const found = async (term: string): Promise<string[]> => {
    const { body } = await ask(k, 'index.docker.io', `GET /v1/search?q=${term}&n=25`);
    return (JSON.parse(body) as { results: { name: string }[] }).results.map(({ name }) => name);
  };
  expect(await found('')).toEqual(['other', 'tool']);
  expect(await found('SOMETHING')).toEqual(['other']);
  expect(await found('nothing')).toEqual([]);
});

test('a registry of others gives what it has to anybody, and no search of Docker Hub finds it', async () => {
  const k = await boot();
  expect((await ask(k, 'quay.io', 'GET /v2/someone/tool/manifests/latest')).body).toBe(MANIFEST);
  expect((await ask(k, 'quay.io', 'GET /v2/library/tool/manifests/latest')).status).toBe(404);
  expect((await ask(k, 'gcr.io', 'GET /v2/someone/tool/manifests/latest')).status).toBe(404);
  expect((await ask(k, 'quay.io', 'PUT /v2/someone/tool/manifests/latest')).status).toBe(405);
  expect((await ask(k, 'index.docker.io', 'GET /v1/search?q=someone')).body).toContain('"num_results":0');
});
