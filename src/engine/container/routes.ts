import type { ContainerSummary, UpdateBody } from '../../api/container.ts';
import {
  CHECKPOINTS,
  ContainerAttach,
  ContainerAttachWebsocket,
  ContainerChanges,
  ContainerCreate,
  ContainerInspect,
  ContainerKill,
  ContainerList,
  ContainerLogs,
  ContainerPause,
  ContainerPrune,
  ContainerRemove,
  ContainerRename,
  ContainerResize,
  ContainerRestart,
  ContainerStart,
  ContainerStats,
  ContainerStop,
  ContainerTop,
  ContainerUnpause,
  ContainerUpdate,
  ContainerWait,
} from '../../api/container.ts';
import type { ContainerCreateBody } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { RAW } from '../../api/frames.ts';
import { removeLink } from '../network/remove-link.ts';
import { type Route, serve } from '../server/serve.ts';
import { layerChanges } from '../snapshot/changes.ts';
import { attachContainer, attachWebsocket } from './attach.ts';
import { CREATE_BODY, UPDATE_BODY } from './body-fields.ts';
import { createContainer } from './create.ts';
import { inspectContainer } from './inspect.ts';
import { parseSignal, pauseContainer, restartContainer, signalContainer, stopContainer } from './kill.ts';
import { listContainers, listJson } from './list.ts';
import { sendLogs } from './logs.ts';
import { pruneContainers } from './prune.ts';
import { removeContainer } from './remove.ts';
import { renameContainer } from './rename.ts';
import { resizeTerminal, terminalSize } from './resize.ts';
import { startContainerOf } from './start.ts';
import { sendStats } from './stats.ts';
import { topContainer } from './top.ts';
import { checkUpdate, updateContainer } from './update.ts';
import { checkCondition, waitForContainer } from './wait.ts';

const EXPERIMENTAL =
  'This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to enable it.';

export const containerRoutes: Route[] = [
  serve(ContainerList, function* ({ sys, daemon }, params) {
    if (params.size) return yield* listContainers(sys, daemon, params);
    return listJson(sys, daemon, params) as unknown as ContainerSummary[];
  }),
  serve(ContainerCreate, function* (call, { name, platform }) {
    const body = yield* call.body<ContainerCreateBody>(false, CREATE_BODY);
    const { container, warnings } = yield* createContainer(call.sys, call.daemon, body, name ?? '', platform);
    return { Id: container.id, Warnings: warnings };
  }),
  serve(ContainerInspect, function* ({ sys, daemon }, { id, size }) {
    return yield* inspectContainer(sys, daemon, daemon.containers.get(id), size ?? false);
  }),
  serve(ContainerStart, function* (call, { id, checkpoint }) {
    const { sys, daemon } = call;
    if (checkpoint) throw new ApiError('invalid-parameter', 'checkpoint is only supported in experimental mode');
    if ((yield* call.read()) !== undefined)
      throw new ApiError(
        'invalid-parameter',
        'starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24',
      );
    yield* startContainerOf(sys, daemon, daemon.containers.get(id));
  }),
  serve(ContainerStop, function* ({ sys, daemon }, { id, t, signal }) {
    yield* stopContainer(sys, daemon, daemon.containers.get(id), t, signal);
  }),
  serve(ContainerRestart, function* ({ sys, daemon }, { id, t, signal }) {
    yield* restartContainer(sys, daemon, daemon.containers.get(id), t, signal);
  }),
  serve(ContainerKill, function* ({ sys, daemon }, { id, signal }) {
    try {
      const number = parseSignal(signal || 'SIGKILL');
      yield* signalContainer(sys, daemon, daemon.containers.get(id), number);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new ApiError(error.kind, `cannot kill container: ${id}: ${error.message}`);
    }
  }),
  serve(ContainerPause, function* ({ sys, daemon }, { id }) {
    yield* pauseContainer(sys, daemon, daemon.containers.get(id), true);
  }),
  serve(ContainerUnpause, function* ({ sys, daemon }, { id }) {
    yield* pauseContainer(sys, daemon, daemon.containers.get(id), false);
  }),
  serve(ContainerRename, function* ({ sys, daemon }, { id, name }) {
    yield* renameContainer(sys, daemon, daemon.containers.get(id), name ?? '');
  }),
  serve(ContainerUpdate, function* (call, { id }) {
    const body = yield* call.body<UpdateBody>(true, UPDATE_BODY);
    const warnings = checkUpdate(call.sys, body);
    return yield* updateContainer(call.sys, call.daemon, call.daemon.containers.get(id), body, warnings);
  }),
  serve(ContainerWait, function* (call, { id, condition }) {
    checkCondition(condition ?? '');
    return yield* waitForContainer(call, call.daemon.containers.get(id), condition ?? '');
  }),
  serve(ContainerRemove, function* ({ sys, daemon }, { id, v, force, link }) {
    if (link) {
      yield* removeLink(sys, daemon, id);
      return;
    }
    yield* removeContainer(sys, daemon, daemon.containers.get(id), id, {
      force: force ?? false,
      volumes: v ?? false,
    });
  }),
  ...CHECKPOINTS.map((endpoint) =>
    serve(endpoint, function* ({ daemon }, { id }) {
      if (!daemon.config.experimental) throw new ApiError('not-implemented', EXPERIMENTAL);
      const c = daemon.containers.get(id);
      throw new ApiError(
        'internal',
        `Cannot checkpoint container ${c.name.slice(1)}: runc did not terminate successfully: exit status 1: CRIU version check failed: exec: "criu": executable file not found in $PATH: unknown`,
      );
    }),
  ),
  serve(ContainerPrune, function* ({ sys, daemon }, { filters }) {
    return yield* pruneContainers(sys, daemon, filters ?? {});
  }),
  serve(ContainerLogs, function* (call, params) {
    yield* sendLogs(call, call.daemon.containers.get(params.id), params);
  }),
  serve(ContainerAttach, function* (call, params) {
    try {
      yield* attachContainer(call, call.daemon.containers.get(params.id), params.id, params);
    } catch (error) {
      if (!(error instanceof ApiError) || call.begun) throw error;
      yield* call.connection.refuseStream(error.status, RAW, error.message);
    }
  }),
  serve(ContainerAttachWebsocket, function* (call, params) {
    // before 1.42 a WebSocket carries everything, whatever was asked for
    const streams = call.since('1.42') ? {} : { stdin: true, stdout: true, stderr: true };
    yield* attachWebsocket(call, call.daemon.containers.get(params.id), params.id, { ...params, ...streams });
  }),
  serve(ContainerResize, function* ({ sys, daemon }, { id, h, w }) {
    const size = terminalSize(h, w);
    const c = daemon.containers.get(id);
    if (!c.task) throw new ApiError('conflict', `container ${c.id} is not running`);
    resizeTerminal(sys, c.task.master, size);
  }),
  serve(ContainerTop, function* ({ sys, daemon }, { id, ps_args: args }) {
    return yield* topContainer(sys, daemon, daemon.containers.get(id), args ?? '');
  }),
  serve(ContainerStats, function* (call, params) {
    yield* sendStats(
      call,
      call.daemon.containers.get(params.id),
      params.stream ?? true,
      call.since('1.41') && (params['one-shot'] ?? false),
    );
  }),
  serve(ContainerChanges, function* ({ sys, daemon }, { id }) {
    const c = daemon.containers.get(id);
    if (!c.layer) return null;
    const { layers } = daemon;
    const lowers = yield* layers.lowerPaths(sys, c.layer.mountId);
    const changes = yield* layerChanges(sys, layers.diffPath(c.layer.mountId), lowers);
    return changes.length > 0 ? changes : null;
  }),
];
