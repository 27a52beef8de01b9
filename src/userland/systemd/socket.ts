import { POLLIN } from '../../abi/flags.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  SOL_SOCKET,
  type SockAddr,
} from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { Accounts } from '../../libc/accounts.ts';
import { poll, type Wait } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import type { Manager } from './manager.ts';
import { type JobOutcome, titleOf, triggeredBy, type Unit } from './unit.ts';
import type { UnitFile } from './unit-file.ts';

/** Binds what a socket unit names; the first connection begins its service, which gets the sockets. */
export function* startSocket(sys: Sys, manager: Manager, unit: Unit): Wait<JobOutcome['result']> {
  const { file } = unit.definition;
  for (const address of file.all('Socket', 'ListenStream')) {
    const fd = yield* listen(sys, address, file);
    if (fd < 0) {
      for (const open of unit.sockets) sys.close(open);
      unit.sockets = [];
      unit.result = 'resources';
      yield* manager.log(
        sys,
        unit,
        `${unit.definition.id}: Failed to create listening socket (${address}): Address already in use`,
        4,
      );
      yield* manager.log(sys, unit, `${unit.definition.id}: Failed with result 'resources'.`, 4);
      yield* manager.log(sys, unit, `Failed to listen on ${titleOf(unit)}.`, 3);
      manager.set(sys, unit, 'failed', 'failed');
      return 'failed';
    }
    unit.sockets.push(fd);
  }
  unit.result = 'success';
  manager.set(sys, unit, 'active', 'listening');
  yield* manager.log(sys, unit, `Listening on ${titleOf(unit)}.`);
  manager.say('ok', `Listening on ${titleOf(unit)}.`);
  const generation = unit.generation;
  sys.thread(function* (own) {
    yield* attend(own, manager, unit, generation);
    return 0;
  });
  return 'done';
}

/** While no service has them, a connection on the sockets begins it. */
function* attend(sys: Sys, manager: Manager, unit: Unit, generation: number): Wait<void> {
  const fds = unit.sockets.map((fd) => ({ fd, events: POLLIN, revents: 0 }));
  const current = (): boolean => unit.generation === generation && unit.active === 'active';
  while (current()) {
    const service = yield* manager.unit(sys, triggeredBy(unit));
    const busy = (): boolean => !['inactive', 'failed'].includes(service.active);
    while (busy() && current()) yield* manager.changed.wait(sys);
    if (!current() || (yield* poll(sys, fds, -1)) <= 0 || !current() || busy()) continue;
    const outcome = yield* manager.start(sys, service.definition.id);
    if (outcome === 'done' || service.active !== 'failed') continue;
    yield* manager.log(sys, unit, `${unit.definition.id}: Failed with result 'service-start-limit-hit'.`, 4);
    yield* stopSocket(sys, manager, unit);
    unit.result = 'service-start-limit-hit';
    manager.set(sys, unit, 'failed', 'failed');
  }
}

function* listen(sys: Sys, address: string, file: UnitFile): Wait<number> {
  if (!address.startsWith('/') && !address.startsWith('@')) return listenInet(sys, address);
  const path = address.startsWith('@') ? `\0${address.slice(1)}` : address;
  const fd = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  if (address.startsWith('/')) {
    mkdirp(sys, dirname(path), 0o755);
    sys.unlink(path);
  }
  const bound = sys.bind(fd, { family: AF_UNIX, path });
  if (bound < 0) {
    sys.close(fd);
    return bound;
  }
  if (address.startsWith('/')) {
    sys.chmod(path, Number.parseInt(file.get('Socket', 'SocketMode') ?? '0666', 8));
    const accounts = new Accounts(sys);
    const user = file.get('Socket', 'SocketUser');
    const group = file.get('Socket', 'SocketGroup');
    const uid = user === undefined ? 0 : (yield* accounts.users()).find((u) => u.name === user)?.uid;
    const gid = group === undefined ? 0 : (yield* accounts.groups()).find((g) => g.name === group)?.gid;
    sys.chown(path, uid ?? 0, gid ?? 0);
  }
  const r = sys.listen(fd, 4096);
  return r < 0 ? r : fd;
}

function listenInet(sys: Sys, address: string): number {
  const match = /^(?:\[(.*)\]:|([0-9.]+):)?(\d+)$/.exec(address);
  if (!match) return -22;
  const family = match[2] === undefined ? AF_INET6 : AF_INET;
  const fd = sys.socket(family, SOCK_STREAM | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  const to: SockAddr = { family, addr: match[1] ?? match[2] ?? '::', port: Number(match[3]) };
  const bound = sys.bind(fd, to);
  const r = bound < 0 ? bound : sys.listen(fd, 4096);
  if (r < 0) sys.close(fd);
  return r < 0 ? r : fd;
}

/** Stops listening; the socket's file goes where the unit says so. */
export function* stopSocket(sys: Sys, manager: Manager, unit: Unit): Wait<void> {
  const { file } = unit.definition;
  unit.generation++;
  for (const fd of unit.sockets) sys.close(fd);
  unit.sockets = [];
  if (file.flag('Socket', 'RemoveOnStop'))
    for (const path of file.all('Socket', 'ListenStream')) if (path.startsWith('/')) sys.unlink(path);
  manager.set(sys, unit, 'inactive', 'dead');
  yield* manager.log(sys, unit, `${unit.definition.id}: Deactivated successfully.`);
  yield* manager.log(sys, unit, `Closed ${titleOf(unit)}.`);
}
