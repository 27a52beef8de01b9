import { decode } from '../../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../../libc/io.ts';
import type { Cli } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { pathError } from '../../files.ts';
import { mapOf } from '../../key-values.ts';

/** Lines of env files, then `-e`; a name without value takes the client's, or is left out. @throws CliError */
export function* environmentOf(cli: Cli, files: readonly string[], own: readonly string[]): Wait<string[]> {
  const found: string[] = [];
  for (const file of files) found.push(...(yield* fileLines(cli, file, 'env', (name) => cli.env.get(name))));
  return [...found, ...own];
}

/** Label files, then `--label`. @throws CliError */
export function* labelsOf(cli: Cli, files: readonly string[], own: readonly string[]): Wait<Record<string, string>> {
  const found: string[] = [];
  for (const file of files) found.push(...(yield* fileLines(cli, file, 'label', () => '')));
  return mapOf([...found, ...own]);
}

function* fileLines(
  cli: Cli,
  file: string,
  kind: 'env' | 'label',
  valueOf: (name: string) => string | undefined,
): Wait<string[]> {
  const bytes = yield* readFile(cli.sys, file);
  if (typeof bytes === 'number') throw new CliError(pathError('open', file, bytes));
  const lines: string[] = [];
  for (const raw of decode(bytes)
    .replace(/^\uFEFF/, '')
    .split('\n')) {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = equals < 0 ? line : line.slice(0, equals);
    if (/[ \t]/.test(name)) {
      throw new CliError(`invalid ${kind} file (${file}): variable '${name}' contains whitespaces`);
    }
    if (name === '') throw new CliError(`invalid ${kind} file (${file}): no variable name on line '${line}'`);
    if (equals >= 0) lines.push(line);
    else {
      const value = valueOf(name.trim());
      if (value !== undefined) lines.push(kind === 'label' ? name.trim() : `${name.trim()}=${value}`);
    }
  }
  return lines;
}
