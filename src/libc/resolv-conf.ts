import type { Sys } from '../abi/sys.ts';
import { canonicalIp } from '../lib/ip.ts';
import { decode } from '../lib/utf8.ts';
import { readFile, type Wait } from './io.ts';

/** What resolv.conf(5) says. */
export interface ResolverConfig {
  nameservers: string[];
  search: string[];
  ndots: number;
  /** Seconds for an answer, and how often all servers are asked. */
  timeout: number;
  attempts: number;
}

/** One line of /etc/hosts. */
export interface HostsEntry {
  address: string;
  /** The canonical name first. */
  names: string[];
}

export function parseResolvConf(text: string): ResolverConfig {
  const config: ResolverConfig = { nameservers: [], search: [], ndots: 1, timeout: 5, attempts: 2 };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && config.nameservers.length < 3) {
      const address = canonicalIp(rest[0] ?? '');
      if (address !== undefined) config.nameservers.push(address);
    } else if (word === 'search' || word === 'domain') config.search = rest.filter((name) => name !== '.').slice(0, 6);
    else if (word === 'options') for (const option of rest) setOption(config, option);
  }
  return config;
}

function setOption(config: ResolverConfig, option: string): void {
  const [name, value] = option.split(':');
  const n = Number(value);
  if (!Number.isInteger(n) || n < 0) return;
  if (name === 'ndots') config.ndots = Math.min(n, 15);
  if (name === 'timeout') config.timeout = Math.min(Math.max(n, 1), 30);
  if (name === 'attempts') config.attempts = Math.min(Math.max(n, 1), 5);
}

/** hosts(5). */
export function parseHosts(text: string): HostsEntry[] {
  const out: HostsEntry[] = [];
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const ip = canonicalIp(address ?? '');
    if (ip !== undefined && names.length > 0) out.push({ address: ip, names });
  }
  return out;
}

function* text(sys: Sys, path: string): Wait<string> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? '' : decode(bytes);
}

/** Reads /etc/resolv.conf; without name servers, the one of this host is asked. */
export function* resolverConfig(sys: Sys): Wait<ResolverConfig> {
  const config = parseResolvConf(yield* text(sys, '/etc/resolv.conf'));
  if (config.nameservers.length === 0) config.nameservers.push('127.0.0.1');
  return config;
}

export function* hostsFile(sys: Sys): Wait<HostsEntry[]> {
  return parseHosts(yield* text(sys, '/etc/hosts'));
}

/** The sources of host names in order (nsswitch.conf(5)); only glibc reads the file, the others take files, then DNS. */
export function* hostSources(sys: Sys): Wait<string[]> {
  if (sys.image.flavour === 'glibc') {
    const line = /^hosts:(.*)$/m.exec(yield* text(sys, '/etc/nsswitch.conf'));
    const sources = line?.[1]
      ?.replace(/\[.*?\]|#.*/g, ' ')
      .trim()
      .split(/\s+/)
      .filter((name) => name === 'files' || name === 'dns');
    if (sources && sources.length > 0) return sources;
  }
  return ['files', 'dns'];
}
