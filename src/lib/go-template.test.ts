import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goJson } from './go-json.ts';
import { GoTemplate, TemplateError, TemplateExecError } from './go-template.ts';
import { GoFunc, GoMap, GoNil, GoSlice, GoStruct, GoTyped, type GoValue } from './go-value.ts';

const container = new GoStruct(
  'container.InspectResponse',
  {
    Name: '/web',
    Config: new GoStruct('*container.Config', {
      Labels: new GoMap(
        'map[string]string',
        new Map([
          ['b', '2'],
          ['a', '1'],
        ]),
      ),
      Cmd: new GoSlice('[]string', ['nginx', '-g']),
      Env: new GoSlice('[]string', null),
    }),
    State: new GoStruct('*container.State', {
      Running: true,
      Health: new GoNil('*container.Health'),
      Pid: new GoTyped('int', 7),
    }),
    Size: new GoTyped('float64', 1234567),
  },
  {
    methods: { Label: new GoFunc(['string'], (name) => `label ${name}`), ID: () => 'abc' },
    json: { Name: 'name,omitempty' },
  },
);

function run(source: string, data: GoValue = container, missingKey: 'default' | 'zero' | 'error' = 'default'): string {
  try {
    return new GoTemplate(source, { missingKey }).execute(data);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

test.each([
  ['{{.Name}} {{.ID}} {{.Label "x"}}', '/web abc label x'],
  ['{{.Config.Labels}} {{.Config.Cmd}} {{.Config.Env}}', 'map[a:1 b:2] [nginx -g] []'],
  ['{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
  ['{{join .Config.Cmd " "}}|{{len .Config.Labels}}', 'nginx -g|2'],
  ['{{.Config.Labels.none}}|{{index .Config.Labels "none"}}|', '<no value>||'],
  ['{{json .Config}}', '{"Labels":{"a":"1","b":"2"},"Cmd":["nginx","-g"],"Env":null}'],
  ['{{json .Name}} {{json .State}}', '"/web" {"Running":true,"Health":null,"Pid":7}'],
  ['{{with .State.Health}}x{{else}}none{{end}}', 'none'],
  ['{{.State}} {{.Size}}', '{true <nil> 7} 1.234567e+06'],
  [
    '{{.State.Health.Status}}',
    'template: :1:8: executing "" at <.State.Health.Status>: nil pointer evaluating *container.Health.Status',
  ],
  ['{{.Label}}', 'template: :1:2: executing "" at <.Label>: wrong number of args for Label: want 1 got 0'],
  ['{{.Nope}}', `template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type container.InspectResponse`],
  ['{{.Config.Cmd.x}}', `template: :1:9: executing "" at <.Config.Cmd.x>: can't evaluate field x in type []string`],
  ['{{.Name | .Label}}', 'label /web'],
  ['{{range .Config.Cmd}}{{if eq . "-g"}}{{break}}{{end}}{{.}}{{end}}', 'nginx'],
  ['{{range .Config.Cmd}}{{if eq . "nginx"}}{{continue}}{{end}}{{.}}{{end}}', '-g'],
  ['a\n{{- range .Config.Cmd }}\n {{- . }}{{ end -}}\n b', 'anginx-gb'],
])('%s', (source, expected) => {
  expect(run(source)).toBe(expected);
});

test('plain objects are maps', () => {
  const data = { A: { B: [1, 2.5, null, true] }, N: null };
  expect(run('{{.A.B}} {{.A}} {{.x}} {{.N}} {{.x.y}}', data)).toBe(
    '[1 2.5 <nil> true] map[B:[1 2.5 <nil> true]] <no value> <no value> <no value>',
  );
  expect(run('{{.A.x}}', data, 'error')).toBe('template: :1:4: executing "" at <.A.x>: map has no entry for key "x"');
  expect(run('{{.N.x}}', data)).toBe('template: :1:4: executing "" at <.N.x>: nil pointer evaluating interface {}.x');
  expect(run('{{json .}}', data)).toBe('{"A":{"B":[1,2.5,null,true]},"N":null}');
});

test('what was written before an error is kept', () => {
  try {
    new GoTemplate('{{.Name}} {{.Nope}}').execute(container);
  } catch (error) {
    expect(error instanceof TemplateExecError && error.output).toBe('/web ');
  }
});

test('JSON as Go writes it', () => {
  expect(goJson('<a> & \u2028 \udcff "\\\n')).toBe('"\\u003ca\\u003e \\u0026 \\u2028 \\ufffd \\"\\\\\\n"');
  expect(goJson('<', { escapeHtml: false })).toBe('"<"');
  expect(
    goJson(
      new Map<string, number | GoTyped>([
        ['b', 1],
        ['a', new GoTyped('float64', 1e21)],
      ]),
    ),
  ).toBe('{"a":1e+21,"b":1}');
});

test('garbage and endless templates end with an error or a text', () => {
  const piece = fc.constantFrom(
    ...'{{ }} - . .A $ $x := = | ( ) " \' ` if else end range with define "x" template block 1 printf and eq /* */ , nil'.split(
      ' ',
    ),
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (parts) => {
      run(parts.join(''), { A: [1, 2] });
      run(`{{${parts.join(' ')}}}`, { A: [1, 2] });
    }),
    { numRuns: 500 },
  );
  expect(run('{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}')).toContain('exceeded maximum template depth');
  expect(run('{{range 1000000000}}{{range 1000000000}}x{{end}}{{end}}')).toContain('template takes too long');
  expect(run(`${'{{if 1}}'.repeat(5000)}`)).toContain('max expression depth exceeded');
});
