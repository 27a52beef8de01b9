import { MNT_DETACH } from '../abi/flags.ts';
import { SIGKILL } from '../abi/signal.ts';
import type { Sys } from '../abi/sys.ts';
import { sleep, type Wait } from '../libc/io.ts';
import { listDir } from '../libc/paths.ts';
import { readText } from './disk.ts';
import { cgroupPids, freeze, removeCgroup } from './runtime/cgroup.ts';
import { unmount } from './runtime/mounts.ts';

/** How often, every 10 ms, it is looked whether leftover processes have ended. */
const TRIES = 200;
const CGROUPS = '/sys/fs/cgroup';
/** Group of a step of a build (build/host.ts), by either driver. */
const BUILD = /^(docker-)?build-[0-9a-f]{32}(\.scope)?$/;
/** Groups of groups lie this deep at most. */
const DEEP = 8;

/** Ends all processes of a control group, and removes it. */
export function* endGroup(sys: Sys, cgroup: string): Wait<void> {
  for (let i = 0; i < TRIES; i++) {
    const pids = yield* cgroupPids(sys, cgroup);
    if (pids.length === 0) break;
    yield* freeze(sys, cgroup, false);
    for (const pid of pids) sys.kill(pid, SIGKILL);
    yield* sleep(sys, 10);
  }
  removeCgroup(sys, cgroup);
}

/** Ends the steps of builds that an engine began which was killed. */
export function* endBuilds(sys: Sys, at = CGROUPS, deep = DEEP): Wait<void> {
  const names = listDir(sys, at);
  if (typeof names === 'number') return;
  for (const name of names) {
    if (BUILD.test(name)) yield* endGroup(sys, `${at}/${name}`);
    else if (deep > 0) yield* endBuilds(sys, `${at}/${name}`, deep - 1);
  }
}

/** Takes away the root filesystems that an engine mounted which was killed. @param layers `…/overlay2` */
export function* unmountLayers(sys: Sys, layers: string): Wait<void> {
  const mounts = (yield* readText(sys, '/proc/self/mounts')) ?? '';
  for (const line of mounts.split('\n').reverse()) {
    const place = line.split(' ')[1];
    if (place?.startsWith(`${layers}/`)) unmount(sys, place, MNT_DETACH);
  }
}
