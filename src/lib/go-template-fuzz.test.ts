import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GoTemplate, TemplateError } from './go-template.ts';
import { GoStruct } from './go-value.ts';

// Whatever a user writes into --format: it gives a text or an error of a template, and soon.

const VALUE = new GoStruct('T', {
  Name: 'web',
  Size: 3,
  List: ['a', 'b'],
  Map: new Map([['k', 'v']]),
  Inner: new GoStruct('U', { X: 1, Nothing: null }),
});
const word = fc.constantFrom(
  ...'{{ }} {{- -}} if else end range with define block template break continue and or not eq lt len index slice print printf println html js urlquery json join split upper lower title pad truncate call nil true false $ $x := = | ( ) . .Name .Size .List .Map .Inner.X .Nope "a" `b` \'c\' 1 -2 0x1F 1.5 , "%d" "%[2]*d" /* */ x'.split(
    ' ',
  ),
);
const action = fc.array(word, { maxLength: 8 }).map((words) => `{{${words.join(' ')}}}`);
const source = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `{{${text}}}`),
  fc.string({ maxLength: 60 }),
  fc.array(fc.oneof(action, word), { maxLength: 8 }).map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom('{{if .Name}}', '{{range .List}}', '{{else}}', '{{end}}', '{{.}}', '{{with .Map}}'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('x')),
);

test('any template is refused or executed', () => {
  fc.assert(
    fc.property(source, (text) => {
      try {
        expect(typeof new GoTemplate(text).execute(VALUE)).toBe('string');
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
      }
    }),
    { seed: 11, numRuns: process.env.DRYDOCK_FULL === '1' ? 50_000 : 1500 },
  );
});

test('widths, depths and recursion have limits', () => {
  for (const text of [
    '{{printf "%999999999d" 1}}',
    '{{printf "%*d" 999999999 1}}',
    '{{pad "x" 999999999 0}}',
    `${'{{if .Name}}'.repeat(3000)}${'{{end}}'.repeat(3000)}`,
    `{{${'('.repeat(5000)}1${')'.repeat(5000)}}}`,
    '{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}',
    '{{range 999999999}}{{end}}',
  ]) {
    try {
      expect(new GoTemplate(text).execute(VALUE).length).toBeLessThan(10_000_000);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
    }
  }
});
