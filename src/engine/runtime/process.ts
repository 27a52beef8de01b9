import type { Capability } from '../../abi/credentials.ts';
import { EACCES, EISDIR, ENOENT, ENOEXEC, ENOTDIR } from '../../abi/errno.ts';
import { X_OK } from '../../abi/flags.ts';
import { SIG_DFL, SIGPIPE } from '../../abi/signal.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { quote } from '../../lib/quote.ts';
import { decode } from '../../lib/utf8.ts';
import { parsePasswd } from '../../libc/accounts.ts';
import { execve, readFile, type Wait, writeFile } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import { usualOpenFiles } from './open-files.ts';
import { type ProcessSpec, RuntimeError } from './spec.ts';

const words = (errno: number): string => strerror(Math.abs(errno), 'go');

/**
 * Becomes the process that `spec` describes: limits, user, capabilities, working directory, program. Comes back only by
 * an error.
 * @throws RuntimeError in runc's words
 */
export function* becomeProcess(sys: Sys, spec: ProcessSpec): Wait<never> {
  usualOpenFiles(sys);
  for (const { resource, soft, hard } of spec.rlimits) sys.setrlimit(resource, { soft, hard });
  if (spec.oomScoreAdj !== undefined) yield* writeFile(sys, '/proc/self/oom_score_adj', String(spec.oomScoreAdj));
  // the engine ignores it; a program must not inherit that
  sys.sigaction(SIGPIPE, SIG_DFL);
  const env = yield* environmentOf(sys, spec);
  sys.umask(0o022);
  // first as root (a directory that only root may enter), then again as the user
  const asRoot = sys.chdir(spec.cwd);
  becomeUser(sys, spec);
  const r = asRoot === 0 ? 0 : sys.chdir(spec.cwd);
  if (r < 0) throw new RuntimeError(`chdir to cwd (${quote(spec.cwd)}) set in config.json failed: ${words(r)}`);
  const path = findProgram(sys, spec.args[0] ?? '', env);
  const failed = yield* execve(sys, path, spec.args, env);
  throw new RuntimeError(`exec ${path}: ${words(failed)}`);
}

function becomeUser(sys: Sys, spec: ProcessSpec): void {
  const { uid, gid, groups } = spec.user;
  const caps = new Set<Capability>(spec.capabilities);
  const none = new Set<Capability>();
  sys.setcaps({ bounding: caps });
  sys.setgroups(groups);
  const g = sys.setresgid(gid, gid, gid);
  if (g < 0) throw new RuntimeError(`unable to setup user: setgid: ${words(g)}`);
  const u = sys.setresuid(uid, uid, uid);
  if (u < 0) throw new RuntimeError(`unable to setup user: setuid: ${words(u)}`);
  const kept = uid === 0 ? caps : none;
  sys.setcaps({ inheritable: none, ambient: none, effective: kept, permitted: kept });
  if (spec.noNewPrivileges) sys.setcaps({ noNewPrivs: true });
  if (spec.seccomp) sys.prctl('seccomp', SECCOMP_FILTER);
}

/** The environment: the last of each name, and HOME where there is none. */
function* environmentOf(sys: Sys, spec: ProcessSpec): Wait<string[]> {
  const last = new Map<string, string>();
  for (const pair of spec.env) {
    const name = pair.split('=', 1)[0]!;
    last.set(name, pair);
  }
  if (!last.has('HOME')) last.set('HOME', `HOME=${yield* homeOf(sys, spec.user.uid)}`);
  return [...last.values()];
}

function* homeOf(sys: Sys, uid: number): Wait<string> {
  const bytes = yield* readFile(sys, '/etc/passwd');
  if (typeof bytes === 'number') return uid === 0 ? '/root' : '/';
  const user = parsePasswd(decode(bytes)).find((u) => u.uid === uid);
  return user?.dir || '/';
}

/** Mode of seccomp(2) as /proc/PID/status shows it. */
const SECCOMP_FILTER = 2;

/** Looks a program up as Go's exec.LookPath does. @throws RuntimeError */
function findProgram(sys: Sys, name: string, env: readonly string[]): string {
  const said = `exec: ${quote(name)}: `;
  if (name.includes('/')) {
    const r = checkProgram(sys, name);
    if (r === 0) return name;
    throw new RuntimeError(said + (r === -ENOENT || r === -ENOTDIR ? `stat ${name}: ${words(r)}` : words(r)));
  }
  const path = env.find((pair) => pair.startsWith('PATH='))?.slice(5) ?? '';
  for (const dir of path.split(':')) {
    const full = dir === '' ? `./${name}` : `${dir}/${name}`;
    const r = name === '' ? -ENOENT : checkProgram(sys, full);
    if (r === 0) return full;
  }
  throw new RuntimeError(`${said}executable file not found in $PATH`);
}

/** @returns 0, or why a file cannot be executed */
function checkProgram(sys: Sys, path: string): number {
  const st = new Stat();
  const r = sys.stat(path, st);
  if (r < 0) return r;
  if (isDirectory(st.mode)) return -EISDIR;
  if ((st.mode & 0o111) === 0) return -EACCES;
  return sys.access(path, X_OK) === 0 ? 0 : -EACCES;
}

/** Whether an errno of execve means that the file is there and is no program. */
export const isExecFormat = (errno: number): boolean => errno === -ENOEXEC;
