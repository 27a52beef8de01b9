import { ENOENT } from '../abi/errno.ts';
import type { Sys } from '../abi/sys.ts';
import { goJsonProblem } from '../lib/go-json-syntax.ts';
import { decode } from '../lib/utf8.ts';
import { readFile, type Wait } from '../libc/io.ts';

/** Where the engine's settings are. */
export const SETTINGS = '/etc/docker/daemon.json';

/** What daemon.json says. */
export interface Settings {
  'insecure-registries'?: string[];
  'registry-mirrors'?: string[];
}

/** What the engine needs of them to speak to registries. */
export interface RegistrySettings {
  /** Registries that are spoken to without TLS. */
  readonly insecure: readonly string[];
  /** Where images of Docker Hub are asked for first: addresses with a scheme, without a slash at the end. */
  readonly mirrors: readonly string[];
}

export const registriesOf = (settings: Settings): RegistrySettings => ({
  insecure: settings['insecure-registries'] ?? [],
  mirrors: (settings['registry-mirrors'] ?? []).map((mirror) => mirror.replace(/\/+$/, '')),
});

const STRINGS =
  'allow-nondistributable-artifacts authorization-plugins cdi-spec-dirs default-address-pools dns dns-opts dns-search exec-opts hosts insecure-registries labels node-generic-resources registry-mirrors storage-opts';
const MAPS = 'builder containerd-plugins default-network-opts default-ulimits features log-opts proxies runtimes';
const BOOLEANS =
  'allow-direct-routing bridge-accept-fwmark debug experimental icc init ip-forward ip-forward-no-drop ip-masq ip6tables iptables ipv6 live-restore no-new-privileges raw-logs selinux-enabled tls tlsverify userland-proxy';
const NUMBERS =
  'cpu-rt-period cpu-rt-runtime max-concurrent-downloads max-concurrent-uploads max-download-attempts mtu network-control-plane-mtu shutdown-timeout';
const TEXTS =
  'bip bip6 bridge cgroup-parent containerd containerd-namespace containerd-plugin-namespace data-root default-cgroupns-mode default-gateway default-gateway-v6 default-ipc-mode default-runtime default-shm-size exec-root fixed-cidr fixed-cidr-v6 group host-gateway-ip host-gateway-ips init-path ip log-driver log-format log-level metrics-addr pidfile seccomp-profile storage-driver swarm-default-advertise-addr tlscacert tlscert tlskey userland-proxy-path userns-remap';

/** Go types of the directives. @see dockerd(8), "daemon configuration file" */
const TYPES: ReadonlyMap<string, string> = new Map([
  ...STRINGS.split(' ').map((name) => [name, '[]string'] as const),
  ...MAPS.split(' ').map((name) => [name, 'map[string]string'] as const),
  ...BOOLEANS.split(' ').map((name) => [name, 'bool'] as const),
  ...NUMBERS.split(' ').map((name) => [name, 'int'] as const),
  ...TEXTS.split(' ').map((name) => [name, 'string'] as const),
]);

/** Reads daemon.json. @returns the settings, or what is wrong with them in dockerd's words */
export function* readSettings(sys: Sys, path: string = SETTINGS): Wait<Settings | string> {
  const bytes = yield* readFile(sys, path);
  if (bytes === -ENOENT) return {};
  if (typeof bytes === 'number') return `open ${path}: permission denied`;
  const text = decode(bytes);
  if (text.trim() === '') return {};
  const problem = goJsonProblem(text);
  if (problem !== undefined) return `invalid JSON: ${problem}`;
  return checkSettings(JSON.parse(text));
}

function checkSettings(value: unknown): Settings | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `invalid JSON: json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`;
  const unknown = Object.keys(value).filter((key) => !TYPES.has(key));
  if (unknown.length > 0)
    return `the following directives don't match any configuration option: ${unknown.sort().join(', ')}`;
  for (const [key, field] of Object.entries(value)) {
    const type = TYPES.get(key)!;
    if (field !== null && !fits(field, type))
      return `invalid JSON: json: cannot unmarshal ${goKind(field)} into Go struct field Config.${key} of type ${type}`;
  }
  const settings = value as Settings;
  for (const mirror of settings['registry-mirrors'] ?? []) {
    const scheme = /^([a-z]+):\/\//.exec(mirror)?.[1] ?? '';
    if (scheme !== 'http' && scheme !== 'https')
      return `merged configuration validation from file and command line flags failed: invalid mirror: ${scheme === '' ? `no scheme specified for ${JSON.stringify(mirror)}` : `unsupported scheme ${JSON.stringify(scheme)} in ${JSON.stringify(mirror)}`}: must use either 'https://' or 'http://'`;
  }
  return settings;
}

function fits(value: unknown, type: string): boolean {
  switch (type) {
    case '[]string':
      return Array.isArray(value);
    case 'map[string]string':
      return typeof value === 'object' && !Array.isArray(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'number';
    default:
      return typeof value === 'string';
  }
}

const goKind = (value: unknown): string =>
  Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : typeof value === 'boolean'
        ? 'bool'
        : (typeof value as string);
