import { MNT_DETACH } from '../../abi/flags.ts';
import { isDirectory, S_IFREG, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import type { Container } from '../container/container.ts';
import type { Daemon } from '../daemon.ts';
import type { MountRecord } from '../volume/mount-record.ts';
import { bind, unmount } from './mounts.ts';
import { resolveIn } from './scope.ts';

/** A container's filesystem as the engine sees it for a while: its root with volumes and binds in their places. */
export interface ContainerView {
  root: string;
  /** Whether what a path names cannot be written. */
  readOnly(path: string): boolean;
  /** Whether a path is in none of the mounts. */
  onRoot(path: string): boolean;
}

/** Files of /etc that the engine writes and mounts. */
const NETWORK_FILES = ['resolv.conf', 'hostname', 'hosts'] as const;

/** Mounts a container's filesystem with all that belongs into it, runs `body`, and takes it apart again. @throws ApiError */
export function* viewContainer<T>(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  body: (sys: Sys, view: ContainerView) => Wait<T>,
): Wait<T> {
  if (!c.layer) throw new ApiError('internal', `container ${c.id} has no layer`);
  const root = yield* daemon.layers.mount(sys, c.layer.mountId);
  const mounted: string[] = [];
  const volumes: string[] = [];
  const records = Object.values(c.mounts).sort((a, b) => a.Destination.length - b.Destination.length);
  try {
    for (const m of records) {
      const source = sourceOf(sys, daemon, m, volumes);
      if (source === undefined) continue;
      const target = resolveIn(sys, root, m.Destination);
      makeTarget(sys, source, target);
      if (bind(sys, source, target) === 0) mounted.push(target);
    }
    for (const name of NETWORK_FILES) {
      const source = c.networkFile(name);
      const target = resolveIn(sys, root, `/etc/${name}`);
      if (source === '' || c.mounts[`/etc/${name}`] || sys.stat(source, new Stat()) < 0) continue;
      makeTarget(sys, source, target);
      if (bind(sys, source, target) === 0) mounted.push(target);
    }
    return yield* body(sys, viewOf(root, c, records));
  } finally {
    for (const target of mounted.reverse()) unmount(sys, target, MNT_DETACH);
    for (const name of volumes) {
      const volume = daemon.volumes.find(name);
      if (volume) daemon.volumes.unmount(sys, volume);
    }
    daemon.layers.unmount(sys, c.layer.mountId);
  }
}

function sourceOf(sys: Sys, daemon: Daemon, m: MountRecord, volumes: string[]): string | undefined {
  if (m.Type === 'bind') return sys.stat(m.Source, new Stat()) === 0 ? m.Source : undefined;
  if (m.Type !== 'volume') return undefined;
  const volume = daemon.volumes.find(m.Name);
  if (!volume) return undefined;
  daemon.volumes.mount(sys, volume);
  volumes.push(m.Name);
  return daemon.volumes.mountpoint(volume);
}

function makeTarget(sys: Sys, source: string, target: string): void {
  const st = new Stat();
  if (sys.stat(target, st) === 0) return;
  if (sys.stat(source, st) === 0 && !isDirectory(st.mode)) {
    mkdirp(sys, dirname(target), 0o755);
    sys.mknod(target, S_IFREG | 0o755, 0);
  } else mkdirp(sys, target, 0o755);
}

function viewOf(root: string, c: Container, records: readonly MountRecord[]): ContainerView {
  const holder = (path: string): MountRecord | undefined =>
    [...records].reverse().find((m) => path === m.Destination || path.startsWith(`${m.Destination}/`));
  return {
    root,
    onRoot: (path) => holder(path) === undefined,
    readOnly(path) {
      const m = holder(path);
      return m ? !m.RW : c.hostConfig.ReadonlyRootfs;
    },
  };
}
