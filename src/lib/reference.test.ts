import fc from 'fast-check';
import { expect, test } from 'vitest';
import { familiarString, formatReference, InvalidReference, parseReference, tagNameOnly } from './reference.ts';

const HEX = 'a'.repeat(64);

function parse(text: string): string {
  try {
    return formatReference(parseReference(text));
  } catch (error) {
    if (error instanceof InvalidReference) return `! ${error.message}`;
    throw error;
  }
}

test.each([
  ['ubuntu', 'docker.io/library/ubuntu', 'ubuntu'],
  ['ubuntu:22.04', 'docker.io/library/ubuntu:22.04', 'ubuntu:22.04'],
  ['user/app', 'docker.io/user/app', 'user/app'],
  ['docker.io/user/app', 'docker.io/user/app', 'user/app'],
  ['index.docker.io/redis', 'docker.io/library/redis', 'redis'],
  ['localhost/app:1', 'localhost/app:1', 'localhost/app:1'],
  ['localhost:5000/app', 'localhost:5000/app', 'localhost:5000/app'],
  ['[::1]:5000/app', '[::1]:5000/app', '[::1]:5000/app'],
  ['quay.io/a/b/c', 'quay.io/a/b/c', 'quay.io/a/b/c'],
  ['library/a/b', 'docker.io/library/a/b', 'library/a/b'],
  [`a@sha256:${HEX}`, `docker.io/library/a@sha256:${HEX}`, `a@sha256:${HEX}`],
  [`a:1@sha256:${HEX}`, `docker.io/library/a:1@sha256:${HEX}`, `a:1@sha256:${HEX}`],
  ['UPPER.example/app', 'UPPER.example/app', 'UPPER.example/app'],
])('%s', (text, whole, familiar) => {
  expect(parse(text)).toBe(whole);
  expect(familiarString(parseReference(text))).toBe(familiar);
});

test.each([
  ['INVALID', 'invalid reference format: repository name (library/INVALID) must be lowercase'],
  ['user/App:1', 'invalid reference format: repository name (user/App) must be lowercase'],
  ['', 'invalid reference format'],
  ['a:b:c', 'invalid reference format'],
  ['a//b', 'invalid reference format'],
  ['-a', 'invalid reference format'],
  ['a:', 'invalid reference format'],
  [`a:${'t'.repeat(129)}`, 'invalid reference format'],
  [HEX, `invalid repository name (${HEX}), cannot specify 64-byte hexadecimal strings`],
  [`a@md5:${'a'.repeat(32)}`, 'unsupported digest algorithm'],
  [`a@sha256:${'a'.repeat(40)}`, 'invalid checksum digest length'],
  ['x'.repeat(256), 'repository name must not be more than 255 characters'],
])('%s is refused', (text, message) => {
  expect(parse(text)).toBe(`! ${message}`);
});

test('latest is added only where nothing is said', () => {
  expect(tagNameOnly(parseReference('a')).tag).toBe('latest');
  expect(tagNameOnly(parseReference('a:1')).tag).toBe('1');
  expect(tagNameOnly(parseReference(`a@sha256:${HEX}`)).tag).toBeUndefined();
});

test('a parsed reference is parsed again to the same, garbage only throws InvalidReference', () => {
  const part = fc.constantFrom('a', 'b-c', '.', ':', '/', '@', 'sha256:', HEX, '_', 'X', 'localhost', '5000', ' ');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const once = parse(parts.join(''));
      if (!once.startsWith('!')) expect(parse(once)).toBe(once);
    }),
  );
});
