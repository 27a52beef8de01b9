import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommandTree } from '../tree.ts';
import { hiddenFlags } from './hidden.ts';
import { FlagError, Flags } from './parse.ts';

// Whatever stands on a command line: pflag's words, or values.

const commands = [...new CommandTree().commands.values()].filter((spec) => spec.flags.length > 0);
const value = fc.oneof(
  fc.constantFrom(
    '',
    '-1',
    '0',
    '1',
    '1.5',
    '10m',
    '1h',
    'true',
    'x',
    'a=b',
    'a=b,c=d',
    '80:80',
    '1.2.3.4',
    '/x:/y:ro',
    '"',
    '"a"b',
    ',,',
    '=',
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const line = fc.constantFrom(...commands).chain((spec) => {
  const name = fc.constantFrom(...spec.flags.map((f) => f.name), 'help', 'nosuch');
  const word = fc.oneof(
    name.map((n) => `--${n}`),
    fc.tuple(name, value).map(([n, v]) => `--${n}=${v}`),
    fc.constantFrom(...spec.flags.map((f) => `-${f.short || 'h'}`), '-', '--', '---', '-=', '--=x'),
    value,
  );
  return fc.array(word, { maxLength: 8 }).map((args) => ({ spec, args }));
});

test('any line is refused or parsed', () => {
  fc.assert(
    fc.property(line, fc.boolean(), ({ spec, args }, interspersed) => {
      const flags = new Flags(spec.flags, { env: new Map(), cwd: '/root' }, hiddenFlags(spec.path));
      try {
        const rest = flags.parse(args, interspersed);
        expect(rest.length).toBeLessThanOrEqual(args.length);
        for (const { name } of spec.flags) {
          expect(typeof flags.text(name)).toBe('string');
          expect(Array.isArray(flags.list(name))).toBe(true);
          expect(typeof flags.bool(name)).toBe('boolean');
          expect(Number.isNaN(flags.number(name))).toBe(false);
        }
      } catch (error) {
        if (!(error instanceof FlagError)) throw error;
      }
    }),
    { seed: 7, numRuns: process.env.DRYDOCK_FULL === '1' ? 100_000 : 4000 },
  );
});
