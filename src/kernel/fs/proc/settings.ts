import { CAPABILITIES } from '../../../abi/credentials.ts';
import { EACCES, EINVAL, EPERM } from '../../../abi/errno.ts';
import type { Inode, VfsContext } from '../../../vfs/index.ts';
import type { Task } from '../../task/task.ts';
import { MadeDirectory, type Origin, TextInode } from '../generated.ts';

/** One setting of /proc/sys. */
interface Setting {
  mode: number;
  read(reader: Task): string;
  write?(value: string, writer: Task): number;
}

const fixed = (read: (reader: Task) => string): Setting => ({ mode: 0o444, read });

/** A value that is kept and shown; `where` says whether it is the machine's or an ipc namespace's. */
function kept(name: string, initial: string, where: 'machine' | 'ipc', check?: RegExp): Setting {
  const store = (task: Task): Map<string, string> =>
    where === 'machine' ? task.kernel.settings : task.spaces.ipc.value.settings;
  return {
    mode: 0o644,
    read: (reader) => store(reader).get(name) ?? initial,
    write(value, writer) {
      if (check && !check.test(value)) return -EINVAL;
      store(writer).set(name, value);
      return 0;
    },
  };
}

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

/** A random UUID, version 4. */
function uuid(task: Task): string {
  const bytes = new Uint8Array(16);
  task.kernel.outside.random(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const utsName = (field: 'hostname' | 'domainname'): Setting => ({
  mode: 0o644,
  read: (reader) => reader.spaces.uts.value[field],
  write(value, writer) {
    if (!writer.capable('CAP_SYS_ADMIN')) return -EPERM;
    writer.spaces.uts.value[field] = value.slice(0, 64);
    return 0;
  },
});

const NUMBER = /^-?\d+$/;
const NUMBERS = /^[-\d\s]+$/;

const FIXED: Readonly<Record<string, Setting>> = {
  'fs.file-nr': fixed((r) => `${r.kernel.tasks * 4}\t0\t9223372036854775807`),
  'kernel.cap_last_cap': fixed(() => String(CAPABILITIES.length - 1)),
  'kernel.domainname': utsName('domainname'),
  'kernel.hostname': utsName('hostname'),
  'kernel.ngroups_max': fixed(() => '65536'),
  'kernel.osrelease': fixed((r) => r.kernel.config.release),
  'kernel.ostype': fixed(() => 'Linux'),
  'kernel.overflowgid': fixed(() => '65534'),
  'kernel.overflowuid': fixed(() => '65534'),
  'kernel.pid_max': fixed((r) => String(r.kernel.config.pidMax)),
  'kernel.random.boot_id': fixed((r) => r.kernel.config.bootId),
  'kernel.random.entropy_avail': fixed(() => '256'),
  'kernel.random.poolsize': fixed(() => '256'),
  'kernel.random.uuid': fixed(uuid),
  'kernel.tainted': fixed(() => '0'),
  'kernel.threads-max': fixed((r) => String(r.kernel.config.threadsMax)),
  'kernel.version': fixed((r) => r.kernel.config.version),
};

/** Settings that are kept and shown but change nothing here: name, value at boot, whose. */
const KEPT: readonly (readonly [name: string, value: string, where: 'machine' | 'ipc', check: RegExp | undefined])[] = [
  ['fs.aio-max-nr', '65536', 'machine', NUMBER],
  ['fs.file-max', '9223372036854775807', 'machine', NUMBER],
  ['fs.inotify.max_queued_events', '16384', 'machine', NUMBER],
  ['fs.inotify.max_user_instances', '128', 'machine', NUMBER],
  ['fs.inotify.max_user_watches', '29364', 'machine', NUMBER],
  ['fs.mqueue.msg_default', '10', 'ipc', NUMBER],
  ['fs.mqueue.msg_max', '10', 'ipc', NUMBER],
  ['fs.mqueue.msgsize_default', '8192', 'ipc', NUMBER],
  ['fs.mqueue.msgsize_max', '8192', 'ipc', NUMBER],
  ['fs.mqueue.queues_max', '256', 'ipc', NUMBER],
  ['fs.nr_open', '1048576', 'machine', NUMBER],
  ['fs.pipe-max-size', '1048576', 'machine', NUMBER],
  ['fs.protected_fifos', '1', 'machine', NUMBER],
  ['fs.protected_hardlinks', '1', 'machine', NUMBER],
  ['fs.protected_regular', '2', 'machine', NUMBER],
  ['fs.protected_symlinks', '1', 'machine', NUMBER],
  ['fs.suid_dumpable', '2', 'machine', NUMBER],
  ['kernel.core_pattern', 'core', 'machine', undefined],
  ['kernel.core_uses_pid', '0', 'machine', NUMBER],
  ['kernel.dmesg_restrict', '1', 'machine', NUMBER],
  ['kernel.keys.root_maxkeys', '1000000', 'machine', NUMBER],
  ['kernel.kptr_restrict', '1', 'machine', NUMBER],
  ['kernel.msgmax', '8192', 'ipc', NUMBER],
  ['kernel.msgmnb', '16384', 'ipc', NUMBER],
  ['kernel.msgmni', '32000', 'ipc', NUMBER],
  ['kernel.panic', '0', 'machine', NUMBER],
  ['kernel.perf_event_paranoid', '4', 'machine', NUMBER],
  ['kernel.printk', '4\t4\t1\t7', 'machine', NUMBERS],
  ['kernel.randomize_va_space', '2', 'machine', NUMBER],
  ['kernel.sem', '32000\t1024000000\t500\t32000', 'ipc', NUMBERS],
  ['kernel.shm_rmid_forced', '0', 'ipc', NUMBER],
  ['kernel.shmall', '18446744073692774399', 'ipc', NUMBER],
  ['kernel.shmmax', '18446744073692774399', 'ipc', NUMBER],
  ['kernel.shmmni', '4096', 'ipc', NUMBER],
  ['kernel.sysrq', '176', 'machine', NUMBER],
  ['kernel.unprivileged_userns_clone', '1', 'machine', NUMBER],
  ['kernel.yama.ptrace_scope', '1', 'machine', NUMBER],
  ['vm.dirty_background_ratio', '10', 'machine', NUMBER],
  ['vm.dirty_ratio', '20', 'machine', NUMBER],
  ['vm.drop_caches', '0', 'machine', NUMBER],
  ['vm.max_map_count', '1048576', 'machine', NUMBER],
  ['vm.min_free_kbytes', '8055', 'machine', NUMBER],
  ['vm.overcommit_memory', '0', 'machine', NUMBER],
  ['vm.overcommit_ratio', '50', 'machine', NUMBER],
  ['vm.panic_on_oom', '0', 'machine', NUMBER],
  ['vm.swappiness', '60', 'machine', NUMBER],
  ['vm.vfs_cache_pressure', '100', 'machine', NUMBER],
];

const TABLE: ReadonlyMap<string, Setting> = new Map([
  ...Object.entries(FIXED),
  ...KEPT.map(([name, value, where, check]) => [name, kept(name, value, where, check)] as const),
]);

/** Path parts of a setting; a network device's name may have dots, but no directory of ours has. */
const partsOf = (name: string): string[] => name.split('.');

function* allNames(reader: Task): Generator<string> {
  yield* TABLE.keys();
  for (const name of reader.spaces.net.value.sysctlNames()) yield `net.${name}`;
}

/** /proc/sys and its directories: settings by their dotted names (sysctl(8)). */
export class SettingsDirectory extends MadeDirectory {
  readonly #prefix: readonly string[];

  constructor(fs: Origin, prefix: readonly string[] = []) {
    super(fs);
    this.#prefix = prefix;
  }

  #below(reader: Task): Map<string, string | undefined> {
    const out = new Map<string, string | undefined>();
    const depth = this.#prefix.length;
    for (const name of allNames(reader)) {
      const parts = partsOf(name);
      if (parts.length <= depth || this.#prefix.some((part, i) => parts[i] !== part)) continue;
      const here = parts[depth]!;
      if (parts.length === depth + 1) out.set(here, name);
      else if (!out.has(here)) out.set(here, undefined);
    }
    return out;
  }

  override names(reader: Task): string[] {
    return [...this.#below(reader).keys()].sort();
  }

  protected override exists(name: string, reader: Task): boolean {
    return this.#prefix[0] !== 'net' || this.#below(reader).has(name);
  }

  override make(name: string, reader: Task): Inode | undefined {
    const below = this.#below(reader);
    if (!below.has(name)) return undefined;
    const setting = below.get(name);
    if (setting === undefined) return new SettingsDirectory(this.origin, [...this.#prefix, name]);
    return settingInode(this.origin, setting);
  }
}

/** Not even root opens a setting for writing that cannot be written. */
class SettingInode extends TextInode {
  override permission(ctx: VfsContext, mask: number): number {
    const bits = ctx.cred.euid === this.uid ? this.mode >> 6 : this.mode;
    return (mask & ~bits & 7) === 0 ? 0 : -EACCES;
  }
}

function settingInode(fs: Origin, name: string): Inode {
  const own = TABLE.get(name);
  if (own !== undefined) {
    return new SettingInode(fs, own.mode, {
      read: (reader) => `${own.read(reader)}\n`,
      ...(own.write && { write: (value: string, writer: Task) => own.write!(value.trim(), writer) }),
    });
  }
  const short = name.slice('net.'.length);
  return new SettingInode(fs, 0o644, {
    read: (reader) => `${reader.spaces.net.value.sysctl(short) ?? ''}\n`,
    write(value, writer) {
      if (!writer.capable('CAP_NET_ADMIN')) return -EPERM;
      return writer.spaces.net.value.setSysctl(short, value.trim());
    },
  });
}
