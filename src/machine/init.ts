import { CLOCK_MONOTONIC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, WNOHANG } from '../abi/flags.ts';
import { SIGRTMIN } from '../abi/signal.ts';
import type { Entry, Sys } from '../abi/sys.ts';
import { WaitResult } from '../abi/wait.ts';
import { decode } from '../lib/utf8.ts';
import { open, readFile, spawn, type Wait } from '../libc/io.ts';
import { mkdirp } from '../libc/paths.ts';
import type { BootLine } from './remote.ts';

/** What process 1 is told by the machine that starts it. */
export interface InitOptions {
  /** Programs that run as long as the system does. */
  services: readonly Service[];
  say(kind: BootLine['kind'], text: string): void;
  /** Services wait for SIGRTMIN, as those of systemd's default.target do after a boot into another one. @see systemd(1) */
  held: boolean;
  /** Everything is mounted; the services come next. */
  up(): void;
}

/** A program that init keeps running. */
export interface Service {
  /** As systemd would describe it. */
  description: string;
  path: string;
  argv: readonly string[];
  /** File that takes its output. */
  log: string;
}

const MOUNTS: readonly (readonly [source: string, target: string, type: string, data: string])[] = [
  ['sysfs', '/sys', 'sysfs', ''],
  ['proc', '/proc', 'proc', ''],
  ['udev', '/dev', 'devtmpfs', 'size=1996M,mode=755'],
  ['devpts', '/dev/pts', 'devpts', 'gid=5,mode=620,ptmxmode=000'],
  ['tmpfs', '/run', 'tmpfs', 'size=401M,mode=755'],
  ['tmpfs', '/dev/shm', 'tmpfs', ''],
  ['tmpfs', '/run/lock', 'tmpfs', 'size=5120k'],
  ['cgroup2', '/sys/fs/cgroup', 'cgroup2', ''],
  ['mqueue', '/dev/mqueue', 'mqueue', ''],
];

const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', 'HOME=/root'];

/** Process 1 of a host: mounts what a system has, starts its services and reaps orphans. */
export function makeInit(options: InitOptions): Entry {
  return function* (sys) {
    sys.prctl('name', 'systemd');
    for (let signal = 1; signal < 32; signal++) if (signal !== 9 && signal !== 19) sys.sigaction(signal, () => {});
    let held = options.held;
    sys.sigaction(SIGRTMIN, () => {
      held = false;
    });
    for (const [source, target, type, data] of MOUNTS) {
      mkdirp(sys, target, 0o755);
      const r = sys.mount(source, target, type, 0, data);
      if (r < 0) options.say('failed', `Mounting ${target} (errno ${-r}).`);
    }
    options.say('ok', 'Reached target Local File Systems.');
    yield* setHostname(sys);
    sys.netlink({ type: 'link-set', name: 'lo', up: true });
    options.say('ok', 'Reached target Network.');
    for (const dir of ['/tmp', '/var/tmp']) {
      mkdirp(sys, dir);
      sys.chmod(dir, 0o1777);
    }
    mkdirp(sys, '/run/lock');
    mkdirp(sys, '/var/log', 0o755);
    // A login need not wait for services, as a getty does not.
    options.up();
    while (held) {
      sys.pause();
      yield;
    }
    const running = new Map<number, Service>();
    for (const service of options.services) yield* begin(sys, service, running, options);
    yield* reap(sys, running, options);
    return 0;
  };
}

function* setHostname(sys: Sys): Wait<void> {
  const name = yield* readFile(sys, '/etc/hostname');
  if (typeof name !== 'number') sys.sethostname(decode(name).trim());
}

function* begin(sys: Sys, service: Service, running: Map<number, Service>, options: InitOptions): Wait<void> {
  const log = yield* open(sys, service.log, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
  const nothing = yield* open(sys, '/dev/null', O_RDONLY);
  const pid = yield* spawn(sys, service.path, service.argv, ENVIRONMENT, {
    dup2: [
      [nothing, 0],
      [log, 1],
      [log, 2],
    ],
    setsid: true,
  });
  sys.close(log);
  sys.close(nothing);
  if (pid < 0) options.say('failed', `Failed to start ${service.description}.`);
  else {
    running.set(pid, service);
    options.say('ok', `Started ${service.description}.`);
  }
}

/** A service that ended this often without running for ten seconds is given up (StartLimitBurst). */
const START_LIMIT = 5;

/** Waits for children for ever; a service that ended is started again after two seconds (Restart=always, RestartSec=2). */
function* reap(sys: Sys, running: Map<number, Service>, options: InitOptions): Wait<void> {
  const result = new WaitResult();
  const due: { service: Service; at: number }[] = [];
  const failures = new Map<Service, number>();
  for (;;) {
    const pid = sys.waitpid(-1, WNOHANG, result);
    if (pid > 0) {
      const service = running.get(pid);
      running.delete(pid);
      if (!service) continue;
      const times = (failures.get(service) ?? 0) + 1;
      failures.set(service, times);
      if (times > START_LIMIT) options.say('failed', `Failed to start ${service.description}.`);
      else due.push({ service, at: sys.now(CLOCK_MONOTONIC) + 2000 });
      continue;
    }
    const now = sys.now(CLOCK_MONOTONIC);
    for (const item of due.slice()) {
      if (item.at > now) continue;
      due.splice(due.indexOf(item), 1);
      yield* begin(sys, item.service, running, options);
    }
    if (due.length > 0) sys.alarm(Math.max(1, Math.min(...due.map((item) => item.at)) - now));
    sys.pause();
    yield;
  }
}
