import { CLONE_NEWNS, CLONE_NEWPID, O_CLOEXEC, O_CREAT, O_NOCTTY, O_RDONLY, O_RDWR } from '../../abi/flags.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { open, read, type Wait, waitpid } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { sendJson } from './json-lines.ts';
import { bind } from './mounts.ts';
import { becomeProcess } from './process.ts';
import { setUpRootfs } from './rootfs.ts';
import { RuntimeError, type RuntimeSpec } from './spec.ts';

/** Descriptors that a shim gets from the engine. */
export interface ShimFiles {
  /** What the container's process has as 0, 1, 2; without a terminal. */
  stdio: readonly [number, number, number] | undefined;
  /** The process writes here what goes wrong; execve closes it. */
  report: number;
  /** The engine answers here (terminals). */
  answer: number;
  /** The shim writes here how the process ended. */
  exit: number;
}

/** What comes over the report pipe. */
export type Report = { pid: number } | { error: string } | { console: true };

const SHIM = '/usr/bin/containerd-shim-runc-v2';

/** The shim: parent of a container's first process, which it starts, waits for and reports on. */
export function* shim(sys: Sys, spec: RuntimeSpec, files: ShimFiles): Program {
  sys.prctl('name', 'containerd-shim');
  sys.prctl('cmdline', `${SHIM} -namespace moby -id ${spec.id} -address /run/containerd/containerd.sock`);
  sys.setsid();
  // one more fork: the shim is nobody's child but init's
  sys.fork((own) => shimProcess(own, spec, files));
  return 0;
}

function* shimProcess(sys: Sys, spec: RuntimeSpec, files: ShimFiles): Program {
  const keep = [...(files.stdio ?? []), files.report, files.answer, files.exit];
  if (spec.netFd !== undefined) keep.push(spec.netFd);
  closeOthers(sys, keep);
  for (const { path, type } of spec.join) {
    if (type !== CLONE_NEWPID) continue;
    const fd = yield* open(sys, path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) sys.setns(fd, type);
    sys.close(fd);
  }
  const pid = sys.fork((own) => init(own, spec, files), { flags: spec.namespaces, cgroup: spec.cgroup });
  if (pid < 0) {
    yield* sendJson(sys, files.report, {
      error: `unable to start container process: can't fork: ${strerror(-pid, 'go')}`,
    });
    return 1;
  }
  yield* sendJson(sys, files.report, { pid });
  closeOthers(sys, [files.exit]);
  const result = new WaitResult();
  for (;;) {
    const r = yield* waitpid(sys, -1, 0, result);
    if (r < 0) break;
    if (r === pid) break;
  }
  yield* sendJson(sys, files.exit, { status: result.status });
  return 0;
}

/** Closes every descriptor but some. */
export function closeOthers(sys: Sys, keep: readonly number[]): void {
  const names = listDir(sys, '/proc/self/fd');
  if (typeof names === 'number') return;
  for (const name of names) {
    const fd = Number(name);
    if (!keep.includes(fd)) sys.close(fd);
  }
}

/** A container's first process, until it becomes the program. */
function* init(sys: Sys, spec: RuntimeSpec, files: ShimFiles): Program {
  sys.prctl('name', 'runc:[2:INIT]');
  sys.prctl('cmdline', 'runc init');
  try {
    sys.setsid();
    yield* joinNamespaces(sys, spec);
    if (spec.hostname !== '') sys.sethostname(spec.hostname);
    if (spec.domainname !== '') sys.setdomainname(spec.domainname);
    yield* setUpRootfs(sys, spec);
    yield* setUpStdio(sys, spec, files);
    yield* becomeProcess(sys, spec.process);
  } catch (thrown) {
    if (!(thrown instanceof RuntimeError)) throw thrown;
    yield* sendJson(sys, files.report, {
      error: `unable to start container process: error during container init: ${thrown.message}`,
    });
  }
  return 1;
}

function* joinNamespaces(sys: Sys, spec: RuntimeSpec): Wait<void> {
  if (spec.netFd !== undefined) sys.setns(spec.netFd, 0);
  for (const { path, type } of spec.join) {
    if (type === CLONE_NEWPID || type === CLONE_NEWNS) continue;
    const fd = yield* open(sys, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw new RuntimeError(`error joining namespace ${path}: ${strerror(-fd, 'go')}`);
    sys.setns(fd, type);
    sys.close(fd);
  }
}

function* setUpStdio(sys: Sys, spec: RuntimeSpec, files: ShimFiles): Wait<void> {
  const { uid } = spec.process.user;
  if (!spec.process.terminal) {
    const stdio = files.stdio!;
    for (const [to, from] of stdio.entries()) {
      sys.dup2(from, to);
      if (uid !== 0) sys.fchown(to, uid, spec.process.user.gid);
    }
    for (const from of stdio) if (from > 2) sys.close(from);
    return;
  }
  yield* sendJson(sys, files.report, { console: true });
  const slave = yield* openConsole(sys, files.answer);
  if (slave < 0) throw new RuntimeError(`open console: ${strerror(-slave, 'go')}`);
  yield* attachConsole(sys, slave, uid, true);
}

/** Waits for the name of the terminal that the engine opened, and opens it. @returns fd or -errno */
export function* openConsole(sys: Sys, answer: number): Wait<number> {
  const buffer = new Uint8Array(64);
  const n = yield* read(sys, answer, buffer);
  if (n <= 0) return -5;
  return yield* open(sys, decode(buffer.subarray(0, n)).trim(), O_RDWR | O_NOCTTY);
}

/** Makes a terminal the process's stdin, stdout, stderr and controlling one; `console`: also /dev/console. */
export function* attachConsole(sys: Sys, slave: number, uid: number, console: boolean): Wait<void> {
  const name = sys.ttyname(slave);
  for (const fd of [0, 1, 2]) if (fd !== slave) sys.dup2(slave, fd);
  if (slave > 2) sys.close(slave);
  sys.tiocsctty(0);
  if (typeof name !== 'string') return;
  if (uid !== 0) sys.chown(name, uid, -1);
  if (!console) return;
  const fd = yield* open(sys, '/dev/console', O_CREAT, 0o620);
  if (fd < 0) return;
  sys.close(fd);
  bind(sys, name, '/dev/console', false);
}
