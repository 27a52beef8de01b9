import { expect, test } from 'vitest';
import { CowMap } from './cow-map.ts';

function filled(): CowMap<string, number> {
  const map = new CowMap<string, number>();
  map.set('a', 1);
  map.set('b', 2);
  return map;
}

test('what one of two changes the other does not see', () => {
  const first = filled();
  const second = new CowMap(first);
  first.set('a', 10);
  second.delete('b');
  expect([...first]).toEqual([
    ['a', 10],
    ['b', 2],
  ]);
  expect([...second]).toEqual([['a', 1]]);
});

test('a map that is released leaves its content to the others and keeps what it had', () => {
  const first = filled();
  const second = new CowMap(first);
  const third = new CowMap(second);
  second.release();
  second.release();
  first.set('a', 10);
  expect(third.get('a')).toBe(1);
  third.set('a', 20);
  expect([first.get('a'), third.get('a')]).toEqual([10, 20]);
});

test('a map that changes after it was released changes alone', () => {
  const first = filled();
  const second = new CowMap(first);
  second.release();
  second.set('a', 5);
  expect([first.get('a'), second.get('a')]).toEqual([1, 5]);
  const third = new CowMap(second);
  second.set('a', 6);
  expect(third.get('a')).toBe(5);
  second.clear();
  expect([second.size, third.size]).toEqual([0, 2]);
});
