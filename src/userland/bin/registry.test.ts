import { hashSync } from 'bcryptjs';
import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { SHUT_WR } from '../../abi/socket.ts';
import { toBase64 } from '../../lib/base64.ts';
import { loadHash } from '../../lib/hash.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import registry from './registry.ts';

// What docker-registry 2.8.2 answers to the same requests.

const CONFIG = `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: /data}
  delete: {enabled: true}
http:
  addr: :5000
  secret: known
`;
const sha256 = await loadHash('sha256');
const digestOf = (text: string): string => `sha256:${sha256.hex(encode(text))}`;
const SCHEMA2 = 'application/vnd.docker.distribution.manifest.v2+json';
const OCTETS = 'Content-Type: application/octet-stream';

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

class Bed {
  constructor(readonly k: TestKernel) {}

  async ask(line: string, fields: readonly string[] = [], body = ''): Promise<Answer> {
    let text = '';
    const length = body === '' ? [] : [`Content-Length: ${encode(body).length}`];
    const head = [`${line} HTTP/1.1`, 'Host: r:5000', 'Connection: close', ...fields, ...length].join('\r\n');
    await this.k.run(function* (sys) {
      const fd = yield* connectTcp(sys, '127.0.0.1', 5000);
      yield* writeAll(sys, fd, `${head}\r\n\r\n${body}`);
      sys.shutdown(fd, SHUT_WR);
      const bytes = yield* readAll(sys, fd);
      text = typeof bytes === 'number' ? '' : decode(bytes);
      return 0;
    });
    const end = text.indexOf('\r\n\r\n');
    const [status = '', ...rest] = text.slice(0, end).split('\r\n');
    const headers = new Map(rest.map((field) => [field.split(': ')[0]!, field.slice(field.indexOf(': ') + 2)]));
    return { status: Number(status.split(' ')[1]), headers, body: text.slice(end + 4) };
  }

  /** Path and query of where an answer points to. */
  async next(line: string, fields?: readonly string[], body?: string): Promise<string> {
    const { headers } = await this.ask(line, fields, body);
    return headers.get('Location')!.replace('http://r:5000', '');
  }

  async upload(name: string, content: string): Promise<Answer> {
    const begun = await this.next(`POST /v2/${name}/blobs/uploads/`);
    const written = await this.next(`PATCH ${begun}`, [OCTETS], content);
    return await this.ask(`PUT ${written}&digest=${digestOf(content)}`);
  }
}

async function serve(config = CONFIG, files: Record<string, string> = {}): Promise<Bed> {
  const program = await registry;
  const k = await bootTestKernel({
    programs: { registry: program.entry },
    files: { '/config.yml': config, '/data/': '', ...files },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.runOn(k.terminal(), '/bin/registry', ['registry', 'serve', '/config.yml']);
  await k.settle();
  return new Bed(k);
}

const codeOf = ({ body }: Answer): string => (JSON.parse(body) as { errors: { code: string }[] }).errors[0]!.code;

const manifestOf = (config: string, layer: string): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: SCHEMA2,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: [
      { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', digest: digestOf(layer), size: layer.length },
    ],
  });

test('answers of an empty registry', async () => {
  const r = await serve();
  const ping = await r.ask('GET /v2/');
  expect([ping.status, ping.body, ping.headers.get('Docker-Distribution-Api-Version')]).toEqual([
    200,
    '{}',
    'registry/2.0',
  ]);
  expect((await r.ask('GET /v2')).status).toBe(301);
  expect((await r.ask('GET /v2/_catalog')).body).toBe('{"repositories":[]}\n');
  expect((await r.ask('GET /v2/a/tags/list')).body).toBe(
    '{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry","detail":{"name":"a"}}]}\n',
  );
  expect((await r.ask('GET /v2/a/manifests/x')).body).toBe(
    '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"x"}}]}\n',
  );
  expect((await r.ask('GET /v2/a/blobs/sha256:aa')).status).toBe(400);
  expect((await r.ask('GET /v2/UP/tags/list')).body).toBe('404 page not found\n');
  const refused = await r.ask('POST /v2/a/manifests/x');
  expect([refused.status, refused.headers.get('Allow')]).toEqual([405, 'DELETE, GET, HEAD, PUT']);
});

test('a blob goes up in pieces and comes back, whole and in ranges', async () => {
  const r = await serve();
  const first = await r.next('POST /v2/a/b/blobs/uploads/');
  const piece = await r.ask(`PATCH ${first}`, [OCTETS], 'hel');
  expect([piece.status, piece.headers.get('Range')]).toEqual([202, '0-2']);
  const second = piece.headers.get('Location')!.replace('http://r:5000', '');
  expect((await r.ask(`GET ${second}`)).status).toBe(204);
  const wrongState = await r.ask(`PATCH ${first}`, [OCTETS], 'x');
  expect([wrongState.status, codeOf(wrongState)]).toEqual([404, 'BLOB_UPLOAD_INVALID']);
  const put = await r.ask(`PUT ${second}&digest=${digestOf('hello')}`, [OCTETS], 'lo');
  expect([put.status, put.headers.get('Docker-Content-Digest')]).toEqual([201, digestOf('hello')]);
  const path = `/v2/a/b/blobs/${digestOf('hello')}`;
  expect((await r.ask(`GET ${path}`)).body).toBe('hello');
  const head = await r.ask(`HEAD ${path}`);
  expect([head.status, head.headers.get('Content-Length'), head.body]).toEqual([200, '5', '']);
  const range = await r.ask(`GET ${path}`, ['Range: bytes=1-2']);
  expect([range.status, range.body, range.headers.get('Content-Range')]).toEqual([206, 'el', 'bytes 1-2/5']);
  expect((await r.ask(`GET ${path}`, ['Range: bytes=9-12'])).status).toBe(416);
  // another repository has it only after it was mounted
  expect((await r.ask(`GET /v2/c/blobs/${digestOf('hello')}`)).status).toBe(404);
  expect((await r.ask(`POST /v2/c/blobs/uploads/?mount=${digestOf('hello')}&from=a/b`)).status).toBe(201);
  expect((await r.ask(`GET /v2/c/blobs/${digestOf('hello')}`)).status).toBe(200);
  expect((await r.ask(`DELETE /v2/c/blobs/${digestOf('hello')}`)).status).toBe(202);
  expect((await r.ask(`GET /v2/c/blobs/${digestOf('hello')}`)).status).toBe(404);
});

test('a body that is not what its digest says is refused and forgotten', async () => {
  const r = await serve();
  const begun = await r.next('POST /v2/a/blobs/uploads/');
  const wrong = await r.ask(`PUT ${begun}&digest=${digestOf('other')}`, [OCTETS], 'hello');
  expect([wrong.status, codeOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
  expect((await r.ask(`GET ${begun}`)).status).toBe(404);
  expect((await r.ask(`GET /v2/a/blobs/${digestOf('hello')}`)).status).toBe(404);
  // who signed the state of an upload is checked
  expect(codeOf(await r.ask('PUT /v2/a/blobs/uploads/x?_state=e30&digest=y'))).toBe('BLOB_UPLOAD_INVALID');
});

test('a manifest needs its blobs, gets a tag, and goes by its digest', async () => {
  const r = await serve();
  const manifest = manifestOf('{}', 'hello');
  const type = `Content-Type: ${SCHEMA2}`;
  const early = await r.ask('PUT /v2/a/manifests/v1', [type], manifest);
  expect(early.status).toBe(400);
  expect((JSON.parse(early.body) as { errors: unknown[] }).errors).toEqual(
    [digestOf('{}'), digestOf('hello')].map((detail) => ({
      code: 'MANIFEST_BLOB_UNKNOWN',
      message: 'blob unknown to registry',
      detail,
    })),
  );
  await r.upload('a', '{}');
  await r.upload('a', 'hello');
  const put = await r.ask('PUT /v2/a/manifests/v1', [type], manifest);
  expect([put.status, put.headers.get('Docker-Content-Digest')]).toEqual([201, digestOf(manifest)]);
  expect(codeOf(await r.ask(`PUT /v2/a/manifests/${digestOf('x')}`, [type], manifest))).toBe('DIGEST_INVALID');
  expect(codeOf(await r.ask('PUT /v2/a/manifests/v2', [type], '{'))).toBe('MANIFEST_INVALID');
  expect(codeOf(await r.ask('PUT /v2/a/manifests/v2', ['Content-Type: x/y'], '{}'))).toBe('MANIFEST_INVALID');
  const got = await r.ask('GET /v2/a/manifests/v1', [`Accept: ${SCHEMA2}`]);
  expect([got.status, got.body, got.headers.get('Content-Type')]).toEqual([200, manifest, SCHEMA2]);
  const same = await r.ask('GET /v2/a/manifests/v1', [`If-None-Match: "${digestOf(manifest)}"`]);
  expect(same.status).toBe(304);
  expect((await r.ask('GET /v2/a/tags/list')).body).toBe('{"name":"a","tags":["v1"]}\n');
  expect(codeOf(await r.ask('DELETE /v2/a/manifests/v1'))).toBe('DIGEST_INVALID');
  expect((await r.ask(`DELETE /v2/a/manifests/${digestOf(manifest)}`)).status).toBe(202);
  expect((await r.ask('GET /v2/a/tags/list')).body).toBe('{"name":"a","tags":null}\n');
});

test('pages of the catalog', async () => {
  const r = await serve();
  for (const name of ['b', 'a/x', 'c']) await r.upload(name, 'hello');
  expect((await r.ask('GET /v2/_catalog')).body).toBe('{"repositories":["a/x","b","c"]}\n');
  const page = await r.ask('GET /v2/_catalog?n=1');
  expect([page.body, page.headers.get('Link')]).toEqual([
    '{"repositories":["a/x"]}\n',
    '</v2/_catalog?last=a%2Fx&n=1>; rel="next"',
  ]);
  expect((await r.ask('GET /v2/_catalog?n=5&last=a/x')).body).toBe('{"repositories":["b","c"]}\n');
});

test('garbage is what no manifest refers to', async () => {
  const r = await serve();
  for (const content of ['{}', 'hello', 'unused']) await r.upload('a', content);
  await r.ask('PUT /v2/a/manifests/v1', [`Content-Type: ${SCHEMA2}`], manifestOf('{}', 'hello'));
  const { status, stdout } = await r.k.run('/bin/registry', ['registry', 'garbage-collect', '/config.yml']);
  expect([status, stdout.split('\n').slice(-4)]).toEqual([
    0,
    [
      '',
      '3 blobs marked, 1 blobs and 0 manifests eligible for deletion',
      `blob eligible for deletion: ${digestOf('unused')}`,
      '',
    ],
  ]);
  expect((await r.ask(`GET /v2/a/blobs/${digestOf('hello')}`)).status).toBe(200);
  expect((await r.ask(`GET /v2/a/blobs/${digestOf('unused')}`)).status).toBe(404);
});

test('who is not in the htpasswd file is refused', async () => {
  const auth = `${CONFIG}auth: {htpasswd: {realm: Registry Realm, path: /htpasswd}}\n`;
  const r = await serve(auth, { '/htpasswd': `ada:${hashSync('secret', 4)}\n` });
  const nobody = await r.ask('GET /v2/');
  expect([nobody.status, nobody.headers.get('Www-Authenticate')]).toEqual([401, 'Basic realm="Registry Realm"']);
  const as = (pair: string): Promise<Answer> => r.ask('GET /v2/', [`Authorization: Basic ${toBase64(encode(pair))}`]);
  expect((await as('ada:secret')).status).toBe(200);
  expect((await as('ada:wrong')).status).toBe(401);
  expect((await as('eve:secret')).status).toBe(401);
});

test.each([
  [[], 0, 'Usage:\n  registry [flags]'],
  [['serve'], 1, 'configuration error: configuration path unspecified'],
  [['serve', '/none'], 1, 'configuration error: open /none: no such file or directory'],
  [['serve', '/bad.yml'], 1, 'configuration error: error parsing /bad.yml: configuration version not specified'],
  [['--version'], 0, 'registry github.com/docker/distribution 2.8.3'],
] as const)('registry %j', async (args, status, begin) => {
  const program = await registry;
  const k = await bootTestKernel({ programs: { registry: program.entry }, files: { '/bad.yml': 'storage: {}\n' } });
  const ran = await k.run('/bin/registry', ['registry', ...args]);
  expect(ran.status).toBe(status);
  expect((ran.stderr + ran.stdout).startsWith(begin)).toBe(true);
});
