import { expect, test } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';
import { neededStages, planStages } from './stages.ts';

const plan = (text: string, target?: string, args: Record<string, string> = {}) =>
  planStages(parseDockerfile(text), args, target);

test('the last stage is built, with those that it needs', () => {
  const p = plan('FROM a AS one\nFROM b AS unused\nFROM c\nCOPY --from=one /x /y\n');
  expect(neededStages(p).map((stage) => stage.base)).toEqual(['a', 'c']);
});

test('a stage may go on from another, by its name in any case', () => {
  const p = plan('FROM a AS Base\nFROM base\n');
  expect(p.target.base).toBe(p.stages[0]);
});

test('--target takes a name or a number', () => {
  expect(plan('FROM a AS one\nFROM b', 'one').target.base).toBe('a');
  expect(plan('FROM a AS one\nFROM b', '0').target.base).toBe('a');
  expect(() => plan('FROM a', 'nope')).toThrow('target stage "nope" could not be found');
});

test('ARG before FROM is replaced in it, and can be overridden', () => {
  expect(plan('ARG V=1\nFROM a:$V').target.base).toBe('a:1');
  expect(plan('ARG V=1\nFROM a:$V', undefined, { V: '2' }).target.base).toBe('a:2');
});

test.each([
  ['RUN x', 'dockerfile parse error on line 1: no build stage in current context'],
  ['FROM a b', 'dockerfile parse error on line 1: FROM requires either one or three arguments'],
  [
    'FROM a AS bad!name',
    'dockerfile parse error on line 1: invalid name for build stage: "bad!name", name can\'t start with a number or contain symbols',
  ],
])('%s', (text, message) => {
  expect(() => plan(text)).toThrow(message);
});

test('a circle is refused', () => {
  expect(() => neededStages(plan('FROM a AS a1\nCOPY --from=a1 /x /y'))).toThrow(
    'circular dependency detected on stage: a1',
  );
});
