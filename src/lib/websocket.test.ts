import { expect, test } from 'vitest';
import { decode, encode } from './utf8.ts';
import { WebsocketParser, WS_BINARY, WS_CLOSE, WS_TEXT, websocketAccept, websocketFrame } from './websocket.ts';

/** A client's frame. */
function masked(kind: number, text: string, fin = true): Uint8Array {
  const frame = websocketFrame(kind, encode(text));
  const head = frame.length - encode(text).length;
  const mask = Uint8Array.of(1, 2, 3, 4);
  const out = new Uint8Array(frame.length + 4);
  out.set(frame.subarray(0, head));
  if (!fin) out[0]! &= 0x7f;
  out[1]! |= 0x80;
  out.set(mask, head);
  for (const [i, b] of encode(text).entries()) out[head + 4 + i] = b ^ mask[i & 3]!;
  return out;
}

test('the answer to a key is that of RFC 6455, 1.3', () => {
  expect(websocketAccept('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test.each([1, 5, 7, 1000])('messages come out whole when they are cut into pieces of %i bytes', (size) => {
  const long = 'x'.repeat(70_000);
  const parts = [masked(WS_TEXT, 'a'), masked(WS_BINARY, long), masked(WS_TEXT, 'b', false), masked(0, 'c')];
  const stream = Uint8Array.from(parts.flatMap((p) => [...p]));
  const parser = new WebsocketParser(1 << 20);
  const got = [];
  for (let at = 0; at < stream.length; at += size) got.push(...parser.push(stream.subarray(at, at + size)));
  expect(got.map((m) => [m.kind, decode(m.bytes)])).toEqual([
    [WS_TEXT, 'a'],
    [WS_BINARY, long],
    [WS_TEXT, 'b'],
    [WS_TEXT, 'c'],
  ]);
});

test.each([
  ['a frame without a mask', websocketFrame(WS_TEXT, encode('a'))],
  ['a frame that is too long', masked(WS_TEXT, 'x'.repeat(200))],
  ['a kind that is none', masked(5, 'a')],
])('%s breaks the stream', (_, bytes) => {
  const parser = new WebsocketParser(100);
  expect(parser.push(bytes)).toEqual([]);
  expect(parser.broken).toBe(true);
});

test('a frame of a server says its length in as few bytes as it can', () => {
  expect([...websocketFrame(WS_CLOSE, Uint8Array.of(3, 232))]).toEqual([0x88, 2, 3, 232]);
  expect([...websocketFrame(WS_TEXT, new Uint8Array(300)).subarray(0, 4)]).toEqual([0x81, 126, 1, 44]);
  expect([...websocketFrame(WS_TEXT, new Uint8Array(70_000)).subarray(0, 10)]).toEqual([
    0x81, 127, 0, 0, 0, 0, 0, 1, 17, 112,
  ]);
});
