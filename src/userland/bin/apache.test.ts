import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import apache from './apache.ts';

const CONF = `ServerRoot "/srv"
Listen 80
ServerName here
LoadModule alias_module modules/mod_alias.so
<Directory />
    Require all denied
</Directory>
DocumentRoot "/srv/htdocs"
<Directory "/srv/htdocs">
    Options Indexes
    Require all granted
</Directory>
<Directory "/srv/htdocs/closed">
    Options None
</Directory>
<Files ".ht*">
    Require all denied
</Files>
TypesConfig conf/mime.types
ErrorLog logs/error
LogFormat "%h \\"%r\\" %>s %b \\"%{User-Agent}i\\"" short
CustomLog logs/access short
<IfModule alias_module>
    Alias /files /opt
    Redirect permanent /old http://other/new
</IfModule>
<IfModule rewrite_module>
    Nonsense on
</IfModule>
ErrorDocument 404 "none such"
`;

const FILES = {
  '/srv/conf/mime.types': 'text/html html htm\ntext/plain txt\n',
  '/srv/htdocs/index.html': '<p>hello</p>\n',
  '/srv/htdocs/list/b.txt': '0123456789',
  '/srv/htdocs/list/a&b/': '',
  '/srv/htdocs/closed/x.txt': 'x',
  '/srv/htdocs/closed/.htpasswd': 'secret',
  '/srv/logs/': '',
  '/opt/secret': 's',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
};

async function boot(conf: string, args: readonly string[] = []): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { httpd: apache.entry },
    files: { ...FILES, '/srv/conf/httpd.conf': conf },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  if (args.length > 0) return k;
  void k.runOn(k.terminal(), '/bin/httpd', ['httpd', '-d', '/srv', '-DFOREGROUND']);
  await k.settle();
  return k;
}

async function ask(k: TestKernel, line: string, fields = ''): Promise<{ status: number; head: string; body: string }> {
  let text = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', 80);
    yield* writeAll(sys, fd, `${line} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n${fields}\r\n`);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  const end = text.indexOf('\r\n\r\n');
  return { status: Number(text.split(' ')[1]), head: text.slice(0, end), body: text.slice(end + 4) };
}

test('files, folders, ranges and what may not be seen', async () => {
  const k = await boot(CONF);
  const page = await ask(k, 'GET /');
  expect([page.status, page.body]).toEqual([200, '<p>hello</p>\n']);
  expect(page.head).toContain('Server: Apache/2.4.68 (Unix)');
  expect(page.head).toContain('Content-Type: text/html');
  const etag = /ETag: (.*)/.exec(page.head)![1]!.trim();
  expect((await ask(k, 'GET /', `If-None-Match: ${etag}\r\n`)).status).toBe(304);
  expect((await ask(k, 'GET /list/b.txt', 'Range: bytes=2-4\r\n')).body).toBe('234');
  expect((await ask(k, 'GET /list/b.txt', 'Range: bytes=20-\r\n')).status).toBe(416);
  const slash = await ask(k, 'GET /list');
  expect([slash.status, /Location: (\S+)/.exec(slash.head)?.[1]]).toEqual([301, 'http://here/list/']);
  expect((await ask(k, 'GET /list/')).body).toContain(
    '<li><a href="a&amp;b/"> a&amp;b/</a></li>\n<li><a href="b.txt"> b.txt</a></li>',
  );
  expect((await ask(k, 'GET /closed/')).status).toBe(403);
  expect((await ask(k, 'GET /closed/x.txt')).body).toBe('x');
  expect((await ask(k, 'GET /files/secret')).status).toBe(403);
  expect((await ask(k, 'GET /closed/.htpasswd')).status).toBe(403);
  expect((await ask(k, 'GET /../../etc/passwd')).status).toBe(400);
  expect(await ask(k, 'GET /none')).toMatchObject({ status: 404, body: 'none such' });
  expect((await ask(k, 'GET /old/x')).head).toContain('Location: http://other/new/x');
  expect((await ask(k, 'DELETE /')).status).toBe(405);
  expect(k.panics).toEqual([]);
});

test('the access log', async () => {
  const k = await boot(CONF);
  await ask(k, 'GET /?q', 'User-Agent: test/1\r\n');
  let log = '';
  await k.run(function* (sys) {
    const bytes = yield* readAll(sys, sys.open('/srv/logs/access', 0));
    log = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  expect(log).toBe('127.0.0.1 "GET /?q HTTP/1.1" 200 13 "test/1"\n');
});

test.each([
  [
    `${CONF}Nonsense on\n`,
    "AH00526: Syntax error on line 31 of /srv/conf/httpd.conf:\nInvalid command 'Nonsense', perhaps misspelled",
  ],
  [
    'DocumentRoot /none\n',
    "AH00526: Syntax error on line 1 of /srv/conf/httpd.conf:\nDocumentRoot '/none' is not a directory, or is not readable\n",
  ],
  [
    '</Directory>\n',
    'AH00526: Syntax error on line 1 of /srv/conf/httpd.conf:\n</Directory> without matching <Directory> section\n',
  ],
  ['<Directory /x>\n', 'AH00526: Syntax error on line 1 of /srv/conf/httpd.conf:\n<directory> was not closed.\n'],
])('a bad configuration: %j', async (conf, message) => {
  const k = await boot(conf, ['-t']);
  const ran = await k.run('/bin/httpd', ['httpd', '-d', '/srv', '-t']);
  expect(ran.status).toBe(1);
  expect(ran.stderr.startsWith(message)).toBe(true);
});
