import type { Sys } from '../../abi/sys.ts';
import { API_VERSION, MIN_API_VERSION } from '../../api/endpoint.ts';
import type { InfoAnswer, VersionAnswer } from '../../api/system.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { stamp } from '../clock.ts';
import { sorted } from '../container/defaults.ts';
import { statusOf } from '../container/state.ts';
import type { Daemon } from '../daemon.ts';
import { readText } from '../disk.ts';
import { SERVER_VERSION } from '../server/connection.ts';
import type { EngineConfig, Runtime } from '../settings/config.ts';
import { BUILD_TIME, CONTAINERD, DOCKER_INIT, GIT_COMMIT, GO_VERSION, RUNC } from './versions.ts';

/** What GET /version says. */
export function versionAnswer(sys: Sys): VersionAnswer {
  const KernelVersion = sys.uname().release;
  return {
    Platform: { Name: 'Docker Engine - Community' },
    Components: [
      {
        Name: 'Engine',
        Version: SERVER_VERSION,
        Details: {
          ApiVersion: API_VERSION,
          Arch: 'amd64',
          BuildTime: BUILD_TIME,
          Experimental: 'false',
          GitCommit: GIT_COMMIT,
          GoVersion: GO_VERSION,
          KernelVersion,
          MinAPIVersion: MIN_API_VERSION,
          Os: 'linux',
        },
      },
      { Name: 'containerd', Version: CONTAINERD.version, Details: { GitCommit: CONTAINERD.commit } },
      { Name: 'runc', Version: RUNC.version, Details: { GitCommit: RUNC.commit } },
      { Name: 'docker-init', Version: DOCKER_INIT.version, Details: { GitCommit: DOCKER_INIT.commit } },
    ],
    Version: SERVER_VERSION,
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    GitCommit: GIT_COMMIT,
    GoVersion: GO_VERSION,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion,
    BuildTime: BUILD_TIME,
  };
}

/** What GET /info says. */
export function* infoAnswer(sys: Sys, daemon: Daemon): Wait<InfoAnswer> {
  const counts = { running: 0, paused: 0, stopped: 0 };
  for (const c of daemon.containers.all()) {
    const status = statusOf(c.state);
    if (status === 'paused') counts.paused++;
    else if (c.state.Running) counts.running++;
    else counts.stopped++;
  }
  const { config } = daemon;
  const { insecure } = config.registries;
  const mirrors = config.registries.mirrors.map((mirror) => `${mirror}/`);
  const uname = sys.uname();
  const info = sys.sysinfo();
  const os = yield* osRelease(sys);
  const forwarding = ((yield* readText(sys, '/proc/sys/net/ipv4/ip_forward')) ?? '').trim() === '1';
  const warnings = infoWarnings(config, forwarding);
  const fds = listDir(sys, '/proc/self/fd');
  const threads = listDir(sys, '/proc/self/task');
  return {
    ID: daemon.id,
    Containers: daemon.containers.size,
    ContainersRunning: counts.running,
    ContainersPaused: counts.paused,
    ContainersStopped: counts.stopped,
    Images: daemon.images.count,
    Driver: 'overlay2',
    DriverStatus: [
      ['Backing Filesystem', 'extfs'],
      ['Supports d_type', 'true'],
      ['Using metacopy', 'false'],
      ['Native Overlay Diff', 'true'],
      ['userxattr', 'false'],
    ],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'null'],
      Authorization: null,
      Log: ['json-file', 'local'],
    },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: forwarding,
    Debug: config.debug,
    NFd: typeof fds === 'number' ? 0 : fds.length,
    OomKillDisable: false,
    NGoroutines: typeof threads === 'number' ? 1 : threads.length,
    SystemTime: stamp(sys),
    LoggingDriver: config.logDriver,
    CgroupDriver: config.cgroupDriver,
    CgroupVersion: '2',
    NEventsListener: daemon.events.listeners,
    KernelVersion: uname.release,
    OperatingSystem: os.PRETTY_NAME ?? 'linux',
    OSVersion: os.VERSION_ID ?? '',
    OSType: 'linux',
    Architecture: uname.machine,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: {
      IndexConfigs: Object.fromEntries([
        ['docker.io', { Mirrors: mirrors, Name: 'docker.io', Official: true, Secure: true }],
        ...insecure
          .filter((name) => !name.includes('/'))
          .map((name) => [name, { Mirrors: [], Name: name, Official: false, Secure: false }] as const),
      ]),
      InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', ...insecure.filter((name) => name.includes('/'))],
      Mirrors: mirrors.length === 0 ? null : mirrors,
    },
    NCPU: info.cpus,
    MemTotal: info.totalram,
    GenericResources: genericResources(config.genericResources),
    DockerRootDir: daemon.root,
    HttpProxy: withoutPassword(config.proxies.http),
    HttpsProxy: withoutPassword(config.proxies.https),
    NoProxy: config.proxies.none,
    Name: uname.nodename,
    Labels: [...config.labels],
    ExperimentalBuild: config.experimental,
    ServerVersion: SERVER_VERSION,
    Runtimes: runtimesOf(config),
    DefaultRuntime: config.defaultRuntime,
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: config.liveRestore,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: CONTAINERD.commit },
    RuncCommit: { ID: RUNC.commit },
    InitCommit: { ID: DOCKER_INIT.commit },
    SecurityOptions: [
      `name=seccomp,profile=${config.seccompProfile}`,
      'name=cgroupns',
      ...(config.noNewPrivileges ? ['name=no-new-privileges'] : []),
    ],
    ...(config.pools.length > 0
      ? { DefaultAddressPools: config.pools.map(({ base, size }) => ({ Base: base, Size: size })) }
      : {}),
    FirewallBackend: { Driver: 'iptables' },
    CDISpecDirs: ['/etc/cdi', '/var/run/cdi'],
    Containerd: {
      Address: '/run/containerd/containerd.sock',
      Namespaces: { Containers: 'moby', Plugins: 'plugins.moby' },
    },
    Warnings: warnings.length > 0 ? warnings : null,
  };
}

/** What the settings are warned of. @see moby daemon/info.go, info_unix.go */
function infoWarnings(config: EngineConfig, forwarding: boolean): string[] {
  const out: string[] = [];
  for (const host of config.hosts) {
    if (!host.startsWith('tcp://')) continue;
    const address = host.slice('tcp://'.length);
    out.push(
      `[DEPRECATION NOTICE]: API is accessible on http://${address} without encryption.
         Access to the remote API is equivalent to root access on the host. Refer
         to the 'Docker daemon attack surface' section in the documentation for
         more information: https://docs.docker.com/go/attack-surface/
In future versions this will be a hard failure preventing the daemon from starting! Learn more at: https://docs.docker.com/go/api-security/`,
    );
  }
  if (!forwarding) out.push('WARNING: IPv4 forwarding is disabled');
  if (config.seccompProfile !== 'builtin') out.push('WARNING: daemon is not using the default seccomp profile');
  return out;
}

/** Runtimes by their names; what is not set of them is left out. */
function runtimesOf(config: EngineConfig): Record<string, Runtime> {
  const all: Record<string, Runtime> = { 'io.containerd.runc.v2': { path: 'runc' }, runc: { path: 'runc' } };
  for (const [name, { path, runtimeArgs, runtimeType }] of Object.entries(config.runtimes))
    all[name] = {
      ...(path ? { path } : {}),
      ...(runtimeArgs && runtimeArgs.length > 0 ? { runtimeArgs } : {}),
      ...(runtimeType ? { runtimeType } : {}),
    };
  return sorted(all);
}

/** `name=value` as the API shows it: numbers are counted, other values are named. */
function genericResources(terms: readonly string[]): unknown[] | null {
  if (terms.length === 0) return null;
  return terms.map((term) => {
    const [Kind = '', value = ''] = term.split('=');
    return /^\d+$/.test(value)
      ? { DiscreteResourceSpec: { Kind, Value: Number(value) } }
      : { NamedResourceSpec: { Kind, Value: value } };
  });
}

const withoutPassword = (url: string): string => url.replace(/^(\w+:\/\/)[^/@]*@/, '$1xxxxx:xxxxx@');

function* osRelease(sys: Sys): Wait<Record<string, string>> {
  const text = (yield* readText(sys, '/etc/os-release')) ?? '';
  const out: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line);
    if (match) out[match[1]!] = match[2]!.replace(/^"(.*)"$/, '$1');
  }
  return out;
}
