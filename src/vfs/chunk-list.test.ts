import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkList } from './chunk-list.ts';

const index = fc.oneof(fc.nat(20), fc.nat(3000), fc.constantFrom(1024, 1025, 1026, 2 ** 28));

test('a list is as a map', () => {
  const step = fc.oneof(
    fc.record({ set: index, item: fc.option(fc.nat(9), { nil: undefined }) }),
    fc.record({ cut: index }),
    fc.record({ extend: index }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), index, (steps, from) => {
      const list = new ChunkList<number>();
      const map = new Map<number, number>();
      let length = 0;
      for (const s of steps) {
        if ('set' in s) {
          list.set(s.set, s.item);
          length = Math.max(length, s.set + 1);
          if (s.item === undefined) map.delete(s.set);
          else map.set(s.set, s.item);
        } else if ('cut' in s) {
          list.cut(s.cut);
          length = Math.min(length, s.cut);
          for (const key of map.keys()) if (key >= s.cut) map.delete(key);
        } else {
          list.extend(s.extend);
          length = Math.max(length, s.extend);
        }
      }
      const wanted = [...map].sort(([a], [b]) => a - b);
      expect([...list.present()]).toEqual(wanted);
      expect([...list.present(from)]).toEqual(wanted.filter(([key]) => key >= from));
      expect(list.length).toBe(length);
      for (let i = 0; i < 30; i++) expect(list.get(i)).toBe(map.get(i));
      const doubled = list.map((item) => item * 2);
      expect([[...doubled.present()], doubled.length]).toEqual([wanted.map(([key, item]) => [key, item * 2]), length]);
    }),
    { numRuns: 300 },
  );
});
