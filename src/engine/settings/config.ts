import type { Ulimit } from '../../api/container-config.ts';
import { ramInBytes } from '../../lib/units.ts';
import { SettingsError, type Values } from './values.ts';

/** A range that networks without a subnet get parts of `size` from. */
export interface AddressRange {
  base: string;
  size: number;
}

export interface Runtime {
  path?: string;
  runtimeArgs?: string[];
  runtimeType?: string;
  options?: unknown;
}

/** What the engine needs to speak to registries. */
export interface RegistrySettings {
  /** Registries that are spoken to without TLS. */
  readonly insecure: readonly string[];
  /** Where images of Docker Hub are asked for first: addresses with a scheme, without a slash at the end. */
  readonly mirrors: readonly string[];
}

/** The default bridge. Texts are '' where nothing is said. */
export interface BridgeConfig {
  readonly name: string;
  readonly bip: string;
  readonly bip6: string;
  readonly fixedCidr: string;
  readonly fixedCidrV6: string;
  readonly gateway: string;
  readonly gatewayV6: string;
  readonly icc: boolean;
  readonly hostIp: string;
  readonly ipv6: boolean;
  readonly mtu: number;
  readonly masquerade: boolean;
}

/** What the engine works with: flags, daemon.json and defaults together. */
export interface EngineConfig {
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  readonly hosts: readonly string[];
  readonly group: string;
  readonly debug: boolean;
  readonly logLevel: string;
  readonly logFormat: 'text' | 'json';
  readonly labels: readonly string[];
  readonly experimental: boolean;
  readonly liveRestore: boolean;
  /** Seconds. */
  readonly shutdownTimeout: number;
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly ulimits: readonly Ulimit[];
  /** Bytes. */
  readonly shmSize: number;
  readonly cgroupnsMode: string;
  readonly ipcMode: string;
  readonly init: boolean;
  readonly initPath: string;
  readonly noNewPrivileges: boolean;
  /** `builtin`, `unconfined`, or a file. */
  readonly seccompProfile: string;
  readonly selinux: boolean;
  readonly cgroupParent: string;
  /** `systemd` or `cgroupfs`; anything else is refused at the start. */
  readonly cgroupDriver: string;
  readonly defaultRuntime: string;
  readonly runtimes: Readonly<Record<string, Runtime>>;
  readonly dns: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly hostGateways: readonly string[];
  readonly bridge: BridgeConfig;
  readonly iptables: boolean;
  readonly ipForward: boolean;
  readonly userlandProxy: boolean;
  readonly userlandProxyPath: string;
  readonly pools: readonly AddressRange[];
  readonly networkOptions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly registries: RegistrySettings;
  readonly maxDownloads: number;
  readonly maxUploads: number;
  readonly maxAttempts: number;
  readonly features: Readonly<Record<string, boolean>>;
  readonly metricsAddress: string;
  readonly genericResources: readonly string[];
  readonly proxies: { readonly http: string; readonly https: string; readonly none: string };
  readonly storageDriver: string;
  readonly storageOptions: readonly string[];
  readonly usernsRemap: string;
  readonly builderGc: Readonly<Record<string, unknown>>;
}

/** Values with the defaults of what is not among them. @see moby daemon/config, New */
export function makeConfig(values: Values): EngineConfig {
  const text = (key: string, usual = ''): string => (values.get(key) as string | undefined) || usual;
  const flag = (key: string, usual = false): boolean => (values.get(key) as boolean | undefined) ?? usual;
  const number = (key: string, usual: number): number => (values.get(key) as number | undefined) || usual;
  const list = (key: string): string[] => (values.get(key) as string[] | undefined) ?? [];
  const map = <T>(key: string): Record<string, T> => (values.get(key) as Record<string, T> | undefined) ?? {};
  const driver = list('exec-opts').find((option) => option.startsWith('native.cgroupdriver='));
  const builder = map<unknown>('builder');
  return {
    dataRoot: text('data-root', '/var/lib/docker').replace(/(.)\/+$/, '$1'),
    execRoot: text('exec-root', '/var/run/docker'),
    pidfile: text('pidfile', '/var/run/docker.pid'),
    hosts: list('hosts'),
    group: text('group', 'docker'),
    debug: flag('debug'),
    logLevel: text('log-level', 'info'),
    logFormat: text('log-format', 'text') as 'text' | 'json',
    labels: list('labels'),
    experimental: flag('experimental'),
    // containers of this engine cannot outlive it: the log says so, and info says false
    liveRestore: false,
    shutdownTimeout: number('shutdown-timeout', 15),
    logDriver: text('log-driver', 'json-file'),
    logOptions: map('log-opts'),
    ulimits: Object.entries(map<Partial<Ulimit>>('default-ulimits')).map(([name, limit]) => ({
      Name: limit.Name || name,
      Hard: limit.Hard ?? 0,
      Soft: limit.Soft ?? 0,
    })),
    shmSize: ramInBytes(text('default-shm-size', '64m')),
    cgroupnsMode: text('default-cgroupns-mode', 'private'),
    ipcMode: text('default-ipc-mode', 'private'),
    init: flag('init'),
    initPath: text('init-path'),
    noNewPrivileges: flag('no-new-privileges'),
    seccompProfile: text('seccomp-profile', 'builtin'),
    selinux: flag('selinux-enabled'),
    cgroupParent: text('cgroup-parent'),
    cgroupDriver: driver?.split('=')[1] ?? 'systemd',
    defaultRuntime: text('default-runtime', 'runc'),
    runtimes: map('runtimes'),
    dns: list('dns'),
    dnsOptions: list('dns-opts'),
    dnsSearch: list('dns-search'),
    hostGateways: [...list('host-gateway-ips'), ...(text('host-gateway-ip') === '' ? [] : [text('host-gateway-ip')])],
    bridge: {
      name: text('bridge'),
      bip: text('bip'),
      bip6: text('bip6'),
      fixedCidr: text('fixed-cidr'),
      fixedCidrV6: text('fixed-cidr-v6'),
      gateway: text('default-gateway'),
      gatewayV6: text('default-gateway-v6'),
      icc: flag('icc', true),
      hostIp: text('ip', '0.0.0.0'),
      ipv6: flag('ipv6'),
      mtu: number('mtu', 1500),
      masquerade: flag('ip-masq', true),
    },
    iptables: flag('iptables', true),
    ipForward: flag('ip-forward', true),
    userlandProxy: flag('userland-proxy', true),
    userlandProxyPath: text('userland-proxy-path', '/usr/bin/docker-proxy'),
    pools: (values.get('default-address-pools') as AddressRange[] | undefined) ?? [],
    networkOptions: map('default-network-opts'),
    registries: {
      insecure: list('insecure-registries').map((name) => name.replace(/^https?:\/\//, '')),
      mirrors: list('registry-mirrors').map((mirror) => mirror.replace(/\/+$/, '')),
    },
    maxDownloads: number('max-concurrent-downloads', 3),
    maxUploads: number('max-concurrent-uploads', 5),
    maxAttempts: number('max-download-attempts', 5),
    features: map('features'),
    metricsAddress: text('metrics-addr'),
    genericResources: list('node-generic-resources'),
    proxies: { http: text('http-proxy'), https: text('https-proxy'), none: text('no-proxy') },
    storageDriver: text('storage-driver', 'overlay2'),
    storageOptions: list('storage-opts'),
    usernsRemap: text('userns-remap'),
    builderGc: (builder.gc as Record<string, unknown> | undefined) ?? {},
  };
}

export const DEFAULT_CONFIG: EngineConfig = makeConfig(new Map());

/**
 * What changes while the engine runs: a SIGHUP reads daemon.json again, and of it only this counts.
 * @see moby daemon/reload.go
 */
export function reloaded(running: EngineConfig, flags: Values, file: Values): EngineConfig {
  const all = new Map([...flags, ...file]);
  const next = makeConfig(all);
  const set = (key: string): boolean => all.has(key);
  if (set('default-runtime') || set('runtimes')) checkRuntimes(next);
  return {
    ...running,
    debug: set('debug') ? next.debug : running.debug,
    labels: set('labels') ? next.labels : running.labels,
    shutdownTimeout: set('shutdown-timeout') ? next.shutdownTimeout : running.shutdownTimeout,
    maxDownloads: next.maxDownloads,
    maxUploads: next.maxUploads,
    maxAttempts: next.maxAttempts,
    features: next.features,
    registries: {
      insecure: set('insecure-registries') ? next.registries.insecure : running.registries.insecure,
      mirrors: set('registry-mirrors') ? next.registries.mirrors : running.registries.mirrors,
    },
    defaultRuntime: set('default-runtime') ? next.defaultRuntime : running.defaultRuntime,
    runtimes: set('runtimes') ? next.runtimes : running.runtimes,
    shmSize: set('default-shm-size') ? next.shmSize : running.shmSize,
    cgroupnsMode: set('default-cgroupns-mode') ? next.cgroupnsMode : running.cgroupnsMode,
    ipcMode: set('default-ipc-mode') ? next.ipcMode : running.ipcMode,
  };
}

/** @throws SettingsError in dockerd's words */
export function checkRuntimes({ runtimes, defaultRuntime }: EngineConfig): void {
  for (const [name, { path = '', runtimeType = '' }] of Object.entries(runtimes)) {
    if (name === 'runc') throw new SettingsError("runtime name 'runc' is reserved");
    if (path !== '' && runtimeType !== '')
      throw new SettingsError(`runtime ${name}: cannot configure both path and runtimeType for the same runtime`);
    if (path === '' && runtimeType === '')
      throw new SettingsError(`runtime ${name}: either a runtimeType or a path must be configured`);
  }
  if (!isRuntime(runtimes, defaultRuntime))
    throw new SettingsError(`specified default runtime '${defaultRuntime}' does not exist`);
}

export const isRuntime = (runtimes: EngineConfig['runtimes'], name: string): boolean =>
  name === 'runc' || name === 'io.containerd.runc.v2' || Object.hasOwn(runtimes, name);
