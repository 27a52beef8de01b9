import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir, normalizePath } from '../../libc/paths.ts';
import type { Daemon } from '../daemon.ts';
import { newId } from '../ids.ts';
import { resolveIn } from '../runtime/scope.ts';
import { copyTree } from '../volume/copy.ts';
import type { MountRecord } from '../volume/mount-record.ts';
import { checkTarget, parseBind, parseMount } from '../volume/parse.ts';
import type { Container } from './container.ts';

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);

/**
 * Finds out what is mounted into a new container: --volumes-from, -v, --mount, VOLUMEs, in this order; makes the volumes.
 * @throws ApiError
 */
export function* registerMounts(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  const h = c.hostConfig;
  for (const path of Object.keys(h.Tmpfs ?? {})) checkTarget(path, '');
  const records = new Map<string, MountRecord>();
  for (const spec of h.VolumesFrom ?? []) for (const m of mountsFrom(daemon, spec)) records.set(m.Destination, m);
  const named = new Set<string>(Object.keys(h.Tmpfs ?? {}));
  const add = (m: MountRecord): void => {
    if (named.has(m.Destination)) throw invalid(`Duplicate mount point: ${m.Destination}`);
    named.add(m.Destination);
    records.set(m.Destination, m);
  };
  for (const bind of h.Binds ?? []) add(parseBind(bind, h.VolumeDriver));
  for (const mount of h.Mounts ?? []) add(parseMount(sys, mount));
  for (const path of Object.keys(c.config.Volumes ?? {})) {
    const target = checkTarget(path, '');
    if (records.has(target) || named.has(target)) continue;
    records.set(target, parseBind(target, h.VolumeDriver));
  }
  for (const m of records.values()) yield* claim(sys, daemon, c, m);
}

/** Makes the volume of a mount where there is none yet, and notes who uses it. */
function* claim(sys: Sys, daemon: Daemon, c: Container, m: MountRecord): Wait<void> {
  c.mounts[m.Destination] = m;
  if (m.Type !== 'volume') return;
  const options = m.Spec.VolumeOptions;
  const volume = yield* daemon.volumes.create(sys, {
    Name: m.Name,
    Driver: m.Driver || 'local',
    ...(options?.Labels ? { Labels: options.Labels } : {}),
    ...(options?.DriverConfig?.Options ? { DriverOpts: options.DriverConfig.Options } : {}),
  });
  m.Name = volume.name;
  m.Driver = 'local';
  m.Source = daemon.volumes.mountpoint(volume);
  m.ID = newId(sys);
  volume.users.add(c.id);
}

function mountsFrom(daemon: Daemon, spec: string): MountRecord[] {
  if (spec === '') throw invalid('volumes-from specification cannot be an empty string');
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const mode = colon < 0 ? 'rw' : spec.slice(colon + 1);
  if (!/^(ro|rw|z|Z|nocopy|,)+$/.test(mode)) throw invalid(`invalid mode: ${mode}`);
  const from = daemon.containers.find(name);
  // not a "not found": the client would take that for the image
  if (from === undefined || from === 'many') throw invalid(`No such container: ${name}`);
  return Object.values(from.mounts).map((m) => ({
    ...m,
    RW: m.RW && !mode.split(',').includes('ro'),
    CopyData: false,
  }));
}

/** Fills empty volumes with what the image has at their place. @param root the container's mounted root */
export function* fillVolumes(sys: Sys, daemon: Daemon, c: Container, root: string): Wait<void> {
  for (const m of Object.values(c.mounts)) {
    if (m.Type !== 'volume') continue;
    const from = resolveIn(sys, root, normalizePath(m.Destination));
    const st = new Stat();
    if (sys.stat(from, st) < 0) continue;
    if (!isDirectory(st.mode))
      throw new ApiError('internal', `cannot mount volume over existing file, file exists ${from}`);
    if (!m.CopyData) continue;
    const volume = daemon.volumes.get(m.Name);
    daemon.volumes.mount(sys, volume);
    try {
      const to = daemon.volumes.mountpoint(volume);
      const present = listDir(sys, to);
      if (typeof present !== 'number' && present.length === 0) yield* copyTree(sys, from, to);
      delete m.CopyData;
    } finally {
      daemon.volumes.unmount(sys, volume);
    }
  }
}

/** The container uses none of its volumes any more. */
export function releaseUses(daemon: Daemon, c: Container): void {
  for (const m of Object.values(c.mounts)) if (m.Type === 'volume') daemon.volumes.find(m.Name)?.users.delete(c.id);
}
