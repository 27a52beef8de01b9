import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkKeyword, heredocsOf, jsonForm, parseDockerfile } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';

const shape = (text: string): unknown =>
  parseDockerfile(text).instructions.map(({ keyword, flags, rest, first, last }) => [
    keyword,
    flags,
    rest,
    first,
    last,
  ]);

test.each([
  [
    'one line each',
    'FROM busybox\nRUN echo hi\n',
    [
      ['FROM', [], 'busybox', 1, 1],
      ['RUN', [], 'echo hi', 2, 2],
    ],
  ],
  [
    'keywords in any case',
    'from busybox\ncmd ["a"]',
    [
      ['FROM', [], 'busybox', 1, 1],
      ['CMD', [], '["a"]', 2, 2],
    ],
  ],
  [
    'continuation lines are joined, comments and empty lines between them left out',
    'FROM a\nRUN x \\\n# no\n\n  y\n',
    [
      ['FROM', [], 'a', 1, 1],
      ['RUN', [], 'x   y', 2, 5],
    ],
  ],
  [
    'flags come before the arguments',
    'FROM --platform=linux/amd64 a AS b\nCOPY --from=b --chown=1:2 /x /y',
    [
      ['FROM', ['--platform=linux/amd64'], 'a AS b', 1, 1],
      ['COPY', ['--from=b', '--chown=1:2'], '/x /y', 2, 2],
    ],
  ],
  [
    'another escape character',
    '# escape=`\nFROM a\nRUN x `\n y',
    [
      ['FROM', [], 'a', 2, 2],
      ['RUN', [], 'x  y', 3, 4],
    ],
  ],
])('%s', (_, text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test('here-documents belong to their instruction', () => {
  const { instructions } = parseDockerfile('FROM a\nCOPY <<EOF <<-"B" /d/\n1 $X\nEOF\n\t2\n\tB\nRUN x\n');
  expect(instructions[1]!.heredocs).toEqual([
    { name: 'EOF', content: '1 $X\n', expand: true, chomp: false },
    { name: 'B', content: '2\n', expand: false, chomp: true },
  ]);
  expect(instructions[1]!.last).toBe(6);
  expect(instructions[2]!.first).toBe(7);
});

test.each([
  ['FROM a\nRUNN x', 'dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)'],
  ['FROM a\nRUN <<EOF\nx', 'unterminated heredoc'],
  ['# only a comment', 'file with no instructions'],
  ['# escape=x\nFROM a', "invalid escape token 'x' does not match ` or \\"],
  ['# escape=`\n# escape=`\nFROM a', 'only one escape parser directive can be used'],
])('%j is refused', (text, message) => {
  expect(() => parseDockerfile(text).instructions.forEach(checkKeyword)).toThrow(message);
});

test('a line after an empty one within an instruction is noted', () => {
  const file = parseDockerfile('FROM a\nRUN b \\\n\n  c\n');
  expect(file.emptyContinuations).toEqual([4]);
  expect(file.instructions[1]!.rest).toBe('b   c');
});

test('the comments right above an instruction belong to it', () => {
  const { instructions } = parseDockerfile('# away\n\n# a is first\n# more\nFROM x AS a\nRUN y\n');
  expect(instructions[0]!.comments).toEqual(['a is first', 'more']);
  expect(instructions[1]!.comments).toEqual([]);
});

test('the JSON form is strings only', () => {
  expect(jsonForm('["a", "b c"]')).toEqual(['a', 'b c']);
  expect(jsonForm("['a']")).toBeUndefined();
  expect(jsonForm('[1]')).toBeUndefined();
  expect(jsonForm('a [b]')).toBeUndefined();
});

test('a quoted << is no here-document', () => {
  expect(heredocsOf('echo a<<1')).toEqual([]);
  expect(heredocsOf('cat <<EOF > x').map((doc) => doc.name)).toEqual(['EOF']);
});

test('no text makes the parser hang or throw anything but its own error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      try {
        parseDockerfile(`FROM a\n${text}`);
      } catch (error) {
        expect(error).toBeInstanceOf(DockerfileError);
      }
    }),
  );
});
