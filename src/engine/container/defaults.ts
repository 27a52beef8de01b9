import type { ContainerConfig, HostConfig, PortMap } from '../../api/container-config.ts';

/** Paths of /proc and /sys that a container must not see. */
export const MASKED_PATHS: readonly string[] = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];

/** Paths that it must not change. */
export const READONLY_PATHS: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

export const DEFAULT_SHM_SIZE = 64 * 1024 * 1024;
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
export const DEFAULT_STOP_TIMEOUT = 10;

/** All fields of a container's settings in their order; what is not given has Go's zero value. */
export function fullConfig(c: Partial<ContainerConfig>): ContainerConfig {
  return {
    Hostname: c.Hostname ?? '',
    Domainname: c.Domainname ?? '',
    User: c.User ?? '',
    AttachStdin: c.AttachStdin ?? false,
    AttachStdout: c.AttachStdout ?? false,
    AttachStderr: c.AttachStderr ?? false,
    ...(c.ExposedPorts && Object.keys(c.ExposedPorts).length > 0 ? { ExposedPorts: sorted(c.ExposedPorts) } : {}),
    Tty: c.Tty ?? false,
    OpenStdin: c.OpenStdin ?? false,
    StdinOnce: c.StdinOnce ?? false,
    Env: c.Env ?? null,
    Cmd: wordList(c.Cmd),
    ...(c.Healthcheck ? { Healthcheck: healthConfig(c.Healthcheck) } : {}),
    ...(c.ArgsEscaped ? { ArgsEscaped: true } : {}),
    Image: c.Image ?? '',
    Volumes: c.Volumes ?? null,
    WorkingDir: c.WorkingDir ?? '',
    Entrypoint: wordList(c.Entrypoint),
    ...(c.NetworkDisabled ? { NetworkDisabled: true } : {}),
    OnBuild: c.OnBuild ?? null,
    Labels: c.Labels ? sorted(c.Labels) : {},
    ...(c.StopSignal ? { StopSignal: c.StopSignal } : {}),
    ...(c.StopTimeout === undefined || c.StopTimeout === null ? {} : { StopTimeout: c.StopTimeout }),
    ...(c.Shell ? { Shell: c.Shell } : {}),
  };
}

/** A command line; old clients send one word as a string. */
function wordList(words: unknown): string[] | null {
  if (typeof words === 'string') return [words];
  return Array.isArray(words) ? words.map(String) : null;
}

function healthConfig(h: NonNullable<ContainerConfig['Healthcheck']>): NonNullable<ContainerConfig['Healthcheck']> {
  return {
    ...(h.Test && h.Test.length > 0 ? { Test: h.Test } : {}),
    ...(h.Interval ? { Interval: h.Interval } : {}),
    ...(h.Timeout ? { Timeout: h.Timeout } : {}),
    ...(h.StartPeriod ? { StartPeriod: h.StartPeriod } : {}),
    ...(h.StartInterval ? { StartInterval: h.StartInterval } : {}),
    ...(h.Retries ? { Retries: h.Retries } : {}),
  };
}

/** A copy with its keys in order, as Go writes maps. */
export function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  const out: Record<string, T> = {};
  for (const key of Object.keys(map).sort()) out[key] = map[key]!;
  return out;
}

/** All fields of the host's settings in their order. */
export function fullHostConfig(h: Partial<HostConfig>): HostConfig {
  return {
    Binds: h.Binds ?? null,
    ContainerIDFile: h.ContainerIDFile ?? '',
    LogConfig: { Type: h.LogConfig?.Type ?? '', Config: h.LogConfig?.Config ?? null },
    NetworkMode: h.NetworkMode ?? '',
    PortBindings: h.PortBindings ? portMap(h.PortBindings) : null,
    RestartPolicy: {
      Name: h.RestartPolicy?.Name ?? '',
      MaximumRetryCount: h.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    AutoRemove: h.AutoRemove ?? false,
    VolumeDriver: h.VolumeDriver ?? '',
    VolumesFrom: h.VolumesFrom ?? null,
    ConsoleSize: h.ConsoleSize ?? [0, 0],
    ...(h.Annotations && Object.keys(h.Annotations).length > 0 ? { Annotations: sorted(h.Annotations) } : {}),
    CapAdd: h.CapAdd ?? null,
    CapDrop: h.CapDrop ?? null,
    CgroupnsMode: h.CgroupnsMode || 'private',
    Dns: h.Dns ?? null,
    DnsOptions: h.DnsOptions ?? null,
    DnsSearch: h.DnsSearch ?? null,
    ExtraHosts: h.ExtraHosts ?? null,
    GroupAdd: h.GroupAdd ?? null,
    IpcMode: h.IpcMode || 'private',
    Cgroup: h.Cgroup ?? '',
    Links: h.Links ?? null,
    OomScoreAdj: h.OomScoreAdj ?? 0,
    PidMode: h.PidMode ?? '',
    Privileged: h.Privileged ?? false,
    PublishAllPorts: h.PublishAllPorts ?? false,
    ReadonlyRootfs: h.ReadonlyRootfs ?? false,
    SecurityOpt: h.SecurityOpt ?? null,
    ...(h.StorageOpt && Object.keys(h.StorageOpt).length > 0 ? { StorageOpt: sorted(h.StorageOpt) } : {}),
    ...(h.Tmpfs && Object.keys(h.Tmpfs).length > 0 ? { Tmpfs: sorted(h.Tmpfs) } : {}),
    UTSMode: h.UTSMode ?? '',
    UsernsMode: h.UsernsMode ?? '',
    ShmSize: h.ShmSize || DEFAULT_SHM_SIZE,
    ...(h.Sysctls && Object.keys(h.Sysctls).length > 0 ? { Sysctls: sorted(h.Sysctls) } : {}),
    Runtime: h.Runtime || 'runc',
    Isolation: h.Isolation ?? '',
    CpuShares: h.CpuShares ?? 0,
    Memory: h.Memory ?? 0,
    NanoCpus: h.NanoCpus ?? 0,
    CgroupParent: h.CgroupParent ?? '',
    BlkioWeight: h.BlkioWeight ?? 0,
    BlkioWeightDevice: h.BlkioWeightDevice ?? null,
    BlkioDeviceReadBps: h.BlkioDeviceReadBps ?? null,
    BlkioDeviceWriteBps: h.BlkioDeviceWriteBps ?? null,
    BlkioDeviceReadIOps: h.BlkioDeviceReadIOps ?? null,
    BlkioDeviceWriteIOps: h.BlkioDeviceWriteIOps ?? null,
    CpuPeriod: h.CpuPeriod ?? 0,
    CpuQuota: h.CpuQuota ?? 0,
    CpuRealtimePeriod: h.CpuRealtimePeriod ?? 0,
    CpuRealtimeRuntime: h.CpuRealtimeRuntime ?? 0,
    CpusetCpus: h.CpusetCpus ?? '',
    CpusetMems: h.CpusetMems ?? '',
    Devices: h.Devices ?? null,
    DeviceCgroupRules: h.DeviceCgroupRules ?? null,
    DeviceRequests: h.DeviceRequests ?? null,
    MemoryReservation: h.MemoryReservation ?? 0,
    MemorySwap: h.MemorySwap ?? 0,
    MemorySwappiness: swappiness(h.MemorySwappiness),
    OomKillDisable: h.OomKillDisable ?? null,
    PidsLimit: h.PidsLimit && h.PidsLimit > 0 ? h.PidsLimit : null,
    Ulimits: h.Ulimits ?? null,
    CpuCount: h.CpuCount ?? 0,
    CpuPercent: h.CpuPercent ?? 0,
    IOMaximumIOps: h.IOMaximumIOps ?? 0,
    IOMaximumBandwidth: h.IOMaximumBandwidth ?? 0,
    ...(h.Mounts && h.Mounts.length > 0 ? { Mounts: h.Mounts } : {}),
    MaskedPaths: h.MaskedPaths ?? null,
    ReadonlyPaths: h.ReadonlyPaths ?? null,
    ...(h.Init === undefined || h.Init === null ? {} : { Init: h.Init }),
  };
}

/** Each binding with both its fields. */
function portMap(map: PortMap): PortMap {
  const out: PortMap = {};
  for (const [port, bindings] of Object.entries(sorted(map)))
    out[port.includes('/') ? port : `${port}/tcp`] =
      bindings?.map((b) => ({ HostIp: b.HostIp ?? '', HostPort: b.HostPort ?? '' })) ?? null;
  return out;
}

/** -1 is the client's way to say that it was not given. */
const swappiness = (value: number | null | undefined): number | null =>
  value === undefined || value === null || value === -1 ? null : value;
