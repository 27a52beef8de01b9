import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRegex, type Regex, RegexError, type RegexOptions } from './regex.ts';

function compile(source: string, options: RegexOptions): Regex {
  const regex = compileRegex(source, options);
  if (regex instanceof RegexError) throw regex;
  return regex;
}

/** The match and its groups as texts. */
function match(source: string, text: string, options: RegexOptions): (string | null)[] | string | null {
  const regex = compileRegex(source, options);
  if (regex instanceof RegexError) return regex.message;
  const found = regex.exec(text);
  if (!found) return null;
  expect(regex.test(text)).toBe(true);
  const out: (string | null)[] = [];
  for (let i = 0; i < found.length; i += 2) out.push(found[i]! < 0 ? null : text.slice(found[i], found[i + 1]));
  return out;
}

test.each([
  ['abc', 'xabcx', ['abc']],
  ['a*b', 'xaaab', ['aaab']],
  ['a\\{2,3\\}', 'aaaa', ['aaa']],
  ['\\(a*\\)b\\(c*\\)', 'aabcc', ['aabcc', 'aa', 'cc']],
  ['a\\|ab', 'ab', ['ab']],
  ['\\(a\\|ab\\)\\(c\\|bcd\\)\\(d*\\)', 'abcd', ['abcd', 'a', 'bcd', '']],
  ['*a', '*a', ['*a']],
  ['^*a', 'b*a', null],
  ['^*a', '*a', ['*a']],
  ['\\(*a\\)', '*a', ['*a', '*a']],
  ['a\\+b\\?', 'aab', ['aab']],
  ['a+b', 'aab a+b', ['a+b']],
  ['a$b', 'a$b', ['a$b']],
  ['a^b', 'a^b', ['a^b']],
  ['\\(^a\\)', 'ba', null],
  ['\\(.\\)\\1', 'abccd', ['cc', 'c']],
  ['^\\(.*\\)-\\1$', 'ab-ab', ['ab-ab', 'ab']],
  ['\\<w\\w*\\>', 'a word x', ['word']],
  ['[[:digit:]]\\{3\\}', 'ab1234', ['123']],
  ['[]a]*', ']a]b', [']a]']],
  ['[^]a]', ']ab', ['b']],
  ['[a-c-]*', 'a-cd', ['a-c']],
  ['[[.-.]]', 'a-', ['-']],
  ['.', '👍', ['👍']],
  ['\\`a', 'a', ['a']],
])('basic: %s on %j', (source, text, expected) => {
  expect(match(source, text, { dialect: 'bre' })).toEqual(expected);
});

test.each([
  ['a|ab', 'ab', ['ab']],
  ['(a|ab)(c|bcd)(d*)', 'abcd', ['abcd', 'a', 'bcd', '']],
  ['a?(ab)?', 'ab', ['ab', 'ab']],
  ['(a*)(ab)*(b*)', 'abb', ['abb', 'a', null, 'bb']],
  ['(a*)*', 'aab', ['aa', 'aa']],
  ['(a|ab|aba)*', 'ababa', ['ababa', 'a']],
  ['(x?)(xy)?z?', 'xyz', ['xyz', '', 'xy']],
  ['(a|b)*c', 'abbc', ['abbc', 'b']],
  ['([0-9]{1,3}\\.){3}[0-9]{1,3}', 'ip 192.168.65.3 x', ['192.168.65.3', '65.']],
  ['x{0}y', 'xy', ['y']],
  ['^$', '', ['']],
  ['()', 'a', ['', '']],
  ['(|a)', 'a', ['a', 'a']],
  ['a|', 'b', ['']],
  ['\\bfoo\\b|bar', 'a foo', ['foo']],
  ['(foo|foobar)(bar)?', 'foobarbar', ['foobarbar', 'foobar', 'bar']],
  ['(.)(.)\\2\\1', 'xabbay', ['abba', 'a', 'b']],
  ['[[:alpha:]_][[:alnum:]_]*=', '1a_2=3', ['a_2=']],
  ['é+', 'caféé', ['éé']],
  ['\\$\\([^)]*\\)', 'a $(b) c', ['$(b)']],
  ['a\\{1\\}', 'a{1}', ['a{1}']],
])('extended: %s on %j', (source, text, expected) => {
  expect(match(source, text, { dialect: 'ere' })).toEqual(expected);
});

test.each([
  ['a.*?b', 'aabab', ['aab']],
  ['a|ab', 'ab', ['a']],
  ['(?<year>\\d{4})-(\\d\\d)', 'on 2024-05', ['2024-05', '2024', '05']],
  ['(?<=\\$)\\d+(?!\\d|\\.)', '$5.0 $42', ['42']],
  ['(?<!a)b', 'abcb', ['b']],
  ['(?i)HeLLo', 'hello', ['hello']],
  ['(?:a|b)+', 'abac', ['aba']],
  ['(\\w)\\1', 'hello', ['ll', 'l']],
  ['\\bfoo\\K\\d+', 'foo42', ['42']],
  ['(?>a+)ab', 'aaab', null],
  ['a++b', 'aab', ['aab']],
  ['(a|(b))*', 'ba', ['ba', 'a', 'b']],
  ['\\Qa.b\\E+', 'a.bb', ['a.bb']],
  ['a.c', 'a\nc', null],
  ['x$', 'x\n', ['x']],
  ['[\\d.]+', 'v1.2', ['1.2']],
  ['(?x) a b # comment', 'ab', ['ab']],
  ['\\x41\\x{42}', 'AB', ['AB']],
  ['(?P<q>[\'"]).*?(?P=q)', 'say "it\'s"', ['"it\'s"', '"']],
  ['^(?=.*\\d)(?=.*[a-z]).{4,}$', 'ab12', ['ab12']],
])('perl: %s on %j', (source, text, expected) => {
  expect(match(source, text, { dialect: 'perl' })).toEqual(expected);
});

test.each([
  ['bre', '\\(a', 'Unmatched ( or \\('],
  ['bre', 'a\\)', 'Unmatched ) or \\)'],
  ['bre', 'a\\{1', 'Unmatched \\{'],
  ['bre', 'a\\{x\\}', 'Invalid content of \\{\\}'],
  ['bre', 'a\\{2,1\\}', 'Invalid content of \\{\\}'],
  ['bre', '\\{1\\}a', 'Invalid preceding regular expression'],
  ['bre', 'a**', 'Invalid preceding regular expression'],
  ['bre', '\\1', 'Invalid back reference'],
  ['bre', '\\(a\\)\\2', 'Invalid back reference'],
  ['bre', 'a\\', 'Trailing backslash'],
  ['bre', '[a', 'Unmatched [, [^, [:, [., or [='],
  ['bre', '[]', 'Unmatched [, [^, [:, [., or [='],
  ['bre', '[[:foo:]]', 'Invalid character class name'],
  ['bre', '[[.xx.]]', 'Invalid collation character'],
  ['bre', '[z-a]', 'Invalid range end'],
  ['bre', 'a\\{99999\\}', 'Regular expression too big'],
  ['ere', '*a', 'Invalid preceding regular expression'],
  ['ere', '^*a', 'Invalid preceding regular expression'],
  ['ere', 'a|*b', 'Invalid preceding regular expression'],
  ['ere', '{', 'Invalid preceding regular expression'],
  ['ere', ')', 'Unmatched ) or \\)'],
  ['ere', '(a', 'Unmatched ( or \\('],
  ['ere', 'a{1', 'Unmatched \\{'],
  ['ere', 'a{}', 'Invalid content of \\{\\}'],
  ['perl', '(a', 'missing closing parenthesis'],
  ['perl', 'a)', 'unmatched closing parenthesis'],
  ['perl', '*a', 'quantifier does not follow a repeatable item'],
  ['perl', '[a', 'missing terminating ] for character class'],
  ['perl', '(?<=a+)b', 'lookbehind assertion is not fixed length'],
  ['perl', '\\2(a)', 'reference to non-existent subpattern'],
] as const)('%s: %s is refused', (dialect, source, message) => {
  expect(match(source, '', { dialect })).toBe(message);
});

test.each([
  ['*a', 'xa', ['a']],
  [')', 'a)', [')']],
  ['a{1', 'a{1', ['a{1']],
  ['a{x', 'a{x', ['a{x']],
  ['{1}a', 'a', ['a']],
  ['a+*', 'aab', ['aa']],
])('grep -E takes %s as it is', (source, text, expected) => {
  expect(match(source, text, { dialect: 'ere', lenient: true })).toEqual(expected);
});

test('lines', () => {
  const options = { dialect: 'ere', newline: true } as const;
  expect(match('^b.*$', 'a\nbcd\ne', options)).toEqual(['bcd']);
  expect(match('[^x]*', 'ab\nc', options)).toEqual(['ab']);
  expect(match('^(b|bc)$', 'a\nbc\ne', options)).toEqual(['bc', 'bc']);
  expect(match('a.b', 'a\nb', { dialect: 'ere' })).toEqual(['a\nb']);
  expect(match('^b', 'a\nb', { dialect: 'bre', multiline: true })).toEqual(['b']);
  expect(match('^b|x', 'a\nb', { dialect: 'ere' })).toBeNull();
});

test('without case', () => {
  expect(match('HELLO [a-c]+', 'hello ABC', { dialect: 'ere', icase: true })).toEqual(['hello ABC']);
  expect(match('(a)\\1', 'aA', { dialect: 'ere', icase: true })).toEqual(['aA', 'a']);
  expect(match('ÉTÉ', 'été', { dialect: 'ere', icase: true })).toEqual(['été']);
  expect(match('[[:upper:]]', 'a', { dialect: 'ere', icase: true })).toEqual(['a']);
});

test('a search goes on from a place and sees what is before it', () => {
  const regex = compile('^a|\\<b', { dialect: 'ere' });
  expect([regex.exec('aab b', 1), regex.exec('ab', 1)]).toEqual([[4, 5], null]);
});

test('bytes', () => {
  expect(compile('a.*b', { dialect: 'ere' }).byteSafe).toBe(true);
  expect(compile('a.b', { dialect: 'ere' }).byteSafe).toBe(false);
  expect(compile('é', { dialect: 'ere' }).byteSafe).toBe(false);
  expect(match('a.b', 'a\xe9b', { dialect: 'ere', bytes: true })).toEqual(['a\xe9b']);
});

test('awk has the escapes of C', () => {
  expect(match('\\t[\\n\\/]\\x41', '\t/A', { dialect: 'awk' })).toEqual(['\t/A']);
  expect(match('/\\.', 'a/.', { dialect: 'awk' })).toEqual(['/.']);
});

const ATOMS = ['a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '(a|ab)'];
const patternOf = (atoms: string[]): fc.Arbitrary<string> => {
  const quantifier = fc.constantFrom('', '*', '?', '+', '{2}', '{1,2}', '{0,3}');
  const quantified = fc.tuple(fc.constantFrom(...atoms), quantifier).map((p) => p.join(''));
  const branch = fc.array(quantified, { minLength: 1, maxLength: 4 }).map((p) => p.join(''));
  return fc.array(branch, { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|'));
};
const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 10 }).map((t) => t.join(''));

test('leftmost and longest: no other match is further left or longer', () => {
  fc.assert(
    fc.property(patternOf([...ATOMS, '(a*)', '(b|)']), text, (source, input) => {
      const found = compile(source, { dialect: 'ere' }).exec(input);
      const whole = new RegExp(`^(?:${source})$`);
      let expected: [number, number] | null = null;
      for (let i = 0; i <= input.length && !expected; i++) {
        for (let j = input.length; j >= i && !expected; j--) if (whole.test(input.slice(i, j))) expected = [i, j];
      }
      expect(found && [found[0], found[1]]).toEqual(expected);
      expect(compile(source, { dialect: 'ere' }).test(input)).toBe(expected !== null);
    }),
    { numRuns: 500 },
  );
});

test('perl: the same as JavaScript on what both know', () => {
  fc.assert(
    fc.property(patternOf(ATOMS), fc.constantFrom('', '?'), text, (source, lazy, input) => {
      const perl = source.replaceAll('*', `*${lazy}`);
      const found = compile(perl, { dialect: 'perl' }).exec(input);
      const native = new RegExp(perl).exec(input);
      expect(found && [found[0], found[1]]).toEqual(native && [native.index, native.index + native[0].length]);
    }),
    { numRuns: 300 },
  );
});

test('hard patterns end', () => {
  const long = 'a'.repeat(3000);
  expect(compile('(a+)+$', { dialect: 'ere' }).test(`${long}b`)).toBe(false);
  expect(compile('(a|aa)*b', { dialect: 'ere' }).exec(long)).toBeNull();
  expect(compile('.*.*.*=.*x', { dialect: 'ere' }).exec(long)).toBeNull();
  expect(compile('(a+)+$', { dialect: 'perl' }).test(`${'a'.repeat(300)}b`)).toBe(false);
});

test('a search can be carried on bit by bit', () => {
  for (const [source, dialect] of [
    ['(x|xy)(z|yzz)', 'ere'],
    ['(.)\\1z', 'ere'],
    ['(?:x+x+)+y', 'perl'],
  ] as const) {
    const regex = compile(source, { dialect });
    const input = `${'xy '.repeat(50)}xxyzz`;
    const search = regex.start(input);
    let result = search.run(10);
    while (result === 'more') result = search.run(10);
    expect(result).toEqual(regex.exec(input));
  }
});

test('garbage gives an error or a match, never anything else', () => {
  const piece = fc.constantFrom(
    ...'a b * + ? { } ( ) [ ] ^ $ . | \\ : = - 1 , < > ! P i'.split(' '),
    '[:alpha:]',
    '\\(',
    '\\{1,2\\}',
    '(?',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 10 }),
      fc.constantFrom('bre', 'ere', 'awk', 'perl'),
      fc.boolean(),
      (parts, dialect, lenient) => {
        const regex = compileRegex(parts.join(''), { dialect, lenient } as RegexOptions);
        if (regex instanceof RegexError) return;
        regex.exec('ab*(a)1');
        regex.test('ab*(a)1');
      },
    ),
    { numRuns: 1000 },
  );
});
