import { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { PatternMatcher, readIgnoreFile } from '../../../lib/pattern-matcher.ts';
import { TarReader, TarWriter, tarHeader } from '../../../lib/tar.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import type { BodySource } from '../../../libc/http-client.ts';
import { joinBytes, readAll, readFile, type Wait } from '../../../libc/io.ts';
import { strerror } from '../../../libc/strerror.ts';
import { tarTree } from '../../../libc/tar-tree.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { baseOf, isDirectoryAt, pathError } from '../files.ts';
import type { BuildRequest } from './request.ts';

/** What goes to the daemon: context/…, dockerfile/NAME, contexts/NAME/…, secrets/ID in one archive. */
export interface PackedContext {
  body: BodySource;
  /** Path of the Dockerfile as messages name it. */
  dockerfile: string;
  /** Address that the daemon fetches the context from. */
  remote: string | undefined;
}

const isRemote = (text: string): boolean => /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(text);

/** Packs all that a build reads. @throws CliError without the command's own prefix */
export function* packContext(cli: Cli, request: BuildRequest): Wait<PackedContext> {
  const pack = new Packer(cli);
  const prepare = (why: string): CliError => new CliError(`unable to prepare context: ${why}`);
  const { context, dockerfile: given } = request;
  let dockerfile: string;
  if (context === '-') {
    if (given === '-') throw new CliError("invalid argument: can't use stdin for both build context and dockerfile");
    dockerfile = yield* pack.stdin(request);
  } else if (isRemote(context)) {
    dockerfile = request.dockerfile || 'Dockerfile';
    if (dockerfile === '-') dockerfile = yield* pack.stdin({ ...request, dockerfile: '' });
  } else {
    const folder = context.replace(/(.)\/+$/, '$1');
    if (!isDirectoryAt(cli.sys, folder)) throw prepare(`path ${JSON.stringify(context)} not found`);
    dockerfile = yield* pack.folder(request, folder);
  }
  for (const [name, value] of Object.entries(request.contexts)) yield* pack.named(name, value);
  for (const { id, file, env } of request.secrets) {
    if (env !== undefined) {
      const value = cli.env.get(env);
      if (value !== undefined) pack.file(`secrets/${id}`, encode(value));
      continue;
    }
    const st = new Stat();
    const r = cli.sys.stat(file!, st);
    if (r < 0) throw new CliError(`failed to stat ${file}: stat ${file}: ${strerror(-r, 'go')}`);
    const bytes = yield* readFile(cli.sys, file!);
    if (typeof bytes === 'number') throw new CliError(pathError('open', file!, bytes));
    pack.file(`secrets/${id}`, bytes);
  }
  checkSsh(cli, request.ssh);
  return { body: pack.finish(), dockerfile, remote: isRemote(context) ? context : undefined };
}

/** Keys and agents of SSH are looked for as the real client does; to forward one there is none yet. */
function checkSsh(cli: Cli, words: readonly string[]): void {
  for (const word of words) {
    const equals = word.indexOf('=');
    const id = equals < 0 ? word : word.slice(0, equals);
    const paths = equals < 0 ? [] : word.slice(equals + 1).split(',');
    const failed = `failed to convert agent config {${id} [${paths.join(' ')}] false}`;
    if (paths.length === 0 && !cli.env.get('SSH_AUTH_SOCK'))
      throw new CliError(`${failed}: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set`);
    for (const path of paths) {
      const r = cli.sys.stat(path, new Stat());
      if (r < 0)
        throw new CliError(
          `${failed}: failed to convert agent config for ID: "${id}": stat ${path}: ${strerror(-r, 'go')}`,
        );
    }
    throw new CliError('--ssh: not there yet');
  }
}

class Packer {
  readonly #pieces: Uint8Array[] = [];

  constructor(readonly cli: Cli) {}

  get #sys(): Sys {
    return this.cli.sys;
  }

  file(name: string, bytes: Uint8Array): void {
    const writer = new TarWriter();
    const head = writer.header(tarHeader({ name, type: 'file', mode: 0o644, size: bytes.length }));
    const data = writer.data(bytes);
    const end = writer.finish();
    this.#pieces.push(joinBytes([head, data, end.subarray(0, end.length - 1024)]));
  }

  finish(): BodySource {
    this.#pieces.push(new TarWriter().finish());
    const pieces = this.#pieces;
    let at = 0;
    return {
      *next() {
        return pieces[at++];
      },
    };
  }

  /** A folder, without what its .dockerignore names. Owners are root's, as in what a client sends. */
  *tree(folder: string, prefix: string, ignore: Uint8Array | undefined): Wait<void> {
    const matcher = ignore === undefined ? undefined : new PatternMatcher(readIgnoreFile(decode(ignore)));
    const pieces = this.#pieces;
    yield* tarTree(
      this.#sys,
      folder,
      {
        prefix,
        layer: false,
        include: (path, isDir) => !matcher?.matches(path) || (isDir && matcher.mayInclude(path)),
        map: (header) => ({ ...header, uid: 0, gid: 0, uname: '', gname: '' }),
      },
      function* (bytes) {
        pieces.push(bytes.slice());
        return true;
      },
    );
    // the end of this archive is not that of all
    const last = pieces.pop()!;
    if (last.length > END) pieces.push(last.subarray(0, last.length - END));
  }

  *#read(path: string): Wait<Uint8Array | undefined> {
    const bytes = yield* readFile(this.#sys, path);
    return typeof bytes === 'number' ? undefined : bytes;
  }

  /** @returns the Dockerfile's path as messages name it */
  *folder(request: BuildRequest, folder: string): Wait<string> {
    const given = request.dockerfile;
    let path = given === '' ? `${folder}/Dockerfile` : given;
    let bytes: Uint8Array | undefined;
    if (request.inline !== undefined) bytes = encode(request.inline);
    else if (given === '-') {
      bytes = yield* this.#input();
      path = 'Dockerfile';
    } else {
      bytes = yield* this.#read(path);
      if (!bytes && given === '') {
        const lower = yield* this.#read(`${folder}/dockerfile`);
        if (lower) {
          bytes = lower;
          path = `${folder}/dockerfile`;
        }
      }
    }
    const ignore = (yield* this.#read(`${path}.dockerignore`)) ?? (yield* this.#read(`${folder}/.dockerignore`));
    yield* this.tree(folder, 'context', ignore);
    if (bytes) this.file(`dockerfile/${baseOf(path)}`, bytes);
    if (ignore) this.file('dockerfile/.dockerignore', ignore);
    return baseOf(path);
  }

  /** Standard input: a Dockerfile alone, or an archive. */
  *stdin(request: BuildRequest): Wait<string> {
    const bytes = yield* this.#input();
    if (!isArchive(bytes)) {
      this.file('dockerfile/Dockerfile', bytes);
      return 'Dockerfile';
    }
    const wanted = request.dockerfile || 'Dockerfile';
    const files = entriesOf(bytes);
    const found = files.get(wanted);
    if (found) this.file(`dockerfile/${baseOf(wanted)}`, found);
    const ignore = files.get('.dockerignore');
    if (ignore) this.file('dockerfile/.dockerignore', ignore);
    const matcher = ignore === undefined ? undefined : new PatternMatcher(readIgnoreFile(decode(ignore)));
    this.#pieces.push(...underPrefix(bytes, 'context', (path) => !matcher?.matches(path)));
    return wanted;
  }

  /** A context by name: a folder is sent along. @throws CliError */
  *named(name: string, value: string): Wait<void> {
    if (value.startsWith('docker-image://')) return;
    if (/^(oci-layout|target):/.test(value) || isRemote(value))
      throw new CliError(`build context ${name}=${value}: not there yet`);
    const r = this.#sys.stat(value, new Stat());
    if (r < 0) throw new CliError(`failed to get build context ${name}: stat ${value}: ${strerror(-r, 'go')}`);
    yield* this.tree(value, `contexts/${name}`, yield* this.#read(`${value}/.dockerignore`));
  }

  *#input(): Wait<Uint8Array> {
    const bytes = yield* readAll(this.#sys, 0);
    if (typeof bytes === 'number') throw new CliError(pathError('read', '/dev/stdin', bytes));
    return bytes;
  }
}

/** Two blocks of zeros end an archive. */
const END = 1024;

/** Whether bytes are a tar archive, plain or packed, and no Dockerfile. */
const isArchive = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b) || decode(bytes.subarray(257, 262)) === 'ustar';

const clean = (name: string): string => name.replace(/^(\.?\/+)+/, '').replace(/\/+$/, '');

function unpacked(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? joinBytes([...new Gunzip().push(bytes)]) : bytes;
}

/** The Dockerfile and .dockerignore candidates of an archive: its regular files of moderate size, by name. */
function entriesOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let name = '';
  let parts: Uint8Array[] = [];
  for (const event of new TarReader().push(unpacked(bytes))) {
    if (event.type === 'header') {
      name = event.header.type === 'file' ? clean(event.header.name) : '';
      parts = [];
    } else if (event.type === 'data') parts.push(event.bytes.slice());
    else if (event.type === 'end-entry' && name !== '') files.set(name, joinBytes(parts));
  }
  return files;
}

/** The same archive with its entries below a folder. */
function underPrefix(bytes: Uint8Array, prefix: string, include: (path: string) => boolean): Uint8Array[] {
  const writer = new TarWriter();
  const out: Uint8Array[] = [];
  let keep = false;
  for (const event of new TarReader().push(unpacked(bytes))) {
    if (event.type === 'header') {
      const path = clean(event.header.name);
      keep = path !== '' && include(path);
      if (!keep) continue;
      const link = event.header.type === 'link' ? { linkname: `${prefix}/${clean(event.header.linkname)}` } : {};
      const tail = event.header.type === 'dir' ? '/' : '';
      out.push(writer.header({ ...event.header, ...link, name: `${prefix}/${path}${tail}`, uid: 0, gid: 0 }));
    } else if (event.type === 'data' && keep) out.push(writer.data(event.bytes.slice()));
  }
  const end = writer.finish();
  out.push(end.subarray(0, end.length - END));
  return out;
}
