import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../../../test/kernel-harness.ts';
import { decode, encode } from '../../../../lib/utf8.ts';
import { ZipWriter } from '../../../../lib/zip.ts';
import { connectTcp } from '../../../../libc/http-client.ts';
import { readAll, writeAll } from '../../../../libc/io.ts';
import java from '../../../bin/java.ts';
import { netlink } from '../../../net/testnet.ts';
import { readServerXml } from './server-xml.ts';

const SERVER_XML =
  '<Server port="8005" shutdown="BYE">\n<!-- <Connector port="1" /> -->\n<Service><Connector port="8888"\n protocol="HTTP/1.1"/><Connector port="8009" protocol="AJP/1.3"/><Engine><Host appBase="apps"/></Engine></Service></Server>';

test('server.xml: comments, connectors of HTTP, the appBase', () => {
  expect(readServerXml(SERVER_XML)).toMatchObject({
    ports: [8888],
    shutdownPort: 8005,
    shutdown: 'BYE',
    appBase: 'apps',
  });
  expect(readServerXml('<Server>')).toBeUndefined();
});

test('folders and a .war are served; WEB-INF is not; the word of server.xml ends it', async () => {
  const war = new ZipWriter();
  const time = { year: 2018, month: 1, day: 1, hour: 0, minute: 0, second: 0 } as Parameters<ZipWriter['add']>[3];
  war.add('index.html', encode('from the war'), 0o100644, time, 6);
  war.add('WEB-INF/web.xml', encode('secret'), 0o100644, time, 6);
  const k = await bootTestKernel({
    programs: { java: java.entry },
    files: {
      '/t/conf/server.xml': SERVER_XML,
      '/t/RELEASE-NOTES': 'Apache Tomcat Version 9.0.1\n',
      '/t/logs/': '',
      '/t/apps/shop.war': war.finish(),
      '/t/apps/a#b/hello.txt': 'hello',
      '/t/apps/ROOT/code.jsp': '<% out.print(1); %>',
    },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  const send = async (port: number, text: string): Promise<string> => {
    let answer = '';
    await k.run(function* (sys) {
      const fd = yield* connectTcp(sys, '127.0.0.1', port);
      yield* writeAll(sys, fd, text);
      const bytes = yield* readAll(sys, fd);
      answer = typeof bytes === 'number' ? '' : decode(bytes);
      return 0;
    });
    return answer;
  };
  const get = (path: string): Promise<string> =>
    send(8888, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const terminal = k.terminal();
  const ended = k.runOn(terminal, '/bin/java', [
    'java',
    '-Dcatalina.home=/t',
    'org.apache.catalina.startup.Bootstrap',
    'start',
  ]);
  await terminal.expect(/Server startup in \[\d+\] milliseconds/);
  expect(terminal.screen()).toContain('Deploying web application archive [/t/apps/shop.war]');
  expect(await get('/shop/')).toMatch(/^HTTP\/1\.1 200 [\s\S]*from the war$/);
  expect(await get('/shop')).toMatch(/^HTTP\/1\.1 302 Found\r\nLocation: \/shop\/\r\n/);
  expect(await get('/shop/WEB-INF/web.xml')).toContain('<h3>Apache Tomcat/9.0.1</h3>');
  expect(await get('/a/b/hello.txt')).toMatch(/hello$/);
  expect(await get('/code.jsp')).toMatch(/^HTTP\/1\.1 500 /);
  await send(8005, 'NO');
  expect(await get('/a/b/hello.txt')).toMatch(/hello$/);
  await send(8005, 'BYE');
  expect(await ended).toBe(0);
});
