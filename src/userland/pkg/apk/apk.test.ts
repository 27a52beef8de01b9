import { expect, test } from 'vitest';
import { bootMirror } from '../../../../test/mirror-bed.ts';

const row = (...fields: string[]): string => fields.join('\t');
const TABLE = [
  row('curl', '8.14.1-r2', '', 'main/x', '0', '270', 'libcurl,musl', '', '', '', '', 'URL library', 'b:curl'),
  row('libcurl', '8.14.1-r2', '', 'main/x', '0', '640', 'musl', '', '', '', '', 'transfers', ''),
  row('musl', '1.2.5-r10', '', 'main/x', '0', '646', '', '', '', '', '', 'C library', ''),
  row('figlet', '2.2.5-r3', '', 'community/x', '0', '700', 'musl', '', '', '', '', 'large letters', 'b:figlet'),
];

async function boot() {
  const k = await bootMirror({ alpine: TABLE }, ['apk', 'dash', 'ls', 'cat'], {
    flavour: 'musl',
    files: {
      '/etc/apk/repositories':
        'http://dl-cdn.alpinelinux.org/alpine/v3.22/main\nhttp://dl-cdn.alpinelinux.org/alpine/v3.22/community\n',
      '/etc/apk/keys/alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub': 'key\n',
      '/etc/apk/world': 'musl\n',
      '/lib/apk/db/installed': 'P:musl\nV:1.2.5-r10\nA:x86_64\nI:661504\nT:C library\n\n',
    },
  });
  return { k, sh: (command: string) => k.run('/bin/dash', ['sh', '-c', command]) };
}

const FETCH =
  'fetch http://dl-cdn.alpinelinux.org/alpine/v3.22/main/x86_64/APKINDEX.tar.gz\nfetch http://dl-cdn.alpinelinux.org/alpine/v3.22/community/x86_64/APKINDEX.tar.gz\n';

test('add, info, del; the world is what was asked for', async () => {
  const { sh, k } = await boot();
  expect(await sh('apk add --no-cache curl')).toMatchObject({
    stdout: `${FETCH}(1/2) Installing libcurl (8.14.1-r2)\n(2/2) Installing curl (8.14.1-r2)\nOK: 1 MiB in 3 packages\n`,
    stderr: '',
    status: 0,
  });
  expect(
    (await sh('cat /etc/apk/world; apk info; apk info -e curl; apk info -L curl; apk info -W /usr/bin/curl')).stdout,
  ).toBe(
    'curl\nmusl\ncurl\nlibcurl\nmusl\ncurl\ncurl-8.14.1-r2 contains:\nusr/bin/curl\n\n/usr/bin/curl is owned by curl-8.14.1-r2\n',
  );
  expect(await sh('apk add nosuch')).toMatchObject({
    stdout: FETCH,
    stderr: 'ERROR: unable to select packages:\n  nosuch (no such package):\n    required by: world[nosuch]\n',
    status: 1,
  });
  expect((await sh('apk del curl')).stdout).toBe(
    '(1/2) Purging curl (8.14.1-r2)\n(2/2) Purging libcurl (8.14.1-r2)\nOK: 0 MiB in 1 packages\n',
  );
  expect((await sh('ls /usr/bin/curl')).status).not.toBe(0);
  expect(k.panics).toEqual([]);
});

test('virtual packages, versions, update, search', async () => {
  const { sh, k } = await boot();
  expect((await sh('apk update')).stdout).toMatch(/\nOK: 4 distinct packages available\n$/);
  expect((await sh('apk add --virtual .deps figlet')).stdout).toMatch(
    /^\(1\/2\) Installing figlet \(2\.2\.5-r3\)\n\(2\/2\) Installing \.deps \(\d{8}\.\d{6}\)\nOK: 1 MiB in 3 packages\n$/,
  );
  expect((await sh('apk del .deps')).stdout).toMatch(/Purging \.deps .*\n\(2\/2\) Purging figlet/);
  expect(await sh('apk add curl=1')).toMatchObject({
    stderr: 'ERROR: unable to select packages:\n  curl-8.14.1-r2:\n    breaks: world[curl=1]\n',
  });
  expect((await sh('apk search -v figl; apk search -e curl')).stdout).toBe(
    'figlet-2.2.5-r3 - large letters\ncurl-8.14.1-r2\n',
  );
  expect(k.panics).toEqual([]);
});
