import { isDirectory, isSymlink, Stat } from '../../../abi/stat.ts';
import { fromBase64 } from '../../../lib/base64.ts';
import { humanSize } from '../../../lib/units.ts';
import { decode } from '../../../lib/utf8.ts';
import { type Wait, writeAll } from '../../../libc/io.ts';
import { realPath } from '../../../libc/real-path.ts';
import { type DockerClient, segment } from '../client.ts';
import { type Cli, command } from '../command.ts';
import { CliError, DaemonError } from '../errors.ts';
import { baseOf, directoryOf, pathError } from '../files.ts';
import { join } from '../flags/mount.ts';
import type { Flags } from '../flags/parse.ts';
import { fileBody } from '../stream/body.ts';
import { TarExtract } from '../stream/tar-extract.ts';
import { TarPack } from '../stream/tar-pack.ts';

/** Mode bits of Go's os.FileMode. */
const GO_DIRECTORY = 0x80000000;
const GO_SYMLINK = 0x08000000;

interface PathStat {
  name: string;
  size: number;
  mode: number;
  linkTarget: string;
}

export default command(function* (cli, flags, [source = '', target = '']) {
  if (source === '') throw new CliError('source can not be empty');
  if (target === '') throw new CliError('destination can not be empty');
  const from = split(source);
  const to = split(target);
  if (from.container !== '' && to.container !== '') throw new CliError('copying between containers is not supported');
  if (from.container !== '') yield* fromContainer(cli, flags, from.container, from.path, to.path);
  else if (to.container !== '') yield* toContainer(cli, flags, from.path, to.container, to.path);
  else throw new CliError('must specify at least one container source');
});

/** `CONTAINER:PATH`; what begins with `/` or `.` is a path here. */
function split(argument: string): { container: string; path: string } {
  const colon = argument.indexOf(':');
  if (argument.startsWith('/') || colon < 0 || argument.slice(0, colon).startsWith('.'))
    return { container: '', path: argument };
  return { container: argument.slice(0, colon), path: argument.slice(colon + 1) };
}

/** Whether a path says itself that it is a folder: `x/`, `x/.`. */
const saysFolder = (path: string): boolean => path.endsWith('/') || path === '.' || path.endsWith('/.');

/** Makes a path absolute and keeps its `/` or `/.` at the end. */
function absolute(cli: Cli, path: string): string {
  const cwd = cli.sys.getcwd();
  return keepEnd(join(typeof cwd === 'string' ? cwd : '/', path), path);
}

function keepEnd(clean: string, original: string): string {
  if (original === '.' || original.endsWith('/.')) return clean === '/' ? '/.' : `${clean}/.`;
  return original.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

function* stat(client: DockerClient, container: string, path: string): Wait<PathStat> {
  const response = yield* client.call('HEAD', `/containers/${segment(container)}/archive`, { query: { path } });
  yield* response.bytes();
  return statOf(response.headers.get('x-docker-container-path-stat'));
}

function statOf(header: string | undefined): PathStat {
  const bytes = header === undefined ? undefined : fromBase64(header);
  if (!bytes) throw new CliError('unable to decode container path stat header: EOF');
  return JSON.parse(decode(bytes)) as PathStat;
}

const isLink = (s: PathStat): boolean => (s.mode & GO_SYMLINK) !== 0;
const isFolder = (s: PathStat): boolean => (s.mode & GO_DIRECTORY) !== 0;
const linkTarget = (path: string, target: string): string => join(directoryOf(path), target);

function* fromContainer(cli: Cli, flags: Flags, container: string, from: string, to: string): Wait<void> {
  const client = yield* cli.client();
  let source = from;
  let target = to;
  if (to !== '-') {
    target = absolute(cli, to);
    checkOutput(cli, target);
  } else if (cli.sys.isatty(1)) throw new CliError('refusing to copy to a terminal, use an output redirect');
  let rename: string | undefined;
  if (flags.bool('follow-link')) {
    try {
      const seen = yield* stat(client, container, source);
      if (isLink(seen)) {
        const resolved = keepEnd(linkTarget(source, seen.linkTarget), source);
        if (baseOf(resolved) !== baseOf(source)) rename = baseOf(source);
        source = resolved;
      }
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
    }
  }
  const response = yield* client.call('GET', `/containers/${segment(container)}/archive`, { query: { path: source } });
  if (to === '-') {
    for (let part; (part = yield* response.chunk()); ) yield* writeAll(cli.sys, 1, part);
    return;
  }
  const info = statOf(response.headers.get('x-docker-container-path-stat'));
  const copied = yield* unpack(
    cli,
    response,
    { source, folder: isFolder(info), rename },
    target,
    flags.bool('archive'),
  );
  yield* success(cli, flags, copied, to);
}

/** @throws CliError where nothing can be written there */
function checkOutput(cli: Cli, path: string): void {
  const folder = directoryOf(path.replace(/\/+$/, '') || '/');
  const st = new Stat();
  const r = cli.sys.stat(folder, st);
  if (r < 0) throw new CliError(`invalid output path: directory ${JSON.stringify(folder)} does not exist`);
}

interface Source {
  source: string;
  folder: boolean;
  rename: string | undefined;
}

/** Puts an archive where `docker cp` puts it: into a folder that exists, or under the name that does not. */
function* unpack(
  cli: Cli,
  response: { chunk(): Wait<Uint8Array | undefined> },
  { source, folder, rename }: Source,
  target: string,
  owners: boolean,
): Wait<number> {
  const st = new Stat();
  const exists = cli.sys.stat(target, st) === 0;
  const plan = placeOf({
    source,
    isFolder: folder,
    base: rename ?? nameIn(source),
    target,
    exists,
    targetIsFolder: exists && isDirectory(st.mode),
  });
  const own = nameIn(source);
  const extract = new TarExtract(cli.sys, {
    folder: plan.folder,
    rename: (name) => renamed(name, own, plan.base),
    owners,
  });
  let copied = 0;
  for (let part; (part = yield* response.chunk()); ) {
    copied += part.length;
    yield* extract.push(part);
  }
  extract.end();
  return copied;
}

/** The first component that the archive of a path has: its last name, or nothing for the content of a folder. */
function nameIn(path: string): string {
  if (path.endsWith('/.')) return '.';
  return baseOf(path);
}

/** Replaces the first component of an entry. */
function renamed(name: string, from: string, to: string): string {
  const clean = name.replace(/^\.\//, '').replace(/\/+$/, '');
  if (from === '.' || from === '/')
    return to === '.' ? clean || '.' : clean === '' || clean === '.' ? to : `${to}/${clean}`;
  if (clean === from) return to;
  return clean.startsWith(`${from}/`) ? `${to}${clean.slice(from.length)}` : clean;
}

interface Situation {
  source: string;
  isFolder: boolean;
  /** Name that the source has in the archive. */
  base: string;
  target: string;
  exists: boolean;
  targetIsFolder: boolean;
}

/** Where the archive goes and what its first component is called there. @throws CliError @see docker cp, "Extended description" */
function placeOf(s: Situation): { folder: string; base: string } {
  const clean = s.target.replace(/\/\.?$/, '') || '/';
  if (s.exists && s.targetIsFolder) return { folder: clean, base: s.base };
  if (s.exists && s.isFolder) throw new CliError('cannot copy directory');
  if (!s.exists && !s.isFolder && saysFolder(s.target)) throw new CliError('no such directory');
  return { folder: directoryOf(clean), base: baseOf(clean) };
}

function* toContainer(cli: Cli, flags: Flags, from: string, container: string, to: string): Wait<void> {
  const client = yield* cli.client();
  let target = keepEnd(join('/', to), to);
  let exists = false;
  let targetIsFolder = false;
  try {
    let seen = yield* stat(client, container, target);
    if (isLink(seen)) {
      target = keepEnd(linkTarget(target, seen.linkTarget), target);
      seen = yield* stat(client, container, target);
    }
    exists = true;
    targetIsFolder = isFolder(seen);
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
  }
  const query = (path: string) => ({
    path,
    noOverwriteDirNonDir: 'true',
    ...(flags.bool('archive') && { copyUIDGID: 'true' }),
  });
  const url = `/containers/${segment(container)}/archive`;
  if (from === '-') {
    if (!targetIsFolder) throw new CliError(`destination "${container}:${to}" must be a directory`);
    yield* client.done('PUT', url, { query: query(target), body: fileBody(cli.sys, 0) });
    return;
  }
  const path = yield* localSource(cli, absolute(cli, from), flags.bool('follow-link'));
  const st = new Stat();
  const found = cli.sys.lstat(path, st);
  if (found < 0) throw new CliError(pathError('lstat', inFolder(path), found));
  const content = absolute(cli, from).endsWith('/.');
  const plan = placeOf({
    source: path,
    isFolder: isDirectory(st.mode),
    base: content ? '.' : baseOf(absolute(cli, from)),
    target,
    exists,
    targetIsFolder,
  });
  const pack = new TarPack(cli.sys, { path, name: plan.base });
  yield* client.done('PUT', url, { query: query(plan.folder), body: pack });
  yield* success(cli, flags, pack.given, `${container}:${to}`);
}

/** A path as its folder and its name are joined there: what stands in `/` has two slashes. */
const inFolder = (path: string): string => (directoryOf(path) === '/' ? `/${path}` : path);

/** The path to read; a link is followed where that is asked for, or where the path says that it is a folder. */
function* localSource(cli: Cli, path: string, follow: boolean): Wait<string> {
  const clean = path.replace(/\/\.?$/, '') || '/';
  const st = new Stat();
  const found = cli.sys.lstat(clean, st);
  if (found < 0) throw new CliError(pathError('lstat', inFolder(clean), found));
  if (!isSymlink(st.mode) || !(follow || saysFolder(path))) return clean;
  const resolved = realPath(cli.sys, clean, 'existing');
  return typeof resolved === 'string' ? resolved : clean;
}

function* success(cli: Cli, flags: Flags, copied: number, to: string): Wait<void> {
  const quiet = flags.changed('quiet') ? flags.bool('quiet') : !cli.sys.isatty(1);
  if (!quiet) yield* cli.warn(`Successfully copied ${humanSize(copied, 3)} to ${to}`);
}
