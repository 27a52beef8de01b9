import { EACCES } from '../../../abi/errno.ts';
import type { Dirent } from '../../../abi/stat.ts';
import { FileSystem, type Inode, type VfsContext } from '../../../vfs/index.ts';
import type { PidNamespace } from '../../ns/pid.ts';
import type { KernelState, Process, Task } from '../../task/task.ts';
import { directory, link, MadeDirectory, type Maker, TextInode, text } from '../generated.ts';
import type { NsFs } from './namespaces.ts';
import { ProcessDirectory, type ProcView } from './process.ts';
import { SettingsDirectory } from './settings.ts';
import { cpuinfoText, DEVICES, FILESYSTEMS, loadavgText, meminfoText, statText, uptimeText } from './system.ts';

const ENTRIES: Readonly<Record<string, Maker>> = {
  acpi: directory({}),
  bus: directory({}),
  cmdline: text((r) => `${r.kernel.config.cmdline}\n`),
  cpuinfo: text(cpuinfoText),
  devices: text(() => DEVICES),
  diskstats: text(() => ' 252       0 vda 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n'),
  driver: directory({}),
  filesystems: text(() => FILESYSTEMS),
  fs: directory({}),
  interrupts: text(() => '           CPU0       CPU1       \n'),
  irq: directory({}),
  kcore: text((r) => (r.capable('CAP_SYS_RAWIO') ? '' : -EACCES), 0o400),
  keys: text(() => ''),
  kmsg: text(() => '', 0o400),
  loadavg: text(loadavgText),
  meminfo: text(meminfoText),
  modules: text(
    () =>
      'overlay 212992 0 - Live 0x0000000000000000\nbr_netfilter 32768 0 - Live 0x0000000000000000\nbridge 421888 1 br_netfilter, Live 0x0000000000000000\nveth 45056 0 - Live 0x0000000000000000\n',
  ),
  mounts: link(() => 'self/mounts'),
  net: link(() => 'self/net'),
  partitions: text(() => 'major minor  #blocks  name\n\n 252        0   41943040 vda\n 252        1   41942016 vda1\n'),
  self: link((r) => String(r.process.pid.in(r.process.pid.ns))),
  stat: text(statText),
  swaps: text(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
  sys: (fs) => new SettingsDirectory(fs),
  'sysrq-trigger': (fs) => new TextInode(fs, 0o200, { write: () => 0 }),
  'thread-self': link((r) => {
    const { ns } = r.process.pid;
    return `${r.process.pid.in(ns)}/task/${r.tid.in(ns)}`;
  }),
  timer_list: text(() => 'Timer List Version: v0.10\n', 0o400),
  tty: directory({}),
  uptime: text(uptimeText),
  version: text((r) => `${r.kernel.config.procVersion}\n`),
  vmstat: text((r) => `nr_free_pages ${Math.floor(r.kernel.freeMemory() / 4096)}\npgpgin 0\npgpgout 0\noom_kill 0\n`),
};

/** The root: the entries of the system, then a directory a process. */
class ProcRoot extends MadeDirectory {
  readonly #processes: WeakMap<Process, ProcessDirectory> = new WeakMap();

  override names(): string[] {
    return Object.keys(ENTRIES);
  }

  override make(name: string): Inode | undefined {
    return Object.hasOwn(ENTRIES, name) ? ENTRIES[name]!(this.origin) : undefined;
  }

  override lookup(ctx: VfsContext, name: string): Inode | number {
    if (!/^[1-9]\d*$/.test(name)) return super.lookup(ctx, name);
    const { pidNs } = this.fs as ProcFs;
    const process = pidNs.find(Number(name))?.task?.process;
    if (process === undefined) return -2;
    const known = this.#processes.get(process);
    if (known) return known;
    const made = new ProcessDirectory(this.fs as ProcFs, process);
    this.#processes.set(process, made);
    return made;
  }

  override readdir(ctx: VfsContext): Dirent[] {
    const out = super.readdir(ctx);
    const { pidNs } = this.fs as ProcFs;
    for (const pid of pidNs.all()) {
      const process = pid.task?.process;
      if (process === undefined || process.pid !== pid) continue;
      out.push({ ino: 100_000 + pid.in(pidNs), type: 0o040000, name: String(pid.in(pidNs)) });
    }
    return out;
  }
}

/** proc(5), as seen from one pid namespace. */
export class ProcFs extends FileSystem implements ProcView {
  readonly root: Inode;
  readonly pidNs: PidNamespace<Task>;
  readonly nsfs: NsFs;
  readonly madeSec: number;
  #ino = 4026532000;

  constructor(kernel: KernelState, pidNs: PidNamespace<Task>, nsfs: NsFs) {
    super('proc');
    this.pidNs = pidNs;
    this.nsfs = nsfs;
    this.madeSec = kernel.coarse.sec;
    this.root = new ProcRoot(this);
  }

  nextIno(): number {
    return this.#ino++;
  }
}
