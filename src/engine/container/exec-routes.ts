import { ApiError } from '../../api/errors.ts';
import {
  ExecCreate,
  type ExecCreateBody,
  ExecInspect,
  ExecResize,
  ExecStart,
  type ExecStartBody,
} from '../../api/exec.ts';
import { frame, MULTIPLEXED, RAW, STDOUT } from '../../api/frames.ts';
import type { Wait } from '../../libc/io.ts';
import type { Call } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import { copyInput, copyOutput, failureText } from './attach.ts';
import { EXEC_CREATE_BODY, EXEC_START_BODY } from './body-fields.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { createExec, type Exec, getExec, requireRunning, runExec } from './exec.ts';
import { logEvent } from './log-event.ts';
import { resizeTerminal, terminalSize } from './resize.ts';

export const execRoutes: Route[] = [
  serve(ExecCreate, function* (call, { id }) {
    const body = yield* call.body<ExecCreateBody>(true, EXEC_CREATE_BODY);
    if (!body.Cmd || body.Cmd.length === 0) throw new ApiError('invalid-parameter', 'No exec command specified');
    const c = call.daemon.containers.get(id);
    return { Id: (yield* createExec(call.sys, call.daemon, c, body, id)).id };
  }),
  serve(ExecStart, function* (call, { id }) {
    const exec = getExec(call.daemon, id);
    const body = yield* call.body<ExecStartBody>(true, EXEC_START_BODY);
    if (body.Detach) yield* startDetached(call, exec);
    else yield* startAttached(call, exec, body);
  }),
  serve(ExecResize, function* ({ sys, daemon }, { id, h, w }) {
    const size = terminalSize(h, w);
    const exec = getExec(daemon, id);
    if (!exec.running) throw new ApiError('conflict', 'exec process is not started');
    resizeTerminal(sys, exec.master, size);
  }),
  serve(ExecInspect, function* ({ daemon }, { id }) {
    const exec = getExec(daemon, id);
    return exec.shown();
  }),
];

/** @throws ApiError where it cannot be started (any more) */
function begin(exec: Exec): void {
  if (exec.started) throw new ApiError('conflict', `exec command ${exec.id} has already run`);
  requireRunning(exec.container);
  exec.started = true;
}

function* startDetached(call: Call, exec: Exec): Wait<void> {
  begin(exec);
  yield* runExec(call.sys, call.daemon, exec, exec.config.ConsoleSize ?? [0, 0]);
  exec.streams.closeStdin(call.sys);
  yield* call.connection.answer(200, new Uint8Array(0));
}

function* startAttached(call: Call, exec: Exec, body: ExecStartBody): Wait<void> {
  const { sys, daemon } = call;
  const { config, container } = exec;
  const keys = parseDetachKeys(config.DetachKeys);
  // the client says by its own field whether it wants frames
  const framed = !(body.Tty ?? false);
  const attachment = exec.streams.attach(config.AttachStdout ?? false, config.AttachStderr ?? false);
  const raw = yield* call.hijack(!framed || !call.since('1.42') ? RAW : MULTIPLEXED, RAW);
  let detached = false;
  try {
    begin(exec);
    yield* runExec(sys, daemon, exec, body.ConsoleSize ?? config.ConsoleSize ?? [0, 0]);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // the connection is the client's already: it reads what went wrong as output
    const text = failureText(error.message);
    yield* raw.write(sys, framed ? frame(STDOUT, text) : text);
    return;
  }
  if (config.AttachStdin)
    copyInput(sys, raw, exec.streams, {
      keys,
      closeAtEnd: !(config.Tty ?? false),
      isOver: () => attachment.channel.closed,
      onDetach: (own) => {
        detached = true;
        exec.streams.detach(own, attachment);
      },
    });
  yield* copyOutput(call, raw, attachment, !framed);
  exec.streams.detach(sys, attachment);
  yield* raw.closeWrite(sys);
  if (detached) logEvent(sys, daemon, container, 'exec_detach', { execID: exec.id });
}
