import { ENOTDIR } from '../../abi/errno.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { ContainerConfig, ContainerCreateBody, HostConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { stamp } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import { writeNew } from '../disk.ts';
import { newId } from '../ids.ts';
import { checkedPlatform, checkPlatform } from '../image/platform.ts';
import { checkLogConfig } from '../logs/options.ts';
import { checkLinks } from '../network/links.ts';
import { resolveIn } from '../runtime/scope.ts';
import type { EngineConfig } from '../settings/config.ts';
import { Container } from './container.ts';
import { fullConfig, fullHostConfig, MASKED_PATHS, READONLY_PATHS, sorted } from './defaults.ts';
import type { Image } from './image-door.ts';
import { logEvent } from './log-event.ts';
import { commandOf, mergeImageConfig } from './merge.ts';
import { reserveName } from './names.ts';
import { checkConfig, checkHostConfig } from './validate.ts';
import { fillVolumes, registerMounts, releaseUses } from './volumes.ts';

const VOLUME_DRIVER_IGNORED =
  "WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead";

export interface Created {
  container: Container;
  warnings: string[];
}

/** Makes a container that does not run yet. @throws ApiError */
export function* createContainer(
  sys: Sys,
  daemon: Daemon,
  body: ContainerCreateBody,
  wantedName: string,
  platform?: string,
): Wait<Created> {
  if (Object.keys(body).length === 0)
    throw new ApiError('invalid-parameter', 'config cannot be empty in order to create a container');
  const { HostConfig: givenHost, NetworkingConfig: networking, ...given } = body;
  const config: Partial<ContainerConfig> = given;
  const host = fullHostConfig(withDefaults(daemon.config, givenHost ?? {}));
  const warnings: string[] = [];
  if (host.NetworkMode === 'host' && Object.keys(host.PortBindings ?? {}).length > 0)
    warnings.push('Published ports are discarded when using host network mode');
  if (host.VolumeDriver !== '' && host.Mounts?.some((m) => m.Type === 'volume')) warnings.push(VOLUME_DRIVER_IGNORED);
  // what the image brings is not the client's doing: conflicts are looked for in the client's own words
  const asked = { ...config };
  const wanted = platform ? checkedPlatform(platform) : undefined;
  const image = config.Image ? yield* daemon.images.get(sys, config.Image) : undefined;
  if (image) {
    if (wanted) checkPlatform(image, config.Image ?? '', wanted);
    mergeImageConfig(config, (image.config.config ?? {}) as Partial<ContainerConfig>);
  }
  const command = commandOf(config);
  checkConfig(config);
  adaptHost(host, daemon.config);
  warnings.push(...checkHostConfig(host, asked, sys.sysinfo().cpus, daemon.config));
  resolveSharing(daemon, host);
  checkLogConfig(host.LogConfig.Type, host.LogConfig.Config ?? {});
  daemon.networks.checkSettings(networking ?? undefined, host.NetworkMode, config.MacAddress);
  checkLinks(daemon, host.Links ?? []);
  const id = newId(sys);
  const name = reserveName(sys, daemon.containers, id, wantedName);
  try {
    const container = yield* build(sys, daemon, id, name, config, host, image, command);
    daemon.networks.setUp(container, networking ?? undefined, config.MacAddress);
    yield* finish(sys, daemon, container);
    return { container, warnings };
  } catch (error) {
    daemon.containers.release(name);
    throw error;
  }
}

/** The containers whose namespaces a new one is to join are there. @throws ApiError */
function resolveSharing(daemon: Daemon, h: HostConfig): void {
  for (const mode of [h.IpcMode, h.PidMode]) {
    if (!mode.startsWith('container:')) continue;
    const found = daemon.containers.find(mode.slice('container:'.length));
    if (found === undefined || found === 'many')
      throw new ApiError('invalid-parameter', `No such container: ${mode.slice('container:'.length)}`);
  }
}

/** The settings of daemon.json for what the client left open. */
const withDefaults = (config: EngineConfig, h: Partial<HostConfig>): Partial<HostConfig> => ({
  ...h,
  CgroupnsMode: h.CgroupnsMode || config.cgroupnsMode,
  IpcMode: h.IpcMode || config.ipcMode,
  ShmSize: h.ShmSize || config.shmSize,
  Runtime: h.Runtime || config.defaultRuntime,
});

/** The usual driver, and its options for containers that have this driver. */
function logConfig(given: HostConfig['LogConfig'], config: EngineConfig): HostConfig['LogConfig'] {
  const Type = given.Type || config.logDriver;
  const usual = Type === config.logDriver ? config.logOptions : {};
  return { Type, Config: sorted({ ...usual, ...given.Config }) };
}

/** What the engine sets where the client said nothing. */
function adaptHost(h: HostConfig, config: EngineConfig): void {
  if (h.NetworkMode === '' || h.NetworkMode === 'default') h.NetworkMode = 'bridge';
  h.LogConfig = logConfig(h.LogConfig, config);
  const unconfined = (h.SecurityOpt ?? []).some((o) => /^systempaths[=:]unconfined$/.test(o));
  if (unconfined) h.SecurityOpt = (h.SecurityOpt ?? []).filter((o) => !o.startsWith('systempaths'));
  if (h.Privileged) {
    h.MaskedPaths = null;
    h.ReadonlyPaths = null;
    h.SecurityOpt = [...(h.SecurityOpt ?? []), 'label=disable'];
  } else {
    h.MaskedPaths ??= [...MASKED_PATHS];
    h.ReadonlyPaths ??= [...READONLY_PATHS];
  }
}

function* build(
  sys: Sys,
  daemon: Daemon,
  id: string,
  name: string,
  config: Partial<ContainerConfig>,
  host: HostConfig,
  image: Image | undefined,
  command: { path: string; args: string[] },
): Wait<Container> {
  const directory = `${daemon.root}/containers/${id}`;
  config.Hostname ||= host.NetworkMode === 'host' ? sys.uname().nodename : id.slice(0, 12);
  const c = new Container(id, name, stamp(sys), fullConfig(config), host, image?.id ?? '', directory);
  c.path = command.path;
  c.args = command.args;
  const made = sys.mkdir(directory, 0o710);
  if (made < 0) throw new ApiError('internal', `mkdir ${directory}: ${strerror(-made, 'go')}`);
  try {
    sys.mkdir(c.file('checkpoints'), 0o700);
    sys.mkdir(c.file('mounts'), 0o710);
    c.layer = yield* daemon.layers.rw.create(sys, id, image?.topLayer, image?.chainId ?? '');
    yield* registerMounts(sys, daemon, c);
    yield* prepareRoot(sys, daemon, c);
  } catch (error) {
    yield* discard(sys, daemon, c);
    throw error;
  }
  return c;
}

/** The working directory and what new volumes are filled with: only where they are asked for is the root mounted. */
function* prepareRoot(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  const hasVolumes = Object.values(c.mounts).some((m) => m.Type === 'volume');
  const hasDirectory = c.config.WorkingDir !== '' && c.config.WorkingDir !== '/';
  if (!hasDirectory && !hasVolumes) return;
  const root = yield* daemon.layers.mount(sys, c.layer!.mountId);
  try {
    if (hasDirectory) makeWorkingDirectory(sys, root, c.config.WorkingDir);
    yield* fillVolumes(sys, daemon, c, root);
  } finally {
    daemon.layers.unmount(sys, c.layer!.mountId);
  }
}

function makeWorkingDirectory(sys: Sys, root: string, path: string): void {
  const target = resolveIn(sys, root, path);
  const st = new Stat();
  if (sys.stat(target, st) === 0 && !isDirectory(st.mode))
    throw new ApiError('internal', `Cannot mkdir: ${path} is not a directory`);
  const r = mkdirp(sys, target, 0o755);
  if (r === -ENOTDIR) throw new ApiError('internal', `Cannot mkdir: ${path} is not a directory`);
  if (r < 0) throw new ApiError('internal', `mkdir ${path}: ${strerror(-r, 'go')}`);
}

function* discard(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  releaseUses(daemon, c);
  yield* daemon.layers.rw.remove(sys, c.id);
  daemon.removeDirectory(sys, c.directory);
}

/** Writes the container's files (config.v2.json last: without it there is no container) and makes it known. */
function* finish(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  yield* writeNew(sys, c.file('hostconfig.json'), JSON.stringify(c.hostConfig), 0o600);
  const r = yield* c.save(sys);
  if (r < 0) {
    yield* discard(sys, daemon, c);
    throw new ApiError('internal', `open ${c.file('config.v2.json')}: ${strerror(-r, 'go')}`);
  }
  daemon.containers.add(c);
  logEvent(sys, daemon, c, 'create');
}
