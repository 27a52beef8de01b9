import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  O_CLOEXEC,
  O_RDONLY,
} from '../../abi/flags.ts';
import { SIGKILL } from '../../abi/signal.ts';
import { makedev, S_IFCHR } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { parseReference } from '../../lib/reference.ts';
import { open, read, type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp, removeTree } from '../../libc/paths.ts';
import { Channel } from '../../libc/sync.ts';
import { MASKED_PATHS, READONLY_PATHS } from '../container/defaults.ts';
import { resolveUser } from '../container/user.ts';
import type { Daemon } from '../daemon.ts';
import { randomHex } from '../ids.ts';
import { Progress } from '../image/progress.ts';
import { progressClock, pull } from '../image/pull.ts';
import { DEFAULT_CAPABILITIES } from '../runtime/capabilities.ts';
import { removeCgroup } from '../runtime/cgroup.ts';
import { makePipe, startContainer } from '../runtime/runtime.ts';
import { RuntimeError, type RuntimeMount, type RuntimeSpec } from '../runtime/spec.ts';
import type { BuildHost, RunRequest } from './context.ts';

/** Bytes of a pipe that are read at once. */
const PIECE = 65536;

const MOUNTS: readonly RuntimeMount[] = [
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
  { destination: '/sys', source: 'sysfs', type: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
  { destination: '/sys/fs/cgroup', source: 'cgroup', type: 'cgroup2', options: ['ro', 'nosuid', 'noexec', 'nodev'] },
  { destination: '/etc/resolv.conf', source: '/etc/resolv.conf', type: 'bind', options: ['rbind', 'ro'] },
];

/** /etc/hosts of every step. */
const HOSTS = '127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n';

const DEVICES = [
  ['/dev/null', 1, 3],
  ['/dev/zero', 1, 5],
  ['/dev/full', 1, 7],
  ['/dev/random', 1, 8],
  ['/dev/urandom', 1, 9],
  ['/dev/tty', 5, 0],
] as const;

/** The engine as the builder uses it. */
export function buildHost(daemon: Daemon): BuildHost {
  return {
    store: daemon.imageStore,
    sha256: daemon.sha256,
    root: daemon.root,
    id: daemon.id,
    mount: (sys, id) => daemon.layers.mount(sys, id),
    unmount: (sys, id) => daemon.layers.unmount(sys, id),
    run: (sys, request) => runStep(sys, daemon, request),
    *pull(sys, text, platform) {
      const quiet = {
        *json() {
          return true;
        },
        gone: false,
      };
      const progress = new Progress(quiet as unknown as Progress['stream'], progressClock(sys));
      yield* pull(
        sys,
        daemon.imageStore,
        parseReference(text),
        { auth: {}, registries: daemon.registries, platform },
        progress,
      );
    },
  };
}

/** Runs a RUN step: the layer as root filesystem, the host's network unless it is switched off. */
function* runStep(sys: Sys, daemon: Daemon, request: RunRequest): Wait<number | string> {
  const id = randomHex(sys, 16);
  const rootfs = yield* daemon.layers.mount(sys, request.layerId);
  const cgroup = daemon.cgroupPath(`build-${id}`, request.limits.cgroupParent);
  const hosts = `${daemon.root}/tmp/buildkit-hosts${id}`;
  mkdirp(sys, cgroup, 0o755);
  try {
    yield* writeFile(sys, hosts, HOSTS + request.hosts.map(hostLine).join(''), 0o644);
    const user = yield* resolveUser(sys, rootfs, request.user, []);
    const spec: RuntimeSpec = {
      id,
      rootfs,
      readonlyRootfs: false,
      hostname: 'buildkitsandbox',
      domainname: '',
      process: {
        args: request.args,
        env: request.env,
        cwd: request.cwd,
        user: { uid: user.uid, gid: user.gid, groups: user.groups },
        capabilities: DEFAULT_CAPABILITIES,
        noNewPrivileges: false,
        seccomp: true,
        rlimits: request.limits.ulimits,
        terminal: false,
        consoleSize: [0, 0],
        oomScoreAdj: undefined,
      },
      mounts: [
        ...MOUNTS,
        {
          destination: '/dev/shm',
          source: 'shm',
          type: 'tmpfs',
          options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${request.limits.shmSize}`],
        },
        { destination: '/etc/hosts', source: hosts, type: 'bind', options: ['rbind', 'ro'] },
        ...request.mounts,
      ],
      maskedPaths: MASKED_PATHS,
      readonlyPaths: READONLY_PATHS,
      devices: DEVICES.map(([path, major, minor]) => ({
        path,
        mode: S_IFCHR | 0o666,
        dev: makedev(major, minor),
        uid: 0,
        gid: 0,
      })),
      sysctls: [],
      namespaces:
        CLONE_NEWNS |
        CLONE_NEWPID |
        CLONE_NEWUTS |
        CLONE_NEWIPC |
        CLONE_NEWCGROUP |
        (request.network === 'none' ? CLONE_NEWNET : 0),
      join: [],
      netFd: undefined,
      cgroup,
      privileged: false,
    };
    return yield* waitFor(sys, daemon, spec, request);
  } catch (error) {
    if (error instanceof RuntimeError)
      return `runc run failed: unable to start container process: ${error.message.replace(/^unable to start container process: /, '')}`;
    throw error;
  } finally {
    daemon.layers.unmount(sys, request.layerId);
    removeCgroup(sys, cgroup);
    removeTree(sys, hosts);
  }
}

/** `NAME:ADDRESS` as a line of /etc/hosts. */
const hostLine = (host: string): string => host.replace(/^([^:=]+)[:=]\[?(.*?)\]?$/, '$2\t$1\n');

interface Piece {
  stream: 1 | 2;
  data: Uint8Array;
}

function* waitFor(sys: Sys, daemon: Daemon, spec: RuntimeSpec, request: RunRequest): Wait<number> {
  const stdin = yield* open(sys, '/dev/null', O_RDONLY | O_CLOEXEC);
  const [stdout, childOut] = makePipe(sys);
  const [stderr, childErr] = makePipe(sys);
  const started = yield* startContainer(sys, spec, [stdin, childOut, childErr], daemon.hostMounts);
  request.started((own) => own.kill(started.pid, SIGKILL));
  const pieces = new Channel<Piece>();
  let open2 = 2;
  for (const [stream, fd] of [
    [1, stdout],
    [2, stderr],
  ] as const) {
    sys.thread(function* (own) {
      const buf = new Uint8Array(PIECE);
      for (;;) {
        const n = yield* read(own, fd, buf);
        if (n <= 0) break;
        pieces.offer(own, { stream, data: buf.slice(0, n) });
      }
      own.close(fd);
      if (--open2 === 0) pieces.close(own);
      return 0;
    });
  }
  for (let piece; (piece = yield* pieces.receive(sys)) !== undefined; ) yield* request.output(piece.stream, piece.data);
  return yield* exitStatus(sys, started.exit);
}

/** The status that the shim reports. */
function* exitStatus(sys: Sys, fd: number): Wait<number> {
  const buf = new Uint8Array(256);
  let text = '';
  for (;;) {
    const n = yield* read(sys, fd, buf);
    if (n <= 0) break;
    text += String.fromCharCode(...buf.subarray(0, n));
  }
  sys.close(fd);
  const status = Number(/-?\d+/.exec(text)?.[0] ?? 0);
  return (status & 0x7f) === 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
}
