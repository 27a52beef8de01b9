import { ApiError } from '../../api/errors.ts';
import type { Daemon } from '../daemon.ts';
import type { Container } from './container.ts';
import { statusOf } from './state.ts';

const WORDS = { pid: 'PID', ipc: 'IPC', net: 'network' } as const;

/**
 * The container whose namespace another one joins by `container:NAME`.
 * @returns undefined where the mode is another
 * @throws ApiError where it does not run, or does not share its IPC
 */
export function joinTarget(daemon: Daemon, mode: string, kind: keyof typeof WORDS): Container | undefined {
  if (!mode.startsWith('container:')) return undefined;
  const name = mode.slice('container:'.length);
  if (kind === 'net' && daemon.containers.find(name) === undefined)
    throw new ApiError('internal', `joining network namespace of container: No such container: ${name}`);
  const target = daemon.containers.get(name);
  const head = kind === 'net' ? 'cannot join network namespace of' : `failed to join ${WORDS[kind]} namespace:`;
  if (kind === 'net') {
    if (target.state.Restarting)
      throw new ApiError('conflict', `container ${target.id} is restarting, wait until the container is running`);
    if (!target.running || !target.task)
      throw new ApiError(
        'conflict',
        `cannot join network namespace of a non running container: container ${target.name.slice(1)} is ${statusOf(target.state)}`,
      );
    return target;
  }
  if (!target.running || !target.task) throw new ApiError('conflict', `${head} container ${target.id} is not running`);
  if (target.state.Restarting)
    throw new ApiError('conflict', `${head} container ${target.id} is restarting, wait until the container is running`);
  if (kind === 'ipc' && target.hostConfig.IpcMode !== 'shareable' && target.hostConfig.IpcMode !== 'host')
    throw new ApiError(
      'conflict',
      `${head} container ${target.id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
    );
  return target;
}
