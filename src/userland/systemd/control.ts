import { AF_UNIX, SOCK_CLOEXEC, SOCK_STREAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { accept, connect, read, type Wait, writeAll } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import type { Manager } from './manager.ts';
import { reloadService } from './service.ts';
import {
  CONTROL_SOCKET,
  type ControlAnswer,
  type ControlRequest,
  descriptionOf,
  type JobOutcome,
  triggeredBy,
  type Unit,
  type UnitReport,
} from './unit.ts';

const REQUEST_LIMIT = 65536;

/** Serves requests about units to root, for ever. */
export function serveControl(sys: Sys, manager: Manager): void {
  mkdirp(sys, '/run/systemd', 0o755);
  const listener = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  sys.unlink(CONTROL_SOCKET);
  sys.bind(listener, { family: AF_UNIX, path: CONTROL_SOCKET });
  sys.chmod(CONTROL_SOCKET, 0o666);
  sys.listen(listener, 64);
  sys.thread(function* (own) {
    for (;;) {
      const fd = yield* accept(own, listener, undefined, SOCK_CLOEXEC);
      if (fd < 0) return 1;
      own.thread(function* (thread) {
        yield* serve(thread, manager, fd);
        thread.close(fd);
        return 0;
      });
    }
  });
}

/** A request that users may make: it changes nothing. */
const OPEN_TO_ALL = ['show', 'list'];

function* serve(sys: Sys, manager: Manager, fd: number): Wait<void> {
  const line = yield* readLine(sys, fd);
  if (line === undefined) return;
  let request: ControlRequest;
  try {
    request = JSON.parse(line) as ControlRequest;
  } catch {
    return;
  }
  const peer = sys.peercred(fd);
  if (!OPEN_TO_ALL.includes(request.verb) && (typeof peer === 'number' || peer.uid !== 0)) {
    yield* writeAll(sys, fd, '{"jobs":[],"units":[],"denied":true}\n');
    return;
  }
  if (request.noBlock) {
    yield* writeAll(sys, fd, '{"jobs":[],"units":[]}\n');
    yield* perform(sys, manager, request);
    return;
  }
  const answer = yield* perform(sys, manager, request);
  yield* writeAll(sys, fd, `${JSON.stringify(answer)}\n`);
}

function* readLine(sys: Sys, fd: number): Wait<string | undefined> {
  const buf = new Uint8Array(4096);
  let text = '';
  while (!text.includes('\n')) {
    const n = yield* read(sys, fd, buf);
    if (n <= 0 || text.length > REQUEST_LIMIT) return undefined;
    text += decode(buf.subarray(0, n));
  }
  return text;
}

function* perform(sys: Sys, manager: Manager, request: ControlRequest): Wait<ControlAnswer> {
  const { verb } = request;
  const answer: ControlAnswer = { jobs: [], units: [] };
  if (verb === 'daemon-reload') yield* manager.reload(sys);
  else if (verb === 'list') for (const unit of manager.units.values()) answer.units.push(report(sys, manager, unit));
  else if (verb === 'show')
    for (const name of request.units) answer.units.push(report(sys, manager, yield* manager.unit(sys, name)));
  else if (verb === 'reboot' || verb === 'halt') {
    for (const unit of [...manager.units.values()])
      if (unit.definition.id.endsWith('.service')) yield* manager.stop(sys, unit.definition.id);
    sys.sync();
    sys.reboot(verb === 'reboot' ? 'restart' : 'halt');
  } else if (verb === 'reset-failed') {
    const all = request.units.length === 0 ? [...manager.units.keys()] : request.units;
    for (const name of all) {
      const unit = manager.units.get(name);
      if (!unit) continue;
      unit.starts = [];
      unit.restarts = 0;
      if (unit.active === 'failed') manager.set(sys, unit, 'inactive', 'dead');
    }
  } else for (const name of request.units) answer.jobs.push(yield* job(sys, manager, request, name));
  return answer;
}

function* job(sys: Sys, manager: Manager, request: ControlRequest, name: string): Wait<JobOutcome> {
  const unit = yield* manager.unit(sys, name);
  const outcome = (result: JobOutcome['result']): JobOutcome => ({
    unit: unit.definition.id,
    result,
    why: unit.result,
  });
  const runs = unit.active === 'active' || unit.active === 'reloading' || unit.active === 'activating';
  switch (request.verb) {
    case 'start':
      return outcome(yield* manager.start(sys, name));
    case 'stop':
      return outcome(yield* manager.stop(sys, name));
    case 'try-restart':
      return runs ? outcome(yield* restart(sys, manager, unit)) : outcome('done');
    case 'restart':
      return outcome(yield* restart(sys, manager, unit));
    case 'reload':
      return outcome(yield* reloadService(sys, manager, unit));
    case 'reload-or-restart': {
      const reloadable = runs && unit.definition.file.all('Service', 'ExecReload').length > 0;
      return outcome(reloadable ? yield* reloadService(sys, manager, unit) : yield* restart(sys, manager, unit));
    }
    case 'kill': {
      if (!runs) return outcome('not-active');
      for (const pid of yield* manager.processes(sys, unit)) sys.kill(pid, request.signal ?? 15);
      return outcome('done');
    }
    default:
      return outcome('done');
  }
}

/** Stops a unit and what is bound to it, and starts all of that again. */
function* restart(sys: Sys, manager: Manager, unit: Unit): Wait<JobOutcome['result']> {
  const { load, id } = unit.definition;
  if (load !== 'loaded') return load;
  const before = [...manager.units.values()].filter((other) => other.active === 'active' && other !== unit);
  yield* manager.stop(sys, id);
  const stopped = before.filter((other) => other.active === 'inactive' && isPart(sys, manager, other, id));
  const outcome = yield* manager.start(sys, id);
  for (const other of stopped) yield* manager.start(sys, other.definition.id);
  return outcome;
}

const isPart = (sys: Sys, manager: Manager, unit: Unit, id: string): boolean =>
  ['Requires', 'BindsTo', 'PartOf'].some((key) => manager.words(sys, unit, key).includes(id));

function report(sys: Sys, manager: Manager, unit: Unit): UnitReport {
  const { definition } = unit;
  const { file, id } = definition;
  const triggers = /\.(?:socket|timer)$/.test(id) ? [triggeredBy(unit)] : [];
  return {
    id,
    description: descriptionOf(unit),
    load: definition.load,
    path: definition.path,
    dropIns: definition.dropIns,
    problem: definition.problem ?? '',
    active: unit.active,
    sub: unit.sub,
    result: unit.result,
    mainPid: unit.mainPid,
    mainStatus: unit.mainStatus ?? null,
    lastPid: unit.lastPid,
    ended: unit.ended,
    activeSince: unit.activeSince,
    activeUntil: unit.activeUntil,
    changed: unit.changed,
    statusText: unit.statusText,
    restarts: unit.restarts,
    invocation: unit.invocation,
    cgroup: unit.cgroup,
    docs: file.words('Unit', 'Documentation'),
    triggers,
    triggeredBy: manager.triggersOf(id).map((other) => ({ id: other.definition.id, active: other.active })),
    needReload: definition.load === 'loaded' && manager.isStale(sys, unit),
    listens: [...file.all('Socket', 'ListenStream')],
  };
}

/** From a program: asks process 1. @returns its answer; 'denied'; undefined where no systemd answers */
export function* askManager(sys: Sys, request: ControlRequest): Wait<ControlAnswer | 'denied' | undefined> {
  const fd = sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC);
  if (fd < 0) return undefined;
  if ((yield* connect(sys, fd, { family: AF_UNIX, path: CONTROL_SOCKET })) < 0) {
    sys.close(fd);
    return undefined;
  }
  yield* writeAll(sys, fd, `${JSON.stringify(request)}\n`);
  const buf = new Uint8Array(65536);
  let text = '';
  for (;;) {
    const n = yield* read(sys, fd, buf);
    if (n <= 0) break;
    text += decode(buf.subarray(0, n));
    if (text.endsWith('\n')) break;
  }
  sys.close(fd);
  if (text === '') return undefined;
  const answer = JSON.parse(text) as ControlAnswer & { denied?: boolean };
  return answer.denied ? 'denied' : answer;
}
