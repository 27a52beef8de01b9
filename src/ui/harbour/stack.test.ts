import { expect, test } from 'vitest';
import type { ImageStack } from '../drawing.ts';
import { grow, heightOf, stackFacts } from './stack.ts';

const image = (id: string, ...layers: string[]): ImageStack => ({
  id,
  name: id,
  size: layers.length,
  usedBy: [],
  fresh: false,
  layers: layers.map((layer, at) => ({
    id: layer,
    number: at + 1,
    label: layer,
    size: 10,
    sharedBy: layer === 'base' ? 2 : 1,
  })),
});

test('neighbours stand on the layer that they share', () => {
  const trees = grow([image('a', 'base', 'x'), image('b', 'base', 'y', 'z'), image('c', 'other')]);
  expect(trees.map((tree) => [tree.layer?.id, tree.span, tree.above.map((above) => above.layer?.id)])).toEqual([
    ['base', 2, ['x', 'y']],
    ['other', 1, []],
  ]);
});

test('an image that ends where another goes on keeps its column', () => {
  const [tree] = grow([image('a', 'base'), image('b', 'base', 'y')]);
  expect(tree!.above.map((above) => [above.layer?.id, above.span])).toEqual([
    [undefined, 1],
    ['y', 1],
  ]);
});

test('each layer is counted once', () => {
  expect(stackFacts([image('a', 'base', 'x'), image('b', 'base')])).toEqual({ layers: 2, shared: 1, size: 20 });
});

test('larger layers are higher, within bounds; an empty one is a line', () => {
  expect(heightOf(0)).toBe(3);
  expect(heightOf(1)).toBe(21);
  expect(heightOf(118e6)).toBeGreaterThan(heightOf(8.5e6));
  expect(heightOf(1e12)).toBe(60);
});
