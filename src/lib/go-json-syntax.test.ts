import { expect, test } from 'vitest';
import { goJsonProblem } from './go-json-syntax.ts';

// What dockerd --validate 28 says.
test.each([
  ['{"foo": 1, }', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"registry-mirrors": ["x"]', 'unexpected end of JSON input'],
  ['{"debug": tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{"debug": true]', "invalid character ']' after object key:value pair"],
  ['{debug: true}', "invalid character 'd' looking for beginning of object key string"],
  ["{'debug': true}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"debug": true} x', "invalid character 'x' after top-level value"],
  ['{"a": [1, -2.5e3, "\\u00e9"], "b": {}} \n', undefined],
])('%s', (text, words) => {
  expect(goJsonProblem(text)).toBe(words);
});
