import { expect, test } from 'vitest';
import type { BakeFile, Target } from './model.ts';
import { applyOverrides, parseOverrides } from './overrides.ts';
import { bakeJson } from './print.ts';
import { readCompose } from './read-compose.ts';
import { mergeFiles, readHcl, readJson } from './read-hcl.ts';
import { resolveTargets } from './resolve.ts';
import { BakeScope } from './scope.ts';
import { type Bake, evaluateBake } from './targets.ts';

const FUNCTIONS = { upper: ([v]: unknown[]) => String(v).toUpperCase() };

const evaluated = (file: BakeFile, env: Record<string, string> = {}): Bake =>
  evaluateBake(file, new BakeScope(file, new Map(Object.entries(env)), FUNCTIONS));

function plan(file: BakeFile, names: string[] = [], set: string[] = [], env: Record<string, string> = {}) {
  const bake = evaluated(file, env);
  applyOverrides(bake, parseOverrides(set, new Map(Object.entries(env))));
  return resolveTargets(bake, names);
}

const target = (file: BakeFile, name: string, set: string[] = [], env: Record<string, string> = {}): Target =>
  plan(file, [name], set, env).targets.get(name)!;

test('a target inherits: maps are merged, lists replaced', () => {
  const file = readHcl(
    'target "a" {\n  args = { A = "1", B = "1" }\n  tags = ["x"]\n}\ntarget "b" {\n  inherits = ["a"]\n  args = { B = "2" }\n  tags = ["y"]\n}\n',
  );
  expect(target(file, 'b')).toMatchObject({ args: { A: '1', B: '2' }, tags: ['y'], dockerfile: 'Dockerfile' });
});

test('variables: the default, the environment as the kind of the default, and what is derived', () => {
  const file = readHcl(
    'variable "N" {\n  default = 1\n}\nvariable "DEBUG" {\n  default = false\n}\ntarget "a" {\n  args = { n = N + 1, d = DEBUG ? "yes" : "no", u = upper("x") }\n}\n',
  );
  expect(target(file, 'a').args).toEqual({ n: '2', d: 'no', u: 'X' });
  expect(target(file, 'a', [], { N: '5', DEBUG: 'true' }).args).toEqual({ n: '6', d: 'yes', u: 'X' });
});

test('a variable that is not valid ends it', () => {
  const file = readHcl(
    'variable "V" {\n  default = "a"\n  validation {\n    condition = V == "b"\n    error_message = "V must be b"\n  }\n}\n',
  );
  expect(() => evaluated(file)).toThrow('V must be b');
});

test('a matrix makes a target of each combination, the first axis fastest', () => {
  const file = readHcl(
    'target "t" {\n  name = "t-${a}-${b}"\n  matrix = { a = ["1", "2"], b = ["x", "y"] }\n  args = { A = a }\n}\n',
  );
  expect(plan(file, ['t']).order).toEqual(['t-1-x', 't-2-x', 't-1-y', 't-2-y']);
});

test('--set replaces, adds with +=, and reaches targets by patterns', () => {
  const file = readHcl('target "one" {\n  tags = ["a"]\n}\ntarget "two" {\n  args = { X = "1" }\n}\n');
  expect(target(file, 'one', ['one.tags=b', 'one.tags=c']).tags).toEqual(['b', 'c']);
  expect(target(file, 'one', ['one.tags+=b']).tags).toEqual(['a', 'b']);
  expect(target(file, 'two', ['*.args.X=2', 't*.platform=linux/arm64']).args).toEqual({ X: '2' });
  expect(target(file, 'two', ['*.output=type=local,dest=out']).output).toEqual([{ type: 'local', dest: 'out' }]);
  expect(() => target(file, 'one', ['one.nokey=1'])).toThrow('ERROR: unknown key: nokey');
  expect(() => target(file, 'one', ['three.tags=1'])).toThrow("ERROR: could not find any target matching 'three'");
});

test('a later file is laid over an earlier one', () => {
  const file = mergeFiles(
    readJson({ target: { web: { context: './web', args: { A: '1' }, tags: ['a'] } } }),
    readHcl('target "web" {\n  tags = ["b"]\n}\n'),
  );
  expect(target(file, 'web')).toMatchObject({ context: 'web', args: { A: '1' }, tags: ['b'] });
});

test('services of a compose file that are built are targets', () => {
  const file = readCompose(
    'services:\n  api:\n    image: acme/api\n    build:\n      context: ./api\n      args: [V=$VERSION, W]\n  db:\n    image: busybox\n',
    new Map([
      ['VERSION', '3'],
      ['W', 'w'],
    ]),
  );
  const { order, targets } = plan(file);
  expect(order).toEqual(['api']);
  expect(targets.get('api')).toMatchObject({ context: 'api', tags: ['acme/api'], args: { V: '3', W: 'w' } });
});

test('a target that is the context of another comes along and keeps nothing', () => {
  const file = readHcl('target "base" {\n}\ntarget "app" {\n  contexts = { b = "target:base" }\n}\n');
  const { groups, targets } = plan(file, ['app']);
  expect(JSON.parse(bakeJson(groups, targets))).toEqual({
    group: { default: { targets: ['app'] } },
    target: {
      app: { context: '.', contexts: { b: 'target:base' }, dockerfile: 'Dockerfile' },
      base: { context: '.', dockerfile: 'Dockerfile', output: [{ type: 'cacheonly' }] },
    },
  });
});

test('what there is not', () => {
  expect(() => plan(readHcl('target "a" {\n}\n'))).toThrow('ERROR: failed to find target default');
  expect(() => plan(readHcl('target "a" {\n  inherits = ["b"]\n}\n'), ['a'])).toThrow('ERROR: failed to find target b');
});
