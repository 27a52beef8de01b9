import { AF_INET, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import type { PortBinding, PortMap } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';

const EPHEMERAL_FIRST = 32768;
const EPHEMERAL_LAST = 60999;
const ANY = '0.0.0.0';

/** A port of the host that leads into a container. */
export interface Publication {
  proto: 'tcp' | 'udp';
  containerPort: number;
  /** '' or `0.0.0.0`: every address. */
  hostIp: string;
  hostPort: number;
  /** A socket of the host that holds the port. */
  socket: number;
  /** Processes docker-proxy. */
  proxies: number[];
}

/** Ports of the host that containers have. */
export class PortAllocator {
  /** `tcp/8080` → addresses on which it is taken. */
  readonly #taken: Map<string, Set<string>> = new Map();

  /**
   * Takes ports for all bindings, or none.
   * @param exposed ports that -P publishes as well
   * @param usualIp address of the host for those that name none; '' for all
   * @throws ApiError `Bind for 0.0.0.0:8080 failed: port is already allocated`
   */
  allocate(sys: Sys, bindings: PortMap, exposed: readonly string[], usualIp = ''): Publication[] {
    const done: Publication[] = [];
    try {
      for (const [spec, list] of Object.entries(bindings)) {
        const [port = '', proto = 'tcp'] = spec.split('/');
        const wanted = list && list.length > 0 ? list : [{ HostIp: '', HostPort: '' }];
        for (const binding of wanted) done.push(this.#one(sys, proto as 'tcp' | 'udp', Number(port), binding, usualIp));
      }
      for (const spec of exposed) {
        const [port = '', proto = 'tcp'] = spec.split('/');
        done.push(this.#one(sys, proto as 'tcp' | 'udp', Number(port), { HostIp: '', HostPort: '' }, usualIp));
      }
      return done;
    } catch (error) {
      this.release(sys, done);
      throw error;
    }
  }

  #one(sys: Sys, proto: 'tcp' | 'udp', containerPort: number, binding: PortBinding, usualIp: string): Publication {
    const hostIp = binding.HostIp === '::' ? '' : binding.HostIp || usualIp;
    const [from = 0, to = from] = (binding.HostPort ?? '').split('-').map(Number);
    const first = from === 0 ? EPHEMERAL_FIRST : from;
    const last = from === 0 ? EPHEMERAL_LAST : to;
    const single = first === last;
    let problem = 'port is already allocated';
    for (let hostPort = first; hostPort <= last; hostPort++) {
      if (!this.#free(proto, hostIp, hostPort)) continue;
      const socket = hold(sys, proto, hostIp, hostPort);
      if (socket < 0) {
        problem = 'address already in use';
        if (single) break;
        continue;
      }
      this.#mark(proto, hostIp, hostPort);
      return { proto, containerPort, hostIp, hostPort, socket, proxies: [] };
    }
    const place = `${hostIp || ANY}:${first}`;
    if (problem === 'address already in use' && single)
      throw new ApiError(
        'internal',
        `failed to bind host port for ${place}:CONTAINER:${containerPort}/${proto}: ${problem}`,
      );
    throw new ApiError('internal', `Bind for ${place} failed: port is already allocated`);
  }

  #free(proto: string, ip: string, port: number): boolean {
    const taken = this.#taken.get(`${proto}/${port}`);
    if (!taken || taken.size === 0) return true;
    const address = ip || ANY;
    return address !== ANY && !taken.has(ANY) && !taken.has(address);
  }

  #mark(proto: string, ip: string, port: number): void {
    const key = `${proto}/${port}`;
    const taken = this.#taken.get(key) ?? new Set();
    taken.add(ip || ANY);
    this.#taken.set(key, taken);
  }

  release(sys: Sys, publications: readonly Publication[]): void {
    for (const p of publications) {
      sys.close(p.socket);
      const taken = this.#taken.get(`${p.proto}/${p.hostPort}`);
      taken?.delete(p.hostIp || ANY);
      if (taken?.size === 0) this.#taken.delete(`${p.proto}/${p.hostPort}`);
    }
  }
}

/** Binds a socket to the port, so that nobody else on the host takes it. @returns fd or -errno */
function hold(sys: Sys, proto: 'tcp' | 'udp', ip: string, port: number): number {
  const fd = sys.socket(AF_INET, (proto === 'udp' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  const r = sys.bind(fd, { family: AF_INET, addr: ip, port });
  if (r === 0) return fd;
  sys.close(fd);
  return r;
}

/** What inspect and the list show: a port on every address is shown for IPv4 and for IPv6. */
export function shownPorts(publications: readonly Publication[], exposed: readonly string[]): PortMap {
  const map: PortMap = {};
  for (const spec of exposed) map[spec] = null;
  for (const p of publications) {
    const spec = `${p.containerPort}/${p.proto}`;
    const list = (map[spec] ??= []);
    const HostPort = String(p.hostPort);
    if (p.hostIp === '' || p.hostIp === ANY) {
      list.push({ HostIp: ANY, HostPort });
      if (p.hostIp === '') list.push({ HostIp: '::', HostPort });
    } else list.push({ HostIp: p.hostIp, HostPort });
  }
  const sorted: PortMap = {};
  for (const spec of Object.keys(map).sort()) sorted[spec] = map[spec]!;
  return sorted;
}
