import { humanSize } from '../../../lib/units.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { confirm } from '../confirm.ts';

const DANGLING = 'WARNING! This will remove all dangling images.';
const ALL = 'WARNING! This will remove all images without at least one container associated to them.';

export default command(function* (cli, flags) {
  const all = flags.bool('all');
  if (!flags.bool('force')) yield* confirm(cli, all ? ALL : DANGLING);
  const client = yield* cli.client();
  const filters = [...flags.list('filter'), `dangling=${all ? 'false' : 'true'}`];
  const report = yield* client.json<{
    ImagesDeleted: { Untagged?: string; Deleted?: string }[] | null;
    SpaceReclaimed: number;
  }>('POST', '/images/prune', { query: { filters: filtersText(filters) } });
  const items = report.ImagesDeleted ?? [];
  if (items.length > 0) {
    yield* cli.out.write('Deleted Images:\n');
    for (const item of items)
      yield* cli.out.write(
        item.Untagged !== undefined && item.Untagged !== ''
          ? `untagged: ${item.Untagged}\n`
          : `deleted: ${item.Deleted}\n`,
      );
    yield* cli.out.write('\n');
  }
  yield* cli.out.write(`Total reclaimed space: ${humanSize(report.SpaceReclaimed)}\n`);
  return 0;
});
