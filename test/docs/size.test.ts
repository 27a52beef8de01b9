import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT = 500;

/** Files that are longer, and why. */
const LONGER: Readonly<Record<string, string>> = {
  'src/kernel/syscalls/sys-impl.ts': 'one method a system call',
  'src/userland/awk/parse.ts': 'a grammar',
  'src/userland/sed/parse.ts': 'a grammar',
  'src/userland/sh/parse/parser.ts': 'a grammar',
  'src/userland/sh/exec/interpreter.ts': 'one method a node of the shell grammar; to be divided',
  'src/userland/sh/exec/processes.ts': 'to be divided',
  'src/userland/sh/editor/editor.ts': 'one method a command of readline',
  'src/userland/sh/state/shell.ts': 'to be divided',
  'src/userland/sh/expand/parameter.ts': 'one case an operator of parameter expansion',
  'src/userland/sh/builtins/declare.ts': 'to be divided',
  'src/userland/sh/builtins/commands.ts': 'to be divided',
};

test('files do one thing and are short, but for those that say why', () => {
  const long = ['src', 'workers']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name))))
    .filter((file) => file.endsWith('.ts') && !/\.(gen|test)\.ts$/.test(file))
    .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1 > LIMIT);
  expect(long.filter((file) => LONGER[file] === undefined)).toEqual([]);
});
