import type { BuildStatus } from '../../api/build.ts';
import { parseReference } from '../../lib/reference.ts';
import { decode } from '../../lib/utf8.ts';
import type { BodySource, HttpResponse } from '../../libc/http-client.ts';
import { readAll, readFile, type Wait, writeFile } from '../../libc/io.ts';
import type { DockerClient } from './client.ts';
import { type Cli, command } from './command.ts';
import { CliError, messageOf } from './errors.ts';
import { baseOf, isDirectoryAt, pathError } from './files.ts';
import type { Flags } from './flags/parse.ts';
import { mapOf } from './key-values.ts';
import { dockerfileContext, folderContext, OUTSIDE } from './stream/build-context.ts';
import { BuildDisplay } from './stream/build-display.ts';
import { type BuildProgress, excerpt, PlainProgress } from './stream/build-progress.ts';

const USAGE = `ERROR: docker: 'docker buildx build' requires 1 argument

Usage:  docker buildx build [OPTIONS] PATH | URL | -

Run 'docker buildx build --help' for more information`;

/** What goes to the daemon, and what the Dockerfile is called in it. */
interface Context {
  body: Uint8Array | BodySource;
  dockerfile: string;
}

export default command(function* (cli, flags, args) {
  if (args.length !== 1) throw new CliError(USAGE);
  const fail = (why: string): CliError => new CliError(`ERROR: failed to build: ${why}`);
  const quiet = flags.bool('quiet') || flags.text('progress') === 'quiet';
  for (const tag of flags.list('tag')) checkTag(tag);
  const unsupported = flags.list('output').find((o) => !/^type=(docker|image)\b/.test(o));
  if (unsupported !== undefined) throw fail(`--output ${unsupported}: not there yet`);
  const client = yield* cli.client();
  const { body, dockerfile } = yield* contextOf(cli, flags, args[0]!);
  const progress = progressOf(cli, flags.text('progress'), quiet);
  yield* progress.begin();
  try {
    const response = yield* client.call('POST', '/build', {
      query: {
        version: '2',
        t: flags.list('tag'),
        dockerfile,
        buildargs: JSON.stringify(buildArgs(cli, flags.list('build-arg'))),
        labels: JSON.stringify(mapOf(flags.list('label'))),
        nocache: flags.bool('no-cache') || undefined,
        pull: flags.bool('pull') ? '1' : undefined,
        target: flags.text('target') || undefined,
        networkmode: flags.text('network') || undefined,
        platform: flags.list('platform').join(',') || undefined,
      },
      body,
      headers: { 'Content-Type': 'application/x-tar' },
    });
    const id = yield* follow(cli, client, response, progress);
    const path = flags.text('iidfile');
    if (path !== '') {
      const r = yield* writeFile(cli.sys, path, id, 0o644);
      if (r < 0) throw new CliError(pathError('open', path, r));
    }
    if (quiet) yield* cli.out.write(`${id}\n`);
    return 0;
  } catch (error) {
    yield* progress.end();
    throw fail(messageOf(error));
  }
});

/** How the build is shown: drawn on a terminal, line by line elsewhere. @throws CliError */
function progressOf(cli: Cli, mode: string, quiet: boolean): BuildProgress {
  if (!['auto', 'plain', 'tty', 'quiet', 'rawjson'].includes(mode))
    throw new CliError(`ERROR: invalid progress mode ${mode}`);
  const size = cli.sys.tiocgwinsz(2);
  const terminal = cli.sys.isatty(2) && typeof size !== 'number' ? size : undefined;
  if (mode === 'tty' && !terminal) throw new CliError('ERROR: failed to get console: provided file is not a console');
  if (quiet || !terminal || !['auto', 'tty'].includes(mode)) return new PlainProgress(cli.err, quiet);
  return new BuildDisplay(cli.sys, { rows: terminal.rows || 24, cols: terminal.cols || 80 });
}

/** Shows the build as it goes. @returns the image's id. @throws CliError with `failed to solve: …` */
function* follow(cli: Cli, client: DockerClient, response: HttpResponse, progress: BuildProgress): Wait<string> {
  let id = '';
  let failure: string | undefined;
  let source = '';
  yield* client.documents(response, function* (document) {
    const { id: kind, aux, error } = document as { id?: string; aux?: unknown; error?: string };
    if (kind === 'moby.buildkit.trace') yield* progress.show(aux as BuildStatus);
    else if (kind === 'moby.image.id') id = (aux as { ID: string }).ID;
    else if (kind === 'moby.buildkit.source') {
      const s = aux as { filename: string; text: string; first: number; last: number };
      source = excerpt(s.filename, s.text, s.first, s.last);
    } else if (error !== undefined) failure = error;
  });
  yield* progress.end();
  if (failure === undefined) return id;
  const { failed } = progress;
  if (failed) {
    const logs = failed.logs.map((line) => `${line}\n`).join('');
    yield* cli.err.write(`------\n > ${failed.name}:\n${logs}------\n`);
  }
  yield* cli.err.write(source);
  throw new CliError(`failed to solve: ${failure}`);
}

/** @throws CliError */
function checkTag(tag: string): void {
  try {
    parseReference(tag);
  } catch (error) {
    throw new CliError(`ERROR: failed to build: invalid tag ${JSON.stringify(tag)}: ${messageOf(error)}`);
  }
}

/** `--build-arg NAME` takes the value of the environment; null where there is none. */
function buildArgs(cli: Cli, words: readonly string[]): Record<string, string | null> {
  const args: Record<string, string | null> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 0) args[word] = cli.env.get(word) ?? null;
    else args[word.slice(0, equals)] = word.slice(equals + 1);
  }
  return args;
}

/** @throws CliError where there is no such folder or Dockerfile */
function* contextOf(cli: Cli, flags: Flags, where: string): Wait<Context> {
  const prepare = (why: string): CliError => new CliError(`ERROR: failed to build: unable to prepare context: ${why}`);
  const given = flags.text('file');
  if (where === '-') {
    if (given === '-')
      throw new CliError(
        "ERROR: failed to build: invalid argument: can't use stdin for both build context and dockerfile",
      );
    const bytes = yield* input(cli);
    if (isArchive(bytes)) return { body: bytes, dockerfile: given || 'Dockerfile' };
    return { body: dockerfileContext(bytes, 'Dockerfile'), dockerfile: 'Dockerfile' };
  }
  if (/^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(where))
    throw prepare(`remote context ${where}: not there yet`);
  const folder = where.replace(/(.)\/+$/, '$1');
  if (!isDirectoryAt(cli.sys, folder)) throw prepare(`path ${JSON.stringify(where)} not found`);
  if (given === '-') {
    const name = `${OUTSIDE}/Dockerfile`;
    return { body: yield* folderContext(cli.sys, folder, name, yield* input(cli)), dockerfile: name };
  }
  if (given === '')
    return { body: yield* folderContext(cli.sys, folder, 'Dockerfile', undefined), dockerfile: 'Dockerfile' };
  const inside = relativeTo(cli, folder, given);
  if (inside !== undefined)
    return { body: yield* folderContext(cli.sys, folder, inside, undefined), dockerfile: inside };
  const bytes = yield* readFile(cli.sys, given);
  if (typeof bytes === 'number') return { body: dockerfileContext(new Uint8Array(0), 'x'), dockerfile: baseOf(given) };
  const name = `${OUTSIDE}/${baseOf(given)}`;
  return { body: yield* folderContext(cli.sys, folder, name, bytes), dockerfile: name };
}

function* input(cli: Cli): Wait<Uint8Array> {
  const bytes = yield* readAll(cli.sys, 0);
  if (typeof bytes === 'number')
    throw new CliError(`ERROR: failed to build: ${pathError('read', '/dev/stdin', bytes)}`);
  return bytes;
}

/** Whether bytes are a tar archive, plain or packed, and no Dockerfile. */
const isArchive = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b) || decode(bytes.subarray(257, 262)) === 'ustar';

/** The path of a file in the folder; undefined where it is elsewhere. */
function relativeTo(cli: Cli, folder: string, file: string): string | undefined {
  const cwd = cli.sys.getcwd();
  const base = absolute(folder, typeof cwd === 'string' ? cwd : '/');
  const path = absolute(file, typeof cwd === 'string' ? cwd : '/');
  const prefix = base === '/' ? '/' : `${base}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

function absolute(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
