import { signalNumber } from '../../abi/signal.ts';
import type { ContainerConfig, HostConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';
import { normalizeCapabilities } from '../runtime/capabilities.ts';
import { checkSecurityOptions } from './security.ts';

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);
const MILLISECOND = 1e6;
const MIN_MEMORY = 6 * 1024 * 1024;

/** Checks a container's settings and brings them into form. @throws ApiError in the words of the engine */
export function checkConfig(config: Partial<ContainerConfig>): void {
  if (config.WorkingDir) {
    if (!config.WorkingDir.startsWith('/'))
      throw invalid(`the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`);
    config.WorkingDir = cleanPath(config.WorkingDir);
  }
  if (config.StopSignal && signalNumber(config.StopSignal) === undefined)
    throw invalid(`invalid signal: ${config.StopSignal}`);
  for (const pair of config.Env ?? []) {
    if (pair === '' || pair.startsWith('=')) throw invalid(`invalid environment variable: ${pair}`);
  }
  checkHealth(config);
}

function checkHealth(config: Partial<ContainerConfig>): void {
  const h = config.Healthcheck;
  if (!h) return;
  const least = (name: string, value: number | undefined): void => {
    if (value && value < MILLISECOND) throw invalid(`${name} in Healthcheck cannot be less than 1ms`);
  };
  least('Interval', h.Interval);
  least('Timeout', h.Timeout);
  if (h.Retries && h.Retries < 0) throw invalid('Retries in Healthcheck cannot be negative');
  least('StartPeriod', h.StartPeriod);
  least('StartInterval', h.StartInterval);
}

/** Lexically clean, as Go's filepath.Clean makes it. */
function cleanPath(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
}

const RESTART_NAMES = new Set(['', 'no', 'always', 'on-failure', 'unless-stopped']);
const MODES = /^(|host|private|container:.+)$/;

/** Checks the host's part of the settings. @throws ApiError in the words of the engine */
export function checkHostConfig(h: HostConfig, config: Partial<ContainerConfig>): void {
  if (h.Isolation !== '' && h.Isolation !== 'default')
    throw invalid(`invalid isolation (${h.Isolation}): linux only supports 'default'`);
  if (h.AutoRemove && h.RestartPolicy.Name !== '' && h.RestartPolicy.Name !== 'no')
    throw invalid("can't create 'AutoRemove' container with restart policy");
  for (const host of h.ExtraHosts ?? []) {
    if (!/^[^:=]+[:=].+$/.test(host)) throw invalid(`bad format for add-host: ${quote(host)}`);
  }
  checkPorts(h);
  checkRestart(h);
  checkModes(h, config);
  h.CapAdd = normalizeCapabilities('CapAdd', h.CapAdd);
  h.CapDrop = normalizeCapabilities('CapDrop', h.CapDrop);
  checkResources(h);
  checkSecurityOptions(h);
  if (h.OomScoreAdj < -1000 || h.OomScoreAdj > 1000)
    throw invalid(`Invalid value ${h.OomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  if (h.Runtime !== 'runc' && h.Runtime !== 'io.containerd.runc.v2')
    throw invalid(`unknown or invalid runtime name: ${h.Runtime}`);
  if (h.StorageOpt && Object.keys(h.StorageOpt).length > 0)
    throw new ApiError('internal', "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
}

function checkPorts(h: HostConfig): void {
  for (const [port, bindings] of Object.entries(h.PortBindings ?? {})) {
    if (!/^\d+(-\d+)?(\/(tcp|udp|sctp))?$/.test(port)) throw invalid(`invalid port specification: ${quote(port)}`);
    for (const binding of bindings ?? []) {
      if (binding.HostPort && !/^\d+(-\d+)?$/.test(binding.HostPort))
        throw invalid(`invalid port specification: ${quote(binding.HostPort)}`);
    }
  }
}

function checkRestart(h: HostConfig): void {
  const { Name, MaximumRetryCount } = h.RestartPolicy;
  if (!RESTART_NAMES.has(Name))
    throw invalid(
      `invalid restart policy: unknown policy '${Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    );
  if (Name !== 'on-failure' && MaximumRetryCount !== 0)
    throw invalid(
      "invalid restart policy: maximum retry count can only be used with 'on-failure'" +
        (MaximumRetryCount < 0 ? ' and cannot be negative' : ''),
    );
  if (MaximumRetryCount < 0) throw invalid('invalid restart policy: maximum retry count cannot be negative');
  if (Name === '') h.RestartPolicy.Name = 'no';
}

function checkModes(h: HostConfig, config: Partial<ContainerConfig>): void {
  if (!/^(|none|private|shareable|host|container:.*)$/.test(h.IpcMode)) throw invalid(`invalid IPC mode: ${h.IpcMode}`);
  if (!MODES.test(h.PidMode) || h.PidMode === 'private') throw invalid(`invalid PID mode: ${h.PidMode}`);
  if (h.UTSMode !== '' && h.UTSMode !== 'host') throw invalid(`invalid UTS mode: ${h.UTSMode}`);
  if (!/^(|host|private)$/.test(h.CgroupnsMode)) throw invalid(`invalid cgroup namespace mode: ${h.CgroupnsMode}`);
  if (h.UTSMode === 'host' && config.Hostname) throw invalid('conflicting options: hostname and the UTS mode');
  const shared = h.NetworkMode.startsWith('container:');
  if (shared && config.Hostname) throw invalid('conflicting options: hostname and the network mode');
  if (shared && (h.Links?.length ?? 0) > 0)
    throw invalid(
      "conflicting options: container type network can't be used with links. This would result in undefined behavior",
    );
  if (h.NetworkMode === 'host' && (h.Links?.length ?? 0) > 0)
    throw invalid(
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    );
  if (shared && (h.Dns?.length ?? 0) > 0) throw invalid('conflicting options: dns and the network mode');
  if (shared && (h.ExtraHosts?.length ?? 0) > 0)
    throw invalid('conflicting options: custom host-to-IP mapping and the network mode');
  if (shared && (h.PublishAllPorts || Object.keys(h.PortBindings ?? {}).length > 0))
    throw invalid('conflicting options: port publishing and the container type network mode');
  if (shared && Object.keys(config.ExposedPorts ?? {}).length > 0)
    throw invalid('conflicting options: port exposing and the container type network mode');
}

function checkResources(h: HostConfig): void {
  if (h.Memory !== 0 && h.Memory < MIN_MEMORY) throw invalid('Minimum memory limit allowed is 6MB');
  if (h.Memory > 0 && h.MemorySwap > 0 && h.MemorySwap < h.Memory)
    throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage');
  if (h.Memory === 0 && h.MemorySwap > 0)
    throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage');
  if (h.MemoryReservation > 0 && h.MemoryReservation < MIN_MEMORY)
    throw invalid('Minimum memory reservation allowed is 6MB');
  if (h.Memory > 0 && h.MemoryReservation > 0 && h.Memory < h.MemoryReservation)
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  if (h.NanoCpus > 0 && (h.CpuPeriod > 0 || h.CpuQuota > 0))
    throw invalid('Conflicting options: Nano CPUs and CPU Period cannot both be set.');
  if (h.NanoCpus < 0 || h.NanoCpus > 2 * 1e9)
    throw invalid('range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available');
  if (h.CpuPeriod !== 0 && (h.CpuPeriod < 1000 || h.CpuPeriod > 1_000_000))
    throw invalid('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (h.CpuQuota > 0 && h.CpuQuota < 1000) throw invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  if (h.CpuShares < 0) throw invalid(`shares can't be less than 0`);
  if (h.ShmSize < 0) throw invalid('SHM size can not be less than 0');
  if (h.Memory > 0 && h.MemorySwap === 0) h.MemorySwap = h.Memory * 2;
}
