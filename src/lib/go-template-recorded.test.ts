import { expect, test } from 'vitest';
import { jsonString } from './go-json.ts';
import { GoTemplate, TemplateError } from './go-template.ts';
import { GoStruct } from './go-value.ts';

/** The context of `docker context ls --format` in the CLI that the results were recorded from (28.2, Go 1.24). */
const methods = {
  Current: () => true,
  Description: () => 'Current DOCKER_HOST based configuration',
  DockerEndpoint: () => 'unix:///var/run/docker.sock',
  Error: () => '',
  Name: () => 'default',
};
const context = new GoStruct(
  '*formatter.clientContextContext',
  {},
  {
    methods,
    string: () => '',
    marshalJSON: () =>
      `{${Object.entries(methods)
        .map(([k, f]) => `"${k}":${typeof f() === 'string' ? jsonString(String(f()), true) : f()}`)
        .join(',')}}`,
  },
);

function run(source: string): string {
  try {
    return new GoTemplate(source).execute(context);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

test.each([
  ['{{', 'template: :1: unclosed action'],
  ['{{.Client', 'template: :1: unclosed action'],
  ['{{|}}', 'template: :1: unexpected "|" in command'],
  ['{{nope}}', 'template: :1: function "nope" not defined'],
  ['{{if .Client}}', 'template: :1: unexpected EOF'],
  ['{{end}}', 'template: :1: unexpected {{end}}'],
  ['{{range 3}}{{.}}{{end}}', '012'],
  ['{{ ( ) }}', 'template: :1: missing value for parenthesized pipeline'],
  ['{{"a}}', 'template: :1: unterminated quoted string'],
  ['{{$x}}', 'template: :1: undefined variable "$x"'],
  ['{{- 3 -}}', '3'],
  ['{{ç}}', 'template: :1: function "ç" not defined'],
  ['{{"\\q"}}', 'template: :1: invalid syntax'],
  ["{{'a'}}", '97'],
  ['{{0x1F}}', '31'],
  ['{{1_000}}', '1000'],
  ['{{1.50}}', '1.5'],
  ['{{1e3}}', '1000'],
  ['{{define "x"}}a{{end}}{{template "x" .}}', 'a'],
  ['{{block "b" .}}x{{end}}', 'x'],
  ['{{break}}', 'template: :1: {{break}} outside {{range}}'],
  ['{{"<a>&" | json}}', '"<a>&"'],
  ['{{html "<a>" }} {{js "a\'<" }} {{urlquery "a b&"}}', "&lt;a&gt; a\\'\\u003C a+b%26"],
  ['{{slice "abcdef" 1 3}}', 'bc'],
  ['{{.Client.Version}', "template: :1: bad character U+007D '}'"],
  ['{{print 1 2 "a" "b" 3}}', '1 2ab3'],
  ['{{range $a,$b,$c := .}}{{end}}', 'template: :1: too many declarations in range'],
  ['{{if}}{{end}}', 'template: :1: missing value for if'],
  ['{{else}}', 'template: :1: unexpected {{else}}'],
  ['{{a.b}}', 'template: :1: function "a" not defined'],
  ['{{true.x}}', 'template: :1: unexpected . after term "true"'],
  ['{{and 1 0}} {{or 0 "x"}} {{not 1}}', '0 x false'],
  ['{{/* c */}}x{{- /* c */ -}} y', 'xy'],
  ['{{/* c', 'template: :1: unclosed comment'],
  ['{{ .Client.Version ,}}', 'template: :1: unexpected "," in operand'],
  ['{{1 | 2}}', 'template: :1: non executable command in pipeline stage 2'],
  ['{{if .Client}}{{else}}{{else}}{{end}}', 'template: :1: expected end; found {{else}}'],
  ['{{#}}', 'template: :1: unexpected "#" in command'],
  ['{{é}}', 'template: :1: function "é" not defined'],
  ['{{printf "%s" nil}}', '%!s(<nil>)'],
  ['{{print nil}}', '<nil>'],
  ['{{break', 'template: :1: unclosed action'],
  ['{{"abc" | len | printf "%d"}}', '3'],
  ['{{ge 3 2}}{{gt 2.0 1.5}}{{lt "a" "b"}}{{ne 1 2}}', 'truetruetruetrue'],
  ['{{ -}}', 'template: :1: missing value for command'],
  ['{{}}', 'template: :1: missing value for command'],
  ['{{with $x := 3}}{{$x}}{{end}}{{$x}}', 'template: :1: undefined variable "$x"'],
  ['a{{with 0}}b{{else with 1}}c{{end}}', 'ac'],
  ['{{printf "%d%%" 3 4}}', '3%%!(EXTRA int=4)'],
  ['{{printf "%d"}}', '%!d(MISSING)'],
  ['{{printf "%!"}}', '%!!(MISSING)'],
  ['{{.Client.}}', 'template: :1: unexpected <.> in operand'],
  ['{{.$x}}', "template: :1: bad character U+0024 '$'"],
  ['{{(.Client}}', 'template: :1: unclosed left paren'],
  ['{{.Client)}}', 'template: :1: unexpected right paren'],
  ['{{continue}}', 'template: :1: {{continue}} outside {{range}}'],
  ['{{template 3}}', 'template: :1: unexpected "3" in template clause'],
  ['{{define x}}{{end}}', 'template: :1: unexpected "x" in define clause'],
  ['{{define "x"}}', 'template: :1: unexpected EOF'],
  ['{{join (split "a,b" ",") "-"}}', 'a-b'],
  ['{{index (split "a,b" ",") 1}}', 'b'],
  ['{{split "a,b" ","}}', '[a b]'],
  ['{{printf "%q" (split "a,b" ",")}}', '["a" "b"]'],
  ['{{json (split "a,b" ",")}}', '["a","b"]'],
  ['{{len (split "a,b" ",")}}', '2'],
  ['{{range $i, $x := split "a,b" ","}}{{$i}}={{$x}};{{end}}', '0=a;1=b;'],
  ['{{$x := 1}}{{$x = 2}}{{$x}}', '2'],
  ['{{if eq 1 2 1}}y{{end}}', 'y'],
  ['{{3.x}}', 'template: :1: bad number syntax: "3.x"'],
  ['{{3x}}', 'template: :1: bad number syntax: "3x"'],
  [
    '{{printf "%08.3f|%+d|%x|%X|%o|%b|%c|%U|%e|%g" 3.14159 5 255 255 8 5 65 65 1234.5 1e21}}',
    '0003.142|+5|ff|FF|10|101|A|U+0041|1.234500e+03|1e+21',
  ],
  ['{{1e100}}', '1e+100'],
  ['{{99999999999999999999}}', 'template: :1: integer overflow: "99999999999999999999"'],
  ['{{json 1.5}} {{json "é"}}', '1.5 "é"'],
  [
    '{{.Nope}}',
    'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.clientContextContext',
  ],
  ['{{.Name.X}}', 'template: :1:7: executing "" at <.Name.X>: can\'t evaluate field X in type string'],
  ['{{ .Name | index }}', 'default'],
  [
    '{{index .Name "x"}}',
    'template: :1:2: executing "" at <index .Name "x">: error calling index: cannot index slice/array with type string',
  ],
  ['{{len 3}}', 'template: :1:2: executing "" at <len 3>: error calling len: len of type int'],
  ['{{lt 1 "a"}}', 'template: :1:2: executing "" at <lt 1 "a">: error calling lt: incompatible types for comparison'],
  ['{{lt 1 nil}}', 'template: :1:2: executing "" at <lt 1 nil>: error calling lt: invalid type for comparison'],
  ['{{range "abc"}}{{.}}{{end}}', 'template: :1:8: executing "" at <"abc">: range can\'t iterate over abc'],
  ['{{range true}}{{.}}{{end}}', 'template: :1:8: executing "" at <true>: range can\'t iterate over true'],
  ['{{template "x"}}', 'template: :1:11: executing "" at <{{template "x"}}>: template "x" not defined'],
  ['{{eq}}', 'template: :1:2: executing "" at <eq>: wrong number of args for eq: want at least 1 got 0'],
  ['{{eq 1}}', 'template: :1:2: executing "" at <eq 1>: error calling eq: missing argument for comparison'],
  [
    '{{join .Name ","}}',
    'template: :1:7: executing "" at <.Name>: wrong type for value; expected []string; got string',
  ],
  ['{{1 2}}', 'template: :1:2: executing "" at <1>: can\'t give argument to non-function 1'],
  ['{{nil}}', 'template: :1:2: executing "" at <nil>: nil is not a command'],
  ['{{split .Name}}', 'template: :1:2: executing "" at <split>: wrong number of args for split: want 2 got 1'],
  ['{{index "abc" 5}}', 'template: :1:2: executing "" at <index "abc" 5>: error calling index: index out of range: 5'],
  [
    '{{index "abc" 3}}',
    'template: :1:2: executing "" at <index "abc" 3>: error calling index: reflect: string index out of range',
  ],
  ['{{$a = 3}}', 'template: :1:7: executing "" at <3>: undefined variable: $a'],
  [
    '{{call .Name}}',
    'template: :1:2: executing "" at <call .Name>: error calling call: non-function .Name of type string',
  ],
  [
    '{{len nil}}',
    'template: :1:2: executing "" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value',
  ],
  ['{{index nil 1}}', 'template: :1:2: executing "" at <index nil 1>: error calling index: index of untyped nil'],
  ['{{lower 3}}', 'template: :1:8: executing "" at <3>: expected string; found 3'],
  ['{{lower nil}}', 'template: :1:8: executing "" at <nil>: cannot assign nil to string'],
  ['{{slice 3}}', 'template: :1:2: executing "" at <slice 3>: error calling slice: can\'t slice item of type int'],
  [
    '{{slice "abc" 2 1}}',
    'template: :1:2: executing "" at <slice "abc" 2 1>: error calling slice: invalid slice index: 2 > 1',
  ],
  [
    '{{slice "abc" 0 9}}',
    'template: :1:2: executing "" at <slice "abc" 0 9>: error calling slice: index out of range: 9',
  ],
  ['{{json}}', 'template: :1:2: executing "" at <json>: wrong number of args for json: want 1 got 0'],
  ['{{eq 1 1.0}}', 'template: :1:2: executing "" at <eq 1 1.0>: error calling eq: incompatible types for comparison'],
  ['{{eq 1 "a"}}', 'template: :1:2: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison'],
  ['{{not}}', 'template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 0'],
  ['{{"a" "b"}}', 'template: :1:2: executing "" at <"a">: can\'t give argument to non-function "a"'],
  ['{{.Name "a"}}', 'template: :1:2: executing "" at <.Name>: wrong number of args for Name: want 0 got 1'],
  ['{{(.Name).Nope}}', 'template: :1:3: executing "" at <.Name>: can\'t evaluate field Nope in type string'],
  [
    '{{.Nope.X}}',
    'template: :1:7: executing "" at <.Nope.X>: can\'t evaluate field Nope in type *formatter.clientContextContext',
  ],
  [
    '{{with $x := .Nope}}{{end}}',
    'template: :1:13: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.clientContextContext',
  ],
  [
    'x\n {{.Nope}}',
    'template: :2:3: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.clientContextContext',
  ],
  [
    '{{truncate .Name -1}}',
    'template: :1:2: executing "" at <truncate .Name -1>: error calling truncate: runtime error: slice bounds out of range [:-1]',
  ],
  [
    '{{pad "a" -1 1}}',
    'template: :1:2: executing "" at <pad "a" -1 1>: error calling pad: strings: negative Repeat count',
  ],
  ['{{truncate .Name "a"}}', 'template: :1:17: executing "" at <"a">: expected integer; found "a"'],
  ['{{truncate .Name 1.5}}', 'template: :1:17: executing "" at <1.5>: expected integer; found 1.5'],
  ['{{truncate .Name 1.0}}', 'd'],
  [
    '{{index (split "a,b" ",") 9}}',
    'template: :1:2: executing "" at <index (split "a,b" ",") 9>: error calling index: index out of range: 9',
  ],
  [
    '{{index (split "a,b" ",") 2}}',
    'template: :1:2: executing "" at <index (split "a,b" ",") 2>: error calling index: reflect: slice index out of range',
  ],
  [
    '{{index (split "a,b" ",") "a"}}',
    'template: :1:2: executing "" at <index (split "a,b" ",") "a">: error calling index: cannot index slice/array with type string',
  ],
  ['{{.Name | lower 3}}', 'template: :1:10: executing "" at <lower>: wrong number of args for lower: want 1 got 2'],
  [
    '{{ .Current | lower}}',
    'template: :1:14: executing "" at <lower>: wrong type for value; expected string; got bool',
  ],
  ['{{ .Current}}', 'true'],
  ['{{len .Current}}', 'template: :1:2: executing "" at <len .Current>: error calling len: len of type bool'],
  [
    '{{range $a, $b := 3}}{{end}}',
    'template: :1:18: executing "" at <3>: can\'t use 3 to iterate over more than one variable',
  ],
  [
    '{{ .Name | json | lower | .Foo}}',
    'template: :1:26: executing "" at <.Foo>: can\'t evaluate field Foo in type *formatter.clientContextContext',
  ],
  [
    '{{if .Nope}}{{end}}',
    'template: :1:5: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.clientContextContext',
  ],
  ['{{printf 3}}', 'template: :1:9: executing "" at <3>: expected string; found 3'],
  [
    '{{eq .Name .Current}}',
    'template: :1:2: executing "" at <eq .Name .Current>: error calling eq: incompatible types for comparison',
  ],
  [
    '{{json .}}',
    '{"Current":true,"Description":"Current DOCKER_HOST based configuration","DockerEndpoint":"unix:///var/run/docker.sock","Error":"","Name":"default"}',
  ],
  ['{{printf "%T" .}}', '*formatter.clientContextContext'],
  [
    '{{index . "Name"}}',
    'template: :1:2: executing "" at <index . "Name">: error calling index: can\'t index item of type formatter.clientContextContext',
  ],
  [
    '{{len .}}',
    'template: :1:2: executing "" at <len .>: error calling len: len of type formatter.clientContextContext',
  ],
  ['{{eq . .}}', 'true'],
  [
    '{{define "x"}}{{.Nope}}{{end}}{{template "x" .}}',
    'template: :1:16: executing "x" at <.Nope>: can\'t evaluate field Nope in type *formatter.clientContextContext',
  ],
  [
    '{{define "x"}}{{template "x"}}{{end}}{{template "x" .}}',
    'template: :1:25: executing "x" at <{{template "x"}}>: exceeded maximum template depth (100000)',
  ],
  ['{{js 3}} {{html nil}} {{html .Name nil}}', '3 &lt;no value&gt; default&lt;no value&gt;'],
  ['{{index .Name}}', 'default'],
  ['{{printf "%s" .Name .}}', 'default%!(EXTRA *formatter.clientContextContext=)'],
  ['{{.Name.}}', 'template: :1: unexpected <.> in operand'],
  ['{{call nil}}', 'template: :1:2: executing "" at <call nil>: error calling call: call of nil'],
  ['{{call 3}}', 'template: :1:2: executing "" at <call 3>: error calling call: non-function 3 of type int'],
  ['{{99999999999999999 }}', '99999999999999999'],
  [
    '{{18446744073709551615}}',
    'template: :1:2: executing "" at <18446744073709551615>: 18446744073709551615 overflows int',
  ],
  [
    '{{0b11}} {{0o17}} {{017}} {{1e-7}} {{0.00001}} {{123456789.0}} {{1e20}} {{1e21}}',
    '3 15 15 1e-07 1e-05 1.23456789e+08 1e+20 1e+21',
  ],
  [
    '{{printf "%s" 3}} {{printf "%d" "a"}} {{printf "%t" 3}} {{printf "%5t|" true}} {{printf "%q" 65}} {{printf "%x" "hé"}} {{printf "%6.2f|%-8d|%08d|%+.1e" 3.14159 5 -5 12345.678}}',
    "%!s(int=3) %!d(string=a) %!t(int=3)  true| 'A' 68c3a9   3.14|5       |-0000005|+1.2e+04",
  ],
  [
    '{{printf "%[2]d %[1]d" 1 2}} {{printf "%*d|" 5 3}} {{printf "%#v %#x %#q" "a" 255 "b"}} {{printf "% x" "abc"}} {{printf "%v %v" 1.0 2.5e10}}',
    '2 1     3| "a" 0xff `b` 61 62 63 1 2.5e+10',
  ],
  [
    '{{ printf "%s|%10s|%.1s|%-5s|%05d|%5d|%c|%U" "a" "b" "cde" "f" 42 42 65 9731}}',
    'a|         b|c|f    |00042|   42|A|U+2603',
  ],
])('%s', (source, expected) => {
  expect(run(source)).toBe(expected);
});
