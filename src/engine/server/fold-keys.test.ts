import { expect, test } from 'vitest';
import { fieldsOf, foldKeys } from './fold-keys.ts';

test('keys of any case become those of the API, maps keep theirs', () => {
  const fields = { ...fieldsOf('DetachKeys Labels'), HostConfig: fieldsOf('Memory') };
  expect(foldKeys({ detachKeys: 'a', LABELS: { Foo: 1 }, hostconfig: { memory: 5 }, Other: 2 }, fields)).toEqual({
    DetachKeys: 'a',
    Labels: { Foo: 1 },
    HostConfig: { Memory: 5 },
    Other: 2,
  });
});
