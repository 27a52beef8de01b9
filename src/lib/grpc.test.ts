import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGrpcMessage, encodeGrpcMessage, GrpcMessages, grpcMessage } from './grpc.ts';

describe('grpc', () => {
  test('messages come back however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 20 }),
        (list, size) => {
          const stream = Buffer.concat(list.map(grpcMessage));
          const messages = new GrpcMessages(64);
          const out: Uint8Array[] = [];
          for (let at = 0; at < stream.length; at += size) out.push(...messages.push(stream.subarray(at, at + size)));
          expect(out.map((m) => [...m])).toEqual(list.map((m) => [...m]));
          expect(messages.within).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('refuses long and compressed messages', () => {
    const long = new GrpcMessages(10);
    expect(long.push(grpcMessage(new Uint8Array(11)))).toEqual([]);
    expect(long.problem).toBe('grpc: received message larger than max (11 vs. 10)');
    const compressed = new GrpcMessages(10);
    compressed.push(Uint8Array.from([1, 0, 0, 0, 0]));
    expect(compressed.problem).toMatch(/compressed/);
    expect(compressed.push(new Uint8Array(100))).toEqual([]);
  });

  test('the words of an error', () => {
    expect(encodeGrpcMessage('50% é\n')).toBe('50%25 %C3%A9%0A');
    expect(decodeGrpcMessage('50%25 %C3%A9%0A')).toBe('50% é\n');
    expect(decodeGrpcMessage('%zz%')).toBe('%zz%');
  });
});
