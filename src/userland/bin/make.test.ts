import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import make from './make.ts';
import touch from './touch.ts';

async function run(makefile: string, argv: readonly string[] = [], env: Record<string, string> = {}) {
  const k = await bootTestKernel({
    programs: { make: make.entry, touch: touch.entry },
    files: { '/p/Makefile': makefile, '/p/a.c': '', '/p/b.c': '' },
  });
  const r = await k.run('/bin/make', ['make', ...argv], { cwd: '/p', env });
  return r.stdout + r.stderr;
}

// As GNU make 4.3 answers.
test.each([
  [
    'automatic variables and functions',
    'S=$(sort $(wildcard *.c))\n$(info $(S:.c=.o) $(words $(S)) $(patsubst %.c,%.x,$(S)))\nall: ;',
    [],
    "a.o b.o 2 a.x b.x\nmake: 'all' is up to date.\n",
  ],
  ['pattern rules', 'all: a.o b.o\n%.o: %.c\n\ttouch $@\n', [], 'touch a.o\ntouch b.o\n'],
  ['a command line variable wins', 'X = 1\nX += 2\n$(info $(X))\nall: ;\n', ['X=9'], "9\nmake: 'all' is up to date.\n"],
  [
    'conditionals',
    'ifeq ($(A),1)\n$(info one)\nelse ifneq (,$(A))\n$(info other)\nelse\n$(info none)\nendif\nall: ;\n',
    ['A=2'],
    "other\nmake: 'all' is up to date.\n",
  ],
  ['a missing rule', 'all: z\n', [], "make: *** No rule to make target 'z', needed by 'all'.  Stop.\n"],
  ['a missing separator', 'all:\nfoo bar\n', [], 'Makefile:2: *** missing separator.  Stop.\n'],
  ['an error of its own', 'all: ;\n$(error no $(CC))\n', [], 'Makefile:2: *** no cc.  Stop.\n'],
  ['a circle', 'a.x: b.x\nb.x: a.x\n\ttouch b.x\n', [], 'touch b.x\nmake: Circular b.x <- a.x dependency dropped.\n'],
  [
    'a program that is not there',
    'all:\n\tnosuch x\n',
    [],
    'nosuch x\nmake: nosuch: No such file or directory\nmake: *** [Makefile:2: all] Error 127\n',
  ],
  [
    'define, call and eval',
    'define rule\n$(1): ; touch $(1).t\nendef\n$(foreach t,p q,$(eval $(call rule,$(t))))\n',
    ['q'],
    'touch q.t\n',
  ],
] as const)('%s', async (_, makefile, argv, output) => {
  expect(await run(makefile, argv)).toBe(output);
});

test('what is newer is made again, the rest is up to date', async () => {
  const makefile = 'out: a.c\n\ttouch out\n';
  const k = await bootTestKernel({
    programs: { make: make.entry, touch: touch.entry },
    files: { '/p/Makefile': makefile, '/p/a.c': '' },
  });
  const go = async (...argv: string[]) => (await k.run('/bin/make', ['make', ...argv], { cwd: '/p' })).stdout;
  expect(await go()).toBe('touch out\n');
  expect(await go()).toBe("make: 'out' is up to date.\n");
  expect(await go('-B', '-n')).toBe('touch out\n');
});
