import { Stat } from '../../../abi/stat.ts';
import { decode } from '../../../lib/utf8.ts';
import type { BodySource } from '../../../libc/http-client.ts';
import { readAll, readFile, type Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { baseOf, isDirectoryAt, pathError } from '../files.ts';
import { dockerfileContext, folderContext, OUTSIDE } from '../stream/build-context.ts';

/** What the classic builder is sent. */
interface ClassicContext {
  body: BodySource | undefined;
  dockerfile: string;
  remote: string | undefined;
}

const once = (bytes: Uint8Array): BodySource => {
  let sent = false;
  return {
    *next() {
      if (sent) return undefined;
      sent = true;
      return bytes;
    },
  };
};

/** Packs the context of a classic build. @throws CliError */
export function* packClassic(cli: Cli, context: string, file: string): Wait<ClassicContext> {
  const { sys } = cli;
  const prepare = (why: string): CliError => new CliError(`unable to prepare context: ${why}`);
  if (context === '-') {
    if (file === '-') throw new CliError("invalid argument: can't use stdin for both build context and dockerfile");
    const bytes = yield* input(cli);
    const isTar = (bytes[0] === 0x1f && bytes[1] === 0x8b) || decode(bytes.subarray(257, 262)) === 'ustar';
    if (isTar) return { body: once(bytes), dockerfile: file || 'Dockerfile', remote: undefined };
    return { body: once(dockerfileContext(bytes, 'Dockerfile')), dockerfile: 'Dockerfile', remote: undefined };
  }
  if (/^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(context))
    return { body: undefined, dockerfile: file || 'Dockerfile', remote: context };
  const folder = context.replace(/(.)\/+$/, '$1');
  if (!isDirectoryAt(sys, folder)) throw prepare(`path ${JSON.stringify(context)} not found`);
  if (file === '-') {
    const name = `${OUTSIDE}/Dockerfile`;
    return { body: yield* folderContext(sys, folder, name, yield* input(cli)), dockerfile: name, remote: undefined };
  }
  const path = file === '' ? `${folder}/Dockerfile` : file;
  const lower = file === '' && sys.stat(path, new Stat()) < 0 ? `${folder}/dockerfile` : path;
  const used = sys.stat(lower, new Stat()) < 0 ? path : lower;
  const cwd = sys.getcwd();
  const full = absolute(used, typeof cwd === 'string' ? cwd : '/');
  const base = absolute(folder, typeof cwd === 'string' ? cwd : '/');
  if (sys.stat(used, new Stat()) < 0)
    throw prepare(`unable to evaluate symlinks in Dockerfile path: lstat ${full}: no such file or directory`);
  const prefix = base === '/' ? '/' : `${base}/`;
  if (full.startsWith(prefix)) {
    const name = full.slice(prefix.length);
    return { body: yield* folderContext(sys, folder, name, undefined), dockerfile: name, remote: undefined };
  }
  const bytes = yield* readFile(sys, used);
  if (typeof bytes === 'number') throw new CliError(pathError('open', used, bytes));
  const name = `${OUTSIDE}/${baseOf(used)}`;
  return { body: yield* folderContext(sys, folder, name, bytes), dockerfile: name, remote: undefined };
}

function* input(cli: Cli): Wait<Uint8Array> {
  const bytes = yield* readAll(cli.sys, 0);
  if (typeof bytes === 'number') throw new CliError(pathError('read', '/dev/stdin', bytes));
  return bytes;
}

function absolute(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
