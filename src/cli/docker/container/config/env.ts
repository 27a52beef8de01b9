import { EISDIR } from '../../../../abi/errno.ts';
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
  // Of several of a name the last counts, at the place of the first.
  const byName = new Map<string, string>();
  for (const entry of [...found, ...own]) byName.set(entry.split('=', 1)[0]!, entry);
  return [...byName.values()];
}

/** Label files, then `--label`. @throws CliError */
export function* labelsOf(cli: Cli, files: readonly string[], own: readonly string[]): Wait<Record<string, string>> {
  const found: string[] = [];
  for (const file of files) found.push(...(yield* fileLines(cli, file, 'label', () => undefined)));
  return mapOf([...found, ...own]);
}

function* fileLines(
  cli: Cli,
  file: string,
  kind: 'env' | 'label',
  valueOf: (name: string) => string | undefined,
): Wait<string[]> {
  const bytes = yield* readFile(cli.sys, file);
  if (bytes === -EISDIR) throw new CliError(`invalid ${kind} file (${file}): ${pathError('read', file, bytes)}`);
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
      if (value !== undefined) lines.push(`${name.trim()}=${value}`);
    }
  }
  return lines;
}
