import { signalNumber } from '../../abi/signal.ts';
import type { ContainerConfig, HostConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';
import { normalizeCapabilities } from '../runtime/capabilities.ts';
import { type EngineConfig, isRuntime } from '../settings/config.ts';
import { checkResources } from './resources.ts';
import { checkSecurityOptions } from './security.ts';

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);
const MILLISECOND = 1e6;

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

/**
 * Checks the host's part of the settings.
 * @param cpus processors of the host
 * @returns what the client is warned of
 * @throws ApiError in the words of the engine
 */
export function checkHostConfig(
  h: HostConfig,
  config: Partial<ContainerConfig>,
  cpus: number,
  engine: EngineConfig,
): string[] {
  if (h.Isolation !== '' && h.Isolation !== 'default')
    throw invalid(`invalid isolation (${h.Isolation}): linux only supports 'default'`);
  if (h.AutoRemove && h.RestartPolicy.Name !== '' && h.RestartPolicy.Name !== 'no')
    throw invalid("can't create 'AutoRemove' container with restart policy");
  for (const host of h.ExtraHosts ?? []) {
    if (!/^[^:=]+[:=].+$/.test(host)) throw invalid(`bad format for add-host: ${quote(host)}`);
  }
  checkPorts(h);
  checkRestart(h.RestartPolicy);
  h.RestartPolicy.Name ||= 'no';
  checkModes(h, config);
  normalizeCapabilities('CapAdd', h.CapAdd);
  normalizeCapabilities('CapDrop', h.CapDrop);
  if (h.CpuShares < 0) throw invalid(`invalid CPU shares (${h.CpuShares}): value must be a positive integer`);
  if (h.ShmSize < 0) throw invalid('SHM size can not be less than 0');
  for (const name of Object.keys(h.Annotations ?? {}))
    if (name === '') throw invalid('invalid Annotations: the empty string is not permitted as an annotation key');
  const warnings = checkResources(h, cpus, false);
  if (h.Memory > 0 && h.MemorySwap === 0) h.MemorySwap = h.Memory * 2;
  checkSecurityOptions(h);
  if (h.OomScoreAdj < -1000 || h.OomScoreAdj > 1000)
    throw invalid(`Invalid value ${h.OomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  if (!isRuntime(engine.runtimes, h.Runtime)) throw invalid(`unknown or invalid runtime name: ${h.Runtime}`);
  if (h.StorageOpt && Object.keys(h.StorageOpt).length > 0)
    throw new ApiError('internal', "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
  return warnings;
}

function checkPorts(h: HostConfig): void {
  for (const [port, bindings] of Object.entries(h.PortBindings ?? {})) {
    checkPortRange(port.replace(/\/.*$/, ''));
    for (const binding of bindings ?? []) if (binding.HostPort) checkPortRange(binding.HostPort);
  }
}

function checkPortRange(text: string): void {
  const range = /^(\d+)(?:-(\d+))?$/.exec(text);
  const last = Number(range?.[2] ?? range?.[1]);
  if (!range || last > 65535 || last < Number(range[1])) throw invalid(`invalid port specification: ${quote(text)}`);
}

/** @throws ApiError for a policy that is none */
export function checkRestart(policy: HostConfig['RestartPolicy']): void {
  const { Name, MaximumRetryCount = 0 } = policy;
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
}

function checkModes(h: HostConfig, config: Partial<ContainerConfig>): void {
  if (!/^(|none|private|shareable|host|container:.*)$/.test(h.IpcMode)) throw invalid(`invalid IPC mode: ${h.IpcMode}`);
  if (!MODES.test(h.PidMode) || h.PidMode === 'private') throw invalid(`invalid PID mode: ${h.PidMode}`);
  if (h.UTSMode !== '' && h.UTSMode !== 'host') throw invalid(`invalid UTS mode: ${h.UTSMode}`);
  if (!/^(|host|private)$/.test(h.CgroupnsMode)) throw invalid(`invalid cgroup namespace mode: ${h.CgroupnsMode}`);
  const shared = h.NetworkMode.startsWith('container:');
  if (shared && config.Hostname) throw invalid('conflicting options: hostname and the network mode');
  if (shared && (h.Links?.length ?? 0) > 0)
    throw invalid(
      "conflicting options: container type network can't be used with links. This would result in undefined behavior",
    );
  if (shared && (h.Dns?.length ?? 0) > 0) throw invalid('conflicting options: dns and the network mode');
  if (shared && (h.ExtraHosts?.length ?? 0) > 0)
    throw invalid('conflicting options: custom host-to-IP mapping and the network mode');
  if (shared && (h.PublishAllPorts || Object.keys(h.PortBindings ?? {}).length > 0))
    throw invalid('conflicting options: port publishing and the container type network mode');
  if (shared && Object.keys(config.ExposedPorts ?? {}).length > 0)
    throw invalid('conflicting options: port exposing and the container type network mode');
  if (h.UTSMode === 'host' && config.Hostname) throw invalid('conflicting options: hostname and the UTS mode');
  if (h.NetworkMode === 'host' && (h.Links?.length ?? 0) > 0)
    throw invalid(
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    );
}
