import { O_CLOEXEC } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { ApiError } from '../../api/errors.ts';
import { decode } from '../../lib/utf8.ts';
import { readAll, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { listDir, removeTree, searchPath } from '../../libc/paths.ts';
import { DEFAULT_PATH } from './state.ts';

/** A place in a repository: `URL#REF:DIRECTORY`. */
export interface GitSource {
  url: string;
  /** '' : the default branch. */
  ref: string;
  subdir: string;
}

/** Whether a context or a source of ADD is a repository. */
export const isGit = (text: string): boolean =>
  /^(git|ssh):\/\/|^git@|^https?:\/\/[^#]+\.git(#|$)|^github\.com\//.test(text);

/** Reads `https://host/repo.git#branch:folder`. */
export function parseGit(text: string): GitSource {
  const [address = '', fragment = ''] = text.split('#');
  const [ref = '', subdir = ''] = fragment.split(':');
  return { url: address.startsWith('github.com/') ? `https://${address}` : address, ref, subdir };
}

/** Hears what git says on its standard error. */
export type GitLog = (text: string) => Wait<void>;

interface GitResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs the host's git. @throws ApiError where there is none */
function* git(sys: Sys, args: readonly string[]): Wait<GitResult> {
  const path = searchPath(sys, 'git', DEFAULT_PATH);
  if (path === undefined) throw new ApiError('internal', 'exec: "git": executable file not found in $PATH');
  const [out, outEnd] = pipe(sys);
  const [err, errEnd] = pipe(sys);
  const env = [`PATH=${DEFAULT_PATH}`, 'HOME=/root', 'GIT_TERMINAL_PROMPT=0', 'LC_ALL=C'];
  const pid = yield* spawn(sys, path, ['git', ...args], env, {
    dup2: [
      [outEnd, 1],
      [errEnd, 2],
    ],
  });
  sys.close(outEnd);
  sys.close(errEnd);
  const stdout = yield* readAll(sys, out);
  const stderr = yield* readAll(sys, err);
  sys.close(out);
  sys.close(err);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(sys, pid, 0, result);
  const text = (bytes: Uint8Array | number): string => (typeof bytes === 'number' ? '' : decode(bytes));
  return { status: pid > 0 ? result.status >> 8 : 127, stdout: text(stdout), stderr: text(stderr) };
}

function pipe(sys: Sys): [number, number] {
  const ends = [0, 0];
  sys.pipe2(ends, O_CLOEXEC);
  return [ends[0]!, ends[1]!];
}

/**
 * Fetches a repository's files into an empty folder.
 * @returns the commit
 * @throws ApiError in BuildKit's words
 */
export function* fetchGit(sys: Sys, source: GitSource, dir: string, keepGitDir: boolean, log: GitLog): Wait<string> {
  const { url, ref, subdir } = source;
  const run = function* (what: string, args: readonly string[]): Wait<string> {
    const { status, stdout, stderr } = yield* git(sys, args);
    if (status === 0) return stdout;
    yield* log(stderr);
    throw new ApiError('internal', `${what}: git stderr:\n${stderr}: exit status ${status}`);
  };
  const whole = `${dir}/.clone`;
  const what = ref === '' ? `error fetching default branch for repository ${url}` : `failed to fetch remote ${url}`;
  yield* run(what, ['clone', '-q', url, whole]);
  if (ref !== '') yield* run(`failed to checkout remote ${url}`, ['-C', whole, 'checkout', '-q', ref]);
  const commit = (yield* run('failed to read the commit', ['-C', whole, 'rev-parse', 'HEAD'])).trim();
  const from = subdir === '' ? whole : `${whole}/${subdir}`;
  const names = listDir(sys, from);
  if (typeof names === 'number') throw new ApiError('internal', `failed to find subdir ${subdir} in ${url}`);
  for (const name of names) if (name !== '.git' || keepGitDir) sys.rename(`${from}/${name}`, `${dir}/${name}`);
  removeTree(sys, whole);
  return commit;
}
