import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { noSuchContainer } from '../container/store.ts';
import type { Daemon } from '../daemon.ts';
import { splitLink } from './links.ts';

/** Takes a link away: `docker rm --link web/db`. @throws ApiError */
export function* removeLink(sys: Sys, daemon: Daemon, name: string): Wait<void> {
  const path = name.replace(/^\//, '');
  const slash = path.lastIndexOf('/');
  if (slash <= 0) daemon.containers.get(path);
  if (slash <= 0) throw new ApiError('internal', 'Conflict, cannot remove the default link name of the container');
  const parent = daemon.containers.byName(path.slice(0, slash));
  if (!parent) throw noSuchContainer(path.slice(0, slash));
  const alias = path.slice(slash + 1);
  const links = (parent.hostConfig.Links ?? []).filter((link) => splitLink(link)[1] !== alias);
  parent.hostConfig.Links = links.length > 0 ? links : null;
  yield* parent.saveHostConfig(sys);
}
