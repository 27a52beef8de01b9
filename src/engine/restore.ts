import { O_CLOEXEC, O_RDONLY } from '../abi/flags.ts';
import type { Futex, Sys } from '../abi/sys.ts';
import type { HostConfig } from '../api/container-config.ts';
import { toHex } from '../lib/hex.ts';
import { futexWait, open, type Wait } from '../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../libc/paths.ts';
import { stamp } from './clock.ts';
import { Container, type StoredContainer } from './container/container.ts';
import { fullHostConfig } from './container/defaults.ts';
import { startContainerOf } from './container/start.ts';
import type { Daemon } from './daemon.ts';
import { readJson, readText, writeAtomic } from './disk.ts';
import { endBuilds, endGroup, unmountLayers } from './leftovers.ts';
import { clearEndpoint } from './network/settings.ts';
import { prepareCgroups } from './runtime/cgroup.ts';

/** Reads what the disk has, undoes what was half done, and starts what ran before. */
export function* restore(sys: Sys, daemon: Daemon): Wait<void> {
  mkdirp(sys, daemon.root, 0o710);
  for (const dir of ['containers', 'tmp', 'runtimes', 'plugins', 'swarm', 'buildkit'])
    mkdirp(sys, `${daemon.root}/${dir}`, 0o710);
  daemon.hostMounts = yield* open(sys, '/proc/self/ns/mnt', O_RDONLY | O_CLOEXEC);
  daemon.hostNet = yield* open(sys, '/proc/self/ns/net', O_RDONLY | O_CLOEXEC);
  yield* readEngineId(sys, daemon);
  yield* prepareCgroups(sys);
  yield* endBuilds(sys);
  yield* unmountLayers(sys, `${daemon.root}/overlay2`);
  yield* daemon.layers.restore(sys);
  yield* daemon.imageStore.load(sys);
  yield* daemon.buildCache.load(sys);
  yield* daemon.volumes.restore(sys);
  yield* daemon.networks.store.restore(sys);
  const toStart = yield* loadContainers(sys, daemon);
  yield* dropOrphans(sys, daemon);
  yield* startAgain(sys, daemon, toStart);
}

function* readEngineId(sys: Sys, daemon: Daemon): Wait<void> {
  const path = `${daemon.root}/engine-id`;
  const known = (yield* readText(sys, path))?.trim();
  if (known) {
    daemon.id = known;
    return;
  }
  const bytes = new Uint8Array(16);
  sys.getrandom(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = toHex(bytes);
  daemon.id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  yield* writeAtomic(sys, path, daemon.id, 0o600);
}

/** @returns the containers that are to run again */
function* loadContainers(sys: Sys, daemon: Daemon): Wait<Container[]> {
  const loaded: Container[] = [];
  for (const name of namesIn(sys, `${daemon.root}/containers`)) {
    const directory = `${daemon.root}/containers/${name}`;
    const stored = yield* readJson<StoredContainer>(sys, `${directory}/config.v2.json`);
    const host = yield* readJson<HostConfig>(sys, `${directory}/hostconfig.json`);
    if (!stored || !host || stored.ID !== name || stored.State.Dead) {
      // a create or a remove that was cut off
      yield* discard(sys, daemon, name);
      continue;
    }
    const c = Container.fromStored(directory, stored, fullHostConfig(host));
    c.layer = yield* daemon.layers.rw.get(sys, name);
    loaded.push(c);
  }
  loaded.sort((a, b) => (a.created < b.created ? -1 : 1));
  const again: Container[] = [];
  for (const c of loaded) {
    daemon.containers.add(c);
    for (const m of Object.values(c.mounts)) if (m.Type === 'volume') daemon.volumes.find(m.Name)?.users.add(c.id);
    if (yield* settle(sys, daemon, c)) again.push(c);
  }
  return again;
}

function* discard(sys: Sys, daemon: Daemon, id: string): Wait<void> {
  yield* daemon.layers.rw.remove(sys, id);
  removeTree(sys, `${daemon.root}/containers/${id}`);
}

/** Brings a container's state up to date: nothing runs any more. @returns whether it is to run again */
function* settle(sys: Sys, daemon: Daemon, c: Container): Wait<boolean> {
  const { state } = c;
  const ran = state.Running;
  yield* endGroup(sys, daemon.cgroupPath(c.id, c.hostConfig.CgroupParent));
  for (const e of Object.values(c.network.Networks)) clearEndpoint(e);
  c.network.SandboxID = '';
  c.network.SandboxKey = '';
  c.network.Ports = {};
  if (ran) {
    state.Running = false;
    state.Paused = false;
    state.Restarting = false;
    state.Pid = 0;
    state.ExitCode = 137;
    state.FinishedAt = stamp(sys);
    yield* c.save(sys);
  }
  if (c.hostConfig.AutoRemove && ran) {
    daemon.removeSoon(sys, c);
    return false;
  }
  const policy = c.hostConfig.RestartPolicy.Name;
  if (policy === 'always') return c.hasBeenStartedBefore;
  if (policy === 'unless-stopped') return !c.hasBeenManuallyStopped && c.hasBeenStartedBefore;
  // one that somebody was attached to went with the terminal
  const attached = c.config.AttachStdin || c.config.AttachStdout || c.config.AttachStderr;
  return ran && !attached;
}

/** Removes what a power cut left behind: layers of containers that are not there, layers that nobody holds, temporary files. */
function* dropOrphans(sys: Sys, daemon: Daemon): Wait<void> {
  const { layers, imageStore } = daemon;
  for (const id of namesIn(sys, `${daemon.root}/image/overlay2/layerdb/mounts`))
    if (!daemon.containers.byId(id)) yield* layers.rw.remove(sys, id);
  yield* imageStore.layers.collect(sys);
  const known = new Set<string>();
  for (const layer of imageStore.layers.all()) known.add(layer.cacheId);
  for (const { layer } of daemon.containers.all()) if (layer) known.add(layer.mountId).add(layer.initId);
  for (const id of layers.list(sys)) if (!known.has(id)) yield* layers.remove(sys, id);
  layers.dropLinks(sys);
  for (const name of namesIn(sys, `${daemon.root}/tmp`)) removeTree(sys, `${daemon.root}/tmp/${name}`);
}

function namesIn(sys: Sys, directory: string): string[] {
  const names = listDir(sys, directory);
  return typeof names === 'number' ? [] : names;
}

/** Starts containers side by side and waits until all have: nobody is told that they are not running. @see moby daemon.restore */
function* startAgain(sys: Sys, daemon: Daemon, containers: readonly Container[]): Wait<void> {
  const done: Futex = { value: 0 };
  for (const c of containers)
    sys.thread(function* (own) {
      try {
        yield* startContainerOf(own, daemon, c);
      } catch {
        // the reason stands in the container's state
      }
      done.value++;
      own.futexWake(done, 1);
      return 0;
    });
  while (done.value < containers.length) yield* futexWait(sys, done, done.value);
}
