import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { SIGKILL, SIGNAL_NAMES, SIGTERM } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, sleep, type Wait } from '../../libc/io.ts';
import { parseCommand, serviceChild, serviceEnvironment } from './exec-service.ts';
import type { Manager } from './manager.ts';
import { endNotify, hearNotify, notifyPath, notifySocket, waitReady } from './service-notify.ts';
import { type JobOutcome, titleOf, type Unit } from './unit.ts';
import { timeSpan } from './unit-file.ts';
import { specifiers } from './unit-load.ts';
import { isClean, resultOf, statusWords } from './wait-status.ts';

type Outcome = JobOutcome['result'];

/** Usual values of system.conf. */
const START_TIMEOUT = 90_000;
const LIMIT_INTERVAL = 10_000;
const LIMIT_BURST = 5;
const RESTART_DELAY = 100;

const span = (unit: Unit, section: string, key: string, otherwise: number): number => {
  const text = unit.definition.file.get(section, key);
  const value = text === undefined ? undefined : timeSpan(text);
  // 0 means that there is no limit
  return value === undefined ? otherwise : value === 0 && key.startsWith('Timeout') ? Number.POSITIVE_INFINITY : value;
};

/** What it is now: other threads change it. */
const stateOf = (unit: Unit): Unit['active'] => unit.active;
const typeOf = (unit: Unit): string => unit.definition.file.get('Service', 'Type') ?? 'simple';

/** Runs a service's commands until it counts as started. */
export function* startService(sys: Sys, manager: Manager, unit: Unit): Wait<Outcome> {
  if (unit.active === 'deactivating') yield* settled(sys, manager, unit, 'deactivating');
  if (unit.active === 'activating' && unit.sub !== 'auto-restart') {
    yield* settled(sys, manager, unit, 'activating');
    return stateOf(unit) === 'failed' ? 'failed' : 'done';
  }
  unit.generation++;
  const { file } = unit.definition;
  const now = sys.now(CLOCK_MONOTONIC);
  const interval = span(unit, 'Unit', 'StartLimitIntervalSec', LIMIT_INTERVAL);
  unit.starts = unit.starts.filter((at) => now - at < interval);
  if (unit.starts.length >= Number(file.get('Unit', 'StartLimitBurst') ?? LIMIT_BURST)) {
    yield* manager.log(sys, unit, `${unit.definition.id}: Start request repeated too quickly.`, 4);
    return yield* fail(sys, manager, unit, unit.result === 'success' ? 'start-limit-hit' : unit.result, true);
  }
  unit.starts.push(now);
  unit.stopping = false;
  unit.ended = [];
  unit.mainStatus = undefined;
  unit.result = 'success';
  unit.statusText = '';
  unit.invocation = randomId(sys);
  // A service that counts as started at once is not said to be starting.
  const atOnce = ['simple', 'idle'].includes(typeOf(unit)) && file.all('Service', 'ExecStartPre').length === 0;
  if (!atOnce) yield* manager.log(sys, unit, `Starting ${titleOf(unit)}...`);
  yield* manager.cgroup(sys, unit);
  const timeout = span(unit, 'Service', 'TimeoutStartSec', START_TIMEOUT);
  manager.set(sys, unit, 'activating', 'start-pre');
  const before = yield* runAll(sys, manager, unit, 'ExecStartPre', timeout);
  if (before !== undefined) return yield* fail(sys, manager, unit, before);
  if (unit.stopping) return 'failed';
  manager.set(sys, unit, 'activating', 'start');
  const type = typeOf(unit);
  if (type === 'oneshot') return yield* startOneshot(sys, manager, unit, timeout);
  const notify = type === 'notify' || type === 'notify-reload' ? notifySocket(sys, unit) : -1;
  const command = file.all('Service', 'ExecStart')[0]!;
  const pid = yield* launch(sys, manager, unit, command, notify < 0 ? {} : { NOTIFY_SOCKET: notifyPath(unit) });
  if (pid < 0) return yield* fail(sys, manager, unit, 'resources');
  unit.mainPid = pid;
  unit.lastPid = pid;
  if (type === 'forking') {
    const failure = yield* afterForking(sys, manager, unit, pid, command, timeout);
    if (failure !== undefined) return yield* fail(sys, manager, unit, failure);
  } else if (notify >= 0) {
    sys.thread((own) => hearNotify(own, manager, unit, notify, pid));
    const ready = yield* waitReady(sys, manager, unit, timeout);
    if (ready !== undefined) return yield* failStart(sys, manager, unit, ready);
  }
  const after = yield* runAll(sys, manager, unit, 'ExecStartPost', timeout);
  if (after !== undefined) {
    unit.stopping = true;
    yield* killAll(sys, manager, unit, SIGTERM);
    return yield* fail(sys, manager, unit, after);
  }
  manager.set(sys, unit, 'active', 'running');
  for (const socket of manager.triggersOf(unit.definition.id))
    if (socket.active === 'active' && socket.sub === 'listening') manager.set(sys, socket, 'active', 'running');
  yield* manager.log(sys, unit, `Started ${titleOf(unit)}.`);
  manager.say('ok', `Started ${titleOf(unit)}.`);
  const { mainPid } = unit;
  sys.thread(function* (own) {
    yield* supervise(own, manager, unit, mainPid);
    return 0;
  });
  return 'done';
}

function* startOneshot(sys: Sys, manager: Manager, unit: Unit, timeout: number): Wait<Outcome> {
  const failure = yield* runAll(sys, manager, unit, 'ExecStart', timeout);
  if (failure !== undefined) return yield* fail(sys, manager, unit, failure);
  const post = yield* runAll(sys, manager, unit, 'ExecStartPost', timeout);
  if (post !== undefined) return yield* fail(sys, manager, unit, post);
  if (unit.definition.file.flag('Service', 'RemainAfterExit')) {
    manager.set(sys, unit, 'active', 'exited');
  } else {
    yield* manager.log(sys, unit, `${unit.definition.id}: Deactivated successfully.`);
    manager.set(sys, unit, 'inactive', 'dead');
  }
  yield* manager.log(sys, unit, `Finished ${titleOf(unit)}.`);
  manager.say('ok', `Finished ${titleOf(unit)}.`);
  return 'done';
}

/** Type=forking: the first process ends, the service is what it left behind. @returns why it failed */
function* afterForking(
  sys: Sys,
  manager: Manager,
  unit: Unit,
  pid: number,
  command: string,
  timeout: number,
): Wait<string | undefined> {
  unit.mainPid = 0;
  const status = yield* manager.waitFor(sys, pid, timeout);
  if (status === undefined) {
    yield* manager.log(sys, unit, `${unit.definition.id}: start operation timed out. Terminating.`, 4);
    yield* killAll(sys, manager, unit, SIGKILL);
    return 'timeout';
  }
  unit.ended.push({ what: 'ExecStart', pid, command, status });
  if (!isClean(status, [])) {
    yield* manager.log(sys, unit, `${unit.definition.id}: Control process exited, ${statusWords(status)}`, 5);
    return resultOf(status);
  }
  const pidFile = unit.definition.file.get('Service', 'PIDFile');
  if (pidFile !== undefined) {
    const path = pidFile.startsWith('/') ? pidFile : `/run/${pidFile}`;
    // the daemon may write it after its parent has ended
    let main = yield* pidIn(sys, path);
    for (let waited = 0; !main && waited < timeout; waited += PID_FILE_POLL) {
      if (waited === 0)
        yield* manager.log(
          sys,
          unit,
          `${unit.definition.id}: Can't open PID file ${path} (yet?) after start: No such file or directory`,
          5,
        );
      if ((yield* manager.processes(sys, unit)).length === 0) break;
      yield* sleep(sys, PID_FILE_POLL);
      main = yield* pidIn(sys, path);
    }
    if (!main) return 'protocol';
    unit.mainPid = main;
  } else unit.mainPid = (yield* manager.processes(sys, unit)).sort((a, b) => a - b)[0] ?? 0;
  unit.lastPid = unit.mainPid;
  if (unit.mainPid > 0) manager.expect(unit.mainPid);
  return undefined;
}

/** How often a PID file is looked for, milliseconds. */
const PID_FILE_POLL = 20;

/** The number in a PID file; 0 where there is none. */
function* pidIn(sys: Sys, path: string): Wait<number> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? 0 : Number.parseInt(decode(bytes), 10) || 0;
}

function* failStart(sys: Sys, manager: Manager, unit: Unit, why: number | 'timeout'): Wait<Outcome> {
  if (why === 'timeout') {
    yield* manager.log(sys, unit, `${unit.definition.id}: start operation timed out. Terminating.`, 4);
    yield* killAll(sys, manager, unit, SIGTERM);
    return yield* fail(sys, manager, unit, 'timeout');
  }
  return yield* mainEnded(sys, manager, unit, why, true);
}

// ---- commands

/** Begins one command of a unit. @returns its pid, or -errno */
function* launch(
  sys: Sys,
  manager: Manager,
  unit: Unit,
  line: string,
  more: Record<string, string> = {},
): Wait<number> {
  const { file, id } = unit.definition;
  const command = parseCommand(specifiers(line, id, sys.uname().nodename));
  const own = {
    INVOCATION_ID: unit.invocation,
    ...(unit.mainPid > 0 ? { MAINPID: String(unit.mainPid) } : {}),
    ...more,
  };
  const env = yield* serviceEnvironment(sys, file, own);
  const sockets = manager.triggersOf(id).flatMap((socket) => socket.sockets);
  const child = serviceChild({ unit: id, file, command, env, sockets });
  const pid = sys.fork(child, { cgroup: `/sys/fs/cgroup${unit.cgroup}` });
  if (pid > 0) manager.expect(pid);
  return pid;
}

/** Runs the commands of a key one after the other. @returns the result of the one that failed */
function* runAll(sys: Sys, manager: Manager, unit: Unit, key: string, timeout: number): Wait<string | undefined> {
  for (const line of unit.definition.file.all('Service', key)) {
    const pid = yield* launch(sys, manager, unit, line);
    if (pid < 0) return 'resources';
    if (key === 'ExecStart') {
      unit.mainPid = pid;
      unit.lastPid = pid;
    }
    const status = yield* manager.waitFor(sys, pid, timeout);
    if (key === 'ExecStart') unit.mainPid = 0;
    if (status === undefined) {
      sys.kill(pid, SIGKILL);
      return 'timeout';
    }
    const command = parseCommand(line);
    unit.ended.push({ what: key, pid, command: line, status });
    if (key === 'ExecStart') unit.mainStatus = status;
    if (command.ignore || isClean(status, key === 'ExecStart' ? successes(unit) : [])) continue;
    const which = key === 'ExecStart' ? 'Main' : 'Control';
    yield* sayExec(sys, manager, unit, status, command.path);
    yield* manager.log(sys, unit, `${unit.definition.id}: ${which} process exited, ${statusWords(status)}`, 5);
    return resultOf(status);
  }
  return undefined;
}

/** A program that could not be executed has no words of its own. */
function* sayExec(sys: Sys, manager: Manager, unit: Unit, status: number, path: string): Wait<void> {
  if (status !== 203 << 8) return;
  const problem = sys.access(path, 0) < 0 ? 'No such file or directory' : 'Permission denied';
  const id = unit.definition.id;
  yield* manager.log(sys, unit, `${id}: Failed to locate executable ${path}: ${problem}`, 3);
  yield* manager.log(sys, unit, `${id}: Failed at step EXEC spawning ${path}: ${problem}`, 3);
}

const successes = (unit: Unit): string[] => unit.definition.file.words('Service', 'SuccessExitStatus');

function randomId(sys: Sys): string {
  const id = new Uint8Array(16);
  sys.getrandom(id);
  return [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// ---- the end

/** Waits while the unit is in a state that is on its way. */
function* settled(sys: Sys, manager: Manager, unit: Unit, from: string): Wait<void> {
  while (unit.active === from && unit.sub !== 'auto-restart') yield* manager.changed.wait(sys);
}

function* supervise(sys: Sys, manager: Manager, unit: Unit, pid: number): Wait<void> {
  if (pid <= 0) return;
  const status = yield* manager.waitFor(sys, pid);
  if (status !== undefined) yield* mainEnded(sys, manager, unit, status, false);
}

/** The main process has ended: cleans up, and starts it again where the unit says so. */
function* mainEnded(sys: Sys, manager: Manager, unit: Unit, status: number, starting: boolean): Wait<Outcome> {
  const { file, id } = unit.definition;
  const line = file.all('Service', 'ExecStart')[0] ?? '';
  unit.mainStatus = status;
  unit.mainPid = 0;
  if (typeOf(unit).startsWith('notify')) yield* endNotify(sys, unit);
  unit.ended.push({ what: 'ExecStart', pid: unit.lastPid, command: line, status });
  const clean = isClean(status, successes(unit));
  if (!clean) {
    yield* sayExec(sys, manager, unit, status, parseCommand(line).path);
    yield* manager.log(sys, unit, `${id}: Main process exited, ${statusWords(status)}`, 5);
    unit.result = resultOf(status);
  }
  if (!unit.stopping && file.flag('Service', 'RemainAfterExit') && clean) {
    manager.set(sys, unit, 'active', 'exited');
    return 'done';
  }
  if (!unit.stopping) manager.set(sys, unit, 'deactivating', 'stop-sigterm');
  yield* killRest(sys, manager, unit);
  yield* runAll(sys, manager, unit, 'ExecStopPost', START_TIMEOUT);
  sys.rmdir(`/sys/fs/cgroup${unit.cgroup}`);
  const again = !unit.stopping && wantsRestart(file.get('Service', 'Restart') ?? 'no', clean, unit.result);
  if (clean) yield* manager.log(sys, unit, `${id}: Deactivated successfully.`);
  else yield* manager.log(sys, unit, `${id}: Failed with result '${unit.result}'.`, 4);
  if (starting) {
    yield* manager.log(sys, unit, `Failed to start ${titleOf(unit)}.`, 3);
    manager.say('failed', `Failed to start ${titleOf(unit)}.`);
    if (clean) unit.result = 'protocol';
  }
  if (again) scheduleRestart(sys, manager, unit);
  else {
    manager.set(sys, unit, clean && !starting ? 'inactive' : 'failed', clean && !starting ? 'dead' : 'failed');
    rearm(sys, manager, unit);
  }
  return clean && !starting ? 'done' : 'failed';
}

/** Sockets of a service that has ended listen for themselves again. */
function rearm(sys: Sys, manager: Manager, unit: Unit): void {
  for (const socket of manager.triggersOf(unit.definition.id))
    if (socket.active === 'active' && socket.sub === 'running') manager.set(sys, socket, 'active', 'listening');
}

/** @see systemd.service(5), the table of Restart= */
function wantsRestart(policy: string, clean: boolean, result: string): boolean {
  switch (policy) {
    case 'always':
      return true;
    case 'on-success':
      return clean;
    case 'on-failure':
      return !clean;
    case 'on-abnormal':
      return !clean && result !== 'exit-code';
    case 'on-abort':
      return !clean && (result === 'signal' || result === 'core-dump');
    default:
      return false;
  }
}

function scheduleRestart(sys: Sys, manager: Manager, unit: Unit): void {
  manager.set(sys, unit, 'activating', 'auto-restart');
  const generation = ++unit.generation;
  const delay = span(unit, 'Service', 'RestartSec', RESTART_DELAY);
  sys.thread(function* (own) {
    yield* sleep(own, delay);
    if (unit.generation !== generation) return 0;
    unit.restarts++;
    yield* manager.log(
      own,
      unit,
      `${unit.definition.id}: Scheduled restart job, restart counter is at ${unit.restarts}.`,
    );
    yield* startService(own, manager, unit);
    return 0;
  });
}

/** The unit has failed before it ran. */
function* fail(sys: Sys, manager: Manager, unit: Unit, result: string, limit = false): Wait<Outcome> {
  const { id, file } = unit.definition;
  unit.result = result;
  unit.mainPid = 0;
  yield* killRest(sys, manager, unit);
  if (unit.cgroup !== '') sys.rmdir(`/sys/fs/cgroup${unit.cgroup}`);
  yield* manager.log(sys, unit, `${id}: Failed with result '${result}'.`, 4);
  yield* manager.log(sys, unit, `Failed to start ${titleOf(unit)}.`, 3);
  manager.say('failed', `Failed to start ${titleOf(unit)}.`);
  if (!limit && !unit.stopping && wantsRestart(file.get('Service', 'Restart') ?? 'no', false, result))
    scheduleRestart(sys, manager, unit);
  else {
    manager.set(sys, unit, 'failed', 'failed');
    rearm(sys, manager, unit);
  }
  return 'failed';
}

function signalOf(unit: Unit): number {
  const name = (unit.definition.file.get('Service', 'KillSignal') ?? 'SIGTERM').replace(/^SIG/, '');
  const number = SIGNAL_NAMES.indexOf(name);
  return number > 0 ? number : SIGTERM;
}

function* killAll(sys: Sys, manager: Manager, unit: Unit, signal: number): Wait<void> {
  for (const pid of yield* manager.processes(sys, unit)) sys.kill(pid, signal);
}

/** KillMode=control-group: what is left in the group is told to end, and then made to. */
function* killRest(sys: Sys, manager: Manager, unit: Unit): Wait<void> {
  const mode = unit.definition.file.get('Service', 'KillMode') ?? 'control-group';
  if (mode === 'process' || mode === 'none') return;
  yield* killAll(sys, manager, unit, mode === 'mixed' ? SIGKILL : signalOf(unit));
  const until = sys.now(CLOCK_MONOTONIC) + span(unit, 'Service', 'TimeoutStopSec', START_TIMEOUT);
  while ((yield* manager.processes(sys, unit)).length > 0) {
    if (sys.now(CLOCK_MONOTONIC) > until) {
      yield* killAll(sys, manager, unit, SIGKILL);
      yield* sleep(sys, 20);
      return;
    }
    yield* sleep(sys, 10);
  }
}

/** Stops a service: its ExecStop commands, then the signal, after a while SIGKILL. */
export function* stopService(sys: Sys, manager: Manager, unit: Unit): Wait<void> {
  if (unit.active === 'deactivating') {
    yield* settled(sys, manager, unit, 'deactivating');
    return;
  }
  if (unit.active === 'activating' && unit.sub === 'auto-restart') {
    unit.generation++;
    manager.set(sys, unit, 'inactive', 'dead');
    yield* manager.log(sys, unit, `Stopped ${titleOf(unit)}.`);
    return;
  }
  unit.stopping = true;
  yield* manager.log(sys, unit, `Stopping ${titleOf(unit)}...`);
  const { mainPid } = unit;
  const starting = unit.active === 'activating';
  manager.set(sys, unit, 'deactivating', 'stop');
  const timeout = span(unit, 'Service', 'TimeoutStopSec', START_TIMEOUT);
  yield* runAll(sys, manager, unit, 'ExecStop', timeout);
  if (mainPid > 0 && unit.mainPid === mainPid && !starting) {
    manager.set(sys, unit, 'deactivating', 'stop-sigterm');
    sys.kill(mainPid, signalOf(unit));
    const until = sys.now(CLOCK_MONOTONIC) + timeout;
    while (stateOf(unit) === 'deactivating') {
      const left = until - sys.now(CLOCK_MONOTONIC);
      if (left <= 0) {
        yield* manager.log(sys, unit, `${unit.definition.id}: State 'stop-sigterm' timed out. Killing.`, 4);
        yield* killAll(sys, manager, unit, SIGKILL);
        sys.kill(mainPid, SIGKILL);
        unit.result = 'timeout';
        yield* settled(sys, manager, unit, 'deactivating');
        break;
      }
      yield* manager.changed.wait(sys, Number.isFinite(left) ? Math.ceil(left) : undefined);
    }
  } else if (stateOf(unit) === 'deactivating') {
    if (starting && mainPid > 0) sys.kill(mainPid, signalOf(unit));
    yield* killRest(sys, manager, unit);
    sys.rmdir(`/sys/fs/cgroup${unit.cgroup}`);
    unit.mainPid = 0;
    yield* manager.log(sys, unit, `${unit.definition.id}: Deactivated successfully.`);
    manager.set(sys, unit, 'inactive', 'dead');
    rearm(sys, manager, unit);
  }
  yield* manager.log(sys, unit, `Stopped ${titleOf(unit)}.`);
}

/** Reloads a service's settings by its ExecReload. */
export function* reloadService(sys: Sys, manager: Manager, unit: Unit): Wait<Outcome> {
  if (unit.active !== 'active') return 'not-active';
  if (unit.definition.file.all('Service', 'ExecReload').length === 0) return 'no-reload';
  yield* manager.log(sys, unit, `Reloading ${titleOf(unit)}...`);
  manager.set(sys, unit, 'reloading', 'reload');
  const failure = yield* runAll(sys, manager, unit, 'ExecReload', START_TIMEOUT);
  if (stateOf(unit) === 'reloading') manager.set(sys, unit, 'active', 'running');
  if (failure !== undefined) {
    yield* manager.log(sys, unit, `Reload failed for ${titleOf(unit)}.`, 4);
    return 'failed';
  }
  yield* manager.log(sys, unit, `Reloaded ${titleOf(unit)}.`);
  return 'done';
}
