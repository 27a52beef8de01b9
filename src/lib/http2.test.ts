import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Http2Connection, type Http2Event } from './http2.ts';
import { formatFrame, formatSettings, HEADERS, PING, PREFACE, WINDOW_UPDATE, words } from './http2-frames.ts';
import { encode } from './utf8.ts';

const REQUEST = [
  [':method', 'POST'],
  [':path', '/x'],
] as const;

/** Carries bytes to and fro until nobody has any. */
function settle(a: Http2Connection, b: Http2Connection): { atA: Http2Event[]; atB: Http2Event[] } {
  const atA: Http2Event[] = [];
  const atB: Http2Event[] = [];
  for (let quiet = false; !quiet; ) {
    const toB = a.take();
    const toA = b.take();
    quiet = !toA && !toB;
    // data of events is only lent
    const keep = (event: Http2Event): Http2Event =>
      event.type === 'data' ? { ...event, bytes: event.bytes.slice() } : event;
    if (toB) atB.push(...b.push(toB).map(keep));
    if (toA) atA.push(...a.push(toA).map(keep));
  }
  return { atA, atB };
}

const dataOf = (events: Http2Event[]): number =>
  events.reduce((sum, event) => sum + (event.type === 'data' ? event.bytes.length : 0), 0);

describe('http2', () => {
  test('a call: fields, data, trailers', () => {
    const client = new Http2Connection('client');
    const server = new Http2Connection('server');
    const stream = client.open(REQUEST, false);
    client.data(stream, encode('question'), true);
    const { atB } = settle(client, server);
    expect(atB.filter(({ type }) => type !== 'window')).toEqual([
      { type: 'headers', stream, fields: REQUEST.map((f) => [...f]), end: false },
      { type: 'data', stream, bytes: encode('question'), end: true },
    ]);
    server.headers(stream, [[':status', '200']], false);
    server.data(stream, encode('answer'));
    server.trailers(stream, [['grpc-status', '0']]);
    const { atA } = settle(client, server);
    expect(atA.map((event) => event.type)).toEqual(['headers', 'data', 'headers']);
    expect(client.has(stream) || server.has(stream)).toBe(false);
  });

  test('what is sent waits until the other side has used what came', () => {
    const client = new Http2Connection('client');
    const server = new Http2Connection('server');
    settle(client, server);
    const stream = client.open(REQUEST, false);
    const size = 1_000_000;
    client.data(stream, new Uint8Array(size), true);
    let came = dataOf(settle(client, server).atB);
    expect(came).toBe(256 * 1024);
    expect(client.pending(stream)).toBe(size - came);
    let used = 0;
    for (let turns = 0; came < size && turns < 20; turns++) {
      server.consumed(stream, came - used);
      used = came;
      came += dataOf(settle(client, server).atB);
    }
    expect(came).toBe(size);
    expect(client.pending(stream)).toBe(0);
  });

  test('a reset is told, and what comes after it is not', () => {
    const client = new Http2Connection('client');
    const server = new Http2Connection('server');
    const stream = client.open(REQUEST, false);
    settle(client, server);
    client.reset(stream);
    client.data(stream, encode('late'));
    expect(settle(client, server).atB).toEqual([{ type: 'reset', stream, code: 8 }]);
  });

  const opening = [encode(PREFACE), formatSettings([])];
  const fields = Uint8Array.from([0x83]);
  const refused: [string, Uint8Array[]][] = [
    ['another preface', [encode('GET / HTTP/1.1\r\n\r\n')]],
    ['no settings', [encode(PREFACE), formatFrame(PING, 0, 0, new Uint8Array(8))]],
    ['a frame that is too long', [...opening, Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 1])]],
    ['a window of 2^31', [...opening, formatFrame(WINDOW_UPDATE, 0, 0, words(2 ** 31 - 1))]],
    [
      'fields that have no end',
      [
        ...opening,
        ...Array.from({ length: 70000 }, (_, i) => formatFrame(i === 0 ? HEADERS : 9, 0, 1, new Uint8Array(0))),
      ],
    ],
    [
      'another frame within fields',
      [...opening, formatFrame(HEADERS, 0, 1, fields), formatFrame(PING, 0, 0, new Uint8Array(8))],
    ],
    ['padding longer than the frame', [...opening, formatFrame(HEADERS, 0x4 | 0x8, 1, Uint8Array.from([200, 0x83]))]],
    ['pushed streams', [...opening, formatFrame(5, 0x4, 1, words(2))]],
    [
      'a flood of pings',
      [...opening, ...Array.from({ length: 5000 }, () => formatFrame(PING, 0, 0, new Uint8Array(8)))],
    ],
  ];
  test.each(refused)('refuses %s', (_, frames) => {
    const server = new Http2Connection('server');
    const events = frames.flatMap((frame) => server.push(frame));
    expect(events.at(-1)?.type).toBe('error');
    expect(server.closed).toBe(true);
    expect(server.push(formatFrame(PING, 0, 0, new Uint8Array(8)))).toEqual([]);
  });

  test('more streams than allowed are refused one by one', () => {
    const server = new Http2Connection('server');
    for (const piece of opening) server.push(piece);
    const events = Array.from({ length: 150 }, (_, i) =>
      server.push(formatFrame(HEADERS, 0x4, i * 2 + 1, fields)),
    ).flat();
    expect(events.filter(({ type }) => type === 'headers')).toHaveLength(100);
  });

  test('no bytes make it fail in another way', () => {
    const kind = fc.integer({ min: 0, max: 10 });
    const frame = fc
      .tuple(kind, fc.nat(255), fc.nat(7), fc.uint8Array({ maxLength: 24 }))
      .map(([k, flags, stream, payload]) => formatFrame(k, flags, stream, payload));
    fc.assert(
      fc.property(fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 30 })), { maxLength: 12 }), (pieces) => {
        const server = new Http2Connection('server');
        for (const piece of [...opening, ...pieces])
          for (const event of server.push(piece))
            if (event.type === 'headers') server.trailers(event.stream, [['grpc-status', '0']]);
        server.take();
      }),
      { numRuns: 1000 },
    );
  });
});
