import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { recvfrom, sendto } from '../../libc/datagram.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import type { Manager } from './manager.ts';
import type { Unit } from './unit.ts';

/** Where a service says what it is doing. */
export const notifyPath = (unit: Unit): string => `/run/systemd/notify/${unit.definition.id}`;

export function notifySocket(sys: Sys, unit: Unit): number {
  mkdirp(sys, '/run/systemd/notify', 0o755);
  const path = notifyPath(unit);
  sys.unlink(path);
  const fd = sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
  if (fd < 0 || sys.bind(fd, { family: AF_UNIX, path }) < 0) return -1;
  sys.chmod(path, 0o777);
  return fd;
}

/** An empty message from process 1 ends the thread that hears. */
export function* endNotify(sys: Sys, unit: Unit): Wait<void> {
  const path = notifyPath(unit);
  const fd = sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
  yield* sendto(sys, fd, new Uint8Array(0), { family: AF_UNIX, path });
  sys.close(fd);
  sys.unlink(path);
}

/** Takes the messages of a service until it has ended. */
export function* hearNotify(
  sys: Sys,
  manager: Manager,
  unit: Unit,
  fd: number,
  pid: number,
): Generator<void, number, void> {
  const buf = new Uint8Array(4096);
  for (;;) {
    const n = yield* recvfrom(sys, fd, buf);
    if (n < 0) return 1;
    // The last word comes from process 1 itself.
    if (n === 0) break;
    for (const line of decode(buf.subarray(0, n)).split('\n')) {
      const [key, value = ''] = line.split(/=(.*)/s) as [string, string?];
      if (unit.mainPid !== pid && key !== 'MAINPID') continue;
      if (key === 'READY' && value === '1') {
        if (unit.active === 'activating') unit.sub = 'start-post';
        else if (unit.active === 'reloading') manager.set(sys, unit, 'active', 'running');
        manager.changed.notify(sys);
      } else if (key === 'STATUS') unit.statusText = value;
      else if (key === 'RELOADING') manager.set(sys, unit, 'reloading', 'reload');
      else if (key === 'MAINPID') unit.mainPid = Number(value);
    }
  }
  sys.close(fd);
  return 0;
}

/** Waits until the service has said READY=1. @returns the status of one that ended instead, 'timeout' of one that did not say it */
export function* waitReady(
  sys: Sys,
  manager: Manager,
  unit: Unit,
  timeout: number,
): Wait<number | 'timeout' | undefined> {
  const until = sys.now(CLOCK_MONOTONIC) + timeout;
  while (unit.sub !== 'start-post') {
    const status = yield* manager.waitFor(sys, unit.mainPid, 0);
    if (status !== undefined) return status;
    const left = until - sys.now(CLOCK_MONOTONIC);
    if (left <= 0) return 'timeout';
    yield* manager.changed.wait(sys, Number.isFinite(left) ? Math.ceil(left) : undefined);
  }
  return undefined;
}
