import { AF_INET, AF_INET6, AF_UNIX, type SockAddr } from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { isIp6 } from '../../../lib/ip.ts';
import type { Wait } from '../../../libc/io.ts';
import { resolve } from '../../../libc/resolver.ts';
import { type Directive, failAt } from './config-file.ts';
import { parseTime } from './values.ts';

export interface Peer {
  /** `172.18.0.2:3000` */
  name: string;
  address: SockAddr;
  weight: number;
  maxFails: number;
  /** Milliseconds. */
  failTime: number;
  backup: boolean;
  down: boolean;
}

export interface Upstream {
  name: string;
  method: 'round-robin' | 'ip-hash' | 'least-conn' | 'random' | 'hash';
  /** What `hash` looks at, with variables. */
  key?: string;
  peers: Peer[];
}

/**
 * The peers of `HOST[:PORT]`.
 * @param shown what a message calls it
 * @throws ConfigError where the host is not found
 */
export function* peersOf(
  sys: Sys,
  at: Directive,
  authority: string,
  fallbackPort: number,
  options: Omit<Peer, 'name' | 'address'>,
  shown = authority,
): Wait<Peer[]> {
  if (authority.startsWith('unix:'))
    return [{ ...options, name: authority, address: { family: AF_UNIX, path: authority.slice(5).replace(/:$/, '') } }];
  const parts = /^(\[[^\]]+\]|[^:[\]]+)(?::(.*))?$/.exec(authority);
  if (!parts) throw failAt(at, `invalid host in upstream "${authority}"`);
  const port = Number(parts[2] ?? fallbackPort);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw failAt(at, `invalid port in upstream "${authority}"`);
  const found = yield* resolve(sys, parts[1]!.replace(/^\[|\]$/g, ''));
  if (typeof found === 'string') throw failAt(at, `host not found in upstream "${shown}"`);
  return found.addresses.map((addr) => ({
    ...options,
    name: `${isIp6(addr) ? `[${addr}]` : addr}:${port}`,
    address: { family: isIp6(addr) ? AF_INET6 : AF_INET, addr, port },
  }));
}

/** How a peer is unless it is said. */
export const PEER = { weight: 1, maxFails: 1, failTime: 10_000, backup: false, down: false } as const;

/** An `upstream` block. @throws ConfigError */
export function* readUpstream(sys: Sys, directive: Directive): Wait<Upstream> {
  const upstream: Upstream = { name: directive.args[0]!, method: 'round-robin', peers: [] };
  for (const line of directive.block) {
    if (line.name === 'ip_hash') upstream.method = 'ip-hash';
    else if (line.name === 'least_conn') upstream.method = 'least-conn';
    else if (line.name === 'random') upstream.method = 'random';
    else if (line.name === 'hash') {
      upstream.method = 'hash';
      upstream.key = line.args[0]!;
    } else if (line.name === 'server')
      upstream.peers.push(...(yield* peersOf(sys, line, line.args[0]!, 80, peerOptions(line))));
  }
  if (upstream.peers.length === 0) throw failAt(directive, 'no servers are inside upstream');
  return upstream;
}

function peerOptions(line: Directive): Omit<Peer, 'name' | 'address'> {
  const options = { ...PEER } as Omit<Peer, 'name' | 'address'>;
  for (const option of line.args.slice(1)) {
    const [key, value] = option.split('=') as [string, string | undefined];
    const n = Number(value);
    if (key === 'backup' && value === undefined) options.backup = true;
    else if (key === 'down' && value === undefined) options.down = true;
    else if (key === 'weight' && Number.isInteger(n) && n > 0) options.weight = n;
    else if (key === 'max_fails' && Number.isInteger(n) && n >= 0) options.maxFails = n;
    else if (key === 'fail_timeout' && parseTime(value ?? '') !== undefined) options.failTime = parseTime(value!)!;
    else if (!(key === 'max_conns' && Number.isInteger(n)) && option !== 'resolve')
      throw failAt(line, `invalid parameter "${option}"`);
  }
  return options;
}

/** What one worker remembers of the peers of its upstreams. */
export class Balancer {
  readonly #state = new Map<Peer, { current: number; fails: number; checked: number; connections: number }>();

  constructor(readonly upstream: Upstream) {}

  #of(peer: Peer) {
    let state = this.#state.get(peer);
    if (!state) this.#state.set(peer, (state = { current: 0, fails: 0, checked: 0, connections: 0 }));
    return state;
  }

  /**
   * The next peer, by smooth weighted round robin or as the method says; backups where no other is left.
   * @param tried those that failed this request @param now milliseconds
   * @param client its address, or the value of the key of `hash`
   */
  choose(tried: ReadonlySet<Peer>, now: number, client: string): Peer | undefined {
    for (const backup of [false, true]) {
      const usable = this.upstream.peers.filter(
        (p) => p.backup === backup && !p.down && !tried.has(p) && !this.#failing(p, now),
      );
      if (usable.length > 0) return this.#pick(usable, client);
    }
    return undefined;
  }

  #failing(peer: Peer, now: number): boolean {
    const state = this.#of(peer);
    // a single peer is never given up
    if (this.upstream.peers.length === 1 || peer.maxFails === 0) return false;
    return state.fails >= peer.maxFails && now - state.checked <= peer.failTime;
  }

  #pick(usable: Peer[], client: string): Peer {
    if (this.upstream.method === 'ip-hash')
      return usable[hash(client.split('.').slice(0, 3).join('.')) % usable.length]!;
    let among = usable;
    if (this.upstream.method === 'least-conn') {
      const load = (p: Peer): number => this.#of(p).connections / p.weight;
      const least = Math.min(...usable.map(load));
      among = usable.filter((p) => load(p) === least);
    }
    let best = among[0]!;
    let total = 0;
    for (const peer of among) {
      const state = this.#of(peer);
      state.current += peer.weight;
      total += peer.weight;
      if (state.current > this.#of(best).current) best = peer;
    }
    this.#of(best).current -= total;
    return best;
  }

  opened(peer: Peer): void {
    this.#of(peer).connections++;
  }

  /** @param ok whether the peer answered */
  closed(peer: Peer, ok: boolean, now: number): void {
    const state = this.#of(peer);
    state.connections--;
    if (ok) state.fails = 0;
    else {
      if (now - state.checked > peer.failTime) state.fails = 0;
      state.fails++;
      state.checked = now;
    }
  }
}

function hash(text: string): number {
  let h = 89;
  for (let i = 0; i < text.length; i++) h = (h * 113 + text.charCodeAt(i)) % 6271;
  return h;
}
