import { endpoint } from './endpoint.ts';

export interface ExecCreateBody {
  User?: string;
  Privileged?: boolean;
  Tty?: boolean;
  ConsoleSize?: [number, number] | null;
  AttachStdin?: boolean;
  AttachStderr?: boolean;
  AttachStdout?: boolean;
  DetachKeys?: string;
  Env?: string[] | null;
  WorkingDir?: string;
  Cmd?: string[] | null;
}

export interface ExecStartBody {
  Detach?: boolean;
  Tty?: boolean;
  /** Rows, columns. */
  ConsoleSize?: [number, number] | null;
}

export interface ExecInspectResult {
  ID: string;
  Running: boolean;
  /** null until it has ended. */
  ExitCode: number | null;
  ProcessConfig: {
    tty: boolean;
    entrypoint: string;
    arguments: string[];
    privileged: boolean;
    user?: string;
  };
  OpenStdin: boolean;
  OpenStderr: boolean;
  OpenStdout: boolean;
  CanRemove: boolean;
  ContainerID: string;
  DetachKeys: string;
  Pid: number;
}

export const ExecCreate = endpoint<{ id: string }, { Id: string }, ExecCreateBody>({
  method: 'POST',
  path: '/containers/{id}/exec',
  since: '1.15',
  ok: 201,
  body: 'json',
});
export const ExecStart = endpoint<{ id: string }, void, ExecStartBody>({
  method: 'POST',
  path: '/exec/{id}/start',
  since: '1.15',
  ok: 200,
  body: 'json',
  answer: 'raw',
});
export const ExecResize = endpoint<{ id: string; h?: string; w?: string }, void>({
  method: 'POST',
  path: '/exec/{id}/resize',
  since: '1.15',
  ok: 200,
  query: { h: 'string', w: 'string' },
  answer: 'empty',
});
export const ExecInspect = endpoint<{ id: string }, ExecInspectResult>({
  method: 'GET',
  path: '/exec/{id}/json',
  since: '1.16',
  ok: 200,
});
