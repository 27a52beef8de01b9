import type { Sys } from '../../abi/sys.ts';
import { API_VERSION, MIN_API_VERSION } from '../../api/endpoint.ts';
import type { InfoAnswer, VersionAnswer } from '../../api/system.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { stamp } from '../clock.ts';
import { statusOf } from '../container/state.ts';
import type { Daemon } from '../daemon.ts';
import { readText } from '../disk.ts';
import { SERVER_VERSION } from '../server/connection.ts';
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
  const { insecure } = daemon.registries;
  const mirrors = daemon.registries.mirrors.map((mirror) => `${mirror}/`);
  const uname = sys.uname();
  const info = sys.sysinfo();
  const os = yield* osRelease(sys);
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
    IPv4Forwarding: true,
    Debug: false,
    NFd: typeof fds === 'number' ? 0 : fds.length,
    OomKillDisable: false,
    NGoroutines: typeof threads === 'number' ? 1 : threads.length,
    SystemTime: stamp(sys),
    LoggingDriver: 'json-file',
    CgroupDriver: 'systemd',
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
    GenericResources: null,
    DockerRootDir: daemon.root,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: uname.nodename,
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: SERVER_VERSION,
    Runtimes: { 'io.containerd.runc.v2': { path: 'runc' }, runc: { path: 'runc' } },
    DefaultRuntime: 'runc',
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: { ID: CONTAINERD.commit },
    RuncCommit: { ID: RUNC.commit },
    InitCommit: { ID: DOCKER_INIT.commit },
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
    FirewallBackend: { Driver: 'iptables' },
    CDISpecDirs: ['/etc/cdi', '/var/run/cdi'],
    Containerd: {
      Address: '/run/containerd/containerd.sock',
      Namespaces: { Containers: 'moby', Plugins: 'plugins.moby' },
    },
    Warnings: null,
  };
}

function* osRelease(sys: Sys): Wait<Record<string, string>> {
  const text = (yield* readText(sys, '/etc/os-release')) ?? '';
  const out: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line);
    if (match) out[match[1]!] = match[2]!.replace(/^"(.*)"$/, '$1');
  }
  return out;
}
