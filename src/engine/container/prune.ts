import type { Sys } from '../../abi/sys.ts';
import type { Filters } from '../../api/filters.ts';
import type { Wait } from '../../libc/io.ts';
import { secondsOf } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import { layerSizes } from '../snapshot/changes.ts';
import { checkFilterNames, labelMatches, untilSeconds } from './filters.ts';
import { removeContainer } from './remove.ts';

const NAMES = new Set(['label', 'label!', 'until']);

/** Whether the labels of a thing let it be pruned. */
export function pruneLabels(labels: Readonly<Record<string, string>> | null, filters: Filters): boolean {
  for (const label of filters.label ?? []) if (!labelMatches(labels, label)) return false;
  return !(filters['label!'] ?? []).some((label) => labelMatches(labels, label));
}

/** Removes all containers that do not run. @throws ApiError */
export function* pruneContainers(
  sys: Sys,
  daemon: Daemon,
  filters: Filters,
): Wait<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }> {
  checkFilterNames(filters, NAMES);
  const until = filters.until?.[0];
  const latest = until === undefined ? undefined : untilSeconds(sys, until);
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const c of [...daemon.containers.all()].reverse()) {
    if (c.state.Running || c.state.RemovalInProgress || !pruneLabels(c.config.Labels, filters)) continue;
    if (latest !== undefined && secondsOf(c.created) > latest) continue;
    const { rw } = yield* layerSizes(sys, daemon, c);
    yield* removeContainer(sys, daemon, c, c.id, { force: false, volumes: false });
    deleted.push(c.id);
    reclaimed += rw;
  }
  daemon.events.log(sys, 'container', 'prune', '', { reclaimed: String(reclaimed) });
  return { ContainersDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed };
}
