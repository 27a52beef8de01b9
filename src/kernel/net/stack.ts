import { EEXIST } from '../../abi/errno.ts';
import type { Internet, LinkOptions, NetEnv, NetNamespace, NetStack, PacketRecord } from './door.ts';
import { Fabric } from './fabric.ts';
import { InternetSegment } from './internet.ts';
import { addPair } from './links.ts';
import { Namespace } from './namespace.ts';
import type { UnixBase } from './unix-base.ts';

/** Inode number of the first namespace; the kernel's are in that range. */
const FIRST_ID = 4_026_531_840;
const NEXT_ID = 4_026_532_500;

/** Makes the network of a machine. */
export function createNetStack(env: NetEnv): NetStack {
  return new Stack(env);
}

class Stack implements NetStack {
  readonly initial: Namespace;
  readonly #fabric: Fabric;
  readonly #namespaces = new Set<Namespace>();
  readonly #unixNodes = new Map<object, UnixBase>();
  #nextId = NEXT_ID;
  #internet: InternetSegment | undefined;

  constructor(env: NetEnv) {
    this.#fabric = new Fabric(env);
    this.#fabric.onLinkUp = () => {
      for (const ns of this.#namespaces) ns.tcp.kick();
    };
    this.initial = this.#add(FIRST_ID);
    this.initial.policy.pingGroups = [0, 2 ** 31 - 1];
    this.initial.ip.addresses.byName('lo')?.setUp(true);
  }

  #add(id: number): Namespace {
    const ns = new Namespace(this.#fabric, id, this.#unixNodes, (gone) => {
      this.#namespaces.delete(gone);
      gone.returnDevices(this.initial);
    });
    this.#namespaces.add(ns);
    return ns;
  }

  createNamespace(): NetNamespace {
    const ns = this.#add(this.#nextId++);
    // IPv4 settings are those of the first namespace at that time (net.core.devconf_inherit_init_net)
    ns.ip.forwarding = this.initial.ip.forwarding;
    // dockerd and ip(8) say so for each device of a container; only `lo` keeps IPv6
    ns.ip.noIp6 = true;
    return ns;
  }

  connect(a: NetNamespace, nameA: string, b: NetNamespace, nameB: string, options: LinkOptions = {}): number {
    if (!(a instanceof Namespace && b instanceof Namespace)) return -EEXIST;
    const pair = addPair(a.ip, nameA, b.ip, nameB, { mac: options.macA, peerMac: options.macB, kind: 'ether' });
    if (typeof pair === 'number') return pair;
    for (const dev of pair) {
      dev.delay = options.delay ?? 0;
      dev.rate = options.rate ?? 0;
    }
    return 0;
  }

  internet(): Internet {
    this.#internet ??= new InternetSegment(this.createNamespace() as Namespace);
    return this.#internet;
  }

  packets(): PacketRecord[] {
    return this.#fabric.log.last();
  }

  watchPackets(see: (packet: PacketRecord) => void): () => void {
    return this.#fabric.log.watch(see);
  }

  counts(): { sockets: number; connections: number; namespaces: number } {
    return { ...this.#fabric.counts };
  }
}
