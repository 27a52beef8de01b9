import { humanSize } from '../../../lib/units.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { confirm } from '../confirm.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, flags) {
  const all = flags.bool('all');
  if (all && flags.list('filter').some((f) => /^\s*all\s*=/i.test(f))) {
    throw new CliError('conflicting options: cannot specify both --all and --filter all=1');
  }
  if (!flags.bool('force'))
    yield* confirm(
      cli,
      all
        ? 'WARNING! This will remove all local volumes not used by at least one container.'
        : 'WARNING! This will remove anonymous local volumes not used by at least one container.',
    );
  const client = yield* cli.client();
  const filters = [...flags.list('filter'), ...(all ? ['all=true'] : [])];
  const report = yield* client.json<{ VolumesDeleted: string[] | null; SpaceReclaimed: number }>(
    'POST',
    '/volumes/prune',
    { query: { filters: filtersText(filters) } },
  );
  const deleted = report.VolumesDeleted ?? [];
  if (deleted.length > 0) yield* cli.out.write(`Deleted Volumes:\n${deleted.join('\n')}\n\n`);
  yield* cli.out.write(`Total reclaimed space: ${humanSize(report.SpaceReclaimed)}\n`);
  return 0;
});
