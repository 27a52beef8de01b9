import { humanSize } from '../../../lib/units.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { confirm } from '../confirm.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, flags) {
  const all = flags.bool('all');
  const volumes = flags.bool('volumes');
  const given = flags.list('filter');
  if (volumes && given.some((f) => f.startsWith('until=')))
    throw new CliError('ERROR: The "until" filter is not supported with "--volumes"');
  if (!flags.bool('force')) yield* confirm(cli, warning(all, volumes, given));
  const client = yield* cli.client();
  let reclaimed = 0;
  const write = (text: string) => cli.out.write(text);
  const filters = filtersText(given);

  const containers = yield* client.json<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }>(
    'POST',
    '/containers/prune',
    { query: { filters } },
  );
  reclaimed += containers.SpaceReclaimed;
  yield* write(listed('Deleted Containers:', containers.ContainersDeleted));

  const networks = yield* client.json<{ NetworksDeleted: string[] | null }>('POST', '/networks/prune', {
    query: { filters },
  });
  yield* write(listed('Deleted Networks:', networks.NetworksDeleted));

  if (volumes) {
    const pruned = yield* client.json<{ VolumesDeleted: string[] | null; SpaceReclaimed: number }>(
      'POST',
      '/volumes/prune',
      { query: { filters } },
    );
    reclaimed += pruned.SpaceReclaimed;
    yield* write(listed('Deleted Volumes:', pruned.VolumesDeleted));
  }

  const images = yield* client.json<{
    ImagesDeleted: { Untagged?: string; Deleted?: string }[] | null;
    SpaceReclaimed: number;
  }>('POST', '/images/prune', { query: { filters: filtersText([...given, `dangling=${!all}`]) } });
  reclaimed += images.SpaceReclaimed;
  yield* write(
    listed(
      'Deleted Images:',
      (images.ImagesDeleted ?? []).map((i) => (i.Untagged ? `untagged: ${i.Untagged}` : `deleted: ${i.Deleted}`)),
    ),
  );

  const builds = yield* client.json<{ CachesDeleted: string[] | null; SpaceReclaimed: number }>(
    'POST',
    '/build/prune',
    { query: { all: all || undefined, filters } },
  );
  reclaimed += builds.SpaceReclaimed;
  yield* write(listed('Deleted build cache objects:', builds.CachesDeleted));
  yield* write(`Total reclaimed space: ${humanSize(reclaimed)}\n`);
  return 0;
});

const listed = (title: string, names: readonly string[] | null): string =>
  names && names.length > 0 ? `${title}\n${names.join('\n')}\n\n` : '';

function warning(all: boolean, volumes: boolean, filters: readonly string[]): string {
  const what = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all anonymous volumes not used by at least one container'] : []),
    all ? 'all images without at least one container associated to them' : 'all dangling images',
    all ? 'all build cache' : 'unused build cache',
  ];
  const notes =
    filters.length === 0
      ? ''
      : `\n  Items to be pruned will be filtered with:\n${filters
          .map((f) => `  - ${f}`)
          .sort()
          .join('\n')}\n`;
  return `WARNING! This will remove:\n${what.map((w) => `  - ${w}`).join('\n')}\n${notes}`;
}
