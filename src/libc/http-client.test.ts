import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { AF_UNIX, SOCK_STREAM } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { Headers } from '../lib/http-headers.ts';
import { decode, encode } from '../lib/utf8.ts';
import { type BodySource, connectUnix, HttpConnection } from './http-client.ts';
import { accept, read, type Wait, writeAll } from './io.ts';

const SOCKET = '/tmp/test.sock';

/** A server that reads until it has seen `until`, answers, and notes what came. */
function serve(sys: Sys, seen: string[], answers: readonly (readonly [until: string, answer: string])[]): void {
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  sys.bind(fd, { family: AF_UNIX, path: SOCKET });
  sys.listen(fd, 5);
  sys.thread(function* (own) {
    const peer = yield* accept(own, fd);
    const buf = new Uint8Array(65536);
    for (const [until, answer] of answers) {
      let text = '';
      while (!text.includes(until)) {
        const n = yield* read(own, peer, buf);
        if (n <= 0) break;
        text += decode(buf, 0, n);
      }
      seen.push(text);
      yield* writeAll(own, peer, answer);
    }
    own.close(peer);
    return 0;
  });
}

async function exchange<T>(
  answers: readonly (readonly [string, string])[],
  body: (connection: HttpConnection) => Wait<T>,
): Promise<{ result: T; seen: string[]; panics: string[] }> {
  const kernel = await bootTestKernel();
  const seen: string[] = [];
  let result: T | undefined;
  await kernel.run(function* (sys) {
    serve(sys, seen, answers);
    const connection = new HttpConnection(sys, yield* connectUnix(sys, SOCKET));
    result = yield* body(connection);
    connection.close();
    return 0;
  });
  return { result: result as T, seen, panics: kernel.panics };
}

const get = (target: string) => ({ method: 'GET', target, headers: new Headers([['Host', 'x']]) });
const pieces = (...texts: string[]): BodySource => {
  const left = texts.map((t) => encode(t));
  return {
    *next() {
      return left.shift();
    },
  };
};

test('one connection serves one request after another', async () => {
  const { result, seen } = await exchange(
    [
      ['\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none'],
      ['\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n'],
    ],
    function* (connection) {
      const texts: string[] = [];
      for (const target of ['/a', '/b']) {
        const answer = yield* connection.request(get(target));
        if (answer.kind === 'response') texts.push(yield* answer.text());
      }
      return texts;
    },
  );
  expect(result).toEqual(['one', 'two']);
  expect(seen.map((s) => s.split('\r\n')[0])).toEqual(['GET /a HTTP/1.1', 'GET /b HTTP/1.1']);
});

test('a body of unknown length goes in chunks', async () => {
  const { seen } = await exchange([['0\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n']], function* (connection) {
    yield* connection.request({ ...get('/'), method: 'POST', body: pieces('hello ', 'world') });
  });
  expect(seen[0]).toContain('Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n');
});

test('an answer before the end of the body stops it', async () => {
  const { result } = await exchange(
    [['\r\n\r\n', 'HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno']],
    function* (connection) {
      let sent = 0;
      const body: BodySource = {
        *next() {
          return sent++ < 10_000 ? new Uint8Array(65536) : undefined;
        },
      };
      const answer = yield* connection.request({ ...get('/'), method: 'POST', body });
      return answer.kind === 'response' ? [answer.status, yield* answer.text(), sent < 10_000] : answer;
    },
  );
  expect(result).toEqual([400, 'no', true]);
});

test('after an upgrade the stream is the caller’s, with what came already', async () => {
  const { result } = await exchange(
    [['\r\n\r\n', 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly']],
    function* (connection) {
      const answer = yield* connection.request({ ...get('/'), method: 'POST' });
      return answer.kind === 'response' && answer.upgraded ? decode(connection.takeOver()) : 'no upgrade';
    },
  );
  expect(result).toBe('early');
});

test('a connection that breaks says so', async () => {
  const { result } = await exchange(
    [['\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf']],
    function* (connection) {
      const answer = yield* connection.request(get('/'));
      if (answer.kind !== 'response') return answer;
      return [yield* answer.text(), answer.broken?.message];
    },
  );
  expect(result).toEqual(['half', 'unexpected EOF']);
});
