import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { NO_CAPS, ROOT } from '../../abi/credentials.ts';
import { SIGHUP } from '../../abi/signal.ts';
import { SHUT_WR } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { listenTcp } from '../../libc/http-server.ts';
import { accept, read, readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import nginx from './nginx.ts';

const CONF = `user  nginx;
worker_processes  1;
error_log  /var/log/nginx/error.log notice;
pid        /var/run/nginx.pid;
events {
    worker_connections  1024;
}
http {
    types { text/html html; text/css css; }
    default_type  application/octet-stream;
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    access_log  /var/log/nginx/access.log  main;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`;
const SITE = `server {
    listen       80;
    server_name  localhost;
    location / {
        root   /srv;
        index  index.html index.htm;
    }
    error_page   500 502 503 504  /50x.html;
    location = /50x.html { root /srv; }
}
`;

type Files = Record<string, string>;

async function boot(files: Files = {}): Promise<TestKernel> {
  return await bootTestKernel({
    programs: { nginx: nginx.entry },
    files: {
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101:nginx user:/nonexistent:/bin/false\n',
      '/etc/group': 'root:x:0:\nnginx:x:101:\n',
      '/etc/hosts': '127.0.0.1 localhost\n',
      '/etc/nginx/nginx.conf': CONF,
      '/etc/nginx/conf.d/default.conf': SITE,
      '/var/log/nginx/': '',
      '/var/cache/nginx/': '',
      '/var/run/': '',
      '/srv/index.html': '<h1>hello</h1>\n',
      '/srv/a.css': '0123456789',
      '/srv/50x.html': 'sorry\n',
      '/srv/sub/x': 'x',
      ...files,
    },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
}

/** Starts the server and leaves it running. */
async function serve(site: string, files: Files = {}): Promise<TestKernel> {
  const k = await boot({ '/etc/nginx/conf.d/default.conf': site, ...files });
  void k.runOn(k.terminal(), '/bin/nginx', ['nginx', '-g', 'daemon off;']);
  await k.settle();
  return k;
}

/** Sends bytes on one connection and reads until it is closed. */
async function talk(k: TestKernel, text: string, port = 80): Promise<string> {
  let answer = '';
  await k.run(function* (sys: Sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', port);
    if (fd < 0) {
      answer = `connect: ${fd}`;
      return 1;
    }
    yield* writeAll(sys, fd, text);
    sys.shutdown(fd, SHUT_WR);
    const bytes = yield* readAll(sys, fd);
    answer = typeof bytes === 'number' ? `read: ${bytes}` : decode(bytes);
    return 0;
  });
  return answer;
}

const get = (k: TestKernel, path: string, fields = '', method = 'GET', host = 'localhost') =>
  talk(k, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${fields}\r\n`);

/** Status line and body. */
async function brief(k: TestKernel, path: string, fields = '', method = 'GET', host = 'localhost'): Promise<string> {
  const [head, ...body] = (await get(k, path, fields, method, host)).split('\r\n\r\n');
  return `${head!.split('\r\n')[0]!.replace('HTTP/1.1 ', '')}|${body.join('\r\n\r\n')}`;
}

async function fieldOf(k: TestKernel, name: string, path: string, fields = ''): Promise<string | undefined> {
  const head = (await get(k, path, fields)).split('\r\n\r\n')[0]!;
  return head
    .split('\r\n')
    .find((l) => l.startsWith(`${name}: `))
    ?.slice(name.length + 2);
}

const file = async (k: TestKernel, path: string): Promise<string> => {
  let text = '';
  await k.run(function* (sys) {
    const fd = sys.open(path, 0);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? String(bytes) : decode(bytes);
    return 0;
  });
  return text;
};

test('a file, with the fields of nginx', async () => {
  const k = await serve(SITE);
  const answer = await get(k, '/');
  expect(
    answer.replace(/\w+ \w+ \d\d:\d\d:\d\d GMT|\d\d \w+ \d{4} [\d:]{8} GMT/g, 'TIME').replace(/"[0-9a-f]+-f"/, 'TAG'),
  ).toBe(
    'HTTP/1.1 200 OK\r\nServer: nginx/1.27.4\r\nDate: Wed, TIME\r\nContent-Type: text/html\r\nContent-Length: 15\r\nLast-Modified: Wed, TIME\r\nConnection: close\r\nETag: TAG\r\nAccept-Ranges: bytes\r\n\r\n<h1>hello</h1>\n',
  );
  expect(await file(k, '/var/log/nginx/access.log')).toMatch(
    /^127\.0\.0\.1 - - \[05\/Nov\/2025:09:00:0\d \+0000\] "GET \/ HTTP\/1\.1" 200 15 "-" "-" "-"\n$/,
  );
  expect(k.panics).toEqual([]);
});

test('what a start says', async () => {
  const k = await serve(SITE);
  const log = (await file(k, '/var/log/nginx/error.log')).replace(/^.{19} /gm, '');
  expect(log).toMatch(
    /^\[notice\] (\d+)#\1: using the "epoll" event method\n\[notice\] \1#\1: nginx\/1\.27\.4\n\[notice\] \1#\1: built by gcc 12\.2\.0 \(Debian 12\.2\.0-14\) \n\[notice\] \1#\1: OS: Linux \S+\n\[notice\] \1#\1: getrlimit\(RLIMIT_NOFILE\): \d+:\d+\n\[notice\] \1#\1: start worker processes\n\[notice\] \1#\1: start worker process \d+\n$/,
  );
});

test('keep-alive, HEAD, pipelining', async () => {
  const k = await serve(SITE);
  const answer = await talk(k, 'HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /a.css HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(answer).toContain('Connection: keep-alive');
  expect(answer.endsWith('\r\n\r\n0123456789')).toBe(true);
  expect(answer).not.toContain('hello');
});

test('conditions and ranges', async () => {
  const k = await serve(SITE);
  const tag = (await fieldOf(k, 'ETag', '/a.css'))!;
  const time = (await fieldOf(k, 'Last-Modified', '/a.css'))!;
  expect(await brief(k, '/a.css', `If-None-Match: ${tag}\r\n`)).toBe('304 Not Modified|');
  expect(await brief(k, '/a.css', `If-Modified-Since: ${time}\r\n`)).toBe('304 Not Modified|');
  expect(await brief(k, '/a.css', 'Range: bytes=2-4\r\n')).toBe('206 Partial Content|234');
  expect(await fieldOf(k, 'Content-Range', '/a.css', 'Range: bytes=-3\r\n')).toBe('bytes 7-9/10');
  expect(await brief(k, '/a.css', 'Range: bytes=50-\r\n')).toMatch(/^416 Requested Range Not Satisfiable\|<html>/);
});

const page = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.27.4</center>\r\n</body>\r\n</html>\r\n`;

test('errors have the pages of nginx', async () => {
  const k = await serve(SITE);
  expect(await brief(k, '/nope')).toBe(`404 Not Found|${page('404 Not Found')}`);
  expect(await brief(k, '/sub/')).toBe(`403 Forbidden|${page('403 Forbidden')}`);
  expect(await brief(k, '/', '', 'POST')).toBe(`405 Not Allowed|${page('405 Not Allowed')}`);
  expect(await fieldOf(k, 'Location', '/sub')).toBe('http://localhost/sub/');
  expect(await brief(k, '/../../etc/passwd')).toBe(`400 Bad Request|${page('400 Bad Request')}`);
  expect(await talk(k, 'nonsense\r\n\r\n')).toContain('400 Bad Request');
  const log = await file(k, '/var/log/nginx/error.log');
  expect(log).toMatch(
    /\[error\] (\d+)#\1: \*1 open\(\) "\/srv\/nope" failed \(2: No such file or directory\), client: 127\.0\.0\.1, server: localhost, request: "GET \/nope HTTP\/1\.1", host: "localhost"\n/,
  );
  expect(log).toContain('directory index of "/srv/sub/" is forbidden');
});

const ROUTES = `map $arg_v $named { default other; 1 one; ~^t two; }
upstream back { server 127.0.0.1:8081; server 127.0.0.1:8082; }
server { listen 8081; return 200 "first $request_uri $http_host $http_x_real_ip\\n"; }
server { listen 8082; return 200 "second $request_uri $http_host $http_x_real_ip\\n"; }
server {
  listen 80 default_server;
  server_name example.com *.example.org ~^(?<sub>.+)\\.test$;
  root /srv;
  autoindex on;
  location = /exact { return 200 exact; }
  location ^~ /images/ { return 200 images; }
  location ~* \\.(png|jpg)$ { return 200 "picture $1"; }
  location /text { default_type text/plain; add_header X-One $sub; return 200 "v=$named host=$host sub=$sub\\n"; }
  location /old { rewrite ^/old/(.*)$ /new/$1 permanent; }
  location /moved { return 301 https://example.com$request_uri; }
  location /rw { rewrite ^/rw/(.*)$ /text?v=1 last; }
  location /app/ { proxy_pass http://back/api/; proxy_set_header X-Real-IP $remote_addr; }
  location /raw { proxy_pass http://127.0.0.1:8081; }
  location /dead { proxy_pass http://127.0.0.1:9; }
  location /spa { try_files $uri $uri/ /index.html; }
  location /fall { try_files $uri @named; }
  location @named { return 200 named; }
  location /secret { auth_basic "Staff"; auth_basic_user_file /etc/nginx/htpasswd; try_files /a.css =404; }
  location /denied { deny all; }
  location /alias/ { alias /srv/sub/; }
  location /status { stub_status; }
  location /if { if ($arg_x = 1) { return 403; } return 200 fine; }
  location /small { client_max_body_size 4; proxy_pass http://127.0.0.1:8081; }
  location /gone { return 410; error_page 410 =200 /a.css; }
  location /expires { alias /srv/a.css; expires 1h; }
}
`;

test.each([
  ['/exact', '200 OK|exact'],
  ['/images/a.png', '200 OK|images'],
  ['/x.PNG', '200 OK|picture PNG'],
  ['/text?v=1', '200 OK|v=one host=localhost sub=\n'],
  ['/text?v=tea', '200 OK|v=two host=localhost sub=\n'],
  ['/old/page', `301 Moved Permanently|${page('301 Moved Permanently')}`],
  ['/rw/x', '200 OK|v=one host=localhost sub=\n'],
  ['/app/users?id=1', '200 OK|first /api/users?id=1 back 127.0.0.1\n'],
  ['/raw/a%20b?c', '200 OK|first /raw/a%20b?c 127.0.0.1:8081 \n'],
  ['/dead', `502 Bad Gateway|${page('502 Bad Gateway')}`],
  ['/spa/deep/link', '200 OK|<h1>hello</h1>\n'],
  ['/fall', '200 OK|named'],
  ['/secret', `401 Unauthorized|${page('401 Authorization Required')}`],
  ['/denied', `403 Forbidden|${page('403 Forbidden')}`],
  ['/alias/x', '200 OK|x'],
  ['/if', '200 OK|fine'],
  ['/if?x=1', `403 Forbidden|${page('403 Forbidden')}`],
  ['/gone', '200 OK|0123456789'],
])('%s is %j', async (path, wanted) => {
  const k = await serve(ROUTES, { '/etc/nginx/htpasswd': 'bob:{PLAIN}secret\n' });
  expect(await brief(k, path)).toBe(wanted);
  expect(k.panics).toEqual([]);
});

test('hosts, passwords, bodies, listings, redirects', async () => {
  const k = await serve(ROUTES, {
    '/etc/nginx/htpasswd': 'bob:{PLAIN}secret\njim:$apr1$FCo44hrT$TAT2zAvZDcHkQgKSv8q0j1\n',
  });
  expect(await brief(k, '/text', '', 'GET', 'shop.test:80')).toBe('200 OK|v=other host=shop.test sub=shop\n');
  expect(await brief(k, '/secret', 'Authorization: Basic Ym9iOnNlY3JldA==\r\n')).toBe('200 OK|0123456789');
  expect(await brief(k, '/secret', 'Authorization: Basic amltOnNlY3JldA==\r\n')).toBe('200 OK|0123456789');
  expect(await fieldOf(k, 'WWW-Authenticate', '/secret')).toBe('Basic realm="Staff"');
  expect(await fieldOf(k, 'Location', '/moved?a=b')).toBe('https://example.com/moved?a=b');
  expect(await fieldOf(k, 'Cache-Control', '/expires')).toBe('max-age=3600');
  expect(await brief(k, '/small', 'Content-Length: 5\r\n', 'POST')).toMatch(/^413 Request Entity Too Large\|/);
  expect(await brief(k, '/')).toContain('hello');
  expect(await brief(k, '/sub/')).toMatch(
    /^200 OK\|<html>\r\n<head><title>Index of \/sub\/<\/title><\/head>\r\n<body>\r\n<h1>Index of \/sub\/<\/h1><hr><pre><a href="\.\.\/">\.\.\/<\/a>\r\n<a href="x">x<\/a> {49} 05-Nov-2025 \d\d:\d\d {19}1\r\n<\/pre><hr><\/body>\r\n<\/html>\r\n$/,
  );
  expect(await brief(k, '/status')).toMatch(
    /Active connections: \d+ \nserver accepts handled requests\n \d+ \d+ \d+ \nReading: 0 Writing: 1 Waiting: 0 \n$/,
  );
});

test('an upstream gets its turns', async () => {
  const k = await serve(ROUTES);
  const seen: string[] = [];
  for (let i = 0; i < 4; i++) seen.push((await brief(k, '/app/')).slice(7, 13).trim());
  expect(seen).toEqual(['first', 'second', 'first', 'second']);
});

test.each([
  ['foo on;\n', 'unknown directive "foo" in /etc/nginx/conf.d/default.conf:1'],
  ['server {\n  listen 80\n}\n', 'unexpected "}" in /etc/nginx/conf.d/default.conf:3'],
  ['server {\n  root;\n}\n', 'invalid number of arguments in "root" directive in /etc/nginx/conf.d/default.conf:2'],
  ['listen 80;\n', '"listen" directive is not allowed here in /etc/nginx/conf.d/default.conf:1'],
  ['server {\n', 'unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:2'],
  ['server;\n', 'directive "server" has no opening "{" in /etc/nginx/conf.d/default.conf:1'],
  ['server { listen 80 {} }\n', 'directive "listen" is not terminated by ";" in /etc/nginx/conf.d/default.conf:1'],
  [
    'server { listen 80000; }\n',
    'invalid port in "80000" of the "listen" directive in /etc/nginx/conf.d/default.conf:1',
  ],
  [
    'server { location / { autoindex yes; } }\n',
    'invalid value "yes" in "autoindex" directive, it must be "on" or "off" in /etc/nginx/conf.d/default.conf:1',
  ],
  ['server { return 200 $nope; }\n', 'unknown "nope" variable'],
  [
    'server {\n location / { proxy_pass http://backend:3000; }\n}\n',
    'host not found in upstream "backend" in /etc/nginx/conf.d/default.conf:2',
  ],
  [
    'include /nope.conf;\n',
    'open() "/nope.conf" failed (2: No such file or directory) in /etc/nginx/conf.d/default.conf:1',
  ],
  ['server {\n root /a;\n root /b;\n}\n', '"root" directive is duplicate in /etc/nginx/conf.d/default.conf:3'],
  ['server { location /a { } location /a { } }\n', 'duplicate location "/a" in /etc/nginx/conf.d/default.conf:1'],
  ['server { error_page 200 /x; }\n', 'value "200" must be between 300 and 599 in /etc/nginx/conf.d/default.conf:1'],
  [
    'server { location ~ ( { } }\n',
    'pcre2_compile() failed: missing closing parenthesis in "(" in /etc/nginx/conf.d/default.conf:1',
  ],
])('-t of %j', async (site, wanted) => {
  const k = await boot({ '/etc/nginx/conf.d/default.conf': site });
  const { stderr, status } = await k.run('/bin/nginx', ['nginx', '-t']);
  expect(stderr).toBe(`nginx: [emerg] ${wanted}\nnginx: configuration file /etc/nginx/nginx.conf test failed\n`);
  expect(status).toBe(1);
  expect(await file(k, '/var/log/nginx/error.log')).toMatch(/^2025\/11\/05 09:00:0\d \[emerg\] (\d+)#\1: /);
});

test('-t, -T, -v, wrong options', async () => {
  const k = await boot();
  const run = async (...args: string[]) => {
    const { stdout, stderr, status } = await k.run('/bin/nginx', ['nginx', ...args]);
    return [status, stdout, stderr];
  };
  const ok =
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n';
  expect(await run('-t')).toEqual([0, '', ok]);
  expect(await run('-t', '-q')).toEqual([0, '', '']);
  expect(await run('-T')).toEqual([
    0,
    `# configuration file /etc/nginx/nginx.conf:\n${CONF}\n# configuration file /etc/nginx/conf.d/default.conf:\n${SITE}\n`,
    ok,
  ]);
  expect(await run('-v')).toEqual([0, '', 'nginx version: nginx/1.27.4\n']);
  expect(await run('-x')).toEqual([1, '', 'nginx: invalid option: "x"\n']);
  expect(await run('-s', 'foo')).toEqual([1, '', 'nginx: invalid option: "-s foo"\n']);
  expect(await run('-s', 'reload')).toEqual([1, '', 'nginx: [error] invalid PID number "" in "/var/run/nginx.pid"\n']);
  expect(await run('-t', '-g', 'pid /tmp/p;')).toEqual([
    1,
    '',
    'nginx: [emerg] "pid" directive is duplicate in /etc/nginx/nginx.conf:4\nnginx: configuration file /etc/nginx/nginx.conf test failed\n',
  ]);
  expect(await run('-g', 'daemon off')).toEqual([
    1,
    '',
    'nginx: [emerg] unexpected end of parameter, expecting ";" in command line\n',
  ]);
});

test('a port that is taken', async () => {
  const k = await serve(SITE);
  const { stderr, status } = await k.run('/bin/nginx', ['nginx']);
  const line = 'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n';
  expect(stderr).toBe(`${line.repeat(5)}nginx: [emerg] still could not bind()\n`);
  expect(status).toBe(1);
});

test('reload takes the new configuration; quit ends the server', async () => {
  const k = await serve(SITE);
  await k.run(function* (sys) {
    const fd = sys.open('/etc/nginx/conf.d/default.conf', 0o1001);
    yield* writeAll(sys, fd, 'server { listen 80; return 200 new; }\n');
    return 0;
  });
  expect((await k.run('/bin/nginx', ['nginx', '-s', 'reload'])).status).toBe(0);
  await k.settle();
  expect(await brief(k, '/')).toBe('200 OK|new');
  expect((await k.run('/bin/nginx', ['nginx', '-s', 'quit'])).status).toBe(0);
  await k.settle();
  expect(await talk(k, '')).toBe('connect: -111');
  const log = (await file(k, '/var/log/nginx/error.log'))
    .replace(/^.{19} \[(\w+)\] \d+#\d+/gm, '$1')
    .replace(/\d+(?= exited|$)/gm, 'N');
  expect(log).toContain('notice: signal 1 (SIGHUP) received, reconfiguring\nnotice: reconfiguring\n');
  expect(log.match(/gracefully shutting down/g)).toHaveLength(2);
  expect(log).toContain('notice: gracefully shutting down\nnotice: exiting\nnotice: exit\n');
  expect(log).toMatch(
    /signal 17 \(SIGCHLD\) received from N\nnotice: worker process N exited with code N\nnotice: exit\n$/,
  );
  expect(k.panics).toEqual([]);
});

test('a reload with a mistake leaves all as it was', async () => {
  const k = await boot();
  const t = k.terminal();
  void k.runOn(t, '/bin/nginx', ['nginx', '-g', 'daemon off;']);
  await k.settle();
  await k.run(function* (sys) {
    const fd = sys.open('/etc/nginx/conf.d/bad.conf', 0o101);
    yield* writeAll(sys, fd, 'foo;\n');
    return 0;
  });
  expect((await k.run('/bin/nginx', ['nginx', '-s', 'reload'])).stderr).toBe(
    'nginx: [emerg] unknown directive "foo" in /etc/nginx/conf.d/bad.conf:1\n',
  );
  await k.run(function* (sys) {
    const fd = sys.open('/var/run/nginx.pid', 0);
    const pid = yield* readAll(sys, fd);
    sys.kill(Number(decode(pid as Uint8Array)), SIGHUP);
    return 0;
  });
  await k.settle();
  expect(t.screen()).toBe('');
  expect((await file(k, '/var/log/nginx/error.log')).match(/\[emerg\] \d+#\d+: unknown directive "foo"/g)).toHaveLength(
    2,
  );
  expect(await brief(k, '/a.css')).toBe('200 OK|0123456789');
});

test('without daemon off it goes into the background, and stops', async () => {
  const k = await boot();
  expect((await k.run('/bin/nginx', ['nginx'])).status).toBe(0);
  expect(await brief(k, '/a.css')).toBe('200 OK|0123456789');
  expect((await k.run('/bin/nginx', ['nginx', '-s', 'stop'])).status).toBe(0);
  await k.settle();
  expect(await talk(k, '')).toBe('connect: -111');
});

test('another user than root cannot make the directories', async () => {
  const k = await boot({ '/etc/nginx/nginx.conf': CONF.replace(/^pid .*$/m, 'pid /tmp/nginx.pid;') });
  const ids = { uid: 101, euid: 101, suid: 101, gid: 101, egid: 101, sgid: 101 };
  const cred = { ...ROOT, ...ids, permitted: NO_CAPS, effective: NO_CAPS };
  const { stderr, status } = await k.run('/bin/nginx', ['nginx', '-e', 'stderr'], { cred });
  expect(stderr).toMatch(
    /nginx: \[warn\] the "user" directive makes sense only if the master process runs with super-user privileges, ignored in \/etc\/nginx\/nginx.conf:1\n.*nginx: \[emerg\] mkdir\(\) "\/var\/cache\/nginx\/client_temp" failed \(13: Permission denied\)\n/s,
  );
  expect(status).toBe(1);
});

/** A server of one answer, for what is proxied. */
function answering(k: TestKernel, port: number, reply: string, more = false): Promise<string> {
  let asked = '';
  return k
    .run(function* (sys) {
      const listener = listenTcp(sys, port);
      const fd = yield* accept(sys, listener);
      const buf = new Uint8Array(4096);
      const n = yield* read(sys, fd, buf);
      asked = decode(buf.subarray(0, n));
      yield* writeAll(sys, fd, reply);
      if (more) asked += `|${decode(buf.subarray(0, yield* read(sys, fd, buf)))}`;
      sys.close(fd);
      return 0;
    })
    .then(() => asked);
}

test('what an upstream is asked, and what it says', async () => {
  const k = await serve('server { listen 80; location / { proxy_pass http://127.0.0.1:3000; } }\n');
  const asked = answering(k, 3000, 'HTTP/1.0 201 Created\r\nServer: x\r\nX-Y: z\r\nSet-Cookie: a=1\r\n\r\nbody');
  const answer = await get(k, '/p?q', 'Transfer-Encoding: chunked\r\nX-A: b\r\n\r\n3\r\nabc\r\n0\r\n', 'POST');
  expect(await asked).toBe(
    'POST /p?q HTTP/1.0\r\nHost: 127.0.0.1:3000\r\nConnection: close\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc',
  );
  expect(answer.replace(/Date: .*\r\n/, '')).toBe(
    'HTTP/1.1 201 Created\r\nServer: nginx/1.27.4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nX-Y: z\r\nSet-Cookie: a=1\r\n\r\n4\r\nbody\r\n0\r\n\r\n',
  );
});

test('a WebSocket goes through', async () => {
  const k = await serve(
    'server { listen 80; location / { proxy_pass http://127.0.0.1:3000; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; } }\n',
  );
  const asked = answering(
    k,
    3000,
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello',
    true,
  );
  let seen = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', 80);
    yield* writeAll(sys, fd, 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const buf = new Uint8Array(4096);
    while (!seen.includes('hello')) seen += decode(buf.subarray(0, yield* read(sys, fd, buf)));
    yield* writeAll(sys, fd, 'frame');
    sys.close(fd);
    return 0;
  });
  expect(seen).toMatch(
    /^HTTP\/1\.1 101 Switching Protocols\r\n[\s\S]*Connection: upgrade\r\nUpgrade: websocket\r\n\r\nhello$/,
  );
  expect(await asked).toMatch(/^GET \/ HTTP\/1\.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n[\s\S]*\|frame$/);
});

test('gzip for those who take it', async () => {
  const k = await serve('server { listen 80; root /srv; gzip on; gzip_types text/css; gzip_min_length 1; }\n');
  expect(await fieldOf(k, 'Content-Encoding', '/a.css', 'Accept-Encoding: gzip, br\r\n')).toBe('gzip');
  expect(await fieldOf(k, 'ETag', '/a.css', 'Accept-Encoding: gzip\r\n')).toMatch(/^W\//);
  expect(await brief(k, '/a.css')).toBe('200 OK|0123456789');
});

test('the client that a proxy speaks for', async () => {
  const k = await serve(
    'server { listen 80; set_real_ip_from 127.0.0.0/8; real_ip_header X-Forwarded-For; deny 10.0.0.9; location / { return 200 $remote_addr,$realip_remote_addr; } }\n',
  );
  expect(await brief(k, '/', 'X-Forwarded-For: 1.2.3.4, 10.0.0.9\r\n')).toBe('200 OK|10.0.0.9,127.0.0.1');
  expect(await brief(k, '/')).toBe('200 OK|127.0.0.1,127.0.0.1');
});

test('the limit of requests', async () => {
  const k = await serve(
    'limit_req_zone $binary_remote_addr zone=one:10m rate=1r/s;\nserver { listen 80; location / { root /srv; limit_req zone=one burst=1 nodelay; } }\n',
  );
  const seen: string[] = [];
  for (let i = 0; i < 3; i++) seen.push((await brief(k, '/')).slice(0, 6));
  expect(seen).toEqual(['200 OK', '200 OK', '503 Se']);
  expect(await file(k, '/var/log/nginx/error.log')).toMatch(
    /limiting requests, excess: (1\.9\d\d|2\.000) by zone "one"/,
  );
});
