import { O_DIRECTORY, O_RDONLY } from '../../abi/flags.ts';
import type { ListenInfo } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, type Wait } from '../../libc/io.ts';
import { reverseLookup } from '../../libc/resolver.ts';

/** A process that has a socket open. */
export interface SocketOwner {
  pid: number;
  /** Name of the task, at most 15 bytes. */
  comm: string;
  fd: number;
}

export function socketList(sys: Sys): ListenInfo[] {
  const answer = sys.netlink({ type: 'socket-list' });
  return Array.isArray(answer) ? (answer as ListenInfo[]) : [];
}

function* names(sys: Sys, path: string): Wait<string[]> {
  const fd = yield* open(sys, path, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return [];
  const out: string[] = [];
  for (;;) {
    const entries = sys.getdents(fd);
    if (typeof entries === 'number' || entries.length === 0) break;
    out.push(...entries.map((entry) => entry.name));
  }
  sys.close(fd);
  return out.filter((name) => /^\d+$/.test(name));
}

/** Who has which socket, by inode, as far as /proc lets the caller see. */
export function* socketOwners(sys: Sys): Wait<Map<number, SocketOwner[]>> {
  const owners = new Map<number, SocketOwner[]>();
  for (const pid of yield* names(sys, '/proc')) {
    let comm: string | undefined;
    for (const fd of yield* names(sys, `/proc/${pid}/fd`)) {
      const target = sys.readlink(`/proc/${pid}/fd/${fd}`);
      const inode = typeof target === 'string' ? /^socket:\[(\d+)\]$/.exec(target)?.[1] : undefined;
      if (inode === undefined) continue;
      if (comm === undefined) {
        const bytes = yield* readFile(sys, `/proc/${pid}/comm`);
        comm = typeof bytes === 'number' ? '' : decode(bytes).trimEnd();
      }
      const owner = { pid: Number(pid), comm, fd: Number(fd) };
      const known = owners.get(Number(inode));
      if (known) known.push(owner);
      else owners.set(Number(inode), [owner]);
    }
  }
  return owners;
}

/** `10.0.0.1:80` of ListenInfo, in two. */
export function splitEnd(end: string): [address: string, port: string] {
  const colon = end.lastIndexOf(':');
  return [end.slice(0, colon), end.slice(colon + 1)];
}

/** Names for addresses and ports, each looked up once. */
export class Names {
  #hosts = new Map<string, string>();
  #services: Map<string, string> | undefined;

  constructor(readonly sys: Sys) {}

  *host(address: string): Wait<string> {
    let name = this.#hosts.get(address);
    if (name === undefined) {
      name = (yield* reverseLookup(this.sys, address)) ?? address;
      this.#hosts.set(address, name);
    }
    return name;
  }

  /** The service's name, or the port as it is. */
  *service(port: string, protocol: 'tcp' | 'udp'): Wait<string> {
    if (!this.#services) {
      const bytes = yield* readFile(this.sys, '/etc/services');
      this.#services = new Map();
      for (const line of (typeof bytes === 'number' ? '' : decode(bytes)).split('\n')) {
        const [name, number] = line.replace(/#.*/, '').trim().split(/\s+/);
        if (name && number && !this.#services.has(number)) this.#services.set(number, name);
      }
    }
    return this.#services.get(`${port}/${protocol}`) ?? port;
  }
}
