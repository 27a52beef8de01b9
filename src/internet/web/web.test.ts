import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { readElf } from '../../lib/elf.ts';
import { gunzip, gzip } from '../../lib/gzip.ts';
import { TarReader, TarWriter, tarHeader } from '../../lib/tar.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { joinBytes, readAll, writeAll } from '../../libc/io.ts';
import { loadUserland } from '../../userland/index.ts';
import { inetd } from '../inetd.ts';
import { web } from './web.ts';

const FILES: Readonly<Record<string, string>> = {
  'github.com/someone/tool/README.md': '# tool <1>\n',
  'github.com/someone/tool/bin/run': '#!/bin/sh\n',
  'get.docker.com/index.html': 'echo installed\n',
};

function archive(): Uint8Array {
  const writer = new TarWriter();
  const pieces = Object.entries(FILES).flatMap(([name, text]) => [
    writer.header(
      tarHeader({ name, type: 'file', mode: text.startsWith('#!') ? 0o755 : 0o644, size: text.length, mtimeSec: 1 }),
    ),
    writer.data(encode(text)),
  ]);
  return gzip(joinBytes([...pieces, writer.finish()]));
}

async function boot(): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { web, git: loadUserland('git') },
    files: { '/srv/web.tar.gz': archive() },
    *setUp(sys) {
      sys.netlink({ type: 'link-set', name: 'lo', up: true });
    },
  });
  void k.run(inetd('/bin/web', [80, 443])).catch(() => {});
  await k.settle();
  return k;
}

async function ask(
  k: TestKernel,
  host: string,
  target: string,
  method = 'GET',
): Promise<{ status: number; body: Uint8Array }> {
  let bytes = new Uint8Array(0);
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', 80);
    yield* writeAll(sys, fd, `${method} ${target} HTTP/1.0\r\nHost: ${host}\r\nX-Asked: yes\r\n\r\n`);
    const all = yield* readAll(sys, fd);
    if (typeof all !== 'number') bytes = all.slice();
    return 0;
  });
  const end = decode(bytes).indexOf('\r\n\r\n');
  return { status: Number(decode(bytes).split(' ')[1]), body: bytes.subarray(end + 4) };
}

test('a file of a repository, its page and its archive', async () => {
  const k = await boot();
  expect(decode((await ask(k, 'raw.githubusercontent.com', '/someone/tool/main/bin/run')).body)).toBe('#!/bin/sh\n');
  expect((await ask(k, 'raw.githubusercontent.com', '/someone/tool/main/nothing')).status).toBe(404);
  expect(decode((await ask(k, 'github.com', '/someone/tool')).body)).toContain('# tool &lt;1&gt;');
  expect((await ask(k, 'github.com', '/someone/else')).status).toBe(404);
  const tar = gunzip((await ask(k, 'github.com', '/someone/tool/archive/refs/heads/main.tar.gz')).body);
  const names = new TarReader()
    .push(tar as Uint8Array)
    .flatMap((event) => (event.type === 'header' ? [`${event.header.name} ${event.header.mode.toString(8)}`] : []));
  expect(names).toEqual(['tool-main/README.md 644', 'tool-main/bin/run 755']);
});

test('git makes the repository when it is first cloned, the same one each time', async () => {
  const head = async (): Promise<string> => {
    const k = await boot();
    const refs = decode((await ask(k, 'github.com', '/someone/tool.git/info/refs?service=git-upload-pack')).body);
    const id = refs.split('\t')[0]!;
    expect((await ask(k, 'github.com', `/someone/tool/objects/${id.slice(0, 2)}/${id.slice(2)}`)).status).toBe(200);
    return refs;
  };
  const first = await head();
  expect(first).toMatch(/^[0-9a-f]{40}\trefs\/heads\/main\n$/);
  expect(await head()).toBe(first);
});

test('a release of docker-compose is a program, as large as it says', async () => {
  const k = await boot();
  const { body } = await ask(k, 'github.com', '/docker/compose/releases/download/v2.40.3/docker-compose-linux-x86_64');
  expect(readElf(body.subarray(0, 512))).toEqual({ program: 'docker-compose', version: '2.40.3', flavour: 'go' });
  expect(body.length).toBe(73_699_264);
});

test('sites say who asked, what was asked, and what lies there', async () => {
  const k = await boot();
  expect(decode((await ask(k, 'ifconfig.me', '/')).body)).toBe('127.0.0.1\n');
  const said = JSON.parse(decode((await ask(k, 'httpbin.org', '/get?a=1')).body));
  expect(said).toMatchObject({ args: { a: '1' }, headers: { 'X-Asked': 'yes' }, url: 'http://httpbin.org/get?a=1' });
  expect((await ask(k, 'httpbin.org', '/get', 'DELETE')).status).toBe(405);
  expect((await ask(k, 'httpbin.org', '/status/418')).status).toBe(418);
  expect(decode((await ask(k, 'get.docker.com', '/')).body)).toBe('echo installed\n');
  expect(decode((await ask(k, 'www.example.com', '/')).body)).toContain('<h1>example.com</h1>');
  expect((await ask(k, 'www.example.com', '/x')).status).toBe(404);
});
