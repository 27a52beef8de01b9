import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { SIGTERM } from '../../abi/signal.ts';
import { decode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { readAll, writeAll } from '../../libc/io.ts';
import { netlink } from '../net/testnet.ts';
import { adapt } from '../servers/caddy/adapt.ts';
import { formatCaddyfile } from '../servers/caddy/format.ts';
import caddy from './caddy.ts';

const CADDYFILE = `{
	http_port 8080
}
(common) {
	header X-From {args[0]}
}
:8080 {
	root * /www
	import common here
	@old path /old/*
	redir @old /new{uri} permanent
	respond /health 204
	respond /say "{method} {path} {env.NAME}"
	handle_path /api/* {
		reverse_proxy 127.0.0.1:9000
	}
	handle /secret {
		basic_auth {
			bob $2a$04$YMRiuy5kUyyPGQJ/RCI6/eKkdOTg6eZmAAYXQ2aDnfYqZO2XVIhVO
		}
		respond "in"
	}
	file_server browse
}
:9000 {
	respond "upstream {uri} {header.X-Forwarded-For}"
}
`;

async function boot(): Promise<TestKernel> {
  return await bootTestKernel({
    programs: { caddy: caddy.entry },
    files: { '/etc/Caddyfile': CADDYFILE, '/www/a.txt': 'file a', '/www/sub/b.html': 'b' },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
}

async function get(k: TestKernel, path: string, fields = '', port = 8080, method = 'GET'): Promise<string> {
  let text = '';
  await k.run(function* (sys) {
    const fd = yield* connectTcp(sys, '127.0.0.1', port);
    if (fd < 0) return 1;
    yield* writeAll(sys, fd, `${method} ${path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n${fields}\r\n`);
    const bytes = yield* readAll(sys, fd);
    text = typeof bytes === 'number' ? '' : decode(bytes);
    return 0;
  });
  return text;
}

test('a Caddyfile becomes the JSON that Caddy makes', () => {
  const env = new Map([['PORT', '81']]);
  expect(adapt(':{$PORT:80} {\n\troot * /srv\n\tfile_server\n}\n', 'Caddyfile', env).apps).toEqual({
    http: {
      servers: {
        srv0: {
          listen: [':81'],
          routes: [
            {
              handle: [
                { handler: 'vars', root: '/srv' },
                { handler: 'file_server', hide: ['Caddyfile'] },
              ],
            },
          ],
        },
      },
    },
  });
  expect(adapt('localhost\nrespond "hi"', 'Caddyfile', env).apps?.http?.servers).toEqual({
    srv0: {
      listen: [':443'],
      routes: [
        {
          match: [{ host: ['localhost'] }],
          handle: [{ handler: 'subroute', routes: [{ handle: [{ body: 'hi', handler: 'static_response' }] }] }],
          terminal: true,
        },
      ],
    },
  });
  expect(() => adapt(':80 {\n\tbogus\n}', 'Caddyfile', env)).toThrow('Caddyfile:2: unrecognized directive: bogus');
  expect(() => adapt(':80 {\n', 'Caddyfile', env)).toThrow('missing closing brace');
});

test('fmt indents by tabs and keeps words in quotes', () => {
  expect(formatCaddyfile(':80   {\n  respond   "a  b"\n\n\n}\n')).toBe(':80 {\n\trespond "a  b"\n\n}\n');
});

test('a site answers by its directives', async () => {
  const k = await boot();
  const terminal = k.terminal();
  const ended = k.runOn(terminal, '/bin/caddy', ['caddy', 'run', '--config', '/etc/Caddyfile'], {
    env: { NAME: 'me' },
  });
  await terminal.expect('serving initial configuration');
  expect(await get(k, '/a.txt')).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*X-From: here\r\n[\s\S]*\r\n\r\nfile a$/);
  expect(await get(k, '/none')).toMatch(/^HTTP\/1\.1 404 Not Found\r\n[\s\S]*Server: Caddy\r\n/);
  expect(await get(k, '/old/x')).toMatch(/^HTTP\/1\.1 301 [\s\S]*Location: \/new\/old\/x\r\n/);
  expect(await get(k, '/health')).toMatch(/^HTTP\/1\.1 204 /);
  expect(await get(k, '/say')).toMatch(/\r\n\r\nGET \/say me$/);
  expect(await get(k, '/api/v1?x=1')).toMatch(/\r\n\r\nupstream \/v1\?x=1 127\.0\.0\.1$/);
  expect(await get(k, '/sub')).toMatch(/^HTTP\/1\.1 308 [\s\S]*Location: \/sub\/\r\n/);
  expect(await get(k, '/sub/')).toContain('<a href="./b.html">b.html</a>');
  expect(await get(k, '/secret')).toMatch(/^HTTP\/1\.1 401 [\s\S]*Www-Authenticate: Basic realm="restricted"/);
  expect(await get(k, '/config/apps/http/http_port', '', 2019)).toMatch(/\r\n\r\n8080\n$/);
  const load =
    '{"apps":{"http":{"servers":{"s":{"listen":[":8081"],"routes":[{"handle":[{"handler":"static_response","body":"new"}]}]}}}}}';
  expect(await get(k, '/load', `Content-Length: ${load.length}\r\n\r\n${load}`, 2019, 'POST')).toMatch(
    /^HTTP\/1\.1 200 /,
  );
  expect(await get(k, '/', '', 8081)).toMatch(/\r\n\r\nnew$/);
  expect(await get(k, '/')).toBe('');
  await k.run(function* (sys) {
    for (let pid = 2; pid < 20; pid++) if (pid !== sys.getpid()) sys.kill(pid, SIGTERM);
    return 0;
  });
  expect(await ended).toBe(0);
  expect(terminal.screen()).toContain('shutdown complete');
});
