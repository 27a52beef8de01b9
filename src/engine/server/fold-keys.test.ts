import { expect, test } from 'vitest';
import { foldKeys, shape } from './fold-keys.ts';

const body = shape('volume.CreateOptions', 'DetachKeys:string Labels:map[string]string', {
  HostConfig: shape('container.HostConfig', 'Memory:int'),
});

test('keys of any case become those of the API, maps keep theirs', () => {
  expect(foldKeys({ detachKeys: 'a', LABELS: { Foo: '1' }, hostconfig: { memory: 5 }, Other: 2 }, body)).toEqual({
    DetachKeys: 'a',
    Labels: { Foo: '1' },
    HostConfig: { Memory: 5 },
    Other: 2,
  });
});

test.each([
  [[], 'json: cannot unmarshal array into Go value of type volume.CreateOptions'],
  [{ DetachKeys: 1 }, 'json: cannot unmarshal number into Go struct field CreateOptions.DetachKeys of type string'],
  [
    { HostConfig: { Memory: '1' } },
    'json: cannot unmarshal string into Go struct field CreateOptions.HostConfig.Memory of type int',
  ],
  [
    { HostConfig: 5 },
    'json: cannot unmarshal number into Go struct field CreateOptions.HostConfig of type container.HostConfig',
  ],
  [
    { HostConfig: { Memory: 1.5 } },
    'json: cannot unmarshal number 1.5 into Go struct field CreateOptions.HostConfig.Memory of type int',
  ],
  [{ Labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field CreateOptions.Labels.a of type string'],
])('%j is refused', (value, words) => {
  expect(() => foldKeys(value, body)).toThrow(`invalid JSON: ${words}`);
});

test('fields of an embedded struct are named without it', () => {
  expect(() => foldKeys({ Image: 5 }, shape('container.CreateRequest.', 'Image:string'))).toThrow(
    'Go struct field .Image of type string',
  );
});
