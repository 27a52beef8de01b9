import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { listDir } from '../../../libc/paths.ts';
import type { Cli } from '../command.ts';
import { currentContext } from '../context/store.ts';
import { CliError } from '../errors.ts';
import { makeDirectories, pathError } from '../files.ts';

/** A node of a builder, as its file has it. */
export interface BuilderNode {
  Name: string;
  Endpoint: string;
  /** Platforms that were named when it was made. */
  Platforms: { architecture: string; os: string; variant?: string }[] | null;
  DriverOpts: Record<string, string> | null;
  Flags: string[] | null;
  Files: null;
}

/** A builder, as ~/.docker/buildx/instances/NAME has it. */
export interface BuilderInstance {
  Name: string;
  Driver: string;
  Nodes: BuilderNode[];
  Dynamic: boolean;
  /** RFC 3339; of the folder's activity file. */
  LastActivity?: string;
}

/** Platforms of a node as they are listed: those that were named have a star. */
export const platformTexts = ({ Platforms }: BuilderNode): string[] =>
  (Platforms ?? []).map(({ os, architecture, variant }) => `${os}/${architecture}${variant ? `/${variant}` : ''}*`);

const NAME = /^[a-zA-Z][a-zA-Z0-9._-]*$/;
const folderOf = (cli: Cli): string => `${cli.config.folder}/buildx`;

/** @throws CliError */
export function checkInstanceName(name: string): void {
  if (!NAME.test(name))
    throw new CliError(
      `ERROR: invalid name ${name}, name needs to start with a letter and may not contain symbols, except ._-`,
    );
}

/** The builder that the engine itself is. */
export const defaultInstance = (): BuilderInstance => ({
  Name: 'default',
  Driver: 'docker',
  Nodes: [{ Name: 'default', Endpoint: 'default', Platforms: null, DriverOpts: null, Flags: null, Files: null }],
  Dynamic: false,
});

function* readJson<T>(cli: Cli, path: string): Wait<T | undefined> {
  const bytes = yield* readFile(cli.sys, path);
  if (typeof bytes === 'number') return undefined;
  try {
    return JSON.parse(decode(bytes)) as T;
  } catch {
    return undefined;
  }
}

/** Finds a builder by name. */
export function* findInstance(cli: Cli, name: string): Wait<BuilderInstance | undefined> {
  if (name === 'default') return yield* withActivity(cli, defaultInstance());
  const found = yield* readJson<BuilderInstance>(cli, `${folderOf(cli)}/instances/${name}`);
  return found ? yield* withActivity(cli, found) : undefined;
}

function* withActivity(cli: Cli, instance: BuilderInstance): Wait<BuilderInstance> {
  const bytes = yield* readFile(cli.sys, `${folderOf(cli)}/activity/${instance.Name}`);
  return typeof bytes === 'number' ? instance : { ...instance, LastActivity: decode(bytes) };
}

/** All builders: those that were made by name, then the engine's own. */
export function* allInstances(cli: Cli): Wait<BuilderInstance[]> {
  const names = listDir(cli.sys, `${folderOf(cli)}/instances`);
  const found: BuilderInstance[] = [];
  for (const name of typeof names === 'number' ? [] : names.sort()) {
    const instance = yield* findInstance(cli, name);
    if (instance) found.push(instance);
  }
  found.push(yield* withActivity(cli, defaultInstance()));
  return found;
}

/** Name of the builder that is used where none is named. */
export function* currentInstance(cli: Cli): Wait<string> {
  const own = cli.env.get('BUILDX_BUILDER');
  if (own) return own;
  const file = yield* readJson<{ Name?: string }>(cli, `${folderOf(cli)}/current`);
  return file?.Name || 'default';
}

function* write(cli: Cli, path: string, text: string): Wait<void> {
  makeDirectories(cli.sys, path.replace(/\/[^/]*$/, ''), 0o700);
  const r = yield* writeFile(cli.sys, path, text, 0o600);
  if (r < 0) throw new CliError(`ERROR: ${pathError('open', path, r)}`);
}

/** Makes a builder the current one. @throws CliError */
export function* useInstance(cli: Cli, name: string): Wait<void> {
  const key = currentContext(cli) === 'default' ? 'unix:///var/run/docker.sock' : currentContext(cli);
  const text = JSON.stringify({ Key: key, Name: name === 'default' ? '' : name, Global: false });
  yield* write(cli, `${folderOf(cli)}/current`, text);
}

/** @throws CliError */
export function* saveInstance(cli: Cli, instance: BuilderInstance): Wait<void> {
  const { LastActivity: _, ...own } = instance;
  yield* write(cli, `${folderOf(cli)}/instances/${instance.Name}`, JSON.stringify(own));
}

/** Forgets a builder. */
export function removeInstance(cli: Cli, name: string): void {
  cli.sys.unlink(`${folderOf(cli)}/instances/${name}`);
  cli.sys.unlink(`${folderOf(cli)}/activity/${name}`);
}
