import type { Library } from '../abi/library.ts';
import { SIGRTMIN } from '../abi/signal.ts';
import type { Entry, Sys } from '../abi/sys.ts';
import { decode } from '../lib/utf8.ts';
import { library, readFile, sleep, type Wait } from '../libc/io.ts';
import { mkdirp } from '../libc/paths.ts';
import { loadSystemd } from '../userland/index.ts';
import type { BootLine } from './remote.ts';

/** What process 1 is told by the machine that starts it. */
export interface InitOptions {
  say(kind: BootLine['kind'], text: string): void;
  /** Services wait for SIGRTMIN, as those of systemd's default.target do after a boot into another one. @see systemd(1) */
  held: boolean;
  /** Everything is mounted; the services come next. */
  up(): void;
}

/** The supervision of units: not before a first prompt. */
const SYSTEMD: Library<{ runSystemd(sys: Sys, say: InitOptions['say']): Wait<void> }> = {
  name: 'systemd',
  load: () => loadSystemd(),
};

/** Until it is tried again to load the supervision: milliseconds. */
const AGAIN = 2000;

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

/** Process 1 of a host: mounts what a system has, supervises its units and reaps orphans. */
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
    for (;;) {
      const systemd = yield* library(sys, SYSTEMD);
      if (typeof systemd !== 'number') {
        yield* systemd.runSystemd(sys, options.say);
        return 0;
      }
      // A network that failed may come again; process 1 must not end.
      options.say('failed', `systemd could not be loaded (errno ${-systemd}).`);
      yield* sleep(sys, AGAIN);
    }
  };
}

function* setHostname(sys: Sys): Wait<void> {
  const name = yield* readFile(sys, '/etc/hostname');
  if (typeof name !== 'number') sys.sethostname(decode(name).trim());
}
