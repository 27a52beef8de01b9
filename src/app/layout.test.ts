import { expect, test } from 'vitest';
import { shapeOf } from './shape.ts';

test.each([
  [360, 'phone'],
  [759, 'phone'],
  [760, 'middle'],
  [1099, 'middle'],
  [1100, 'wide'],
  [2560, 'wide'],
])('%i pixels are %s', (width, shape) => {
  expect(shapeOf(width)).toBe(shape);
});
