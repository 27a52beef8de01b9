import { EACCES, EINVAL, ESRCH } from '../../../abi/errno.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Inode, VfsContext } from '../../../vfs/index.ts';
import type { PidNamespace } from '../../ns/pid.ts';
import { cutComm } from '../../task/exec.ts';
import type { Process, Task } from '../../task/task.ts';
import { cgroupText } from '../cgroup/membership.ts';
import {
  directory,
  FixedDirectory,
  MadeDirectory,
  type Maker,
  type Origin,
  type Text,
  TextInode,
  text,
} from '../generated.ts';
import { mountinfoText, mountsText } from '../mount-table.ts';
import { FdDirectory, FdinfoDirectory, mayInspect, PlaceLink } from './descriptors.ts';
import { NamespaceDirectory, type NsFs } from './namespaces.ts';
import { NetDirectory } from './net.ts';
import { limitsText, statmText, statText, statusText } from './status.ts';

/** What a directory of processes belongs to. */
export interface ProcView extends Origin {
  readonly pidNs: PidNamespace<Task>;
  readonly nsfs: NsFs;
}

const IDENTITY_MAP = '         0          0 4294967295\n';

/** NUL-terminated strings, as they lie in memory. */
const joined = (parts: readonly string[]): Uint8Array => encode(parts.map((part) => `${part}\0`).join(''));

/** A file that only those may read who may inspect the process. */
const guarded =
  (process: Process, read: (reader: Task) => string | Uint8Array): Maker =>
  (fs) =>
    new TextInode(fs, 0o400, { read: (reader) => (mayInspect(reader, process) ? read(reader) : -EACCES) });

const writable =
  (mode: number, file: Text): Maker =>
  (fs) =>
    new TextInode(fs, mode, file);

function oomScoreAdj(process: Process): Text {
  return {
    read: () => `${process.oomScoreAdj}\n`,
    write(value, writer) {
      const n = Number(value.trim());
      if (!Number.isInteger(n) || n < -1000 || n > 1000) return -EINVAL;
      if (!mayInspect(writer, process)) return -EACCES;
      if (n < process.oomScoreAdj && !writer.capable('CAP_SYS_RESOURCE')) return -EACCES;
      process.oomScoreAdj = n;
      return 0;
    },
  };
}

function commFile(task: Task): Text {
  return {
    read: () => `${task.comm}\n`,
    write(value, writer) {
      if (writer.process !== task.process) return -EINVAL;
      task.comm = cutComm(value.replace(/\n$/, ''));
      return 0;
    },
  };
}

function mapsText(process: Process): string {
  if (process.exe === undefined) return '';
  const { inode } = process.exe;
  const where = `${String(Math.floor(inode.fs.dev / 0x100000)).padStart(2, '0')}:${(inode.fs.dev % 0x100000).toString(16).padStart(2, '0')} ${inode.ino}`;
  const path = process.image.path;
  const line = (range: string, mode: string, offset: string, what: string, name: string): string =>
    `${`${range} ${mode} ${offset} ${what}`.padEnd(72)} ${name}\n`;
  return (
    line('00400000-00401000', 'r--p', '00000000', where, path) +
    line('00401000-00500000', 'r-xp', '00001000', where, path) +
    line('7ffffffde000-7ffffffff000', 'rw-p', '00000000', '00:00 0', '[stack]')
  );
}

/** Entries that a thread has as its process has them. */
function threadEntries(fs: ProcView, task: Task): Record<string, Maker> {
  const { process } = task;
  return {
    cgroup: text((reader) => cgroupText(process, reader)),
    children: text((reader) => {
      const { ns } = reader.process.pid;
      return [...process.children].map((child) => `${child.pid.in(ns)} `).join('');
    }),
    comm: writable(0o644, commFile(task)),
    net: (origin) => new NetDirectory(origin, () => task.spaces.net.value),
    ns: (origin) => new NamespaceDirectory(origin, fs.nsfs, task),
    stat: text(() => statText(task, fs.pidNs)),
    status: text(() => statusText(task, fs.pidNs)),
  };
}

function processEntries(fs: ProcView, process: Process, leader: Task): Record<string, Maker> {
  const place =
    (find: () => Process['exe']): Maker =>
    (origin) =>
      new PlaceLink(origin, process, 0o777, find);
  return {
    ...threadEntries(fs, leader),
    attr: directory({ current: text(() => 'unconfined\n', 0o666) }),
    autogroup: text(() => `/autogroup-${process.session.pid.in(fs.pidNs)} nice 0\n`, 0o644),
    cmdline: text(() => (process.zombie ? '' : joined(process.argv))),
    cwd: place(() => (process.zombie ? undefined : process.cwd)),
    environ: guarded(process, () => (process.zombie ? '' : joined(process.envp))),
    exe: place(() => (process.zombie ? undefined : process.exe)),
    fd: (origin) => new FdDirectory(origin, process),
    fdinfo: (origin) => new FdinfoDirectory(origin, process),
    gid_map: text(() => IDENTITY_MAP, 0o644),
    io: guarded(process, () => ioText(process)),
    limits: text(() => limitsText(process)),
    loginuid: text(() => '4294967295', 0o644),
    maps: text((reader) => (mayInspect(reader, process) ? mapsText(process) : -EACCES)),
    mountinfo: text(() => (process.zombie ? -EINVAL : mountinfoText(process))),
    mounts: text(() => (process.zombie ? -EINVAL : mountsText(process))),
    oom_score: text(() => `${oomScore(process)}\n`),
    oom_score_adj: writable(0o644, oomScoreAdj(process)),
    root: place(() => (process.zombie ? undefined : process.root)),
    sessionid: text(() => '4294967295'),
    setgroups: text(() => 'allow\n', 0o644),
    statm: text(() => statmText(process)),
    task: (origin) => new ThreadsDirectory(origin as ProcView, process),
    uid_map: text(() => IDENTITY_MAP, 0o644),
    wchan: text(() => (leader.parked ? 'do_wait' : '0')),
  };
}

function ioText({ io }: Process): string {
  return `rchar: ${io.readBytes}\nwchar: ${io.writtenBytes}\nsyscr: ${io.readCalls}\nsyscw: ${io.writeCalls}\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n`;
}

function oomScore(process: Process): number {
  const score = Math.floor((process.charged / process.kernel.config.memory) * 1000);
  return Math.max(0, Math.min(2000, 666 + score + Math.floor((process.oomScoreAdj * 2) / 3)));
}

/** /proc/PID. */
export class ProcessDirectory extends FixedDirectory {
  readonly #process: Process;

  constructor(fs: ProcView, process: Process) {
    const { leader } = process;
    super(fs, () => processEntries(fs, process, leader));
    this.#process = process;
    const { sec } = process.kernel.coarse;
    this.atimeSec = this.mtimeSec = this.ctimeSec = sec;
  }

  override getattr(ctx: VfsContext, st: Parameters<Inode['getattr']>[1]): number {
    const { dumpable, cred } = this.#process;
    this.uid = dumpable ? cred.euid : 0;
    this.gid = dumpable ? cred.egid : 0;
    return super.getattr(ctx, st);
  }

  override lookup(ctx: VfsContext, name: string): Inode | number {
    return this.#process.reaped ? -ESRCH : super.lookup(ctx, name);
  }
}

class ThreadsDirectory extends MadeDirectory {
  readonly #process: Process;
  constructor(fs: ProcView, process: Process) {
    super(fs);
    this.#process = process;
  }

  #find(name: string): Task | undefined {
    const { pidNs } = this.fs as ProcView;
    return this.#process.threads.find((task) => String(task.tid.in(pidNs)) === name);
  }

  override names(): string[] {
    const { pidNs } = this.fs as ProcView;
    return this.#process.threads.map((task) => String(task.tid.in(pidNs)));
  }

  protected override exists(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  override make(name: string): Inode | undefined {
    const task = this.#find(name);
    if (task === undefined) return undefined;
    const fs = this.fs as ProcView;
    return new FixedDirectory(
      fs,
      task === this.#process.leader ? processEntries(fs, this.#process, task) : threadEntries(fs, task),
    );
  }
}
