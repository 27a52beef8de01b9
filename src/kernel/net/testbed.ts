import { BLOCKED } from '../../abi/errno.ts';
import type { NetlinkAnswer, NetlinkRequest } from '../../abi/netlink.ts';
import { AF_INET, SOCK_DGRAM, SOCK_STREAM, type SockAddr } from '../../abi/socket.ts';
import type { NetCaller, NetEnv, NetNamespace, NetStack, Socket, WaitPoint } from './door.ts';
import { createNetStack } from './stack.ts';

interface Timer {
  at: number;
  order: number;
  fire: () => void;
}

/** A network on a virtual clock, and what tests do with it. */
export class Testbed {
  now = 1000;
  readonly stack: NetStack;
  readonly #timers: Timer[] = [];
  #order = 0;
  #seed = 42;

  constructor() {
    const env: NetEnv = {
      now: () => this.now,
      setTimer: (ms, fire) => {
        const timer = { at: this.now + ms, order: this.#order++, fire };
        this.#timers.push(timer);
        return () => {
          const at = this.#timers.indexOf(timer);
          if (at >= 0) this.#timers.splice(at, 1);
        };
      },
      getrandom: (buf) => {
        for (let i = 0; i < buf.length; i++) buf[i] = this.random(256);
      },
      newWaitPoint: () => ({ wakeAll: () => {} }),
    };
    this.stack = createNetStack(env);
  }

  /** A number below `n`, always the same ones. */
  random(n: number): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#seed / 0x100000000) * n);
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Fires the next timer. @returns false where there is none */
  step(): boolean {
    if (this.#timers.length === 0) return false;
    this.#timers.sort((a, b) => a.at - b.at || a.order - b.order);
    const timer = this.#timers.shift()!;
    this.now = Math.max(this.now, timer.at);
    timer.fire();
    return true;
  }

  /** Lets `ms` pass. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = Math.min(...this.#timers.map((t) => t.at), Number.POSITIVE_INFINITY);
      if (next > until) break;
      this.step();
    }
    this.now = until;
  }

  /** Repeats a call while it is BLOCKED, with time passing. */
  wait<T>(call: () => T | number): T | number {
    for (;;) {
      const result = call();
      if (result !== BLOCKED) return result;
      if (!this.step()) return BLOCKED;
    }
  }

  /** netlink of `ns`, as root; pids are indices of `others`. */
  net(ns: NetNamespace, request: NetlinkRequest, others: NetNamespace[] = []): NetlinkAnswer {
    return ns.netlink(ROOT, request, (pid) => others[pid]);
  }

  /** A docker-like host: eth0 on the internet, forwarding, and a bridge for each name. */
  dockerHost(bridges: Record<string, string>): NetNamespace {
    const host = this.stack.initial;
    this.stack.internet().attachMachine(host, '192.168.65.3', 24, '192.168.65.1');
    host.setSysctl('ipv4.ip_forward', '1');
    for (const [name, address] of Object.entries(bridges)) {
      this.net(host, { type: 'link-add', name, kind: 'bridge' });
      this.net(host, { type: 'addr-add', dev: name, address, prefix: 16 });
      this.net(host, { type: 'link-set', name, up: true });
    }
    const names = Object.keys(bridges);
    this.net(host, { type: 'forward-set', policy: { isolated: names, internal: [], masquerade: names } });
    return host;
  }

  /** A container on a bridge of the initial namespace. */
  container(bridge: string, address: string, gateway: string | undefined): NetNamespace {
    const host = this.stack.initial;
    const ns = this.stack.createNamespace();
    const name = `veth${host.linkNames().length}`;
    this.net(host, { type: 'veth-add', name, peer: 'tmp0', peerPid: 0 }, [ns]);
    this.net(host, { type: 'link-set', name, master: bridge, up: true });
    this.net(ns, { type: 'link-set', name: 'tmp0', rename: 'eth0' });
    this.net(ns, { type: 'addr-add', dev: 'eth0', address, prefix: 16 });
    this.net(ns, { type: 'link-set', name: 'lo', up: true });
    this.net(ns, { type: 'link-set', name: 'eth0', up: true });
    if (gateway) this.net(ns, { type: 'route-add', route: { dst: 'default', via: gateway, dev: 'eth0' } });
    ns.setSysctl('ipv4.ip_unprivileged_port_start', '0');
    return ns;
  }
}

export const ROOT: NetCaller = { pid: 1, uid: 0, gid: 0, capable: () => true, waitOn: (_point: WaitPoint) => {} };
export const USER: NetCaller = { pid: 2, uid: 1000, gid: 1000, capable: () => false, waitOn: () => {} };

export const inet = (addr: string, port: number): SockAddr => ({ family: AF_INET, addr, port });

/** A socket that must come. */
export function open(ns: NetNamespace, type: number = SOCK_STREAM, family: number = AF_INET, protocol = 0): Socket {
  const socket = ns.socket(ROOT, family, type, protocol);
  if (typeof socket === 'number') throw new Error(`socket: ${socket}`);
  return socket;
}

/** A TCP socket that listens. */
export function listener(ns: NetNamespace, port: number, address = '', backlog = 128): Socket {
  const socket = open(ns);
  const bound = socket.bind(ROOT, inet(address, port));
  if (bound < 0) throw new Error(`bind: ${bound}`);
  socket.listen(backlog);
  return socket;
}

export const udp = (ns: NetNamespace): Socket => open(ns, SOCK_DGRAM);

export function accepted(socket: Socket): Socket {
  const child = socket.accept(ROOT, true);
  if (typeof child === 'number') throw new Error(`accept: ${child}`);
  return child;
}

export const bytes = (text: string): Uint8Array => Uint8Array.from([...text].map((c) => c.charCodeAt(0)));

/** What can be read now, as text; `undefined` where the call fails. */
export function readText(socket: Socket, max = 65536): string | number {
  const buf = new Uint8Array(max);
  const n = socket.read(ROOT, true, buf);
  return n < 0 ? n : String.fromCharCode(...buf.subarray(0, n));
}
