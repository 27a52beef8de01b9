import { EEXIST, EINVAL, ENOENT, EROFS } from '../../abi/errno.ts';
import {
  MNT_DETACH,
  MS_BIND,
  MS_NOATIME,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
} from '../../abi/flags.ts';
import { isDirectory, S_IFREG, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { writeFile } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { resolveIn } from './scope.ts';
import { RuntimeError, type RuntimeMount, type RuntimeSpec } from './spec.ts';

const FLAGS: Readonly<Record<string, number>> = {
  ro: MS_RDONLY,
  nosuid: MS_NOSUID,
  nodev: MS_NODEV,
  noexec: MS_NOEXEC,
  noatime: MS_NOATIME,
  relatime: MS_RELATIME,
  bind: MS_BIND,
  rbind: MS_BIND | MS_REC,
};
/** Options that say nothing here: what is on anyway, and propagation (every mount is private). */
const SILENT = new Set([
  'rw',
  'suid',
  'dev',
  'exec',
  'async',
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
  'defaults',
  'nocopy',
  'z',
  'Z',
  'strictatime',
  'rro',
]);

const LINKS: readonly (readonly [target: string, path: string])[] = [
  ['/proc/self/fd', '/dev/fd'],
  ['/proc/self/fd/0', '/dev/stdin'],
  ['/proc/self/fd/1', '/dev/stdout'],
  ['/proc/self/fd/2', '/dev/stderr'],
];

const words = (errno: number): string => strerror(Math.abs(errno), 'go');

/**
 * Builds a container's view of the filesystem around its mounted root and moves into it. Runs in the container's own
 * mount namespace, as its first process.
 * @throws RuntimeError in runc's words
 */
export function* setUpRootfs(sys: Sys, spec: RuntimeSpec): Wait<void> {
  sys.mount('', '/', '', MS_PRIVATE | MS_REC, '');
  for (const mount of spec.mounts) yield* addMount(sys, spec, mount);
  makeDevices(sys, spec);
  pivot(sys, spec.rootfs);
  // the mounts of --read-only come last: what is made above needs to be written
  for (const [name, value] of spec.sysctls) yield* setSysctl(sys, name, value);
  for (const path of spec.readonlyPaths) makePathReadOnly(sys, path);
  for (const path of spec.maskedPaths) maskPath(sys, path);
  if (spec.readonlyRootfs) {
    const r = sys.mount('', '/', '', MS_REMOUNT | MS_BIND | MS_RDONLY, '');
    if (r < 0) throw new RuntimeError(`error setting rootfs as readonly: ${words(r)}`);
  }
}

function* addMount(sys: Sys, spec: RuntimeSpec, mount: RuntimeMount): Wait<void> {
  let flags = 0;
  const data: string[] = [];
  for (const option of mount.options) {
    const flag = FLAGS[option];
    if (flag !== undefined) flags |= flag;
    else if (!SILENT.has(option)) data.push(option);
  }
  const isBind = (flags & MS_BIND) !== 0;
  const st = new Stat();
  const wantsFile = isBind && sys.stat(mount.source, st) === 0 && !isDirectory(st.mode);
  const target = resolveIn(sys, spec.rootfs, mount.destination);
  const problem = (r: number): RuntimeError =>
    new RuntimeError(
      `error mounting "${mount.source}" to rootfs at "${mount.destination}": ${mountWords(mount, r, isBind)}`,
    );
  const made = makeTarget(sys, target, wantsFile);
  if (made < 0)
    throw new RuntimeError(
      `error mounting "${mount.source}" to rootfs at "${mount.destination}": create mountpoint for ${mount.destination} mount: ${mountpointWords(target, made)}`,
    );
  if (!isBind) {
    const r = sys.mount(mount.source, target, mount.type, flags, data.join(','));
    if (r < 0) throw problem(r);
    return;
  }
  const r = sys.mount(mount.source, target, 'bind', flags & (MS_BIND | MS_REC), '');
  if (r < 0) throw problem(r);
  const changes = flags & ~(MS_BIND | MS_REC | MS_RELATIME);
  if (changes !== 0) {
    const again = sys.mount('', target, '', MS_REMOUNT | MS_BIND | changes, '');
    if (again < 0) throw problem(again);
  }
}

function mountWords(mount: RuntimeMount, r: number, isBind: boolean): string {
  const fields = isBind
    ? `src=${mount.source}, dst=${mount.destination}, dstFd=/proc/thread-self/fd/14, flags=MS_BIND|MS_REC`
    : `src=${mount.source}, dst=${mount.destination}, dstFd=/proc/thread-self/fd/14`;
  return `mount ${fields}: ${words(r)}`;
}

const mountpointWords = (target: string, r: number): string =>
  r === -EROFS ? `mkdirat ${target}: ${words(r)}` : `make mountpoint "${target}": ${words(r)}`;

/** Makes what a mount is to cover. @returns 0 or -errno */
function makeTarget(sys: Sys, target: string, file: boolean): number {
  if (sys.stat(target, new Stat()) === 0) return 0;
  if (!file) return mkdirp(sys, target, 0o755);
  const up = mkdirp(sys, dirname(target), 0o755);
  if (up < 0) return up;
  const r = sys.mknod(target, S_IFREG | 0o755, 0);
  return r === -EEXIST ? 0 : r;
}

function makeDevices(sys: Sys, spec: RuntimeSpec): void {
  const mask = sys.umask(0);
  for (const device of spec.devices) {
    const path = resolveIn(sys, spec.rootfs, device.path);
    mkdirp(sys, dirname(path), 0o755);
    const r = sys.mknod(path, device.mode, device.dev);
    if (r < 0 && r !== -EEXIST) {
      sys.umask(mask);
      throw new RuntimeError(`error creating device nodes: mknod ${device.path}: ${words(r)}`);
    }
    if (device.uid !== 0 || device.gid !== 0) sys.chown(path, device.uid, device.gid);
  }
  for (const [target, path] of LINKS) sys.symlink(target, `${spec.rootfs}${path}`);
  sys.unlink(`${spec.rootfs}/dev/ptmx`);
  sys.symlink('pts/ptmx', `${spec.rootfs}/dev/ptmx`);
  sys.umask(mask);
}

/** The root becomes `/` and what was there goes. @throws RuntimeError */
function pivot(sys: Sys, rootfs: string): void {
  const moved = sys.chdir(rootfs);
  const r = moved < 0 ? moved : sys.pivotRoot('.', '.');
  if (r < 0) throw new RuntimeError(`error jailing process inside rootfs: pivot_root .: ${words(r)}`);
  sys.umount2('.', MNT_DETACH);
  sys.chdir('/');
}

function* setSysctl(sys: Sys, name: string, value: string): Wait<void> {
  const path = `/proc/sys/${name.replaceAll('.', '/')}`;
  const r = yield* writeFile(sys, path, value);
  if (r < 0) throw new RuntimeError(`open ${path}: ${words(r)}`);
}

function makePathReadOnly(sys: Sys, path: string): void {
  const r = sys.mount(path, path, 'bind', MS_BIND | MS_REC, '');
  if (r === -ENOENT) return;
  if (r < 0) throw new RuntimeError(`can't make ${path} read-only: ${words(r)}`);
  sys.mount('', path, '', MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, '');
}

function maskPath(sys: Sys, path: string): void {
  const st = new Stat();
  const r = sys.stat(path, st);
  if (r < 0) return;
  const masked = isDirectory(st.mode)
    ? sys.mount('tmpfs', path, 'tmpfs', MS_RDONLY, 'size=4k,nr_inodes=1')
    : sys.mount('/dev/null', path, 'bind', MS_BIND, '');
  if (masked < 0 && masked !== -EINVAL) throw new RuntimeError(`can't mask path "${path}": ${words(masked)}`);
}
