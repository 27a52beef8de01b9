import type { Config, VirtualServer } from './config.ts';
import { failAt } from './config-file.ts';
import { type Listen, listenName } from './listen.ts';

/** The servers of one address and port. */
export interface ListenGroup {
  listen: Listen;
  servers: VirtualServer[];
  defaultServer: VirtualServer;
  /** Bound by itself; otherwise the wildcard of its port takes its connections. */
  bound: boolean;
}

/** Puts servers together by where they listen. @throws ConfigError; names that clash are warnings */
export function groupServers(config: Config): Map<string, ListenGroup> {
  const groups = new Map<string, ListenGroup>();
  const defaults = new Set<string>();
  for (const server of config.servers)
    for (const listen of server.listens) {
      const key = listenName(listen);
      const group = groups.get(key);
      if (!group) groups.set(key, { listen, servers: [server], defaultServer: server, bound: true });
      else if (group.servers.includes(server)) throw failAt(listen.at, `a duplicate listen ${key}`);
      else {
        warnOfNames(config, group, server, key);
        group.servers.push(server);
      }
      if (!listen.isDefault) continue;
      if (defaults.has(key)) throw failAt(listen.at, `a duplicate default server for ${key}`);
      defaults.add(key);
      groups.get(key)!.defaultServer = server;
    }
  for (const group of groups.values()) {
    const { family, port, addr } = group.listen;
    const any = family === 'inet' ? '0.0.0.0' : '::';
    if (family !== 'unix' && addr !== any && groups.has(listenName({ family, addr: any, port }))) group.bound = false;
  }
  return groups;
}

function warnOfNames(config: Config, group: ListenGroup, server: VirtualServer, key: string): void {
  const names = server.names.length === 0 && server.patterns.length === 0 ? [''] : server.names;
  for (const name of names) {
    const taken = group.servers.some(
      (s) => s.names.includes(name) || (name === '' && s.names.length === 0 && s.patterns.length === 0),
    );
    if (taken) config.warnings.push(`conflicting server name "${name}" on ${key}, ignored`);
  }
}

/** The server for a host name, in lower case and without port: exact, `*.x`, `x.*`, regular expression, default. */
export function chooseServer(
  group: ListenGroup,
  host: string,
): { server: VirtualServer; match?: { match: number[]; names: ReadonlyMap<string, number> } } {
  const longest = (wanted: (name: string) => boolean): VirtualServer | undefined => {
    let best: { server: VirtualServer; length: number } | undefined;
    for (const server of group.servers)
      for (const name of server.names)
        if (wanted(name) && name.length > (best?.length ?? 0)) best = { server, length: name.length };
    return best?.server;
  };
  const exact = group.servers.find((s) => s.names.includes(host) || s.names.includes(`.${host}`));
  if (exact) return { server: exact };
  const wild =
    longest((n) => (n.startsWith('*.') && host.endsWith(n.slice(1))) || (n.startsWith('.') && host.endsWith(n))) ??
    longest((n) => n.endsWith('.*') && host.startsWith(n.slice(0, -1)));
  if (wild) return { server: wild };
  for (const server of group.servers)
    for (const { regex } of server.patterns) {
      const match = regex.exec(host);
      if (match) return { server, match: { match, names: regex.names } };
    }
  return { server: group.defaultServer };
}
