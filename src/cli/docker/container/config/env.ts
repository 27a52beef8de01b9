import { EISDIR } from '../../../../abi/errno.ts';
import { decode } from '../../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../../libc/io.ts';
import type { Cli } from '../../command.ts';
import { defaultHost } from '../../context/store.ts';
import { CliError } from '../../errors.ts';
import { pathError } from '../../files.ts';
import { mapOf } from '../../key-values.ts';

/** Lines of env files, then `-e`; a name without value takes the client's, or is left out. @throws CliError */
export function* environmentOf(cli: Cli, files: readonly string[], own: readonly string[]): Wait<string[]> {
  const found: string[] = [];
  for (const file of files) found.push(...(yield* fileLines(cli, file, 'env', (name) => cli.env.get(name))));
  return [...found, ...own];
}

/** Names in config.json's `proxies`, and the variable of each. */
const PROXIES: readonly (readonly [field: string, name: string])[] = [
  ['allProxy', 'ALL_PROXY'],
  ['ftpProxy', 'FTP_PROXY'],
  ['httpProxy', 'HTTP_PROXY'],
  ['httpsProxy', 'HTTPS_PROXY'],
  ['noProxy', 'NO_PROXY'],
];

/** The variables that tell a container of the proxies in config.json, in capitals and not. */
export function proxiesOf(cli: Cli): [name: string, value: string][] {
  const proxies = cli.config.file.proxies ?? {};
  const own = proxies[defaultHost(cli)] ?? proxies.default ?? {};
  return PROXIES.flatMap(([field, name]): [string, string][] => {
    const value = own[field];
    return value ? [[name, value] as [string, string], [name.toLowerCase(), value] as [string, string]] : [];
  });
}

/** `-e` of a new container: of several of a name the last counts, at the place of the first; proxies come after them. */
export function withProxies(cli: Cli, own: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const entry of own) byName.set(entry.split('=', 1)[0]!, entry);
  for (const [name, value] of proxiesOf(cli)) if (!byName.has(name)) byName.set(name, `${name}=${value}`);
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
