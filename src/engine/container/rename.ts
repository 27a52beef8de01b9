import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import type { Container } from './container.ts';
import { logEvent } from './log-event.ts';
import { checkName, nameConflict } from './names.ts';

/** Gives a container another name. @throws ApiError */
export function* renameContainer(sys: Sys, daemon: Daemon, c: Container, wanted: string): Wait<void> {
  if (wanted === '') throw new ApiError('invalid-parameter', 'Neither old nor new names may be empty');
  const name = wanted.startsWith('/') ? wanted : `/${wanted}`;
  if (name === c.name)
    throw new ApiError('invalid-parameter', 'Renaming a container with the same name as its current name');
  try {
    checkName(name);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.kind, `Error when allocating new name: ${error.message}`);
  }
  const owner = daemon.containers.reserve(name, c.id);
  if (owner !== undefined)
    throw new ApiError('conflict', `Error when allocating new name: ${nameConflict(name, owner).message}`);
  const oldName = c.name;
  daemon.containers.rename(c, name);
  daemon.networks.renamed(c);
  yield* c.save(sys);
  logEvent(sys, daemon, c, 'rename', { oldName });
}
