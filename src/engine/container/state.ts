import type { ContainerState, ContainerStatus, Health } from '../../api/container.ts';
import { ZERO_TIME } from '../../lib/go-time.ts';
import { humanDuration } from '../../lib/units.ts';
import { secondsOf } from '../clock.ts';

/** State of a container as it is kept on the disk. */
export interface StoredState {
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  RemovalInProgress?: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
  Health: Health | null;
}

export const newState = (): StoredState => ({
  Running: false,
  Paused: false,
  Restarting: false,
  OOMKilled: false,
  Dead: false,
  Pid: 0,
  ExitCode: 0,
  Error: '',
  StartedAt: ZERO_TIME,
  FinishedAt: ZERO_TIME,
  Health: null,
});

/** The one word of a state. */
export function statusOf(s: StoredState): ContainerStatus {
  if (s.Running) {
    if (s.Paused) return 'paused';
    return s.Restarting ? 'restarting' : 'running';
  }
  if (s.RemovalInProgress) return 'removing';
  if (s.Dead) return 'dead';
  return s.StartedAt === ZERO_TIME ? 'created' : 'exited';
}

/** The STATUS column of `docker ps`: `Up 2 minutes (healthy)`. @param now seconds since the Epoch */
export function statusText(s: StoredState, now: number): string {
  const since = (time: string): string => humanDuration(now - secondsOf(time));
  if (s.Running) {
    if (s.Paused) return `Up ${since(s.StartedAt)} (Paused)`;
    if (s.Restarting) return `Restarting (${s.ExitCode}) ${since(s.FinishedAt)} ago`;
    const health = healthText(s.Health);
    return `Up ${since(s.StartedAt)}${health === '' ? '' : ` (${health})`}`;
  }
  if (s.RemovalInProgress) return 'Removal In Progress';
  if (s.Dead) return 'Dead';
  if (s.StartedAt === ZERO_TIME) return 'Created';
  if (s.FinishedAt === ZERO_TIME) return '';
  return `Exited (${s.ExitCode}) ${since(s.FinishedAt)} ago`;
}

function healthText(health: Health | null): string {
  if (!health || health.Status === 'none') return '';
  return health.Status === 'starting' ? 'health: starting' : health.Status;
}

/** What inspect shows. */
export function shownState(s: StoredState): ContainerState {
  const state: ContainerState = {
    Status: statusOf(s),
    Running: s.Running,
    Paused: s.Paused,
    Restarting: s.Restarting,
    OOMKilled: s.OOMKilled,
    Dead: s.Dead,
    Pid: s.Pid,
    ExitCode: s.ExitCode,
    Error: s.Error,
    StartedAt: s.StartedAt,
    FinishedAt: s.FinishedAt,
  };
  if (s.Health) state.Health = { ...s.Health, Log: s.Health.Log ?? [] };
  return state;
}
