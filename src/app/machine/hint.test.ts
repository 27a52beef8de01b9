import { afterEach, expect, test, vi } from 'vitest';
import { readHint, writeHint } from './hint.ts';

afterEach(() => void vi.unstubAllGlobals());

function keep(text?: string) {
  const kept = new Map(text === undefined ? [] : [['drydock:/:hint:m', text]]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
}

test('what a visit leaves is there for the next, and for its own deployment only', () => {
  keep();
  expect(readHint('/', 'm')).toBeUndefined();
  writeHint('/', 'm', { cwd: '/tmp', size: { cols: 100, rows: 30 } });
  expect(readHint('/', 'm')).toEqual({ cwd: '/tmp', size: { cols: 100, rows: 30 } });
  expect(readHint('/other/', 'm')).toBeUndefined();
  writeHint('/', 'm', undefined);
  expect(readHint('/', 'm')).toBeUndefined();
});

test.each<[string, string, ReturnType<typeof readHint>]>([
  ['no JSON', '{', undefined],
  ['no size', '{"cwd":"/"}', undefined],
  ['no number', '{"size":{"cols":"x","rows":3}}', undefined],
  ['no text', '{"cwd":5,"size":{"cols":80,"rows":24}}', { cwd: undefined, size: { cols: 80, rows: 24 } }],
  ['a giant', '{"size":{"cols":1000000,"rows":0}}', { cwd: undefined, size: { cols: 1000, rows: 2 } }],
])('%s is harmless', (_, text, hint) => {
  keep(text);
  expect(readHint('/', 'm')).toEqual(hint);
});

test('storage that is forbidden leaves no hint and throws nothing', () => {
  vi.stubGlobal('localStorage', undefined);
  writeHint('/', 'm', { cwd: undefined, size: { cols: 80, rows: 24 } });
  expect(readHint('/', 'm')).toBeUndefined();
});
