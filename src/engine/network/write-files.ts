import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { Container } from '../container/container.ts';
import type { Daemon } from '../daemon.ts';
import { readText, writeNew } from '../disk.ts';
import { hashText, hostsText, parseResolvConf, resolvConfText } from './files.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * Writes hostname, hosts and resolv.conf into the container's directory (in place: they are mounted), and notes the
 * name servers behind the engine's own. A resolv.conf that somebody changed stays.
 */
export function* writeNetworkFiles(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  sandbox: Sandbox,
  links: readonly [address: string, names: string][],
): Wait<void> {
  const h = c.hostConfig;
  const isHost = h.NetworkMode === 'host';
  yield* writeNew(sys, c.file('hostname'), `${c.config.Hostname}\n`, 0o644);
  yield* writeNew(sys, c.file('hosts'), yield* hostsOf(sys, daemon, c, links, isHost), 0o644);
  const hostText = (yield* readText(sys, '/etc/resolv.conf')) ?? '';
  const host = parseResolvConf(hostText);
  const { config } = daemon;
  const over = {
    dns: given(h.Dns, config.dns),
    search: given(h.DnsSearch, config.dnsSearch),
    options: given(h.DnsOptions, config.dnsOptions),
  };
  const internal = sandbox.attached.some((a) => !a.network.isDefaultBridge);
  sandbox.servers = over.dns.length > 0 ? over.dns : host.nameservers;
  const untouched = over.dns.length + over.search.length + over.options.length === 0;
  const text = isHost && untouched ? hostText : resolvConfText(host, over, internal);
  const hashFile = c.file('resolv.conf.hash');
  const known = yield* readText(sys, hashFile);
  const present = yield* readText(sys, c.file('resolv.conf'));
  if (known !== undefined && present !== undefined && hashText(present, daemon.sha256) !== known) return;
  if (present === text && known !== undefined) return;
  yield* writeNew(sys, c.file('resolv.conf'), text, 0o644);
  yield* writeNew(sys, hashFile, hashText(text, daemon.sha256), 0o644);
}

/** What a container is given, or else what all are. */
const given = (own: readonly string[] | null, usual: readonly string[]): readonly string[] =>
  own !== null && own.length > 0 ? own : usual;

function* hostsOf(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  links: readonly [address: string, names: string][],
  isHost: boolean,
): Wait<string> {
  const extra = (c.hostConfig.ExtraHosts ?? []).map((row) => extraHost(daemon, row));
  if (isHost) {
    const text = (yield* readText(sys, '/etc/hosts')) ?? '';
    return text + extra.map(([address, name]) => `${address}\t${name}\n`).join('');
  }
  const { Hostname, Domainname } = c.config;
  const names = Domainname === '' ? hostNames(Hostname) : `${Hostname}.${Domainname} ${Hostname}`;
  const own = Object.values(c.network.Networks)
    .flatMap((e) => [e.IPAddress, e.GlobalIPv6Address])
    .filter((address) => address !== '')
    .map((address) => [address, names] as const);
  return hostsText([...extra, ...links, ...own]);
}

/** `web.example.com` is known by its first part as well. */
const hostNames = (hostname: string): string =>
  hostname.includes('.') ? `${hostname} ${hostname.split('.', 1)[0]}` : hostname;

function extraHost(daemon: Daemon, row: string): [address: string, name: string] {
  const at = row.search(/[:=]/);
  const address = row.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
  const gateway = daemon.config.hostGateways[0] ?? daemon.networks.store.find('bridge')?.stored.gateway ?? '';
  return [address === 'host-gateway' ? gateway : address, row.slice(0, at)];
}
