import { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '../../abi/flags.ts';
import { isBlockDevice, isCharDevice, isDirectory, makedev, S_IFCHR, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { HostConfig, Ulimit } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import type { Daemon } from '../daemon.ts';
import { tweakCapabilities } from '../runtime/capabilities.ts';
import type { RuntimeDevice, RuntimeMount, RuntimeSpec } from '../runtime/spec.ts';
import type { Container } from './container.ts';
import { containerEnv } from './env.ts';
import { CREATE_FAILED, startFailure } from './failure.ts';
import { RLIMITS } from './rlimits.ts';
import { securityOptions } from './security.ts';
import { joinTarget } from './share.ts';
import { resolveUser } from './user.ts';

/** Character devices of every container: path, minor of major 1 (the last: major 5). */
const DEVICES: readonly (readonly [path: string, major: number, minor: number])[] = [
  ['/dev/null', 1, 3],
  ['/dev/zero', 1, 5],
  ['/dev/full', 1, 7],
  ['/dev/random', 1, 8],
  ['/dev/urandom', 1, 9],
  ['/dev/tty', 5, 0],
];

/** What a start has prepared before the runtime is asked. */
export interface Prepared {
  rootfs: string;
  netFd: number | undefined;
  cgroup: string;
  /** Volumes, binds and tmpfs in the order of their paths. */
  mounts: readonly RuntimeMount[];
  linkEnv: readonly string[];
}

/** Makes the runtime's description of a container. @throws ApiError */
export function* buildSpec(sys: Sys, daemon: Daemon, c: Container, prepared: Prepared): Wait<RuntimeSpec> {
  const h = c.hostConfig;
  const user = yield* resolveUser(sys, prepared.rootfs, c.config.User, h.GroupAdd ?? []);
  const { config } = daemon;
  const security = securityOptions(h, config);
  checkSysctls(c);
  checkRlimits(h.Ulimits ?? []);
  checkDeviceRequests(h);
  let namespaces = CLONE_NEWNS;
  const join: { path: string; type: number }[] = [];
  if (h.UTSMode !== 'host') namespaces |= CLONE_NEWUTS;
  if (h.CgroupnsMode !== 'host') namespaces |= CLONE_NEWCGROUP;
  for (const [mode, type, file] of [
    [h.PidMode, CLONE_NEWPID, 'pid'],
    [h.IpcMode, CLONE_NEWIPC, 'ipc'],
  ] as const) {
    const target = joinTarget(daemon, mode, file);
    if (target !== undefined) join.push({ path: `/proc/${target.task!.pid}/ns/${file}`, type });
    else if (mode !== 'host') namespaces |= type;
  }
  const init = h.Init ?? config.init;
  return {
    id: c.id,
    rootfs: prepared.rootfs,
    readonlyRootfs: h.ReadonlyRootfs,
    hostname: h.UTSMode === 'host' ? '' : c.config.Hostname,
    domainname: h.UTSMode === 'host' ? '' : c.config.Domainname,
    process: {
      args: init ? ['/sbin/docker-init', '--', c.path, ...c.args] : [c.path, ...c.args],
      env: containerEnv(c, c.config.Tty, prepared.linkEnv),
      cwd: c.config.WorkingDir || '/',
      user: { uid: user.uid, gid: user.gid, groups: user.groups },
      capabilities: tweakCapabilities(h.CapAdd, h.CapDrop, h.Privileged),
      noNewPrivileges: security.noNewPrivileges,
      seccomp: security.seccomp !== 'unconfined',
      rlimits: mergeUlimits(h.Ulimits ?? [], config.ulimits).flatMap(rlimitOf),
      terminal: c.config.Tty,
      consoleSize: h.ConsoleSize,
      oomScoreAdj: h.OomScoreAdj,
    },
    mounts: [...systemMounts(c), ...(init ? [initMount(config.initPath)] : []), ...prepared.mounts],
    maskedPaths: h.Privileged ? [] : (h.MaskedPaths ?? []),
    readonlyPaths: h.Privileged ? [] : (h.ReadonlyPaths ?? []),
    devices: [...standardDevices(), ...(h.Privileged ? hostDevices(sys) : yield* requestedDevices(sys, c))],
    sysctls: Object.entries(h.Sysctls ?? {}),
    namespaces,
    join,
    netFd: prepared.netFd,
    cgroup: prepared.cgroup,
    privileged: h.Privileged,
  };
}

/** Settings of the kernel that an ipc namespace has for itself. */
const IPC_SYSCTLS = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$|fs\.mqueue\.)/;

/** What runc refuses before it begins: settings that are not the container's own. @throws ApiError */
function checkSysctls(c: Container): void {
  const { NetworkMode, IpcMode, Sysctls } = c.hostConfig;
  for (const name of Object.keys(Sysctls ?? {})) {
    const why = name.startsWith('net.')
      ? NetworkMode === 'host' && 'not allowed in host network namespace'
      : IPC_SYSCTLS.test(name)
        ? IpcMode === 'host' && 'is not allowed in the hosts ipc namespace'
        : !/^kernel\.(domainname|hostname)$/.test(name) && 'is not in a separate kernel namespace';
    if (why !== false) throw startFailure(CREATE_FAILED, `sysctl ${quote(name)} ${why}`);
  }
}

/** --gpus: this host has no driver for any device. @throws ApiError */
function checkDeviceRequests({ DeviceRequests }: HostConfig): void {
  for (const { Driver = '', Capabilities } of DeviceRequests ?? []) {
    const capabilities = (Capabilities ?? []).map((list) => `[${list.join(' ')}]`).join(' ');
    throw new ApiError('internal', `could not select device driver "${Driver}" with capabilities: [${capabilities}]`);
  }
}

/** Limits that runc knows and this kernel does not hold. */
const OTHER_RLIMITS = new Set(['locks', 'msgqueue', 'nice', 'rtprio', 'rttime', 'sigpending']);

/** @throws ApiError for a limit that there is none of */
function checkRlimits(limits: readonly Ulimit[]): void {
  for (const { Name } of limits)
    if (RLIMITS[Name] === undefined && !OTHER_RLIMITS.has(Name))
      throw startFailure(CREATE_FAILED, `wrong rlimit value: RLIMIT_${Name.toUpperCase()}`);
}

const initMount = (path: string): RuntimeMount => ({
  destination: '/sbin/docker-init',
  source: path || '/usr/bin/docker-init',
  type: 'bind',
  options: ['bind', 'ro'],
});

/** A container's own limits, and the usual ones of those that it says nothing of. */
const mergeUlimits = (own: readonly Ulimit[], usual: readonly Ulimit[]): Ulimit[] => [
  ...own,
  ...usual.filter(({ Name }) => !own.some((u) => u.Name === Name)),
];

export function rlimitOf(u: Ulimit): { resource: number; soft: number; hard: number }[] {
  const resource = RLIMITS[u.Name];
  const value = (n: number): number => (n < 0 ? Number.POSITIVE_INFINITY : n);
  return resource === undefined ? [] : [{ resource, soft: value(u.Soft), hard: value(u.Hard) }];
}

/** /proc, /dev, /sys and what belongs to them. */
function systemMounts(c: Container): RuntimeMount[] {
  const h = c.hostConfig;
  const sysMode = h.Privileged ? 'rw' : 'ro';
  const mounts: RuntimeMount[] = [
    { destination: '/proc', source: 'proc', type: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
    {
      destination: '/dev',
      source: 'tmpfs',
      type: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      source: 'devpts',
      type: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', source: 'sysfs', type: 'sysfs', options: ['nosuid', 'noexec', 'nodev', sysMode] },
    {
      destination: '/sys/fs/cgroup',
      source: 'cgroup',
      type: 'cgroup2',
      options: [sysMode, 'nosuid', 'noexec', 'nodev'],
    },
    { destination: '/dev/mqueue', source: 'mqueue', type: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  ];
  if (h.IpcMode === 'private' || h.IpcMode === '')
    mounts.push({
      destination: '/dev/shm',
      source: 'shm',
      type: 'tmpfs',
      options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${h.ShmSize}`],
    });
  return mounts;
}

const standardDevices = (): RuntimeDevice[] =>
  DEVICES.map(([path, major, minor]) => ({ path, mode: S_IFCHR | 0o666, dev: makedev(major, minor), uid: 0, gid: 0 }));

/** --device. @throws ApiError */
function* requestedDevices(sys: Sys, c: Container): Wait<RuntimeDevice[]> {
  const out: RuntimeDevice[] = [];
  for (const device of c.hostConfig.Devices ?? []) {
    const st = new Stat();
    const fail = (why: string): ApiError =>
      new ApiError(
        'internal',
        `error gathering device information while adding custom device ${quote(device.PathOnHost)}: ${why}`,
      );
    const r = sys.stat(device.PathOnHost, st);
    if (r < 0) throw fail(strerror(-r, 'go'));
    if (isDirectory(st.mode)) out.push(...devicesBelow(sys, device.PathOnHost, device.PathInContainer));
    else if (isCharDevice(st.mode) || isBlockDevice(st.mode))
      out.push({ path: device.PathInContainer, mode: st.mode, dev: st.rdev, uid: st.uid, gid: st.gid });
    else throw fail('not a device node');
  }
  return out;
}

/** All device nodes of the host, for --privileged; terminals are the container's own. */
function hostDevices(sys: Sys): RuntimeDevice[] {
  return devicesBelow(sys, '/dev', '/dev').filter((d) => !DEVICES.some(([path]) => path === d.path));
}

function devicesBelow(sys: Sys, from: string, to: string): RuntimeDevice[] {
  const names = listDir(sys, from);
  if (typeof names === 'number') return [];
  const out: RuntimeDevice[] = [];
  const st = new Stat();
  for (const name of names) {
    if (from === '/dev' && ['pts', 'shm', 'mqueue', 'fd', 'console', 'ptmx'].includes(name)) continue;
    if (sys.lstat(`${from}/${name}`, st) < 0) continue;
    if (isDirectory(st.mode)) out.push(...devicesBelow(sys, `${from}/${name}`, `${to}/${name}`));
    else if (isCharDevice(st.mode) || isBlockDevice(st.mode))
      out.push({ path: `${to}/${name}`, mode: st.mode, dev: st.rdev, uid: st.uid, gid: st.gid });
  }
  return out;
}
