import { expect, test } from 'vitest';
import { expand, expandWords } from './expand.ts';

const VALUES: Readonly<Record<string, string>> = {
  A: 'one',
  B: 'two words',
  EMPTY: '',
  PATHNAME: '/usr/local/lib.tar.gz',
};
const lookup = (name: string): string | undefined => VALUES[name];

test.each([
  ['$A', 'one'],
  ['${A}', 'one'],
  ['x$A-y', 'xone-y'],
  ['$NONE', ''],
  ['\\$A', '$A'],
  ["'$A'", '$A'],
  ['"$A"', 'one'],
  ['"a b"', 'a b'],
  ['${NONE:-def}', 'def'],
  ['${EMPTY:-def}', 'def'],
  ['${EMPTY-def}', ''],
  ['${A:+set}', 'set'],
  ['${NONE:+set}', ''],
  ['${NONE:-$A}', 'one'],
  ['${PATHNAME#*/}', 'usr/local/lib.tar.gz'],
  ['${PATHNAME##*/}', 'lib.tar.gz'],
  ['${PATHNAME%.*}', '/usr/local/lib.tar'],
  ['${PATHNAME%%.*}', '/usr/local/lib'],
  ['${A/n/N}', 'oNe'],
  ['${PATHNAME//l/L}', '/usr/LocaL/Lib.tar.gz'],
])('%s is %s', (text, expected) => {
  expect(expand(text, lookup, '\\')).toBe(expected);
});

test.each([
  ['${NONE:?must be set}', 'failed to process "${NONE:?must be set}": NONE: must be set'],
  ['${A', 'unsupported modifier (\ufffd) in substitution'],
  ['${}', 'syntax error: bad substitution'],
  ['${A:z}', 'unsupported modifier (:z) in substitution'],
  ['"open', 'unexpected end of statement while looking for matching double-quote'],
])('%s fails', (text, message) => {
  expect(() => expand(text, lookup, '\\')).toThrow(message);
});

test('words are split at blanks, those of an unquoted variable too', () => {
  expect(expandWords('a $B "c d" $EMPTY', lookup, '\\')).toEqual(['a', 'two', 'words', 'c d']);
});

test('what has no value is told, even where there is a default', () => {
  const missing: string[] = [];
  const options = { missing: (name: string) => missing.push(name) };
  expect(expand('$NONE ${NO2} ${NO3:-x} $A', lookup, '\\', options)).toBe('  x one');
  expect(missing).toEqual(['NONE', 'NO2', 'NO3']);
});

test('for the display quotes stay, and what has no value', () => {
  const options = { keepQuotes: true, keepUnset: true };
  expect(expand('echo "$A" $NONE ${NO:-x} \'q\'', lookup, '\\', options)).toBe('echo "one" $NONE ${NO:-x} \'q\'');
});
