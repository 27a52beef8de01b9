import { Stat } from '../../../abi/stat.ts';
import { parseHclJson } from '../../../lib/hcl-json.ts';
import { HclError } from '../../../lib/hcl-syntax.ts';
import { decode } from '../../../lib/utf8.ts';
import { readAll, readFile, type Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import { excerpt } from '../stream/build-excerpt.ts';
import { type BakeFile, emptyFile } from './model.ts';
import { readCompose } from './read-compose.ts';
import { mergeFiles, readHcl, readJson } from './read-hcl.ts';

/** Files that are read where none is named. */
const DEFAULT_FILES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
];

/** A file that was read. */
export interface SourceFile {
  name: string;
  text: string;
}

/** Reads the files that are named, or those that are there. @throws CliError */
export function* bakeSources(cli: Cli, given: readonly string[]): Wait<SourceFile[]> {
  const names = given.length > 0 ? given : DEFAULT_FILES.filter((name) => cli.sys.stat(name, new Stat()) === 0);
  if (names.length === 0) throw new CliError("ERROR: couldn't find a bake definition");
  const files: SourceFile[] = [];
  for (const name of names) {
    const bytes = name === '-' ? yield* readAll(cli.sys, 0) : yield* readFile(cli.sys, name);
    if (typeof bytes === 'number') throw new CliError(`ERROR: ${pathError('open', name, bytes)}`);
    files.push({ name, text: decode(bytes) });
  }
  return files;
}

/** Reads and merges files, later ones over earlier ones. @throws CliError with the excerpt of the file */
export function mergeSources(cli: Cli, files: readonly SourceFile[]): BakeFile {
  let merged = emptyFile();
  for (const file of files)
    merged = mergeFiles(
      merged,
      inFile(file, () => readOne(cli, file)),
    );
  return merged;
}

function readOne(cli: Cli, { name, text }: SourceFile): BakeFile {
  if (/\.ya?ml$/.test(name)) return readCompose(text, cli.env);
  const isJson = name.endsWith('.json') || (!name.endsWith('.hcl') && text.trimStart().startsWith('{'));
  if (!isJson) {
    if (name.endsWith('.hcl') || !/^\s*[\w-]+:/m.test(text)) return readHcl(text);
    return readCompose(text, cli.env);
  }
  return readJson(parseHclJson(text));
}

/**
 * Runs what reads a file; an error in it gets the file's name and lines.
 * @param evaluated values are worked out, which is tried twice
 * @throws CliError
 */
export function inFile<T>(file: SourceFile, body: () => T, evaluated = false): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof HclError)) throw error;
    const { line, column, endLine, endColumn } = error.range;
    const end = endLine === undefined ? String(endColumn) : `${endLine},${endColumn}`;
    const more = evaluated ? ', and 1 other diagnostic(s)' : '';
    throw new CliError(
      `${excerpt(file.name, file.text, line, endLine ?? line)}ERROR: ${file.name}:${line},${column}-${end}: ${error.message}${more}`,
    );
  }
}
