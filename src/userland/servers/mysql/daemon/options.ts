import { O_DIRECTORY, O_RDONLY } from '../../../../abi/flags.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { decode } from '../../../../lib/utf8.ts';
import { open, readFile, type Wait } from '../../../../libc/io.ts';

/** Options of a program of MySQL, from its files and its command line: names with `-`, without a value `true`. */
export type OptionMap = Map<string, string>;

const normal = (name: string): string => name.trim().replace(/_/g, '-').toLowerCase();

function* entries(sys: Sys, folder: string): Wait<string[]> {
  const fd = yield* open(sys, folder, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return [];
  const names: string[] = [];
  for (let list = sys.getdents(fd); typeof list !== 'number' && list.length > 0; list = sys.getdents(fd))
    names.push(...list.map(({ name }) => name));
  sys.close(fd);
  return names.filter((name) => name.endsWith('.cnf')).sort();
}

/** Reads an option file, with what it includes. @param groups whose options count */
export function* readOptionFile(
  sys: Sys,
  path: string,
  groups: readonly string[],
  into: OptionMap,
  depth = 0,
): Wait<void> {
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number' || depth > 8) return;
  let wanted = false;
  for (const written of decode(bytes).split('\n')) {
    const line = written.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const include = /^!include(dir)?\s+(.+)$/.exec(line);
    if (include) {
      const target = include[2]!.trim();
      if (include[1])
        for (const name of yield* entries(sys, target))
          yield* readOptionFile(sys, `${target.replace(/\/$/, '')}/${name}`, groups, into, depth + 1);
      else yield* readOptionFile(sys, target, groups, into, depth + 1);
      continue;
    }
    const group = /^\[([^\]]+)\]/.exec(line);
    if (group) wanted = groups.includes(group[1]!.trim().toLowerCase());
    else if (wanted) {
      const [, name, value] = /^([^=\s]+)\s*(?:=\s*(.*))?$/.exec(line.replace(/\s+#.*$/, '')) ?? [];
      if (name !== undefined) into.set(normal(name), (value ?? 'true').replace(/^(['"])(.*)\1$/, '$2'));
    }
  }
}

/** Files that programs read, in their order. */
export const OPTION_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf', '/usr/etc/my.cnf'];

export interface Arguments {
  options: OptionMap;
  operands: string[];
  /** What is wrong with them. */
  problem?: string;
}

/** What a program understands: one-letter options with the long names that they stand for; long names that take a value. */
export interface Understood {
  short: Readonly<Record<string, string>>;
  valued: ReadonlySet<string>;
  flags: ReadonlySet<string>;
  /** Options whose value may be left out: it has to stand in the same word. */
  optional?: ReadonlySet<string>;
}

/** Reads a command line as MySQL's programs do: `-uroot`, `-p`, `--host=x`, `--skip-x`. */
export function parseArguments(
  args: readonly string[],
  { short, valued, flags, optional }: Understood,
  into: OptionMap,
): Arguments {
  const operands: string[] = [];
  const result: Arguments = { options: into, operands };
  const known = (name: string): string | undefined => {
    if (valued.has(name) || flags.has(name)) return name;
    const fits = [...valued, ...flags].filter((full) => full.startsWith(name));
    return fits.length === 1 ? fits[0] : undefined;
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const written = normal(equals < 0 ? word.slice(2) : word.slice(2, equals)).replace(/^loose-/, '');
      const off = /^(?:skip|disable)-(.+)$/.exec(written);
      const name = known(written) ?? (off ? known(off[1]!) : undefined) ?? known(written.replace(/^enable-/, ''));
      if (name === undefined) {
        result.problem ??= equals < 0 ? `unknown option '${word}'` : `unknown variable '${word.slice(2)}'`;
        continue;
      }
      if (off && !known(written)) into.set(name, 'false');
      else if (equals >= 0) into.set(name, word.slice(equals + 1));
      else if (valued.has(name) && !optional?.has(name)) {
        if (i + 1 >= args.length) result.problem ??= `option '--${name}' requires an argument`;
        into.set(name, args[++i] ?? '');
      } else into.set(name, optional?.has(name) && valued.has(name) ? '\u0000' : 'true');
      continue;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const name = short[word[at]!];
      if (name === undefined) {
        result.problem ??= `unknown option '-${word[at]}'`;
        break;
      }
      if (!valued.has(name)) {
        into.set(name, 'true');
        continue;
      }
      const rest = word.slice(at + 1);
      if (rest !== '') into.set(name, rest);
      else if (optional?.has(name)) into.set(name, '\u0000');
      else {
        if (i + 1 >= args.length) result.problem ??= `option '-${word[at]}' requires an argument`;
        into.set(name, args[++i] ?? '');
      }
      break;
    }
  }
  return result;
}
