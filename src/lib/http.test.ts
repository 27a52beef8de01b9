import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunk, type HttpEvent, HttpParser, LAST_CHUNK } from './http.ts';
import { formatHead } from './http-head.ts';
import { Headers } from './http-headers.ts';
import { decode, encode } from './utf8.ts';

/** Events as text, data pieces joined, over all messages of the connection. */
function parse(kind: 'request' | 'response', pieces: Uint8Array[], method = 'GET'): string[] {
  const parser = new HttpParser(kind);
  parser.expect(method);
  const out: string[] = [];
  let data = '';
  const take = (events: HttpEvent[]): void => {
    for (const event of events) {
      if (event.type === 'data') {
        data += decode(event.bytes);
        continue;
      }
      if (data) out.push(`data ${data}`);
      data = '';
      if (event.type === 'head') {
        const { head } = event;
        const first = head.kind === 'request' ? `${head.method} ${head.target}` : `${head.status} ${head.reason}`;
        out.push(`${first} ${event.body} ${event.keepAlive ? 'keep' : 'close'} ${[...head.headers].length}`);
      } else if (event.type === 'error') out.push(`error ${event.status}`);
      else out.push(event.type);
      if (event.type === 'end') take(parser.next());
    }
  };
  for (const piece of pieces) take(parser.push(piece.slice()));
  take(parser.end());
  if (data) out.push(`data ${data}`);
  return out;
}

const H = 'Host: docker\r\n';
const cases: [string, 'request' | 'response', string, string[]][] = [
  ['plain request', 'request', `GET /x HTTP/1.1\r\n${H}\r\n`, ['GET /x none keep 1', 'end']],
  ['TLS, at its first bytes', 'request', '\x16\x03\x01', ['error 400']],
  ['bare line feeds', 'request', 'GET /x HTTP/1.1\nHost: a\n\n', ['GET /x none keep 1', 'end']],
  [
    'length',
    'request',
    `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabc`,
    ['POST / length keep 2', 'data abc', 'end'],
  ],
  [
    'chunked with extension and trailer',
    'request',
    `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n`,
    ['POST / chunked keep 2', 'data abcde', 'end'],
  ],
  [
    'two messages',
    'request',
    `GET /1 HTTP/1.1\r\n${H}\r\nGET /2 HTTP/1.1\r\n${H}Connection: close\r\n\r\n`,
    ['GET /1 none keep 1', 'end', 'GET /2 none close 2', 'end'],
  ],
  [
    'both lengths',
    'request',
    `GET / HTTP/1.1\r\n${H}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ['error 400'],
  ],
  ['no host', 'request', 'GET / HTTP/1.1\r\n\r\n', ['error 400']],
  ['http 2', 'request', `PRI * HTTP/2.0\r\n${H}\r\n`, ['error 505']],
  ['space before colon', 'request', `GET / HTTP/1.1\r\n${H}A : b\r\n\r\n`, ['error 400']],
  [
    'bad chunk',
    'request',
    `GET / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ['GET / chunked keep 2', 'error 400'],
  ],
  [
    'cut off',
    'request',
    `GET / HTTP/1.1\r\n${H}Content-Length: 9\r\n\r\nabc`,
    ['GET / length keep 2', 'data abc', 'error 400'],
  ],
  ['until close', 'response', 'HTTP/1.1 200 OK\r\n\r\nabc', ['200 OK close close 0', 'data abc', 'end']],
  ['no content', 'response', 'HTTP/1.1 204 No Content\r\n\r\n', ['204 No Content none keep 0', 'end']],
  [
    'continue',
    'response',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    ['informational', '200 OK none keep 1', 'end'],
  ],
  [
    'switch',
    'response',
    'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    ['101 UPGRADED none keep 2', 'upgrade'],
  ],
];

test.each(cases)('%s', (_, kind, text, expected) => {
  expect(parse(kind, [encode(text)])).toEqual(expected);
});

test.each(cases)('%s: the same however it is cut', (_, kind, text, expected) => {
  const bytes = encode(text);
  expect(
    parse(
      kind,
      Array.from(bytes, (b) => Uint8Array.of(b)),
    ),
  ).toEqual(expected);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 5 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      expect(
        parse(
          kind,
          at.slice(1).map((to, i) => bytes.subarray(at[i]!, to)),
        ),
      ).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('a response to HEAD has no body', () => {
  expect(parse('response', [encode('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')], 'HEAD')).toEqual([
    '200 OK none keep 1',
    'end',
  ]);
});

test('what follows an upgrade is given back', () => {
  const parser = new HttpParser('response');
  const events = parser.push(encode('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nraw'));
  expect(events.map((e) => e.type)).toEqual(['head', 'upgrade']);
  expect(decode(parser.takeRest())).toBe('raw');
  expect(parser.push(encode('more'))).toEqual([{ type: 'data', bytes: encode('more') }]);
});

test('a server may hijack after a request', () => {
  const parser = new HttpParser('request');
  parser.push(encode(`POST /attach HTTP/1.1\r\n${H}\r\nstdin`));
  expect(decode(parser.takeRest())).toBe('stdin');
});

test('a head over 64 KiB is refused', () => {
  const parser = new HttpParser('request');
  const events: HttpEvent[] = [];
  for (let i = 0; i < 20; i++) events.push(...parser.push(encode(`X: ${'x'.repeat(5000)}`)));
  expect(events).toEqual([{ type: 'error', status: 431, message: 'header too large' }]);
});

test('garbage never throws', () => {
  const token = fc.oneof(
    fc.constantFrom(
      'GET / HTTP/1.1',
      'HTTP/1.1 200 OK',
      '\r\n',
      '\n',
      'Host: a',
      'Transfer-Encoding: chunked',
      'Content-Length: 4',
      ':',
      '0',
      'ff',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(token), fc.constantFrom('request' as const, 'response' as const), (parts, kind) => {
      parse(kind, parts.map(encode));
    }),
  );
});

test('what formatHead and chunk write is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 })), (pieces) => {
      const headers = new Headers([
        ['Host', 'h'],
        ['Transfer-Encoding', 'chunked'],
        ['X-A', '1'],
        ['x-a', '2'],
      ]);
      const parser = new HttpParser('request');
      const events = parser.push(
        formatHead({ kind: 'request', method: 'PUT', target: '/a?b', version: '1.1', headers }),
      );
      for (const piece of [...pieces.map(chunk), LAST_CHUNK]) {
        for (const event of parser.push(piece))
          events.push(event.type === 'data' ? { type: 'data', bytes: event.bytes.slice() } : event);
      }
      const got = events.flatMap((e) => (e.type === 'data' ? [...e.bytes] : []));
      expect(got).toEqual(pieces.flatMap((p) => [...p]));
      expect(events.at(-1)).toEqual({ type: 'end' });
      const [first] = events;
      expect(first?.type === 'head' && first.head.headers.getAll('X-A')).toEqual(['1', '2']);
    }),
  );
});

test('a value cannot smuggle a field', () => {
  const headers = new Headers({ A: 'x\r\nB: y' });
  expect(decode(formatHead({ kind: 'response', status: 200, reason: 'OK', version: '1.1', headers }))).toBe(
    'HTTP/1.1 200 OK\r\nA: x B: y\r\n\r\n',
  );
});
