import { FileSystem, type Inode } from '../../../vfs/index.ts';
import type { NetNamespace } from '../../net/door.ts';
import type { KernelState } from '../../task/task.ts';
import { directory, link, MadeDirectory, type Maker, type Origin, TextInode, text } from '../generated.ts';

/** Bytes that stat(2) shows for a file of sysfs. */
const SIZE = 4096;
const DISK = 41_943_040 * 2;

const attribute = (value: string): Maker => text(() => `${value}\n`, 0o444, SIZE);

/** /sys/class/net: the devices of the network namespace that mounted it. */
class NetClass extends MadeDirectory {
  readonly #net: NetNamespace;
  constructor(fs: Origin, net: NetNamespace) {
    super(fs, 0o755);
    this.#net = net;
  }
  override names(): string[] {
    return this.#net.linkNames();
  }
  protected override exists(name: string): boolean {
    return this.#net.linkNames().includes(name);
  }
  override make(name: string): Inode | undefined {
    return this.exists(name) ? new NetDevice(this.origin, this.#net, name, '') : undefined;
  }
}

/** /sys/class/net/DEV, and its directory `statistics`. */
class NetDevice extends MadeDirectory {
  readonly #net: NetNamespace;
  readonly #device: string;
  readonly #prefix: string;
  constructor(fs: Origin, net: NetNamespace, device: string, prefix: string) {
    super(fs, 0o755);
    this.#net = net;
    this.#device = device;
    this.#prefix = prefix;
  }

  override names(): string[] {
    const names = new Set<string>();
    for (const name of this.#net.sysClassNetNames(this.#device)) {
      if (name.startsWith(this.#prefix)) names.add(name.slice(this.#prefix.length).split('/')[0]!);
    }
    return [...names];
  }

  override make(name: string): Inode | undefined {
    const full = this.#prefix + name;
    const all = this.#net.sysClassNetNames(this.#device);
    if (all.includes(full)) {
      return new TextInode(this.origin, 0o444, { read: () => this.#net.sysClassNet(this.#device, full) ?? '' }, SIZE);
    }
    if (!all.some((other) => other.startsWith(`${full}/`))) return undefined;
    return new NetDevice(this.origin, this.#net, this.#device, `${full}/`);
  }
}

function cpuEntries(kernel: KernelState): Record<string, Maker> {
  const { cpus } = kernel.config;
  const range = cpus === 1 ? '0' : `0-${cpus - 1}`;
  const entries: Record<string, Maker> = {
    online: attribute(range),
    possible: attribute(range),
    present: attribute(range),
    offline: attribute(''),
    kernel_max: attribute('8191'),
  };
  for (let cpu = 0; cpu < cpus; cpu++) {
    entries[`cpu${cpu}`] = directory({
      topology: directory({ core_id: attribute(String(cpu)), physical_package_id: attribute('0') }),
    });
  }
  return entries;
}

function entries(kernel: KernelState, net: NetNamespace): Record<string, Maker> {
  return {
    block: directory({
      vda: directory({
        size: attribute(String(DISK)),
        ro: attribute('0'),
        removable: attribute('0'),
        dev: attribute('252:0'),
        queue: directory({ rotational: attribute('1'), logical_block_size: attribute('512') }),
      }),
    }),
    bus: directory({}),
    class: directory({ net: (fs) => new NetClass(fs, net), block: directory({ vda: link(() => '../../block/vda') }) }),
    dev: directory({ block: directory({ '252:0': link(() => '../../block/vda') }), char: directory({}) }),
    devices: directory({
      system: directory({
        cpu: directory(cpuEntries(kernel)),
        node: directory({
          online: attribute('0'),
          node0: directory({ cpulist: attribute(kernel.config.cpus === 1 ? '0' : `0-${kernel.config.cpus - 1}`) }),
        }),
      }),
      virtual: directory({
        dmi: directory({
          id: directory({
            product_name: attribute('Drydock'),
            sys_vendor: attribute('Drydock'),
            bios_vendor: attribute('Drydock'),
          }),
        }),
      }),
    }),
    firmware: directory({}),
    fs: directory({ cgroup: directory({}, 0o755), bpf: directory({}), ext4: directory({}) }),
    kernel: directory({
      mm: directory({
        transparent_hugepage: directory({
          enabled: attribute('always [madvise] never'),
          defrag: attribute('always defer defer+madvise [madvise] never'),
        }),
      }),
      security: directory({}),
      debug: directory({}, 0o700),
      tracing: directory({}, 0o700),
    }),
    module: directory({
      apparmor: directory({ parameters: directory({ enabled: attribute('N') }) }),
      overlay: directory({ parameters: directory({ metacopy: attribute('N') }) }),
    }),
    power: directory({ state: attribute('freeze mem disk') }),
  };
}

/** sysfs(5), minimal. */
export class SysFs extends FileSystem implements Origin {
  readonly root: Inode;
  readonly madeSec: number;
  #ino = 1;

  constructor(kernel: KernelState, net: NetNamespace) {
    super('sysfs');
    this.madeSec = kernel.coarse.sec;
    this.root = directory(() => entries(kernel, net))(this);
  }

  nextIno(): number {
    return this.#ino++;
  }
}
