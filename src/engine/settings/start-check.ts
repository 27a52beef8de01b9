import { ENOENT } from '../../abi/errno.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { ip4Number, parseCidr } from '../../lib/ip.ts';
import { decode } from '../../lib/utf8.ts';
import { parsePasswd } from '../../libc/accounts.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import { checkLogConfig, LOG_DRIVERS } from '../logs/options.ts';
import { contains, parseSubnet } from '../network/ipam.ts';
import { checkRuntimes, type EngineConfig } from './config.ts';
import { SettingsError } from './values.ts';

const CONTROLLER = 'Error initializing network controller: ';

/**
 * What dockerd finds out only when it starts: settings that do not go together, or that this host does not have.
 * @throws SettingsError in dockerd's words, with what stands before them
 */
export function* checkStart(sys: Sys, config: EngineConfig): Wait<void> {
  if (config.usernsRemap !== '') throw new SettingsError(yield* remapProblem(sys, config.usernsRemap));
  const problem = startProblem(sys, config);
  if (problem !== undefined) throw new SettingsError(`failed to start daemon: ${problem}`);
}

function startProblem(sys: Sys, config: EngineConfig): string | undefined {
  const { bridge } = config;
  if (bridge.name !== '' && bridge.bip !== '')
    return 'You specified -b & --bip, mutually exclusive options. Please specify only one';
  if (!config.iptables && !bridge.icc)
    return 'You specified --iptables=false with --icc=false. ICC=false uses iptables to function. Please set --icc or --iptables to true';
  return (
    runtimeProblem(config) ??
    driverProblem(config) ??
    seccompProblem(sys, config.seccompProfile) ??
    storageProblem(config) ??
    logProblem(config) ??
    networkProblem(sys, config)
  );
}

function runtimeProblem(config: EngineConfig): string | undefined {
  try {
    checkRuntimes(config);
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}

const driverProblem = ({ cgroupDriver }: EngineConfig): string | undefined =>
  cgroupDriver === 'systemd' || cgroupDriver === 'cgroupfs'
    ? undefined
    : `native.cgroupdriver option ${cgroupDriver} not supported`;

function seccompProblem(sys: Sys, profile: string): string | undefined {
  if (profile === 'builtin' || profile === 'unconfined') return undefined;
  const r = sys.stat(profile, new Stat());
  return r < 0 ? `opening seccomp profile (${profile}) failed: open ${profile}: ${strerror(-r, 'go')}` : undefined;
}

function storageProblem({ storageDriver, storageOptions, features }: EngineConfig): string | undefined {
  const head = 'error initializing graphdriver: ';
  if (features['containerd-snapshotter'])
    return 'error creating snapshotter: no plugin registered for type and id: io.containerd.snapshotter.v1, overlayfs: not found';
  if (storageDriver !== 'overlay2') return `${head}driver not supported: ${storageDriver}`;
  for (const option of storageOptions) {
    const name = option.split('=')[0]!.toLowerCase();
    if (name === 'overlay2.size')
      return `${head}Storage Option overlay2.size only supported for backingFS XFS. Found extfs`;
    if (name !== 'overlay2.override_kernel_check') return `${head}overlay2: unknown option ${name}`;
  }
  return undefined;
}

/** An unknown driver is missed when a container is made; options that it does not have, at once. */
function logProblem({ logDriver, logOptions }: EngineConfig): string | undefined {
  if (LOG_DRIVERS[logDriver] === undefined) return undefined;
  try {
    checkLogConfig(logDriver, logOptions);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return `failed to set log opts: failed to set log opts: ${error.message}`;
    throw error;
  }
}

function networkProblem(sys: Sys, { bridge, pools }: EngineConfig): string | undefined {
  for (const [i, { base, size }] of pools.entries()) {
    const prefix = parseCidr(base)?.prefix ?? 0;
    if (prefix > size)
      return `${CONTROLLER}error obtaining controller instance: could not construct local address space: network at index ${i} (&{${base} ${size}}) has a smaller prefix (/${prefix}) than the target size of that pool (/${size})`;
  }
  const isCidr = (text: string): boolean => text.includes('/') && parseCidr(text) !== undefined;
  if (bridge.bip !== '' && !isCidr(bridge.bip))
    return `${CONTROLLER}parse bip failed: invalid CIDR address: ${bridge.bip}`;
  if (bridge.fixedCidr !== '' && !isCidr(bridge.fixedCidr))
    return `${CONTROLLER}parse fixed-cidr failed: invalid CIDR address: ${bridge.fixedCidr}`;
  if (bridge.name !== '' && bridge.name !== 'none' && sys.stat(`/sys/class/net/${bridge.name}`, new Stat()) === -ENOENT)
    return `${CONTROLLER}error creating default "bridge" network: bridge device with non default name ${bridge.name} must be created manually`;
  const subnet = parseSubnet(bridge.bip === '' ? '172.17.0.0/16' : bridge.bip);
  if (bridge.gateway !== '' && subnet && !(ip4Number(bridge.gateway) >= 0 && contains(subnet, bridge.gateway)))
    return `${CONTROLLER}error creating default "bridge" network: auxiliary address: (DefaultGatewayIPv4:${bridge.gateway}) must belong to the master pool: ${bridge.bip === '' ? '172.17.0.0/16' : bridge.bip}`;
  return undefined;
}

/** Why the root of containers cannot be another user of the host: this kernel has no user namespaces. */
function* remapProblem(sys: Sys, remap: string): Wait<string> {
  const user = remap.split(':')[0]!;
  const bytes = yield* readFile(sys, '/etc/passwd');
  const users = typeof bytes === 'number' ? [] : parsePasswd(decode(bytes));
  if (user !== 'default' && !users.some((u) => u.name === user || String(u.uid) === user))
    return `Error during uid lookup for ${JSON.stringify(user)}: getent unable to find entry ${JSON.stringify(user)} in passwd database`;
  return 'failed to start daemon: user namespaces are not supported by the kernel';
}
