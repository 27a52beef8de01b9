import type { UnitFile } from './unit-file.ts';
import type { UnitDefinition } from './unit-load.ts';

export type Active = 'active' | 'inactive' | 'activating' | 'deactivating' | 'failed' | 'reloading';

/** A process that was run for a unit and has ended. */
export interface EndedProcess {
  /** `ExecStart` */
  what: string;
  pid: number;
  command: string;
  status: number;
}

/** What process 1 knows of a unit while it runs. */
export interface Unit {
  definition: UnitDefinition;
  active: Active;
  sub: string;
  /** Why it failed: `success`, `exit-code`, `signal`, `timeout`, `start-limit-hit`. */
  result: string;
  mainPid: number;
  /** Wait status of the main process that ended last. */
  mainStatus: number | undefined;
  lastPid: number;
  ended: EndedProcess[];
  /** Moments, milliseconds since the Epoch; 0: never. */
  activeSince: number;
  activeUntil: number;
  changed: number;
  /** What the service says of itself (sd_notify STATUS=). */
  statusText: string;
  restarts: number;
  /** Moments of starts for the start limit, milliseconds of the monotonic clock. */
  starts: number[];
  /** Its end was asked for. */
  stopping: boolean;
  /** A start that is due later is dropped when this differs. */
  generation: number;
  invocation: string;
  cgroup: string;
  /** fds on which a socket unit listens. */
  sockets: number[];
  /** The file on the disk is newer than what is loaded. */
  loadedAt: number;
}

export function newUnit(definition: UnitDefinition, now: number): Unit {
  return {
    definition,
    active: 'inactive',
    sub: 'dead',
    result: 'success',
    mainPid: 0,
    mainStatus: undefined,
    lastPid: 0,
    ended: [],
    activeSince: 0,
    activeUntil: 0,
    changed: 0,
    statusText: '',
    restarts: 0,
    starts: [],
    stopping: false,
    generation: 0,
    invocation: '',
    cgroup: '',
    sockets: [],
    loadedAt: now,
  };
}

const fileOf = (unit: Unit): UnitFile => unit.definition.file;

/** `Docker Application Container Engine`; the name where the file has none. */
export const descriptionOf = (unit: Unit): string => fileOf(unit).get('Unit', 'Description') ?? unit.definition.id;

/** As messages have it: `docker.service - Docker Application Container Engine`. */
export function titleOf(unit: Unit): string {
  const description = fileOf(unit).get('Unit', 'Description');
  return description === undefined ? unit.definition.id : `${unit.definition.id} - ${description}`;
}

/** The service that a socket or timer begins. */
export const triggeredBy = (unit: Unit): string => {
  const section = unit.definition.id.endsWith('.timer') ? 'Timer' : 'Socket';
  const key = section === 'Timer' ? 'Unit' : 'Service';
  return fileOf(unit).get(section, key) ?? unit.definition.id.replace(/\.(?:timer|socket)$/, '.service');
};

/** What systemctl asks for and gets, a line of JSON each way over the control socket. */
export interface ControlRequest {
  verb:
    | 'start'
    | 'stop'
    | 'restart'
    | 'try-restart'
    | 'reload'
    | 'reload-or-restart'
    | 'kill'
    | 'reset-failed'
    | 'daemon-reload'
    | 'show'
    | 'list'
    | 'isolate'
    | 'reboot'
    | 'halt';
  units: string[];
  /** A signal's number, for kill. */
  signal?: number;
  /** Does not wait for the job (--no-block). */
  noBlock?: boolean;
}

export interface JobOutcome {
  unit: string;
  /** `done` or what went wrong. */
  result: 'done' | 'failed' | 'dependency' | 'not-found' | 'masked' | 'bad-setting' | 'not-active' | 'no-reload';
  /** Result of the unit that failed. */
  why: string;
}

/** What a unit is like now. */
export interface UnitReport {
  id: string;
  description: string;
  load: string;
  path: string;
  dropIns: string[];
  problem: string;
  active: Active;
  sub: string;
  result: string;
  mainPid: number;
  mainStatus: number | null;
  lastPid: number;
  ended: EndedProcess[];
  activeSince: number;
  activeUntil: number;
  changed: number;
  statusText: string;
  restarts: number;
  invocation: string;
  cgroup: string;
  docs: string[];
  triggers: string[];
  triggeredBy: { id: string; active: Active }[];
  needReload: boolean;
  listens: string[];
}

export interface ControlAnswer {
  jobs: JobOutcome[];
  units: UnitReport[];
}

/** Where process 1 takes requests of root. */
export const CONTROL_SOCKET = '/run/systemd/private';
