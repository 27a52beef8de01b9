import { humanSize } from '../../../lib/units.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { confirm } from '../confirm.ts';

export default command(function* (cli, flags) {
  if (!flags.bool('force')) yield* confirm(cli, 'WARNING! This will remove all stopped containers.');
  const client = yield* cli.client();
  const report = yield* client.json<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }>(
    'POST',
    '/containers/prune',
    { query: { filters: filtersText(flags.list('filter')) } },
  );
  const deleted = report.ContainersDeleted ?? [];
  if (deleted.length > 0) yield* cli.out.write(`Deleted Containers:\n${deleted.join('\n')}\n\n`);
  yield* cli.out.write(`Total reclaimed space: ${humanSize(report.SpaceReclaimed)}\n`);
  return 0;
});
