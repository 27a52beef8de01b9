import { expect, test } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';
import { Linter } from './lint.ts';
import { HOST_PLATFORM } from './platform.ts';
import { neededStages, planStages } from './stages.ts';

const plan = (text: string, target?: string, args: Record<string, string> = {}) =>
  planStages(parseDockerfile(text), args, target, new Linter(), HOST_PLATFORM);

test('the last stage is built, with those that it needs', () => {
  const p = plan('FROM a AS one\nFROM b AS unused\nFROM c\nCOPY --from=one /x /y\n');
  expect(neededStages(p).map((stage) => stage.base)).toEqual(['a', 'c']);
});

test('a stage may go on from another, by its name in any case', () => {
  const p = plan('FROM a AS Base\nFROM base\n');
  expect(p.target.base).toBe(p.stages[0]);
});

test('--target takes a name, and no number', () => {
  expect(plan('FROM a AS one\nFROM b', 'one').target.base).toBe('a');
  expect(() => plan('FROM a AS one\nFROM b', '0')).toThrow('target stage "0" could not be found');
  expect(() => plan('FROM a', 'nope')).toThrow('target stage "nope" could not be found');
});

test('ARG before FROM is replaced in it, and can be overridden', () => {
  expect(plan('ARG V=1\nFROM a:$V').target.base).toBe('a:1');
  expect(plan('ARG V=1\nFROM a:$V', undefined, { V: '2' }).target.base).toBe('a:2');
});

test.each([
  ['RUN x', 'no build stage in current context'],
  ['FROM a b', 'dockerfile parse error on line 1: FROM requires either one or three arguments'],
  [
    'FROM a AS bad!name',
    'dockerfile parse error on line 1: invalid name for build stage: "bad!name", name can\'t start with a number or contain symbols',
  ],
])('%s', (text, message) => {
  expect(() => plan(text)).toThrow(message);
});

test.each([
  [
    'FROM a\nCOPY x',
    'COPY requires at least two arguments, but only one was provided. Destination could not be determined',
  ],
  ['FROM a\nCOPY --foo x y', 'dockerfile parse error on line 2: unknown flag: --foo (did you mean from?)'],
  ['FROM a\nCOPY --link=foo x y', 'expecting boolean value for flag --link, not: foo'],
  ['FROM a\nHEALTHCHECK --retries=-1 CMD a', '--retries cannot be negative (-1)'],
  ['FROM a\nHEALTHCHECK foo', 'Unknown type "FOO" in HEALTHCHECK (try CMD)'],
  ['FROM a\nSHELL sh', 'SHELL requires the arguments to be in JSON form'],
  ['FROM a\nONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger"],
  ['FROM a\nRUN --network=x y', 'invalid network mode "x"'],
  ['FROM a\nENV =b', 'ENV names can not be blank'],
])('%j is refused before anything runs', (text, message) => {
  expect(() => plan(text)).toThrow(message);
});

test('a stage may only copy from one before it', () => {
  expect(() => neededStages(plan('FROM a AS a1\nCOPY --from=b1 /x /y\nFROM a1 AS b1'))).toThrow(
    'cannot copy from stage "b1", it needs to be defined before current stage "a1"',
  );
});

test('a circle is refused', () => {
  expect(() => neededStages(plan('FROM a AS a1\nCOPY --from=a1 /x /y'))).toThrow(
    'circular dependency detected on stage: a1',
  );
});
