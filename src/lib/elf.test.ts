import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ELF_HEADER_MAX, isElf, makeElf, readElf } from './elf.ts';

const name = fc.string({ minLength: 1, maxLength: 20 }).filter((s) => !s.includes('\0'));
const program = fc.record({
  program: name,
  version: name,
  flavour: fc.constantFrom('glibc' as const, 'musl' as const, 'go' as const),
});

test('what an executable says is read back', () => {
  fc.assert(
    fc.property(program, fc.uint8Array(), (what, after) => {
      const header = makeElf(what);
      expect(header.length).toBeLessThanOrEqual(ELF_HEADER_MAX);
      const file = new Uint8Array([...header, ...after]);
      expect(isElf(file)).toBe(true);
      expect(readElf(file)).toEqual(what);
    }),
  );
});

test('damaged and foreign files are no programs, and nothing throws', () => {
  fc.assert(
    fc.property(program, fc.nat(), fc.nat(255), fc.nat(), (what, at, value, length) => {
      const file = makeElf(what);
      file[at % file.length] = value;
      readElf(file);
      readElf(file.subarray(0, length % file.length));
    }),
  );
  expect(readElf(new Uint8Array(10))).toBeUndefined();
  expect(isElf(Uint8Array.of(0x7f, 0x45, 0x4c))).toBe(false);
});
