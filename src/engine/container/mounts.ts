import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import type { Daemon } from '../daemon.ts';
import { unmount } from '../runtime/mounts.ts';
import { resolveIn } from '../runtime/scope.ts';
import type { RuntimeMount } from '../runtime/spec.ts';
import type { MountRecord } from '../volume/mount-record.ts';
import { tmpfsOptions } from '../volume/parse.ts';
import type { Container } from './container.ts';
import { joinTarget } from './share.ts';

const depth = (path: string): number => path.split('/').filter((p) => p !== '').length;

/**
 * Everything that is mounted into a container besides what every container has: shared memory, network files, volumes,
 * binds, tmpfs; parents before what lies in them.
 */
export function* prepareMounts(sys: Sys, daemon: Daemon, c: Container): Wait<RuntimeMount[]> {
  const out: RuntimeMount[] = [];
  const users = new Set(Object.keys(c.mounts));
  for (const [path, options] of Object.entries(c.hostConfig.Tmpfs ?? {})) {
    out.push({ destination: path, source: 'tmpfs', type: 'tmpfs', options: tmpfsOptions(options) });
    users.add(path);
  }
  for (const record of Object.values(c.mounts)) out.push(yield* mountOf(sys, daemon, c, record));
  out.push(...networkFiles(c, users));
  out.push(...sharedMemory(sys, daemon, c, users));
  return out.sort((a, b) => depth(a.destination) - depth(b.destination));
}

/** /etc/resolv.conf and its companions, where nobody mounts something else there. */
function networkFiles(c: Container, users: ReadonlySet<string>): RuntimeMount[] {
  const out: RuntimeMount[] = [];
  const mode = c.hostConfig.ReadonlyRootfs ? ['rbind', 'ro'] : ['rbind'];
  for (const name of ['resolv.conf', 'hostname', 'hosts'] as const) {
    const destination = `/etc/${name}`;
    if (users.has(destination)) continue;
    out.push({ destination, source: `${c.networkDirectory}/${name}`, type: 'bind', options: mode });
  }
  return out;
}

function sharedMemory(sys: Sys, daemon: Daemon, c: Container, users: ReadonlySet<string>): RuntimeMount[] {
  const mode = c.hostConfig.IpcMode;
  if (users.has('/dev/shm')) return [];
  const bindOf = (source: string): RuntimeMount[] => [
    { destination: '/dev/shm', source, type: 'bind', options: ['rbind', 'nosuid', 'noexec', 'nodev'] },
  ];
  if (mode === 'host') return bindOf('/dev/shm');
  const other = joinTarget(daemon, mode, 'ipc');
  if (other) return bindOf(other.hostConfig.IpcMode === 'host' ? '/dev/shm' : shmPath(other));
  if (mode !== 'shareable') return [];
  mkdirp(sys, shmPath(c), 0o700);
  sys.mount('shm', shmPath(c), 'tmpfs', 14, `mode=1777,size=${c.hostConfig.ShmSize}`);
  return bindOf(shmPath(c));
}

const shmPath = (c: Container): string => c.file('mounts/shm');

function* mountOf(sys: Sys, daemon: Daemon, c: Container, record: MountRecord): Wait<RuntimeMount> {
  const ro = record.RW ? [] : ['ro'];
  if (record.Type === 'tmpfs') {
    const { SizeBytes, Mode } = record.Spec.TmpfsOptions ?? {};
    const options = ['noexec', 'nosuid', 'nodev', ...ro];
    if (Mode) options.push(`mode=${Mode.toString(8)}`);
    if (SizeBytes) options.push(`size=${SizeBytes}`);
    return { destination: record.Destination, source: 'tmpfs', type: 'tmpfs', options };
  }
  let source = record.Source;
  if (record.Type === 'volume') {
    const volume = daemon.volumes.get(record.Name);
    daemon.volumes.mount(sys, volume);
    c.mountedVolumes.push(record.Name);
    record.Source = daemon.volumes.mountpoint(volume);
    source = record.Source;
    const subpath = record.Spec.VolumeOptions?.Subpath;
    if (subpath) source = subpathOf(sys, source, subpath);
    daemon.events.log(sys, 'volume', 'mount', record.Name, {
      container: c.id,
      destination: record.Destination,
      driver: 'local',
      propagation: record.Propagation ?? '',
      'read/write': String(record.RW),
    });
  } else makeBindSource(sys, record);
  return { destination: record.Destination, source, type: 'bind', options: ['rbind', ...ro] };
}

function subpathOf(sys: Sys, root: string, subpath: string): string {
  const path = resolveIn(sys, root, subpath);
  if (sys.stat(path, new Stat()) < 0)
    throw new ApiError(
      'internal',
      `cannot access path ${root}/${subpath}: lstat ${root}/${subpath}: no such file or directory`,
    );
  return path;
}

/** `-v` makes a missing directory of the host; `--mount` does not. */
function makeBindSource(sys: Sys, record: MountRecord): void {
  if (sys.stat(record.Source, new Stat()) === 0) return;
  if (record.SkipMountpointCreation)
    throw new ApiError(
      'invalid-parameter',
      `invalid mount config for type "bind": bind source path does not exist: ${record.Source}`,
    );
  const r = mkdirp(sys, record.Source, 0o755);
  if (r < 0)
    throw new ApiError(
      'internal',
      `error while creating mount source path '${record.Source}': mkdir ${record.Source}: ${strerror(-r, 'go')}`,
    );
}

/** Undoes what `prepareMounts` did on the host. */
export function releaseMounts(sys: Sys, daemon: Daemon, c: Container): void {
  for (const name of c.mountedVolumes.splice(0)) {
    const volume = daemon.volumes.find(name);
    if (!volume) continue;
    daemon.volumes.unmount(sys, volume);
    daemon.events.log(sys, 'volume', 'unmount', name, { container: c.id, driver: 'local' });
  }
  if (c.hostConfig.IpcMode === 'shareable') {
    unmount(sys, shmPath(c), 2);
    sys.rmdir(shmPath(c));
  }
}

/** Whether a path is a directory. */
export function isDirectoryAt(sys: Sys, path: string): boolean {
  const st = new Stat();
  return sys.stat(path, st) === 0 && isDirectory(st.mode);
}
