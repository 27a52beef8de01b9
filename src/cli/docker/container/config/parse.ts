import type { Wait } from '../../../../libc/io.ts';
import type { Cli } from '../../command.ts';
import { CliError } from '../../errors.ts';
import type { DeviceRequest } from '../../flags/gpus.ts';
import type { Mount } from '../../flags/mount.ts';
import type { Flags } from '../../flags/parse.ts';
import { mapOf } from '../../key-values.ts';
import { capabilities } from './capabilities.ts';
import { devicesOf } from './devices.ts';
import { environmentOf, labelsOf, withProxies } from './env.ts';
import { healthOf } from './health.ts';
import { endpointsOf, isMacAddress } from './networks.ts';
import { exposedOf, publishedOf } from './ports.ts';
import { securityOf } from './security.ts';
import type { ContainerSpec, CreateBody, HostConfig, RestartPolicy } from './spec.ts';
import { volumesOf } from './volumes.ts';

/** Values of `--X` with a mode that the client itself checks. */
const MODES: readonly (readonly [flag: string, valid: RegExp, kind: string])[] = [
  ['pid', /^(|host|container:.+)$/, 'PID'],
  ['uts', /^(|host)$/, 'UTS'],
  ['userns', /^(|host)$/, 'USER'],
  ['cgroupns', /^(|host|private)$/, 'CGROUP'],
];

/**
 * Makes the body of a create call of the flags of `run` and `create`.
 * @throws CliError with the words of docker/cli, without `docker: `
 */
export function* parseContainer(cli: Cli, flags: Flags, args: readonly string[]): Wait<ContainerSpec> {
  const attach = new Set(flags.list('attach'));
  const interactive = flags.bool('interactive');
  let attachStdout = attach.has('stdout');
  let attachStderr = attach.has('stderr');
  const mac = flags.text('mac-address');
  if (mac !== '' && !isMacAddress(mac)) {
    throw new CliError(`${mac} is not a valid mac address`);
  }
  if (interactive) attach.add('stdin');
  if (flags.list('attach').length === 0) {
    attachStdout = true;
    attachStderr = true;
  }
  const swappiness = flags.changed('memory-swappiness') ? flags.number('memory-swappiness') : -1;
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100)) {
    throw new CliError(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  const mounts = flags.list('mount').map((m) => JSON.parse(m) as Mount);
  const { binds, volumes } = volumesOf(flags.list('volume'), cli);
  const tmpfs = tmpfsOf(flags.list('tmpfs'));
  const entrypoint = entrypointOf(flags);
  const devices = devicesOf(flags.list('device'));
  const { ports, bindings } = publishedOf(flags.list('publish'));
  exposedOf(flags.list('expose'), ports);
  const env = yield* environmentOf(cli, flags.list('env-file'), withProxies(cli, flags.list('env')));
  const labels = yield* labelsOf(cli, flags.list('label-file'), flags.list('label'));
  for (const [flag, valid, kind] of MODES) {
    if (!valid.test(flags.text(flag))) throw new CliError(`--${flag}: invalid ${kind} mode`);
  }
  const restart = restartOf(flags.text('restart'));
  const logging = mapOf(flags.list('log-opt'));
  if (flags.text('log-driver') === 'none' && flags.list('log-opt').length > 0) {
    throw new CliError('invalid logging opts for driver none');
  }
  const security = yield* securityOf(cli, flags.list('security-opt'));
  for (const option of flags.list('storage-opt'))
    if (!option.includes('=')) throw new CliError('invalid storage option');
  const health = healthOf(flags);
  const hostConfig: HostConfig = {
    Binds: binds,
    ContainerIDFile: flags.text('cidfile'),
    LogConfig: { Type: flags.text('log-driver'), Config: logging },
    NetworkMode: 'default',
    PortBindings: bindings,
    RestartPolicy: restart,
    AutoRemove: flags.bool('rm'),
    VolumeDriver: flags.text('volume-driver'),
    VolumesFrom: orNull(flags.list('volumes-from')),
    ConsoleSize: [0, 0],
    ...(flags.list('annotation').length > 0 && { Annotations: mapOf(flags.list('annotation')) }),
    ...capabilities(flags.list('cap-add'), flags.list('cap-drop')),
    CgroupnsMode: flags.text('cgroupns'),
    Dns: flags.list('dns'),
    DnsOptions: flags.list('dns-option'),
    DnsSearch: flags.list('dns-search').filter((d) => d !== ''),
    ExtraHosts: orNull(flags.list('add-host')),
    GroupAdd: orNull(flags.list('group-add')),
    IpcMode: flags.text('ipc'),
    Cgroup: '',
    Links: orNull(flags.list('link')),
    OomScoreAdj: flags.number('oom-score-adj'),
    PidMode: flags.text('pid'),
    Privileged: flags.bool('privileged'),
    PublishAllPorts: flags.bool('publish-all'),
    ReadonlyRootfs: flags.bool('read-only'),
    SecurityOpt: flags.changed('security-opt') ? security.options : null,
    ...(flags.list('storage-opt').length > 0 && { StorageOpt: mapOf(flags.list('storage-opt')) }),
    ...(Object.keys(tmpfs).length > 0 && { Tmpfs: tmpfs }),
    UTSMode: flags.text('uts'),
    UsernsMode: flags.text('userns'),
    ShmSize: flags.number('shm-size'),
    ...(flags.list('sysctl').length > 0 && { Sysctls: mapOf(flags.list('sysctl')) }),
    ...(flags.changed('runtime') && { Runtime: flags.text('runtime') }),
    Isolation: flags.text('isolation'),
    ...resourcesOf(flags, swappiness),
    Devices: devices.mappings,
    DeviceCgroupRules: orNull(flags.list('device-cgroup-rule')),
    DeviceRequests: orNull([...flags.list('gpus').map((g) => JSON.parse(g) as DeviceRequest), ...devices.requests]),
    ...(mounts.length > 0 && { Mounts: mounts }),
    MaskedPaths: security.maskedPaths,
    ReadonlyPaths: security.readonlyPaths,
    ...(flags.changed('init') && { Init: flags.bool('init') }),
  };
  if (hostConfig.AutoRemove && restart.Name !== 'no' && restart.Name !== '') {
    throw new CliError('conflicting options: cannot specify both --restart and --rm');
  }
  const networks = endpointsOf(flags);
  hostConfig.NetworkMode = networks.mode;
  const [image = '', ...command] = args;
  const attachStdin = attach.has('stdin');
  const body: CreateBody = {
    Hostname: flags.text('hostname'),
    Domainname: flags.text('domainname'),
    User: flags.text('user'),
    AttachStdin: attachStdin,
    AttachStdout: attachStdout,
    AttachStderr: attachStderr,
    ...(Object.keys(ports).length > 0 && { ExposedPorts: ports }),
    Tty: flags.bool('tty'),
    OpenStdin: interactive,
    StdinOnce: interactive && attachStdin,
    Env: orNull(env),
    Cmd: command.length > 0 ? command : null,
    ...(health && { Healthcheck: health }),
    Image: image,
    Volumes: volumes,
    WorkingDir: flags.text('workdir'),
    Entrypoint: entrypoint,
    OnBuild: null,
    Labels: labels,
    ...(flags.changed('stop-signal') && { StopSignal: flags.text('stop-signal') }),
    ...(flags.changed('stop-timeout') && { StopTimeout: flags.number('stop-timeout') }),
    HostConfig: hostConfig,
    NetworkingConfig: { EndpointsConfig: networks.endpoints },
  };
  return { body, image };
}

const orNull = <T>(list: readonly T[]): T[] | null => (list.length === 0 ? null : [...list]);

function entrypointOf(flags: Flags): string[] | null {
  if (!flags.changed('entrypoint')) return null;
  const text = flags.text('entrypoint');
  // An empty one resets the image's.
  return [text];
}

function tmpfsOf(list: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const spec of list) {
    const colon = spec.indexOf(':');
    found[colon < 0 ? spec : spec.slice(0, colon)] = colon < 0 ? '' : spec.slice(colon + 1);
  }
  return found;
}

/** `--restart`. @throws CliError */
export function restartOf(policy: string): RestartPolicy {
  const colon = policy.indexOf(':');
  const name = colon < 0 ? policy : policy.slice(0, colon);
  if (colon < 0) return { Name: name, MaximumRetryCount: 0 };
  if (name === '') throw new CliError('invalid restart policy format: no policy provided before colon');
  const count = policy.slice(colon + 1);
  if (count === '') return { Name: name, MaximumRetryCount: 0 };
  if (!/^[+-]?\d+$/.test(count)) {
    throw new CliError('invalid restart policy format: maximum retry count must be an integer');
  }
  return { Name: name, MaximumRetryCount: Number(count) };
}

const device = (spec: string, key: 'Weight' | 'Rate'): object => {
  const colon = spec.lastIndexOf(':');
  return { Path: spec.slice(0, colon), [key]: Number(spec.slice(colon + 1)) };
};

function resourcesOf(flags: Flags, swappiness: number): object {
  return {
    CgroupParent: flags.text('cgroup-parent'),
    Memory: flags.number('memory'),
    MemoryReservation: flags.number('memory-reservation'),
    MemorySwap: flags.number('memory-swap'),
    MemorySwappiness: swappiness,
    OomKillDisable: flags.bool('oom-kill-disable'),
    NanoCpus: flags.number('cpus'),
    CpuCount: flags.number('cpu-count'),
    CpuPercent: flags.number('cpu-percent'),
    CpuShares: flags.number('cpu-shares'),
    CpuPeriod: flags.number('cpu-period'),
    CpuRealtimePeriod: flags.number('cpu-rt-period'),
    CpuRealtimeRuntime: flags.number('cpu-rt-runtime'),
    CpuQuota: flags.number('cpu-quota'),
    CpusetCpus: flags.text('cpuset-cpus'),
    CpusetMems: flags.text('cpuset-mems'),
    PidsLimit: flags.number('pids-limit'),
    BlkioWeight: flags.number('blkio-weight'),
    BlkioWeightDevice: flags.list('blkio-weight-device').map((d) => device(d, 'Weight')),
    BlkioDeviceReadBps: flags.list('device-read-bps').map((d) => device(d, 'Rate')),
    BlkioDeviceWriteBps: flags.list('device-write-bps').map((d) => device(d, 'Rate')),
    BlkioDeviceReadIOps: flags.list('device-read-iops').map((d) => device(d, 'Rate')),
    BlkioDeviceWriteIOps: flags.list('device-write-iops').map((d) => device(d, 'Rate')),
    IOMaximumIOps: flags.number('io-maxiops'),
    IOMaximumBandwidth: flags.number('io-maxbandwidth'),
    Ulimits: ulimitsOf(flags.list('ulimit')),
  };
}

/** The last of each name counts; sorted by name. */
function ulimitsOf(list: readonly string[]): object[] {
  const found = new Map<string, object>();
  for (const spec of list) {
    const [name = '', values = ''] = spec.split('=');
    const [soft, hard] = values.split(':').map(Number);
    found.set(name, { Name: name, Hard: hard, Soft: soft });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, u]) => u);
}
