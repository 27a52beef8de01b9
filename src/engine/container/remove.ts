import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import { ANONYMOUS_LABEL } from '../volume/store.ts';
import type { Container } from './container.ts';
import { killNow } from './kill.ts';
import { logEvent } from './log-event.ts';
import { cancelRestart } from './monitor.ts';
import { releaseUses } from './volumes.ts';

export interface RemoveOptions {
  force: boolean;
  volumes: boolean;
}

/** Removes a container. @param reference as the client named it, for messages. @throws ApiError */
export function* removeContainer(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  reference: string,
  options: RemoveOptions,
): Wait<void> {
  const already = c.state.RemovalInProgress === true;
  if (already) throw new ApiError('conflict', `removal of container ${reference} is already in progress`);
  if (c.state.Running && !options.force) {
    const why = c.state.Paused
      ? 'paused and must be unpaused first'
      : `${c.state.Restarting ? 'restarting' : 'running'}: stop the container before removing or force remove`;
    throw new ApiError('conflict', `cannot remove container ${JSON.stringify(reference)}: container is ${why}`);
  }
  c.state.RemovalInProgress = true;
  try {
    yield* c.lock.lock(sys);
    yield* cancelRestart(sys, c);
    c.lock.unlock(sys);
    if (c.state.Running) yield* killNow(sys, daemon, c);
    yield* cleanUp(sys, daemon, c, options.volumes);
  } catch (error) {
    c.state.RemovalInProgress = false;
    throw error;
  }
}

function* cleanUp(sys: Sys, daemon: Daemon, c: Container, volumes: boolean): Wait<void> {
  yield* c.lock.lock(sys);
  try {
    // from here on the container is dead on the disk: a power cut leaves something that the next start removes
    c.state.Dead = true;
    yield* c.save(sys);
    releaseUses(daemon, c);
    yield* daemon.layers.rw.remove(sys, c.id);
    daemon.removeDirectory(sys, c.directory);
    daemon.containers.delete(c);
    daemon.forgetStreams(c);
    if (volumes) yield* removeAnonymous(sys, daemon, c);
    c.removed = true;
    c.state.RemovalInProgress = false;
    logEvent(sys, daemon, c, 'destroy');
    c.changed.notify(sys);
    daemon.logged(c).notify(sys);
  } finally {
    c.lock.unlock(sys);
  }
}

/** Removes the volumes that were made for this container alone. */
function* removeAnonymous(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  for (const m of Object.values(c.mounts)) {
    if (m.Type !== 'volume' || m.Spec.Source) continue;
    const volume = daemon.volumes.find(m.Name);
    if (!volume || volume.users.size > 0 || volume.labels?.[ANONYMOUS_LABEL] === undefined) continue;
    yield* daemon.volumes.remove(sys, volume);
  }
}
