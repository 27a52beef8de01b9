import { expect, test } from 'vitest';
import { parseHcl, parseHclTemplate } from './hcl.ts';
import { evaluate, type HclScope } from './hcl-eval.ts';
import { hclFunctions } from './hcl-functions.ts';
import { parseHclJson } from './hcl-json.ts';
import { HclError } from './hcl-syntax.ts';

const functions = hclFunctions({ sha256: () => 'digest', now: () => '2026-01-02T03:04:05Z', home: '/root' });
const values: Record<string, string | number | string[]> = { name: 'web', n: 5, list: ['a', 'b'] };
const scope: HclScope = { variable: (name) => values[name], function: (name) => functions[name] };

const worth = (text: string): unknown => evaluate(parseHcl(`x = ${text}\n`).attributes.get('x')!, scope);

test.each([
  ['"a-${name}-$${x}"', 'a-web-${x}'],
  ['n > 3 ? "big" : "small"', 'big'],
  ['n + 2 * 3', 11],
  ['(n + 2) * 3 == 21 && !false', true],
  ['["a", name,]', ['a', 'web']],
  ['{ a = 1, "b" = name }', { a: 1, b: 'web' }],
  ['[for v in list : upper(v) if v != "a"]', ['B']],
  ['{ for i, v in list : v => i }', { a: 0, b: 1 }],
  ['list[1]', 'b'],
  ['[{ a = 1 }, { a = 2 }][*].a', [1, 2]],
  ['join(",", list)', 'a,b'],
  ['replace("1.2.3", ".", "-")', '1-2-3'],
  ['format("%s-%03d", name, n)', 'web-005'],
  ['regex_replace("v1.2", "v([0-9]+)", "r$1")', 'r1.2'],
  ['max([1, 9, 3]...)', 9],
  ['null', null],
  ['<<EOT\na ${name}\n  b\nEOT', 'a web\n  b\n'],
  ['<<-EOT\n    a\n      b\n  EOT', 'a\n  b\n'],
])('%s', (text, expected) => {
  expect(worth(text)).toEqual(expected);
});

test('blocks have labels, attributes and blocks', () => {
  const body = parseHcl(
    '# c\ntarget "app" {\n  tags = ["x"] // t\n  inner { a = 1 }\n}\nvariable "V" { default = 1 }\n',
  );
  expect(body.blocks.map((b) => [b.type, b.labels, [...b.body.attributes.keys()], b.body.blocks.length])).toEqual([
    ['target', ['app'], ['tags'], 1],
    ['variable', ['V'], ['default'], 0],
  ]);
});

const problem = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof HclError)
      return `${error.range.line},${error.range.column}-${error.range.endLine === undefined ? '' : `${error.range.endLine},`}${error.range.endColumn}: ${error.summary}`;
  }
  return '';
};

// as recorded from buildx 0.29
test.each([
  ['target "a" {\n x = \n}\n', '2,6-3,1: Invalid expression'],
  ['target "a" {\n', '1,12-13: Unclosed configuration block'],
  ['x', '1,1-2: Argument or block definition required'],
  ['target "a" { m = 1\n n = 2\n}\n', '1,19-2,1: Invalid single-argument block definition'],
])('%j is refused', (text, expected) => {
  expect(problem(() => parseHcl(text))).toBe(expected);
});

test('what there is not is told with its place', () => {
  expect(problem(() => worth('NOPE'))).toBe('1,5-9: Unknown variable');
  expect(problem(() => worth('nope(1)'))).toBe('1,5-9: Call to unknown function');
});

test('a template alone', () => {
  expect(evaluate(parseHclTemplate('v${n}'), scope)).toBe('v5');
});

// as recorded from buildx 0.29
test.each([
  ['{bad', '"bad" is not a valid JSON keyword., and 2 other diagnostic(s)'],
  ['{"a":bad}', '"bad" is not a valid JSON keyword.'],
  ['{"a":tru}', '"tru" is not a valid JSON keyword. Did you mean "true"?'],
  ['{"a" 1}', "A colon must appear between an object property's name and its value., and 1 other diagnostic(s)"],
  ['{"a":1', 'No closing brace was found for this JSON object., and 1 other diagnostic(s)'],
  ['{"a":[1,]}', 'JSON does not permit a trailing comma after the final value in an array., and 2 other diagnostic(s)'],
  [
    '{"a":1,}',
    'JSON does not permit a trailing comma after the final property in an object., and 1 other diagnostic(s)',
  ],
  ['bad', '"bad" is not a valid JSON keyword., and 1 other diagnostic(s)'],
  ['{', 'The JSON data ends prematurely., and 2 other diagnostic(s)'],
  ['{"a":{b', '"b" is not a valid JSON keyword., and 3 other diagnostic(s)'],
  ['{"a":01}', 'There is a syntax error in the given JSON number.'],
])('JSON: %s', (text, detail) => {
  expect(() => parseHclJson(text)).toThrow(detail);
});
